// Gestures that change what is there: erasing, selecting, moving.
import { bounds, boxOf, contains, grow, hits, moved, overlap, painted, union } from "./geometry.js";
import { paint, paintOf } from "./paint.js";
import { handles, HANDLES } from "./resize.js";

/** How far (px) beside an element a press still counts. */
const SLACK = { mouse: 6, pen: 8, touch: 14 };

/** The topmost element under a point that this person may change. */
export function elementAt(desk, x, y, type = "mouse") {
    const slack = (SLACK[type] ?? 8) / desk.viewport.scale;
    return desk.model.elements.findLast((element) => desk.model.mayChange(element) && hits(element, x, y, slack));
}

/** Rubs out whole elements along the way; one operation when the pointer is lifted. */
export class EraseGesture {
    #desk;
    #type;
    #ids = new Set();

    constructor(desk, pointer) {
        this.#desk = desk;
        this.#type = pointer.type;
        this.move([pointer]);
    }

    move(pointers) {
        const slack = (SLACK[this.#type] ?? 8) / this.#desk.viewport.scale;
        const before = this.#ids.size;
        for (const { x, y } of pointers) {
            for (const element of this.#desk.model.elements) {
                if (!this.#ids.has(element.id) && this.#desk.model.mayChange(element) && hits(element, x, y, slack)) this.#ids.add(element.id);
            }
        }
        if (this.#ids.size > before) this.#desk.layers.hide(this.#ids);
        return "live";
    }

    paint(context, mark) {
        context.globalAlpha = 0.2;
        for (const id of this.#ids) {
            const element = this.#desk.model.element(id);
            if (!element) continue;
            paint(context, element);
            mark(painted(element));
        }
        context.globalAlpha = 1;
    }

    end() {
        const ids = [...this.#ids];
        if (ids.length > 0) this.#desk.apply([{ op: "delete", ids }]);
        this.#desk.layers.hide([]);
    }

    cancel() {
        this.#desk.layers.hide([]);
    }
}

/** Selects what is pressed or framed, and moves what is selected. */
export class SelectGesture {
    #desk;
    #start;
    #now;
    #mode;
    #keep;

    constructor(desk, pointer, { shift }) {
        this.#desk = desk;
        this.#start = this.#now = pointer;
        this.#keep = shift ? new Set(desk.selection.ids) : new Set();
        const element = elementAt(desk, pointer.x, pointer.y, pointer.type);
        const inside = desk.selection.box && contains(desk.selection.box, { x: pointer.x, y: pointer.y, w: 0, h: 0 });
        if (element && shift) {
            desk.selection.toggle(element.id);
            this.#mode = "move";
        } else if (element || inside) {
            if (element && !desk.selection.ids.has(element.id)) desk.selection.set([element.id]);
            this.#mode = "move";
        } else {
            desk.selection.set(this.#keep);
            this.#mode = "frame";
        }
    }

    move(pointers) {
        this.#now = pointers.at(-1);
        if (this.#mode === "frame") {
            const frame = boxOf(this.#start.x, this.#start.y, this.#now.x, this.#now.y);
            const inside = this.#desk.model.elements.filter((element) =>
                this.#desk.model.mayChange(element) && overlap(painted(element), frame) && contains(frame, bounds(element)));
            this.#desk.selection.set([...this.#keep, ...inside.map(({ id }) => id)]);
        } else if (this.#far) {
            this.#desk.layers.hide(this.#desk.selection.ids);
            this.#desk.selection.shift = [this.#now.x - this.#start.x, this.#now.y - this.#start.y];
        }
        return "live";
    }

    paint(context, mark) {
        if (this.#mode !== "frame") return;
        const { x, y, w, h } = boxOf(this.#start.x, this.#start.y, this.#now.x, this.#now.y);
        mark({ x, y, w, h });
        context.lineWidth = 1 / this.#desk.viewport.scale;
        context.strokeStyle = context.fillStyle = paintOf("--accent-text");
        context.globalAlpha = 0.08;
        context.fillRect(x, y, w, h);
        context.globalAlpha = 1;
        context.strokeRect(x, y, w, h);
    }

    end() {
        if (this.#mode === "move" && this.#far) this.#desk.moveSelection(this.#now.x - this.#start.x, this.#now.y - this.#start.y);
        this.cancel();
    }

    cancel() {
        this.#desk.selection.shift = [0, 0];
        this.#desk.layers.hide([]);
    }

    get #far() {
        return Math.hypot(this.#now.x - this.#start.x, this.#now.y - this.#start.y) > 3 / this.#desk.viewport.scale;
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

    /** Paints what is being changed, the frame and its handles. */
    paint(context, scale, mark) {
        const elements = this.preview ?? this.elements;
        if (elements.length === 0) return;
        const [dx, dy] = this.shift;
        const box = elements.map(painted).reduce(union);
        mark(grow({ ...box, x: box.x + dx, y: box.y + dy }, (HANDLES.touch.out + HANDLES.touch.side) / scale));
        context.save();
        context.translate(dx, dy);
        if (this.preview || dx !== 0 || dy !== 0) for (const element of elements) paint(context, element);
        context.strokeStyle = paintOf("--accent-text");
        context.lineWidth = 1.5 / scale;
        for (const element of elements.length > 1 ? elements : []) {
            const { x, y, w, h } = painted(element);
            context.globalAlpha = 0.35;
            context.strokeRect(x, y, w, h);
        }
        context.globalAlpha = 1;
        context.setLineDash([5 / scale, 4 / scale]);
        const { x, y, w, h } = grow(box, (HANDLES[this.type] ?? HANDLES.mouse).out / scale);
        context.strokeRect(x, y, w, h);
        context.setLineDash([]);
        if (dx === 0 && dy === 0) this.#paintHandles(context, box, scale);
        context.restore();
    }

    #paintHandles(context, box, scale) {
        const side = (HANDLES[this.type] ?? HANDLES.mouse).side / scale;
        context.fillStyle = paintOf("--surface");
        context.lineWidth = 1.5 / scale;
        for (const { x, y } of handles(box, scale, this.type)) {
            context.beginPath();
            context.roundRect(x - side / 2, y - side / 2, side, side, 2 / scale);
            context.fill();
            context.stroke();
        }
    }

    /** The operations that move the selection. */
    moves(dx, dy) {
        return this.elements.map((element) => ({ op: "patch", id: element.id, set: moved(element, dx, dy) }));
    }
}
