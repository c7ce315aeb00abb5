// The finished part of the board at one size: tiles that are painted once, a little at a time, and kept.
import { grow, inked, overlap, union } from "./geometry.js";
import { paint } from "./paint.js";

/** The side of a tile in device pixels. */
export const SIDE = 512;

/** Painted around each tile as well: curves are cut at a canvas's edge, and the pixels there are not exact. */
const RIM = 3;

/** Canvases kept for the next tiles; more are left to the browser. */
const MOST_SPARE = 16;
const spare = [];

/** After about so many points it is made sure that they are inked. */
const LOOK = 800;

/** What may be inked in one frame: so many points of strokes, for so long (ms). */
export class Budget {
    #points;
    #until;

    constructor({ points, ms }) {
        this.#points = points;
        this.#until = performance.now() + ms;
    }

    /** Whether it is used up. */
    get spent() {
        return this.#points <= 0 || performance.now() > this.#until;
    }

    /** Counts an element; true now and then, when it is time to look what was really inked. */
    spend(element) {
        const before = this.#points;
        this.#points -= element.points ? 4 + element.points.length / 2 : 20;
        return Math.floor(before / LOOK) !== Math.floor(this.#points / LOOK);
    }
}

/** The tiles that a box of device pixels touches: `{left, top, right, bottom}`, all inclusive. */
export function range({ x, y, w, h }, ring = 0) {
    return {
        left: Math.floor(x / SIDE) - ring, top: Math.floor(y / SIDE) - ring,
        right: Math.ceil((x + w) / SIDE) - 1 + ring, bottom: Math.ceil((y + h) / SIDE) - 1 + ring,
    };
}

/**
 * A board painted with `unit` device pixels per board unit.
 *
 * `elements()` gives what is to be inked, lowest first. A tile that changes keeps its old look until the new one is
 * ready; one that is new shows itself while it is inked.
 */
export class Picture {
    #tiles = new Map();
    #elements;

    constructor(unit, elements) {
        this.unit = unit;
        this.#elements = elements;
    }

    /** Paints what is missing or stale in a range, until the budget is spent: the boxes (device pixels) that changed, and whether all is done. */
    work(area, budget, { create = true } = {}) {
        const changed = [];
        let done = true;
        for (const tile of create ? this.#all(area) : this.#known(area)) {
            if (!tile.job) continue;
            if (!budget.spent && this.#step(tile, budget)) changed.push({ x: tile.col * SIDE, y: tile.row * SIDE, w: SIDE, h: SIDE });
            done &&= tile.job === null;
        }
        return { changed, done };
    }

    /** Puts an element on top; the boxes (device pixels) that changed. */
    append(element) {
        const box = inked(element);
        const changed = [];
        for (const tile of this.#tiles.values()) {
            if (!overlap(tile.box, box)) continue;
            if (tile.job?.list && tile.isNew) tile.job.list.push(element);
            else if (tile.job) tile.job.list = null;
            if (tile.isNew) continue;
            paint(this.#context(tile, tile.canvas), element);
            changed.push(this.#pixels(box));
        }
        return changed;
    }

    /** A part of the board looks different now; without a box all of it. */
    invalidate(box = null) {
        const edge = box && grow(box, 2 / this.unit);
        for (const tile of this.#tiles.values()) {
            if (edge && !overlap(tile.box, edge)) continue;
            const stale = edge === null || tile.isNew || (tile.job && tile.job.box === null) ? null : union(tile.job?.box ?? null, edge);
            tile.job = { box: stale, list: null };
        }
    }

    /** Draws the tiles over a canvas whose window is `view` (device pixels of this picture). */
    draw(context, view, part = view) {
        const factor = context.canvas.width / view.w;
        context.imageSmoothingEnabled = factor !== 1;
        for (const { col, row, canvas } of this.#known(range(part))) {
            // Whole pixels, or there would be seams.
            const [x, y, endX, endY] = [col * SIDE - view.x, row * SIDE - view.y, (col + 1) * SIDE - view.x, (row + 1) * SIDE - view.y]
                .map((edge) => Math.round(edge * factor));
            context.drawImage(canvas, RIM, RIM, SIDE, SIDE, x, y, endX - x, endY - y);
        }
    }

    /** Forgets the tiles outside of a range; without one all of them. */
    trim(area = null) {
        for (const [key, tile] of this.#tiles) {
            if (area && lies(tile, area)) continue;
            this.#tiles.delete(key);
            for (const canvas of [tile.canvas, tile.job?.canvas]) giveBack(canvas);
        }
    }

    // A window may be a thousand times as large as a tile: only existing ones are gone through.
    #known(area) {
        return [...this.#tiles.values()].filter((tile) => lies(tile, area));
    }

    *#all({ left, top, right, bottom }) {
        for (let row = top; row <= bottom; row += 1) {
            for (let col = left; col <= right; col += 1) yield this.#tiles.get(`${col},${row}`) ?? this.#create(col, row);
        }
    }

    #create(col, row) {
        const side = SIDE / this.unit;
        const tile = { col, row, box: grow({ x: col * side, y: row * side, w: side, h: side }, RIM / this.unit), canvas: take(), isNew: true, job: { box: null, list: null } };
        this.#tiles.set(`${col},${row}`, tile);
        return tile;
    }

    // Goes on with a tile's painting; true when its look has changed.
    #step(tile, budget) {
        const { job } = tile;
        if (!job.list) this.#begin(tile);
        const context = job.canvas.getContext("2d");
        while (job.at < job.list.length && !budget.spent) {
            const element = job.list[job.at];
            job.at += 1;
            paint(context, element);
            if (budget.spend(element)) settle(job.canvas);
        }
        settle(job.canvas);
        if (job.at < job.list.length) return tile.isNew;
        context.restore();
        if (job.canvas !== tile.canvas) giveBack(tile.canvas);
        tile.canvas = job.canvas;
        tile.isNew = false;
        tile.job = null;
        return true;
    }

