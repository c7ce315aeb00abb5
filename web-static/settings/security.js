// Password by way of a letter, and the devices that are signed in.

import { del, getAll, post } from "../base/api.js";
import { fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { dateTime, relative, t } from "../base/i18n.js";
import { busy, problem, state } from "../base/shell.js";
import { explain, toast, toastError } from "../base/toast.js";

/** Changing the password: a letter with a link, as for one that was forgotten. */
export function passwordSection(me) {
    const message = h("div", { "aria-live": "polite" });
    const button = h("button.button", { type: "button", onclick: () => busy(button, async () => {
        fill(message);
        try {
            await post("/api/v1/password_resets", { login: me.user.login });
            fill(message, h("p.notice.good", icon("check"), h("span", t("security.letter_sent"))));
        } catch (error) {
            fill(message, h("p.notice.bad", icon("alert"), h("span", error.code === "no_mail" ? t("security.no_mail") : explain(error))));
        }
    }) }, t("security.letter"));
    return h("div.settings-body.stack", h("div.row.spread.wrap", h("div.grow", h("p", t("security.login"), " ", h("span.strong", me.user.login)),
        h("p.small.muted", t("security.password_text"))), button), message);
}

/** The sessions of this institution; this one is marked. */
export function sessionSection() {
    const list = h("ul.settings-list", { role: "list" });
    const body = h("div.settings-body", { "aria-busy": "true" }, h("div.skeleton.line.w60"), h("div.skeleton.line.w40"));
    let sessions = [];

    async function load() {
        try {
            sessions = await getAll("/api/v1/users/self/sessions");
            draw();
        } catch (error) {
            fill(body, problem(error, load));
        }
        body.removeAttribute("aria-busy");
    }

    function draw() {
        const others = sessions.filter((session) => !session.current);
        fill(list, [...sessions].sort((a, b) => Number(b.current) - Number(a.current)).map(line));
        fill(body, sessions.length === 0 ? state({ sign: "monitor", title: t("security.no_sessions") }) : list,
            others.length > 0 && h("div.form-foot", h("button.button.danger", { type: "button", onclick: () => endOthers(others.length) }, t("security.end_others"))));
    }

    function line(session) {
        const name = session.browser ?? t("security.unknown_browser");
        const end = h("button.button.small", { type: "button", "aria-label": t("security.end_of", { name }), onclick: () => busy(end, async () => {
            try {
                await del(`/api/v1/users/self/sessions/${session.id}`);
                toast(t("security.ended", { n: 1 }));
                await load();
                list.querySelector("button")?.focus();
            } catch (error) {
                toastError(error);
            }
        }) }, t("security.end"));
        return h("li.settings-line", icon("monitor"),
            h("div.grow", h("p", name, session.current && h("span.badge.good.settings-mark", t("security.this"))),
                h("p.small.muted", [session.remote_address, t("security.seen", { when: relative(session.last_seen_at) }), session.method === "oidc" && t("security.by_oidc")].filter(Boolean).join(" · ")),
                h("p.tiny.faint", t("security.since", { time: dateTime(session.created_at) }))),
            !session.current && end);
    }

    async function endOthers(count) {
        const { confirm } = await import("../base/dialog.js");
        if (!await confirm({ title: t("security.end_others_title", { n: count }), text: t("security.end_others_text"), action: t("security.end_others"), danger: true })) return;
        try {
            await del("/api/v1/users/self/sessions");
            toast(t("security.ended", { n: count }));
        } catch (error) {
            toastError(error);
        }
        await load();
    }

    load();
    return body;
}
