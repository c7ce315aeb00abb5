// What every page has around it: skip link, top bar with crumbs and the person's menu, offline bar.

import { fill, h } from "./dom.js";
import { icon, mark } from "./icons.js";
import { attachMenu } from "./menu.js";
import { help } from "./keys.js";
import { languages, language, setLanguage, t, time } from "./i18n.js";
import { session, signOut, switchTo } from "./session.js";
import { choice, choose } from "./theme.js";
import { explain, toastError } from "./toast.js";

/**
 * Draws the bar and reads the session. Call it once, at the top of a page's script:
 *
 *     const me = await startShell({ title: "Courses", crumbs: [{ label: "Courses", href: "/" }, { label: "Algebra" }] });
 *
 * The page's HTML has `<header class="top" id="top"></header>` and `<main id="main" tabindex="-1">`. Without a
 * session it leads to sign-in and never resolves; when the server cannot be reached it shows that in `main`
 * and never resolves. `bar: false` leaves the header alone (a page with a bar of its own uses `userMenu`);
 * `connection: false` leaves out the offline bar.
 */
export async function startShell({ title = null, crumbs = [], bar = true, connection = true } = {}) {
    if (title) setTitle(title);
    skipLink();
    if (connection) watchConnection();
    if (bar) drawBar(crumbs, null);
    try {
        const me = await session();
        if (bar) drawBar(crumbs, me);
        return me;
    } catch (error) {
        const main = document.getElementById("main");
        fill(main, h("div.page", problem(error, () => location.reload())));
        main.removeAttribute("aria-busy");
        return new Promise(() => {});
    }
}

/** Sets the document's title: "Algebra · Cohort". */
export const setTitle = (title) => { document.title = title ? `${title} · Cohort` : "Cohort"; };

let shown = { crumbs: [], me: null };

/** Changes the crumbs once names are known: `[{ label, href? }]`, the last one is this page. */
export function setCrumbs(crumbs) {
    shown.crumbs = crumbs;
    const nav = document.querySelector(".crumbs");
    if (nav) nav.replaceWith(crumbTrail(crumbs));
}

function drawBar(crumbs, me) {
    shown = { crumbs, me };
    fill(document.getElementById("top"), brand(me), crumbTrail(crumbs), h("div.end", me && h("span.search-place"), me && userMenu(me)));
    // Not all pages have a bar: what only those need comes after.
    if (me) import("./search.js").then(({ searchButton }) => document.querySelector(".search-place")?.replaceWith(searchButton(me)), () => {});
}

/** The institution's name, leading home. */
export function brand(me) {
    return h("a.brand", { href: "/", "aria-label": me ? t("shell.home", { name: me.institution.name }) : "Cohort" },
        h("span.mark", mark()), h("span.name.truncate", me?.institution.name ?? ""));
}

/** Crumbs as a navigation landmark. */
export function crumbTrail(crumbs) {
    return h("nav.crumbs", { "aria-label": t("shell.crumbs") }, h("ol", crumbs.map((crumb, at) => h("li",
        icon("chevron-right", { size: 14 }),
        crumb.href && at < crumbs.length - 1
            ? h("a.truncate", { href: crumb.href }, icon("chevron-left"), h("span.truncate", crumb.label))
            : h("span.truncate", { "aria-current": at === crumbs.length - 1 ? "page" : null }, h("span.truncate", crumb.label))))));
}

const initials = (name) => {
    const parts = name.trim().split(/\s+/);
    return ((parts[0]?.[0] ?? "") + (parts.length > 1 ? parts.at(-1)[0] : "")).toUpperCase();
};

/** A round picture of the initials. */
export const avatar = (name) => h("span.avatar", { "aria-hidden": "true" }, initials(name));

