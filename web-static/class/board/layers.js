// The two canvases of the board: what is finished, put together from tiles, and what moves, painted where it moves.
import { around, grow, inked, union } from "./geometry.js";
import { Budget, Picture, range } from "./tiles.js";

/** What a frame may paint of the tiles while somebody moves, and while nothing moves. */
const MOVING = { points: 3_000, ms: 2 };
const RESTING = { points: 16_000, ms: 12 };

/** The view rests after this (ms) without movement. */
const PAUSE = 80;

/** While the size changes, a new picture is begun this often (ms) at most; in between the last one is stretched. */
const FRESH = 120;

/** More places than this are cleared as one. */
const MOST_MARKS = 24;

/** Paints a `BoardModel` through a `Viewport`, as little as possible at a time. */
export class Layers {
    #model;
    #viewport;
    #still;
    #live;
    #paintLive;
    #moving;
    #hidden = new Set();
    #frame = 0;
    #timer = 0;
    #shown = null;
    #next = null;
    #begunAt = -FRESH;
    #movedAt = -PAUSE;
    #moved = true;
    #complete = false;
    #patches = [];
    #liveDirty = true;
    // Whether something was ever painted of what moves: an empty board's canvases are never made to hold pixels.
    #liveUsed = false;
    #marks = [];
    // Where each element is painted: a change concerns the place that it leaves as well.
    #places = new Map();

