// Operations: what every institution, course and class does right now. Reads every two seconds while seen.

import "./chart.js";
import { get } from "../base/api.js";
import { debounce, fill, h, keepFocus, poll, roving } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { add, compareNames, list, number, t, timeSeconds } from "../base/i18n.js";
import { register } from "../base/keys.js";
import { problem, startShell, state } from "../base/shell.js";
import { show } from "./amounts.js";
import { sparkline } from "./chart.js";
import { jobSection } from "./jobs.js";
import english from "./lang/en.js";
import { nodeSection } from "./nodes.js";

const EVERY_MS = 2000;
const HOUR_MS = 3_600_000;
const STALE_MS = 10_000;

await add({ en: english, de: () => import("./lang/de.js") });
const me = await startShell({ title: t("ops.title"), crumbs: [{ label: t("ops.title") }] });
const main = document.getElementById("main");

/** Columns of the table: how to read, write and sort them. The first one is the name. */
const COLUMNS = [
    { id: "name", read: (row) => row.name },
    { id: "connections", read: (row) => row.connections, digits: 0 },
    { id: "peak", read: (row) => row.peak, digits: 0 },
    { id: "joins", read: (row) => row.joins_per_s, digits: 1 },
    { id: "messages", read: (row) => row.messages_per_s, digits: 1 },
    { id: "answers", read: (row) => row.answers_per_s, digits: 1 },
    { id: "p50", read: (row) => row.ack_ms?.p50, digits: 1, unit: "ms" },
    { id: "p99", read: (row) => row.ack_ms?.p99, digits: 1, unit: "ms" },
];
const CHARTS = [
    { id: "connections", series: "connections", unit: "", color: "--data-1" },
    { id: "deliveries", series: "deliveries_per_s", unit: "/s", color: "--data-2" },
    { id: "ack", series: "ack_p99_ms", unit: "ms", color: "--data-3" },
    { id: "fanout", series: "fanout_p99_ms", unit: "ms", color: "--data-4" },
];

/* The table's state lives in the address: ?sort=-p99&find=algebra&closed=i1.c3 */
const address = new URLSearchParams(location.search);
const view = {
    sort: COLUMNS.some((column) => column.id === (address.get("sort") ?? "").replace(/^-/, "")) ? address.get("sort") : "-connections",
    find: address.get("find") ?? "",
    closed: new Set((address.get("closed") ?? "").split(".").filter((id) => /^[ic]\d+$/.test(id))),
    level: ["institution", "course", "class"].includes(address.get("show")) ? address.get("show") : "tree",
};

function remember() {
    const params = new URLSearchParams();
    if (view.sort !== "-connections") params.set("sort", view.sort);
    if (view.find) params.set("find", view.find);
    if (view.closed.size > 0) params.set("closed", [...view.closed].join("."));
    if (view.level !== "tree") params.set("show", view.level);
    const text = params.toString();
    history.replaceState(null, "", text ? `?${text}` : location.pathname);
}

let live = null;
let history_ = { t0: 0, step: 5000, series: {} };
let failed = null;
let parts = null;

// --- Reading -------------------------------------------------------------------------------------------

/** Lays fresh points over what is known, by time, and keeps one hour. */
function merge(series) {
    if (!series || !series.step_ms) return;
    const step = series.step_ms;
    const length = Math.max(0, ...CHARTS.map((chart) => series[chart.series]?.length ?? 0));
    const end = length > 0 ? series.t0 + (length - 1) * step : history_.t0 + ((history_.series.connections?.length ?? 0) - 1) * history_.step;
    const begin = Math.max(end - HOUR_MS + step, history_.step === step && history_.t0 > 0 ? Math.min(history_.t0, series.t0) : series.t0);
    const count = Math.max(0, Math.round((end - begin) / step) + 1);
    const merged = {};
    for (const { series: name } of CHARTS) {
        merged[name] = Array.from({ length: count }, (_, at) => {
            const moment = begin + at * step;
            const fresh = series[name]?.[Math.round((moment - series.t0) / step)];
            return fresh ?? history_.series[name]?.[Math.round((moment - history_.t0) / history_.step)] ?? null;
        });
    }
    history_ = { t0: begin, step, series: merged };
}

