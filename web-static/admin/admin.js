// Administration of an institution or a part of it: tabs in the address, each loaded when it is opened.

import { get, getAll } from "../base/api.js";
import { fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { add, compareNames, t } from "../base/i18n.js";
import { register } from "../base/keys.js";
import { problem, setCrumbs, setTitle, startShell, state } from "../base/shell.js";
import english from "./lang/en.js";

/**
 * Tabs in order; `root` ones are there for the institution as a whole alone. `words` names the files of lang/en and lang/de
 * that a tab needs, where they are not one of its own name.
 */
const TABS = [
    { id: "overview", load: () => import("./overview.js") },
    { id: "users", words: ["users", "tokens"], load: () => import("./users.js") },
    { id: "courses", load: () => import("./courses.js") },
    { id: "terms", root: true, load: () => import("./terms.js") },
    { id: "notices", load: () => import("./notices.js") },
    { id: "imports", root: true, load: () => import("./imports.js") },
    { id: "reports", root: true, load: () => import("./reports.js") },
    { id: "admins", load: () => import("./admins.js") },
    { id: "sign_in", root: true, words: ["sign-in"], load: () => import("./sign-in.js") },
    { id: "tokens", root: true, load: () => import("./tokens.js") },
    { id: "apps", root: true, load: () => import("./apps.js") },
    { id: "privacy", root: true, load: () => import("./privacy.js") },
    { id: "audit", root: true, load: () => import("./audit.js") },
    { id: "work", root: true, load: () => import("./work.js") },
];

/** The words of a tab; those that are there already are not asked for again. */
const wordsOf = (tab) => Promise.all((tab.words ?? [tab.id]).map((part) => add({ en: () => import(`./lang/en/${part}.js`), de: () => import(`./lang/de/${part}.js`) })));

await add({ en: english, de: () => import("./lang/de.js") });
const me = await startShell({ title: t("admin.title"), crumbs: [{ label: t("admin.title") }] });
const main = document.getElementById("main");
const wished = /^\/accounts\/([^/]+)/.exec(location.pathname)?.[1] ?? null;
const panel = h("div.admin-panel");
let account = null;
let isRoot = false;
let open = null;
let turn = 0;

const here = () => new URLSearchParams(location.search).get("tab") ?? "overview";
const tabs = () => TABS.filter((tab) => isRoot || !tab.root);
const hrefOf = (tab) => `/accounts/${account.id}${tab.id === "overview" ? "" : `?tab=${tab.id}`}`;

function go(event, tab) {
    if (event && (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0)) return;
    event?.preventDefault();
    history.pushState(null, "", hrefOf(tab));
    show();
}

/** Opens the tab that the address names; of several openings the last one counts. */
async function show() {
    const tab = tabs().find((one) => one.id === here()) ?? tabs()[0];
    const mine = ++turn;
    for (const link of main.querySelectorAll(".tabs > .tab")) {
        if (link.dataset.tab === tab.id) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
    }
    main.querySelector('.tab[aria-current="page"]')?.scrollIntoView({ block: "nearest", inline: "nearest" });
    setTitle(`${t(`admin.tab_${tab.id}`)} – ${account.name}`);
    open?.stop?.();
    open = null;
    fill(panel, h("div.skeleton.card.admin-wait", { "aria-hidden": "true" }));
    try {
        const [module] = await Promise.all([tab.load(), wordsOf(tab)]);
        if (mine !== turn) return;
        open = module.open({ account, isRoot, me });
        fill(panel, h("h2.visually-hidden", t(`admin.tab_${tab.id}`)), open.element);
    } catch (error) {
        if (mine === turn) fill(panel, h("div.card", problem(error, show)));
    }
}

/** Those that one administers: the list where there are several, else the only one. */
async function choose() {
    const accounts = await getAll("/api/v1/accounts");
    if (accounts.length === 1) return location.replace(`/accounts/${accounts[0].id}`);
    if (accounts.length === 0) return forbidden();
    fill(main, h("div.page", h("div.page-head", h("h1", t("admin.title"))), h("ul.card.account-list", { role: "list" },
        accounts.sort((a, b) => compareNames(a.name, b.name)).map((one) => h("li", h("a", { href: `/accounts/${one.id}` }, icon("building"), h("span.grow", one.name), icon("chevron-right")))))));
    return undefined;
}

function forbidden() {
    fill(main, h("div.page", h("h1.visually-hidden", t("admin.title")), state({
        sign: "lock", title: t("state.forbidden"), text: t("state.forbidden_text"), actions: [h("a.button", { href: "/" }, icon("arrow-left"), t("state.home"))],
    })));
}

async function start() {
    try {
        if (wished === null) {
            await choose();
        } else {
            account = await get(`/api/v1/accounts/${encodeURIComponent(wished)}`);
            isRoot = account.parent_account_id === null;
            const title = h("h1", account.name);
            const above = h("p.small.faint", { hidden: true }, h("a", { href: `/accounts/${account.parent_account_id}` }, t("admin.above")));
            // Who administers this account by one above it may go there.
            if (!isRoot) getAll("/api/v1/accounts").then((own) => { above.hidden = own.some((one) => one.id === account.id); }, () => {});
            setCrumbs([{ label: t("admin.title"), href: "/accounts" }, { label: account.name }]);
            document.addEventListener("accountrenamed", (event) => { if (event.detail.id === account.id) [account.name, title.textContent] = [event.detail.name, event.detail.name]; });
            fill(main, h("div.page.wide.admin",
                h("div.page-head", h("div", above, title)),
                h("nav.tabs", { "aria-label": t("admin.title") }, tabs().map((tab) => h("a.tab", { href: hrefOf(tab), dataset: { tab: tab.id }, onclick: (event) => go(event, tab) }, t(`admin.tab_${tab.id}`)))),
                panel));
            addEventListener("popstate", show);
            tabs().slice(0, 9).forEach((tab, at) => register({ key: String(at + 1), label: t(`admin.tab_${tab.id}`), group: t("admin.title"), run: () => go(null, tab) }));
            register({ key: "/", label: t("admin.key_find"), group: t("admin.title"), run: () => panel.querySelector('input[type="search"]')?.focus() });
            register({ key: "n", label: t("admin.key_new"), group: t("admin.title"), run: () => panel.querySelector("[data-new]")?.click() });
            await show();
        }
    } catch (error) {
        if (error.status === 403) forbidden();
        else fill(main, h("div.page", h("h1.visually-hidden", t("admin.title")), problem(error, start)));
    }
    main.removeAttribute("aria-busy");
}

await start();
