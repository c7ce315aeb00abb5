// The way into the search from every page's bar: a button, "/" and Ctrl+K.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";
import { register } from "./keys.js";
import { later } from "./later.js";

const palette = later(() => import("../frame/palette.js"));

/** Opens the search over everything: courses, their parts, what is in the course at hand, people. */
export function openSearch(me) {
    // What is typed while it is on its way belongs to it, not to the page's shortcuts.
    let typed = "";
    const hold = (event) => {
        if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        typed += event.key;
    };
    addEventListener("keydown", hold, true);
    const release = () => removeEventListener("keydown", hold, true);
    return palette.use((module) => {
        release();
        module.openPalette(me, typed);
    }).finally(release);
}

/** The button; with it the keys work. */
export function searchButton(me) {
    const run = () => openSearch(me);
    register({ key: "/", label: t("search.open"), run });
    register({ key: "Ctrl+k", label: t("search.open"), inFields: true, run });
    return h("button.button.ghost.search-button", { type: "button", "aria-label": t("search.open"), onclick: run },
        icon("search"), h("span.search-word", { "aria-hidden": "true" }, t("search.open")), h("kbd", { "aria-hidden": "true" }, "/"));
}
