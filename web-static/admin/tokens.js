// Access tokens in the institution: those of one user at a time, as the server lists them so.

import { fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { state } from "../base/shell.js";
import { tokenTable } from "./token-table.js";
import { userPicker } from "./user-picker.js";

/** The tab. */
export function open({ account, me }) {
    const shown = h("div");
    const draw = (user) => fill(shown, user
        ? [h("h3.admin-label", t("tokens.of", { name: user.name })), tokenTable(user)]
        : h("div.card", state({ sign: "key", title: t("tokens.choose"), text: t("tokens.choose_text"), actions: [
            h("button.button", { type: "button", onclick: () => draw(me.user) }, icon("user"), t("tokens.mine"))] })));
    const picker = userPicker({ account: account.id, label: t("tokens.user"), placeholder: t("tokens.user"), onpick: draw });
    draw(null);
    return { element: h("div", h("div.data-tools", picker.element, h("a.button.push", { href: "/settings#tokens" }, icon("settings"), t("tokens.own"))), shown) };
}
