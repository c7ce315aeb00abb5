// Making what is selected larger or smaller: the handles around it, and what they do.
import { bounds, contains, round, union } from "./geometry.js";

/** How far (px) from a handle a press still counts, on either side. Fingers get 44 px. */
const REACH = { mouse: 8, pen: 12, touch: 22 };

/** How far (px) outside of the frame the handles are, and how large they are. */
export const HANDLES = Object.freeze({ mouse: { out: 3, side: 9 }, touch: { out: 12, side: 14 } });

/** A side shorter than this (px) has no handle in its middle. */
const ROOM = { mouse: 40, pen: 60, touch: 100 };

/** Nothing becomes smaller than this, in units. */
const LEAST = 2;

/** Each handle: which edges it moves, as -1, 0, 1 for left or top, neither, right or bottom. */
const SIDES = [[-1, -1], [1, -1], [-1, 1], [1, 1], [0, -1], [0, 1], [-1, 0], [1, 0]];

/** The box around what is drawn of some elements, without the width of their lines; null for none. */
export function extent(elements) {
    return elements.map(bounds).reduce(union, null);
}

/** The handles around a box: `[{ sides, x, y }]` in units. */
export function handles(box, scale, type = "mouse") {
    const out = (HANDLES[type] ?? HANDLES.mouse).out / scale;
    const least = ROOM[type] ?? ROOM.mouse;
    return SIDES
        .filter(([across, down]) => (across !== 0 || box.w * scale >= least) && (down !== 0 || box.h * scale >= least))
        .map(([across, down]) => ({
            sides: [across, down], x: box.x + box.w / 2 + across * (box.w / 2 + out), y: box.y + box.h / 2 + down * (box.h / 2 + out),
        }));
}

/** The sides of the handle under a point, or null. The middle of a small selection is still for moving it. */
export function handleAt(box, x, y, scale, type = "mouse") {
    const reach = (REACH[type] ?? REACH.mouse) / scale;
    const core = { x: box.x + box.w / 4, y: box.y + box.h / 4, w: box.w / 2, h: box.h / 2 };
    if (contains(core, { x, y, w: 0, h: 0 })) return null;
    const near = handles(box, scale, type).filter((handle) => Math.abs(handle.x - x) <= reach && Math.abs(handle.y - y) <= reach);
    const distance = (handle) => Math.hypot(handle.x - x, handle.y - y);
    return near.reduce((best, handle) => (best && distance(best) <= distance(handle) ? best : handle), null)?.sides ?? null;
}

/** The box once the handle of `sides` was moved by `dx`, `dy`; `firm` keeps the ratio. */
export function stretched(box, [across, down], dx, dy, firm = false) {
    let w = Math.max(LEAST, box.w + across * dx);
    let h = Math.max(LEAST, box.h + down * dy);
    if (firm && box.w > 0 && box.h > 0) {
        const [byWidth, byHeight] = [w / box.w, h / box.h];
        const factor = Math.max(LEAST / Math.min(box.w, box.h), across === 0 ? byHeight : down === 0 ? byWidth : Math.max(byWidth, byHeight));
        [w, h] = [box.w * factor, box.h * factor];
    }
    if (across === 0 && !firm) w = box.w;
    if (down === 0 && !firm) h = box.h;
    const at = (start, before, after, side) => (side < 0 ? start + before - after : side > 0 ? start : start + (before - after) / 2);
    return { x: at(box.x, box.w, w, across), y: at(box.y, box.h, h, down), w, h };
}

/** The fields of a `patch` that bring an element from its place in one box to the same place in another. */
export function resized(element, from, to) {
    const across = from.w > 0 ? to.w / from.w : 1;
    const down = from.h > 0 ? to.h / from.h : 1;
    const [x, y] = [(value) => to.x + (value - from.x) * across, (value) => to.y + (value - from.y) * down];
    if (element.points) return { points: element.points.map((value, index) => round(index % 2 ? y(value) : x(value))) };
    const box = bounds(element);
    if (element.kind === "text") return resizedText(element, x(box.x), y(box.y), Math.sqrt(across * down));
    return { x: round(x(box.x)), y: round(y(box.y)), w: round(box.w * across), h: round(box.h * down) };
}

// A text keeps its ratio: its letters grow (8 + 4 × size units high, see `fontSize`).
function resizedText(element, x, y, factor) {
    const before = 8 + 4 * (element.size ?? 4);
    const size = Math.min(250, Math.max(0.5, (before * factor - 8) / 4));
    const real = (8 + 4 * size) / before;
    return { x: round(x), y: round(y), w: round(element.w * real), h: round(element.h * real), size: Math.round(size * 100) / 100 };
}

/** What an element looks like after a patch of these fields. */
export const patched = (element, set) => ({ ...element, ...set });

/** Drags one handle of the selection; one `board.apply` when it is let go. */
export class ResizeGesture {
    #desk;
    #sides;
    #start;
    #from;
    #to;

    /** `desk` is the board: `selection`, `viewport`, `layers`, `apply(ops)`. */
    constructor(desk, pointer, sides) {
        this.#desk = desk;
        this.#sides = sides;
        this.#start = pointer;
        this.#from = this.#to = extent(desk.selection.elements);
    }

    move(pointers, { shift }) {
        const { x, y } = pointers.at(-1);
        const { selection, layers } = this.#desk;
        this.#to = stretched(this.#from, this.#sides, x - this.#start.x, y - this.#start.y, shift || selection.elements.every(({ kind }) => kind === "text"));
        layers.hide(selection.ids);
        selection.preview = selection.elements.map((element) => patched(element, resized(element, this.#from, this.#to)));
    }

    paint() {}

    end() {
        const { selection } = this.#desk;
        if (selection.preview) this.#desk.apply(sizes(selection.elements, this.#from, this.#to));
        this.cancel();
    }

    cancel() {
        this.#desk.selection.preview = null;
        this.#desk.layers.hide([]);
    }
}

/** The operations that bring elements from one box into another. */
export function sizes(elements, from, to) {
    return elements.map((element) => ({ op: "patch", id: element.id, set: resized(element, from, to) }));
}

/** The operations that make elements wider or higher by so many units, from their upper left corner. */
export function grown(elements, dx, dy) {
    const from = extent(elements);
    if (!from) return [];
    const firm = elements.every(({ kind }) => kind === "text");
    return sizes(elements, from, stretched(from, [dx === 0 && firm ? 0 : 1, dy === 0 && firm ? 0 : 1], dx, dy, firm));
}

/** The pointer's look over a handle. */
export function cursorOf([across, down]) {
    if (across === 0) return "ns-resize";
    if (down === 0) return "ew-resize";
    return across === down ? "nwse-resize" : "nesw-resize";
}
