// What others are drawing just now: their strokes in motion, interpolated, and their cursors with names.
import { paint, paintOf } from "./paint.js";

/** How long (ms) points that arrived in one message take to be drawn. */
const SPREAD = 90;

/** A stroke nobody continues disappears after this (ms); its finished element has then been lost or refused. */
const STROKE_LIFE = 6_000;

/** A cursor fades after this (ms) without movement. */
const CURSOR_LIFE = 3_000;
const FADE = 500;

/** The ephemeral side of the board. `changed()` is called when there is something new to paint. */
export class Others {
    #strokes = new Map();
    #cursors = new Map();
    #changed;
    #me;

    constructor(me, changed) {
        this.#me = me;
        this.#changed = changed;
    }

    /** Takes `board.stroke.live` and `board.cursor`. */
    receive(event, mine) {
        const now = performance.now();
        if (event.type === "board.cursor" && event.by?.id !== this.#me.id) {
            const before = this.#cursors.get(event.by.id);
            const from = before ? this.#place(before, now) : [event.x, event.y];
            this.#cursors.set(event.by.id, { name: event.by.name, from, to: [event.x, event.y], at: now });
        } else if (event.type === "board.stroke.live" && !mine(event.stroke?.id)) {
            const { id, kind, color, size, points = [] } = event.stroke ?? {};
            const stroke = this.#strokes.get(id) ?? { id, kind, color, size, points: [], shown: 0, at: now, by: event.by };
            stroke.points.push(...points.filter(Number.isFinite));
            stroke.at = now;
            stroke.begin = stroke.shown;
            this.#strokes.set(id, stroke);
        } else {
            return;
        }
        this.#changed();
    }

    /** Whether anybody draws or points. */
    get any() {
        return this.#strokes.size + this.#cursors.size > 0;
    }

    /** The finished element is here: its stroke in motion goes. */
    finished(ids) {
        for (const id of ids) this.#strokes.delete(id);
    }

    /** Paints the strokes in board units; true while something still moves. */
    paintStrokes(context) {
        const now = performance.now();
        let moving = false;
        for (const stroke of this.#strokes.values()) {
            if (now - stroke.at > STROKE_LIFE) {
                this.#strokes.delete(stroke.id);
                continue;
            }
            const total = stroke.points.length / 2;
            const share = Math.min(1, (now - stroke.at) / SPREAD);
            stroke.shown = Math.max(stroke.shown, Math.floor(stroke.begin + (total - stroke.begin) * share));
            moving ||= stroke.shown < total;
            if (stroke.shown > 0) paint(context, asElement(stroke));
        }
        return moving || this.#strokes.size > 0;
    }

    /** Paints the cursors in pixels of the window; true while one is to be seen. */
    paintCursors(context, viewport) {
        const now = performance.now();
        for (const [id, cursor] of this.#cursors) {
            const age = now - cursor.at;
            if (age > CURSOR_LIFE + FADE) {
                this.#cursors.delete(id);
                continue;
            }
            const [x, y] = viewport.toScreen(...this.#place(cursor, now));
            context.globalAlpha = Math.max(0, Math.min(1, 1 - (age - CURSOR_LIFE) / FADE));
            label(context, x, y, cursor.name, tint(id));
        }
        context.globalAlpha = 1;
        return this.#cursors.size > 0;
    }

    #place({ from, to, at }, now) {
        const share = Math.min(1, (now - at) / 100);
        return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
    }
}

/** A stroke in motion as the element it will become, as far as it is shown. */
function asElement({ id, kind, color, size, points, shown }) {
    if (kind === "rect" || kind === "ellipse") {
        const [x, y] = points;
        return { id, kind, color, size, x, y, w: points.at(-2) - x, h: points.at(-1) - y };
    }
    if (kind === "line") return { id, kind, color, size, points: [points[0], points[1], points.at(-2), points.at(-1)] };
    return { id, kind: "pen", color, size, points: points.slice(0, 2 * shown) };
}

const TINTS = ["blue", "green", "orange", "purple", "red"];
const tint = (id) => paintOf(TINTS[Number(id) % TINTS.length]);

function label(context, x, y, name, color) {
    context.fillStyle = color;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + 4, y + 14);
    context.lineTo(x + 8, y + 9);
    context.lineTo(x + 14, y + 8);
    context.closePath();
    context.fill();
    context.font = "600 11px system-ui, sans-serif";
    context.textBaseline = "middle";
    const width = context.measureText(name).width + 10;
    context.beginPath();
    context.roundRect(x + 10, y + 14, width, 18, 4);
    context.fill();
    context.fillStyle = paintOf("--surface");
    context.fillText(name, x + 15, y + 23.5);
}
