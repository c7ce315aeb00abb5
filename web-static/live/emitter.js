/**
 * Named events for plain objects (browsers and Node alike).
 */
export class Emitter {
    #listeners = new Map();

    /** Calls `listener` for every `name`; returns the function that ends it. */
    on(name, listener) {
        const set = this.#listeners.get(name) ?? new Set();
        this.#listeners.set(name, set.add(listener));
        return () => set.delete(listener);
    }

    /** Calls the listeners of `name`; one that throws does not stop the others, its error is reported. */
    emit(name, value) {
        for (const listener of [...(this.#listeners.get(name) ?? [])]) {
            try {
                listener(value);
            } catch (error) {
                queueMicrotask(() => { throw error; });
            }
        }
    }
}

/** A random UUID; works without a secure context too. */
export function uuid() {
    if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
