// Terms of the institution: when courses take place.

import { del, post, put } from "../base/api.js";
import { dataTable } from "../base/data-table.js";
import { h, uuid } from "../base/dom.js";
import { formDialog, fromLocalInput, toLocalInput } from "../base/form.js";
import { icon } from "../base/icons.js";
import { date, t } from "../base/i18n.js";
import { attachMenu } from "../base/menu.js";
import { state } from "../base/shell.js";
import { explain, toast } from "../base/toast.js";

/** The tab. */
export function open({ account }) {
    const path = `/api/v1/accounts/${account.id}/terms`;
    const table = dataTable({
        label: t("admin.tab_terms"), read: () => ({ path }), pick: (value) => value.enrollment_terms,
        columns: [
            { label: t("terms.name"), cell: (term) => term.name },
            { label: t("terms.start"), cell: (term) => (term.start_at ? date(term.start_at) : "–") },
            { label: t("terms.end"), cell: (term) => (term.end_at ? date(term.end_at) : "–") },
            { label: t("admin.sis_id"), cell: (term) => term.sis_term_id },
            { label: t("admin.actions"), hidden: true, class: "end", cell: (term) => {
                const menu = h("button.button.ghost.icon.small", { type: "button", "aria-label": t("admin.menu", { name: term.name }) }, icon("dots"));
                return attachMenu(menu, () => [{ label: t("action.edit"), icon: "edit", run: () => edit(term) }, { label: t("action.delete"), icon: "trash", danger: true, run: () => remove(term) }]);
            } },
        ],
        empty: () => state({ sign: "calendar", title: t("terms.none") }),
    });

    const body = ({ start_at, end_at, sis_term_id, name }, before) => ({ enrollment_term: {
        name, start_at: fromLocalInput(start_at), end_at: fromLocalInput(end_at), ...(sis_term_id || before?.sis_term_id ? { sis_term_id: sis_term_id || null } : {}),
    } });
    const fields = (term) => [
        { name: "name", label: t("terms.name"), value: term?.name, required: true, autofocus: true },
        { name: "start_at", label: t("terms.start"), type: "datetime-local", value: toLocalInput(term?.start_at), optional: true },
        { name: "end_at", label: t("terms.end"), type: "datetime-local", value: toLocalInput(term?.end_at), optional: true },
        { name: "sis_term_id", label: t("admin.sis_id"), value: term?.sis_term_id ?? "", optional: true },
    ];

    async function create() {
        const key = uuid();
        if (await formDialog({ title: t("terms.create"), submit: t("action.create"), fields: fields(null), run: (values) => post(path, body(values), { key }) })) await table.reload({ quiet: true });
    }

    async function edit(term) {
        if (await formDialog({ title: t("terms.edit", { name: term.name }), submit: t("action.save"), fields: fields(term), run: (values) => put(`${path}/${term.id}`, body(values, term)) })) await table.reload({ quiet: true });
    }

    async function remove(term) {
        const { confirm } = await import("../base/dialog.js");
        if (!await confirm({ title: t("terms.delete_title", { name: term.name }), text: t("terms.delete_text"), action: t("action.delete"), danger: true })) return;
        try {
            await del(`${path}/${term.id}`);
            toast(t("terms.deleted", { name: term.name }));
        } catch (error) {
            toast(error.status === 409 ? t("terms.refused", { name: term.name }) : explain(error), { kind: "bad" });
        }
        await table.reload({ quiet: true });
    }

    table.reload();
    return { element: h("div", h("div.data-tools", h("button.button.primary.push", { type: "button", onclick: create, dataset: { new: "" } }, icon("plus"), t("terms.create"))), table.element) };
}
