// A small picture of a large board, with a frame around what is seen.
import { around, contains, grow, union } from "./geometry.js";
import { paintOf } from "./paint.js";
import { SHEET } from "./view.js";

/** What is drawn is painted anew this often (ms) at most. */
const PAINT_EVERY = 1_000;

/** About how many points of a stroke are painted. */
const COURSE = 12;

/** The longer side of the picture of what is drawn, in pixels. */
const PAPER = 400;

/** Shows itself once the board is larger than the window; a press or a drag goes there. */
export class Minimap {
    #canvas;
    #model;
    #viewport;
    #timer = 0;
    #world = SHEET;
    #box = null;
    #picture = null;
    #isStale = true;
    #paintedAt = -PAINT_EVERY;

    constructor(canvas, model, viewport) {
        this.#canvas = canvas;
        this.#model = model;
        this.#viewport = viewport;
        const go = (event) => {
            if (event.buttons === 0) return;
            const rect = canvas.getBoundingClientRect();
            const { x, y, scale } = this.#frame(rect.width, rect.height);
            viewport.centre(x + (event.clientX - rect.left) / scale, y + (event.clientY - rect.top) / scale);
        };
        canvas.addEventListener("pointerdown", (event) => {
            canvas.setPointerCapture(event.pointerId);
            go(event);
        });
        canvas.addEventListener("pointermove", go);
        viewport.on("changed", () => this.refresh());
        model.on("changed", (change) => this.#changed(change));
        model.on("reset", () => this.#changed());
        document.addEventListener("themechange", () => this.#changed());
    }

    /** Paints it soon; at most ten times a second. */
    refresh() {
        this.#timer ||= setTimeout(() => {
            this.#timer = 0;
            this.#draw();
        }, 100);
    }

    #frame(width, height) {
        const scale = Math.min(width / this.#world.w, height / this.#world.h);
        return {
            scale, x: this.#world.x + this.#world.w / 2 - width / scale / 2, y: this.#world.y + this.#world.h / 2 - height / scale / 2,
        };
    }

    #draw() {
        const seen = this.#viewport.box;
        const content = this.#content();
        const large = content !== null
            && (content.w > seen.w * 1.3 || content.h > seen.h * 1.3 || !overlapsMost(content, seen));
        this.#canvas.hidden = !large;
        if (!large) return;
        this.#world = grow(union(content, seen), 40);
        const ratio = Math.min(2, devicePixelRatio || 1);
        const { clientWidth: width, clientHeight: height } = this.#canvas;
        if (this.#canvas.width !== width * ratio || this.#canvas.height !== height * ratio) {
            Object.assign(this.#canvas, { width: width * ratio, height: height * ratio });
        }
        const context = this.#canvas.getContext("2d");
        context.setTransform(1, 0, 0, 1, 0, 0);
        context.clearRect(0, 0, width * ratio, height * ratio);
        const { x, y, scale } = this.#frame(width, height);
        context.setTransform(scale * ratio, 0, 0, scale * ratio, -x * scale * ratio, -y * scale * ratio);
        const { canvas: paper, box } = this.#paper(content);
        context.drawImage(paper, box.x, box.y, box.w, box.h);
        context.strokeStyle = paintOf("--accent-text");
        context.lineWidth = 2 / scale;
        context.strokeRect(seen.x, seen.y, seen.w, seen.h);
    }

    // The box around everything; worked out anew only when something changed.
    #content() {
        this.#box ??= { value: around(this.#model.elements) };
        return this.#box.value;
    }

    // What is drawn, as a picture of its own: moving the view does not paint it again.
    #paper(content) {
        const now = performance.now();
        if (this.#picture && (!this.#isStale || now - this.#paintedAt < PAINT_EVERY)) {
            if (this.#isStale) this.refresh();
            return this.#picture;
        }
        const canvas = this.#picture?.canvas ?? document.createElement("canvas");
        const unit = PAPER / Math.max(content.w, content.h);
        canvas.width = Math.max(1, Math.ceil(content.w * unit));
        canvas.height = Math.max(1, Math.ceil(content.h * unit));
        this.#picture = { canvas, unit, box: content };
        this.#isStale = false;
        this.#paintedAt = now;
        this.#sketch(this.#model.elements);
        return this.#picture;
    }

    // Lines at this size are specks: every stroke's course is enough.
    #sketch(elements) {
        const { canvas, unit, box } = this.#picture;
        const context = canvas.getContext("2d");
        context.setTransform(unit, 0, 0, unit, -box.x * unit, -box.y * unit);
        context.lineWidth = 2 / unit;
        const paths = new Map();
        for (const element of elements) {
            const color = paintOf(element.color ?? "ink");
            if (!paths.has(color)) paths.set(color, new Path2D());
            trace(paths.get(color), element);
        }
        for (const [color, path] of paths) {
            context.strokeStyle = color;
            context.stroke(path);
        }
    }

    #changed({ ids = [], appended = false } = {}) {
        const elements = [...ids].map((id) => this.#model.element(id)).filter(Boolean);
        const added = around(elements);
        const known = this.#box?.value;
        if (appended && added && known && this.#picture && contains(known, added) && contains(this.#picture.box, added)) {
            this.#sketch(elements);
        } else {
            this.#box = null;
            this.#isStale = true;
        }
        this.refresh();
    }
}

function trace(path, element) {
    const { points } = element;
    if (!points) {
        path.rect(element.x, element.y, element.w ?? 0, element.h ?? 0);
        return;
    }
    const step = Math.max(2, 2 * Math.floor(points.length / 2 / COURSE));
    path.moveTo(points[0], points[1]);
    for (let index = step; index + 1 < points.length; index += step) path.lineTo(points[index], points[index + 1]);
    path.lineTo(points.at(-2), points.at(-1));
}

function overlapsMost(content, seen) {
    const width = Math.min(content.x + content.w, seen.x + seen.w) - Math.max(content.x, seen.x);
    const height = Math.min(content.y + content.h, seen.y + seen.h) - Math.max(content.y, seen.y);
    return width > 0 && height > 0;
}
