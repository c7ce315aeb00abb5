// A picker of scopes: everything, or those that are ticked in a list one can search; typed where the list is not given out.

import { getAll, get } from "../base/api.js";
import { debounce, fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { groups, reading, typed } from "./scopes.js";

let known = null;

/** The scopes that there are, for administrators; null for others, to whom the server does not list them. */
async function load() {
    const accounts = await get("/api/v1/accounts");
    if (accounts.length === 0) return null;
    known ??= await getAll(`/api/v1/accounts/${accounts[0].id}/scopes`);
    return known;
}

/** A custom field for `makeField`: `{ element, control, read() }`; `read()` gives null for everything, else the scopes. */
export function scopePicker() {
    const chosen = new Set();
    let all = null;
    let limited = false;
    const rest = h("div.scope-rest", { hidden: true });
    const count = h("span.small.muted", { role: "status" });
    const area = h("textarea.textarea.scope-typed", { rows: 4, "aria-label": t("tokens.scopes_typed"), placeholder: "url:GET|/api/v1/courses", spellcheck: "false" });
    const list = h("div.scope-list", { role: "group", "aria-label": t("tokens.scopes"), tabindex: "0" });
    const find = h("input.input", { type: "search", "aria-label": t("tokens.scopes_find"), placeholder: t("tokens.scopes_find"), autocomplete: "off", oninput: debounce(() => draw(), 80) });
    const modes = ["all", "some"].map((mode) => h("button", { type: "button", "aria-pressed": String(mode === "all"), onclick: () => choose(mode) }, t(`tokens.scopes_${mode}`)));
    const element = h("div.stack.tight", h("div.segments", { role: "group", "aria-label": t("tokens.scopes") }, modes), rest);

    function choose(mode) {
        limited = mode === "some";
        modes.forEach((button, at) => button.setAttribute("aria-pressed", String((at === 1) === limited)));
        rest.hidden = !limited;
        if (limited && !rest.hasChildNodes()) open();
    }

    async function open() {
        fill(rest, h("div.skeleton.line.w60"), h("div.skeleton.line.w80"));
        try {
            all = await load();
        } catch {
            // Without the list they can still be typed.
            all = null;
        }
        if (all === null) {
            fill(rest, area, h("p.hint.small.faint", t("tokens.scopes_typed_hint")));
            return;
        }
        fill(rest, h("div.row.tight.wrap", h("div.input-group.grow", icon("search", { size: 16 }), find),
            h("button.button.small", { type: "button", onclick: () => tick(reading(all)) }, t("tokens.scopes_reading")),
            h("button.button.small.ghost", { type: "button", onclick: () => { chosen.clear(); draw(); } }, t("tokens.scopes_none"))), list, count);
        draw();
        find.focus();
    }

    function tick(scopes) {
        for (const scope of scopes) chosen.add(scope);
        draw();
    }

    function draw() {
        const found = groups(all, find.value);
        fill(list, found.map(({ name, scopes }) => h("fieldset", h("legend.tiny.faint", name.replaceAll("_", " ")), scopes.map((scope) => {
            const box = h("input", { type: "checkbox", ".checked": chosen.has(scope.scope), onchange: () => {
                if (box.checked) chosen.add(scope.scope);
                else chosen.delete(scope.scope);
                tell();
            } });
            return h("label.check.scope", box, h("code", h("span.scope-verb", scope.verb), " ", scope.path));
        }))), found.length === 0 && h("p.small.muted.scope-none", t("tokens.scopes_not_found", { text: find.value })));
        tell();
    }

    const tell = () => { count.textContent = t("tokens.scopes_count", { n: chosen.size }); };
    return { element, control: modes[1], read: () => (!limited ? null : all === null ? typed(area.value) : [...chosen]) };
}