async function read() {
    try {
        live = await get("/api/v1/ops/live", { retries: 0 });
        failed = null;
        merge(live.series);
    } catch (error) {
        failed = error;
    }
    draw();
}

// --- Drawing -------------------------------------------------------------------------------------------

function build() {
    const charts = CHARTS.map((chart) => {
        const element = document.createElement("cohort-chart");
        Object.assign(element, { heading: t(`ops.chart_${chart.id}`), unit: chart.unit, color: chart.color });
        element.className = "card";
        return element;
    });
    const find = h("input.input", { type: "search", "aria-label": t("ops.find"), placeholder: t("ops.find"), ".value": view.find, oninput: debounce(() => { view.find = find.value; remember(); drawTable(); }, 100) });
    const levels = ["tree", "institution", "course", "class"].map((level) => h("button", { type: "button", "aria-pressed": String(view.level === level), onclick: (event) => {
        view.level = level;
        for (const button of levels) button.setAttribute("aria-pressed", String(button === event.currentTarget));
        remember();
        drawTable();
    } }, t(`ops.show_${level}`)));
    parts = {
        status: h("p.small.muted.ops-status", { role: "status" }), alert: h("div.ops-alert"), totals: h("dl.totals"), charts,
        deaf: h("div.ops-alert"), table: h("div"), nodes: nodeSection(() => polling.now()), jobs: jobSection(), count: h("span.small.faint"), find,
    };
    fill(main, h("div.page.wide.stack.loose",
        h("div.page-head.ops-head", h("h1", t("ops.title")), parts.status),
        parts.alert, parts.deaf,
        h("section", { "aria-label": t("ops.now") }, parts.totals),
        h("section", { "aria-labelledby": "charts-title" }, h("h2.section-title", { id: "charts-title" }, t("ops.charts")), h("div.charts", charts)),
        h("div",
            h("div.table-head", h("h2.section-title", { id: "table-title" }, t("ops.table"), " ", parts.count),
                h("div.row.tight.wrap", h("div.segments", { role: "group", "aria-label": t("ops.show") }, levels), h("div.input-group.ops-find", icon("search", { size: 16 }), find))),
            parts.table),
        parts.jobs.element,
        parts.nodes.element));
    main.removeAttribute("aria-busy");
    register({ key: "/", label: t("ops.find"), group: t("ops.title"), run: () => find.focus() });
}

function draw() {
    if (live === null) {
        // Drawn, and so read out, once per kind of failure; the page keeps trying.
        if (main.dataset.failed === failed.code) return;
        main.dataset.failed = failed.code;
        fill(main, h("div.page", h("h1.visually-hidden", t("ops.title")), failed.status === 403
            ? state({ sign: "lock", title: t("ops.forbidden"), text: t("ops.forbidden_text"), actions: [h("a.button", { href: "/" }, icon("arrow-left"), t("state.home"))] })
            : problem(failed, () => read())));
        main.removeAttribute("aria-busy");
        parts?.jobs.stop();
        parts = null;
        return;
    }
    delete main.dataset.failed;
    if (!parts) build();
    const stale = failed !== null;
    parts.status.classList.toggle("stale", stale);
    const sign = stale ? "bad" : "good";
    if (parts.status.dataset.sign !== sign) {
        parts.status.dataset.sign = sign;
        fill(parts.status, h("span.dot", { class: sign }), h("span"));
    }
    // Read out only when the state changes, not every two seconds.
    parts.status.setAttribute("aria-live", "off");
    parts.status.lastElementChild.textContent = t(stale ? "ops.stale" : "ops.fresh", { time: timeSeconds(live.at) });
    if (stale !== parts.alert.hasChildNodes() && (!stale || Date.now() - live.at > STALE_MS || failed.offline)) {
        fill(parts.alert, stale && h("p.notice.warn", { role: "alert" }, icon("alert"), t("ops.stale_text", { time: timeSeconds(live.at) })));
    }
    drawDeafness();
    drawTotals();
    for (const [at, chart] of CHARTS.entries()) {
        parts.charts[at].data = { t0: history_.t0, step: history_.step, values: history_.series[chart.series] ?? [] };
    }
    drawTable();
    parts.nodes.draw(live.nodes ?? [], live.at);
}

