// Who is signed in: read once per page, with the roles that decide what is offered.

import { ApiError, get, put, del, setCsrf, signInPath } from "./api.js";
import { applyAccent } from "./theme.js";

let pending = null;

// Lets the sign-in page know whether asking for a session is worth a request.
const hint = (value) => {
    try {
        localStorage.setItem("cohort.signed-in", value);
    } catch {
        // Only a hint.
    }
};

async function load() {
    const session = await get("/api/v1/session", { anonymous: true });
    adopt(session);
    return session;
}

/** Takes over a session that a sign-in or a switch answered with. */
export function adopt(session) {
    setCsrf(session.csrf_token, refresh);
    applyAccent(session.institution?.accent);
    hint("1");
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
        if (error instanceof ApiError && error.status === 401) {
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
    adopt(await put("/api/v1/session", { institution }));
    location.assign("/");
}

/** Ends the session. */
export async function signOut() {
    await del("/api/v1/session", { anonymous: true }).catch((error) => {
        if (!(error instanceof ApiError) || error.status !== 401) throw error;
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
