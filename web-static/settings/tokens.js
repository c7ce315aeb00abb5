// Access tokens for programs: made with a purpose, an end and scopes; shown once; revoked.

import { del, post } from "../base/api.js";
import { copyField } from "../base/copy.js";
import { dataTable } from "../base/data-table.js";
import { fill, h, uuid } from "../base/dom.js";
import { formDialog, fromLocalInput } from "../base/form.js";
import { icon } from "../base/icons.js";
import { date, dateTime, relative, t } from "../base/i18n.js";
import { state } from "../base/shell.js";
import { toast, toastError } from "../base/toast.js";
import { scopePicker } from "./scope-picker.js";
import { standing } from "./scopes.js";

const ENDS = { good: "", soon: "warn", expired: "bad", endless: "" };

/** The columns of a list of tokens; the admin's list of a user's tokens has the same. */
export const tokenColumns = (revoke) => [
    { label: t("tokens.purpose"), cell: (token) => [token.purpose, token.app_name && h("span.data-sub", t("tokens.app", { name: token.app_name })), h("span.data-sub", t("tokens.made", { time: date(token.created_at) }))] },
    { label: t("tokens.scopes"), cell: (token) => (token.scopes === null ? t("tokens.scopes_all")
        : h("span", { title: token.scopes.join("\n") }, t("tokens.scopes_count", { n: token.scopes.length }))) },
    { label: t("tokens.used"), cell: (token) => (token.last_used_at ? h("span", { title: dateTime(token.last_used_at) }, relative(token.last_used_at)) : t("tokens.never")) },
    { label: t("tokens.ends"), cell: (token) => {
        // An app's ends in an hour, and the app renews it by itself.
        if (token.developer_key_id !== null) return t("tokens.renewed");
        const how = standing(token.expires_at, Date.now());
        return how === "endless" ? t("tokens.endless") : h("span.badge", { class: ENDS[how] }, how === "expired" ? t("tokens.expired") : dateTime(token.expires_at));
    } },
    { label: t("tokens.revoke"), hidden: true, class: "end", cell: (token) => h("button.button.small", { type: "button", "aria-label": t("tokens.revoke_of", { name: token.purpose }), onclick: () => revoke(token) }, t("tokens.revoke")) },
];

/** Asks, and revokes a token of `user` ("self" or an id); resolves to whether it was done. */
export async function revokeToken(user, token) {
    const { confirm } = await import("../base/dialog.js");
    if (!await confirm({ title: t("tokens.revoke_title", { name: token.purpose }), text: t("tokens.revoke_text"), action: t("tokens.revoke"), danger: true })) return false;
    try {
        await del(`/api/v1/users/${user}/tokens/${token.id}`);
        toast(t("tokens.revoked", { name: token.purpose }));
        return true;
    } catch (error) {
        toastError(error);
        return false;
    }
}

/** The section of one's own tokens. */
export function tokenSection() {
    const fresh = h("div", { role: "status" });
    const make = h("button.button", { type: "button", onclick: () => create() }, icon("plus"), t("tokens.create"));
    const table = dataTable({
        label: t("tokens.title"), read: () => ({ path: "/api/v1/users/self/tokens" }),
        columns: tokenColumns(async (token) => {
            if (await revokeToken("self", token)) await table.reload({ quiet: true });
            make.focus();
        }),
        empty: () => state({ sign: "key", title: t("tokens.none"), text: t("tokens.none_text") }),
    });

    async function create() {
        const key = uuid();
        const made = await formDialog({
            title: t("tokens.create"), kind: "wide", submit: t("tokens.create"),
            fields: [
                { name: "purpose", label: t("tokens.purpose"), required: true, autofocus: true, placeholder: t("tokens.purpose_example") },
                { name: "expires_at", label: t("tokens.ends"), type: "datetime-local", optional: true, hint: t("tokens.ends_hint") },
                { name: "scopes", label: t("tokens.scopes"), custom: scopePicker(), hint: t("tokens.scopes_hint") },
            ],
            run: ({ purpose, expires_at, scopes }) => post("/api/v1/users/self/tokens",
                { token: { purpose, expires_at: fromLocalInput(expires_at), ...(scopes === null ? {} : { scopes }) } }, { key }),
        });
        if (!made) return;
        fill(fresh, h("div.notice.good.token-fresh", icon("key"), h("div.grow.stack.tight", h("p.strong", t("tokens.fresh", { name: made.purpose })), h("p", t("tokens.fresh_text")),
            copyField(made.visible_token, t("tokens.fresh", { name: made.purpose }))),
            h("button.button.ghost.icon.small", { type: "button", "aria-label": t("action.close"), onclick: () => { fill(fresh); make.focus(); } }, icon("x"))));
        fresh.querySelector("input").focus();
        await table.reload({ quiet: true });
    }

    table.reload();
    return h("div.settings-body.flush.stack", h("div.row.spread.wrap", h("p.small.muted.grow", t("tokens.text")), make), fresh, table.element);
}
