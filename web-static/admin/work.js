// Background work of the institution: what waits, what failed for good, and the search index.

import { get, post } from "../base/api.js";
import { fill, h, keepFocus, poll, uuid } from "../base/dom.js";
import { pause } from "../base/follow.js";
import { icon } from "../base/icons.js";
import { clock, dateTime, has, number, t, timeSeconds } from "../base/i18n.js";
import { busy, problem, state } from "../base/shell.js";
import { toast, toastError } from "../base/toast.js";

const EVERY_MS = 5_000;

/** The tab. */
export function open({ account }) {
    const queue = h("div", h("div.skeleton.card.admin-wait"));
    const fresh = h("span.small.faint.num");
    const search = searchCard(account);
    let shown = null;

    async function read() {
        try {
            const answer = await get("/api/v1/ops/jobs", { retries: 0 });
            fresh.textContent = t("work.at", { time: timeSeconds(answer.at) });
            const text = JSON.stringify([answer.kinds, answer.dead_letters]);
            if (text !== shown) keepFocus(queue, () => draw(answer));
            shown = text;
            search.lag(answer.kinds.find((kind) => kind.kind === "search.feed"));
        } catch (error) {
            if (shown === null) fill(queue, h("div.card", problem(error, read)));
            else fresh.textContent = t("work.stale");
        }
    }

    function draw({ kinds, dead_letters: dead }) {
        const seen = kinds.filter((kind) => !kind.kind.startsWith("test."));
        const columns = ["available", "scheduled", "running", "dead"];
        const table = (label, head, rows) => h("div.card.table-scroll", { role: "region", tabindex: "0", "aria-label": label }, h("table.table", { "aria-label": label }, h("thead", h("tr", head)), h("tbody", rows)));
        fill(queue, seen.length === 0 ? h("div.card", state({ sign: "check", title: t("work.none"), text: t("work.none_text") }))
            : table(t("work.queue"), [h("th", { scope: "col" }, t("work.kind")), columns.map((column) => h("th.num", { scope: "col" }, t(`work.${column}`))), h("th.num", { scope: "col" }, t("work.oldest"))],
                seen.map((kind) => h("tr", h("th", { scope: "row" }, name(kind.kind)), columns.map((column) => h("td.num", { class: column === "dead" && kind.dead > 0 ? "bad-text" : "" }, number(kind[column]))),
                    h("td.num", kind.available > 0 ? clock(kind.oldest_seconds) : "–")))),
        dead.length > 0 && h("section.work-dead", { "aria-labelledby": "dead-title" }, h("h3.admin-label", { id: "dead-title" }, t("work.dead_title")), h("p.small.muted.admin-text", t("work.dead_text")),
            table(t("work.dead_title"), [["kind", "error", "count", "latest"].map((column) => h("th", { scope: "col", class: column === "count" ? "num" : "" }, t(`work.${column}`))), h("th", { scope: "col" }, h("span.visually-hidden", t("work.again")))],
                dead.map((row) => h("tr", h("th", { scope: "row" }, name(row.kind)), h("td", row.error_class), h("td.num", number(row.count)), h("td.nowrap", dateTime(row.latest_at)), h("td.end", again(row)))))));
    }

    const name = (kind) => (has(`work.kind_${kind}`) ? t(`work.kind_${kind}`) : kind);

    function again(row) {
        const button = h("button.button.small", { type: "button", dataset: { key: `again-${row.kind}-${row.error_class}` }, onclick: () => busy(button, async () => {
            try {
                const { redriven } = await post("/api/v1/ops/jobs/redrive", { kind: row.kind, error_class: row.error_class });
                toast(t("work.redriven", { n: redriven }));
            } catch (error) {
                toastError(error);
            }
            await read();
        }) }, icon("refresh", { size: 16 }), t("work.again"));
        return button;
    }

    const polling = poll(read, EVERY_MS);
    polling.now();
    return {
        element: h("div.stack.loose", h("section", { "aria-labelledby": "queue-title" }, h("div.data-tools", h("h3.admin-label", { id: "queue-title" }, t("work.queue")), fresh,
            h("a.button.ghost.small.push", { href: "/ops" }, icon("chart", { size: 16 }), t("shell.ops"))), queue), search.element),
        stop: () => { polling.stop(); search.stop(); },
    };
}

function searchCard(account) {
    const lag = h("p.small.muted.num");
    const meter = h("div", { role: "status" });
    let timer = 0;
    let stopped = false;
    const button = h("button.button", { type: "button", onclick: () => busy(button, begin) }, icon("refresh"), t("work.rebuild"));

    async function begin() {
        const { confirm } = await import("../base/dialog.js");
        if (!await confirm({ title: t("work.rebuild_title"), text: t("work.rebuild_text"), action: t("work.rebuild") })) return;
        try {
            const progress = await post(`/api/v1/accounts/${account.id}/search/rebuild`, {}, { key: uuid() });
            follow(progress, 0);
        } catch (error) {
            toastError(error);
        }
    }

    function follow(progress, quiet) {
        const share = Math.round(progress.completion);
        const over = ["completed", "failed"].includes(progress.workflow_state);
        fill(meter, over
            ? h("p.notice", { class: progress.workflow_state === "completed" ? "good" : "bad" }, icon(progress.workflow_state === "completed" ? "check" : "alert"), h("span", t(`work.rebuild_${progress.workflow_state}`)))
            : h("div.stack.tight", h("div.meter", { role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": share, "aria-label": t("work.rebuild") }, h("span", { style: { "inline-size": `${share}%` } })),
                h("p.small.muted.num", t(progress.workflow_state === "queued" ? "work.rebuild_queued" : "work.rebuild_running", { share }))));
        if (over || stopped) return;
        timer = setTimeout(async () => {
            const next = await get(`/api/v1/progress/${progress.id}`, { retries: 0 }).catch(() => progress);
            if (!stopped) follow(next, next.completion === progress.completion && next.workflow_state === progress.workflow_state ? quiet + 1 : 0);
        }, pause(quiet));
    }

    return {
        element: h("section.card.pad.stack", { "aria-labelledby": "search-title" }, h("div.row.spread.wrap", h("div", h("h3", { id: "search-title" }, t("work.search")), lag), button), h("p.small.muted", t("work.search_text")), meter),
        lag: (feed) => { lag.textContent = !feed || feed.available + feed.running === 0 ? t("work.search_fresh") : t("work.search_lag", { n: feed.available + feed.running, time: clock(feed.oldest_seconds) }); },
        stop: () => { stopped = true; clearTimeout(timer); },
    };
}
