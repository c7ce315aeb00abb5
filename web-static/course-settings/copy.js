// Copying another course into this one: what of it, what becomes of its dates, how far it is, and what could not be copied.

import { get, getAll, post } from "../base/api.js";
import { confirm } from "../base/dialog.js";
import { fill, h, uuid } from "../base/dom.js";
import { follow, isSettled, progressPath } from "../base/follow.js";
import { icon } from "../base/icons.js";
import { compareNames, dateTime, t } from "../base/i18n.js";
import { isStaff } from "../base/session.js";
import { busy, problem } from "../base/shell.js";
import { explain, toast } from "../base/toast.js";
import { field, select } from "../frame/form.js";
import { copyBody, SHIFTS } from "./copy-body.js";

const SIGNS = { pre_processing: "", running: "accent", completed: "good", failed: "bad" };
const MOST_PAGES = 5;

/** The card: `{ element }`. */
export function copyCard(course) {
    const path = course.api("/content_migrations");
    const places = h("div", h("div.skeleton.line.w60"));
    const list = h("ul.copies", { role: "list", "aria-label": t("copy.before") });
    const said = h("p.visually-hidden", { role: "status" });
    const names = new Map();
    const shown = new Map();
    let copies = [];

    async function load() {
        try {
            const admin = course.me.roles.includes("admin");
            const [mine, before] = await Promise.all([
                admin ? getAll(`/api/v1/accounts/${course.course.root_account_id}/courses`, { query: { state: ["all"] }, limit: MOST_PAGES }) : getAll("/api/v1/courses"),
                getAll(path, { limit: 1 })]);
            for (const one of mine) names.set(one.id, one.name);
            copies = before.sort((a, b) => b.id - a.id);
            drawForm(mine.filter((one) => one.id !== course.id && isStaff(course.me, one)).sort((a, b) => compareNames(a.name, b.name)));
            drawList();
            for (const copy of copies) watch(copy);
        } catch (error) {
            fill(places, problem(error, load));
        }
    }

    function drawForm(sources) {
        if (sources.length === 0) return fill(places, h("p.muted", t("copy.no_source")));
        const source = select([["", t("copy.choose")], ...sources.map((one) => [one.id, `${one.name} (${one.course_code})`])], "");
        const what = select([["all", t("copy.everything")], ["modules", t("copy.some_modules")]], "all", { onchange: () => chooseModules() });
        const dates = select(SHIFTS.map((one) => [one, t(`copy.dates_${one}`)]), "shift", { onchange: () => { start.hidden = dates.value !== "shift"; } });
        const begins = h("input.input", { type: "date", ".value": course.course.start_at?.slice(0, 10) ?? "" });
        const start = field(t("copy.begins"), begins, t("copy.begins_hint"));
        const modules = h("div");
        const message = h("div", { "aria-live": "assertive" });
        let boxes = [];
        source.addEventListener("change", () => chooseModules());

        async function chooseModules() {
            boxes = [];
            fill(modules);
            if (what.value !== "modules" || !source.value) return;
            const wanted = source.value;
            fill(modules, h("div.skeleton.line.w40"));
            const found = await getAll(`/api/v1/courses/${wanted}/modules`).catch((error) => { fill(message, h("p.notice.bad", icon("alert"), h("span", explain(error)))); return []; });
            if (wanted !== source.value || what.value !== "modules") return;
            boxes = found.map((module) => [module.id, h("input", { type: "checkbox" }), module.name]);
            fill(modules, boxes.length === 0 ? h("p.small.muted", t("copy.no_modules"))
                : h("fieldset.copy-modules", h("legend.small.muted", t("copy.modules")), boxes.map(([, box, name]) => h("label.check", box, h("span", name)))));
        }

        const refuse = (control, text) => {
            control?.setAttribute("aria-invalid", "true");
            control?.focus();
            fill(message, h("p.notice.bad", icon("alert"), h("span", text)));
        };
        const go = h("button.button", { type: "button", onclick: () => busy(go, async () => {
            fill(message);
            source.removeAttribute("aria-invalid");
            if (!source.value) return refuse(source, t("copy.choose_first"));
            const ids = boxes.filter(([, box]) => box.checked).map(([id]) => id);
            if (what.value === "modules" && ids.length === 0) return refuse(boxes[0]?.[1] ?? what, t("copy.choose_module"));
            const again = copies.some((copy) => copy.settings.source_course_id === Number(source.value));
            if (again && !await confirm({ title: t("copy.again_title"), text: t("copy.again_text"), action: t("copy.go") })) return undefined;
            try {
                const from = sources.find((one) => one.id === Number(source.value));
                const copy = await post(path, copyBody({ source: from, modules: what.value === "modules" ? ids : null, dates: dates.value, begins: begins.value }), { key: uuid() });
                copies = [copy, ...copies.filter((one) => one.id !== copy.id)];
                drawList();
                return watch(copy);
            } catch (error) {
                return refuse(null, explain(error));
            }
        }) }, icon("copy", { size: 16 }), t("copy.go"));
        fill(places, h("div.form", message, field(t("copy.source"), source), h("div.pair", field(t("copy.what"), what), field(t("copy.dates"), dates)), modules, start, h("div.foot", go)));
        return undefined;
    }

    function watch(copy) {
        if (copy.workflow_state === "completed" || copy.workflow_state === "failed") return;
        const at = progressPath(copy.progress_url);
        const run = follow({
            first: null, isOver: (progress) => progress !== null && isSettled(progress), read: () => get(at, { retries: 0 }),
            show: (progress, error) => {
                shown.set(copy.id, { share: Math.round(progress?.completion ?? 0), error });
                drawList();
            },
        });
        run.ended.then(async () => {
            const end = await get(`${path}/${copy.id}`).catch(() => copy);
            shown.delete(copy.id);
            copies = copies.map((one) => (one.id === copy.id ? end : one));
            drawList();
            said.textContent = t(`copy.said_${end.workflow_state === "failed" ? "failed" : "completed"}`);
            if (end.workflow_state === "completed") toast(t("copy.said_completed"), { action: { label: t("copy.look"), run: () => location.assign(course.href("/modules")) } });
        });
    }

    function drawList() {
        fill(list, copies.slice(0, 10).map((copy) => {
            const now = shown.get(copy.id);
            const name = names.get(copy.settings.source_course_id) ?? t("copy.course", { id: String(copy.settings.source_course_id) });
            return h("li.copy-line", h("div.row.tight.wrap", h("span.strong.grow", name), h("span.badge", { class: SIGNS[copy.workflow_state] }, t(`copy.state_${copy.workflow_state}`))),
                now && h("progress.copy-progress", { max: 100, value: now.share, "aria-label": t("copy.progress", { name }) }), now?.error && h("p.small.muted", explain(now.error)),
                h("p.small.muted", dateTime(copy.created_at)),
                copy.workflow_state === "failed" && h("p.small", t("copy.failed")),
                copy.migration_issues_count > 0 && issues(copy));
        }));
    }

    function issues(copy) {
        const body = h("ul.small", { role: "list" });
        return h("details", { ontoggle: async (event) => {
            if (!event.target.open || body.hasChildNodes()) return;
            try {
                fill(body, (await getAll(`${path}/${copy.id}/migration_issues`, { limit: 1 })).map((issue) => h("li", issue.description)));
            } catch (error) {
                fill(body, h("li", explain(error)));
            }
        } }, h("summary.small", t("copy.issues", { n: copy.migration_issues_count })), body);
    }

    load();
    return h("section.card.pad.stack.copy-card", { "aria-labelledby": "copy" }, h("div", h("h2", { id: "copy" }, t("copy.title")), h("p.small.muted", t("copy.text"))), places, said, list);
}
