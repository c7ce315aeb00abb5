// A table of a list that comes in pages: skeleton, rows, "show more", empty and failed.

import { getPage } from "./api.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { number, t } from "./i18n.js";
import { problem, reached } from "./shell.js";
import { explain } from "./toast.js";

/**
 * `dataTable({ label, columns, read, pick?, empty, endless?, perPage? })`.
 *
 * `columns` are `{ label, cell(row), class?, hidden? }`, the first one heads its row; `read()` gives `{ path, query }` of
 * the first page; `pick(value)` finds the rows in an answer that has them in a member; `empty()` is the state without rows. With `endless` the next page comes when
 * its button is seen. Returns `{ element, reload({ quiet }), rows() }`; of several readings the last one counts.
 */
export function dataTable({ label, columns, read, pick = (items) => items, empty, endless = false, perPage = 50, onrows = null }) {
    const element = h("div.data-list", { "aria-busy": "true" });
    const body = h("tbody", { role: "rowgroup" });
    const foot = h("div.data-foot");
    let rows = [];
    let next = null;
    let turn = 0;
    let observer = null;

    const table = h("div.card.table-scroll.data-card", { role: "region", "aria-label": label, tabindex: "0" },
        h("table.table.data-table", { role: "table", "aria-label": label },
            h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, columns.map((column) => h("th", { scope: "col", role: "columnheader", class: column.class ?? "" },
                column.hidden ? h("span.visually-hidden", column.label) : column.label)))), body));

    const line = (row) => h("tr", { role: "row" }, columns.map((column, at) => (at === 0
        ? h("th", { scope: "row", role: "rowheader", class: column.class ?? "" }, column.cell(row))
        : h("td", { role: "cell", class: column.class ?? "", dataset: column.hidden ? {} : { label: column.label } }, column.cell(row)))));

    function skeleton() {
        fill(element, h("div.card.data-wait", { "aria-hidden": "true" }, [60, 40, 80, 60, 40].map((width) => h(`div.skeleton.line.w${width}`))));
    }

    function drawFoot(failed = null) {
        observer?.disconnect();
        const more = next && h("button.button.small", { type: "button", onclick: () => load() }, failed ? icon("refresh", { size: 16 }) : null, t(failed ? "action.retry" : "list.more"));
        fill(foot, h("span.small.faint", { role: "status" }, failed ? `${t("list.failed")} ${explain(failed)}` : t("list.shown", { n: rows.length })), more);
        if (more && endless && !failed) {
            observer = new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting)) load(); }, { rootMargin: "200px" });
            observer.observe(more);
        }
    }

    async function load() {
        observer?.disconnect();
        const mine = ++turn;
        const button = foot.querySelector("button");
        if (button) [button.dataset.busy, button.textContent] = ["true", t("list.loading")];
        try {
            const answer = await getPage(next);
            if (mine !== turn) return;
            const fresh = pick(answer.items);
            const focused = document.activeElement === button;
            rows.push(...fresh);
            next = answer.next;
            body.append(...fresh.map(line));
            drawFoot();
            if (focused) (foot.querySelector("button") ?? table).focus();
            onrows?.(rows);
        } catch (error) {
            if (mine === turn) drawFoot(error);
        }
    }

    async function reload({ quiet = false } = {}) {
        const mine = ++turn;
        if (!quiet) {
            element.setAttribute("aria-busy", "true");
            skeleton();
        }
        try {
            const { path, query = {} } = read();
            const answer = await getPage(path, { query: { per_page: perPage, ...query } });
            if (mine !== turn) return;
            reached(true);
            rows = [...pick(answer.items)];
            next = answer.next;
            if (rows.length === 0) {
                fill(element, h("div.card", empty()));
            } else {
                fill(body, rows.map(line));
                if (!table.isConnected) fill(element, table, foot);
                drawFoot();
            }
            onrows?.(rows);
        } catch (error) {
            if (mine !== turn) return;
            if (quiet && rows.length > 0) reached(false);
            else fill(element, h("div.card", problem(error, () => reload())));
        }
        element.removeAttribute("aria-busy");
    }

    skeleton();
    return { element, reload, rows: () => rows, count: () => number(rows.length) };
}
