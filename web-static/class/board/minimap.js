// A small picture of a large board, with a frame around what is seen.
import { grow, union, painted } from "./geometry.js";
import { paintOf } from "./paint.js";
import { SHEET } from "./viewport.js";

/** Shows itself once the board is larger than the window; a press or a drag goes there. */
export class Minimap {
    #canvas;
    #model;
    #viewport;
    #timer = 0;
    #world = SHEET;

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
        model.on("changed", () => this.refresh());
        model.on("reset", () => this.refresh());
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
        const content = this.#model.elements.map(painted).reduce(union, null);
        const large = content !== null
            && (content.w > seen.w * 1.3 || content.h > seen.h * 1.3 || !overlapsMost(content, seen));
        this.#canvas.hidden = !large;
        if (!large) return;
        this.#world = grow(union(content, seen), 40);
        const ratio = Math.min(2, devicePixelRatio || 1);
        const { clientWidth: width, clientHeight: height } = this.#canvas;
        this.#canvas.width = width * ratio;
        this.#canvas.height = height * ratio;
        const context = this.#canvas.getContext("2d");
        const { x, y, scale } = this.#frame(width, height);
        context.setTransform(scale * ratio, 0, 0, scale * ratio, -x * scale * ratio, -y * scale * ratio);
        // Lines at this size are specks: every stroke's course is enough.
        context.lineWidth = 1.2 / scale;
        for (const element of this.#model.elements) {
            context.strokeStyle = paintOf(element.color ?? "ink");
            context.beginPath();
            if (element.points) {
                const step = Math.max(2, 2 * Math.floor(element.points.length / 40));
                context.moveTo(element.points[0], element.points[1]);
                for (let index = step; index + 1 < element.points.length; index += step) context.lineTo(element.points[index], element.points[index + 1]);
                context.lineTo(element.points.at(-2), element.points.at(-1));
            } else {
                context.rect(element.x, element.y, element.w ?? 0, element.h ?? 0);
            }
            context.stroke();
        }
        context.strokeStyle = paintOf("--accent-text");
        context.lineWidth = 2 / scale;
        context.strokeRect(seen.x, seen.y, seen.w, seen.h);
    }
}

function overlapsMost(content, seen) {
    const width = Math.min(content.x + content.w, seen.x + seen.w) - Math.max(content.x, seen.x);
    const height = Math.min(content.y + content.h, seen.y + seen.h) - Math.max(content.y, seen.y);
    return width > 0 && height > 0;
}
