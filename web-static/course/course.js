// One course: its live classes for everyone, its quizzes for those who teach.

import { get, getAll } from "../base/api.js";
import { fill, h, keepFocus, poll } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { add, t } from "../base/i18n.js";
import { register } from "../base/keys.js";
import { isStaff, mayEnter } from "../base/session.js";
import { problem, reached, setCrumbs, setTitle, startShell } from "../base/shell.js";
import { showParts } from "../frame/course.js";
import { rowKeys } from "../frame/list.js";
import { classSections, newClass } from "./classes.js";
import english from "./lang/en.js";
import { beginningSection, newsSection, readOverview } from "./overview.js";
import { newQuiz, quizSection } from "./quizzes.js";
import { questionsView } from "./questions.js";

const REFRESH_MS = 10_000;

await add({ en: english, de: () => import("./lang/de.js") });
const id = Number(location.pathname.split("/")[2]);
const main = document.getElementById("main");
const me = await startShell({ title: t("course.title"), crumbs: [{ label: t("course.mine"), href: "/" }, { label: "…" }] });

/** What this page knows; the parts draw from it and call `reload` after a change. */
const view = { id, me, staff: false, course: null, classes: [], quizzes: [], overview: null, showAllEnded: false, reload, draw, openQuiz };

const quizInUrl = () => Number(new URLSearchParams(location.search).get("quiz")) || null;

function openQuiz(quiz) {
    history.pushState(null, "", quiz ? `?quiz=${quiz}` : location.pathname);
    draw();
    main.focus({ preventScroll: true });
    scrollTo({ top: 0 });
}

function draw() {
    const quiz = view.staff && view.quizzes.find((item) => item.id === quizInUrl());
    setTitle(quiz ? quiz.title : view.course.name);
    setCrumbs([{ label: t("course.mine"), href: "/" }, { label: view.course.name, href: `/courses/${id}` }, ...(quiz ? [{ label: quiz.title }] : [])]);
    if (quiz) fill(main, questionsView(view, quiz));
    else keepFocus(main, () => fill(main, courseView()));
    main.removeAttribute("aria-busy");
}

function courseView() {
    const roles = [...new Set((view.course.enrollments ?? []).map((enrollment) => enrollment.type))];
    return h("div.page",
        h("div.page-head",
            h("div",
                h("p.small.faint", view.course.course_code, roles.map((role) => ` · ${t(`enrollment.${role}`)}`)),
                h("h1", view.course.name)),
            h("div.row.tight.wrap",
                h("a.button", { href: `/courses/${id}/gradebook`, dataset: { key: "gradebook" } }, icon("table"), t(view.staff ? "course.gradebook" : mayEnter(me, view.course) ? "course.results" : "course.results_child")),
                view.staff && h("button.button.primary", { type: "button", dataset: { key: "new-class" }, onclick: () => newClass(view) }, icon("plus"), t("class.new")))),
        columns());
}

function columns() {
    const beside = [newsSection(view), view.staff && quizSection(view)].filter(Boolean);
    const beginning = beginningSection(view);
    return h("div.course-columns", { class: beside.length > 0 ? "two" : "" },
        h("div", classSections(view), beginning),
        beside.length > 0 && h("div", beside));
}

let last = "";
let turn = 0;

/** Reads everything again; draws only when something changed. */
async function reload() {
    turn += 1;
    const mine = turn;
    const [course, classes] = await Promise.all([get(`/api/v1/courses/${id}`), getAll(`/api/v1/courses/${id}/live_classes`)]);
    view.staff = isStaff(me, course);
    const quizzes = view.staff ? await getAll(`/api/v1/courses/${id}/quizzes`) : [];
    const now = JSON.stringify([course, classes, quizzes]);
    // A slower answer to an older question must not undo a newer one.
    if (now === last || mine !== turn) return;
    last = now;
    Object.assign(view, { course, classes, quizzes });
    // The editor keeps what is being typed; its own changes redraw it.
    if (!quizInUrl() || !main.querySelector(".questions")) draw();
}

async function start() {
    try {
        if (!Number.isSafeInteger(id)) throw Object.assign(new Error("no such course"), { status: 404 });
        await reload();
        showParts(id, "home", view.staff).catch(() => {});
        readOverview(view.course).then((overview) => {
            view.overview = overview;
            if (!quizInUrl()) draw();
        });
        poll(() => reload().then(() => reached(true), (error) => reached(!(error.offline || error.status >= 500))), REFRESH_MS);
    } catch (error) {
        setCrumbs([{ label: t("course.mine"), href: "/" }]);
        fill(main, h("div.page", h("h1.visually-hidden", t("course.title")), problem(error, start)));
        main.removeAttribute("aria-busy");
    }
}

addEventListener("popstate", () => {
    draw();
    reload().catch(() => {});
});
register({ key: "n", label: t("class.new"), group: t("course.title"), when: () => view.staff && !quizInUrl(), run: () => newClass(view) });
register({ key: "q", label: t("quiz.new"), group: t("course.title"), when: () => view.staff && !quizInUrl(), run: () => newQuiz(view) });
register({ key: "g", label: t("course.gradebook"), group: t("course.title"), run: () => location.assign(`/courses/${id}/gradebook`) });

rowKeys(main, t("course.title"));

await start();
