// The classes of a course: live ones to join, scheduled ones to come, ended ones to look back at.

import { del, post, put } from "../base/api.js";
import { h, uid } from "../base/dom.js";
import { confirm, openDialog } from "../base/dialog.js";
import { icon } from "../base/icons.js";
import { clock, date, day, dateTime, language, relative, t, time } from "../base/i18n.js";
import { attachMenu } from "../base/menu.js";
import { mayEnter } from "../base/session.js";
import { busy, state } from "../base/shell.js";
import { explain, toast, toastError, undoable } from "../base/toast.js";

const ENDED_SHOWN = 5;
const hidden = new Set();   // deleted here, still to be committed

const link = (view, item) => `/courses/${view.id}/classes/${item.id}`;

/** The three lists, each left out while empty; a designed emptiness when all are. */
export function classSections(view) {
    const of = (name) => view.classes.filter((item) => item.workflow_state === name && !hidden.has(item.id));
    const live = of("live");
    const scheduled = of("scheduled").sort((a, b) => Date.parse(a.scheduled_at ?? a.created_at) - Date.parse(b.scheduled_at ?? b.created_at));
    const ended = of("ended").sort((a, b) => Date.parse(b.ended_at) - Date.parse(a.ended_at));
    if (live.length + scheduled.length + ended.length === 0) {
        return h("div.card", state({
            sign: "video", title: t("class.none"), text: t(view.staff ? "class.none_staff" : "class.none_student"),
            actions: view.staff ? [h("button.button.primary", { type: "button", onclick: () => newClass(view) }, icon("plus"), t("class.new"))] : [],
        }));
    }
    const shown = view.showAllEnded ? ended : ended.slice(0, ENDED_SHOWN);
    return [
        live.length > 0 && section(t("class.live"), live.map((item) => liveCard(view, item)), false),
        scheduled.length > 0 && section(t("class.scheduled"), h("ul.card.rows", { role: "list" }, scheduled.map((item) => scheduledRow(view, item)))),
        ended.length > 0 && section(t("class.ended"), [
            h("ul.card.rows", { role: "list" }, shown.map((item) => endedRow(view, item))),
            ended.length > shown.length && h("p", h("button.button.ghost.small", { type: "button", dataset: { key: "all-ended" }, onclick: () => { view.showAllEnded = true; view.draw(); } },
                t("class.show_all", { n: ended.length }))),
        ]),
    ];
}

function section(title, content) {
    const heading = uid("section");
    return h("section.course-section", { "aria-labelledby": heading }, h("div.section-head", h("h2", { id: heading }, title)), content);
}

function liveCard(view, item) {
    return h("article.card.class-live", { "aria-label": item.title },
        h("span.dot.live", { "aria-hidden": "true" }),
        h("div.grow",
            h("h3", item.title),
            h("p.small.muted", item.started_at ? t("class.since", { time: time(item.started_at), when: relative(item.started_at) }) : t("class.live"))),
        h("div.actions",
            mayEnter(view.me, view.course) && h("a.button.primary.large", { href: link(view, item), dataset: { key: `join-${item.id}` }, "aria-label": t("class.join_named", { title: item.title }) },
                t(view.staff ? "class.enter" : "class.join"), icon("arrow-right", { size: 16 })),
            view.staff && h("button.button.danger.large", { type: "button", dataset: { key: `end-${item.id}` }, "aria-label": t("class.end_named", { title: item.title }), onclick: (event) => end(view, item, event.currentTarget) }, t("class.end"))));
}

const month = (value) => new Intl.DateTimeFormat(language, { month: "short" }).format(new Date(value));

function sheet(value) {
    return h("span.when", { "aria-hidden": "true" }, h("span", month(value)), h("span", String(new Date(value).getDate())));
}

// The title, as a link for those who may enter.
function named(view, item) {
    return mayEnter(view.me, view.course) ? h("a", { href: link(view, item), dataset: { key: `class-${item.id}` } }, item.title) : item.title;
}

function scheduledRow(view, item) {
    return h("li",
        item.scheduled_at ? sheet(item.scheduled_at) : h("span.when", { "aria-hidden": "true" }, icon("clock", { size: 20 })),
        h("div.grow",
            h("h3", named(view, item)),
            h("p.small.muted", item.scheduled_at ? [`${day(item.scheduled_at)}, ${time(item.scheduled_at)}`, h("span.faint", ` · ${relative(item.scheduled_at)}`)] : t("class.no_time"))),
        view.staff && h("div.actions",
            h("button.button.small", { type: "button", dataset: { key: `start-${item.id}` }, "aria-label": t("class.start_named", { title: item.title }), onclick: (event) => begin(view, item, event.currentTarget) }, icon("play", { size: 14 }), t("class.start")),
            attachMenu(h("button.button.ghost.icon.small", { type: "button", "aria-label": t("class.more", { title: item.title }), dataset: { key: `more-${item.id}` } }, icon("dots")), () => [
                { label: t("class.edit"), icon: "edit", run: () => classDialog(view, item) },
                { label: t("action.delete"), icon: "trash", danger: true, run: () => remove(view, item) },
            ])));
}

