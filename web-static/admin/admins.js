// Who administers the account; below them its roles.

import { del, post } from "../base/api.js";
import { dataTable } from "../base/data-table.js";
import { h, uuid } from "../base/dom.js";
import { makeForm } from "../base/form.js";
import { t } from "../base/i18n.js";
import { avatar, state } from "../base/shell.js";
import { explain, toast } from "../base/toast.js";
import { roleSection } from "./roles.js";
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

    table.reload();
    return { element: h("div.stack.loose", h("section.card.pad", { "aria-label": t("admins.add") }, form.element), table.element, roleSection(account)) };
}
