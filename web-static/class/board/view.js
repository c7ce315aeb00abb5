// How one person looks at the board: the part of it in the window, and which elements are selected.
import { Emitter } from "../../live/emitter.js";

/** What everybody sees at first: a sheet of this size, fitted into the window. */
export const SHEET = Object.freeze({ x: 0, y: 0, w: 1280, h: 720 });

/** Where the arrow keys lead. */
export const STEPS = Object.freeze({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] });

const NOTHING = Object.freeze({ left: 0, top: 0, right: 0, bottom: 0 });

const SMALLEST = 0.1;
const LARGEST = 8;

/** The view of a board: screen = (board - origin) × scale. Event: `changed`. */
export class Viewport extends Emitter {
    x = 0;
    y = 0;
    scale = 1;
    width = 0;
    height = 0;

    /** How many pixels at each edge something else lies over the board; asked when a part is to be seen. */
    covered = () => NOTHING;

    /** The part of the board that is seen. */
    get box() {
        return { x: this.x, y: this.y, w: this.width / this.scale, h: this.height / this.scale };
    }

    /** Takes the window's size in CSS pixels; the centre stays where it is. */
    resize(width, height) {
        const first = this.width === 0;
        if (!first) {
            this.x -= (width - this.width) / 2 / this.scale;
            this.y -= (height - this.height) / 2 / this.scale;
        }
        this.width = width;
        this.height = height;
        if (first) this.fit(SHEET, 0, NOTHING);
        this.emit("changed");
    }

    /** The board's point under a point of the window. */
    toBoard(x, y) {
        return [this.x + x / this.scale, this.y + y / this.scale];
    }

    /** The window's point of a point of the board. */
    toScreen(x, y) {
        return [(x - this.x) * this.scale, (y - this.y) * this.scale];
    }

    /** Moves by pixels of the window. */
    pan(dx, dy) {
        this.x -= dx / this.scale;
        this.y -= dy / this.scale;
        this.emit("changed");
    }

    /** Zooms by a factor; the window's point `x`, `y` stays under the pointer. */
    zoom(factor, x = this.width / 2, y = this.height / 2) {
        const scale = Math.max(SMALLEST, Math.min(LARGEST, this.scale * factor));
        this.x += x / this.scale - x / scale;
        this.y += y / this.scale - y / scale;
        this.scale = scale;
        this.emit("changed");
    }

    /** Shows all of `box`, with a margin in pixels, where nothing covers it. */
    fit(box, margin = 32, covered = this.covered()) {
        const { left, top, right, bottom } = covered;
        const width = Math.max(1, this.width - 2 * margin - left - right);
        const height = Math.max(1, this.height - 2 * margin - top - bottom);
        this.scale = Math.max(SMALLEST, Math.min(2, width / Math.max(box.w, 1), height / Math.max(box.h, 1)));
        this.x = box.x + box.w / 2 - (this.width + left - right) / 2 / this.scale;
        this.y = box.y + box.h / 2 - (this.height + top - bottom) / 2 / this.scale;
        this.emit("changed");
    }

    /** Puts the centre of the window on a point of the board. */
    centre(x, y) {
        this.x = x - this.width / 2 / this.scale;
        this.y = y - this.height / 2 / this.scale;
        this.emit("changed");
    }

    /** Moves just as far as needed to see `box`. */
    reveal(box, margin = 40) {
        const seen = this.box;
        const [left, top, right, bottom] = ["left", "top", "right", "bottom"].map((edge) => (margin + this.covered()[edge]) / this.scale);
        if (box.x - left < seen.x) this.x = box.x - left;
        else if (box.x + box.w + right > seen.x + seen.w) this.x = box.x + box.w + right - seen.w;
        if (box.y - top < seen.y) this.y = box.y - top;
        else if (box.y + box.h + bottom > seen.y + seen.h) this.y = box.y + box.h + bottom - seen.h;
        this.emit("changed");
    }
}

/**
 * Which elements are selected, and what happens to them just now: `shift` is how far they are being moved, `preview`
 * what they look like while their size changes, or null; `type` is the pointer whose handles they have.
 */
export class Selection {
    ids = new Set();
    shift = [0, 0];
    preview = null;
    type = "mouse";
    #model;
    #changed;

    constructor(model, changed) {
        this.#model = model;
        this.#changed = changed;
    }

    /** The selected elements that still exist. */
    get elements() {
        return [...this.ids].map((id) => this.#model.element(id)).filter(Boolean);
    }

    /** Selects exactly these. */
    set(ids) {
        this.ids = new Set(ids);
        this.#changed();
    }

    /** Adds or takes one out. */
    toggle(id) {
        if (!this.ids.delete(id)) this.ids.add(id);
        this.#changed();
    }

    /** Forgets what does not exist any more. */
    prune() {
        const left = [...this.ids].filter((id) => this.#model.element(id));
        if (left.length !== this.ids.size) this.set(left);
    }
}
