// Apps that may ask the institution's people for access: their keys, made once with a secret, switched on and off, deleted.

import { del, post, put } from "../base/api.js";
import { copyField } from "../base/copy.js";
import { dataTable } from "../base/data-table.js";
import { fill, h, uuid } from "../base/dom.js";
import { formDialog } from "../base/form.js";
import { icon } from "../base/icons.js";
import { date, relative, t } from "../base/i18n.js";
import { attachMenu } from "../base/menu.js";
import { state } from "../base/shell.js";
import { toast, toastError } from "../base/toast.js";

/** Lines of a text, without empty ones. */
const lines = (text) => text.split(/\s+/).filter(Boolean);

/** The tab. */
export function open({ account }) {
    const path = `/api/v1/accounts/${account.id}/developer_keys`;
    const fresh = h("div", { role: "status" });
    const make = h("button.button.push", { type: "button", dataset: { new: "" }, onclick: () => create() }, icon("plus"), t("apps.create"));
    const table = dataTable({
        label: t("admin.tab_apps"), read: () => ({ path }),
        columns: [
            { label: t("apps.name"), cell: (key) => [key.name, h("span.data-sub", h("code", key.client_id))] },
            { label: t("apps.state"), cell: (key) => h("span.badge", { class: key.workflow_state === "active" ? "good" : "warn" }, t(`apps.${key.workflow_state}`)) },
            { label: t("apps.scopes"), cell: (key) => (key.scopes.length === 0 ? t("tokens.everything") : h("span", { title: key.scopes.join("\n") }, t("tokens.count", { n: key.scopes.length }))) },
            { label: t("apps.tokens"), class: "num", cell: (key) => key.access_token_count },
            { label: t("tokens.used"), cell: (key) => (key.last_used_at ? relative(key.last_used_at) : t("tokens.never")) },
            { label: t("apps.made"), cell: (key) => date(key.created_at) },
            { label: t("admin.actions"), hidden: true, class: "end", cell: (key) => {
                const menu = h("button.button.ghost.icon.small", { type: "button", "aria-label": t("admin.menu", { name: key.name }) }, icon("dots"));
                const isOn = key.workflow_state === "active";
                return attachMenu(menu, () => [
                    { label: t("action.edit"), icon: "edit", run: () => edit(key) },
                    { label: t(isOn ? "apps.turn_off" : "apps.turn_on"), icon: isOn ? "stop" : "play", run: () => turn(key, isOn ? "inactive" : "active") },
                    { label: t("action.delete"), icon: "trash", danger: true, run: () => remove(key) },
                ]);
            } },
        ],
        empty: () => state({ sign: "key", title: t("apps.none"), text: t("apps.none_text") }),
    });

    const fields = (key) => [
        { name: "name", label: t("apps.name"), value: key?.name, required: true, autofocus: true, hint: t("apps.name_hint") },
        { name: "redirect_uris", label: t("apps.redirects"), kind: "area", value: key?.redirect_uris.join("\n"), required: true, placeholder: "https://app.example/back", hint: t("apps.redirects_hint") },
        !key && { name: "client_type", label: t("apps.type"), kind: "select", options: [["confidential", t("apps.confidential")], ["public", t("apps.public")]], hint: t("apps.type_hint") },
        { name: "scopes", label: t("apps.scopes"), kind: "area", value: key?.scopes.join("\n"), optional: true, placeholder: "url:GET|/api/v1/courses", hint: t("apps.scopes_hint") },
        { name: "require_scopes", label: t("apps.require"), kind: "check", value: key?.require_scopes },
        { name: "email", label: t("apps.email"), type: "email", value: key?.email ?? "", optional: true },
        { name: "notes", label: t("apps.notes"), kind: "area", rows: 2, value: key?.notes ?? "", optional: true },
    ];
    const body = ({ redirect_uris, scopes, email, notes, ...rest }) => ({ developer_key: {
        ...rest, redirect_uris: lines(redirect_uris), scopes: lines(scopes), email: email || null, notes: notes || null,
    } });

    async function create() {
        const key = uuid();
        const made = await formDialog({ title: t("apps.create"), kind: "wide", submit: t("apps.create"), fields: fields(null), run: (values) => post(path, body(values), { key }) });
        if (!made) return;
        const close = h("button.button.ghost.icon.small", { type: "button", "aria-label": t("action.close"), onclick: () => { fill(fresh); make.focus(); } }, icon("x"));
        fill(fresh, h("div.notice.good", icon("key"), h("div.grow.stack.tight", h("p.strong", t("apps.fresh", { name: made.name })),
            h("p.small", { "aria-hidden": "true" }, t("apps.client_id")), copyField(made.client_id, t("apps.client_id")),
            made.api_key ? [h("p.small", { "aria-hidden": "true" }, t("apps.secret")), copyField(made.api_key, t("apps.secret")), h("p", t("apps.fresh_text"))] : h("p", t("apps.fresh_public"))), close));
        fresh.querySelector("input").focus();
        await table.reload({ quiet: true });
    }

    async function edit(key) {
        const saved = await formDialog({ title: t("apps.edit", { name: key.name }), kind: "wide", submit: t("action.save"), fields: fields(key), run: (values) => put(`/api/v1/developer_keys/${key.id}`, body(values)) });
        if (saved) await table.reload({ quiet: true });
    }

    async function turn(key, workflow_state) {
        try {
            await put(`/api/v1/developer_keys/${key.id}`, { developer_key: { workflow_state } });
            toast(t(workflow_state === "active" ? "apps.is_on" : "apps.is_off", { name: key.name }));
        } catch (error) {
            toastError(error);
        }
        await table.reload({ quiet: true });
    }

    async function remove(key) {
        const { confirm } = await import("../base/dialog.js");
        if (!await confirm({ title: t("apps.delete_title", { name: key.name }), text: t("apps.delete_text"), action: t("action.delete"), danger: true })) return;
        try {
            await del(`/api/v1/developer_keys/${key.id}`);
            toast(t("apps.deleted", { name: key.name }));
        } catch (error) {
            toastError(error);
        }
        await table.reload({ quiet: true });
    }

    table.reload();
    return { element: h("div.stack", h("div.data-tools", h("p.small.muted.grow", t("apps.text")), make), fresh, table.element) };
}
