// What a pointer does on the board with a tool in hand: drawing, erasing, selecting and moving.
import { around, bounds, boxOf, contains, hits, moved, overlap, painted, round, simplified, snapped } from "./geometry.js";
import { paint, paintOf } from "./paint.js";
import { Trail } from "./trail.js";

/** How often (ms) others are told of a stroke in motion. */
const TELL = 50;

/** How far (px) beside an element a press still counts. */
const SLACK = { mouse: 6, pen: 8, touch: 14 };

/** The most points of one element; a longer stroke is simplified until it fits. */
const MOST_POINTS = 1_500;

/**
 * One stroke or shape being drawn.
 *
 * `desk` is the board: `style`, `viewport`, `model`, `signal(type, data)`, `apply(ops)`.
 */
export class DrawGesture {
    #desk;
    #kind;
    #points = [];
    #pressure = [];
    #usePressure;
    #trail;
    #told = 0;
    #toldAt = 0;
    #firm = false;

    constructor(desk, kind, pointer) {
        this.#desk = desk;
        this.#kind = kind;
        this.#usePressure = kind === "pen" && pointer.type === "pen";
        this.#trail = new Trail(this.#usePressure);
        this.id = desk.model.newId();
        this.#add(pointer);
    }

    /** Takes the pointer's next places, in board units. */
    move(pointers, { shift }) {
        this.#firm = shift;
        for (const pointer of pointers) this.#add(pointer);
        this.#tell(false);
        return "live";
    }

    /** Paints the stroke as it is. */
    paint(context, mark) {
        if (this.#kind === "pen") {
            const box = this.#trail.paint(context, this.#head());
            if (box) mark(box);
            return;
        }
        const element = this.#element();
        paint(context, element);
        mark(painted(element));
    }

    /** The gesture is over: the element is sent. */
    end() {
        this.#tell(true);
        const element = this.#finished();
        if (element) this.#desk.apply([{ op: "add", element }]);
    }

    /** The gesture turned out to be something else (a second finger). */
    cancel() {
        this.#desk.signal("board.stroke.live", { stroke: { ...this.#head(), points: [] }, done: true });
    }

