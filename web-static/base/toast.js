// Short messages that come and go, with room for one action.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { has, t } from "./i18n.js";

let region = null;

function regionElement() {
    if (!region) {
        region = h("div.toasts", { role: "region", "aria-label": t("toast.region"), popover: "manual" });
        document.body.append(region);
    }
    // In the top layer, and last in it: above dialogs and sheets.
    const host = document.querySelector("dialog:modal:last-of-type") ?? document.body;
    if (region.parentNode !== host) host.append(region);
    if (region.matches(":popover-open")) region.hidePopover();
    region.showPopover();
    return region;
}

/**
 * Shows a message. `kind`: "plain" or "bad" (read out at once). `action`: `{ label, run }`.
 * `ms` 0 keeps it until closed; bad ones stay longer. Returns `{ close() }`.
 */
export function toast(message, { kind = "plain", action = null, ms = kind === "bad" ? 9000 : 5000, onclose = null } = {}) {
    let timer = 0;
    let open = true;
    const close = () => {
        if (!open) return;
        open = false;
        clearTimeout(timer);
        element.remove();
        if (region && region.childElementCount === 0 && region.matches(":popover-open")) region.hidePopover();
        onclose?.();
    };
    const element = h("div.toast", { class: kind, role: kind === "bad" ? "alert" : "status" },
        h("span.grow", message),
        action && h("button.button.small", { type: "button", onclick: () => { action.run(); close(); } }, action.label),
        h("button.button.icon.small", { type: "button", "aria-label": t("action.close"), onclick: close }, icon("x")));
    const start = () => {
        if (ms > 0 && open) timer = setTimeout(close, ms);
    };
    for (const name of ["pointerenter", "focusin"]) element.addEventListener(name, () => clearTimeout(timer));
    for (const name of ["pointerleave", "focusout"]) element.addEventListener(name, () => { clearTimeout(timer); start(); });
    const place = regionElement();
    while (place.childElementCount >= 3) place.firstElementChild.remove();
    place.append(element);
    start();
    return { close };
}

/**
 * Does something that can be taken back: shows `message` with "Undo" and calls `commit` when the time is
 * over, the toast is closed, or the page is left; `undo` when the person takes it back.
 */
export function undoable(message, { commit, undo, ms = 6000 }) {
    let settled = false;
    const settle = (work) => {
        if (settled) return;
        settled = true;
        removeEventListener("pagehide", leave);
        work?.();
    };
    const leave = () => settle(commit);
    addEventListener("pagehide", leave);
    return toast(message, {
        ms,
        action: { label: t("action.undo"), run: () => settle(undo) },
        onclose: () => settle(commit),
    });
}

/** Says what went wrong in words for a person: an `ApiError`, or anything else. */
export function explain(error) {
    if (error?.offline) return navigator.onLine ? t("error.unreachable") : t("error.offline");
    if (error?.status === 403) return t("error.forbidden");
    if (error?.status === 404) return t("error.not_found");
    if (error?.status === 429) return t("error.throttled");
    if (error?.status >= 500) return error.report ? t("error.server_report", { report: error.report }) : t("error.server");
    return error?.status ? error.message : t("error.unknown");
}

/** Why an outbox entry was refused or failed, by the reasons that the page has words for. */
export function reasonText(entry) {
    const reason = entry?.reason ?? (entry?.state === "failed" ? "failed" : "unknown");
    return t(has(`reason.${reason}`) ? `reason.${reason}` : "reason.unknown");
}

/** A toast for a failure, with "try again" when `retry` is given. */
export const toastError = (error, retry = null) =>
    toast(explain(error), { kind: "bad", action: retry && { label: t("action.retry"), run: retry } });
