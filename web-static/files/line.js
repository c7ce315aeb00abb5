// The line of uploads above a folder: progress, another try, breaking off.

import { fill, h, keepFocus } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { bytes, percent, t } from "../base/i18n.js";
import { explain, toast } from "../base/toast.js";
import { upload } from "./upload.js";
import * as uploads from "./uploads.js";

/**
 * Keeps the line: `{ take(files, folder), view() }`. `place()` is the element in which `view()` stands, `ondone` is called when
 * all that could go has gone. What failed goes on when the network is back.
 */
export function uploadLine({ place, ondone }) {
    let line = [];
    let number = 0;
    const sources = new Map();     // id → { file, folder, abort }

    function take(list, folder) {
        for (const file of list) {
            number += 1;
            sources.set(number, { file, folder, abort: new AbortController() });
            line = uploads.added(line, number, file);
        }
        pump();
    }

    function pump() {
        for (const id of uploads.toBegin(line)) {
            line = uploads.begun(line, id);
            sendOne(id);
        }
        draw();
    }

    async function sendOne(id) {
        const source = sources.get(id);
        try {
            await upload(source.folder, source.file, { signal: source.abort.signal, onprogress: (sent) => { line = uploads.sentSoFar(line, id, sent); draw(); } });
            line = uploads.finished(line, id);
        } catch (error) {
            if (error.name === "AbortError") return;
            line = uploads.failed(line, id, error.code === "quota_exceeded" ? t("files.full") : explain(error));
        }
        pump();
        if (line.some((one) => one.state === "waiting" || one.state === "sending")) return;
        const all = uploads.summary(line);
        if (all.failed === 0) line = [];
        draw();
        if (all.done > 0) {
            toast(t("files.uploaded", { n: all.done }));
            ondone();
        }
    }

    const draw = () => {
        const element = place();
        if (element) keepFocus(element, () => fill(element, view()));
    };

    function view() {
        if (line.length === 0) return null;
        const all = uploads.summary(line);
        return h("section.card.uploads", { "aria-label": t("files.uploads") },
            h("div.row.spread", h("p.small.strong", { role: "status" }, t("files.progress", { done: all.done, n: all.all })),
                all.failed > 0 && h("button.button.small", { type: "button", dataset: { key: "retry-all" }, onclick: () => { line = uploads.retried(line); pump(); } }, icon("refresh", { size: 15 }), t("action.retry"))),
            h("ul", { role: "list" }, line.map(row)));
    }

    const row = (one) => h("li.upload", { dataset: { state: one.state } },
        icon(one.state === "done" ? "check" : one.state === "failed" ? "alert" : "file", { size: 16 }),
        h("div.grow", h("p.small.truncate", one.name), one.state === "failed" ? h("p.small.bad-text", one.reason)
            : h("progress.progress", { max: Math.max(1, one.size), value: one.state === "done" ? Math.max(1, one.size) : one.sent, "aria-label": t("files.progress_of", { name: one.name }) })),
        h("span.small.faint.num", one.state === "sending" ? percent(one.size === 0 ? 0 : one.sent / one.size) : bytes(one.size)),
        one.state !== "done" && h("button.button.ghost.icon.small", { type: "button", "aria-label": t("files.cancel_named", { name: one.name }), dataset: { key: `x${one.id}` }, onclick: () => {
            sources.get(one.id).abort.abort();
            line = uploads.removed(line, one.id);
            pump();
        } }, icon("x", { size: 15 })));

    addEventListener("online", () => { line = uploads.retried(line); pump(); });
    addEventListener("beforeunload", (event) => { if (line.some((one) => one.state === "sending" || one.state === "waiting")) event.preventDefault(); });
    return { take, view };
}
