// The prepared quizzes of a course, for those who teach.

import { post } from "../base/api.js";
import { h, uid } from "../base/dom.js";
import { openDialog } from "../base/dialog.js";
import { icon } from "../base/icons.js";
import { number, t } from "../base/i18n.js";
import { busy, state } from "../base/shell.js";
import { explain } from "../base/toast.js";

/** The list with the way into each quiz's questions. */
export function quizSection(view) {
    const heading = uid("quizzes");
    return h("section.course-section", { "aria-labelledby": heading },
        h("div.section-head",
            h("h2", { id: heading }, t("quiz.title")),
            view.quizzes.length > 0 && h("button.button.ghost.small", { type: "button", dataset: { key: "new-quiz" }, onclick: () => newQuiz(view) }, icon("plus", { size: 16 }), t("quiz.new"))),
        view.quizzes.length === 0
            ? h("div.card", state({
                sign: "quiz", title: t("quiz.none"), text: t("quiz.none_text"),
                actions: [h("button.button", { type: "button", onclick: () => newQuiz(view) }, icon("plus"), t("quiz.new"))],
            }))
            : h("ul.card.rows", { role: "list" }, view.quizzes.map((quiz) => h("li",
                h("button.row-link", { type: "button", dataset: { key: `quiz-${quiz.id}` }, onclick: () => view.openQuiz(quiz.id) },
                    h("h3", quiz.title),
                    h("p.small.muted", t("quiz.questions", { n: quiz.question_count ?? 0 }), " · ", t("quiz.points", { n: quiz.points_possible ?? 0, points: number(quiz.points_possible ?? 0) }))),
                icon("chevron-right", { size: 16 })))));
}

/** Asks for a title, makes the quiz and goes to its questions. */
export function newQuiz(view) {
    const ids = { title: uid(), form: uid() };
    const title = h("input.input", { id: ids.title, type: "text", maxlength: "200", required: true, autofocus: true });
    const message = h("div", { "aria-live": "assertive" });
    const submit = h("button.button.primary", { type: "submit", form: ids.form }, t("action.create"));
    const send = () => busy(submit, async () => {
        message.replaceChildren();
        if (title.value.trim() === "") {
            title.setAttribute("aria-invalid", "true");
            title.focus();
            message.replaceChildren(h("p.notice.bad", icon("alert"), h("span", t("quiz.name_missing"))));
            return;
        }
        try {
            const quiz = await post(`/api/v1/courses/${view.id}/quizzes`, { title: title.value.trim() });
            dialog.close(true);
            await view.reload();
            view.openQuiz(quiz.id);
        } catch (error) {
            message.replaceChildren(h("p.notice.bad", icon("alert"), h("span", explain(error))));
        }
    });
    const dialog = openDialog({
        title: t("quiz.new"),
        body: h("form.form", { id: ids.form, novalidate: true, onsubmit: (event) => { event.preventDefault(); send(); } },
            message, h("div.field", h("label", { for: ids.title }, t("quiz.name")), title)),
        foot: [h("button.button", { type: "button", onclick: () => dialog.close(false) }, t("action.cancel")), submit],
    });
}
