// How the class answered: bars with numbers and percent, never colour alone.
import { h } from "../../base/dom.js";
import { number, percent, t } from "../../base/i18n.js";
import { icon } from "../../base/icons.js";
import { kindOf, sameAnswer } from "../room/quiz-runs.js";
import { isRightChoice } from "../room/right.js";

/** Text and number questions show this many different answers. */
const MOST = 8;

/** A, B, C … for the options. */
export const letter = (index) => String.fromCharCode(65 + index);

/** The answers of a run with their counts: `[{answer, text, count, letter?}]`. `counts` is a tally's or a reveal's. */
export function rows(run, counts = []) {
    const { question } = run;
    const by = new Map(counts.map(({ answer, count, text }) => [String(answer), { answer, count, text }]));
    if (["choice", "many", "boolean"].includes(kindOf(question))) {
        return (question.answers ?? []).map(({ id, text }, index) => ({
            answer: id, text, count: by.get(String(id))?.count ?? 0, letter: letter(index),
        }));
    }
    return [...by.values()].map(({ answer, count, text }) => ({ answer, text: text ?? String(answer), count }))
        .sort((a, b) => b.count - a.count).slice(0, MOST);
}

/**
 * The bars. `total` is how many answered; `mine` the own answer; `revealed` marks the right ones.
 */
export function bars(run, { counts, total, mine, revealed }) {
    const isMine = (answer) => mine !== undefined && (Array.isArray(mine) ? mine.includes(answer) : sameAnswer(mine, answer));
    const list = rows(run, counts);
    if (list.length === 0) return h("p.muted.small", t("quiz.no_answers_yet"));
    return h("ul.bars", { role: "list" }, list.map((row) => {
        const share = total > 0 ? row.count / total : 0;
        const fill = h("span.bar-fill", { hidden: share === 0 });
        fill.style.inlineSize = `${Math.round(share * 1000) / 10}%`;
        const correct = revealed && isRightChoice(run, row.answer);
        return h("li.bar", { class: `${correct ? "is-right" : ""} ${isMine(row.answer) ? "is-mine" : ""}` },
            h("span.bar-track", { "aria-hidden": "true" }, fill),
            h("span.bar-label", row.letter && h("span.bar-letter", row.letter), h("span.bar-text", row.text),
                correct && h("span.badge.good", icon("check", { size: 12 }), t("quiz.right")),
                isMine(row.answer) && h("span.badge", t("quiz.yours"))),
            h("span.bar-value.num", h("span.strong", number(row.count)), " ", h("span.faint", percent(share))));
    }));
}
