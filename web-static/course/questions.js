// One quiz's questions: a list with the solutions, and an editor for the five types.

import { del, getAll, post, put } from "../base/api.js";
import { fill, h, uid } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { number, t } from "../base/i18n.js";
import { attachMenu } from "../base/menu.js";
import { busy, problem, state } from "../base/shell.js";
import { explain, toastError, undoable } from "../base/toast.js";

const TYPES = ["multiple_choice_question", "multiple_answers_question", "true_false_question", "short_answer_question", "numerical_question"];
const MOST_ANSWERS = 10;
const letter = (at) => String.fromCharCode(65 + at);

/** The quiz's page; loads its questions itself and tells the course page about changes. */
export function questionsView(view, quiz) {
    const base = `/api/v1/courses/${view.id}/quizzes/${quiz.id}/questions`;
    const list = h("div.questions", { "aria-busy": "true" }, [1, 2, 3].map(() => h("div.skeleton.card.class-wait")));
    const summary = h("p.small.muted", "\u00a0");
    let questions = [];
    let editing = null;   // a question's id, or "new"
    const removed = new Set();

    const load = async () => {
        try {
            questions = await getAll(base);
            draw();
        } catch (error) {
            list.removeAttribute("aria-busy");
            fill(list, problem(error, load));
        }
    };

    const changed = () => view.reload().catch(() => {});

    function draw(focus = null) {
        list.removeAttribute("aria-busy");
        const shown = questions.filter((question) => !removed.has(question.id));
        const points = shown.reduce((sum, question) => sum + (question.points_possible ?? 0), 0);
        summary.textContent = `${t("quiz.questions", { n: shown.length })} · ${t("quiz.points", { n: points, points: number(points) })}`;
        fill(list,
            shown.length === 0 && editing !== "new" && h("div.card", state({
                sign: "quiz", title: t("question.none"), text: t("question.none_text"),
                actions: [h("button.button.primary", { type: "button", onclick: () => edit("new") }, icon("plus"), t("question.new"))],
            })),
            shown.length > 0 && h("ol.questions", { role: "list" }, shown.map((question, at) => h("li", question.id === editing
                ? editor(question, at + 1) : card(question, at + 1)))),
            editing === "new" && editor(null, shown.length + 1),
            shown.length > 0 && editing !== "new" && h("div", h("button.button", { type: "button", dataset: { key: "new" }, onclick: () => edit("new") }, icon("plus"), t("question.new"))));
        if (focus) list.querySelector(focus)?.focus();
    }

    const edit = (id) => {
        editing = id;
        draw("textarea");
        list.querySelector(".editing")?.scrollIntoView({ block: "nearest" });
    };

    function card(question, position) {
        return h("article.card.question", { "aria-label": t("question.number", { n: position }) },
            h("div.question-head",
                h("span.number", String(position)),
                h("span.badge", t(`question.${question.question_type}`)),
                h("span.small.faint.grow.points", t("quiz.points", { n: question.points_possible, points: number(question.points_possible) })),
                h("button.button.ghost.small.edit", { type: "button", "aria-label": t("question.edit", { n: position }), dataset: { key: `edit-${question.id}` }, onclick: () => edit(question.id) }, icon("edit", { size: 15 }), h("span", t("action.edit"))),
                attachMenu(h("button.button.ghost.icon.small", { type: "button", "aria-label": t("question.more", { n: position }) }, icon("dots")), () => [
                    { label: t("question.copy"), icon: "copy", run: () => duplicate(question) },
                    { label: t("action.delete"), icon: "trash", danger: true, run: () => remove(question, position) },
                ])),
            h("p.question-text", question.question_text),
            h("ul.solutions", { role: "list" }, solutions(question)));
    }

    function solutions(question) {
        if (question.question_type === "numerical_question") {
            return question.answers.map((answer) => h("li.right", icon("check", { size: 16 }), numeric(answer)));
        }
        const open = question.question_type === "short_answer_question";
        return question.answers.map((answer) => {
            const right = open || answer.weight > 0;
            return h("li", { class: right ? "right" : "" }, icon(right ? "check" : "circle", { size: 16 }),
                h("span", label(question, answer), right && h("span.visually-hidden", ` (${t("question.right")})`)));
        });
    }

    async function duplicate(question) {
        try {
            const { id: _, quiz_id: __, position: ___, ...copy } = question;
            await post(base, { ...copy, answers: question.answers.map(({ id: ____, ...answer }) => answer) });
            await load();
            changed();
        } catch (error) {
            toastError(error, () => duplicate(question));
        }
    }

    function remove(question, position) {
        removed.add(question.id);
        draw('[data-key="new"], .state .button');
        undoable(t("question.was_deleted", { n: position }), {
            undo: () => { removed.delete(question.id); draw(`[data-key="edit-${question.id}"]`); },
            commit: async () => {
                try {
                    await del(`${base}/${question.id}`);
                    questions = questions.filter((item) => item.id !== question.id);
                    changed();
                } catch (error) {
                    removed.delete(question.id);
                    draw();
                    toastError(error);
                }
            },
        });
    }

    function editor(question, position) {
        const ids = { type: uid(), text: uid(), points: uid() };
        const message = h("div", { "aria-live": "assertive" });
        const type = h("select.select", { id: ids.type, onchange: () => { drafts = convert(drafts, type.value); answers(); } },
            TYPES.map((name) => h("option", { value: name }, t(`question.${name}`))));
        type.value = question?.question_type ?? TYPES[0];
        const text = h("textarea.textarea", { id: ids.text, rows: "2", maxlength: "10000", ".value": question?.question_text ?? "" });
        const points = h("input.input", { id: ids.points, type: "number", min: "0", max: "1000", step: "any", inputmode: "decimal", ".value": String(question?.points_possible ?? 1) });
        const area = h("fieldset");
        let drafts = convert((question?.answers ?? []).map((answer) => ({ ...answer })), type.value);

        function answers(focus = null) {
            const kind = type.value;
            const group = uid("right");
            const rows = drafts.map((draft, at) => row(kind, draft, at, group));
            const fixed = kind === "true_false_question";
            fill(area, h("legend", t(`question.answers_${kind}`)), rows,
                !fixed && drafts.length < MOST_ANSWERS && h("div", h("button.button.ghost.small", { type: "button", onclick: () => append(drafts.length) }, icon("plus", { size: 16 }), t("question.add_answer"))));
            if (focus !== null) area.querySelectorAll(".answer-row")[focus]?.querySelector("input[type=text], input[type=number]")?.focus();
        }

        function append(at) {
            if (drafts.length >= MOST_ANSWERS) return;
            drafts.splice(at, 0, blank(type.value));
            answers(at);
        }

        function row(kind, draft, at, group) {
            const cut = kind !== "true_false_question" && h("button.button.ghost.icon.small", { type: "button", "aria-label": t("question.remove_answer", { n: at + 1 }), ".disabled": drafts.length <= 1,
                onclick: () => { drafts.splice(at, 1); answers(Math.min(at, drafts.length - 1)); } }, icon("x", { size: 16 }));
            const onkeydown = (event) => {
                if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing) return;
                event.preventDefault();
                append(at + 1);
            };
            if (kind === "numerical_question") return h("div.answer-row", numberFields(draft, at, () => answers(at)), cut);
            const input = h("input.input", { type: "text", maxlength: "2000", "aria-label": t("question.answer", { n: at + 1 }), ".value": draft.text ?? "", onkeydown, oninput: () => { draft.text = input.value; } });
            if (kind === "short_answer_question") return h("div.answer-row", input, cut);
            const single = kind !== "multiple_answers_question";
            const right = h("input", { type: single ? "radio" : "checkbox", name: group, ".checked": draft.weight > 0, "aria-label": t("question.is_right", { n: at + 1 }), onchange: () => {
                if (single) for (const other of drafts) other.weight = 0;
                draft.weight = right.checked ? 100 : 0;
            } });
            return h("div.answer-row",
                h("label.right-mark", { title: t("question.is_right", { n: at + 1 }) }, right),
                kind === "true_false_question" ? h("span.grow", label({ question_type: kind }, draft)) : [h("span.letter", { "aria-hidden": "true" }, letter(at)), input],
                cut);
        }

        const save = () => busy(submit, async () => {
            fill(message);
            for (const field of [text, points]) field.removeAttribute("aria-invalid");
            const wrong = check(type.value, text.value, points.value, drafts);
            if (wrong) {
                const field = wrong === "text" ? text : wrong === "points" ? points : null;
                field?.setAttribute("aria-invalid", "true");
                fill(message, h("p.notice.bad", icon("alert"), h("span", t(`question.wrong_${wrong}`))));
                (field ?? area.querySelector("input"))?.focus();
                return;
            }
            const body = { question_type: type.value, question_text: text.value.trim(), points_possible: Number(points.value), answers: outgoing(type.value, drafts) };
            try {
                if (question) await put(`${base}/${question.id}`, body);
                else await post(base, body);
                editing = null;
                await load();
                list.querySelector(question ? `[data-key="edit-${question.id}"]` : '[data-key="new"]')?.focus();
                changed();
            } catch (error) {
                fill(message, h("p.notice.bad", icon("alert"), h("span", explain(error))));
            }
        });
        const cancel = () => {
            editing = null;
            draw(question ? `[data-key="edit-${question.id}"]` : '[data-key="new"], .state .button');
        };
        const submit = h("button.button.primary", { type: "submit" }, t("action.save"));
        answers();
        return h("form.card.question.editing.form", {
            novalidate: true, "aria-label": t("question.number", { n: position }),
            onsubmit: (event) => { event.preventDefault(); save(); },
            onkeydown: (event) => {
                if (event.key === "Escape" && !event.defaultPrevented) cancel();
                if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); save(); }
            },
        },
            message,
            h("div.field", h("label", { for: ids.text }, t("question.text")), text),
            h("div.question-grid",
                h("div.field", h("label", { for: ids.type }, t("question.type")), type),
                h("div.field", h("label", { for: ids.points }, t("question.points")), points)),
            area,
            h("div.row.tight.wrap", submit, h("button.button.ghost", { type: "button", onclick: cancel }, t("action.cancel")), h("span.tiny.faint", t("question.hint"))));
    }

    load();
    return h("div.page",
        h("div.page-head",
            h("div", h("h1", quiz.title), summary),
            h("button.button", { type: "button", onclick: () => view.openQuiz(null) }, icon("arrow-left"), t("question.back"))),
        list);
}