    #add({ x, y, pressure }) {
        if (this.#kind === "pen") {
            const [lastX, lastY] = [this.#points.at(-2), this.#points.at(-1)];
            if (this.#points.length > 0 && Math.hypot(x - lastX, y - lastY) < 0.7 / this.#desk.viewport.scale) return;
            this.#points.push(x, y);
            this.#trail.add(x, y, pressure);
            if (this.#usePressure) this.#pressure.push(pressure);
        } else {
            this.#points = [this.#points[0] ?? x, this.#points[1] ?? y, x, y];
        }
    }

    #head() {
        const { color, size } = this.#desk.style;
        return { id: this.id, kind: this.#kind, color, size };
    }

    // What is seen now; own strokes are drawn from every point.
    #element() {
        const { fill } = this.#desk.style;
        const head = this.#head();
        if (this.#kind === "pen") {
            return { ...head, points: [...this.#points], ...(this.#usePressure ? { pressure: this.#pressure } : {}) };
        }
        const [ax, ay, rawX, rawY] = this.#points;
        const [bx, by] = snapped(this.#kind, ax, ay, rawX ?? ax, rawY ?? ay, this.#firm);
        if (this.#kind === "line") return { ...head, points: [ax, ay, bx, by].map(round) };
        const box = { x: Math.min(ax, bx), y: Math.min(ay, by), w: Math.abs(bx - ax), h: Math.abs(by - ay) };
        return { ...head, x: round(box.x), y: round(box.y), w: round(box.w), h: round(box.h), ...(fill ? { fill: head.color } : {}) };
    }

    #finished() {
        const element = this.#element();
        if (this.#kind === "pen") {
            let coarse = 1 / this.#desk.viewport.scale;
            let kept = simplified(element.points, 0.3 * coarse, 5 * coarse);
            while (kept.length > MOST_POINTS) {
                coarse *= 1.6;
                kept = simplified(element.points, 0.3 * coarse, 5 * coarse);
            }
            const points = kept.flatMap((index) => [round(element.points[2 * index]), round(element.points[2 * index + 1])]);
            const pressure = this.#usePressure ? { pressure: kept.map((index) => Math.round(this.#pressure[index] * 100) / 100) } : {};
            return { ...element, points, ...pressure };
        }
        const smallest = 3 / this.#desk.viewport.scale;
        if (this.#kind === "line") {
            const [ax, ay, bx, by] = element.points;
            return Math.hypot(bx - ax, by - ay) < smallest ? null : element;
        }
        return element.w < smallest && element.h < smallest ? null : element;
    }

    #tell(done) {
        const now = performance.now();
        if (!done && now - this.#toldAt < TELL) return;
        this.#toldAt = now;
        let points;
        if (this.#kind === "pen") {
            points = this.#points.slice(this.#told);
            this.#told = this.#points.length;
        } else {
            const element = this.#element();
            points = element.points ?? [element.x, element.y, element.x + element.w, element.y + element.h];
        }
        if (points.length === 0 && !done) return;
        // One message stays small even after a pause of the page.
        for (let from = 0; from < Math.max(points.length, 1); from += 400) {
            const last = from + 400 >= points.length;
            this.#desk.signal("board.stroke.live", {
                stroke: { ...this.#head(), points: points.slice(from, from + 400).map(round) }, ...(done && last ? { done: true } : {}),
            });
        }
    }
}

/** The topmost element under a point that this person may change. */
export function elementAt(desk, x, y, type = "mouse") {
    const slack = (SLACK[type] ?? 8) / desk.viewport.scale;
    return desk.model.elements.findLast((element) => desk.model.mayChange(element) && hits(element, x, y, slack));
}

/** Rubs out whole elements along the way; one operation when the pointer is lifted. */
export class EraseGesture {
    #desk;
    #type;
    #ids = new Set();

    constructor(desk, pointer) {
        this.#desk = desk;
        this.#type = pointer.type;
        this.move([pointer]);
    }

    move(pointers) {
        const slack = (SLACK[this.#type] ?? 8) / this.#desk.viewport.scale;
        const before = this.#ids.size;
        for (const { x, y } of pointers) {
            for (const element of this.#desk.model.elements) {
                if (!this.#ids.has(element.id) && this.#desk.model.mayChange(element) && hits(element, x, y, slack)) this.#ids.add(element.id);
            }
        }
        if (this.#ids.size > before) this.#desk.layers.hide(this.#ids);
        return "live";
    }

    paint(context, mark) {
        context.globalAlpha = 0.2;
        for (const id of this.#ids) {
            const element = this.#desk.model.element(id);
            if (!element) continue;
            paint(context, element);
            mark(painted(element));
        }
        context.globalAlpha = 1;
    }

    end() {
        const ids = [...this.#ids];
        if (ids.length > 0) this.#desk.apply([{ op: "delete", ids }]);
        this.#desk.layers.hide([]);
    }

    cancel() {
        this.#desk.layers.hide([]);
    }
}

/** Selects what is pressed or framed, and moves what is selected. */
export class SelectGesture {
    #desk;
    #start;
    #now;
    #mode;
    #keep;

    constructor(desk, pointer, { shift }) {
        this.#desk = desk;
        this.#start = this.#now = pointer;
        this.#keep = shift ? new Set(desk.selection.ids) : new Set();
        const element = elementAt(desk, pointer.x, pointer.y, pointer.type);
        const box = around(desk.selection.elements);
        const inside = box && contains(box, { x: pointer.x, y: pointer.y, w: 0, h: 0 });
        if (element && shift) {
            desk.selection.toggle(element.id);
            this.#mode = "move";
        } else if (element || inside) {
            if (element && !desk.selection.ids.has(element.id)) desk.selection.set([element.id]);
            this.#mode = "move";
        } else {
            desk.selection.set(this.#keep);
            this.#mode = "frame";
        }
    }

    move(pointers) {
        this.#now = pointers.at(-1);
        if (this.#mode === "frame") {
            const frame = boxOf(this.#start.x, this.#start.y, this.#now.x, this.#now.y);
            const inside = this.#desk.model.elements.filter((element) =>
                this.#desk.model.mayChange(element) && overlap(painted(element), frame) && contains(frame, bounds(element)));
            this.#desk.selection.set([...this.#keep, ...inside.map(({ id }) => id)]);
        } else if (this.#far) {
            this.#desk.layers.hide(this.#desk.selection.ids);
            this.#desk.selection.shift = [this.#now.x - this.#start.x, this.#now.y - this.#start.y];
        }
        return "live";
    }

    paint(context, mark) {
        if (this.#mode !== "frame") return;
        const { x, y, w, h } = boxOf(this.#start.x, this.#start.y, this.#now.x, this.#now.y);
        mark({ x, y, w, h });
        context.lineWidth = 1 / this.#desk.viewport.scale;
        context.strokeStyle = context.fillStyle = paintOf("--accent-text");
        context.globalAlpha = 0.08;
        context.fillRect(x, y, w, h);
        context.globalAlpha = 1;
        context.strokeRect(x, y, w, h);
    }

    end() {
        if (this.#mode === "move" && this.#far) moveSelection(this.#desk, this.#now.x - this.#start.x, this.#now.y - this.#start.y);
        this.cancel();
    }

    cancel() {
        this.#desk.selection.shift = [0, 0];
        this.#desk.layers.hide([]);
    }

    get #far() {
        return Math.hypot(this.#now.x - this.#start.x, this.#now.y - this.#start.y) > 3 / this.#desk.viewport.scale;
    }
}

/** Moves what is selected by so many units, and keeps it in sight. */
export function moveSelection(desk, dx, dy) {
    if (!desk.mayDraw) return;
    desk.apply(desk.selection.elements.map((element) => ({ op: "patch", id: element.id, set: moved(element, dx, dy) })));
    const box = around(desk.selection.elements);
    if (box) desk.viewport.reveal(box);
}
