// My courses: what is live now, invitations, then every course with my role in it, what is unread, and ways to join others.

import { getAll, post } from "../base/api.js";
import { debounce, fill, h, keepFocus, poll } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { add, compareNames, relative, t } from "../base/i18n.js";
import { register } from "../base/keys.js";
import { later } from "../base/later.js";
import { isStaff, mayEnter } from "../base/session.js";
import { busy, problem, reached, startShell, state } from "../base/shell.js";
import { toast, toastError } from "../base/toast.js";
import { phases, shownCourses, terms } from "./filter.js";
import english from "./lang/en.js";

const SEARCH_FROM = 7;
const REFRESH_MS = 10_000;
const UNREAD_MS = 60_000;
const ASKED_AT_ONCE = 50;

await add({ en: english, de: () => import("./lang/de.js") });
const me = await startShell({ title: t("home.title"), crumbs: [{ label: t("home.title") }] });
const main = document.getElementById("main");
const join = later(() => import("./join.js"));
const notices = h("div");
const body = h("div");
const page = h("div.page", notices, body);

let courses = null;
let invitations = [];
let unread = new Map();
let readAt = 0;
const view = { text: "", chosen: "current", term: null };

// --- Favourites: kept on this device --------------------------------------------------------------------------

const KEY = `cohort.stars.${me.institution.id}.${me.user.id}`;
const starred = new Set(stored());
function stored() {
    try {
        return JSON.parse(localStorage.getItem(KEY) ?? "[]");
    } catch {
        return [];
    }
}
function star(course) {
    if (!starred.delete(course.id)) starred.add(course.id);
    try {
        localStorage.setItem(KEY, JSON.stringify([...starred]));
    } catch {
        // Holds for this page only.
    }
    keepFocus(main, draw);
}

// --- What is drawn --------------------------------------------------------------------------------------------

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

function invitationRow({ enrollment, course }) {
    const answer = (verb) => (event) => busy(event.currentTarget, async () => {
        try {
            await post(`/api/v1/courses/${course.id}/enrollments/${enrollment.id}/${verb}`, {});
            invitations = invitations.filter((one) => one.enrollment.id !== enrollment.id);
            toast(t(verb === "accept" ? "home.accepted" : "home.rejected", { name: course.name }));
            await load();
            draw();
        } catch (error) {
            toastError(error);
        }
    });
    return h("li.card.live-row.invitation",
        h("div.grow", h("h3.truncate", course.name), h("p.small.muted", t("home.invited_as", { role: t(`enrollment.${enrollment.type.replace("Enrollment", "").toLowerCase()}`) }))),
        h("div.row.tight",
            h("button.button", { type: "button", onclick: answer("reject") }, t("home.reject")),
            h("button.button.primary", { type: "button", onclick: answer("accept") }, t("home.accept"))));
}

function courseCard(course) {
    const roles = [...new Set((course.enrollments ?? []).map((enrollment) => enrollment.type))];
    const count = course.live_classes?.length ?? 0;
    const news = unread.get(course.id) ?? 0;
    const starredNow = starred.has(course.id);
    return h("li.card.course-card",
        h("div.row.tight.course-top",
            h("span.small.faint.truncate.grow", course.course_code, course.term && severalTerms() && ` · ${course.term.name}`),
            h("button.button.ghost.icon.small.star", { type: "button", "aria-pressed": String(starredNow), "aria-label": t("home.star", { name: course.name }), dataset: { key: `star-${course.id}` }, onclick: () => star(course) }, icon("star", { size: 16 }))),
        h("h3", h("a", { href: `/courses/${course.id}`, dataset: { key: `course-${course.id}`, row: "" } }, course.name)),
        h("span.foot",
            count > 0 && h("span.badge.live", h("span.dot.live"), t("home.live_count", { n: count })),
            news > 0 && h("a.badge.accent.news", { href: `/courses/${course.id}/announcements`, dataset: { key: `news-${course.id}` } }, icon("announce", { size: 13 }), t("home.unread", { n: news })),
            course.workflow_state === "unpublished" && h("span.badge.warn", t("home.phase_one_unpublished")),
            roles.map((role) => h("span.badge", t(`enrollment.${role}`))),
            roles.length === 0 && me.roles.includes("admin") && h("span.badge", t("role.admin"))));
}

const severalTerms = () => terms(courses).length > 1;

function grid() {
    const found = shownCourses(courses, { ...view, starred, now: Date.now(), compare: compareNames });
    if (found.length > 0) return h("ul.course-grid", { role: "list" }, found.map(courseCard));
    const searched = view.text.trim() !== "" || view.term !== null;
    return h("div.card", state({
        sign: searched ? "search" : "book", title: t(searched ? "home.none_found" : `home.none_${view.chosen}`),
        text: searched ? t("home.none_found_text", { text: view.text }) : t("home.none_phase"),
    }));
}

const joinButton = () => h("button.button", { type: "button", dataset: { key: "join" }, onclick: () => openJoin() }, icon("plus", { size: 16 }), t("home.join_course"));
const openJoin = (given = null) => join.use((module) => module.joinDialog({ given, mine: new Set(courses.map((course) => course.id)) }));