const label = (question, answer) => {
    if (question.question_type !== "true_false_question") return answer.text;
    const word = String(answer.text).toLowerCase();
    return word === "true" ? t("question.true") : word === "false" ? t("question.false") : answer.text;
};

function numeric(answer) {
    if (answer.numerical_answer_type === "range_answer") return t("question.range", { start: number(answer.start, 10), end: number(answer.end, 10) });
    return answer.margin ? t("question.margin", { exact: number(answer.exact, 10), margin: number(answer.margin, 10) }) : number(answer.exact, 10);
}

function numberFields(draft, at, redraw) {
    const range = draft.numerical_answer_type === "range_answer";
    const field = (name, text) => {
        const input = h("input.input.number-input", { type: "number", step: "any", inputmode: "decimal", "aria-label": `${text} (${t("question.answer", { n: at + 1 })})`, placeholder: text, ".value": String(draft[name] ?? ""), oninput: () => { draft[name] = input.value; } });
        return input;
    };
    const kind = h("select.select", { "aria-label": t("question.numeric_kind"), onchange: () => { draft.numerical_answer_type = kind.value; redraw(); } },
        h("option", { value: "exact_answer" }, t("question.exact_answer")), h("option", { value: "range_answer" }, t("question.range_answer")));
    kind.value = range ? "range_answer" : "exact_answer";
    return range
        ? [kind, field("start", t("question.from")), h("span.between", { "aria-hidden": "true" }, "–"), field("end", t("question.to"))]
        : [kind, field("exact", t("question.value")), h("span.between", { "aria-hidden": "true" }, "±"), field("margin", t("question.tolerance"))];
}

