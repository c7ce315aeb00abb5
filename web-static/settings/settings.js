// One's own account: who one is, how one signs in, what programs may do, who looks on.

import { get } from "../base/api.js";
import { fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { add, t } from "../base/i18n.js";
import { switchTo } from "../base/session.js";
import { busy, startShell } from "../base/shell.js";
import { toastError } from "../base/toast.js";
import { dataSection } from "./data.js";
import { familySection } from "./family.js";
import english from "./lang/en.js";
import { lookSection, profileSection } from "./profile.js";
import { passwordSection, sessionSection } from "./security.js";
import { tokenSection } from "./tokens.js";

await add({ en: english, de: () => import("./lang/de.js") });
const me = await startShell({ title: t("settings.title"), crumbs: [{ label: t("settings.title") }] });
const main = document.getElementById("main");

const SECTIONS = [
    { id: "profile", sign: "user", make: profileSection },
    { id: "look", sign: "sun", make: lookSection },
    { id: "password", sign: "lock", make: () => passwordSection(me) },
    { id: "sessions", sign: "monitor", make: sessionSection },
    { id: "tokens", sign: "key", make: tokenSection },
    me.roles.includes("student") && { id: "family", sign: "users", make: familySection },
    { id: "data", sign: "download", make: () => dataSection(me) },
    me.institutions.length > 1 && { id: "institutions", sign: "building", make: institutionSection },
].filter(Boolean);

function institutionSection() {
    return h("ul.settings-list.settings-body", { role: "list" }, me.institutions.map((institution) => {
        const here = institution.id === me.institution.id;
        const go = h("button.button.small", { type: "button", "aria-label": t("settings.switch_to", { name: institution.name }),
            onclick: () => busy(go, () => switchTo(institution.id).catch((error) => toastError(error))) }, t("settings.switch"));
        return h("li.settings-line", icon("building"), h("p.grow", institution.name), here ? h("span.badge.good", t("settings.here")) : go);
    }));
}

const links = SECTIONS.map(({ id, sign }) => h("a.settings-link", { href: `#${id}` }, icon(sign), t(`settings.${id}`)));
const administered = h("div");
fill(main, h("div.page.settings",
    h("div.page-head", h("div", h("h1", t("settings.title")), h("p.small.muted", [me.user.name, me.institution.name].join(" · "))), administered),
    h("nav.settings-nav", { "aria-label": t("settings.sections") }, links),
    h("div.settings-sections", SECTIONS.map(({ id, make }) => h("section.card", { id, "aria-labelledby": `${id}-title` }, h("h2", { id: `${id}-title` }, t(`settings.${id}`)), make())))));
main.removeAttribute("aria-busy");
if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();

// The link whose section is read is marked.
const watch = new IntersectionObserver((seen) => {
    for (const entry of seen.filter((one) => one.isIntersecting)) {
        for (const link of links) {
            if (link.hash === `#${entry.target.id}`) link.setAttribute("aria-current", "true");
            else link.removeAttribute("aria-current");
        }
    }
}, { rootMargin: "-80px 0px -70% 0px" });
for (const section of main.querySelectorAll("section")) watch.observe(section);

// Those who administer a part of the institution find the way there; without an answer the page has all the rest.
get("/api/v1/accounts").then((accounts) => {
    if (accounts.length > 0) fill(administered, h("a.button", { href: accounts.length === 1 ? `/accounts/${accounts[0].id}` : "/accounts" }, icon("building"), t("shell.admin")));
}, () => {});
