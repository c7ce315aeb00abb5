// Long lists: page after page, with the keys that move through them.

import { getPage } from "../base/api.js";
import { fill, h, keepFocus } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { t } from "../base/i18n.js";
import { register } from "../base/keys.js";
import { busy, problem } from "../base/shell.js";
import { toastError } from "../base/toast.js";

/** Rows at the size of what comes. */
export const skeletonRows = (count = 4) => h("div.card.items-wait", { "aria-hidden": "true" },
    Array.from({ length: count }, (_, at) => h("div.item", h("div.grow.stack.tight", h("div.skeleton.line", { class: ["w40", "w60", "w25"][at % 3] }), h("div.skeleton.line.w25")))));

/**
 * A list that is read page after page: `pagedList({ path, query, row, empty })`. `row(item)` gives a `li.item`, `empty()`
 * what stands in place of a list without rows. `load()` reads from the start, `items` is what has been read, `redraw()`
 * draws them again, `element` goes into the page.
 */
export function pagedList({ path, query = {}, row, empty, label, filter = null, onload = null, per = 50 }) {
    const list = h("ul.card.items", { role: "list", "aria-label": label });
    const foot = h("div.items-foot");
    const element = h("div.paged", skeletonRows());
    let next = null;
    let turn = 0;
    let drawn = false;

    const draw = () => keepFocus(element, paint);
    const paint = () => {
        const shown = filter ? paged.items.filter(filter) : paged.items;
        fill(list, shown.map(row));
        fill(foot, next && h("button.button", { type: "button", dataset: { key: "load-more" }, onclick: (event) => busy(event.currentTarget, more) },
            icon("chevron-down", { size: 16 }), t("list.more")),
        paged.items.length > per || next ? h("p.small.faint", { role: "status" }, t(next ? "list.shown_more" : "list.shown", { n: paged.items.length })) : null);
        fill(element, shown.length > 0 ? list : next ? null : empty(), foot);
    };
    const more = async () => {
        const mine = turn;
        try {
            const page = await getPage(next);
            if (mine !== turn) return;
            const first = page.items[0];
            const known = new Set(paged.items.map((item) => item.id));
            paged.items.push(...page.items.filter((item) => item.id === undefined || !known.has(item.id)));
            next = page.next;
            onload?.(paged.items);
            draw();
            // The reader goes on where the new rows begin.
            if (first) list.children[paged.items.indexOf(first)]?.querySelector("a, button")?.focus({ preventScroll: true });
        } catch (error) {
            toastError(error, more);
        }
    };
    const paged = {
        element, items: [],
        redraw: draw,
        async load(changed = {}) {
            turn += 1;
            const mine = turn;
            try {
                const page = await getPage(path, { query: { per_page: per, ...query, ...changed } });
                if (mine !== turn) return;
                // The same once more leaves an open menu alone.
                if (drawn && next === page.next && JSON.stringify(page.items) === JSON.stringify(paged.items)) return;
                drawn = true;
                paged.items = page.items;
                next = page.next;
                onload?.(paged.items);
                draw();
            } catch (error) {
                if (mine !== turn) return;
                drawn = false;
                fill(element, h("div.card", problem(error, () => { fill(element, skeletonRows()); paged.load(changed); })));
            }
        },
    };
    return paged;
}

/** `j` and `k` move the focus through `[data-row]` elements below `root`. */
export function rowKeys(root, group) {
    const move = (step) => {
        const rows = [...root.querySelectorAll("[data-row]")].filter((row) => row.getClientRects().length > 0);
        const at = rows.findIndex((row) => row === document.activeElement || row.closest("li")?.contains(document.activeElement));
        const to = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, at + step))];
        to?.focus();
        to?.scrollIntoView({ block: "nearest" });
    };
    register({ key: "j", label: t("list.next_row"), group, run: () => move(1) });
    register({ key: "k", label: t("list.previous_row"), group, run: () => move(-1) });
}