function blank(kind) {
    if (kind === "numerical_question") return { numerical_answer_type: "exact_answer", exact: "", margin: 0 };
    return { text: "", weight: kind === "short_answer_question" ? 100 : 0 };
}

/** Carries answers over to another type as far as they make sense there. */
function convert(drafts, kind) {
    if (kind === "true_false_question") {
        const known = drafts.length === 2 && drafts.every((draft) => ["true", "false"].includes(String(draft.text).toLowerCase()));
        return known ? drafts : [{ text: "True", weight: 100 }, { text: "False", weight: 0 }];
    }
    if (kind === "numerical_question") {
        const kept = drafts.filter((draft) => draft.numerical_answer_type);
        return kept.length > 0 ? kept : [blank(kind)];
    }
    const texts = drafts.filter((draft) => draft.text !== undefined);
    if (kind === "short_answer_question") {
        const right = texts.filter((draft) => draft.weight > 0).map((draft) => ({ ...draft, weight: 100 }));
        return right.length > 0 ? right : [blank(kind)];
    }
    let seen = false;
    const result = texts.map((draft) => {
        const weight = draft.weight > 0 && !(kind === "multiple_choice_question" && seen) ? 100 : 0;
        seen ||= weight > 0;
        return { ...draft, weight };
    });
    while (result.length < 4 && drafts.every((draft) => !draft.id)) result.push(blank(kind));
    while (result.length < 2) result.push(blank(kind));
    return result;
}

/** Names what is missing: "text", "points", "answers", "right", "numbers"; `null` when all is well. */
function check(kind, text, points, drafts) {
    if (text.trim() === "") return "text";
    if (points === "" || !(Number(points) >= 0)) return "points";
    if (kind === "numerical_question") {
        const good = drafts.every((draft) => draft.numerical_answer_type === "range_answer"
            ? draft.start !== "" && draft.end !== "" && Number(draft.start) <= Number(draft.end)
            : draft.exact !== "" && draft.exact !== undefined && Number(draft.margin || 0) >= 0);
        return good ? null : "numbers";
    }
    const filled = drafts.filter((draft) => draft.text.trim() !== "");
    if (kind === "short_answer_question") return filled.length > 0 ? null : "accepted";
    if (filled.length < 2) return "answers";
    return filled.some((draft) => draft.weight > 0) ? null : "right";
}

function outgoing(kind, drafts) {
    if (kind === "numerical_question") {
        return drafts.map((draft) => ({
            ...(draft.id ? { id: draft.id } : {}),
            ...(draft.numerical_answer_type === "range_answer"
                ? { numerical_answer_type: "range_answer", start: Number(draft.start), end: Number(draft.end) }
                : { numerical_answer_type: "exact_answer", exact: Number(draft.exact), margin: Number(draft.margin || 0) }),
        }));
    }
    return drafts.filter((draft) => draft.text.trim() !== "").map((draft) => ({ ...(draft.id ? { id: draft.id } : {}), text: draft.text.trim(), weight: kind === "short_answer_question" ? 100 : draft.weight }));
}
