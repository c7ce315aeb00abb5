// One cell of the gradebook opened at the side: every answer of one student in one quiz.

import { getAll } from "../base/api.js";
import { fill, h } from "../base/dom.js";
import { openDialog } from "../base/dialog.js";
import { icon } from "../base/icons.js";
import { dateTimeSeconds, number, percent, t } from "../base/i18n.js";
import { problem, state } from "../base/shell.js";
import { answerList, points } from "./answers.js";

const questions = new Map();   // by quiz: a promise of its questions by id

function questionsOf(view, quiz) {
    if (!quiz) return Promise.resolve(null);
    if (!questions.has(quiz)) {
        questions.set(quiz, getAll(`${view.base}/quizzes/${quiz}/questions`)
            .then((items) => new Map(items.map((item) => [item.id, item])))
            .catch(() => {
                questions.delete(quiz);
                return null;   // The ids are shown then; the answers matter more.
            }));
    }
    return questions.get(quiz);
}

/**
 * Opens the panel; `students` are those that Previous and Next walk through. Returns `{ refresh() }`,
 * to be called when the table learned of changes.
 */
export function openCell(view, student, assignment, students, onclose) {
    let current = student;
    const area = h("div", { "aria-live": "polite", "aria-busy": "true" });
    const previous = h("button.button", { type: "button", onclick: () => step(-1) }, icon("chevron-left", { size: 16 }), t("grades.previous"));
    const next = h("button.button", { type: "button", onclick: () => step(1) }, t("grades.next"), icon("chevron-right", { size: 16 }));
    const dialog = openDialog({ title: current.name, kind: "panel", body: area, foot: [previous, next], onclose });
    dialog.element.classList.add("cell-panel");

    function step(by) {
        const at = students.findIndex((item) => item.id === current.id) + by;
        if (at < 0 || at >= students.length) return;
        current = students[at];
        wait();
        load();
    }

    function wait() {
        area.setAttribute("aria-busy", "true");
        fill(area, h("div.stack", h("div.skeleton.cell-summary"), [1, 2, 3].map(() => h("div.skeleton.cell-answer"))));
    }

    async function load() {
        const wanted = current;
        const at = students.findIndex((item) => item.id === current.id);
        dialog.title.textContent = current.name;
        previous.disabled = at <= 0;
        next.disabled = at === students.length - 1;
        try {
            const [items, known] = await Promise.all([
                getAll(`${view.base}/students/submissions`, { query: { student_ids: [current.id], assignment_ids: [assignment.id], include: ["answers"] } }),
                questionsOf(view, assignment.quiz_id),
            ]);
            if (wanted !== current) return;
            draw(items.find((item) => item.user_id === current.id && item.assignment_id === assignment.id), known);
        } catch (error) {
            if (wanted === current) fill(area, problem(error, load));
        }
        area.removeAttribute("aria-busy");
    }

    function draw(submission, known) {
        const answers = submission?.answers ?? [];
        const scored = typeof submission?.score === "number";
        fill(area,
            h("div.cell-head",
                h("p.muted", assignment.name),
                h("p.cell-points.num", points(submission?.score, assignment.points_possible),
                    scored && assignment.points_possible > 0 && h("span.muted", ` · ${percent(submission.score / assignment.points_possible)}`)),
                submission?.submitted_at && h("p.small.faint", t("grades.answered_at", { time: dateTimeSeconds(submission.submitted_at) }), submission.attempt > 1 && ` · ${t("grades.attempt", { n: number(submission.attempt) })}`)),
            !scored && answers.length > 0 && h("p.notice", icon("clock", { size: 16 }), t("grades.waiting_text")),
            answers.length > 0
                ? answerList(answers, known)
                : state({ sign: "quiz", title: t("grades.no_answers"), text: t("grades.no_answers_text", { name: current.name }) }));
    }

    wait();
    load();
    return { refresh: load };
}
