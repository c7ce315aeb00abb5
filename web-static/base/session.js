// Who is signed in: read once per page, with the roles that decide what is offered.

import { applyAccent } from "./theme.js";

// Not all pages call the server by requests: those that do bring it, the others load it when they have to.
const api = () => import("./api.js");

let pending = null;
let csrf = null;

/** The token that changes bear, or null before there is a session. */
export const csrfToken = () => csrf;

/** Where to sign in and come back from. */
export const signInPath = () => {
    const here = location.pathname + location.search + location.hash;
    return here === "/" ? "/sign-in" : `/sign-in?return=${encodeURIComponent(here)}`;
};

// Lets the sign-in page know whether asking for a session is worth a request, and whose provider to offer.
const hint = (value, institution) => {
    try {
        localStorage.setItem("cohort.signed-in", value);
        if (institution) localStorage.setItem("cohort.institution", String(institution.id));
    } catch {
        // Only a hint.
    }
};

// What the page's `preload` link asked for while the modules were on their way: a request without options is that one.
// Null when it did not come well; then it is asked again, with all that belongs to it.
async function preloaded() {
    try {
        const response = await fetch("/api/v1/session");
        return response.ok ? await response.json() : null;
    } catch {
        return null;
    }
}

async function load() {
    const session = (await preloaded()) ?? (await (await api()).get("/api/v1/session", { anonymous: true }));
    adopt(session);
    return session;
}

/** Takes over a session that a sign-in or a switch answered with. */
export function adopt(session) {
    csrf = session.csrf_token;
    applyAccent(session.institution?.accent);
    hint("1", session.institution);
    pending = Promise.resolve(session);
}

/** Reads the session again, e.g. when its CSRF token is no longer taken. */
export function refresh() {
    pending = null;
    return session();
}

/**
 * The session: `{ user: {id, name, login}, institution: {id, name, accent}, roles, institutions, csrf_token }`.
 * Leads to sign-in when there is none; other failures are thrown as `ApiError`.
 */
export function session() {
    pending ??= load().catch((error) => {
        pending = null;
        if (error.status === 401) {
            hint("");
            location.assign(signInPath());
            return new Promise(() => {});
        }
        throw error;
    });
    return pending;
}

/** Goes to another institution of the same person. */
export async function switchTo(institution) {
    const { put } = await api();
    adopt(await put("/api/v1/session", { institution }));
    location.assign("/");
}

/** Ends the session. */
export async function signOut() {
    const { del } = await api();
    await del("/api/v1/session", { anonymous: true }).catch((error) => {
        if (error.status !== 401) throw error;
    });
    hint("");
    location.assign("/sign-in");
}

/** Whether this person may enter the course's classes; those who only observe may not. */
export const mayEnter = (session, course) =>
    session.roles.includes("admin") || (course?.enrollments ?? []).some((enrollment) => enrollment.type !== "observer");

const STAFF = new Set(["teacher", "ta", "designer"]);

/** Whether this person runs the course: an administrator, or enrolled as one who teaches. */
export const isStaff = (session, course) =>
    session.roles.includes("admin") || (course?.enrollments ?? []).some((enrollment) => STAFF.has(enrollment.type));
