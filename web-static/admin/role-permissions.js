// The panel in which a role of the account's own is limited: its ways in as boxes, found by typing.

import { put } from "../base/api.js";
import { openDialog } from "../base/dialog.js";
import { debounce, fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { busy } from "../base/shell.js";
import { explain } from "../base/toast.js";
import { groups, reading } from "../settings/scopes.js";
import { changes, entries } from "./permissions.js";

/** Opens it; resolves to whether something was changed. */
export async function openPermissions(path, role, base) {
    const all = entries(role, base);
    const open = all.filter((one) => !one.fixed);
    const ticked = new Set(all.filter((one) => one.enabled).map((one) => one.scope));
    const count = h("span.small.muted.num", { role: "status" });
    const message = h("div", { "aria-live": "assertive" });
    const list = h("div.permission-boxes", { role: "group", "aria-label": t("roles.permissions"), tabindex: "0" });
    const find = h("input.input", { type: "search", "aria-label": t("roles.find"), placeholder: t("roles.find"), autocomplete: "off", autofocus: true, oninput: debounce(() => draw(), 80) });
    const tell = () => { count.textContent = t("roles.count", { n: open.filter((one) => ticked.has(one.scope)).length, all: open.length }); };

    function draw() {
        const found = groups(open, find.value);
        fill(list, found.map(({ name, scopes }) => h("fieldset", h("legend.tiny.muted", name), scopes.map((one) => {
            const box = h("input", { type: "checkbox", ".checked": ticked.has(one.scope), onchange: () => {
                if (box.checked) ticked.add(one.scope);
                else ticked.delete(one.scope);
                tell();
            } });
            return h("label.check", box, h("code", h("span.muted", one.verb), " ", one.path));
        }))), found.length === 0 && h("p.small.muted", t("roles.none_found", { text: find.value })));
        tell();
    }
    const only = (scopes) => () => {
        const wanted = new Set(scopes);
        for (const one of open) {
            if (wanted.has(one.scope)) ticked.add(one.scope);
            else ticked.delete(one.scope);
        }
        draw();
    };
    const save = h("button.button.primary", { type: "button", onclick: () => busy(save, async () => {
        const permissions = changes(all, ticked);
        if (Object.keys(permissions).length === 0) return dialog.close(false);
        try {
            await put(path, { permissions });
            return dialog.close(true);
        } catch (error) {
            return fill(message, h("p.notice.bad", icon("alert"), h("span", explain(error))));
        }
    }) }, t("action.save"));
    const dialog = openDialog({
        title: t("roles.permissions_of", { name: role.label }), kind: "wide", foot: [h("button.button", { type: "button", onclick: () => dialog.close(false) }, t("action.cancel")), save],
        body: h("div.stack", h("p.small.muted", t("roles.permissions_text", { n: all.length - open.length })), message,
            h("div.row.tight.wrap", h("div.input-group.grow", icon("search", { size: 16 }), find),
                h("button.button.small", { type: "button", onclick: only(open.map((one) => one.scope)) }, t("roles.everything")),
                h("button.button.small", { type: "button", onclick: only(reading(open)) }, t("roles.reading")),
                h("button.button.small", { type: "button", onclick: only([]) }, t("roles.nothing"))), list, count),
    });
    draw();
    return (await dialog.closed) === true;
}