/** The person's menu: institutions, the pages that are theirs, theme, language, shortcuts, sign out. */
export function userMenu(me) {
    const button = h("button.button.ghost", { type: "button", "aria-label": t("shell.account", { name: me.user.name }) },
        avatar(me.user.name), h("span.user-name.truncate", me.user.name), icon("chevron-down", { size: 14 }));
    return h("div.user-menu", attachMenu(button, () => [
        { head: [h("span.strong", me.user.name), h("span.small.muted", me.user.login),
            h("span.small.faint", me.roles.map((role) => t(`role.${role}`)).join(", "))] },
        "-",
        ...(me.institutions.length > 1 ? [{ heading: t("shell.institution") }, ...me.institutions.map((institution) => ({
            label: institution.name, icon: "building", checked: institution.id === me.institution.id,
            run: () => institution.id === me.institution.id || switchTo(institution.id).catch((error) => toastError(error)),
        })), "-"] : []),
        { label: t("shell.settings"), icon: "settings", href: "/settings" },
        me.roles.includes("parent") && { label: t("shell.children"), icon: "users", href: "/children" },
        me.roles.includes("admin") && { label: t("shell.admin"), icon: "building", href: "/accounts/self" },
        me.roles.includes("admin") && { label: t("shell.ops"), icon: "chart", href: "/ops" },
        "-",
        { heading: t("shell.theme") },
        ...["system", "light", "dark"].map((theme) => ({
            label: t(`theme.${theme}`), icon: { system: "monitor", light: "sun", dark: "moon" }[theme],
            checked: choice() === theme, run: () => choose(theme),
        })),
        "-",
        { heading: t("shell.language") },
        ...languages.map((item) => ({ label: item.name, icon: "language", checked: item.id === language, run: () => item.id === language || setLanguage(item.id) })),
        "-",
        { label: t("keys.title"), icon: "keyboard", end: h("kbd", "?"), run: help },
        { label: t("shell.sign_out"), icon: "sign-out", run: () => signOut().catch((error) => toastError(error)) },
    ].filter(Boolean)));
}

/** The link that leads keyboards past the bar. */
export function skipLink() {
    if (document.querySelector(".skip")) return;
    document.body.prepend(h("a.skip", { href: "#main" }, t("shell.skip")));
}

let bar = null;
let unreached = false;

/** Says at the top of the page since when there is no network. The class page has a sign of its own. */
export function watchConnection() {
    addEventListener("online", drawConnection);
    addEventListener("offline", drawConnection);
    drawConnection();
}

/** Tells the bar whether the last regular request reached the server. */
export function reached(ok) {
    unreached = !ok;
    drawConnection();
}

function drawConnection() {
    const trouble = !navigator.onLine ? "offline" : unreached ? "unreached" : null;
    if (bar && bar.dataset.trouble !== trouble) {
        bar.remove();
        bar = null;
        if (!trouble) document.dispatchEvent(new CustomEvent("backonline"));
    }
    if (trouble && !bar) {
        bar = h("div.offline-bar", { role: "status", dataset: { trouble } }, icon("wifi-off", { size: 16 }), h("span", t(`shell.${trouble}`, { time: time(new Date()) })));
        document.body.prepend(bar);
    }
}

/** A designed state: nothing here, or something failed. `actions` are nodes. */
export function state({ sign = "info", title, text = null, actions = [] }) {
    return h("div.state", icon(sign, { size: 28 }), h("p.title", title), text && h("p.text", text), actions.length > 0 && h("div.row.wrap", actions));
}

/** The state for a failure, with what to do. */
export function problem(error, retry) {
    const missing = error?.status === 404;
    const closed = error?.status === 403;
    return h("div", { role: "alert" }, state({
        sign: error?.offline ? "wifi-off" : missing ? "search" : closed ? "lock" : "alert",
        title: t(missing ? "state.missing" : closed ? "error.forbidden" : error?.offline ? "state.unreachable" : "state.failed"),
        text: missing ? t("state.missing_text") : !closed && explain(error),
        actions: [
            retry && !missing && !closed && h("button.button", { type: "button", onclick: retry }, icon("refresh"), t("action.retry")),
            (missing || closed) && h("a.button", { href: "/" }, icon("arrow-left"), t("state.home")),
        ].filter(Boolean),
    }));
}

/** Makes a button busy while `work` runs, so that it is not pressed twice. */
export async function busy(button, work) {
    if (button.dataset.busy === "true") return undefined;
    button.dataset.busy = "true";
    button.setAttribute("aria-disabled", "true");
    try {
        return await work();
    } finally {
        delete button.dataset.busy;
        button.removeAttribute("aria-disabled");
    }
}
