// What charts and the table show of the queue, from what the server tells and what the page has seen itself.

const MINUTE = 60_000;

/**
 * One series of the last hour out of the server's minutes, which leave out those in which nothing happened: `{ t0, step, values }`.
 * The minute that is still running is left out; `kind` picks one kind, without it all count.
 */
export function minuteSeries(minutes, at, field, kind = null) {
    const last = Math.floor(at / MINUTE) * MINUTE - MINUTE;
    const values = Array.from({ length: 59 }, () => 0);
    const t0 = last - (values.length - 1) * MINUTE;
    for (const minute of minutes) {
        const place = Math.round((minute.at - t0) / MINUTE);
        if (place >= 0 && place < values.length && (kind === null || minute.kind === kind)) values[place] += minute[field];
    }
    return { t0, step: MINUTE, values };
}

/** What the page has seen itself: a sample each `step`, an hour of them; steps without one stay empty. */
export class Samples {
    #step;
    #most;
    #t0 = 0;
    #values = [];

    constructor(step, most) {
        this.#step = step;
        this.#most = most;
    }

    add(at, value) {
        const moment = Math.floor(at / this.#step) * this.#step;
        if (this.#values.length === 0) this.#t0 = moment;
        const place = (moment - this.#t0) / this.#step;
        // A clock that was set back begins anew, and so does a page that slept for longer than an hour.
        if (place < 0 || place >= 2 * this.#most) {
            this.#t0 = moment;
            this.#values = [value];
            return;
        }
        while (this.#values.length < place) this.#values.push(null);
        this.#values[place] = value;
        while (this.#values.length > this.#most) {
            this.#values.shift();
            this.#t0 += this.#step;
        }
    }

    get series() {
        return { t0: this.#t0, step: this.#step, values: [...this.#values] };
    }
}

/** All kinds together: how many wait, and for how long the one has been due that waits longest. */
export const sums = (kinds) => ({
    waiting: kinds.reduce((sum, kind) => sum + kind.available + kind.scheduled, 0),
    oldest: kinds.reduce((most, kind) => Math.max(most, kind.oldest_seconds), 0),
});
