// The account at a glance: how many of what, and the schools and departments below it.

import { del, get, getAll, getPage, post, put } from "../base/api.js";
import { fill, h, keepFocus, uuid } from "../base/dom.js";
import { formDialog } from "../base/form.js";
import { icon } from "../base/icons.js";
import { compareNames, number, t } from "../base/i18n.js";
import { attachMenu } from "../base/menu.js";
import { problem, state } from "../base/shell.js";
import { explain, toast } from "../base/toast.js";
import { lines, tree } from "./account-tree.js";

const PAGE = 100;

/** The tab. */
export function open({ account, isRoot }) {
    const counts = h("dl.admin-counts", ["users", "courses", "accounts", "live"].map((id) => h("div", h("dt", t(`overview.${id}`)), h("dd.num", { dataset: { count: id } }, "…"))));
    const branch = h("div", h("div.skeleton.card.admin-wait"));
    const make = h("button.button", { type: "button", onclick: () => create(account), dataset: { new: "" } }, icon("plus"), t("overview.add"));
    const element = h("div.stack.loose", counts,
        h("section", { "aria-labelledby": "tree-title" }, h("div.data-tools", h("h3.admin-label", { id: "tree-title" }, t("overview.tree")), h("div.push.row.tight",
            h("button.button.ghost", { type: "button", onclick: edit }, icon("edit"), t("overview.edit")), make)), branch));
    let accounts = [];

    const say = (id, text) => { counts.querySelector(`[data-count="${id}"]`).textContent = text; };

    // The server counts nothing: up to a page is counted here, more is "100+".
    async function count(id, path, query = {}) {
        try {
            const { items, next } = await getPage(path, { query: { per_page: PAGE, ...query } });
            say(id, next ? `${number(PAGE)}+` : number(items.length));
            return items;
        } catch {
            say(id, "–");
            return [];
        }
    }

    async function load() {
        try {
            accounts = await getAll(`/api/v1/accounts/${account.id}/sub_accounts`, { query: { recursive: "true" } });
            say("accounts", number(accounts.length));
            keepFocus(branch, draw);
        } catch (error) {
            fill(branch, h("div.card", problem(error, load)));
        }
    }

    function draw() {
        const found = lines(tree(accounts, account.id, compareNames));
        fill(branch, found.length === 0
            ? h("div.card", state({ sign: "building", title: t("overview.none"), text: t("overview.none_text") }))
            : h("ul.card.account-list", { role: "list", "aria-labelledby": "tree-title" }, found.map(({ account: one, depth, children }) => {
                const menu = h("button.button.ghost.icon.small", { type: "button", "aria-label": t("admin.menu", { name: one.name }), dataset: { key: `menu-${one.id}` } }, icon("dots"));
                attachMenu(menu, () => [
                    { label: t("overview.add_below"), icon: "plus", run: () => create(one) }, { label: t("overview.rename"), icon: "edit", run: () => rename(one) },
                    { label: t("overview.remove"), icon: "trash", danger: true, disabled: children.length > 0, run: () => remove(one) }]);
                return h("li.account-line", { style: { "--depth": depth - 1 } }, icon(depth === 1 ? "building" : "chevron-right", { size: 16 }), h("a.grow", { href: `/accounts/${one.id}` }, one.name),
                    one.sis_account_id && h("span.tiny.faint", one.sis_account_id), menu);
            })));
    }

    async function create(parent) {
        const key = uuid();
        const made = await formDialog({
            title: parent.id === account.id ? t("overview.add") : t("overview.add_in", { name: parent.name }), submit: t("action.create"),
            fields: [{ name: "name", label: t("overview.name"), required: true, autofocus: true }, { name: "sis_account_id", label: t("admin.sis_id"), optional: true }],
            run: ({ name, sis_account_id }) => post(`/api/v1/accounts/${parent.id}/sub_accounts`, { account: { name, ...(sis_account_id && { sis_account_id }) } }, { key }),
        });
        if (made) await load();
    }

    async function edit() {
        const changed = await formDialog({
            title: t("overview.edit_title", { name: account.name }), submit: t("action.save"),
            fields: [
                { name: "name", label: t("overview.name"), value: account.name, required: true, autofocus: true },
                { name: "default_time_zone", label: t("overview.time_zone"), value: account.default_time_zone, required: true },
                { name: "default_locale", label: t("overview.locale"), value: account.default_locale ?? "", optional: true, hint: t("overview.locale_hint") },
            ],
            run: ({ default_locale, ...values }) => put(`/api/v1/accounts/${account.id}`, { account: { ...values, default_locale: default_locale || null } }),
        });
        if (!changed) return;
        Object.assign(account, changed);
        document.dispatchEvent(new CustomEvent("accountrenamed", { detail: changed }));
        toast(t("overview.saved", { name: changed.name }));
    }

    async function rename(one) {
        const changed = await formDialog({
            title: t("overview.rename_title", { name: one.name }), submit: t("action.save"),
            fields: [{ name: "name", label: t("overview.name"), value: one.name, required: true, autofocus: true }],
            run: (values) => put(`/api/v1/accounts/${one.id}`, { account: values }),
        });
        if (!changed) return;
        document.dispatchEvent(new CustomEvent("accountrenamed", { detail: changed }));
        await load();
    }

    async function remove(one) {
        const { confirm } = await import("../base/dialog.js");
        if (!await confirm({ title: t("overview.remove_title", { name: one.name }), text: t("overview.remove_text"), action: t("overview.remove"), danger: true })) return;
        try {
            await del(`/api/v1/accounts/${one.parent_account_id}/sub_accounts/${one.id}`);
            toast(t("overview.removed", { name: one.name }));
        } catch (error) {
            toast(error.status === 409 ? t("overview.not_empty", { name: one.name }) : explain(error), { kind: "bad" });
        }
        await load();
        make.focus();
    }

    load();
    count("users", `/api/v1/accounts/${account.id}/users`);
    count("courses", `/api/v1/accounts/${account.id}/courses`).then((courses) => say("live", number(courses.reduce((sum, course) => sum + (course.live_classes?.length ?? 0), 0))));
    if (isRoot) get(`/api/v1/accounts/${account.id}/sis_imports`, { query: { per_page: 1 } }).then(({ sis_imports: [last] }) => {
        if (last) counts.append(h("div", h("dt", t("overview.import")), h("dd", h("a.small", { href: `/accounts/${account.id}?tab=imports` }, t(`imports.state_${last.workflow_state}`)))));
    }, () => {});
    return { element };
}
