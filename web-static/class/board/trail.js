// A pen's stroke while it grows: what was painted of it is not worked out again for every new point.
import { grow } from "./geometry.js";
import { outline, paintOf } from "./paint.js";

/** Points with pressure are put into paths of this many. */
const PIECE = 48;

/** The path of a stroke in motion. Points are only added. */
export class Trail {
    #path = new Path2D();
    #points = [];
    #pressure = null;
    #pieces = [];
    #from = 0;
    #left = Infinity;
    #top = Infinity;
    #right = -Infinity;
    #bottom = -Infinity;

    /** @param pressed whether the points have a pressure, which makes the line's width */
    constructor(pressed = false) {
        if (pressed) this.#pressure = [];
    }

    /** How many points there are. */
    get length() {
        return this.#points.length / 2;
    }

    /** Adds a point. */
    add(x, y, pressure = 0.5) {
        const [beforeX, beforeY] = [this.#points.at(-2), this.#points.at(-1)];
        this.#points.push(x, y);
        this.#left = Math.min(this.#left, x);
        this.#top = Math.min(this.#top, y);
        this.#right = Math.max(this.#right, x);
        this.#bottom = Math.max(this.#bottom, y);
        this.#pressure?.push(pressure);
        if (this.length === 1) this.#path.moveTo(x, y);
        else if (this.length > 2) this.#path.quadraticCurveTo(beforeX, beforeY, (beforeX + x) / 2, (beforeY + y) / 2);
    }

    /** Paints the stroke in board units; returns the box that it is painted in, or null. */
    paint(context, { color, size }) {
        if (this.length === 0) return null;
        context.lineCap = context.lineJoin = "round";
        context.lineWidth = size;
        context.strokeStyle = context.fillStyle = paintOf(color);
        if (this.#pressure) this.#fill(context, size);
        else this.#stroke(context);
        return grow({ x: this.#left, y: this.#top, w: this.#right - this.#left, h: this.#bottom - this.#top }, size);
    }

    #stroke(context) {
        if (this.length > 2) context.stroke(this.#path);
        const [x, y] = [this.#points.at(-2), this.#points.at(-1)];
        const [beforeX, beforeY] = this.length > 1 ? [this.#points.at(-4), this.#points.at(-3)] : [x - 0.01, y];
        context.beginPath();
        if (this.length > 2) context.moveTo((beforeX + x) / 2, (beforeY + y) / 2);
        else context.moveTo(beforeX, beforeY);
        context.lineTo(x, y);
        context.stroke();
    }

    // Pieces overlap by a point, where both are round and equally wide.
    #fill(context, size) {
        const piece = (from, to) => new Path2D(outline({
            kind: "pen", size, points: this.#points.slice(2 * from, 2 * to), pressure: this.#pressure.slice(from, to),
        }));
        while (this.length - this.#from > 2 * PIECE) {
            this.#pieces.push(piece(this.#from, this.#from + PIECE + 1));
            this.#from += PIECE;
        }
        for (const path of this.#pieces) context.fill(path);
        context.fill(piece(this.#from, this.length));
    }
}
