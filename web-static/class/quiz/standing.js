// The state of the own answer in plain words: sending, recorded with the time, not recorded with the reason.
import { fill, h } from "../../base/dom.js";
import { t, timeSeconds } from "../../base/i18n.js";
import { icon } from "../../base/icons.js";
import { reasonText } from "../../base/toast.js";

/** Refusals after which another attempt makes no sense. */
const FINAL = new Set(["closed", "not_open", "not_enrolled", "attempts_used", "class_ended", "class_not_live", "not_found"]);

/** Shows a standing (see `QuizRuns.standing`) in `host`; `again()` tries once more. */
export function drawStanding(host, standing, { again, open }) {
    const { state } = standing;
    host.dataset.state = state;
    host.hidden = state === "none";
    if (state === "sending") fill(host, h("span.spinner", { "aria-hidden": "true" }), h("span", t("quiz.sending")));
    else if (state === "later") fill(host, icon("clock", { size: 16 }), h("span", t("quiz.later")));
    else if (state === "queued") fill(host, icon("clock", { size: 16 }), h("span", t("quiz.queued")));
    else if (state === "recorded") {
        fill(host, h("span", t("quiz.recorded", { time: timeSeconds(standing.at) })),
            standing.refused && h("span.muted.small", t("quiz.change_refused", { reason: reasonText({ reason: standing.refused }) })));
    } else if (state === "refused" || state === "failed") {
        const may = open && !FINAL.has(standing.reason);
        fill(host, icon("alert", { size: 16 }), h("span", t("quiz.not_recorded", { reason: reasonText(standing) })),
            may && h("button.button.small", { type: "button", onclick: again }, t("action.retry")));
    } else {
        fill(host);
    }
}
