// Which elements are selected, and which one is under a pointer.
import { hits, moved, painted, union } from "./geometry.js";
import { paint, paintOf } from "./paint.js";

/** How far (px) beside an element a press still counts. */
export const SLACK = { mouse: 6, pen: 8, touch: 14 };

/** The topmost element under a point that this person may change. */
export function elementAt(desk, x, y, type = "mouse") {
    const slack = (SLACK[type] ?? 8) / desk.viewport.scale;
    return desk.model.elements.findLast((element) => desk.model.mayChange(element) && hits(element, x, y, slack));
}

/** Which elements are selected, and how far they are being moved just now. */
export class Selection {
    ids = new Set();
    shift = [0, 0];
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

    /** The box around them, or null. */
    get box() {
        return this.elements.map(painted).reduce(union, null);
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

    /** Paints what is being moved, and the frame. */
    paint(context, scale) {
        const elements = this.elements;
        if (elements.length === 0) return;
        const [dx, dy] = this.shift;
        context.save();
        context.translate(dx, dy);
        if (dx !== 0 || dy !== 0) for (const element of elements) paint(context, element);
        context.strokeStyle = paintOf("--accent-text");
        context.lineWidth = 1.5 / scale;
        for (const element of elements.length > 1 ? elements : []) {
            const { x, y, w, h } = painted(element);
            context.globalAlpha = 0.35;
            context.strokeRect(x, y, w, h);
        }
        context.globalAlpha = 1;
        context.setLineDash([5 / scale, 4 / scale]);
        const { x, y, w, h } = this.box;
        context.strokeRect(x - 3 / scale, y - 3 / scale, w + 6 / scale, h + 6 / scale);
        context.restore();
    }

    /** The operations that move the selection. */
    moves(dx, dy) {
        return this.elements.map((element) => ({ op: "patch", id: element.id, set: moved(element, dx, dy) }));
    }
}