function endedRow(view, item) {
    const seconds = item.started_at && item.ended_at ? (Date.parse(item.ended_at) - Date.parse(item.started_at)) / 1000 : null;
    return h("li",
        h("div.grow",
            h("h3", named(view, item)),
            h("p.small.muted", item.started_at ? dateTime(item.started_at) : date(item.ended_at), seconds >= 60 && ` · ${t("class.lasted", { time: clock(seconds) })}`)),
        mayEnter(view.me, view.course) && h("div.actions", h("a.button.ghost.small", { href: link(view, item), "aria-label": t("class.review_named", { title: item.title }) }, t("class.review"))));
}

const begin = (view, item, button) => busy(button, async () => {
    try {
        await post(`/api/v1/live_classes/${item.id}/start`, {});
        location.assign(link(view, item));
    } catch (error) {
        toastError(error, () => begin(view, item, button));
    }
});

async function end(view, item, button) {
    if (!await confirm({ title: t("class.end_title", { title: item.title }), text: t("class.end_text"), action: t("class.end"), danger: true })) return;
    await busy(button, async () => {
        try {
            await post(`/api/v1/live_classes/${item.id}/end`, {});
            toast(t("class.was_ended", { title: item.title }));
            await view.reload();
        } catch (error) {
            toastError(error, () => end(view, item, button));
        }
    });
}

function remove(view, item) {
    const next = document.querySelector(`[data-key="more-${item.id}"]`)?.closest("li").nextElementSibling?.querySelector("[aria-haspopup]")?.dataset.key ?? "new-class";
    hidden.add(item.id);
    view.draw();
    document.querySelector(`[data-key="${next}"]`)?.focus();
    undoable(t("class.was_deleted", { title: item.title }), {
        undo: () => { hidden.delete(item.id); view.draw(); },
        commit: async () => {
            try {
                await del(`/api/v1/live_classes/${item.id}`);
                await view.reload();
            } catch (error) {
                hidden.delete(item.id);
                view.draw();
                toastError(error);
            }
        },
    });
}

// `datetime-local` speaks local wall time without a zone.
const local = (instant) => {
    const moment = new Date(instant);
    return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

/** Asks for title and time of a new class. */
export const newClass = (view) => classDialog(view, null);

function classDialog(view, item) {
    const ids = { title: uid(), at: uid(), problem: uid() };
    const nextHour = Math.ceil((Date.now() + 60_000) / 3_600_000) * 3_600_000;
    const title = h("input.input", { id: ids.title, type: "text", maxlength: "200", required: true, autofocus: true, ".value": item?.title ?? "" });
    const at = h("input.input", { id: ids.at, type: "datetime-local", min: local(Date.now()), ".value": local(item?.scheduled_at ?? nextHour) });
    const message = h("div", { "aria-live": "assertive" });
    let mode = item ? "later" : "now";
    const when = h("div.field", h("label", { for: ids.at }, t("class.at")), at, h("p.hint", t("class.zone", { zone: Intl.DateTimeFormat().resolvedOptions().timeZone })));
    const submit = h("button.button.primary", { type: "submit", form: ids.problem });
    const modes = ["now", "later"].map((name) => h("button", { type: "button", "aria-pressed": "false", onclick: () => { mode = name; show(); } }, icon(name === "now" ? "play" : "calendar", { size: 15 }), t(`class.mode_${name}`)));
    const show = () => {
        for (const [at, name] of ["now", "later"].entries()) modes[at].setAttribute("aria-pressed", String(name === mode));
        when.hidden = mode === "now";
        submit.textContent = t(item ? "action.save" : mode === "now" ? "class.create_now" : "class.create_later");
    };
    show();
    const refuse = (field, text) => {
        field?.setAttribute("aria-invalid", "true");
        field?.focus();
        message.replaceChildren(h("p.notice.bad", icon("alert"), h("span", text)));
    };
    const send = () => busy(submit, async () => {
        for (const field of [title, at]) field.removeAttribute("aria-invalid");
        message.replaceChildren();
        if (title.value.trim() === "") return refuse(title, t("class.title_missing"));
        const later = mode === "later";
        if (later && Number.isNaN(Date.parse(at.value))) return refuse(at, t("class.at_missing"));
        const body = { title: title.value.trim(), ...(later ? { scheduled_at: new Date(at.value).toISOString().replace(/\.\d+Z$/, "Z") } : {}) };
        try {
            if (item) {
                await put(`/api/v1/live_classes/${item.id}`, body);
            } else {
                const made = await post(`/api/v1/courses/${view.id}/live_classes`, body);
                if (!later) {
                    await post(`/api/v1/live_classes/${made.id}/start`, {});
                    location.assign(link(view, made));
                    return;
                }
                toast(t("class.was_scheduled", { when: dateTime(made.scheduled_at) }));
            }
            dialog.close(true);
            await view.reload();
        } catch (error) {
            refuse(error.field === "title" ? title : error.field === "scheduled_at" ? at : null, explain(error));
        }
    });
    const dialog = openDialog({
        title: t(item ? "class.edit" : "class.new"),
        body: h("form.form", { id: ids.problem, novalidate: true, onsubmit: (event) => { event.preventDefault(); send(); } },
            message,
            h("div.field", h("label", { for: ids.title }, t("class.title")), title),
            !item && h("div.field", h("span.label", t("class.when")), h("div.segments", { role: "group", "aria-label": t("class.when") }, modes)),
            when),
        foot: [h("button.button", { type: "button", onclick: () => dialog.close(false) }, t("action.cancel")), submit],
    });
}
