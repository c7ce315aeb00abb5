// For students: a code for a parent, and who looks on.

import { getAll, post } from "../base/api.js";
import { copyField } from "../base/copy.js";
import { fill, h, uuid } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { dateTime, relative, t } from "../base/i18n.js";
import { avatar, busy, problem, state } from "../base/shell.js";
import { toastError } from "../base/toast.js";

/** The section: a new code when it is asked for, and the list of observers. */
export function familySection() {
    const shown = h("div", { role: "status" });
    const list = h("div", { "aria-busy": "true" }, h("div.skeleton.line.w40"));
    const make = h("button.button", { type: "button", onclick: () => busy(make, async () => {
        try {
            const { code, expires_at } = await post("/api/v1/users/self/observer_pairing_codes", {}, { key: uuid() });
            fill(shown, h("div.notice.good.token-fresh", icon("users"), h("div.grow.stack.tight", h("p.strong", t("family.code")), copyField(code, t("family.code")),
                h("p", t("family.code_text", { when: relative(expires_at), time: dateTime(expires_at) })))));
            shown.querySelector("input").focus();
        } catch (error) {
            toastError(error);
        }
    }) }, icon("plus"), t("family.make"));

    async function load() {
        try {
            const observers = await getAll("/api/v1/users/self/observers");
            fill(list, observers.length === 0
                ? state({ sign: "eye", title: t("family.none"), text: t("family.none_text") })
                : h("ul.settings-list", { role: "list", "aria-label": t("family.observers") }, observers.map((one) => h("li.settings-line", avatar(one.name), h("p.grow", one.name)))));
        } catch (error) {
            fill(list, problem(error, load));
        }
        list.removeAttribute("aria-busy");
    }

    load();
    return h("div.settings-body.stack", h("div.row.spread.wrap", h("p.small.muted.grow", t("family.text")), make), shown, list);
}
