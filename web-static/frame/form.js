// Dialogs with fields: labels, a place for what is wrong, and sending once.

import { h, uid } from "../base/dom.js";
import { openDialog } from "../base/dialog.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { busy } from "../base/shell.js";
import { explain } from "../base/toast.js";

/** A labelled field around `control`; `hint` is read with it. */
export function field(label, control, hint = null) {
    control.id ||= uid("field");
    const note = hint && h("p.hint", { id: `${control.id}-hint` }, hint);
    if (note) control.setAttribute("aria-describedby", note.id);
    return h("div.field", h("label", { for: control.id }, label), control, note);
}

export const textInput = (value = "", props = {}) => h("input.input", { type: "text", maxlength: "255", autocomplete: "off", ".value": value ?? "", ...props });
export const select = (options, value, props = {}) => h("select.select", { ...props },
    options.map(([id, text]) => h("option", { value: String(id), ".selected": String(id) === String(value) }, text)));
export const checkbox = (label, checked, props = {}) => {
    const box = h("input", { type: "checkbox", ".checked": Boolean(checked), ...props });
    const element = h("label.check", box, label);
    return { element, box };
};

/** A moment for `datetime-local`, which speaks local time without a zone; "" for none. */
export function localTime(value) {
    if (!value) return "";
    const moment = new Date(value);
    return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** What `datetime-local` holds as the API takes it: null for nothing. */
export const apiTime = (text) => (text && !Number.isNaN(Date.parse(text)) ? new Date(text).toISOString().replace(/\.\d+Z$/, "Z") : null);

/** A field for a moment. */
export const timeInput = (value) => h("input.input", { type: "datetime-local", ".value": localTime(value) });

/**
 * Opens a dialog with a form. `send()` does the work: what it throws is shown above the fields, `field` of the error (or of
 * `refusal`) is marked by `fields[name]`. Resolves to what `send` returned, or undefined.
 */
export function openForm({ title, body, submit, send, fields = {}, kind = "", danger = false }) {
    const id = uid("form");
    const message = h("div", { "aria-live": "assertive" });
    const button = h("button.button.primary", { type: "submit", form: id, class: danger ? "danger" : "" }, submit);
    const go = () => busy(button, async () => {
        for (const control of Object.values(fields)) control.removeAttribute("aria-invalid");
        message.replaceChildren();
        try {
            const value = await send();
            dialog.close(value ?? true);
        } catch (error) {
            if (!error.refusal && error.status === undefined) throw error;
            const wrong = fields[error.field?.replace(/^.*[.[]|]$/g, "")] ?? fields[error.field];
            wrong?.setAttribute("aria-invalid", "true");
            wrong?.focus();
            message.replaceChildren(h("p.notice.bad", icon("alert"), h("span", error.refusal ?? explain(error))));
        }
    });
    const dialog = openDialog({
        title, kind,
        body: h("form.form", { id, novalidate: true, onsubmit: (event) => { event.preventDefault(); go(); } }, message, body),
        foot: [h("button.button", { type: "button", onclick: () => dialog.close(undefined) }, t("action.cancel")), button],
    });
    return dialog.closed;
}

/** What `send` throws when a field cannot be sent so: `throw refusal("name", t("…"))`. */
export const refusal = (name, text) => Object.assign(new Error(text), { refusal: text, field: name });
