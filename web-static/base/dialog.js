// Dialogs, side panels (sheets on phones) and the question before what cannot be undone.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";
import { uid } from "./dom.js";

/**
 * Opens a modal dialog. `kind`: "", "wide", "panel" (at the side, a sheet on phones) or "sheet".
 * `body` and `foot` are nodes or lists. Focus goes to `[autofocus]` or the first field and comes back
 * when it closes. Escape and a press beside it close it unless `sticky`.
 * Returns `{ element, body, title, close(value), closed: Promise<value> }`.
 */
export function openDialog({ title, body = null, foot = null, kind = "", sticky = false, onclose = null }) {
    const id = uid("dialog");
    const heading = h("h2", { id }, title);
    const content = h("div.dialog-body", body);
    const element = h("dialog.dialog", { class: kind, "aria-labelledby": id },
        h("div.dialog-head", heading,
            h("button.button.ghost.icon", { type: "button", "aria-label": t("action.close"), onclick: () => close(undefined) }, icon("x"))),
        content,
        foot && h("div.dialog-foot", foot));
    const before = document.activeElement;
    let settle;
    let value;
    const closed = new Promise((resolve) => { settle = resolve; });
    const close = (result) => {
        value = result;
        element.close();
    };
    element.addEventListener("close", () => {
        // Toasts may have been put inside to stay reachable; they outlive the dialog.
        for (const region of element.querySelectorAll(".toasts")) document.body.append(region);
        element.remove();
        if (before instanceof HTMLElement && before.isConnected) before.focus();
        onclose?.(value);
        settle(value);
    });
    if (sticky) {
        element.addEventListener("cancel", (event) => event.preventDefault());
    } else {
        let pressed = false;
        element.addEventListener("pointerdown", (event) => { pressed = event.target === element && outside(event); });
        element.addEventListener("click", (event) => { if (pressed && event.target === element && outside(event)) close(undefined); });
    }
    const outside = (event) => {
        const box = element.getBoundingClientRect();
        return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
    };
    document.body.append(element);
    element.showModal();
    (element.querySelector("[autofocus]") ?? content.querySelector("input, textarea, select, button") ?? element.querySelector(".dialog-foot button.primary"))?.focus();
    return { element, body: content, title: heading, close, closed };
}

/** Asks before something that cannot be undone. Resolves to whether to go on. */
export async function confirm({ title, text, action, danger = false }) {
    const yes = h("button.button.primary", { type: "button", class: danger ? "danger" : "", autofocus: true, onclick: () => dialog.close(true) }, action);
    const no = h("button.button", { type: "button", onclick: () => dialog.close(false) }, t("action.cancel"));
    const dialog = openDialog({ title, body: text && h("p.muted", text), foot: [no, yes] });
    return (await dialog.closed) === true;
}
