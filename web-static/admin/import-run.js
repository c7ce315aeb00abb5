// One import: its progress while it runs, what it counted, each row that was wrong; abort and restore.

import { get, getPage, put } from "../base/api.js";
import { downloadCSV } from "../base/csv-file.js";
import { dataTable } from "../base/data-table.js";
import { fill, h, keepFocus } from "../base/dom.js";
import { pause } from "../base/follow.js";
import { icon } from "../base/icons.js";
import { clock, dateTime, number, t } from "../base/i18n.js";
import { busy, state } from "../base/shell.js";
import { explain, toast, toastError } from "../base/toast.js";
import { isOpen, isRestorable, phase, statistics } from "./import-state.js";

/** The badge's class for a phase. */
export const PHASE_SIGNS = { waiting: "", running: "accent", done: "good", messages: "warn", failed: "bad", aborted: "warn" };

/** The card of an import, which follows it until its end: `{ element, stop() }`; `onend` hears of that. */
export function importRun(path, first, onend) {
    let item = first;
    let restoring = null;
    let stopped = false;
    let quiet = 0;
    let timer = 0;
    let lost = null;
    const head = h("div.row.spread.wrap");
    const body = h("div.stack");
    const errors = h("div");
    const title = h("h3", { tabindex: "-1" }, t("imports.name", { id: String(item.id) }));
    const live = h("span.visually-hidden", { role: "status" });
    const element = h("section.card.pad.stack.import-run", { "aria-label": t("imports.name", { id: String(item.id) }) }, head, live, body, errors);

    async function read() {
        clearTimeout(timer);
        if (stopped) return;
        try {
            const before = JSON.stringify([item.workflow_state, item.progress, restoring?.completion]);
            if (restoring) restoring = await get(`/api/v1/progress/${restoring.id}`, { retries: 0 });
            item = await get(`${path}/${item.id}`, { retries: 0 });
            if (restoring && ["completed", "failed"].includes(restoring.workflow_state)) restoring = null;
            quiet = JSON.stringify([item.workflow_state, item.progress, restoring?.completion]) === before ? quiet + 1 : 0;
            lost = null;
        } catch (error) {
            lost = error;
            quiet += 1;
        }
        if (stopped) return;
        draw();
        if (restoring || isOpen(item) || lost) timer = setTimeout(read, pause(quiet));
        else finish();
    }

    function finish() {
        live.textContent = t(`imports.state_${item.workflow_state}`);
        drawErrors();
        onend();
    }

    function draw() {
        const now = phase(item);
        const share = restoring ? restoring.completion : item.progress;
        keepFocus(element, () => {
            fill(head, h("div.row", title, h("span.badge", { class: PHASE_SIGNS[now] }, t(`imports.state_${item.workflow_state}`))), h("div.row.tight", buttons()));
            fill(body,
                lost && h("p.notice.warn", icon("wifi-off"), h("span", `${explain(lost)} ${t("imports.lost")}`)),
                (restoring || isOpen(item)) && h("div.stack.tight", h("div.meter", { role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": Math.round(share), "aria-label": t("imports.progress") },
                    h("span", { style: { "inline-size": `${share}%` } })), h("p.small.muted.num", t(restoring ? "imports.restoring" : now === "waiting" ? "imports.waiting" : "imports.running", { share: Math.round(share) }))),
                facts(), numbers());
        });
    }

    function buttons() {
        const abort = isOpen(item) && h("button.button.small.danger", { type: "button", dataset: { key: "abort" }, onclick: () => busy(abort, () => act(() => put(`${path}/${item.id}/abort`, {}), "imports.aborted")) }, icon("stop", { size: 16 }), t("imports.abort"));
        const restore = isRestorable(item) && !restoring && h("button.button.small", { type: "button", dataset: { key: "restore" }, onclick: () => askRestore() }, icon("undo", { size: 16 }), t("imports.restore"));
        return [abort, restore];
    }

    async function act(work, said) {
        try {
            await work();
            toast(t(said, { id: String(item.id) }));
        } catch (error) {
            toastError(error);
        }
        quiet = 0;
        await read();
    }

    async function askRestore() {
        const { confirm } = await import("../base/dialog.js");
        if (!await confirm({ title: t("imports.restore_title", { id: String(item.id) }), text: t("imports.restore_text"), action: t("imports.restore"), danger: true })) return;
        await act(async () => { restoring = await put(`${path}/${item.id}/restore_states`, {}); }, "imports.restore_begun");
    }

    function facts() {
        const { started_at, ended_at, created_at, data } = item;
        const seconds = started_at && ended_at ? (Date.parse(ended_at) - Date.parse(started_at)) / 1000 : 0;
        return h("p.small.muted", [dateTime(created_at), seconds >= 1 && t("imports.took", { time: clock(seconds) }),
            data?.supplied_batches?.length > 0 && data.supplied_batches.map((one) => t(`imports.batch_${one}`)).join(", "),
            item.diffing_threshold_exceeded && t("imports.threshold_exceeded")].filter(Boolean).join(" · "));
    }

    function numbers() {
        const { changes, rows } = statistics(item);
        if (rows.length === 0) return !isOpen(item) && h("p.small.muted", t("imports.nothing"));
        return h("div.table-scroll", { role: "region", tabindex: "0", "aria-label": t("imports.numbers") }, h("table.table.import-numbers", { "aria-label": t("imports.numbers") },
            h("thead", h("tr", h("th", { scope: "col" }, t("imports.kind")), changes.map((change) => h("th.num", { scope: "col" }, t(`imports.change_${change}`))))),
            h("tbody", rows.map(({ kind, counts }) => h("tr", h("th", { scope: "row" }, t(`imports.kind_${kind}`)), changes.map((change) => h("td.num", number(counts[change] ?? 0))))))));
    }

    function drawErrors() {
        const found = (item.data?.counts?.error_count ?? 0) + (item.data?.counts?.warning_count ?? 0);
        if (found === 0 && (item.processing_errors ?? []).length === 0 && (item.processing_warnings ?? []).length === 0) return fill(errors);
        const table = dataTable({
            label: t("imports.errors"), read: () => ({ path: `${path}/${item.id}/errors` }), pick: (value) => value.sis_import_errors,
            columns: [
                { label: t("imports.file"), cell: (row) => row.file },
                { label: t("imports.row"), class: "num", cell: (row) => (row.row === null ? "–" : number(row.row)) },
                { label: t("imports.weight"), cell: (row) => h("span.badge", { class: row.is_error ? "bad" : "warn" }, t(row.is_error ? "imports.error" : "imports.warning")) },
                { label: t("imports.message"), cell: (row) => row.message },
            ],
            empty: () => state({ sign: "check", title: t("imports.no_errors") }),
        });
        const save = h("button.button.small", { type: "button", onclick: () => busy(save, () => download()) }, icon("download", { size: 16 }), t("imports.download"));
        fill(errors, h("div.data-tools", h("h4.admin-label", t("imports.errors_of", { n: found })), h("div.push", save)), table.element);
        return table.reload();
    }

    async function download() {
        const rows = [];
        try {
            for (let next = `${path}/${item.id}/errors?per_page=100`; next;) {
                const page = await getPage(next);
                rows.push(...page.items.sis_import_errors);
                next = page.next;
            }
            downloadCSV([["file", "row", "kind", "message"], ...rows.map((row) => [row.file, row.row, row.is_error ? "error" : "warning", row.message])], `import-${item.id}-errors`);
        } catch (error) {
            toastError(error);
        }
    }

    draw();
    if (isOpen(item)) timer = setTimeout(read, pause(0));
    else drawErrors();
    return { element, stop: () => { stopped = true; clearTimeout(timer); } };
}
