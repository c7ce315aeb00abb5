// How an element looks on a canvas. Paths are made once per element and kept.
import { color as resolve } from "../../base/theme.js";
import { bounds, fontSize, LINE } from "./geometry.js";

/** The board's colours: names that both themes know, and their tokens. */
export const COLORS = Object.freeze({
    ink: "--text", blue: "--data-1", green: "--data-2", orange: "--data-3", purple: "--data-4", red: "--data-5", gray: "--data-6",
});

/** The line widths on offer, in units. */
export const SIZES = Object.freeze([2, 4, 8, 16]);

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", sans-serif';
const resolved = new Map();
const paths = new WeakMap();

/** The colour of a name or a `#rrggbb` in the present theme. */
export function paintOf(name) {
    if (!resolved.has(name)) resolved.set(name, lookUp(name));
    return resolved.get(name);
}

function lookUp(name) {
    if (name in COLORS) return resolve(COLORS[name]);
    if (name.startsWith("--")) return resolve(name);
    return /^#[0-9a-f]{6}$/i.test(name) ? name : resolve(COLORS.ink);
}

// Before anything that was painted with them is painted anew.
document.addEventListener("themechange", () => resolved.clear());

/** The font of a text element, for canvases and measuring. */
export const fontOf = (size) => `500 ${fontSize(size)}px ${FONT}`;

/** Paints one element in board units. */
export function paint(context, element) {
    const style = paintOf(element.color ?? "ink");
    context.lineCap = context.lineJoin = "round";
    context.lineWidth = element.size ?? 4;
    context.strokeStyle = context.fillStyle = style;
    if (element.kind === "text") {
        paintText(context, element);
        return;
    }
    const path = pathOf(element);
    if (element.kind === "pen" && element.pressure?.length > 0) {
        context.fill(path);
        return;
    }
    if (element.fill && element.kind !== "pen" && element.kind !== "line") {
        const before = context.globalAlpha;
        context.globalAlpha = before * 0.18;
        context.fill(path);
        context.globalAlpha = before;
    }
    context.stroke(path);
}

function paintText(context, element) {
    const size = fontSize(element.size ?? 4);
    context.font = fontOf(element.size ?? 4);
    context.textBaseline = "top";
    (element.text ?? "").split("\n").forEach((line, index) => {
        context.fillText(line, element.x, element.y + index * size * LINE + size * (LINE - 1) / 2);
    });
}

/** The path of an element that is no text. */
export function pathOf(element) {
    let path = paths.get(element);
    if (!path) {
        path = new Path2D(outline(element));
        paths.set(element, path);
    }
    return path;
}

/** The same as an SVG path's `d`. */
export function outline(element) {
    const { kind, points = [] } = element;
    if (kind === "pen") return element.pressure?.length > 0 ? ribbon(points, element.pressure, element.size ?? 4) : curve(points);
    if (kind === "line") return `M${points[0]} ${points[1]}L${points.at(-2)} ${points.at(-1)}`;
    const { x, y, w, h } = bounds(element);
    if (kind === "rect") return `M${x} ${y}h${w}v${h}h${-w}Z`;
    const [rx, ry] = [w / 2, h / 2];
    return `M${x} ${y + ry}a${rx} ${ry} 0 1 0 ${w} 0a${rx} ${ry} 0 1 0 ${-w} 0Z`;
}

/** A smooth line through the middles of the segments. */
function curve(points) {
    if (points.length <= 2) return `M${points[0] ?? 0} ${points[1] ?? 0}h0.01`;
    let d = `M${points[0]} ${points[1]}`;
    for (let index = 2; index + 3 < points.length; index += 2) {
        const [x, y] = [points[index], points[index + 1]];
        d += `Q${x} ${y} ${(x + points[index + 2]) / 2} ${(y + points[index + 3]) / 2}`;
    }
    return `${d}L${points.at(-2)} ${points.at(-1)}`;
}

/** A line whose width follows the pressure: its outline, to be filled. */
function ribbon(points, pressure, size) {
    const count = points.length / 2;
    const left = [];
    const right = [];
    for (let index = 0; index < count; index += 1) {
        const before = Math.max(0, index - 1);
        const after = Math.min(count - 1, index + 1);
        const dx = points[2 * after] - points[2 * before];
        const dy = points[2 * after + 1] - points[2 * before + 1];
        const length = Math.hypot(dx, dy) || 1;
        const radius = size * (0.25 + 0.5 * (pressure[index] ?? 0.5));
        const [x, y] = [points[2 * index], points[2 * index + 1]];
        left.push(x - dy / length * radius, y + dx / length * radius);
        right.push([x + dy / length * radius, y - dx / length * radius]);
    }
    const back = right.reverse().flat();
    const cap = (at, index) => {
        const radius = size * (0.25 + 0.5 * (pressure[index] ?? 0.5));
        return `A${radius} ${radius} 0 0 1 ${at[0]} ${at[1]}`;
    };
    if (count === 1) {
        const radius = size * (0.25 + 0.5 * (pressure[0] ?? 0.5));
        return `M${points[0] - radius} ${points[1]}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`;
    }
    return `${curve(left)}${cap(back, count - 1)}${curve(back).replace(/^M/, "L")}${cap(left, 0)}Z`;
}

let measure = null;

/** The box that a text needs: `{w, h}`. */
export function textSize(text, size) {
    measure ??= document.createElement("canvas").getContext("2d");
    measure.font = fontOf(size);
    const lines = text.split("\n");
    return {
        w: Math.ceil(Math.max(...lines.map((line) => measure.measureText(line).width), 4)),
        h: Math.ceil(lines.length * fontSize(size) * LINE),
    };
}
