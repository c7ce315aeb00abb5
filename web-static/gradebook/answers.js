// One submission's answers in words: question, answer, when it was received, points, right or wrong.

import { h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { dateTimeSeconds, number, t, timeSeconds } from "../base/i18n.js";

/** The key of one cell. */
export const cell = (user, assignment) => `${user}.${assignment}`;

/** Points as text: "2 / 3". */
export const points = (score, possible) => `${score === null || score === undefined ? "–" : number(score)} / ${number(possible ?? 0)}`;

/** What was answered, in words; `questions` (by id) turns ids into texts where the server did not. */
export function answerText(answer, questions) {
    const spoken = (text) => {
        const word = String(text).toLowerCase();
        return word === "true" ? t("grades.true") : word === "false" ? t("grades.false") : String(text);
    };
    if (answer.answer_text !== undefined && answer.answer_text !== null) {
        return Array.isArray(answer.answer_text) ? (answer.answer_text.length > 0 ? answer.answer_text.map(spoken).join("; ") : t("grades.nothing_chosen")) : spoken(answer.answer_text);
    }
    const value = answer.answer;
    if (value === null || value === undefined || value === "") return t("grades.nothing_chosen");
    const options = new Map((questions?.get(answer.question_id)?.answers ?? answer.options ?? []).map((option) => [String(option.id), option.text]));
    const type = answer.question_type ?? questions?.get(answer.question_id)?.question_type;
    const word = (item) => (type !== "numerical_question" && options.has(String(item)) ? spoken(options.get(String(item))) : typeof item === "number" ? number(item, 10) : String(item));
    if (Array.isArray(value)) return value.length > 0 ? value.map(word).join("; ") : t("grades.nothing_chosen");
    return word(value);
}

/** Right, partly right, wrong or not yet scored: a sign, a word and a colour. */
export function verdict(answer) {
    if (answer.score === null || answer.score === undefined) return h("span.badge", icon("clock", { size: 13 }), t("grades.waiting"));
    if (answer.correct === true || (answer.correct === undefined && answer.score >= answer.points_possible)) return h("span.badge.good", icon("check", { size: 13 }), t("grades.right"));
    if (answer.score > 0) return h("span.badge.warn", icon("minus", { size: 13 }), t("grades.partly"));
    return h("span.badge.bad", icon("x", { size: 13 }), t("grades.wrong"));
}

/** The list of one submission's answers. */
export function answerList(answers, questions = null) {
    return h("ol.answers", { role: "list" }, answers.map((answer) => h("li",
        h("p.answer-question", answer.question_text ?? questions?.get(answer.question_id)?.question_text),
        h("p.answer-given", answerText(answer, questions)),
        h("p.answer-facts", verdict(answer), h("span.num", t("grades.points", { n: answer.points_possible, points: points(answer.score, answer.points_possible) })),
            answer.received_at && h("time.faint.num", { datetime: answer.received_at, title: dateTimeSeconds(answer.received_at) }, t("grades.received", { time: timeSeconds(answer.received_at) }))))));
}
