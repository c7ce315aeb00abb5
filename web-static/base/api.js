// The REST surface: JSON in and out, CSRF, errors as `ApiError`, sign-in when the session is gone.
import { csrfToken, refresh, signInPath } from "./session.js";

/** What a request ended with, when not well. `status` 0: the server was not reached. */
export class ApiError extends Error {
    constructor({ status, code, message, field = null, errors = [], retryAfter = null, report = null }) {
        super(message);
        this.name = "ApiError";
        this.status = status;
        this.code = code;
        this.field = field;
        this.errors = errors;
        /** Seconds to wait, where the server said so. */
        this.retryAfter = retryAfter;
        /** The server's request id, for whoever looks into it. */
        this.report = report;
    }

    /** Not reached: no network, or no server. */
    get offline() {
        return this.status === 0;
    }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const SAFE = new Set(["GET", "HEAD"]);
const PASSING = new Set([502, 503, 504]);

async function once(method, url, { body, raw, key, signal, headers: extra }) {
    const headers = { Accept: "application/json", ...extra };
    const init = { method, headers, signal, credentials: "same-origin", cache: "no-store" };
    if (body !== undefined) {
        headers["Content-Type"] = "application/json";
        init.body = JSON.stringify(body);
    } else if (raw !== undefined) {
        init.body = raw;
    }
    const csrf = csrfToken();
    if (!SAFE.has(method) && csrf) headers["X-CSRF-Token"] = csrf;
    if (key) headers["Idempotency-Key"] = key;
    let response;
    try {
        response = await fetch(url, init);
    } catch (error) {
        if (error.name === "AbortError") throw error;
        throw new ApiError({ status: 0, code: "unreachable", message: "unreachable" });
    }
    const text = response.status === 204 ? "" : await response.text().catch(() => "");
    let value = null;
    try {
        value = text ? JSON.parse(text) : null;
    } catch {
        value = null;
    }
    if (response.ok) return { value, response };
    const errors = Array.isArray(value?.errors) ? value.errors : [];
    throw new ApiError({
        status: response.status,
        code: value?.code ?? `http_${response.status}`,
        message: errors[0]?.message ?? `HTTP ${response.status}`,
        field: errors[0]?.field ?? null,
        errors,
        retryAfter: Number(response.headers.get("Retry-After")) || null,
        report: value?.error_report_id ?? null,
    });
}

/**
 * One request. `path` begins with "/api/v1/…".
 *
 * Options: `query` (an object; lists become `name[]`), `body` (sent as JSON), `raw` (sent as it is: a file; its type
 * stands in `headers`), `key` (Idempotency-Key),
 * `signal`, `anonymous` (a 401 is thrown instead of leading to sign-in), `retries` (default 2 for requests
 * that are safe or carry a key, else 0). Returns the parsed body, `null` for none. Throws `ApiError`.
 */
export async function request(method, path, options = {}) {
    return (await exchange(method, path, options)).value;
}

async function exchange(method, path, options) {
    const url = new URL(path, location.origin);
    for (const [name, value] of Object.entries(options.query ?? {})) {
        if (Array.isArray(value)) for (const item of value) url.searchParams.append(`${name}[]`, item);
        else if (value !== null && value !== undefined) url.searchParams.set(name, value);
    }
    const repeatable = SAFE.has(method) || Boolean(options.key);
    let left = options.retries ?? (repeatable ? 2 : 0);
    let renewed = false;
    for (let attempt = 0; ; attempt += 1) {
        try {
            return await once(method, url, options);
        } catch (error) {
            if (!(error instanceof ApiError)) throw error;
            if (error.status === 401 && !options.anonymous) {
                location.assign(signInPath());
                await new Promise(() => {});
            }
            if (error.status === 403 && error.code.startsWith("csrf") && csrfToken() && !renewed) {
                renewed = true;
                await refresh();
                continue;
            }
            const passing = error.status === 0 || PASSING.has(error.status) || (error.status === 429 && SAFE.has(method));
            if (!repeatable || !passing || left <= 0 || (error.retryAfter ?? 0) > 5) throw error;
            left -= 1;
            await pause(error.retryAfter ? error.retryAfter * 1000 : 250 * 2 ** attempt * (0.5 + Math.random()));
        }
    }
}

/** Reads one resource. */
export const get = (path, options) => request("GET", path, options);
/** Creates, or acts. */
export const post = (path, body, options) => request("POST", path, { body, ...options });
/** Changes. */
export const put = (path, body, options) => request("PUT", path, { body, ...options });
/** Removes. */
export const del = (path, options) => request("DELETE", path, options);

/** Reads one page of a list: `{ items, next }`. `next` is the path of the page after it, or null at the end. */
export async function getPage(path, { query = {}, ...options } = {}) {
    const { value, response } = await exchange("GET", path, { ...options, query });
    const link = /<([^>]+)>\s*;\s*rel="next"/.exec(response.headers.get("Link") ?? "");
    const next = link && new URL(link[1], location.origin);
    return { items: value ?? [], next: next && next.pathname + next.search };
}

/** Reads a whole list, page after page (`Link: rel="next"`), at most `limit` pages. */
export async function getAll(path, { query = {}, limit = 100, ...options } = {}) {
    const items = [];
    let next = path;
    for (let page = 0; next && page < limit; page += 1) {
        const read = await getPage(next, { ...options, query: page === 0 ? { per_page: 100, ...query } : {} });
        items.push(...read.items);
        next = read.next;
    }
    return items;
}
