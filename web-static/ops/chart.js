// <cohort-chart>: one series over time as SVG, with axes, exact values on hover and by arrow keys, and the
// same numbers as a table.

import { fill, h, s, uid } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { compact, number, t, time, timeSeconds } from "../base/i18n.js";

const HEIGHT = 150;
const PAD = { top: 8, end: 10, bottom: 22, start: 44 };
const MINUTE = 60_000;

/** A round step so that about `count` lines fit under `most`: 1, 2 or 5 times a power of ten. */
export function niceStep(most, count) {
    const raw = Math.max(most, 1e-9) / count;
    const power = 10 ** Math.floor(Math.log10(raw));
    const factor = [1, 2, 5, 10].find((step) => step * power >= raw - 1e-12) ?? 10;
    return factor * power;
}

/**
 * Properties: `heading`, `unit` ("ms", "/s" or ""), `color` (a token), and `data = { t0, step, values }` with
 * `null` for what was not measured. Setting `data` draws again at most once per frame.
 */
export class CohortChart extends HTMLElement {
    heading = "";
    unit = "";
    color = "--data-1";
    #data = { t0: 0, step: 1, values: [] };
    #pointer = null;        // index under the pointer or chosen by keys
    #frame = 0;
    #built = null;
    #resize = null;
    #tabular = false;

    set data(value) {
        this.#data = value;
        this.#plan();
    }

    get data() {
        return this.#data;
    }

    connectedCallback() {
        if (!this.#built) this.#build();
        this.#resize = new ResizeObserver(() => this.#plan());
        this.#resize.observe(this);
        this.#plan();
    }

    disconnectedCallback() {
        this.#resize?.disconnect();
        cancelAnimationFrame(this.#frame);
        this.#frame = 0;
    }

    #plan() {
        if (!this.#built || this.#frame) return;
        this.#frame = requestAnimationFrame(() => {
            this.#frame = 0;
            this.#draw();
        });
    }

