// The whiteboard as its channel tells it, with the own operations that are still on their way laid over it.
import { Emitter } from "../../live/emitter.js";

/** More names than this are not kept. */
const MOST_NAMES = 2_000;

/**
 * The elements of one board in drawing order.
 *
 * What is confirmed comes from the channel; what is pending is laid over it and taken away again once it is answered,
 * so that a refused operation undoes itself. Events: `reset` · `changed` ({ids, appended}): `appended` when the change
 * only put elements on top · `pending`.
 */
export class BoardModel extends Emitter {
    #confirmed = new Map();
    #pending = new Map();
    #view = new Map();
    #order = null;
    #counter = 0;
    #names = new Map();

    constructor(me) {
        super();
        this.me = me;
    }

    /** All elements, lowest first. */
    get elements() {
        this.#order ??= [...this.#view.values()].sort((a, b) => depth(a) - depth(b));
        return this.#order;
    }

    /** How many elements there are. */
    get size() {
        return this.#view.size;
    }

    /** The element as it is seen, or undefined. */
    element(id) {
        return this.#view.get(id);
    }

    /** The name of somebody who drew since this page was opened, or "". */
    nameOf(id) {
        return this.#names.get(id) ?? "";
    }

    /** Whether the element waits for the server. */
    isPending(id) {
        return !this.#confirmed.has(id);
    }

    /** Whether this person may change the element: staff all, others their own. */
    mayChange(element) {
        return this.me.staff || element.author === this.me.id;
    }

    /** A new id for an element made here. */
    newId() {
        this.#counter += 1;
        const random = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0"));
        return `${random.join("")}-${this.#counter.toString(36)}`;
    }

    /** Begins anew with a snapshot of `board:<c>`. */
    reset({ elements = [] }) {
        this.#confirmed = new Map(elements.map((element) => [element.id, element]));
        this.#view = new Map(this.#confirmed);
        for (const ops of this.#pending.values()) for (const id of this.#touched(ops)) this.#refresh(id);
        this.#order = null;
        this.emit("reset");
    }

    /** Takes one event of `board:<c>`; false for what is no `board.applied`. */
    apply(event) {
        if (event.type !== "board.applied") return event.type === "skip";
        if (event.by?.name && this.#names.size < MOST_NAMES) this.#names.set(event.by.id, event.by.name);
        const ids = new Set();
        let appended = true;
        for (const op of event.ops) {
            for (const id of this.#touched([op])) ids.add(id);
            appended &&= op.op === "add" && !this.#view.has(op.element.id);
            this.#confirm(op, event.by?.id);
        }
        const existed = [...ids].filter((id) => this.#view.has(id));
        for (const id of ids) this.#refresh(id);
        this.#order = null;
        // An own stroke that was already drawn stays where it is.
        if (!appended && existed.length === ids.size && event.ops.every((op) => op.op === "add") && this.#isTop(ids)) return true;
        // Own pending elements lie above what comes in meanwhile.
        this.emit("changed", { ids, appended: appended && this.#isTop(ids) });
        return true;
    }

    /** Takes the outbox's entry of own operations. */
    progress(entry) {
        const { ops } = entry.data;
        const before = this.#pending.has(entry.key);
        const open = entry.state === "pending" || entry.state === "sending";
        if (open && !before) {
            const ids = this.#touched(ops);
            this.#pending.set(entry.key, ops);
            const appended = ops.every((op) => op.op === "add");
            for (const id of ids) this.#refresh(id);
            this.#order = null;
            this.emit("changed", { ids, appended });
        } else if (!open && before) {
            // The event may come just after the answer: keep the stroke until it is here.
            const settle = () => {
                this.#pending.delete(entry.key);
                const ids = this.#touched(ops);
                const unchanged = ops.every((op) => op.op === "add" && this.#confirmed.has(op.element.id));
                for (const id of ids) this.#refresh(id);
                this.#order = null;
                if (!unchanged) this.emit("changed", { ids, appended: false });
            };
            const here = ops.every((op) => op.op !== "add" || this.#confirmed.has(op.element.id));
            if (entry.state === "recorded" && !here) setTimeout(settle, 3_000);
            else settle();
        }
        this.emit("pending");
    }

    // The ids that operations touch; `clear` touches all.
    #touched(ops) {
        const ids = new Set();
        for (const op of ops) {
            if (op.op === "add") ids.add(op.element.id);
            else if (op.op === "patch") ids.add(op.id);
            else if (op.op === "delete") op.ids.forEach((id) => ids.add(id));
            else if (op.op === "clear") for (const id of [...this.#view.keys(), ...this.#confirmed.keys()]) ids.add(id);
        }
        return ids;
    }

    #isTop(ids) {
        return this.elements.slice(-ids.size).every(({ id }) => ids.has(id));
    }

    #confirm(op, author) {
        if (op.op === "add") {
            this.#confirmed.set(op.element.id, { author, ...op.element });
        } else if (op.op === "patch") {
            const element = this.#confirmed.get(op.id);
            if (element) this.#confirmed.set(op.id, { ...element, ...op.set, version: (element.version ?? 1) + 1 });
        } else if (op.op === "delete") {
            for (const id of op.ids) this.#confirmed.delete(id);
        } else if (op.op === "clear") {
            this.#confirmed.clear();
        }
    }

    #refresh(id) {
        let element = this.#confirmed.get(id);
        for (const ops of this.#pending.values()) {
            for (const op of ops) {
                if (op.op === "add" && op.element.id === id && !element) element = { ...op.element, author: this.me.id };
                else if (op.op === "patch" && op.id === id && element) element = { ...element, ...op.set };
                else if (op.op === "delete" && op.ids.includes(id)) element = undefined;
                else if (op.op === "clear") element = undefined;
            }
        }
        if (element) this.#view.set(id, element);
        else this.#view.delete(id);
    }
}

/** Pending elements have no depth yet and lie on top. */
function depth(element) {
    return element.z ?? Infinity;
}
