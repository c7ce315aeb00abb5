// One child: what is live, what comes, each course with its points.

import { getAll } from "../base/api.js";
import { fill, h, keepFocus } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { dateTime, number, percent, relative, t } from "../base/i18n.js";
import { attachMenu } from "../base/menu.js";
import { avatar, problem, state } from "../base/shell.js";
import { points, schedule } from "./overview.js";

/** The card of a child: `{ element, load() }`; `onunlink` is called when its menu asks for that. */
export function childCard(child, onunlink) {
    const menu = h("button.button.ghost.icon", { type: "button", "aria-label": t("children.menu", { name: child.name }), title: t("children.menu", { name: child.name }) }, icon("dots"));
    attachMenu(menu, () => [{ label: t("children.unlink"), icon: "user-x", danger: true, run: onunlink }]);
    const body = h("div.child-body", { "aria-busy": "true" }, h("div.skeleton.line.w60"), h("div.skeleton.line.w40"), h("div.skeleton.line.w80"));
    const id = `child-${child.id}`;
    const element = h("section.card.child", { "aria-labelledby": id },
        h("div.child-head", avatar(child.name), h("h2.grow.truncate", { id }, child.name), menu), body);
    let seen = null;

    async function load() {
        try {
            const [courses, own] = await Promise.all([getAll(`/api/v1/users/${child.id}/courses`), getAll("/api/v1/courses")]);
            const open = new Set(own.map((one) => one.id));
            const parts = await Promise.all(courses.map((one) => open.has(one.id) ? course(one) : closed));
            const found = { courses, parts };
            // Drawn anew only when something is different: it is read every few seconds.
            const text = JSON.stringify(found);
            if (text !== seen) keepFocus(body, () => draw(found));
            seen = text;
        } catch (error) {
            if (seen === null) fill(body, problem(error, load));
            else throw error;
        }
        body.removeAttribute("aria-busy");
    }

    // What a course holds is told to those who are in it as observers.
    const closed = { classes: [], points: points([], [], child.id) };

    async function course({ id: courseId }) {
        const path = `/api/v1/courses/${courseId}`;
        const [classes, assignments, submissions] = await Promise.all([
            getAll(`${path}/live_classes`), getAll(`${path}/assignments`), getAll(`${path}/students/submissions`, { query: { student_ids: [child.id] } })]);
        return { classes, points: points(assignments, submissions, child.id) };
    }

    function draw({ courses, parts }) {
        if (courses.length === 0) return fill(body, state({ sign: "book", title: t("children.no_courses"), text: t("children.no_courses_text", { name: child.short_name }) }));
        const { live, coming } = schedule(courses, parts.flatMap((part) => part.classes), Date.now());
        return fill(body,
            live.length > 0 && h("ul.child-now", { role: "list", "aria-label": t("children.live") }, live.map((item) => h("li", h("span.badge.live", h("span.dot.live"), t("children.live")),
                h("span.strong", item.title), h("span.muted.small", item.course.name, item.started_at && ` · ${t("children.since", { when: relative(item.started_at) })}`)))),
            h("div.child-columns",
                h("section", { "aria-labelledby": `${id}-courses` }, h("h3.child-label", { id: `${id}-courses` }, t("children.courses")),
                    h("ul.child-list", { role: "list" }, courses.map((one, at) => courseLine(one, parts[at].points)))),
                h("section", { "aria-labelledby": `${id}-coming` }, h("h3.child-label", { id: `${id}-coming` }, t("children.coming")),
                    coming.length === 0 ? h("p.small.muted.child-none", t("children.nothing")) : h("ul.child-list", { role: "list" }, coming.map((item) => h("li.child-line",
                        h("span.grow", h("span", item.title), h("span.data-sub", item.course.name)),
                        h("span.small.muted.end", dateTime(item.scheduled_at))))))));
    }

    function courseLine(one, { got, of, scored, all }) {
        return h("li", h("a.child-line", { href: `/courses/${one.id}/gradebook`, dataset: { key: `course-${child.id}-${one.id}` }, "aria-label": t("children.results_of", { course: one.name, name: child.name }) },
            h("span.grow", h("span.strong", one.name), h("span.data-sub", one.course_code)),
            h("span.end.num", scored === 0 ? h("span.small.faint", t("children.no_results"))
                : [h("span.strong", of > 0 ? percent(got / of) : number(got)), h("span.data-sub", t("children.points", { got, of, scored, all }))]),
            icon("chevron-right", { size: 16 })));
    }

    return { element, load };
}