    /**
     * @param paintLive `(context, mark) => ms`: paints what moves in board units and marks each box that it paints in;
     * returns after how long it wants to be called again: 0 for the next frame, Infinity for not at all
     * @param moving whether there is anything that moves
     */
    constructor({ model, viewport, still, live, paintLive, moving }) {
        this.#moving = moving;
        this.#model = model;
        this.#viewport = viewport;
        this.#still = still;
        this.#live = live;
        this.#paintLive = paintLive;
        model.on("reset", () => this.#takeAll());
        model.on("changed", ({ ids, appended }) => this.#change(ids, appended));
        document.addEventListener("themechange", () => this.repaint());
        viewport.on("changed", () => {
            this.#moved = true;
            this.#movedAt = performance.now();
            this.refreshLive();
        });
        this.#takeAll();
        if (viewport.width > 0) this.resize();
    }

    /** Device pixels per CSS pixel; more than two is not seen but paid for. */
    get ratio() {
        return Math.min(2, window.devicePixelRatio || 1);
    }

    /** The box around everything that is drawn, or null. */
    get drawn() {
        return around(this.#model.elements);
    }

    /** Whether the finished part is painted completely, at its size. */
    get settled() {
        return this.#complete && this.#frame === 0;
    }

    /** Takes the window's new size. */
    resize() {
        for (const canvas of [this.#still, this.#live]) {
            canvas.width = Math.round(this.#viewport.width * this.ratio);
            canvas.height = Math.round(this.#viewport.height * this.ratio);
        }
        this.#marks = [];
        this.#liveUsed = false;
        this.#moved = true;
        this.refreshLive();
    }

    /** Everything anew. */
    repaint() {
        this.#invalidate(null);
        this.refreshLive();
    }

    /** Only what moves. */
    refreshLive() {
        this.#liveDirty = true;
        this.#schedule();
    }

    #takeAll() {
        this.#places = new Map(this.#model.elements.map((element) => [element.id, inked(element)]));
        this.repaint();
    }

    #change(ids, appended) {
        const elements = [...ids].map((id) => this.#model.element(id)).filter(Boolean);
        if (appended) {
            for (const element of elements) this.#append(element);
        } else {
            const box = [...ids].map((id) => this.#places.get(id) ?? null).concat(elements.map(inked)).reduce(union, null);
            if (box) this.#invalidate(box);
        }
        for (const id of ids) this.#places.delete(id);
        for (const element of elements) this.#places.set(element.id, inked(element));
        this.refreshLive();
    }

    #append(element) {
        if (this.#hidden.has(element.id)) return;
        this.#next?.append(element);
        this.#patches.push(...(this.#shown?.append(element) ?? []));
    }

    // A part of the board looks different now; without a box all of it.
    #invalidate(box) {
        this.#complete = false;
        for (const picture of [this.#shown, this.#next]) picture?.invalidate(box);
        this.#schedule();
    }

    /** Elements that the live layer paints for now (they are being moved or erased). */
    hide(ids) {
        const before = this.#hidden;
        this.#hidden = new Set(ids);
        for (const id of new Set([...before, ...ids])) {
            const element = this.#model.element(id);
            if (element && before.has(id) !== this.#hidden.has(id)) this.#invalidate(inked(element));
        }
    }

    #schedule() {
        if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
    }

    #draw() {
        this.#frame = 0;
        if (this.#still.width === 0) return;
        this.#drawStill();
        if (this.#liveDirty) this.#drawLive();
        if (!this.#complete) this.#schedule();
    }

    // --- What is finished ------------------------------------------------------------------------------------

    #drawStill() {
        if (!this.#shown && this.#model.size === 0) {
            this.#complete = true;
            return;
        }
        const unit = this.#unit;
        this.#shown ??= this.#picture();
        const resting = performance.now() - this.#movedAt > PAUSE && !this.#liveDirty;
        const budget = new Budget(resting ? RESTING : MOVING);
        let all = this.#moved;
        this.#moved = false;
        if (this.#shown.unit !== unit && this.#resized(budget, resting)) all = true;
        const exact = this.#shown.unit === unit;
        if (exact) this.#drop();
        const view = this.#view(this.#shown.unit);
        const { changed, done } = this.#shown.work(range(view), budget, { create: exact });
        this.#patches.push(...changed);
        this.#complete = exact && done && resting && this.#ahead(view, budget);
        if (all || (!exact && this.#patches.length > 0)) this.#show(view);
        else for (const patch of this.#patches) this.#show(view, patch);
        this.#patches = [];
    }

    // Around the window, before somebody goes there; what is further away is forgotten.
    #ahead(view, budget) {
        this.#shown.trim(range(view, 2));
        return this.#shown.work(range(view, 1), budget).done;
    }

    // The board has another size: the old picture is stretched until one of the new size is ready. True when it is.
    #resized(budget, resting) {
        const now = performance.now();
        if (this.#next && this.#next.unit !== this.#unit && resting) this.#drop();
        if (!this.#next) {
            if (!resting && now - this.#begunAt < FRESH) return false;
            this.#begunAt = now;
            this.#next = this.#picture();
        }
        if (!this.#next.work(range(this.#view(this.#next.unit)), budget).done) return false;
        this.#shown.trim();
        this.#shown = this.#next;
        this.#next = null;
        return true;
    }

    #drop() {
        this.#next?.trim();
        this.#next = null;
    }

    #picture() {
        return new Picture(this.#unit, () => (this.#hidden.size === 0 ? this.#model.elements
            : this.#model.elements.filter(({ id }) => !this.#hidden.has(id))));
    }

    #show(view, part = view) {
        const context = this.#still.getContext("2d");
        const [left, top] = [Math.max(part.x, view.x), Math.max(part.y, view.y)];
        const [w, h] = [Math.min(part.x + part.w, view.x + view.w) - left, Math.min(part.y + part.h, view.y + view.h) - top];
        if (w <= 0 || h <= 0) return;
        if (part === view) {
            context.clearRect(0, 0, context.canvas.width, context.canvas.height);
            this.#shown.draw(context, view);
            return;
        }
        context.save();
        context.beginPath();
        context.rect(left - view.x, top - view.y, w, h);
        context.clip();
        context.clearRect(left - view.x, top - view.y, w, h);
        this.#shown.draw(context, view, { x: left, y: top, w, h });
        context.restore();
    }

    /** Device pixels per board unit. */
    get #unit() {
        return this.#viewport.scale * this.ratio;
    }

    // The window in device pixels of a picture; whole ones where the picture has the window's size.
    #view(unit) {
        const { x, y, scale } = this.#viewport;
        const { width, height } = this.#still;
        const factor = unit / this.#unit;
        if (factor === 1) return { x: Math.round(x * scale * this.ratio), y: Math.round(y * scale * this.ratio), w: width, h: height };
        return { x: x * unit, y: y * unit, w: width * factor, h: height * factor };
    }

    // --- What moves ------------------------------------------------------------------------------------------

    #drawLive() {
        this.#liveDirty = false;
        clearTimeout(this.#timer);
        if (!this.#liveUsed && !this.#moving()) return;
        this.#liveUsed = true;
        const context = this.#live.getContext("2d");
        context.setTransform(1, 0, 0, 1, 0, 0);
        const { width, height } = this.#live;
        for (const { x, y, w, h } of this.#marks) context.clearRect(x, y, w, h);
        this.#marks = [];
        const unit = this.#unit;
        const view = this.#view(unit);
        context.setTransform(unit, 0, 0, unit, -view.x, -view.y);
        const wait = this.#paintLive(context, (box) => {
            const { x, y, w, h } = grow(box, 2 / unit);
            const left = Math.max(0, Math.floor(x * unit - view.x));
            const top = Math.max(0, Math.floor(y * unit - view.y));
            const [right, bottom] = [Math.min(width, Math.ceil((x + w) * unit - view.x)), Math.min(height, Math.ceil((y + h) * unit - view.y))];
            if (right > left && bottom > top) this.#marks.push({ x: left, y: top, w: right - left, h: bottom - top });
        });
        if (this.#marks.length > MOST_MARKS) this.#marks = [this.#marks.reduce(union)];
        if (wait <= 0) this.refreshLive();
        else if (wait < Infinity) this.#timer = setTimeout(() => this.refreshLive(), wait);
    }
}
