/**
 * The server's time, estimated from exchanges whose server time is known.
 */

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
