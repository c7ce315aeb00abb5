// A parent's children: linked by a code, seen at a glance, parted again.

import { del, getAll, post } from "../base/api.js";
import { fill, h, poll, uuid } from "../base/dom.js";
import { makeForm } from "../base/form.js";
import { icon } from "../base/icons.js";
import { add, compareNames, t } from "../base/i18n.js";
import { register } from "../base/keys.js";
import { problem, reached, startShell } from "../base/shell.js";
import { toast, toastError } from "../base/toast.js";
import { childCard } from "./child-card.js";
import english from "./lang/en.js";
import { tidyCode } from "./overview.js";

const EVERY_MS = 20_000;

await add({ en: english, de: () => import("./lang/de.js") });
await startShell({ title: t("children.title"), crumbs: [{ label: t("children.title") }] });
const main = document.getElementById("main");
const cards = new Map();
const list = h("div.children");
let children = null;

const form = makeForm({
    label: t("children.link"), submit: t("children.link"),
    fields: [{ name: "pairing_code", label: t("children.code"), required: true, class: "grow", placeholder: "aBc123…" }],
    run: async ({ pairing_code }) => {
        const child = await post("/api/v1/users/self/observees", { pairing_code: tidyCode(pairing_code) }, { key: uuid() });
        toast(t("children.linked", { name: child.name }));
        form.fields.pairing_code.control.value = "";
        await load();
        cards.get(child.id)?.element.querySelector("button")?.focus();
    },
});
form.element.classList.add("child-form");
const link = h("section.card.child-link", { "aria-labelledby": "link-title" },
    h("div.grow", h("h2", { id: "link-title" }, t("children.link_title")), h("p.small.muted", t("children.link_text"))), form.element);

async function unlink(child) {
    const { confirm } = await import("../base/dialog.js");
    if (!await confirm({ title: t("children.unlink_title", { name: child.name }), text: t("children.unlink_text"), action: t("children.unlink"), danger: true })) return;
    try {
        await del(`/api/v1/users/self/observees/${child.id}`);
        toast(t("children.unlinked", { name: child.name }));
        await load();
        form.fields.pairing_code.control.focus();
    } catch (error) {
        toastError(error, () => unlink(child));
    }
}

function draw() {
    for (const [id, card] of cards) {
        if (children.some((child) => child.id === id)) continue;
        card.element.remove();
        cards.delete(id);
    }
    for (const child of [...children].sort((a, b) => compareNames(a.sortable_name, b.sortable_name))) {
        if (cards.has(child.id)) continue;
        cards.set(child.id, childCard(child, () => unlink(child)));
        list.append(cards.get(child.id).element);
    }
    if (!list.isConnected) {
        fill(main, h("div.page.stack.loose", h("div.page-head.child-page-head", h("h1", t("children.title"))), list, link));
        main.removeAttribute("aria-busy");
    }
    link.classList.toggle("alone", children.length === 0);
    const empty = list.querySelector(".child-empty");
    if (children.length > 0) empty?.remove();
    else if (!empty) list.append(h("div.card.child-empty", h("div.state", icon("users", { size: 28 }), h("p.title", t("children.none")),
        h("ol.child-steps", ["one", "two", "three"].map((step) => h("li", t(`children.step_${step}`)))))));
}

async function load() {
    try {
        children = await getAll("/api/v1/users/self/observees");
        draw();
        await Promise.all([...cards.values()].map((card) => card.load()));
        reached(true);
    } catch (error) {
        if (children === null) {
            fill(main, h("div.page", h("h1.visually-hidden", t("children.title")), problem(error, load)));
            main.removeAttribute("aria-busy");
        } else {
            reached(!(error.offline || error.status >= 500));
        }
    }
}

register({ key: "c", label: t("children.key_code"), group: t("children.title"), run: () => form.fields.pairing_code.control.focus() });
await load();
poll(load, EVERY_MS);
