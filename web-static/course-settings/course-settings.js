// The settings of a course, for those who run it: what it is called, when it runs, who may join, and its end.

import { del, get, put } from "../base/api.js";
import { fill, h } from "../base/dom.js";
import { confirm } from "../base/dialog.js";
import { icon } from "../base/icons.js";
import { add, languages, t } from "../base/i18n.js";
import { register } from "../base/keys.js";
import { busy, problem } from "../base/shell.js";
import { explain, toast, toastError } from "../base/toast.js";
import { staffOnly, startCourse } from "../frame/course.js";
import { apiTime, checkbox, field, select, textInput, timeInput } from "../frame/form.js";
import { copyCard } from "./copy.js";
import english from "./lang/en.js";

await add({ en: english, de: () => import("./lang/de.js") });
const course = await startCourse({ area: "settings" });
const { main, staff, me } = course;
const group = t("part.settings");
const isAdmin = me.roles.includes("admin");
const VIEWS = ["modules", "wiki", "feed"];

let now = null;
let rules = null;
let terms = null;
let copy = null;         // made once: it follows copies that run

async function read() {
    [now, rules, terms] = await Promise.all([
        get(course.api(), { query: { include: ["term"] } }), get(course.api("/settings")),
        isAdmin ? get(`/api/v1/accounts/${course.course.root_account_id}/terms`, { query: { per_page: 100 } }).then((answer) => answer.enrollment_terms) : null,
    ]);
}

function draw() {
    const name = textInput(now.name, { required: true });
    const code = textInput(now.course_code, { required: true });
    const starts = timeInput(now.start_at);
    const ends = timeInput(now.end_at);
    const zone = h("input.input", { list: "zones", ".value": now.time_zone ?? "", autocomplete: "off", maxlength: "64" });
    const locale = select([["", t("settings.no_locale")], ...languages.map((one) => [one.id, one.name]), ...(now.locale && !languages.some((one) => one.id === now.locale) ? [[now.locale, now.locale]] : [])], now.locale ?? "");
    const term = terms && select(terms.map((one) => [one.id, one.name]), now.enrollment_term_id);
    const first = select([...VIEWS, ...(VIEWS.includes(now.default_view) ? [] : [now.default_view])].map((view) => [view, t(`settings.view_${view}`)]), now.default_view);
    const boxes = {
        is_public: checkbox(t("settings.is_public"), rules.is_public), self_enrollment: checkbox(t("settings.self_enrollment"), rules.self_enrollment),
        restrict_enrollments_to_course_dates: checkbox(t("settings.restrict"), rules.restrict_enrollments_to_course_dates), hide_final_grades: checkbox(t("settings.hide_final"), rules.hide_final_grades),
    };
    const message = h("div", { "aria-live": "assertive" });
    const save = h("button.button.primary", { type: "submit" }, t("action.save"));
    const controls = { name, course_code: code, start_at: starts, end_at: ends, time_zone: zone, locale, term_id: term };
    const refuse = (control, text) => {
        control?.setAttribute("aria-invalid", "true");
        control?.focus();
        fill(message, h("p.notice.bad", icon("alert"), h("span", text)));
    };
    const send = () => busy(save, async () => {
        fill(message);
        for (const control of Object.values(controls)) control?.removeAttribute("aria-invalid");
        if (name.value.trim() === "") return refuse(name, t("settings.name_missing"));
        if (code.value.trim() === "") return refuse(code, t("settings.code_missing"));
        if (starts.value && ends.value && ends.value <= starts.value) return refuse(ends, t("settings.dates_wrong"));
        try {
            await put(course.api(), { course: {
                name: name.value.trim(), course_code: code.value.trim(), start_at: apiTime(starts.value), end_at: apiTime(ends.value), time_zone: zone.value.trim() || null, locale: locale.value || null,
                default_view: first.value, ...Object.fromEntries(Object.entries(boxes).map(([id, box]) => [id, box.box.checked])), ...(term ? { term_id: Number(term.value) } : {}),
            } });
            toast(t("settings.saved"));
            await read();
            Object.assign(course.course, now);
            course.title();
            draw();
        } catch (error) {
            refuse(controls[error.field?.replace(/^.*\./, "")], explain(error));
        }
    });
    fill(main, h("div.page.settings-page",
        h("div.page-head", h("h1", group)),
        phaseCard(),
        h("form.form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); send(); } },
            h("section.card.pad.form", { "aria-labelledby": "about" }, h("h2", { id: "about" }, t("settings.about")),
                field(t("settings.name"), name),
                h("div.pair", field(t("settings.code"), code), term ? field(t("settings.term"), term) : h("div.field", h("span.label", t("settings.term")), h("p.muted.static", now.term?.name ?? "–"))),
                h("div.pair", field(t("settings.starts"), starts), field(t("settings.ends"), ends)),
                h("div.pair", field(t("settings.zone"), zone), field(t("settings.locale"), locale, t("settings.locale_hint"))),
                field(t("settings.first"), first),
                h("datalist", { id: "zones" }, (Intl.supportedValuesOf?.("timeZone") ?? []).map((id) => h("option", { value: id })))),
            h("section.card.pad.form", { "aria-labelledby": "rules" }, h("h2", { id: "rules" }, t("settings.rules")), h("div.stack.tight", Object.values(boxes).map((box) => box.element)),
                h("p.small.muted", t("settings.join_hint"), " ", h("a", { href: course.href("/users") }, t("part.people")))),
            message,
            h("div.foot", save, h("span.small.faint.only-keys", t("settings.save_hint")))),
        copy ??= copyCard(course),
        h("section.card.pad.danger-zone", { "aria-labelledby": "end" }, h("h2", { id: "end" }, t("settings.end")),
            h("div.row.spread.wrap", h("p.muted.grow", t("settings.delete_text")), h("button.button.danger", { type: "button", onclick: remove }, icon("trash", { size: 16 }), t("settings.delete"))))));
    main.removeAttribute("aria-busy");
    sendNow = send;
}