function draw() {
    const running = live();
    const now = Date.now();
    const kinds = phases(courses, now);
    if (!kinds.some((kind) => kind.id === view.chosen)) view.chosen = "current";
    const known = terms(courses);
    const list = h("div", courses.length > 0 && grid());
    const again = () => fill(list, grid());
    const tools = [
        courses.length >= SEARCH_FROM && h("div.input-group.courses-search", icon("search"),
            h("input.input", { type: "search", "aria-label": t("home.search"), placeholder: t("home.search"), ".value": view.text, dataset: { key: "search" },
                oninput: debounce((event) => { view.text = event.target.value; again(); }, 80) })),
        kinds.length > 1 && h("div.segments", { role: "group", "aria-label": t("home.phase") }, kinds.map(({ id, n }) => h("button", {
            type: "button", "aria-pressed": String(id === view.chosen), dataset: { key: `phase-${id}` }, onclick: () => { view.chosen = id; keepFocus(main, draw); },
        }, t(`home.phase_${id}`), h("span.faint.num", n)))),
        known.length > 1 && h("select.select.term", { "aria-label": t("home.term"), dataset: { key: "term" }, onchange: (event) => { view.term = Number(event.target.value) || null; again(); } },
            h("option", { value: "" }, t("home.all_terms")), known.map((term) => h("option", { value: term.id, ".selected": term.id === view.term }, term.name))),
    ].filter(Boolean);
    if (!page.isConnected) fill(main, page);
    fill(body,
        h("div.page-head", h("h1", t("home.title")), h("div.actions",
            me.roles.includes("parent") && h("a.button", { href: "/children", dataset: { key: "children" } }, icon("users", { size: 16 }), t("home.children")), joinButton())),
        running.length > 0 && h("section.home-live", { "aria-labelledby": "live-title" },
            h("h2", { id: "live-title" }, t("home.live")),
            h("ul.live-list", { role: "list" }, running.map(liveRow))),
        invitations.length > 0 && h("section.home-live", { "aria-labelledby": "invited-title" },
            h("h2", { id: "invited-title" }, t("home.invitations")),
            h("ul.live-list", { role: "list" }, invitations.map(invitationRow))),
        courses.length > 0
            ? h("section", { "aria-labelledby": "courses-title" },
                h("h2", { id: "courses-title", class: running.length + invitations.length > 0 ? "" : "visually-hidden" }, t("home.all")),
                tools.length > 0 && h("div.tools", tools), list)
            : h("div.card", state({
                sign: "book", title: t("home.empty"), text: t(me.roles.includes("admin") ? "home.empty_admin" : "home.empty_text"),
                actions: [me.roles.includes("admin") ? h("a.button.primary", { href: "/accounts/self?tab=courses" }, icon("plus", { size: 16 }), t("home.make_course"))
                    : h("button.button", { type: "button", onclick: load }, icon("refresh"), t("action.refresh")), joinButton()],
            })));
    main.removeAttribute("aria-busy");
}

// --- What is read ---------------------------------------------------------------------------------------------

let last = "";

async function load() {
    try {
        const include = { query: { include: ["term", "concluded"] } };
        const [fresh, over, invited] = await Promise.all([
            getAll("/api/v1/courses", include),
            readAt === 0 ? getAll("/api/v1/courses", { query: { include: ["term", "concluded"], enrollment_state: "completed" } }) : null,
            readAt === 0 ? invitedTo() : null,
        ]);
        reached(true);
        if (over) past = over;
        if (invited) invitations = invited;
        const known = new Set(fresh.map((course) => course.id));
        const all = [...fresh, ...past.filter((course) => !known.has(course.id)).map((course) => ({ ...course, ended: true }))];
        // What is new is said later than the courses themselves.
        if (Date.now() - readAt > UNREAD_MS) {
            readAt = Date.now();
            countUnread(fresh).then((counts) => {
                if (JSON.stringify([...counts]) === JSON.stringify([...unread])) return;
                unread = counts;
                keepFocus(main, draw);
            }, () => {});
        }
        const now = JSON.stringify(all);
        if (now === last && courses !== null) return;
        last = now;
        courses = all;
        keepFocus(main, draw);
    } catch (error) {
        reached(courses === null || !(error.offline || error.status >= 500));
        if (courses === null) {
            fill(main, h("div.page", h("h1.visually-hidden", t("home.title")), problem(error, load)));
            main.removeAttribute("aria-busy");
        }
    }
}

let past = [];

async function invitedTo() {
    const open = await getAll("/api/v1/users/self/enrollments", { query: { state: ["invited"] } });
    if (open.length === 0) return [];
    const pending = new Map((await getAll("/api/v1/courses", { query: { enrollment_state: "invited_or_pending" } })).map((course) => [course.id, course]));
    return open.filter((enrollment) => pending.has(enrollment.course_id)).map((enrollment) => ({ enrollment, course: pending.get(enrollment.course_id) }));
}

/** How many announcements of each course have not been read. Staff write them; they are not told. */
async function countUnread(list) {
    const counts = new Map();
    const mine = list.filter((course) => course.workflow_state === "available" && course.enrollments.length > 0 && !isStaff(me, course)).slice(0, ASKED_AT_ONCE);
    if (mine.length === 0) return counts;
    const codes = mine.map((course) => `course_${course.id}`);
    for (const topic of await getAll("/api/v1/announcements", { query: { context_codes: codes }, limit: 2 })) {
        if (topic.read_state !== "unread") continue;
        const course = Number(topic.context_code.slice("course_".length));
        counts.set(course, (counts.get(course) ?? 0) + 1);
    }
    return counts;
}

// --- Begin ----------------------------------------------------------------------------------------------------

await load();
import("./notices.js").then((module) => module.showNotices(notices, me)).catch(() => {});
poll(load, REFRESH_MS);
register({ key: "c", label: t("home.join_course"), group: t("home.title"), run: () => openJoin() });

const asked = new URLSearchParams(location.search).get("join");
if (asked !== null && courses) {
    history.replaceState(null, "", "/");
    openJoin(asked);
}
