// A forgotten password: asking for a letter, and setting a new one by way of the letter's link (/password/TOKEN).

import { ApiError, post, put } from "../base/api.js";
import { fill, h, uid } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { add, t } from "../base/i18n.js";
import { busy } from "../base/shell.js";
import { explain } from "../base/toast.js";
import { page, passwordInput } from "../sign-in/frame.js";
import english from "./lang/en.js";

const SHORTEST = 10;
const back = () => h("a.button.ghost", { href: "/sign-in" }, t("password.back"));
const bad = (id, text) => h("p.notice.bad", { id }, icon("alert"), h("span", text));

/** Words for a refusal. */
const words = (error) => (error instanceof ApiError && error.status === 400 ? t("password.bad") : error.code === "no_mail" ? t("password.no_mail") : explain(error));

function ask() {
    const ids = { login: uid("login"), problem: uid("problem") };
    const message = h("div.sign-in-message", { "aria-live": "assertive" });
    const login = h("input.input", { id: ids.login, name: "login", type: "text", autocomplete: "username", autocapitalize: "none", autocorrect: "off", spellcheck: "false", required: true });
    const submit = h("button.button.primary.block", { type: "submit" }, t("password.send"));
    const refuse = (text) => {
        login.setAttribute("aria-invalid", "true");
        login.setAttribute("aria-describedby", ids.problem);
        fill(message, bad(ids.problem, text));
        login.focus();
    };
    const send = () => busy(submit, async () => {
        const name = login.value.trim();
        if (name === "") return refuse(t("password.login_missing"));
        try {
            await post("/api/v1/password_resets", { login: name }, { anonymous: true });
            sent();
        } catch (error) {
            refuse(error.status === 400 ? t("password.login_missing") : words(error));
        }
        return undefined;
    });
    page(t("password.forgot"), t("password.forgot_text"),
        h("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); send(); } },
            message, h("div.field", h("label", { for: ids.login }, t("password.login")), login), submit),
        back());
    login.focus();
}

function sent() {
    page(t("password.sent"), null, h("p", { role: "status", tabindex: "-1" }, t("password.sent_text")), back());
    document.querySelector("[role=status]").focus();
}

function choose(token) {
    const ids = { password: uid("password"), hint: uid("hint"), problem: uid("problem") };
    const message = h("div.sign-in-message", { "aria-live": "assertive" });
    const { password, toggle } = passwordInput({ id: ids.password, autocomplete: "new-password" });
    password.setAttribute("aria-describedby", ids.hint);
    password.setAttribute("minlength", String(SHORTEST));
    const submit = h("button.button.primary.block", { type: "submit" }, t("password.set"));
    const refuse = (text) => {
        password.setAttribute("aria-invalid", "true");
        password.setAttribute("aria-describedby", `${ids.hint} ${ids.problem}`);
        fill(message, bad(ids.problem, text));
        password.focus();
    };
    const send = () => busy(submit, async () => {
        if ([...password.value].length < SHORTEST) return refuse(t("password.bad"));
        try {
            await put(`/api/v1/password_resets/${encodeURIComponent(token)}`, { password: password.value }, { anonymous: true });
            done();
        } catch (error) {
            if (error.code === "reset_expired") expired();
            else refuse(words(error));
        }
        return undefined;
    });
    page(t("password.choose"), t("password.choose_text"),
        h("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); send(); } },
            message,
            h("div.field", h("label", { for: ids.password }, t("password.new")), h("div.input-group", password, toggle),
                h("p.small.muted", { id: ids.hint }, t("password.rule"))),
            submit),
        back());
    password.focus();
}

function done() {
    page(t("password.done"), null,
        h("p", { role: "status" }, t("password.done_text")), h("a.button.primary.block", { href: "/sign-in" }, t("password.sign_in")));
    document.querySelector(".sign-in-card a").focus();
}

function expired() {
    page(t("password.expired"), null,
        h("p", { role: "status" }, t("password.expired_text")), h("a.button.primary.block", { href: "/password" }, t("password.again")), back());
    document.querySelector(".sign-in-card a").focus();
}

await add({ en: english, de: () => import("./lang/de.js") });
document.title = `${t("password.forgot")} · Cohort`;
const token = location.pathname.split("/")[2] ?? "";
if (token) choose(token);
else ask();