let sendNow = () => {};

function phaseCard() {
    const phase = now.workflow_state;
    const event = (name, { ask = null, said }) => (click) => busy(click.currentTarget, async () => {
        if (ask && !await confirm(ask)) return;
        try {
            await put(course.api(), { course: { event: name } });
            toast(said);
            await read();
            draw();
        } catch (error) {
            toastError(error);
        }
    });
    const button = (label, sign, run, primary = false) => h("button.button", { type: "button", class: primary ? "primary" : "", onclick: run }, icon(sign, { size: 16 }), label);
    return h("section.card.pad.phase", { "aria-labelledby": "phase" },
        h("div.grow", h("h2.row.tight", { id: "phase" }, t("settings.state"), h("span.badge", { class: { available: "good", unpublished: "warn", completed: "" }[phase] }, t(`settings.state_${phase}`))), h("p.small.muted", t(`settings.state_${phase}_text`))),
        h("div.row.tight.wrap",
            phase === "unpublished" && button(t("action.publish"), "eye", event("offer", { said: t("settings.published") }), true),
            phase === "available" && button(t("action.unpublish"), "eye-off", event("claim", { said: t("settings.unpublished") })),
            phase === "available" && button(t("settings.conclude"), "check", event("conclude", { said: t("settings.concluded"), ask: { title: t("settings.conclude_title"), text: t("settings.conclude_text"), action: t("settings.conclude") } })),
            phase === "completed" && button(t("settings.reopen"), "undo", event("offer", { said: t("settings.reopened") }), true)));
}

async function remove() {
    if (!await confirm({ title: t("settings.delete_title", { name: now.name }), text: t("settings.delete_sure"), action: t("settings.delete"), danger: true })) return;
    try {
        await del(course.api(), { query: { event: "delete" } });
        location.assign("/");
    } catch (error) {
        toastError(error);
    }
}

async function start() {
    try {
        if (!staff) {
            fill(main, staffOnly(course.id, group));
            return main.removeAttribute("aria-busy");
        }
        await read();
        draw();
        register({ key: "Ctrl+Enter", label: t("action.save"), group, inFields: true, run: () => sendNow() });
    } catch (error) {
        fill(main, h("div.page", h("h1.visually-hidden", group), problem(error, start)));
        main.removeAttribute("aria-busy");
    }
}

await start();
