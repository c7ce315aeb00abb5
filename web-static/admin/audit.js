// The audit log as sentences: who did what to whom, from where, when.

import { downloadCSV } from "../base/csv-file.js";
import { dataTable } from "../base/data-table.js";
import { h } from "../base/dom.js";
import { fromLocalInput } from "../base/form.js";
import { icon } from "../base/icons.js";
import { dateTimeSeconds, has, t } from "../base/i18n.js";
import { busy, state } from "../base/shell.js";
import { keep, read as kept } from "./address.js";
import { courses, KINDS, people, sentence } from "./audit-words.js";
import { learn, learnCourses, nameOf, titleOf } from "./names.js";
import { userPicker } from "./user-picker.js";

/** An event as one sentence, with the names that are known. */
function words(event) {
    const { key, actor, subject, other, details } = sentence(event);
    const role = details.role ? t([`role.${details.role}`, `admins.role_${details.role}`].find(has) ?? "role.admin") : "";
    const report = details.report ? t(has(`reports.kind_${details.report}`) ? `reports.kind_${details.report}` : "audit.report") : "";
    const reason = details.reason && has(`audit.reason.${details.reason}`) ? t(`audit.reason.${details.reason}`) : details.reason ?? "";
    const way = details.method && has(`audit.method.${details.method}`) ? t(`audit.method.${details.method}`) : details.method ?? "";
    return t(key, {
        // What nobody asked for over the network was done by an import or the operator's commands.
        actor: actor !== null ? nameOf(actor) : t(event.remote_address === null ? "audit.server" : "audit.somebody"), subject: subject === null ? t("audit.nobody") : nameOf(subject), parent: other === null ? "" : nameOf(other),
        role, reason, way, kind: event.kind, report, id: String(details.import_id ?? ""), course: details.course_id === undefined ? t("audit.a_course") : titleOf(details.course_id),
    });
}

/** The tab. */
export function open({ account }) {
    const view = { kind: KINDS.includes(kept("kind")) ? kept("kind") : "", user: null, from: kept("from"), to: kept("to") };
    const kinds = h("select.select", { "aria-label": t("audit.kind"), onchange: () => set({ kind: kinds.value }) }, h("option", { value: "" }, t("audit.all_kinds")),
        KINDS.map((kind) => h("option", { value: kind, ".selected": kind === view.kind }, t(`audit.name.${kind}`))));
    const who = userPicker({ account: account.id, label: t("audit.user"), placeholder: t("audit.user"), onpick: (user) => set({ user: user?.id ?? null }) });
    const time = (name) => h("input.input", { type: "datetime-local", "aria-label": t(`audit.${name}`), title: t(`audit.${name}`), ".value": view[name], onchange: (event) => set({ [name]: event.target.value }) });
    const [from, to] = [time("from"), time("to")];

    function set(values) {
        Object.assign(view, values);
        keep({ kind: view.kind, from: view.from, to: view.to });
        table.reload();
    }

    const table = dataTable({
        label: t("admin.tab_audit"), endless: true, pick: (value) => value.events,
        read: () => ({ path: "/api/v1/audit/events", query: { ...(view.kind && { kind: view.kind }), ...(view.user && { user_id: view.user }), ...(view.from && { from: fromLocalInput(view.from) }), ...(view.to && { to: fromLocalInput(view.to) }) } }),
        columns: [
            { label: t("audit.what"), class: "audit-what", cell: (event) => h("span", { dataset: { event: event.id } }, words(event)) },
            { label: t("audit.when"), cell: (event) => h("time.nowrap.num", { datetime: new Date(event.at).toISOString() }, dateTimeSeconds(event.at)) },
            { label: t("audit.address"), cell: (event) => event.remote_address && h("code", event.remote_address) },
            { label: t("audit.kind"), class: "audit-kind", cell: (event) => h("code.faint", event.kind) },
        ],
        // The sentences stand at once; names that are missing come in as they are learnt.
        onrows: async (rows) => {
            await Promise.all([learn(people(rows)), learnCourses(courses(rows))]);
            const byId = new Map(rows.map((event) => [String(event.id), event]));
            for (const place of table.element.querySelectorAll("[data-event]")) {
                const event = byId.get(place.dataset.event);
                if (event) place.textContent = words(event);
            }
        },
        empty: () => state({ sign: "list", title: t("audit.none"), text: t("audit.none_text"), actions: [h("button.button", { type: "button", onclick: () => {
            [kinds.value, from.value, to.value] = ["", "", ""];
            who.clear();
            set({ kind: "", user: null, from: "", to: "" });
        } }, t("admin.clear"))] }),
    });

    const save = h("button.button.push", { type: "button", onclick: () => busy(save, async () => {
        const rows = table.rows();
        await Promise.all([learn(people(rows)), learnCourses(courses(rows))]);
        downloadCSV([["time", "kind", "sentence", "actor_id", "user_id", "address", "request_id"],
            ...rows.map((event) => [new Date(event.at).toISOString(), event.kind, words(event), event.actor_id, event.user_id, event.remote_address, event.request_id])], "audit");
    }) }, icon("download"), t("audit.download"));

    table.reload();
    return { element: h("div", h("div.data-tools.audit-tools", who.element, kinds, h("label.row.tight.small.muted", t("audit.from"), from), h("label.row.tight.small.muted", t("audit.to"), to), save), table.element) };
}
