// Sends one file in the three steps of the API, telling how far it is.

import { get, post } from "../base/api.js";

/** On this server, whatever the address was called: the page may be reached by another name than the server's own. */
const here = (address) => {
    const url = new URL(address, location.origin);
    return url.pathname + url.search;
};

/**
 * Uploads `file` into a folder. `onprogress(bytes)` is called on the way, `signal` breaks it off. Throws an `ApiError` of the
 * first or last step, or `{ status }` of the second (0: the network).
 */
export async function upload(folder, file, { onprogress, signal, onDuplicate = "rename" }) {
    const ticket = await post(`/api/v1/folders/${folder}/files`, {
        name: file.name, size: file.size, content_type: file.type || "application/octet-stream", on_duplicate: onDuplicate,
    }, { signal });
    const form = new FormData();
    for (const [name, value] of Object.entries(ticket.upload_params)) form.append(name, value);
    form.append(ticket.file_param ?? "file", file);
    const next = await new Promise((done, fail) => {
        const request = new XMLHttpRequest();
        request.open("POST", here(ticket.upload_url));
        request.upload.onprogress = (event) => onprogress(Math.min(file.size, event.loaded));
        request.onload = () => {
            if (request.status >= 200 && request.status < 300) return done(request.getResponseHeader("Location"));
            let told = null;
            try {
                told = JSON.parse(request.responseText);
            } catch {
                // What is no JSON is not ours.
            }
            fail(Object.assign(new Error("not taken"), { status: request.status, code: told?.code ?? null, message: told?.errors?.[0]?.message ?? `HTTP ${request.status}` }));
        };
        request.onerror = () => fail(Object.assign(new Error("unreachable"), { status: 0, offline: true }));
        request.onabort = () => fail(new DOMException("broken off", "AbortError"));
        signal?.addEventListener("abort", () => request.abort(), { once: true });
        request.send(form);
    });
    return next ? get(here(next)) : null;
}
