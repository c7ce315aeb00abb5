// What the institution keeps about people: somebody's data as a file, somebody's erasure, and how long things are kept.

import { post } from "../base/api.js";
import { fill, h, uuid } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { busy } from "../base/shell.js";
import { toastError } from "../base/toast.js";
import { reportList } from "../reports/list.js";
import { erasureList } from "./erasures.js";
import { nameOf } from "./names.js";
import { retentionCard } from "./retention.js";
import { userPicker } from "./user-picker.js";

/** The tab. */
export function open({ account, me }) {
    const erasures = erasureList(account);
    const shown = h("div");
    let user = null;
    let list = null;
    const who = userPicker({ account: account.id, label: t("privacy.who"), placeholder: t("privacy.who"), onpick: (picked) => {
        user = picked;
        for (const button of [copy, erase]) button.disabled = user === null;
        list?.stop();
        fill(shown);
        if (user) showExports();
    } });
    const copy = h("button.button", { type: "button", disabled: true, onclick: () => busy(copy, async () => {
        try {
            list.begin(await post(`/api/v1/users/${user.id}/data_exports`, {}, { key: uuid() }));
        } catch (error) {
            toastError(error);
        }
    }) }, icon("download"), t("privacy.export"));
    const erase = h("button.button.danger", { type: "button", disabled: true, onclick: () => busy(erase, () => erasures.ask(user)) }, icon("user-x"), t("privacy.erase"));

    function showExports() {
        list = reportList({ path: `/api/v1/users/${user.id}/data_exports`, label: t("privacy.exports_of", { name: user.name }), me: me.user.id, nameOf, empty: t("privacy.exports_text") });
        list.load();
        fill(shown, h("h4.admin-label", t("privacy.exports_of", { name: user.name })), list.element);
    }

    return {
        element: h("div.stack.loose",
            h("section.card.pad.stack", { "aria-labelledby": "person-title" },
                h("div", h("h3", { id: "person-title" }, t("privacy.person")), h("p.small.muted", t("privacy.person_text"))),
                h("div.data-tools", who.element, copy, erase), shown),
            h("section.card.pad.stack", { "aria-labelledby": "erasures-title" }, h("h3", { id: "erasures-title" }, t("erasures.title")), erasures.element),
            retentionCard(account)),
        stop: () => { list?.stop(); erasures.stop(); },
    };
}
