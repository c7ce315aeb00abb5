// What the pages of a course have in common: its name and parts around them, and who is looking.

import { get } from "../base/api.js";
import { fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { add, has, t } from "../base/i18n.js";
import { isStaff } from "../base/session.js";
import { problem, setCrumbs, setTitle, startShell, state } from "../base/shell.js";
import { courseId, visibleTabs } from "./parts.js";
import english from "./lang/en.js";
import "./signs.js";

await add({ en: english, de: () => import("./lang/de.js") });

const KEY = "cohort.tabs";

/**
 * Draws the shell, reads the course and shows its parts. `area` is the part's id as `GET courses/:id/tabs` names it.
 *
 * Returns `{ id, me, course, staff, main, api, href, title }`: `api("/pages")` is the path of a request, `href("/pages")`
 * that of a page, `title(…crumbs)` names what is shown below the area. Never resolves when the course cannot be read: then
 * `main` says why.
 */
export async function startCourse({ area }) {
    const id = courseId(location.pathname);
    const name = t(`part.${area}`);
    const mine = { label: t("frame.mine"), href: "/" };
    if (id) drawParts(id, remembered(id), area);
    const me = await startShell({ title: name, crumbs: [mine, { label: "…" }, { label: name }] });
    const main = document.getElementById("main");
    for (;;) {
        try {
            if (!id) throw Object.assign(new Error("no such course"), { status: 404 });
            const [course, tabs] = await Promise.all([
                get(`/api/v1/courses/${id}`, { query: { include: ["term", "concluded"] } }), get(`/api/v1/courses/${id}/tabs`)]);
            const staff = isStaff(me, course);
            const shown = visibleTabs(tabs, { staff });
            remember(id, shown);
            drawParts(id, shown, area);
            const href = (path = "") => `/courses/${id}${path}`;
            const home = shown.find((tab) => tab.id === area)?.path ?? "";
            const title = (...more) => {
                setTitle([...more.map((crumb) => crumb.label).reverse(), name, course.name].join(" · "));
                setCrumbs([mine, { label: course.name, href: href() }, { label: name, href: href(home) }, ...more]);
            };
            title();
            return { id, me, course, staff, main, title, href, api: (path = "") => `/api/v1/courses/${id}${path}` };
        } catch (error) {
            setCrumbs([mine]);
            main.removeAttribute("aria-busy");
            await new Promise((again) => {
                fill(main, h("div.page", h("h1.visually-hidden", name), problem(error, again)));
            });
        }
    }
}

/** What stands in place of a page that is for a course's staff alone. */
export const staffOnly = (id, name) => h("div.page", h("h1.visually-hidden", name), state({
    sign: "lock", title: t("frame.staff_only"), text: t("frame.staff_only_text"), actions: [h("a.button", { href: `/courses/${id}` }, icon("arrow-left"), t("frame.to_course"))],
}));

/** Draws the row of a course's parts; `area` is the one that is open. */
export function drawParts(id, tabs, area) {
    let nav = document.getElementById("parts");
    if (!nav) {
        nav = h("nav.parts#parts");
        document.getElementById("main").before(nav);
    }
    nav.setAttribute("aria-label", t("frame.parts"));
    fill(nav, h("div.tabs", tabs.map((tab) => h("a.tab", {
        href: `/courses/${id}${tab.path}`, "aria-current": tab.id === area ? "page" : null,
    }, has(`part.${tab.id}`) ? t(`part.${tab.id}`) : tab.label))));
    nav.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
}

/** Reads a course's parts and shows them, for a page that has read the course itself. */
export async function showParts(id, area, staff) {
    drawParts(id, remembered(id), area);
    const shown = visibleTabs(await get(`/api/v1/courses/${id}/tabs`), { staff });
    remember(id, shown);
    drawParts(id, shown, area);
}

// The parts of the last courses, so that the row stands before the course is read.
function remembered(id) {
    try {
        return JSON.parse(sessionStorage.getItem(`${KEY}.${id}`) ?? "[]");
    } catch {
        return [];
    }
}

function remember(id, tabs) {
    try {
        sessionStorage.setItem(`${KEY}.${id}`, JSON.stringify(tabs));
    } catch {
        // Then it is drawn a moment later the next time.
    }
}
