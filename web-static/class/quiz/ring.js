// A countdown by the server's clock: a ring that empties and the seconds in words of numbers.
import { h, s } from "../../base/dom.js";
import { clock, t } from "../../base/i18n.js";

const RADIUS = 18;
const AROUND = 2 * Math.PI * RADIUS;

/** The ring of one run; call `stop()` when it is not shown any more. */
export class CountdownRing {
    #now;
    #run;
    #timer;
    #over;
    #told = false;

    /** @param over called once, when the time is up; @param say tells screen readers that little time is left */
    constructor(run, now, { over, say }) {
        this.#run = run;
        this.#now = now;
        this.#over = over;
        this.say = say;
        this.arc = s("circle", { class: "ring-arc", cx: 22, cy: 22, r: RADIUS, "stroke-dasharray": AROUND });
        this.text = h("span.ring-text.num");
        this.element = h("div.ring", { role: "timer", "aria-label": t("quiz.time_left") },
            s("svg", { width: 44, height: 44, viewBox: "0 0 44 44", "aria-hidden": "true" },
                s("circle", { class: "ring-track", cx: 22, cy: 22, r: RADIUS }), this.arc), this.text);
        this.#tick();
    }

    /** Milliseconds left, at least 0. */
    get left() {
        return Math.max(0, this.#run.deadline_at - this.#now());
    }

    /** Ends the ticking. */
    stop() {
        clearTimeout(this.#timer);
    }

    #tick() {
        const { left } = this;
        const whole = Math.max(1, this.#run.deadline_at - this.#run.opened_at);
        this.arc.setAttribute("stroke-dashoffset", String(AROUND * (1 - Math.min(1, left / whole))));
        const seconds = Math.ceil(left / 1000);
        const text = seconds < 100 ? String(seconds) : clock(seconds);
        if (this.text.textContent !== text) this.text.textContent = text;
        this.element.classList.toggle("is-short", seconds <= 10);
        if (seconds <= 10 && seconds > 0 && whole > 20_000 && !this.#told) {
            this.#told = true;
            this.say?.(t("quiz.ten_left"));
        }
        if (left === 0) {
            this.#over?.();
            return;
        }
        this.#timer = setTimeout(() => this.#tick(), Math.min(250, left));
    }
}
