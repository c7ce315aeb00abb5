// My courses: the classes that are live now, then every course with my role in it.

import { getAll } from "../base/api.js";
import { debounce, fill, h, keepFocus, poll } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { add, compareNames, relative, t } from "../base/i18n.js";
import { mayEnter } from "../base/session.js";
import { problem, reached, startShell, state } from "../base/shell.js";
import english from "./lang/en.js";

const SEARCH_FROM = 9;
const REFRESH_MS = 10_000;

await add({ en: english, de: () => import("./lang/de.js") });
const me = await startShell({ title: t("home.title"), crumbs: [{ label: t("home.title") }] });
const main = document.getElementById("main");

let courses = null;
let filter = "";

const live = () => courses
    .flatMap((course) => (course.live_classes ?? []).map((item) => ({ course, item })))
    .sort((a, b) => Date.parse(b.item.started_at ?? 0) - Date.parse(a.item.started_at ?? 0));

function liveRow({ course, item }) {
    return h("li.card.live-row",
        h("span.dot.live", { "aria-hidden": "true" }),
        h("div.grow",
            h("h3.truncate", item.title),
            h("p.small.muted", course.name, item.started_at && ` · ${t("home.since", { when: relative(item.started_at) })}`)),
        mayEnter(me, course) && h("a.button.primary.large", { href: `/courses/${course.id}/classes/${item.id}`, dataset: { key: `join-${item.id}` }, "aria-label": t("home.join_class", { title: item.title }) },
            t("home.join"), icon("arrow-right", { size: 16 })));
}

function courseCard(course) {
    const roles = [...new Set((course.enrollments ?? []).map((enrollment) => enrollment.type))];
    const count = course.live_classes?.length ?? 0;
    return h("li", h("a.card.course-card", { href: `/courses/${course.id}`, dataset: { key: `course-${course.id}` } },
        h("span.small.faint", course.course_code),
        h("h3", course.name),
        h("span.foot",
            count > 0 && h("span.badge.live", h("span.dot.live"), t("home.live_count", { n: count })),
            roles.map((role) => h("span.badge", t(`enrollment.${role}`))),
            roles.length === 0 && me.roles.includes("admin") && h("span.badge", t("role.admin")))));
}

function grid() {
    const wanted = filter.trim().toLocaleLowerCase();
    const found = courses.filter((course) => `${course.name} ${course.course_code}`.toLocaleLowerCase().includes(wanted));
    return found.length > 0
        ? h("ul.course-grid", { role: "list" }, found.sort((a, b) => compareNames(a.name, b.name)).map(courseCard))
        : state({ sign: "search", title: t("home.none_found"), text: t("home.none_found_text", { text: filter }) });
}

function draw() {
    const running = live();
    const list = h("div", courses.length > 0 && grid());
    const search = courses.length >= SEARCH_FROM && h("div.input-group.courses-search", icon("search"),
        h("input.input", { type: "search", "aria-label": t("home.search"), placeholder: t("home.search"), ".value": filter, dataset: { key: "search" },
            oninput: debounce((event) => { filter = event.target.value; fill(list, grid()); }, 80) }));
    fill(main, h("div.page",
        h("div.page-head", h("h1", t("home.title")), search),
        running.length > 0 && h("section.home-live", { "aria-labelledby": "live-title" },
            h("h2", { id: "live-title" }, t("home.live")),
            h("ul.live-list", { role: "list" }, running.map(liveRow))),
        courses.length > 0
            ? h("section", { "aria-labelledby": "courses-title" },
                h("h2", { id: "courses-title", class: running.length > 0 ? "" : "visually-hidden" }, t("home.all")), list)
            : h("div.card", state({
                sign: "book", title: t("home.empty"), text: t(me.roles.includes("admin") ? "home.empty_admin" : "home.empty_text"),
                actions: [h("button.button", { type: "button", onclick: load }, icon("refresh"), t("action.refresh"))],
            }))));
    main.removeAttribute("aria-busy");
}

async function load() {
    const before = JSON.stringify(courses);
    try {
        const fresh = await getAll("/api/v1/courses");
        reached(true);
        if (JSON.stringify(fresh) === before) return;
        courses = fresh;
        keepFocus(main, draw);
    } catch (error) {
        reached(courses === null || !(error.offline || error.status >= 500));
        if (courses === null) {
            fill(main, h("div.page", h("h1.visually-hidden", t("home.title")), problem(error, load)));
            main.removeAttribute("aria-busy");
        }
    }
}

await load();
poll(load, REFRESH_MS);
