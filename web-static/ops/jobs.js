// The queue of background work: how much waits, what came of it, and dead letters that can be sent on their way again.

import { get, post } from "../base/api.js";
import { fill, h, keepFocus, poll } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { dateTime, number, t } from "../base/i18n.js";
import { toast, toastError } from "../base/toast.js";
import { duration, show } from "./amounts.js";
import { sparkline } from "./chart.js";
import { minuteSeries, Samples, sums } from "./job-series.js";

const EVERY_MS = 5000;
const HOUR_MS = 3_600_000;
const CHARTS = [
    { id: "waiting", unit: "", color: "--data-1" },
    { id: "oldest", unit: "s", color: "--data-3" },
    { id: "completed", unit: "", color: "--data-2" },
    { id: "failed", unit: "", color: "--data-5" },
];

/** A time in words that stay short: seconds as such, more in its two largest parts. */
const age = (seconds) => (seconds < 60 ? show(seconds, { digits: 0, unit: "s" }) : duration(seconds));

/** The section of the queue: `{ element, stop() }`; it reads by itself while the page is seen, until it is stopped. */
export function jobSection() {
    const own = { waiting: new Samples(EVERY_MS, HOUR_MS / EVERY_MS), oldest: new Samples(EVERY_MS, HOUR_MS / EVERY_MS) };
    const charts = CHARTS.map((chart) => {
        const element = document.createElement("cohort-chart");
        Object.assign(element, { heading: t(`ops.jobs_chart_${chart.id}`), unit: chart.unit, color: chart.color });
        element.className = "card";
        return element;
    });
    const alert = h("div.ops-alert");
    const table = h("div");
    const dead = h("div.jobs-dead");
    const grid = h("div.charts", charts);
    const element = h("section.jobs", { "aria-labelledby": "jobs-title" }, h("h2.section-title", { id: "jobs-title", tabindex: "-1" }, t("ops.jobs")), alert, grid, table, dead);
    let queue = null;

    async function read() {
        try {
            queue = await get("/api/v1/ops/jobs", { retries: 0 });
            fill(alert);
            const { waiting, oldest } = sums(queue.kinds);
            own.waiting.add(queue.at, waiting);
            own.oldest.add(queue.at, oldest);
            draw();
        } catch {
            // The page says already when the server cannot be reached; here only what is no more right.
            if (queue !== null && !alert.hasChildNodes()) fill(alert, h("p.notice.warn", icon("alert"), t("ops.jobs_stale")));
        }
    }

    function draw() {
        const { kinds, minutes, at } = queue;
        grid.hidden = kinds.length === 0;
        for (const [place, { id }] of CHARTS.entries()) {
            const isOwn = id in own;
            // Minutes are counted for all institutions together, so only operators see them.
            charts[place].hidden = !isOwn && !minutes;
            if (isOwn) charts[place].data = own[id].series;
            else if (minutes) charts[place].data = minuteSeries(minutes, at, id);
        }
        if (kinds.length === 0) {
            fill(table, h("p.card.muted.jobs-none", t("ops.jobs_none")));
        } else {
            keepFocus(table, () => fill(table, kindTable()));
        }
        keepFocus(dead, () => fill(dead, deadTable()));
    }

    function kindTable() {
        const { kinds, minutes, at } = queue;
        const columns = ["available", "scheduled", "running", "oldest", ...(minutes ? ["completed", "failed"] : []), "dead"];
        return h("div.card.table-scroll", { tabindex: "0", role: "region", "aria-labelledby": "jobs-title", dataset: { scroll: "jobs" } },
            h("table.table.ops-table", h("thead", h("tr", h("th", { scope: "col" }, t("ops.jobs_col_kind")),
                columns.map((column) => h("th.num", { scope: "col" }, t(`ops.jobs_col_${column}`))), minutes && h("th", { scope: "col" }, t("ops.jobs_col_spark")))),
                h("tbody", kinds.map((kind) => {
                    const done = minutes && minuteSeries(minutes, at, "completed", kind.kind).values;
                    const cells = {
                        available: number(kind.available), scheduled: number(kind.scheduled), running: number(kind.running), dead: number(kind.dead),
                        oldest: kind.available > 0 ? age(kind.oldest_seconds) : "–", completed: done && number(done.at(-1)),
                        failed: minutes && number(minuteSeries(minutes, at, "failed", kind.kind).values.at(-1)),
                    };
                    return h("tr", h("th", { scope: "row" }, kind.kind), columns.map((column) => h("td.num", cells[column])),
                        minutes && h("td", sparkline(done, t("ops.jobs_spark", { n: done.reduce((sum, value) => sum + value, 0) }))));
                }))));
    }

    function deadTable() {
        const letters = queue.dead_letters;
        if (letters.length === 0) return null;
        return [h("h3.section-title", { id: "dead-title" }, t("ops.jobs_dead"), " ", h("span.small.faint", t("ops.jobs_dead_text"))),
            h("div.card.table-scroll", { tabindex: "0", role: "region", "aria-labelledby": "dead-title", dataset: { scroll: "dead" } },
                h("table.table.ops-table", h("thead", h("tr", ["kind", "class"].map((column) => h("th", { scope: "col" }, t(`ops.jobs_col_${column}`))),
                    h("th.num", { scope: "col" }, t("ops.jobs_col_count")), h("th.latest", { scope: "col" }, t("ops.jobs_col_latest")),
                    h("th", { scope: "col" }, h("span.visually-hidden", t("ops.jobs_col_redrive"))))),
                    h("tbody", letters.map((row) => h("tr", h("th", { scope: "row" }, row.kind), h("td", row.error_class), h("td.num", number(row.count)),
                        h("td.num.start.latest", dateTime(Date.parse(row.latest_at))),
                        h("td.end", h("button.button.small", {
                            type: "button", dataset: { key: `redrive-${row.kind}-${row.error_class}` },
                            "aria-label": t("ops.jobs_redrive_of", { kind: row.kind, class: row.error_class }), onclick: () => press(row),
                        }, icon("refresh", { size: 16 }), h("span", t("ops.jobs_redrive")))))))))];
    }

    async function press(row) {
        const { confirm } = await import("../base/dialog.js");
        const sure = await confirm({
            title: t("ops.jobs_redrive_title", { n: row.count }), text: t("ops.jobs_redrive_text", { kind: row.kind, class: row.error_class }),
            action: t("ops.jobs_redrive"),
        });
        if (sure) await redrive(row);
    }

    async function redrive(row) {
        try {
            const { redriven } = await post("/api/v1/ops/jobs/redrive", { kind: row.kind, error_class: row.error_class });
            toast(t("ops.jobs_redriven", { n: redriven }));
            // The row goes away with its button.
            element.querySelector("#jobs-title").focus();
        } catch (error) {
            toastError(error, () => redrive(row));
        }
        polling.now();
    }

    const polling = poll(read, EVERY_MS);
    polling.now();
    return { element, stop: polling.stop };
}
