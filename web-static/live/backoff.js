/**
 * Reconnect delays: exponential with full jitter, never earlier than the server asked for.
 */

/** The shortest and longest delay in milliseconds. */
export const LIMITS = Object.freeze({ minimum: 200, maximum: 20_000 });

/**
 * The delay before attempt number `step` (0 is the first), in milliseconds.
 *
 * Full jitter above the minimum: a thousand clients that lost one server do not come back in one wave.
 * `hint` is what the server asked for (`retry_after_ms`); the delay is then at least that long.
 */
export function delay(step, { minimum = LIMITS.minimum, maximum = LIMITS.maximum, hint = 0, random = Math.random } = {}) {
    const ceiling = Math.min(maximum, minimum * 2 ** Math.min(step, 31));
    const floor = Math.max(minimum, hint);
    return Math.round(Math.min(Math.max(maximum, floor), floor + random() * ceiling));
}

/**
 * Reads `retry_after_ms` out of a close reason or an error message, or 0.
 *
 * Both may be plain sentences, or a JSON object that carries the hint.
 */
export function retryHint(text) {
    if (typeof text !== "string" || !text.startsWith("{")) return 0;
    try {
        const hint = JSON.parse(text).retry_after_ms;
        return Number.isFinite(hint) && hint > 0 ? Math.min(hint, 10 * 60_000) : 0;
    } catch {
        return 0;
    }
}

/** Counts attempts and says how long to wait before the next. */
export class Backoff {
    #step = 0;
    #options;

    constructor(options = {}) {
        this.#options = options;
    }

    /** The next delay in milliseconds; the one after will be longer on average. */
    next(hint = 0) {
        const value = delay(this.#step, { ...this.#options, hint });
        this.#step += 1;
        return value;
    }

    /** Starts over, after a success. */
    reset() {
        this.#step = 0;
    }
}
