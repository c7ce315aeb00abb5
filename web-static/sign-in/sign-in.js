// Sign-in: login and password, then the institution when the person belongs to several.

import { ApiError, get, post } from "../base/api.js";
import { fill, h, roving, uid } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { add, clock, has, t } from "../base/i18n.js";
import { adopt } from "../base/session.js";
import { busy } from "../base/shell.js";
import { explain } from "../base/toast.js";
import { page, passwordInput } from "./frame.js";
import english from "./lang/en.js";

const LAST = "cohort.login";
const HINT = "cohort.signed-in";
const INSTITUTION = "cohort.institution";

/** The page to go back to: only a path of ours. */
function returnPath() {
    const wished = new URLSearchParams(location.search).get("return") ?? "/";
    try {
        const url = new URL(wished, location.origin);
        return url.origin === location.origin && wished.startsWith("/") && url.pathname !== "/sign-in" ? url.pathname + url.search + url.hash : "/";
    } catch {
        return "/";
    }
}

const remember = (name, value) => {
    try {
        if (value === undefined) return localStorage.getItem(name) ?? "";
        localStorage.setItem(name, value);
    } catch {
        // Without storage nothing is remembered.
    }
    return "";
};

function enter(session) {
    adopt(session);
    location.assign(returnPath());
}

/** Words for a refused sign-in. */
function words(error) {
    if (error.code === "invalid_credentials") return t("signIn.wrong");
    return error instanceof ApiError && error.status > 0 && error.status < 500 && error.status !== 429 ? error.message : explain(error);
}

let offer = null;

function passwordForm() {
    const message = h("div.sign-in-message", { "aria-live": "assertive" });
    const ids = { login: uid("login"), password: uid("password"), problem: uid("problem") };
    const login = h("input.input", { id: ids.login, name: "login", type: "text", autocomplete: "username", autocapitalize: "none", autocorrect: "off", spellcheck: "false", required: true, ".value": remember(LAST) });
    const { password, toggle } = passwordInput({ id: ids.password, autocomplete: "current-password" });
    const submit = h("button.button.primary.block", { type: "submit" }, t("signIn.submit"));
    const mark = (field, text) => {
        for (const input of [login, password]) {
            const wrong = input === field || field === "both";
            input.setAttribute("aria-invalid", String(wrong));
            if (wrong) input.setAttribute("aria-describedby", ids.problem);
            else input.removeAttribute("aria-describedby");
        }
        fill(message, text && h("p.notice.bad", { id: ids.problem }, icon("alert"), h("span", text)));
    };
    let waiting = 0;
    const wait = (seconds) => {
        const until = Date.now() + seconds * 1000;
        const left = h("span.num", { "aria-hidden": "true" });
        fill(message, h("p.notice.warn", { id: ids.problem }, icon("clock"),
            h("span", t("signIn.throttled"), " ", h("span.visually-hidden", t("signIn.throttled_for", { n: seconds })), left)));
        submit.disabled = true;
        const draw = () => {
            const rest = Math.ceil((until - Date.now()) / 1000);
            left.textContent = t("signIn.countdown", { time: clock(rest) });
            if (rest > 0) return;
            clearInterval(waiting);
            submit.disabled = false;
            fill(message);
            password.focus();
        };
        clearInterval(waiting);
        waiting = setInterval(draw, 500);
        draw();
    };
    const send = () => busy(submit, async () => {
        if (submit.disabled) return;
        if (login.value.trim() === "") {
            mark(login, t("signIn.login_missing"));
            login.focus();
            return;
        }
        if (password.value === "") {
            mark(password, t("signIn.password_missing"));
            password.focus();
            return;
        }
        mark(null, null);
        try {
            remember(LAST, login.value.trim());
            const answer = await post("/api/v1/session", { login: login.value.trim(), password: password.value }, { anonymous: true });
            if (answer.choices) institutions(answer);
            else enter(answer);
        } catch (error) {
            if (error.status === 429) return wait(error.retryAfter ?? 30);
            mark(error.code === "invalid_credentials" ? "both" : null, words(error));
            password.select();
            password.focus();
        }
    });
    page(t("signIn.title"), null,
        h("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); send(); } },
            message,
            h("div.field", h("label", { for: ids.login }, t("signIn.login")), login),
            h("div.field", h("label", { for: ids.password }, t("signIn.password")), h("div.input-group", password, toggle)),
            submit),
        provider(),
        h("a.button.ghost", { href: "/password" }, t("signIn.forgot")));
    const said = problem();
    if (said) fill(message, h("p.notice.bad", { id: ids.problem }, icon("alert"), h("span", said)));
    (login.value ? password : login).focus();
}

/**
 * The way in by the institution's own provider, as soon as the server has said that there is one: that of this host's name, of the
 * address's `institution`, or of the one that this browser was in last. Without an answer the password is all there is.
 */
function provider() {
    const place = h("div.sign-in-provider", { hidden: true });
    const wished = new URLSearchParams(location.search).get("institution") || remember(INSTITUTION);
    offer ??= get("/api/v1/sign_in", { anonymous: true, retries: 0, query: { institution: /^\d{1,18}$/.test(wished) ? wished : null } }).catch(() => null);
    offer.then((found) => {
        if (!found?.login_path) return;
        place.hidden = false;
        fill(place, h("p.small.faint.sign-in-or", h("span", t("signIn.or"))),
            h("a.button.block", { href: `${found.login_path}?return=${encodeURIComponent(returnPath())}` }, icon("building"), h("span.truncate", t("signIn.with", { name: found.institution.name }))));
    });
    return place;
}

/** What another provider's sign-in ended with: it leads back here with a code. */
function problem() {
    const code = new URLSearchParams(location.search).get("problem");
    if (!code) return null;
    return has(`signIn.problem.${code}`) ? t(`signIn.problem.${code}`) : t("signIn.problem.other");
}

function institutions({ choices, ticket }) {
    const message = h("div.sign-in-message", { "aria-live": "assertive" });
    const pick = (choice, button) => busy(button, async () => {
        fill(message);
        try {
            enter(await post("/api/v1/session", { ticket, institution: choice.institution.id }, { anonymous: true }));
        } catch (error) {
            if (error.status === 401) {
                passwordForm();
                return;
            }
            fill(message, h("p.notice.bad", icon("alert"), h("span", words(error))));
        }
    });
    const list = h("div.choices", { role: "group", "aria-label": t("signIn.choose") }, choices.map((choice) => {
        const button = h("button.button.choice", { type: "button", onclick: () => pick(choice, button) },
            icon("building", { size: 22 }),
            h("span", h("span.strong", choice.institution.name), h("span.small.muted", choice.roles.map((role) => t(`role.${role}`)).join(", "))),
            icon("chevron-right"));
        return button;
    }));
    page(t("signIn.choose"), t("signIn.choose_text"), message, list,
        h("button.button.ghost", { type: "button", onclick: passwordForm }, t("signIn.other")));
    roving(list, () => [...list.children]);
    list.firstElementChild?.focus();
}

await add({ en: english, de: () => import("./lang/de.js") });
document.title = `${t("signIn.title")} · Cohort`;
passwordForm();

// Whoever is signed in already goes on; without the hint nobody asks, as most who come here are not.
if (remember(HINT) === "1") {
    get("/api/v1/session", { anonymous: true, retries: 0 }).then(enter, () => remember(HINT, ""));
}
