// Forms: fields with their label, hint and problem; what the server refuses is said beside the field that it names.

import { ApiError } from "./api.js";
import { fill, h, uid } from "./dom.js";
import { fieldNamed, wordsFor } from "./field-errors.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";
import { busy } from "./shell.js";
import { explain } from "./toast.js";

const KINDS = {
    select: (props, field) => h("select.select", props, field.options.map(([value, label]) => h("option", { value, ".selected": value === (field.value ?? "") }, label))),
    area: (props, field) => h("textarea.textarea", { ...props, rows: field.rows ?? 3, ".value": field.value ?? "" }),
    check: (props, field) => h("input", { ...props, type: "checkbox", ".checked": Boolean(field.value) }),
    file: (props, field) => h("input.input.file-input", { ...props, type: "file", accept: field.accept }),
    text: (props, field) => h("input.input", { ...props, type: field.type ?? "text", ".value": field.value ?? "", list: field.list, min: field.min, max: field.max, step: field.step, autocapitalize: field.type === "text" ? null : "none" }),
};

/**
 * One field: `{ name, label, kind?, value?, hint?, required?, options?, type?, … }`; `kind` is "text", "select", "area",
 * "check" or "file", or `{ element, control, read() }` is given as `custom`. Gives `{ name, element, control, read(), say(text) }`.
 */
export function makeField(field) {
    const id = uid("field");
    const [hintId, problemId] = [`${id}-hint`, `${id}-problem`];
    const described = [field.hint && hintId, problemId].filter(Boolean).join(" ");
    const kind = field.kind ?? "text";
    const control = field.custom?.control ?? (KINDS[kind] ?? KINDS.text)({
        id, name: field.name, "aria-describedby": described, required: field.required && kind !== "check", "aria-required": field.required ? "true" : null,
        autocomplete: field.autocomplete ?? "off", autofocus: field.autofocus, disabled: field.disabled, spellcheck: kind === "area" ? null : "false", placeholder: field.placeholder,
        inputmode: field.inputmode, onchange: field.onchange, oninput: () => say(null),
    }, field);
    const problem = h("p.problem", { id: problemId, "aria-live": "polite" });
    const hint = field.hint && h("p.hint", { id: hintId }, field.hint);
    const label = field.custom
        ? h("span.label", { id: `${id}-label` }, field.label)
        : h("label", { for: id }, field.label, field.optional && [" ", h("span.faint.field-optional", t("form.optional"))]);
    const element = kind === "check" && !field.custom
        ? h("div.field.field-check", h("label.check", control, h("span", field.label)), hint, problem)
        : h("div.field", { class: field.class ?? "" }, label, field.custom?.element ?? control, hint, problem);
    function say(text) {
        fill(problem, text);
        if (text) control.setAttribute("aria-invalid", "true");
        else control.removeAttribute("aria-invalid");
    }
    const read = field.custom?.read ?? (() => (kind === "check" ? control.checked : kind === "file" ? control.files[0] ?? null : control.value.trim()));
    return { name: field.name, element, control, read, say, required: field.required, raw: () => control.value };
}

/**
 * A form of fields: `{ fields, submit, run(values), cancel?, compact? }`. `run` gets the values by name; an `ApiError` of it
 * is said beside the field that it names, or above the buttons. Returns `{ element, fields, values(), problem(text), submit() }`.
 */
export function makeForm({ fields, submit, run, danger = false, foot = true, label = null, extra = null }) {
    const made = fields.filter(Boolean).map((field) => (field.element ? field : makeField(field)));
    const message = h("div.form-message", { "aria-live": "assertive" });
    const button = h("button.button.primary", { type: "submit", class: danger ? "danger" : "" }, submit);
    const known = made.filter((field) => field.name);
    const values = () => Object.fromEntries(known.map((field) => [field.name, field.read()]));
    const problem = (text) => fill(message, text && h("p.notice.bad", icon("alert"), h("span", text)));
    const send = () => busy(button, async () => {
        problem(null);
        for (const field of known) field.say?.(null);
        const missing = known.filter((field) => field.required && !field.read());
        for (const field of missing) field.say(t("form.empty"));
        if (missing.length > 0) return missing[0].control.focus();
        try {
            await run(values());
        } catch (error) {
            if (!(error instanceof ApiError)) throw error;
            refuse(error);
        }
        return undefined;
    });
    const refuse = (error) => {
        const names = known.map((field) => field.name);
        let first = null;
        for (const one of error.status >= 400 && error.status < 500 ? error.errors : []) {
            const name = fieldNamed(names, one.field);
            const field = name && known.find((candidate) => candidate.name === name);
            if (!field) continue;
            const words = wordsFor({ code: error.code, message: one.message });
            field.say(words.key ? t(words.key) : words.text);
            first ??= field;
        }
        if (first) first.control.focus();
        else problem(explain(error));
    };
    const element = h("form.form", { novalidate: true, "aria-label": label, onsubmit: (event) => { event.preventDefault(); send(); } },
        made.map((field) => field.element), message, foot && h("div.form-foot", extra, button));
    return { element, fields: Object.fromEntries(known.map((field) => [field.name, field])), values, problem, refuse, button };
}

/** A form in a dialog; resolves to what `run` gave, or undefined when it was closed. */
export async function formDialog({ title, intro = null, fields, submit, run, danger = false, kind = "" }) {
    const { openDialog } = await import("./dialog.js");
    const form = makeForm({
        fields, submit, danger, extra: h("button.button", { type: "button", onclick: () => dialog.close(undefined) }, t("action.cancel")),
        run: async (values) => dialog.close((await run(values)) ?? true),
    });
    const dialog = openDialog({ title, kind, body: [intro && h("p.muted.form-intro", intro), form.element] });
    return dialog.closed;
}

/** A date and time for `<input type="datetime-local">`, in the reader's zone, and back. */
export const toLocalInput = (value) => {
    if (!value) return "";
    const date = new Date(value);
    return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};
export const fromLocalInput = (text) => (text ? new Date(text).toISOString() : null);
