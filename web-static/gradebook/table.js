// The table of everyone: students by assignments, with search, filter, sorting, pages and CSV.

import { fill, h, keepFocus, debounce } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { compareNames, number, percent, t, timeSeconds } from "../base/i18n.js";
import { register } from "../base/keys.js";
import { busy, state } from "../base/shell.js";
import { explain } from "../base/toast.js";
import { cell } from "./answers.js";
import { download } from "./csv.js";
import { openCell } from "./panel.js";

const PAGE_ROWS = 100;
const FILTERS = ["all", "missing", "waiting"];

const params = new URLSearchParams(location.search);

/** The staff's face of the gradebook: `{ element, update(changed) }`. */
export function staffTable(view) {
    const table = {
        sort: /^-?(name|total|a\d+)$/.test(params.get("sort") ?? "") ? params.get("sort") : "name",
        find: params.get("find") ?? "",
        filter: FILTERS.includes(params.get("show")) ? params.get("show") : "all",
        page: 0,
        before: new Map(),   // what each cell said, to mark what changed
        panel: null,
    };
    const area = h("div");
    const status = h("p.small.muted.grade-status");
    const find = h("input.input", { type: "search", "aria-label": t("grades.find"), placeholder: t("grades.find"), ".value": table.find, oninput: debounce(() => { table.find = find.value; table.page = 0; remember(); draw(); }, 100) });
    const filters = FILTERS.map((name) => h("button", { type: "button", "aria-pressed": String(table.filter === name), onclick: (event) => {
        table.filter = name;
        table.page = 0;
        for (const button of filters) button.setAttribute("aria-pressed", String(button === event.currentTarget));
        remember();
        draw();
    } }, t(`grades.filter_${name}`)));
    const again = h("button.button", { type: "button", onclick: () => busy(again, view.refresh) }, icon("refresh"), t("action.refresh"));
    const save = h("button.button", { type: "button", onclick: () => download(view, rows().map((row) => row.student)) }, icon("download"), t("grades.csv"));
    const tools = h("div.grade-tools", h("div.input-group.grade-find", icon("search", { size: 16 }), find), h("div.segments", { role: "group", "aria-label": t("grades.filter") }, filters));
    const element = h("div.page.wide",
        h("div.page-head",
            h("div", h("p.small.faint", view.course.course_code), h("h1", t("grades.title")), status),
            h("div.row.tight.wrap", again, save)),
        tools, area);

    function remember() {
        const next = new URLSearchParams();
        if (table.sort !== "name") next.set("sort", table.sort);
        if (table.find) next.set("find", table.find);
        if (table.filter !== "all") next.set("show", table.filter);
        history.replaceState(null, "", next.size > 0 ? `?${next}` : location.pathname);
    }

    const submission = (student, assignment) => view.submissions.get(cell(student.id, assignment.id));
    const standing = (item) => (!item || item.workflow_state === "unsubmitted" ? "missing" : typeof item.score === "number" ? "scored" : "waiting");

    function total(student) {
        let score = null;
        let possible = 0;
        for (const assignment of view.assignments) {
            const item = submission(student, assignment);
            if (typeof item?.score !== "number") continue;
            score = (score ?? 0) + item.score;
            possible += assignment.points_possible ?? 0;
        }
        return { score, possible };
    }

    /** Everyone that search and filter leave, sorted. */
    function rows() {
        const wanted = table.find.trim().toLocaleLowerCase();
        const [id, down] = [table.sort.replace(/^-/, ""), table.sort.startsWith("-")];
        const value = (row) => {
            if (id === "total") return row.total.possible > 0 ? row.total.score / row.total.possible : -1;
            return submission(row.student, { id: Number(id.slice(1)) })?.score ?? -1;
        };
        const byName = (a, b) => compareNames(a.student.sortable_name ?? a.student.name, b.student.sortable_name ?? b.student.name);
        return view.students
            .filter((student) => `${student.name} ${student.sortable_name ?? ""}`.toLocaleLowerCase().includes(wanted))
            .filter((student) => table.filter === "all" || view.assignments.some((assignment) => standing(submission(student, assignment)) === table.filter))
            .map((student) => ({ student, total: total(student) }))
            .sort((a, b) => (id === "name" ? (down ? -byName(a, b) : byName(a, b)) : (down ? value(b) - value(a) : value(a) - value(b)) || byName(a, b)));
    }

    function header(id, label, note, kind) {
        const mine = table.sort.replace(/^-/, "") === id;
        const down = table.sort.startsWith("-");
        return h("th", { scope: "col", class: kind, "aria-sort": mine ? (down ? "descending" : "ascending") : null },
            h("button.sort", { type: "button", dataset: { key: `sort-${id}` }, onclick: () => {
                table.sort = mine ? (down ? id : `-${id}`) : id === "name" ? "name" : `-${id}`;
                table.page = 0;
                remember();
                draw();
            } }, h("span.sort-text", h("span.sort-label", label), note && h("span.tiny.faint", note)), mine && icon(down ? "arrow-down" : "arrow-up", { size: 13 })));
    }

    function gradeCell(student, assignment, at, column) {
        const item = submission(student, assignment);
        const kind = standing(item);
        const key = cell(student.id, assignment.id);
        const text = kind === "scored" ? number(item.score) : kind === "waiting" ? t("grades.answered") : "–";
        const said = `${kind}${text}`;
        const fresh = table.before.size > 0 && table.before.has(key) && table.before.get(key) !== said;
        table.before.set(key, said);
        return h("td", { class: `num grade ${kind}${fresh ? " fresh" : ""}` },
            h("button", {
                type: "button", tabindex: "-1", dataset: { key, row: at, column },
                "aria-label": t("grades.cell", { student: student.name, assignment: assignment.name, value: kind === "scored" ? t("grades.points", { n: assignment.points_possible, points: `${text} / ${number(assignment.points_possible ?? 0)}` }) : t(`grades.kind_${kind}`) }),
                onclick: () => show(student, assignment),
            }, text));
    }

    function show(student, assignment) {
        table.panel = openCell(view, student, assignment, rows().map((row) => row.student), () => { table.panel = null; });
    }

    function average(assignment) {
        const scores = view.students.map((student) => submission(student, assignment)?.score).filter((score) => typeof score === "number");
        return scores.length > 0 ? number(scores.reduce((sum, score) => sum + score, 0) / scores.length, 1) : "–";
    }

    function draw() {
        drawStatus();
        save.hidden = tools.hidden = view.students.length === 0 || view.assignments.length === 0;
        if (save.hidden) {
            const what = view.students.length === 0 ? "students" : "assignments";
            fill(area, h("div.card", state({ sign: what === "students" ? "users" : "quiz", title: t(`grades.no_${what}`), text: t(`grades.no_${what}_text`), actions: [h("a.button", { href: `/courses/${view.id}` }, icon("arrow-left"), t("grades.back"))] })));
            return;
        }
        const all = rows();
        if (all.length === 0) {
            fill(area, h("div.card", state({ sign: "search", title: t("grades.none_found"), text: t("grades.none_found_text"), actions: [h("button.button", { type: "button", onclick: clear }, t("grades.clear"))] })));
            return;
        }
        const pages = Math.ceil(all.length / PAGE_ROWS);
        table.page = Math.min(table.page, pages - 1);
        const shown = all.slice(table.page * PAGE_ROWS, (table.page + 1) * PAGE_ROWS);
        keepFocus(area, () => {
            const body = h("tbody", shown.map((row, at) => h("tr",
                h("th", { scope: "row" }, h("span.student-name", row.student.sortable_name ?? row.student.name)),
                h("td.num.total", row.total.score === null ? h("span.faint", "–") : [h("span.strong", number(row.total.score)), h("span.faint", ` / ${number(row.total.possible)}`), h("span.share", row.total.possible > 0 ? percent(row.total.score / row.total.possible) : "")]),
                view.assignments.map((assignment, column) => gradeCell(row.student, assignment, at, column)))));
            fill(area,
                h("div.card.table-scroll.grade-scroll", { dataset: { scroll: "grades" }, tabindex: "0", role: "region", "aria-label": t("grades.table") },
                    h("table.table.grade-table", { "aria-label": t("grades.table") },
                        h("thead", h("tr",
                            header("name", t("grades.student"), t("grades.people", { n: all.length }), ""),
                            header("total", t("grades.total"), "\u00a0", "num"),
                            view.assignments.map((assignment) => header(`a${assignment.id}`, assignment.name, t("grades.out_of", { n: assignment.points_possible ?? 0, points: number(assignment.points_possible ?? 0) }), "num")))),
                        body,
                        h("tfoot", h("tr", h("th", { scope: "row" }, t("grades.average")), h("td.num"), view.assignments.map((assignment) => h("td.num", average(assignment))))))),
                pages > 1 && pager(pages, all.length));
            move(body);
        });
    }

    function clear() {
        table.find = find.value = "";
        table.filter = "all";
        for (const [at, button] of filters.entries()) button.setAttribute("aria-pressed", String(at === 0));
        remember();
        draw();
        find.focus();
    }

    function pager(pages, count) {
        const go = (to) => { table.page = to; draw(); area.querySelector(".grade-scroll").scrollTop = 0; };
        const from = table.page * PAGE_ROWS + 1;
        return h("nav.pager", { "aria-label": t("grades.pages") },
            h("button.button.small", { type: "button", dataset: { key: "previous" }, ".disabled": table.page === 0, onclick: () => go(table.page - 1) }, icon("chevron-left", { size: 15 }), t("grades.previous")),
            h("span.small.muted.num", { role: "status" }, t("grades.range", { from, to: Math.min(count, from + PAGE_ROWS - 1), count })),
            h("button.button.small", { type: "button", dataset: { key: "next" }, ".disabled": table.page === pages - 1, onclick: () => go(table.page + 1) }, t("grades.next"), icon("chevron-right", { size: 15 })));
    }

    /** One tab stop for all cells; the arrow keys move among them. */
    function move(body) {
        const at = (row, column) => body.querySelector(`[data-row="${row}"][data-column="${column}"]`);
        const first = body.querySelector("button");
        if (first) first.tabIndex = 0;
        body.addEventListener("focusin", (event) => {
            if (!event.target.dataset.row) return;
            for (const other of body.querySelectorAll('button[tabindex="0"]')) other.tabIndex = -1;
            event.target.tabIndex = 0;
        });
        body.addEventListener("keydown", (event) => {
            if (event.target.dataset.row === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
            const rtl = getComputedStyle(body).direction === "rtl" ? -1 : 1;
            const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -rtl], ArrowRight: [0, rtl], PageUp: [-10, 0], PageDown: [10, 0] };
            const [row, column] = [Number(event.target.dataset.row), Number(event.target.dataset.column)];
            let next = null;
            if (event.key === "Home") next = at(row, 0);
            else if (event.key === "End") next = at(row, view.assignments.length - 1);
            else if (event.key in steps) next = at(Math.max(0, Math.min(body.rows.length - 1, row + steps[event.key][0])), column + steps[event.key][1]);
            else return;
            event.preventDefault();
            next?.focus();
            next?.scrollIntoView({ block: "nearest", inline: "nearest" });
        });
    }

    function drawStatus() {
        fill(status, view.live && !view.failed && h("span.badge.live", h("span.dot.live"), t("grades.live")),
            view.failed
                ? h("span.problem", icon("alert", { size: 15 }), `${explain(view.failed)} ${t("grades.updated", { time: timeSeconds(view.updatedAt) })}`)
                : h("span.num", t("grades.updated", { time: timeSeconds(view.updatedAt) })));
    }

    register({ key: "/", label: t("grades.find"), group: t("grades.title"), run: () => find.focus() });
    register({ key: "r", label: t("action.refresh"), group: t("grades.title"), run: () => again.click() });
    draw();
    return {
        element,
        update(changed) {
            if (changed) draw();
            else drawStatus();
            if (changed) table.panel?.refresh();
        },
    };
}
