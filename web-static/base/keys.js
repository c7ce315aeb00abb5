// Keyboard shortcuts: registered with a sentence each, listed by "?", and silent while someone types.

import { h } from "./dom.js";
import { t } from "./i18n.js";
import { later } from "./later.js";

const shortcuts = new Set();
const KEY = "cohort.single-keys";
let single = read();

function read() {
    try {
        return localStorage.getItem(KEY) !== "off";
    } catch {
        return true;
    }
}

const typing = (element) => element instanceof HTMLElement
    && (element.isContentEditable || element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=range])"));

// "Ctrl" stands for the command key on Apple's keyboards as well.
function name(event) {
    let text = "";
    if (event.ctrlKey || event.metaKey) text += "Ctrl+";
    if (event.altKey) text += "Alt+";
    if (event.shiftKey && (event.key.length > 1 || event.ctrlKey || event.metaKey)) text += "Shift+";
    return text + (event.key.length === 1 && text !== "" ? event.key.toLowerCase() : event.key);
}

/**
 * Registers a shortcut: `{ key: "r", label, group?, run, when?, inFields?, hidden? }`. `key` is a single
 * character ("?", "1"), a named key ("Escape") or a combination ("Ctrl+Enter", "Ctrl+Shift+z"). `when()`
 * must hold. Single characters never fire in fields, in menus or behind a dialog, and can be switched off.
 * Returns a function that takes it back.
 */
export function register(shortcut) {
    shortcuts.add(shortcut);
    return () => shortcuts.delete(shortcut);
}

/** Whether single-character shortcuts are on; the help overlay has the switch. */
export const singleKeys = () => single;

document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.key === "Process") return;
    const pressed = name(event);
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const inField = typing(event.target);
    const modal = document.querySelector("dialog:modal");
    for (const shortcut of [...shortcuts].reverse()) {
        if (shortcut.key !== pressed) continue;
        if (inField && !shortcut.inFields) continue;
        if (plain && pressed.length === 1 && (!single && pressed !== "?")) continue;
        if (modal && !modal.contains(shortcut.scope ?? null)) continue;
        if (event.target instanceof Element && plain && event.target.closest('[role="menu"]')) continue;
        if (shortcut.when && !shortcut.when()) continue;
        event.preventDefault();
        shortcut.run(event);
        return;
    }
});

const SIGNS = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc", " ": "␣" };

/** The keys of a shortcut as `<kbd>` elements, e.g. for a tooltip. */
export const keycaps = (key) => key.split(/\+(?=.)/).map((part) => h("kbd", SIGNS[part] ?? (part.length === 1 ? part.toUpperCase() : part)));

const dialogs = later(() => import("./dialog.js"));

/** Shows all shortcuts that work on this page. */
export const help = () => dialogs.use(({ openDialog }) => showHelp(openDialog));

function showHelp(openDialog) {
    const groups = new Map();
    for (const shortcut of shortcuts) {
        if (shortcut.hidden) continue;
        const group = shortcut.group ?? t("keys.general");
        groups.set(group, [...(groups.get(group) ?? []), shortcut]);
    }
    const toggle = h("input", { type: "checkbox", ".checked": single, onchange: () => {
        single = toggle.checked;
        try {
            localStorage.setItem(KEY, single ? "on" : "off");
        } catch {
            // Holds for this page only.
        }
    } });
    openDialog({
        title: t("keys.title"),
        body: h("div.stack", [...groups].map(([group, list]) => h("section.stack.tight", h("h3", group),
            h("dl.keys-list", list.map((shortcut) => h("div", h("dt", shortcut.label), h("dd", keycaps(shortcut.key))))))),
            h("label.check", toggle, t("keys.single"))),
    });
}

register({ key: "?", label: t("keys.help"), run: help });
