// The board as a picture: PNG for slides, SVG for editing.
import { s } from "../../base/dom.js";
import { fontSize, grow, LINE, painted, union } from "./geometry.js";
import { outline, paint, paintOf } from "./paint.js";
import { SHEET } from "./view.js";

const LARGEST_SIDE = 8_000;

/** Hands a file to the browser to save. */
export function save(name, blob) {
    const url = URL.createObjectURL(blob);
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** The whole board as a PNG, twice as fine as the screen, on the theme's paper. */
export async function png(model) {
    const box = frame(model);
    const scale = Math.min(2, LARGEST_SIDE / Math.max(box.w, box.h));
    const canvas = document.createElement("canvas");
    canvas.width = Math.ceil(box.w * scale);
    canvas.height = Math.ceil(box.h * scale);
    const context = canvas.getContext("2d");
    context.fillStyle = paintOf("--surface");
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.setTransform(scale, 0, 0, scale, -box.x * scale, -box.y * scale);
    for (const element of model.elements) paint(context, element);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

/** The whole board as an SVG document. */
export function svg(model) {
    const box = frame(model);
    const root = s("svg", {
        xmlns: "http://www.w3.org/2000/svg", viewBox: `${box.x} ${box.y} ${box.w} ${box.h}`, width: box.w, height: box.h,
    });
    root.append(s("rect", { x: box.x, y: box.y, width: box.w, height: box.h, fill: paintOf("--surface") }));
    for (const element of model.elements) root.append(shape(element));
    return new Blob([new XMLSerializer().serializeToString(root)], { type: "image/svg+xml" });
}

function shape(element) {
    const color = paintOf(element.color ?? "ink");
    const size = element.size ?? 4;
    if (element.kind === "text") {
        const height = fontSize(size);
        return s("text", { "font-family": "system-ui, sans-serif", "font-weight": 500, "font-size": height, fill: color, "xml:space": "preserve" },
            (element.text ?? "").split("\n").map((line, index) =>
                s("tspan", { x: element.x, y: element.y + height * (LINE - 1) / 2 + height * 0.8 + index * height * LINE }, line)));
    }
    if (element.kind === "pen" && element.pressure?.length > 0) return s("path", { d: outline(element), fill: color });
    return s("path", {
        d: outline(element), fill: element.fill && element.kind !== "pen" && element.kind !== "line" ? color : "none",
        "fill-opacity": 0.18, stroke: color, "stroke-width": size, "stroke-linecap": "round", "stroke-linejoin": "round",
    });
}

function frame(model) {
    return grow(model.elements.map(painted).reduce(union, null) ?? SHEET, 24);
}
