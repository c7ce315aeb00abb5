/**
 * Time on a live connection: when to try again, and the server's clock.
 */

/** The shortest and longest reconnect delay in milliseconds. */
export const LIMITS = Object.freeze({ minimum: 200, maximum: 20_000 });

/**
 * The delay before attempt number `step` (0 is the first), in milliseconds.
 *
 * Full jitter above the minimum, and above `hint`, which the server asked for (`retry_after_ms`).
 */
export function delay(step, { minimum = LIMITS.minimum, maximum = LIMITS.maximum, hint = 0, random = Math.random } = {}) {
    const ceiling = Math.min(maximum, minimum * 2 ** Math.min(step, 31));
    const floor = Math.max(minimum, hint);
    return Math.round(Math.min(Math.max(maximum, floor), floor + random() * ceiling));
}

/** `retry_after_ms` of a close reason or an error message, where that is a JSON object; or 0. */
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

/** The samples of the server's clock that are kept, and for how long (ms) one counts. */
const KEPT = 12;
const LIFETIME = 30 * 60_000;

/**
 * Estimates the difference between the server's clock and ours.
 *
 * Of the last samples the one with the shortest round trip counts: its error is at most half of that trip.
 */
export class ServerClock {
    #samples = [];
    #localNow;

    /** @param localNow milliseconds since 1970 by the local clock */
    constructor(localNow = Date.now) {
        this.#localNow = localNow;
    }

    /** Notes that the server's clock showed `serverTime` between `sentAt` and `receivedAt` (local milliseconds). */
    sample(serverTime, sentAt, receivedAt) {
        const roundTrip = receivedAt - sentAt;
        if (!Number.isFinite(serverTime) || roundTrip < 0 || roundTrip > 30_000) return;
        this.#samples.push({ offset: serverTime - (sentAt + receivedAt) / 2, roundTrip, at: receivedAt });
        if (this.#samples.length > KEPT) this.#samples.shift();
    }

    /** Milliseconds to add to the local clock; 0 before the first sample. */
    get offset() {
        const now = this.#localNow();
        const best = this.#samples
            .filter((sample) => now - sample.at < LIFETIME)
            .reduce((a, b) => (a && a.roundTrip <= b.roundTrip ? a : b), this.#samples.at(-1));
        return best ? best.offset : 0;
    }

    /** How many samples the estimate stands on. */
    get count() {
        return this.#samples.length;
    }

    /** The server's time now, in milliseconds since 1970. */
    now() {
        return this.#localNow() + this.offset;
    }

    /** Forgets all samples, after the local clock jumped. */
    reset() {
        this.#samples = [];
    }
}
