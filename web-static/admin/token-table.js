// One user's access tokens, for an administrator: what they are for and when they were used; their text is nobody's.

import { del } from "../base/api.js";
import { dataTable } from "../base/data-table.js";
import { h } from "../base/dom.js";
import { date, dateTime, relative, t } from "../base/i18n.js";
import { state } from "../base/shell.js";
import { toast, toastError } from "../base/toast.js";

/** The table, which reads by itself. */
export function tokenTable(user) {
    const table = dataTable({
        label: t("tokens.of", { name: user.name }), read: () => ({ path: `/api/v1/users/${user.id}/tokens` }),
        columns: [
            { label: t("tokens.purpose"), cell: (token) => [token.purpose, token.app_name && h("span.data-sub", t("tokens.app", { name: token.app_name })), h("span.data-sub", t("tokens.made", { time: date(token.created_at) }))] },
            { label: t("tokens.scopes"), cell: (token) => (token.scopes === null ? t("tokens.everything") : h("span", { title: token.scopes.join("\n") }, t("tokens.count", { n: token.scopes.length }))) },
            { label: t("tokens.used"), cell: (token) => (token.last_used_at ? relative(token.last_used_at) : t("tokens.never")) },
            { label: t("tokens.ends"), cell: (token) => (token.expires_at ? dateTime(token.expires_at) : t("tokens.never")) },
            { label: t("tokens.revoke"), hidden: true, class: "end", cell: (token) => h("button.button.small", { type: "button", "aria-label": t("tokens.revoke_of", { name: token.purpose }), onclick: () => revoke(token) }, t("tokens.revoke")) },
        ],
        empty: () => state({ sign: "key", title: t("tokens.none", { name: user.name }) }),
    });

    async function revoke(token) {
        const { confirm } = await import("../base/dialog.js");
        if (!await confirm({ title: t("tokens.revoke_title", { name: token.purpose }), text: t("tokens.revoke_text"), action: t("tokens.revoke"), danger: true })) return;
        try {
            await del(`/api/v1/users/${user.id}/tokens/${token.id}`);
            toast(t("tokens.revoked", { name: token.purpose }));
        } catch (error) {
            toastError(error);
        }
        await table.reload({ quiet: true });
    }

    table.reload();
    return table.element;
}
