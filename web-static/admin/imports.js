// Rosters from the student information system: a file goes up, its import is followed, its history is kept.

import { get, post, put } from "../base/api.js";
import { dataTable } from "../base/data-table.js";
import { fill, h, uuid } from "../base/dom.js";
import { makeForm } from "../base/form.js";
import { icon } from "../base/icons.js";
import { dateTime, number, t } from "../base/i18n.js";
import { busy, state } from "../base/shell.js";
import { toast, toastError } from "../base/toast.js";
import { importRun, PHASE_SIGNS } from "./import-run.js";
import { fileKind, isOpen, options, phase } from "./import-state.js";

const LARGEST = 64 * 1024 * 1024;

/** The tab. */
export function open({ account }) {
    const path = `/api/v1/accounts/${account.id}/sis_imports`;
    const current = h("div.import-current");
    let run = null;

    function follow(item, focus = false) {
        run?.stop();
        run = importRun(path, item, () => table.reload({ quiet: true }));
        fill(current, run.element);
        if (focus) run.element.querySelector("h3").focus();
    }

    const table = dataTable({
        label: t("imports.history"), read: () => ({ path }), pick: (value) => value.sis_imports, perPage: 20,
        columns: [
            { label: t("imports.number"), cell: (item) => h("button.link", { type: "button", onclick: () => follow(item, true) }, t("imports.name", { id: String(item.id) })) },
            { label: t("imports.state"), cell: (item) => h("span.badge", { class: PHASE_SIGNS[phase(item)] }, t(`imports.state_${item.workflow_state}`)) },
            { label: t("imports.begun"), cell: (item) => dateTime(item.created_at) },
            { label: t("imports.mode"), cell: (item) => (item.batch_mode ? t("imports.mode_batch") : item.diffing_data_set_identifier ? t("imports.mode_diffing_of", { name: item.diffing_data_set_identifier }) : null) },
            { label: t("imports.changes"), class: "num", cell: (item) => number(item.statistics?.total_state_changes ?? 0) },
            { label: t("imports.errors"), class: "num", cell: (item) => number((item.data?.counts?.error_count ?? 0) + (item.data?.counts?.warning_count ?? 0)) },
        ],
        // What was under way when the page was opened is followed at once.
        onrows: (rows) => { if (run === null && rows.some(isOpen)) follow(rows.find(isOpen)); },
        empty: () => state({ sign: "upload", title: t("imports.none"), text: t("imports.none_text") }),
    });

    const element = h("div.stack.loose", uploadCard(path, account, (item) => { follow(item, true); table.reload({ quiet: true }); }), current,
        h("section", { "aria-labelledby": "history-title" }, h("div.data-tools", h("h3.admin-label", { id: "history-title" }, t("imports.history")), abortAll()), table.element));

    function abortAll() {
        const button = h("button.button.small.ghost.push", { type: "button", onclick: () => busy(button, async () => {
            try {
                await put(`${path}/abort_all_pending`, {});
                toast(t("imports.all_aborted"));
            } catch (error) {
                toastError(error);
            }
            await table.reload({ quiet: true });
        }) }, icon("stop", { size: 16 }), t("imports.abort_all"));
        return button;
    }

    table.reload();
    return { element, stop: () => run?.stop() };
}

function uploadCard(path, account, onmade) {
    let key = uuid();
    const drop = h("div.drop", icon("upload", { size: 22 }), h("p", h("span.strong", t("imports.drop")), h("span.data-sub", t("imports.drop_text"))));
    const form = makeForm({
        label: t("imports.upload"), submit: t("imports.start"),
        fields: [
            { name: "attachment", label: t("imports.file"), kind: "file", accept: ".csv,.zip,text/csv,application/zip", required: true },
            { name: "mode", label: t("imports.mode"), kind: "select", value: "plain", options: ["plain", "batch", "diffing"].map((mode) => [mode, t(`imports.mode_${mode}`)]), onchange: () => adapt() },
            { name: "batch_mode_term_id", label: t("courses.term"), kind: "select", options: [], hint: t("imports.batch_hint") },
            { name: "diffing_data_set_identifier", label: t("imports.identifier"), hint: t("imports.diffing_hint") },
            { name: "change_threshold", label: t("imports.threshold"), inputmode: "numeric", optional: true, hint: t("imports.threshold_hint") },
            { name: "diffing_remaster_data_set", label: t("imports.remaster"), kind: "check" },
            { name: "stickiness", label: t("imports.stickiness"), kind: "select", value: "keep", options: ["keep", "override", "add", "clear"].map((one) => [one, t(`imports.stickiness_${one}`)]) },
        ],
        run: async (values) => {
            const file = values.attachment;
            const kind = fileKind(file.name);
            if (!kind) return fail("attachment", t("imports.bad_file"));
            if (file.size > LARGEST) return fail("attachment", t("imports.too_large"));
            if (values.mode === "diffing" && !values.diffing_data_set_identifier) return fail("diffing_data_set_identifier", t("form.empty"));
            const made = await post(path, undefined, { raw: file, headers: { "Content-Type": kind.type }, query: { import_type: "instructure_csv", extension: kind.extension, ...options(values) }, key });
            key = uuid();
            form.fields.attachment.control.value = "";
            named();
            return onmade(made);
        },
    });
    const fail = (name, text) => {
        form.fields[name].say(text);
        form.fields[name].control.focus();
    };
    const input = form.fields.attachment.control;
    const named = () => {
        const file = input.files[0];
        drop.classList.toggle("has-file", Boolean(file));
        fill(drop.querySelector("p"), h("span.strong", file?.name ?? t("imports.drop")), h("span.data-sub", file ? t("imports.drop_other") : t("imports.drop_text")));
        // Another file is another import.
        key = uuid();
    };
    input.classList.add("drop-input");
    input.addEventListener("change", named);
    input.before(drop);
    drop.append(input);
    for (const name of ["dragover", "dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.toggle("over", name === "dragover"));

    function adapt() {
        const mode = form.fields.mode.control.value;
        form.fields.batch_mode_term_id.element.hidden = mode !== "batch";
        form.fields.diffing_data_set_identifier.element.hidden = mode !== "diffing";
        form.fields.diffing_remaster_data_set.element.hidden = mode !== "diffing";
        form.fields.change_threshold.element.hidden = mode === "plain";
    }

    adapt();
    get(`/api/v1/accounts/${account.id}/terms`, { query: { per_page: 100 } }).then(({ enrollment_terms }) => fill(form.fields.batch_mode_term_id.control, enrollment_terms.map((term) => h("option", { value: term.id }, term.name))), () => {});
    form.element.classList.add("import-form");
    return h("section.card.import-upload", { "aria-labelledby": "upload-title" }, h("h3", { id: "upload-title" }, t("imports.upload")), form.element);
}
