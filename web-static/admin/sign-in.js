// Sign-in by the institution's own provider (OpenID Connect): who it is, who we are there, and how to try it.

import { del, get, put } from "../base/api.js";
import { copyField } from "../base/copy.js";
import { fill, h } from "../base/dom.js";
import { makeForm } from "../base/form.js";
import { icon } from "../base/icons.js";
import { dateTime, t } from "../base/i18n.js";
import { problem } from "../base/shell.js";
import { toast, toastError } from "../base/toast.js";

const PATH = "/api/v1/oidc_provider";

/** The tab. */
export function open() {
    const element = h("div.stack.admin-narrow", h("div.skeleton.card.admin-wait"));

    async function load() {
        try {
            draw(await get(PATH));
        } catch (error) {
            if (error.status === 404) draw(null);
            else fill(element, h("div.card", problem(error, load)));
        }
    }

    function draw(provider) {
        const form = makeForm({
            label: t("admin.tab_sign_in"), submit: t("action.save"),
            extra: provider && h("button.button.danger", { type: "button", onclick: remove }, t("oidc.remove")),
            fields: [
                { name: "issuer", label: t("oidc.issuer"), type: "url", value: provider?.issuer ?? "", required: true, placeholder: "https://login.school.example", hint: t("oidc.issuer_hint") },
                { name: "client_id", label: t("oidc.client_id"), value: provider?.client_id ?? "", required: true },
                { name: "client_secret", label: t("oidc.client_secret"), type: "password", autocomplete: "new-password", optional: true, hint: t(provider?.has_client_secret ? "oidc.secret_kept" : "oidc.secret_hint") },
                { name: "scopes", label: t("oidc.scopes"), value: (provider?.scopes ?? ["openid", "email", "profile"]).join(" "), required: true },
                { name: "login_claim", label: t("oidc.claim"), value: provider?.login_claim ?? "email", required: true, hint: t("oidc.claim_hint") },
                { name: "creates_users", label: t("oidc.creates"), kind: "check", value: provider?.creates_users, hint: t("oidc.creates_hint") },
                { name: "enabled", label: t("oidc.enabled"), kind: "check", value: provider?.enabled ?? true, hint: t("oidc.enabled_hint") },
            ],
            run: async ({ client_secret, scopes, ...values }) => {
                // A secret that is not sent stays what it is.
                const saved = await put(PATH, { ...values, scopes: scopes.split(/\s+/), ...(client_secret && { client_secret }) });
                toast(t("oidc.saved"));
                draw(saved);
            },
        });
        fill(element,
            provider === null && h("p.notice", icon("info"), h("span", t("oidc.none"))),
            provider !== null && h("div.card.pad.row.spread.wrap", h("div", h("p", h("span.badge", { class: provider.enabled ? "good" : "warn" }, t(provider.enabled ? "oidc.on" : "oidc.off"))),
                h("p.small.muted.admin-text", t("oidc.updated", { time: dateTime(provider.updated_at) }))),
            h("a.button", { href: provider.login_path, target: "_blank", rel: "noopener" }, icon("external"), t("oidc.try"))),
            h("section.card.pad.stack", { "aria-labelledby": "oidc-there" }, h("h3", { id: "oidc-there" }, t("oidc.there")), h("p.small.muted", t("oidc.there_text")),
                copyField(`${location.origin}/login/oidc/callback`, t("oidc.redirect"))),
            h("section.card.pad", { "aria-label": t("admin.tab_sign_in") }, form.element),
            h("section.card.pad.stack.tight", { "aria-labelledby": "oidc-hints" }, h("h3", { id: "oidc-hints" }, t("oidc.hints")), h("ul.hint-list", ["one", "two", "three"].map((one) => h("li.small.muted", t(`oidc.hint_${one}`))))));
    }

    async function remove() {
        const { confirm } = await import("../base/dialog.js");
        if (!await confirm({ title: t("oidc.remove_title"), text: t("oidc.remove_text"), action: t("oidc.remove"), danger: true })) return;
        try {
            await del(PATH);
            toast(t("oidc.removed"));
            draw(null);
        } catch (error) {
            toastError(error, remove);
        }
    }

    load();
    return { element };
}
