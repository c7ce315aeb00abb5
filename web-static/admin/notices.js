// What the account tells its people: written here, shown above everybody's courses from one moment to another.

import { del, getAll, post, put } from "../base/api.js";
import { dataTable } from "../base/data-table.js";
import { h, uuid } from "../base/dom.js";
import { formDialog, fromLocalInput, toLocalInput } from "../base/form.js";
import { icon } from "../base/icons.js";
import { dateTime, list, t } from "../base/i18n.js";
import { attachMenu } from "../base/menu.js";
import { state } from "../base/shell.js";
import { toast, toastError } from "../base/toast.js";
import { phase, toMarkup, toText } from "./notice-text.js";

const ICONS = ["information", "warning", "error", "calendar", "question"];
const SIGNS = { planned: "", shown: "good", over: "" };
const WEEK_MS = 7 * 86_400_000;

/** The tab. */
export function open({ account }) {
    const path = `/api/v1/accounts/${account.id}/account_notifications`;
    let roles = null;
    const roleName = (role) => (role.workflow_state === "built_in" ? t(`admins.role_${role.base_role_type}`) : role.label);
    const audience = (notice) => (notice.role_ids.length === 0 ? t("notices.everybody")
        : list(notice.role_ids.map((id) => roles?.find((role) => role.id === id)).map((role) => (role ? roleName(role) : t("notices.some_role")))));

    const table = dataTable({
        label: t("admin.tab_notices"), endless: true, read: () => ({ path, query: { include_all: "true" } }),
        columns: [
            { label: t("notices.subject"), cell: (notice) => notice.subject },
            { label: t("notices.state"), cell: (notice) => h("span.badge", { class: SIGNS[phase(notice, Date.now())] }, t(`notices.state_${phase(notice, Date.now())}`)) },
            { label: t("notices.audience"), cell: audience },
            { label: t("notices.from"), cell: (notice) => dateTime(notice.start_at) },
            { label: t("notices.to"), cell: (notice) => dateTime(notice.end_at) },
            { label: t("admin.actions"), hidden: true, class: "end", cell: (notice) => attachMenu(
                h("button.button.ghost.icon.small", { type: "button", "aria-label": t("admin.menu", { name: notice.subject }) }, icon("dots")), () => [
                    { label: t("action.edit"), icon: "edit", run: () => write(notice) }, { label: t("action.delete"), icon: "trash", danger: true, run: () => remove(notice) }]) },
        ],
        empty: () => state({ sign: "announce", title: t("notices.none"), text: t("notices.none_text") }),
    });

    // Which roles are told: boxes, none ticked is everybody.
    function audienceField(chosen) {
        const boxes = roles.map((role) => [role.id, h("input", { type: "checkbox", ".checked": chosen.includes(role.id) }), roleName(role)]);
        return { control: boxes[0][1], element: h("fieldset.check-grid", h("legend.visually-hidden", t("notices.audience")), boxes.map(([, box, name]) => h("label.check", box, h("span", name)))),
            read: () => boxes.filter(([, box]) => box.checked).map(([id]) => id) };
    }

    async function write(notice) {
        try {
            roles ??= await getAll(`/api/v1/accounts/${account.id}/roles`, { query: { show_inherited: "true" } });
        } catch (error) {
            return void toastError(error, () => write(notice));
        }
        const text = notice ? toText(notice.message) : "";
        const key = uuid();
        const done = await formDialog({
            title: t(notice ? "notices.edit" : "notices.create"), kind: "wide", submit: t(notice ? "action.save" : "notices.send"),
            fields: [
                { name: "subject", label: t("notices.subject"), value: notice?.subject, required: true, autofocus: true },
                { name: "message", label: t("notices.message"), kind: "area", rows: 5, value: text ?? notice.message, required: true, hint: t(text === null ? "notices.message_markup" : "notices.message_hint") },
                { name: "icon", label: t("notices.icon"), kind: "select", value: notice?.icon ?? "information", options: ICONS.map((one) => [one, t(`notices.icon_${one}`)]) },
                { name: "start_at", label: t("notices.from"), type: "datetime-local", value: toLocalInput(notice?.start_at ?? new Date()), required: true },
                { name: "end_at", label: t("notices.to"), type: "datetime-local", value: toLocalInput(notice?.end_at ?? new Date(Date.now() + WEEK_MS)), required: true },
                { name: "roles", label: t("notices.audience"), custom: audienceField(notice?.role_ids ?? []), hint: t("notices.audience_hint") },
            ],
            run: ({ message, start_at, end_at, roles: told, ...values }) => {
                const body = { account_notification: { ...values, message: text === null ? message : toMarkup(message), start_at: fromLocalInput(start_at), end_at: fromLocalInput(end_at) }, account_notification_roles: told };
                return notice ? put(`${path}/${notice.id}`, body) : post(path, body, { key });
            },
        });
        if (!done) return undefined;
        toast(t(phase(done, Date.now()) === "shown" ? "notices.shown" : "notices.saved", { name: done.subject }));
        return table.reload({ quiet: true });
    }

    async function remove(notice) {
        const { confirm } = await import("../base/dialog.js");
        if (!await confirm({ title: t("notices.remove_title", { name: notice.subject }), text: t("notices.remove_text"), action: t("action.delete"), danger: true })) return;
        try {
            await del(`${path}/${notice.id}`, { query: { remove: "true" } });
            toast(t("notices.removed", { name: notice.subject }));
        } catch (error) {
            toastError(error);
        }
        await table.reload({ quiet: true });
    }

    table.reload();
    return { element: h("div", h("div.data-tools", h("p.small.muted.grow", t("notices.text")), h("button.button.primary.push", { type: "button", onclick: () => write(null), dataset: { new: "" } }, icon("plus"), t("notices.create"))), table.element) };
}
