// My data: everything that the institution keeps about oneself, as a file to take along.

import { post } from "../base/api.js";
import { h, uuid } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { busy } from "../base/shell.js";
import { toastError } from "../base/toast.js";
import { reportList } from "../reports/list.js";

const PATH = "/api/v1/users/self/data_exports";

/** The section: a button, and the exports that were asked for, with their progress. */
export function dataSection(me) {
    const list = reportList({ path: PATH, label: t("settings.data"), me: me.user.id, empty: t("data.none") });
    let key = uuid();
    const ask = h("button.button", { type: "button", onclick: () => busy(ask, async () => {
        try {
            list.begin(await post(PATH, {}, { key }));
            key = uuid();
        } catch (error) {
            toastError(error);
        }
    }) }, icon("download"), t("data.ask"));
    list.load();
    return h("div.settings-body.stack", h("div.row.spread.wrap", h("p.small.muted.grow", t("data.text")), ask), list.element);
}
