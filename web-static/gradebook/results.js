// My results: each quiz with its points, and behind it every question.

import { fill, h, keepFocus } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { dateTime, percent, t } from "../base/i18n.js";
import { state } from "../base/shell.js";
import { answerList, points } from "./answers.js";

/** The student's face of the gradebook: `{ element, update(changed) }`. */
export function ownResults(view) {
    const element = h("div.page");
    const open = new Set();

    function draw() {
        const people = [...new Set(view.own.map((item) => item.user_id))];
        fill(element, h("div.page-head", h("div", h("p.small.faint", view.course.course_code), h("h1", view.title))),
            view.assignments.length === 0
                ? h("div.card", state({ sign: "quiz", title: t("grades.own_none"), text: t("grades.own_none_text"), actions: [h("a.button", { href: `/courses/${view.id}` }, icon("arrow-left"), t("grades.back"))] }))
                : (people.length > 0 ? people : [view.me.user.id]).map((person) => results(person)));
    }

    function results(person) {
        const rows = view.assignments.map((assignment) => ({ assignment, submission: view.own.find((item) => item.user_id === person && item.assignment_id === assignment.id) }));
        const scored = rows.filter(({ submission }) => typeof submission?.score === "number");
        const got = scored.reduce((sum, { submission }) => sum + submission.score, 0);
        const of = scored.reduce((sum, { assignment }) => sum + (assignment.points_possible ?? 0), 0);
        const name = view.children.get(person);
        return h("section.results", { "aria-label": name ?? view.title },
            name ? h("h2", name) : null,
            h("dl.card.summary",
                h("div", h("dt", t("grades.total")), h("dd.num", scored.length > 0 ? points(got, of) : "–")),
                h("div", h("dt", t("grades.share")), h("dd.num", of > 0 ? percent(got / of) : "–")),
                h("div", h("dt", t("grades.scored")), h("dd.num", t("grades.scored_of", { n: scored.length, of: rows.length })))),
            h("div.card.result-list", rows.map(({ assignment, submission }) => result(assignment, submission))));
    }

    function result(assignment, submission) {
        const answers = submission?.answers ?? [];
        const head = [
            h("div.grow", h("h2", assignment.name), h("p.small.muted", standing(assignment, submission))),
            // A quick poll has no points, and its answers are what there is to see.
            assignment.points_possible === 0 ? null : h("span.result-points.num", points(submission?.score, assignment.points_possible)),
        ];
        if (answers.length === 0) return h("div.result", h("div.result-head.flat", head));
        const details = h("details.result", { ".open": open.has(assignment.id), ontoggle: () => {
            if (details.open) open.add(assignment.id);
            else open.delete(assignment.id);
        } },
            h("summary.result-head", { dataset: { key: `result-${assignment.id}` } }, icon("chevron-right", { size: 16 }), head),
            answerList(answers));
        return details;
    }

    const standing = (assignment, submission) => {
        if (!submission || submission.workflow_state === "unsubmitted") return t("grades.state_unsubmitted");
        if (submission.workflow_state === "graded") return submission.submitted_at ? t("grades.answered_at", { time: dateTime(submission.submitted_at) }) : t("grades.state_graded");
        return assignment.points_possible === 0 ? t("grades.answered_at", { time: dateTime(submission.submitted_at) }) : t("grades.state_pending");
    };

    draw();
    return { element, update: (changed) => { if (changed) keepFocus(element, draw); } };
}