    #begin(tile) {
        const { job } = tile;
        job.canvas ??= tile.isNew ? tile.canvas : take();
        const context = clean(job.canvas);
        if (job.box) context.drawImage(tile.canvas, 0, 0);
        this.#context(tile, job.canvas);
        context.save();
        if (job.box) {
            // The clip lies on whole pixels: half-covered ones would keep something of what was there.
            const { x, y, w, h } = this.#pixels(job.box);
            context.beginPath();
            context.rect(x / this.unit, y / this.unit, w / this.unit, h / this.unit);
            context.clip();
            context.clearRect(x / this.unit, y / this.unit, w / this.unit, h / this.unit);
        }
        const area = job.box ?? tile.box;
        job.list = this.#elements().filter((element) => overlap(inked(element), area) && overlap(inked(element), tile.box));
        job.at = 0;
    }

    #context(tile, canvas) {
        const context = canvas.getContext("2d");
        context.setTransform(this.unit, 0, 0, this.unit, RIM - tile.col * SIDE, RIM - tile.row * SIDE);
        return context;
    }

    #pixels({ x, y, w, h }) {
        const [left, top] = [Math.floor(x * this.unit), Math.floor(y * this.unit)];
        return { x: left, y: top, w: Math.ceil((x + w) * this.unit) - left, h: Math.ceil((y + h) * this.unit) - top };
    }
}

// Browsers paint when it is looked at: without a look all tiles would be inked in the frame that shows them.
let glass = null;

function settle(canvas) {
    glass ??= Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
    glass.drawImage(canvas, 0, 0, 1, 1, 0, 0, 1, 1);
}

function lies({ col, row }, { left, top, right, bottom }) {
    return col >= left && col <= right && row >= top && row <= bottom;
}

function take() {
    const canvas = spare.pop();
    if (canvas) {
        clean(canvas);
        return canvas;
    }
    return Object.assign(document.createElement("canvas"), { width: SIDE + 2 * RIM, height: SIDE + 2 * RIM });
}

// Also takes away the clip of a painting that was given up.
function clean(canvas) {
    const context = canvas.getContext("2d");
    context.reset();
    return context;
}

function giveBack(canvas) {
    if (canvas && spare.length < MOST_SPARE && !spare.includes(canvas)) spare.push(canvas);
}