    #build() {
        const id = uid("chart");
        const now = h("span.chart-now.num");
        const plot = h("div.chart-plot", { tabindex: "0", role: "slider", "aria-labelledby": id, "aria-orientation": "horizontal" });
        const tip = h("div.chart-tip", { hidden: true, "aria-hidden": "true" });
        const table = h("div.chart-table.table-scroll", { hidden: true, tabindex: "0", role: "region", "aria-label": t("chart.table_of", { name: this.heading }) });
        const toggle = h("button.button.ghost.icon.small", { type: "button", "aria-pressed": "false", "aria-label": t("chart.as_table", { name: this.heading }), title: t("chart.table"), onclick: () => {
            this.#tabular = !this.#tabular;
            toggle.setAttribute("aria-pressed", String(this.#tabular));
            plot.hidden = this.#tabular;
            table.hidden = !this.#tabular;
            this.#plan();
        } }, icon("table", { size: 16 }));
        this.#built = { plot, tip, table, now };
        fill(this, h("div.chart-head", h("h3", { id }, this.heading), now, toggle), h("div.chart-body", plot, tip, table));
        plot.addEventListener("pointermove", (event) => this.#point(this.#indexAt(event)));
        plot.addEventListener("pointerdown", (event) => this.#point(this.#indexAt(event)));
        plot.addEventListener("pointerleave", () => { if (document.activeElement !== plot || !plot.matches(":focus-visible")) this.#point(null); });
        plot.addEventListener("blur", () => this.#point(null));
        plot.addEventListener("focus", () => { if (plot.matches(":focus-visible")) this.#point(this.#pointer ?? this.#data.values.length - 1); });
        plot.addEventListener("keydown", (event) => {
            const last = this.#data.values.length - 1;
            const minute = Math.max(1, Math.round(MINUTE / this.#data.step));
            const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageUp: -minute * 5, PageDown: minute * 5, Home: -Infinity, End: Infinity };
            if (event.key === "Escape") return this.#point(null);
            if (!(event.key in steps) || last < 0) return;
            event.preventDefault();
            this.#point(Math.max(0, Math.min(last, (this.#pointer ?? last) + steps[event.key])));
        });
    }

    #indexAt(event) {
        const box = this.#built.plot.getBoundingClientRect();
        const { values } = this.#data;
        const inside = (event.clientX - box.left - PAD.start) / Math.max(1, box.width - PAD.start - PAD.end);
        return values.length === 0 ? null : Math.max(0, Math.min(values.length - 1, Math.round(inside * (values.length - 1))));
    }

    #point(index) {
        this.#pointer = index === null || !Number.isFinite(index) ? null : index;
        this.#plan();
    }

    #write(value, exact = false) {
        if (value === null || value === undefined) return "–";
        const text = exact ? number(value, value < 100 ? 2 : 0) : value >= 10_000 ? compact(value) : number(value, value < 10 ? 1 : 0);
        return this.unit ? `${text}\u202f${this.unit}` : text;
    }

    #draw() {
        const { plot, tip, table, now } = this.#built;
        const { t0, step, values } = this.#data;
        const known = values.filter((value) => value !== null && value !== undefined);
        fill(now, this.#write(known.at(-1)));
        if (this.#tabular) {
            this.#drawTable(table);
            tip.hidden = true;
            return;
        }
        const width = Math.max(160, plot.clientWidth);
        const inner = { width: width - PAD.start - PAD.end, height: HEIGHT - PAD.top - PAD.bottom };
        const grid = niceStep(Math.max(...known, 0) || 1, 3);
        const top = Math.max(grid, Math.ceil((Math.max(...known, 0) || 1) / grid) * grid);
        const x = (index) => PAD.start + (values.length > 1 ? (index / (values.length - 1)) * inner.width : inner.width);
        const y = (value) => PAD.top + inner.height - (value / top) * inner.height;
        const svg = s("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, "aria-hidden": "true", style: null });
        for (let value = 0; value <= top + grid / 2; value += grid) {
            svg.append(
                s("line", { class: value === 0 ? "axis" : "grid", x1: PAD.start, x2: width - PAD.end, y1: y(value), y2: y(value) }),
                s("text", { class: "tick", x: PAD.start - 6, y: y(value) + 4, "text-anchor": "end" }, this.#axis(value, grid)));
        }
        if (values.length > 1) {
            const span = (values.length - 1) * step;
            const every = (width < 420 ? 20 : 10) * MINUTE * (span < 20 * MINUTE ? 0.25 : 1);
            for (let at = Math.ceil(t0 / every) * every; at <= t0 + span; at += every) {
                const place = x((at - t0) / step);
                if (place < PAD.start + 14 || place > width - 20) continue;
                svg.append(s("line", { class: "axis", x1: place, x2: place, y1: y(0), y2: y(0) + 4 }),
                    s("text", { class: "tick", x: place, y: HEIGHT - 6, "text-anchor": "middle" }, time(at)));
            }
        }
        for (const run of runs(values)) {
            const points = thin(run, x, y, inner.width);
            const line = points.map(([a, b]) => `${a.toFixed(1)} ${b.toFixed(1)}`).join("L");
            const area = s("path", { class: "area", d: `M${points[0][0].toFixed(1)} ${y(0)}L${line}L${points.at(-1)[0].toFixed(1)} ${y(0)}Z` });
            const stroke = s("path", { class: "line", d: `M${line}` });
            area.style.fill = stroke.style.stroke = `var(${this.color})`;
            svg.append(area, stroke);
        }
        if (values.length === 0 || known.length === 0) {
            svg.append(s("text", { class: "none", x: PAD.start + inner.width / 2, y: PAD.top + inner.height / 2, "text-anchor": "middle" }, t("chart.none")));
        }
        const index = this.#pointer;
        const value = index === null ? null : values[index];
        if (index !== null && index < values.length) {
            svg.append(s("line", { class: "cursor", x1: x(index), x2: x(index), y1: PAD.top, y2: y(0) }));
            if (value !== null && value !== undefined) {
                const dot = s("circle", { class: "dot-at", cx: x(index), cy: y(value), r: 4 });
                dot.style.fill = `var(${this.color})`;
                svg.append(dot);
            }
            fill(tip, h("span.strong.num", this.#write(value, true)), h("span.tip-time.num", timeSeconds(t0 + index * step)));
            tip.hidden = false;
            const half = tip.offsetWidth / 2;
            tip.style.left = `${Math.max(0, Math.min(width - half * 2, x(index) - half))}px`;
        } else {
            tip.hidden = true;
        }
        fill(plot, svg);
        const spoken = index ?? values.length - 1;
        plot.setAttribute("aria-valuemin", "0");
        plot.setAttribute("aria-valuemax", String(Math.max(0, values.length - 1)));
        plot.setAttribute("aria-valuenow", String(Math.max(0, spoken)));
        plot.setAttribute("aria-valuetext", spoken >= 0 ? t("chart.at", { value: this.#write(values[spoken], true), time: timeSeconds(t0 + spoken * step) }) : t("chart.none"));
    }

    #axis(value, grid) {
        const text = value >= 10_000 ? compact(value) : number(value, grid < 1 ? 1 : 0);
        return value > 0 && this.unit && value + grid / 2 > 0 ? `${text}${this.unit === "ms" ? "\u202fms" : this.unit}` : text;
    }

    // One row per minute, newest first: as many as a reader may want to hear.
    #drawTable(table) {
        const { t0, step, values } = this.#data;
        const per = Math.max(1, Math.round(MINUTE / step));
        const rows = [];
        for (let end = values.length; end > 0; end -= per) {
            const part = values.slice(Math.max(0, end - per), end).filter((value) => value !== null && value !== undefined);
            const mean = part.length > 0 ? part.reduce((sum, value) => sum + value, 0) / part.length : null;
            rows.push(h("tr", h("th", { scope: "row" }, time(t0 + (end - 1) * step)), h("td.num", this.#write(mean, true)), h("td.num", this.#write(part.length > 0 ? Math.max(...part) : null, true))));
        }
        const scroll = table.scrollTop;
        fill(table, h("table.table", h("caption.visually-hidden", this.heading),
            h("thead", h("tr", h("th", { scope: "col" }, t("chart.minute")), h("th.num", { scope: "col" }, t("chart.mean")), h("th.num", { scope: "col" }, t("chart.most")))),
            h("tbody", rows)));
        table.scrollTop = scroll;
    }
}

// The stretches without gaps, as [index, value] pairs.
function runs(values) {
    const result = [];
    let open = null;
    for (const [index, value] of values.entries()) {
        if (value === null || value === undefined) {
            open = null;
            continue;
        }
        if (!open) result.push(open = []);
        open.push([index, value]);
    }
    return result;
}

// At most two points per pixel column, lowest and highest, so that no peak is lost.
function thin(run, x, y, width) {
    if (run.length <= width) return run.map(([index, value]) => [x(index), y(value)]);
    const size = Math.ceil(run.length / width);
    const points = [];
    for (let at = 0; at < run.length; at += size) {
        const part = run.slice(at, at + size);
        const low = part.reduce((a, b) => (b[1] < a[1] ? b : a));
        const high = part.reduce((a, b) => (b[1] > a[1] ? b : a));
        for (const [index, value] of low[0] <= high[0] ? [low, high] : [high, low]) points.push([x(index), y(value)]);
    }
    return points;
}

/** A tiny line without axes for a table's row; `label` says it in words. */
export function sparkline(values, label) {
    const width = 88;
    const height = 22;
    const known = (values ?? []).filter((value) => value !== null);
    const svg = s("svg", { class: "spark", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label });
    if (known.length < 2) return svg;
    const low = Math.min(...known);
    const high = Math.max(...known, low + 1);
    const points = known.map((value, at) => `${((at / (known.length - 1)) * (width - 4) + 2).toFixed(1)} ${(height - 3 - ((value - low) / (high - low)) * (height - 6)).toFixed(1)}`);
    svg.append(s("path", { d: `M${points.join("L")}` }));
    const [lastX, lastY] = points.at(-1).split(" ");
    svg.append(s("circle", { cx: lastX, cy: lastY, r: 2 }));
    return svg;
}

customElements.define("cohort-chart", CohortChart);
