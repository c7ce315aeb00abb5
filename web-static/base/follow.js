// Following something that the server does in the background, until it is over.

import { h } from "./dom.js";

const SLOWEST_MS = 5_000;

/** Milliseconds until the next question: quick at first and after each change, up to five seconds while nothing happens. */
export const pause = (quiet) => Math.min(SLOWEST_MS, Math.round(400 * 1.5 ** Math.min(quiet, 10)));

/** Whether a progress has come to its end, well or not. */
export const isSettled = (progress) => ["completed", "failed"].includes(progress.workflow_state);

/** The path of a progress out of the address that the server gives. */
export const progressPath = (url) => {
    const at = (url ?? "").indexOf("/api/v1/progress/");
    return at < 0 ? null : url.slice(at);
};

/**
 * Asks `read()` until `isOver(value)`: `{ ended, stop() }`.
 *
 * `show(value, error)` hears of each answer; of one that did not come it hears with the value before. `ended` resolves to the
 * last value, or to null once it was stopped. `wait` is there for tests.
 */
export function follow({ first, read, isOver, show = () => {}, wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms)) }) {
    let stopped = false;
    const run = async () => {
        let value = first;
        let quiet = 0;
        show(value, null);
        while (!isOver(value)) {
            await wait(pause(quiet));
            if (stopped) return null;
            let problem = null;
            let next = value;
            try {
                next = await read(value);
            } catch (error) {
                problem = error;
            }
            if (stopped) return null;
            quiet = problem === null && JSON.stringify(next) !== JSON.stringify(value) ? 0 : quiet + 1;
            value = next;
            show(value, problem);
        }
        return value;
    };
    return { ended: run(), stop: () => { stopped = true; } };
}

/** A bar of how far something is, 0 to 100. */
export const progressBar = (share, label) => h("div.meter", { role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": Math.round(share), "aria-label": label },
    h("span", { style: { "inline-size": `${share}%` } }));
