// The gradebook: for those who teach a table of everyone, for everyone else their own results.

import { get, getAll } from "../base/api.js";
import { fill, h, poll } from "../base/dom.js";
import { add, t } from "../base/i18n.js";
import { isStaff, mayEnter } from "../base/session.js";
import { problem, setCrumbs, setTitle, startShell } from "../base/shell.js";
import { showParts } from "../frame/course.js";
import { cell } from "./answers.js";
import english from "./lang/en.js";
import { ownResults } from "./results.js";
import { staffTable } from "./table.js";

const LIVE_MS = 4000;
const QUIET_MS = 30_000;

await add({ en: english, de: () => import("./lang/de.js") });
const id = Number(location.pathname.split("/")[2]);
const base = `/api/v1/courses/${id}`;
const main = document.getElementById("main");
const me = await startShell({ title: t("grades.title"), crumbs: [{ label: t("grades.mine"), href: "/" }, { label: "…" }] });

/** What both faces draw from; `refresh()` reads again. */
const view = {
    id, me, base, staff: false, course: null, live: false, children: new Map(), assignments: [], students: [], submissions: new Map(), own: [],
    updatedAt: null, failed: null, refresh,
};

let face = null;
let last = "";

async function read() {
    const course = await get(base);
    const staff = isStaff(me, course);
    const live = (course.live_classes ?? []).length > 0;
    const watching = !staff && !mayEnter(me, course);
    const [assignments, students, submissions, children] = await Promise.all([
        getAll(`${base}/assignments`),
        staff ? getAll(`${base}/users`, { query: { enrollment_type: ["student"] } }) : [],
        getAll(`${base}/students/submissions`, { query: { student_ids: ["all"], ...(staff ? {} : { include: ["answers"] }) } }),
        watching ? getAll("/api/v1/users/self/observees") : [],
    ]);
    Object.assign(view, { course, staff, live, updatedAt: Date.now(), failed: null });
    const now = JSON.stringify([assignments, students, submissions]);
    const changed = now !== last;
    last = now;
    view.assignments = assignments;
    view.students = students;
    view.children = new Map(children.map((child) => [child.id, child.name]));
    view.own = submissions;
    view.submissions = new Map(submissions.map((item) => [cell(item.user_id, item.assignment_id), item]));
    return changed;
}

async function refresh() {
    try {
        const changed = await read();
        face.update(changed);
    } catch (error) {
        view.failed = error;
        face.update(false);
    }
}

async function start() {
    try {
        if (!Number.isSafeInteger(id)) throw Object.assign(new Error("no such course"), { status: 404 });
        await read();
    } catch (error) {
        setCrumbs([{ label: t("grades.mine"), href: "/" }]);
        fill(main, h("div.page", h("h1.visually-hidden", t("grades.title")), problem(error, start)));
        main.removeAttribute("aria-busy");
        return;
    }
    const children = new Set(view.own.map((item) => item.user_id)).size;
    const title = view.staff ? t("grades.title") : mayEnter(me, view.course) ? t("grades.own") : t("grades.children", { n: Math.max(1, children) });
    view.title = title;
    setTitle(`${title} · ${view.course.name}`);
    setCrumbs([{ label: t("grades.mine"), href: "/" }, { label: view.course.name, href: `/courses/${id}` }, { label: title }]);
    showParts(id, "grades", view.staff).catch(() => {});
    face = view.staff ? staffTable(view) : ownResults(view);
    fill(main, face.element);
    main.removeAttribute("aria-busy");
    // Quick while a class is live, slow otherwise; both stop while the page is hidden.
    let waited = 0;
    poll(async () => {
        waited += LIVE_MS;
        if (!view.live && waited < QUIET_MS) return;
        waited = 0;
        await refresh();
    }, LIVE_MS);
}

await start();
