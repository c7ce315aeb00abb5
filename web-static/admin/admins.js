// Who administers the account, and what each role may do.

import { del, getAll, post } from "../base/api.js";
import { dataTable } from "../base/data-table.js";
import { fill, h, uuid } from "../base/dom.js";
import { makeForm } from "../base/form.js";
import { number, t } from "../base/i18n.js";
import { avatar, problem, state } from "../base/shell.js";
import { explain, toast } from "../base/toast.js";
import { userPicker } from "./user-picker.js";

/** The tab. */
export function open({ account }) {
    const path = `/api/v1/accounts/${account.id}/admins`;
    const picker = userPicker({ account: account.id, placeholder: t("admins.who") });
    const table = dataTable({
        label: t("admin.tab_admins"), read: () => ({ path }),
        columns: [
            { label: t("users.name"), cell: (admin) => h("span.row.tight", avatar(admin.user.name), admin.user.name) },
            { label: t("admins.role"), cell: (admin) => t("role.admin") },
            { label: t("admin.actions"), hidden: true, class: "end", cell: (admin) => h("button.button.small", { type: "button", "aria-label": t("admins.remove_of", { name: admin.user.name }), onclick: () => remove(admin) }, t("admins.remove")) },
        ],
        empty: () => state({ sign: "users", title: t("admins.none"), text: t("admins.none_text") }),
    });
    let key = uuid();
    const form = makeForm({
        label: t("admins.add"), submit: t("admins.add"),
        fields: [{ name: "user_id", label: t("admins.add_label"), custom: picker, required: true, class: "grow" }],
        run: async ({ user_id }) => {
            const made = await post(path, { user_id }, { key });
            key = uuid();
            picker.clear();
            toast(t("admins.added", { name: made.user.name }));
            await table.reload({ quiet: true });
        },
    });
    form.element.classList.add("inline-form");

    async function remove(admin) {
        const { confirm } = await import("../base/dialog.js");
        if (!await confirm({ title: t("admins.remove_title", { name: admin.user.name }), text: t("admins.remove_text"), action: t("admins.remove"), danger: true })) return;
        try {
            await del(`${path}/${admin.user.id}`);
            toast(t("admins.removed", { name: admin.user.name }));
        } catch (error) {
            toast(error.code === "last_admin" ? t("admins.last") : explain(error), { kind: "bad" });
        }
        await table.reload({ quiet: true });
    }

    const roles = h("div", h("div.skeleton.card.admin-wait"));
    async function loadRoles() {
        try {
            const found = await getAll(`/api/v1/accounts/${account.id}/roles`);
            fill(roles, h("div.card.role-list", found.map(role)));
        } catch (error) {
            fill(roles, h("div.card", problem(error, loadRoles)));
        }
    }

    const role = (one) => {
        const allowed = Object.entries(one.permissions).filter(([, permission]) => permission.enabled).map(([name]) => name.replace(/^url:/, "").replace("|", " ")).sort();
        return h("details", h("summary", h("span.strong.grow", t(`admins.role_${one.base_role_type}`)), h("span.small.muted.num", t("admins.permissions", { n: number(allowed.length) }))),
            h("ul.permission-list", { role: "list" }, allowed.map((name) => h("li", h("code", name)))));
    };

    table.reload();
    loadRoles();
    return { element: h("div.stack.loose", h("section.card.pad", { "aria-label": t("admins.add") }, form.element), table.element,
        h("section", { "aria-labelledby": "roles-title" }, h("h3.admin-label", { id: "roles-title" }, t("admins.roles")), h("p.small.muted.admin-text", t("admins.roles_text")), roles)) };
}
