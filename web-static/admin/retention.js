// How long the institution keeps what: days within the server's bounds, empty for the default.

import { get, put } from "../base/api.js";
import { fill, h } from "../base/dom.js";
import { makeForm } from "../base/form.js";
import { dateTime, number, t } from "../base/i18n.js";
import { problem } from "../base/shell.js";
import { toast } from "../base/toast.js";
import { days, shortened } from "./retention-days.js";

const KINDS = ["live_event_days", "audit_days", "session_days", "deleted_file_days", "sis_import_days", "export_days", "job_days"];

/** The card. */
export function retentionCard(account) {
    const path = `/api/v1/accounts/${account.id}/retention`;
    const body = h("div", { "aria-busy": "true" }, h("div.skeleton.line.w60"), h("div.skeleton.line.w40"));

    async function load() {
        try {
            draw(await get(path));
        } catch (error) {
            fill(body, problem(error, load));
        }
        body.removeAttribute("aria-busy");
    }

    function draw({ retention, defaults, bounds, swept_at }) {
        const form = makeForm({
            label: t("retention.title"), submit: t("action.save"),
            fields: KINDS.filter((kind) => bounds[kind]).map((kind) => ({
                name: kind, label: t(`retention.${kind}`), type: "number", inputmode: "numeric", min: bounds[kind].min, max: bounds[kind].max, step: 1,
                value: retention[kind] === defaults[kind] ? "" : String(retention[kind]), placeholder: String(defaults[kind]),
                hint: t("retention.hint", { min: number(bounds[kind].min), max: number(bounds[kind].max), days: number(defaults[kind]) }),
            })),
            run: async (values) => {
                const wishes = days(values, bounds);
                if (wishes.wrong) {
                    const field = form.fields[wishes.wrong];
                    field.say(t("retention.wrong", { min: number(bounds[wishes.wrong].min), max: number(bounds[wishes.wrong].max) }));
                    return field.control.focus();
                }
                const shorter = shortened(retention, wishes.retention, defaults);
                if (shorter.length > 0) {
                    const { confirm } = await import("../base/dialog.js");
                    if (!await confirm({ title: t("retention.sure"), text: t("retention.sure_text"), action: t("action.save"), danger: true })) return undefined;
                }
                const saved = await put(path, { retention: wishes.retention });
                toast(t("retention.saved"));
                return draw(saved);
            },
        });
        form.element.classList.add("retention-form");
        fill(body, form.element, h("p.small.faint", swept_at ? t("retention.swept", { time: dateTime(swept_at) }) : t("retention.never")));
    }

    load();
    return h("section.card.pad.stack", { "aria-labelledby": "retention-title" }, h("div", h("h3", { id: "retention-title" }, t("retention.title")), h("p.small.muted", t("retention.text"))), body);
}
