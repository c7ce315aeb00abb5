// An app asks to be let in (/login/oauth2/confirm): who asks, for what, of which institution; yes or no.

import { del, get, post, put } from "../base/api.js";
import { copyField } from "../base/copy.js";
import { fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { add, has, t } from "../base/i18n.js";
import { adopt } from "../base/session.js";
import { busy } from "../base/shell.js";
import { explain } from "../base/toast.js";
import { page } from "../sign-in/frame.js";
import { asked, request, without } from "./asked.js";
import english from "./lang/en.js";

const KEPT = "cohort.authorize";
const HERE = "/login/oauth2/confirm";

/** What this tab keeps of a request while its user signs in; without storage the app has to ask again. */
function keep(value) {
    try {
        if (value === undefined) return sessionStorage.getItem(KEPT);
        if (value === null) sessionStorage.removeItem(KEPT);
        else sessionStorage.setItem(KEPT, value);
    } catch {
        // The page says that there is no request.
    }
    return null;
}

const bad = (text) => h("p.notice.bad", icon("alert"), h("span", text));
const home = () => h("a.button.ghost", { href: "/" }, t("consent.home"));

/** A page that says why nothing can be done. */
function refuse(code) {
    keep(null);
    const text = has(`consent.problem.${code}`) ? t(`consent.problem.${code}`) : t("consent.problem.other");
    page(t("consent.refused"), null, h("p", { role: "alert" }, text), h("p.small.muted", t("consent.refused_text")), home());
}

function leave(location) {
    keep(null);
    globalThis.location.assign(location);
}

/** An app without an address takes the code from here. */
function showCode(code) {
    page(t("consent.code"), t("consent.code_text"), copyField(code, t("consent.code")), home());
}

function signIn(query, institution) {
    keep(without(query, "force_login"));
    const login = new URLSearchParams(query).get("unique_id");
    try {
        if (login) localStorage.setItem("cohort.login", login.slice(0, 255));
    } catch {
        // It is typed, then.
    }
    location.replace(`/sign-in?return=${encodeURIComponent(HERE)}&institution=${institution.id}`);
}

async function signOut() {
    try {
        await del("/api/v1/session");
    } catch (error) {
        if (error.status !== 401) throw error;
    }
}

/** What the app would be able to do. */
function abilities(scopes) {
    const found = asked(scopes);
    const line = (sign, text) => h("li", icon(sign), h("span", text));
    if (found === null) return h("ul.consent-list", { role: "list" }, line("key", t("consent.everything")));
    if (scopes.length === 0) return h("ul.consent-list", { role: "list" }, line("user", t("consent.identity")));
    return [
        h("ul.consent-list", { role: "list" },
            line("user", t("consent.identity")),
            found.reads.length > 0 && line("eye", t("consent.reads", { list: found.reads.join(", ") })),
            found.changes.length > 0 && line("edit", t("consent.changes", { list: found.changes.join(", ") }))),
        h("details.small", h("summary", t("consent.exactly")), h("ul.consent-scopes", scopes.map((scope) => h("li", h("code", scope.replace(/^url:/, "").replace("|", " ")))))),
    ];
}

/** Asks. */
function consent(query, { app, institution }, session) {
    const message = h("div.sign-in-message", { "aria-live": "assertive" });
    const answer = (allow, button) => busy(button, async () => {
        fill(message);
        try {
            leave((await post("/login/oauth2/accept", { query, allow }, { anonymous: true })).location);
            // A program on this device takes over, and the page stays.
            fill(message, h("p.notice", icon("check"), h("span", t("consent.done"))));
        } catch (error) {
            if (error.status === 401) signIn(query, institution);
            else if (has(`consent.problem.${error.code}`)) refuse(error.code);
            else fill(message, bad(explain(error)));
        }
    });
    const allow = h("button.button.primary", { type: "button", onclick: () => answer(true, allow) }, t("consent.allow"));
    const deny = h("button.button", { type: "button", onclick: () => answer(false, deny) }, t("consent.deny"));
    const other = h("button.button.ghost.small", { type: "button", onclick: () => busy(other, async () => {
        try {
            await signOut();
            signIn(query, institution);
        } catch (error) {
            fill(message, bad(explain(error)));
        }
    }) }, t("consent.other"));
    page(t("consent.title", { app: app.name }), t("consent.text", { app: app.name, institution: institution.name }),
        message,
        h("div.consent-app", icon("external", { size: 22 }), h("div", h("p.strong", app.name), app.purpose && h("p.small", app.purpose), h("p.small.muted", t("consent.place", { place: app.place })))),
        h("section.stack.tight", { "aria-labelledby": "consent-may" }, h("h2.small.strong", { id: "consent-may" }, t("consent.may")), abilities(app.scopes)),
        h("p.small.muted", t("consent.revoke")),
        h("div.consent-answer", { role: "group", "aria-label": t("consent.answer") }, deny, allow),
        h("div.consent-who", h("p.small.muted", t("consent.who", { name: session.user.name, login: session.user.login })), other));
    // Nobody says yes by a key that was meant for another page.
    const title = document.querySelector("h1");
    title.tabIndex = -1;
    title.focus();
}

/** The app is of an institution that the user is not signed in to. */
function elsewhere(query, { app, institution }, session) {
    const message = h("div.sign-in-message", { "aria-live": "assertive" });
    const change = h("button.button.primary.block", { type: "button", onclick: () => busy(change, async () => {
        fill(message);
        try {
            adopt(await put("/api/v1/session", { institution: institution.id }, { anonymous: true }));
            await start(query);
        } catch (error) {
            fill(message, bad(error.status === 401 || error.status >= 500 || error.status === 0 ? explain(error) : t("consent.no_way", { institution: institution.name })));
        }
    }) }, t("consent.change", { institution: institution.name }));
    const other = h("button.button.block", { type: "button", onclick: () => busy(other, async () => {
        fill(message);
        try {
            await signOut();
            signIn(query, institution);
        } catch (error) {
            fill(message, bad(explain(error)));
        }
    }) }, t("consent.other"));
    const known = session.institutions?.some((one) => one.id === institution.id);
    page(t("consent.elsewhere"), t("consent.elsewhere_text", { app: app.name, institution: institution.name, other: session.institution.name }),
        message, known && change, other, home());
}

async function start(query) {
    if (query === "") {
        refuse("none");
        return;
    }
    try {
        const found = await get(`/login/oauth2/request?${query}`, { anonymous: true });
        if (found.problem) refuse(found.problem);
        else if (found.location) leave(found.location);
        else if (found.standing === "signed_out") signIn(query, found.institution);
        else {
            const session = await get("/api/v1/session", { anonymous: true });
            adopt(session);
            if (new URLSearchParams(query).get("force_login") === "1") {
                await signOut();
                signIn(query, found.institution);
            } else if (found.standing === "elsewhere") {
                elsewhere(query, found, session);
            } else {
                consent(query, found, session);
            }
        }
    } catch (error) {
        const again = h("button.button.block", { type: "button", onclick: () => busy(again, () => start(query)) }, t("action.retry"));
        page(t("consent.refused"), null, bad(explain(error)), again);
    }
}

await add({ en: english, de: () => import("./lang/de.js") });
document.title = `${t("consent.page")} · Cohort`;
const params = new URLSearchParams(location.search);
const shown = new URLSearchParams(location.hash.slice(1));
if (shown.has("code")) showCode(shown.get("code"));
else if (shown.has("error")) refuse("denied");
else if (params.has("problem")) refuse(params.get("problem"));
else await start(request(location.search, keep()).query);
