// What staff do with the question of the moment: see how many answered, close it, reveal it, go on.
import { fill, h } from "../../base/dom.js";
import { number, t } from "../../base/i18n.js";
import { busy } from "../../base/shell.js";
import { keycaps } from "../../base/keys.js";
import { reasonText, toast } from "../../base/toast.js";

/** The row of buttons under a run; used by the card and the panel. */
export class RunControls {
    #room;
    #run;

    constructor(room, run, { next }) {
        this.#room = room;
        this.#run = run;
        this.count = h("span.run-count.num", { role: "status", "aria-live": "off" });
        const act = (label, key, primary, work) => h("button.button", { type: "button", class: primary ? "primary" : "", onclick: (event) => busy(event.currentTarget, work) },
            label, h("span.key-hint", { "aria-hidden": "true" }, keycaps(key)));
        const buttons = {
            open: () => [act(t("quiz.close"), "c", true, () => this.close()), act(t("quiz.reveal"), "r", false, () => this.reveal())],
            closed: () => [act(t("quiz.reveal"), "r", true, () => this.reveal())],
            revealed: () => [h("button.button.primary", { type: "button", onclick: next }, t("quiz.next"))],
        }[run.state]();
        this.progress = h("span.progress-fill");
        this.element = h("footer.run-controls", h("div.run-progress", this.count, h("span.progress", { "aria-hidden": "true" }, this.progress)), h("div.row.tight", buttons));
    }

    /** Shows how many answered. */
    tally({ answered, expected }) {
        fill(this.count, h("span.strong", number(answered)), ` / ${number(expected)} `, h("span.muted", t("quiz.answered")));
        this.progress.style.inlineSize = `${expected > 0 ? Math.min(100, answered / expected * 100) : 0}%`;
    }

    /** Closes the question. */
    close() {
        return this.#act("quiz.close");
    }

    /** Reveals the result; an open question is closed by it. That somebody has closed it already is no obstacle. */
    async reveal() {
        if (this.#run.state === "open" && !(await this.#act("quiz.close", "already_closed"))) return false;
        return this.#act("quiz.reveal");
    }

    async #act(method, harmless = null) {
        const entry = await this.#room.act(method, { run: this.#run.run });
        if (entry.state === "recorded" || (harmless !== null && entry.reason === harmless)) return true;
        toast(reasonText(entry), { kind: "bad" });
        return false;
    }
}