/** Says so when the node that has answered hears no other, and so does not know what is there. */
function drawDeafness() {
    const own = live.nodes?.[0];
    const name = own?.hears === false ? own.name : "";
    if ((parts.deaf.dataset.node ?? "") === name) return;
    parts.deaf.dataset.node = name;
    fill(parts.deaf, name && h("p.notice.warn", { role: "alert" }, icon("alert"), t("ops.deaf_text", { name })));
}

function drawTotals() {
    const { totals } = live;
    const cells = [
        ["connections", show(totals.connections, { digits: 0 }), totals.peak === undefined ? null : t("ops.peak_today", { n: totals.peak ?? 0 })],
        ["joins", show(totals.joins_per_s), null, "/s"],
        ["messages", show(totals.messages_per_s), null, "/s"],
        ["answers", show(totals.answers_per_s), null, "/s"],
        ["deliveries", show(totals.deliveries_per_s, { digits: 0 }), null, "/s"],
        ["ack", show(totals.ack_ms?.p99), t("ops.p50", { value: show(totals.ack_ms?.p50, { unit: "ms" }) }), "ms"],
        ["fanout", show(totals.fanout_ms?.p99), t("ops.p50", { value: show(totals.fanout_ms?.p50, { unit: "ms" }) }), "ms"],
    ];
    fill(parts.totals, cells.map(([id, value, note, unit]) => h("div", h("dt", t(`ops.total_${id}`)), h("dd.num", h("span.big", value), unit && value !== "–" && h("span.unit", unit), note && h("span.note", note)))));
}

/** Institutions, courses and classes as one list of rows with a level; parents of a match stay. */
function rows() {
    const [id, down] = [view.sort.replace(/^-/, ""), view.sort.startsWith("-")];
    const column = COLUMNS.find((item) => item.id === id);
    const compare = (a, b) => {
        const [x, y] = [column.read(a), column.read(b)];
        const order = typeof x === "string" ? compareNames(x, y) : (x ?? -1) - (y ?? -1);
        return (down ? -order : order) || compareNames(a.name, b.name);
    };
    const wanted = view.find.trim().toLocaleLowerCase();
    const matches = (row) => wanted === "" || row.name.toLocaleLowerCase().includes(wanted);
    const institutions = live.institutions.map((institution) => ({
        ...institution, key: `i${institution.id}`, level: 1, kind: "institution", path: [],
        children: (institution.courses ?? []).map((course) => ({
            ...course, key: `c${course.id}`, level: 2, kind: "course", path: [institution.name],
            href: institution.id === me.institution.id && `/courses/${course.id}`,
            children: (course.classes ?? []).map((item) => ({
                ...item, name: item.title, key: `k${item.id}`, level: 3, kind: "class", path: [institution.name, course.name], children: [],
                href: institution.id === me.institution.id && `/courses/${course.id}/classes/${item.id}`,
            })),
        })),
    }));
    if (view.level !== "tree") {
        const all = institutions.flatMap((row) => [row, ...row.children, ...row.children.flatMap((child) => child.children)]);
        return all.filter((row) => row.kind === view.level && (matches(row) || row.path.some((name) => matches({ name })))).sort(compare).map((row) => ({ ...row, level: 1, flat: true }));
    }
    const walk = (items, inherited) => items.sort(compare).flatMap((row) => {
        const own = inherited || matches(row);
        const below = walk(row.children, own);
        if (!own && below.length === 0) return [];
        return [row, ...(view.closed.has(row.key) && wanted === "" ? [] : below)];
    });
    return walk(institutions, false);
}

