// Which elements of the board are selected, and what happens to them just now.
import { moved, painted, union } from "./geometry.js";

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

    /** The operations that move the selection. */
    moves(dx, dy) {
        return this.elements.map((element) => ({ op: "patch", id: element.id, set: moved(element, dx, dy) }));
    }
}
