// What others are drawing just now: their strokes in motion, interpolated, and their cursors with names.
import { painted } from "./geometry.js";
import { paint, paintOf } from "./paint.js";
import { Trail } from "./trail.js";

/** How long (ms) points that arrived in one message take to be drawn. */
const SPREAD = 90;

/** A stroke nobody continues disappears after this (ms); its finished element has then been lost or refused. */
const STROKE_LIFE = 6_000;

/** One that was lifted or given up disappears after this (ms) if no finished element comes. */
const DONE_LIFE = 1_500;

/** Strokes in motion at once, and numbers of one; what is more is seen when it is finished. */
const MOST_STROKES = 200;
const MOST_NUMBERS = 20_000;

/** A cursor fades after this (ms) without movement. */
const CURSOR_LIFE = 3_000;
const FADE = 500;

/** How long (ms) a cursor takes to its next place. */
const GLIDE = 100;

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
            this.#continue(event, now);
        } else {
            return;
        }
        this.#changed();
    }

    #continue({ stroke: { id, kind, color, size, points = [] } = {}, done }, now) {
        let stroke = this.#strokes.get(id);
        if (!stroke) {
            if (this.#strokes.size >= MOST_STROKES) return;
            stroke = { id, kind, color, size, points: [], shown: 0, at: now, trail: new Trail() };
            this.#strokes.set(id, stroke);
        }
        const fresh = points.filter(Number.isFinite);
        if (isShape(kind)) {
            // Each message has the whole shape: two corners.
            if (fresh.length >= 4) Object.assign(stroke, { from: corners(stroke, now) ?? fresh.slice(-4), points: fresh.slice(-4) });
        } else if (stroke.points.length < MOST_NUMBERS) {
            stroke.points.push(...fresh);
        }
        Object.assign(stroke, { at: now, begin: stroke.shown, life: done ? DONE_LIFE : STROKE_LIFE });
    }

    /** Whether anybody draws or points. */
    get any() {
        return this.#strokes.size + this.#cursors.size > 0;
    }

    /** The finished element is here: its stroke in motion goes. */
    finished(ids) {
        for (const id of ids) this.#strokes.delete(id);
    }

    /** Paints the strokes in board units and marks their boxes; after how long (ms) that is due again. */
    paintStrokes(context, mark) {
        const now = performance.now();
        let wait = Infinity;
        for (const stroke of this.#strokes.values()) {
            if (now - stroke.at > stroke.life) {
                this.#strokes.delete(stroke.id);
                continue;
            }
            const total = stroke.points.length / 2;
            const share = Math.min(1, (now - stroke.at) / SPREAD);
            stroke.shown = Math.max(stroke.shown, Math.floor(stroke.begin + (total - stroke.begin) * share));
            wait = Math.min(wait, share < 1 ? 0 : stroke.at + stroke.life - now + 1);
            if (stroke.shown > 0) mark(paintStroke(context, stroke, now));
        }
        return wait;
    }

    /** Paints the cursors in pixels of the window and marks their boxes there; after how long (ms) that is due again. */
    paintCursors(context, viewport, mark) {
        const now = performance.now();
        let wait = Infinity;
        for (const [id, cursor] of this.#cursors) {
            const age = now - cursor.at;
            if (age > CURSOR_LIFE + FADE) {
                this.#cursors.delete(id);
                continue;
            }
            const [x, y] = viewport.toScreen(...this.#place(cursor, now));
            context.globalAlpha = Math.max(0, Math.min(1, 1 - (age - CURSOR_LIFE) / FADE));
            mark({ x, y, w: label(context, x, y, cursor.name, tint(id)), h: 34 });
            wait = Math.min(wait, age < GLIDE || age > CURSOR_LIFE ? 0 : CURSOR_LIFE - age + 1);
        }
        context.globalAlpha = 1;
        return wait;
    }

    #place({ from, to, at }, now) {
        const share = Math.min(1, (now - at) / GLIDE);
        return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
    }
}

const isShape = (kind) => kind === "line" || kind === "rect" || kind === "ellipse";

/** The two corners of a shape in motion, on their way from where they were to where they are said to be. */
function corners({ from, points, at }, now) {
    if (!from) return null;
    const share = Math.min(1, (now - at) / SPREAD);
    return from.map((value, index) => value + (points[index] - value) * share);
}

/** Paints a stroke in motion as far as it is shown; the box that it is painted in. */
function paintStroke(context, stroke, now) {
    const { kind, color = "ink", size = 4, points, shown, trail } = stroke;
    if (isShape(kind)) {
        const [ax, ay, bx, by] = corners(stroke, now);
        const element = kind === "line" ? { kind, color, size, points: [ax, ay, bx, by] } : { kind, color, size, x: ax, y: ay, w: bx - ax, h: by - ay };
        paint(context, element);
        return painted(element);
    }
    while (trail.length < shown) trail.add(points[2 * trail.length], points[2 * trail.length + 1]);
    return trail.paint(context, { color, size });
}

const TINTS = ["blue", "green", "orange", "purple", "red"];
const tint = (id) => paintOf(TINTS[Number(id) % TINTS.length]);

/** Paints a cursor with a name; how wide that is. */
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
    const width = widthOf(context, name) + 10;
    context.beginPath();
    context.roundRect(x + 10, y + 14, width, 18, 4);
    context.fill();
    context.fillStyle = paintOf("--surface");
    context.fillText(name, x + 15, y + 23.5);
    return width + 12;
}

const widths = new Map();

/** A name's width; names are few and seldom change. */
function widthOf(context, name) {
    if (!widths.has(name)) {
        if (widths.size > 500) widths.clear();
        widths.set(name, context.measureText(name).width);
    }
    return widths.get(name);
}