function drawTable() {
    const list_ = rows();
    parts.count.textContent = list_.length > 0 ? t("ops.rows", { n: list_.length }) : "";
    if (live.institutions.length === 0) {
        fill(parts.table, h("div.card", state({ sign: "users", title: t("ops.quiet"), text: t("ops.quiet_text") })));
        return;
    }
    if (list_.length === 0) {
        fill(parts.table, h("div.card", state({ sign: "search", title: t("ops.none_found"), text: t("ops.none_found_text", { text: view.find }),
            actions: [h("button.button", { type: "button", onclick: () => { view.find = parts.find.value = ""; remember(); drawTable(); parts.find.focus(); } }, t("ops.clear"))] })));
        return;
    }
    keepFocus(parts.table, () => {
        const body = h("tbody", list_.map(tableRow));
        fill(parts.table, h("div.card.table-scroll", { dataset: { scroll: "table" }, tabindex: "0", role: "region", "aria-labelledby": "table-title" },
            h("table.table.ops-table", { role: view.level === "tree" ? "treegrid" : "table", "aria-labelledby": "table-title" },
                h("thead", h("tr", COLUMNS.map(header), h("th", { scope: "col" }, t("ops.col_spark")))),
                body)));
        if (view.level === "tree") keys(body);
    });
}

function header(column) {
    const mine = view.sort.replace(/^-/, "") === column.id;
    const down = view.sort.startsWith("-");
    return h("th", { scope: "col", class: column.id === "name" ? "" : "num", "aria-sort": mine ? (down ? "descending" : "ascending") : null },
        h("button.sort", { type: "button", dataset: { key: `sort-${column.id}` }, onclick: () => {
            // Numbers begin with the greatest, names with A.
            view.sort = mine ? (down ? column.id : `-${column.id}`) : column.id === "name" ? "name" : `-${column.id}`;
            remember();
            drawTable();
        } }, h("span", t(`ops.col_${column.id}`)), mine && icon(down ? "arrow-down" : "arrow-up", { size: 13 })));
}

function toggle(key) {
    if (view.closed.has(key)) view.closed.delete(key);
    else view.closed.add(key);
    remember();
    drawTable();
}

function tableRow(row) {
    const parent = row.children.length > 0 && !row.flat;
    const open = !view.closed.has(row.key) || view.find !== "";
    return h("tr", {
        class: `level-${row.level}`, dataset: { key: row.key }, tabindex: view.level === "tree" ? "-1" : null,
        "aria-level": view.level === "tree" ? row.level : null, "aria-expanded": parent ? String(open) : null,
    },
        h("th", { scope: "row" }, h("div.name-cell",
            parent
                ? h("button.twist", { type: "button", tabindex: "-1", "aria-label": t(open ? "ops.close" : "ops.open", { name: row.name }), onclick: () => toggle(row.key) }, icon(open ? "chevron-down" : "chevron-right", { size: 14 }))
                : !row.flat && h("span.twist"),
            h("div.name-text", row.href ? h("a", { href: row.href, tabindex: view.level === "tree" ? "-1" : null }, row.name) : h("span", row.name), row.flat && row.path.length > 0 && h("span.tiny.faint", row.path.join(" › "))))),
        COLUMNS.slice(1).map((column) => h("td.num", show(column.read(row), column))),
        h("td", sparkline(row.spark, t("ops.spark", { values: row.spark?.length ? list([...new Set([row.spark[0], row.spark.at(-1)])].map((value) => number(value))) : "–" }))));
}

/** Arrow keys in the tree: up and down among rows, left and right close and open, Enter follows the link. */
function keys(body) {
    const items = () => [...body.rows];
    roving(body, items, { wrap: false });
    body.addEventListener("keydown", (event) => {
        const row = event.target.closest("tr");
        if (event.target !== row) return;
        const expanded = row.getAttribute("aria-expanded");
        if (event.key === "ArrowRight" && expanded === "false") toggle(row.dataset.key);
        else if (event.key === "ArrowLeft" && expanded === "true") toggle(row.dataset.key);
        else if (event.key === "ArrowLeft") {
            const level = Number(row.getAttribute("aria-level"));
            let above = row.previousElementSibling;
            while (above && Number(above.getAttribute("aria-level")) >= level) above = above.previousElementSibling;
            above?.focus();
        } else if (event.key === "Enter") row.querySelector("a")?.click();
        else return;
        event.preventDefault();
    });
}

await read();
const polling = poll(read, EVERY_MS);
