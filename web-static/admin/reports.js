// Reports of the institution: everything as an archive, and rosters as an import reads them.

import { post } from "../base/api.js";
import { h, uuid } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { busy } from "../base/shell.js";
import { toastError } from "../base/toast.js";
import { reportList } from "../reports/list.js";
import { learn, nameOf } from "./names.js";

/** The files of a roster, in the order in which an import reads them. */
const FILES = ["accounts", "terms", "users", "courses", "sections", "xlists", "enrollments", "user_observers", "admins"];

/** The tab. */
export function open({ account, me }) {
    const boxes = new Map(FILES.map((file) => [file, h("input", { type: "checkbox", ".checked": true })]));
    const chosen = h("fieldset.check-grid", h("legend.small.muted", t("reports.files")), [...boxes].map(([file, box]) => h("label.check", box, h("span", t(`reports.file_${file}`)))));
    const parameters = () => {
        const ticked = [...boxes].filter(([, box]) => box.checked).map(([file]) => file);
        return ticked.length === FILES.length ? {} : Object.fromEntries(ticked.map((file) => [file, true]));
    };
    const kinds = [
        kind("institution_export", null, () => ({})),
        kind("provisioning_csv", chosen, parameters),
    ];

    function kind(name, extra, read) {
        const path = `/api/v1/accounts/${account.id}/reports/${name}`;
        const list = reportList({ path, label: t(`reports.kind_${name}`), me: me.user.id, nameOf, empty: t("reports.none_text") });
        let key = uuid();
        const problem = h("p.small.bad-text", { role: "alert" });
        const make = h("button.button", { type: "button", onclick: () => busy(make, async () => {
            problem.textContent = "";
            if (extra && ![...boxes.values()].some((box) => box.checked)) {
                problem.textContent = t("reports.choose_one");
                boxes.get(FILES[0]).focus();
                return;
            }
            try {
                list.begin(await post(path, { parameters: read() }, { key }));
                key = uuid();
            } catch (error) {
                toastError(error);
            }
        }) }, icon("download"), t("reports.make"));
        list.load();
        return { list, element: h("section.card.pad.stack", { "aria-labelledby": `report-${name}` },
            h("div.row.spread.wrap", h("div.grow", h("h3", { id: `report-${name}` }, t(`reports.kind_${name}`)), h("p.small.muted", t(`reports.text_${name}`))), make), extra, problem, list.element) };
    }

    learn([me.user.id]);
    return { element: h("div.stack.loose", kinds.map((one) => one.element)), stop: () => { for (const one of kinds) one.list.stop(); } };
}
