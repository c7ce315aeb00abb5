// The two canvases of the board: what is finished, painted seldom, and what moves, painted every frame.
import { grow, overlap, painted, union } from "./geometry.js";
import { paint } from "./paint.js";

/** A full repaint quicker than this (ms) may happen in every frame of a pan. */
const QUICK = 4;

/** A slow board is repainted in full this long (ms) after the last movement. */
const PAUSE = 140;

/** Paints a `BoardModel` through a `Viewport`, as little as possible at a time. */
export class Layers {
    #model;
    #viewport;
    #still;
    #live;
    #spare = document.createElement("canvas");
    #paintLive;
    #moving;
    #hidden = new Set();
    #frame = 0;
    #all = true;
    #dirty = null;
    #append = [];
    #liveDirty = true;
    // Canvases on which nothing was painted since they were sized: an empty board's are never made to hold pixels.
    #clean = new Set();
    #moved = false;
    #drawnAt = { x: 0, y: 0, scale: 1 };
    #cost = 0;
    #settling = 0;

    /**
     * @param paintLive `(context) => boolean`: paints what moves in board units; true asks for another frame
     * @param moving whether there is anything that moves
     */
    constructor({ model, viewport, still, live, paintLive, moving }) {
        this.#moving = moving;
        this.#model = model;
        this.#viewport = viewport;
        this.#still = still;
        this.#live = live;
        this.#paintLive = paintLive;
        viewport.on("changed", () => {
            this.#moved = true;
            this.#liveDirty = true;
            this.#schedule();
        });
    }

    /** Device pixels per CSS pixel; more than two is not seen but paid for. */
    get ratio() {
        return Math.min(2, window.devicePixelRatio || 1);
    }

    /** Takes the window's new size. */
    resize() {
        this.#clean = new Set([this.#still, this.#live]);
        for (const canvas of [this.#still, this.#live, this.#spare]) {
            canvas.width = Math.round(this.#viewport.width * this.ratio);
            canvas.height = Math.round(this.#viewport.height * this.ratio);
        }
        this.repaint();
    }

    /** Everything anew. */
    repaint() {
        this.#all = true;
        this.#liveDirty = true;
        this.#schedule();
    }

    /** Only what moves. */
    refreshLive() {
        this.#liveDirty = true;
        this.#schedule();
    }

    /** Elements that were put on top. */
    append(elements) {
        this.#append.push(...elements);
        this.#schedule();
    }

    /** A part of the board that looks different now. */
    invalidate(box) {
        this.#dirty = union(this.#dirty, box);
        this.#schedule();
    }

    /** Elements that the live layer paints for now (they are being moved or erased). */
    hide(ids) {
        const before = this.#hidden;
        this.#hidden = new Set(ids);
        for (const id of new Set([...before, ...ids])) {
            const element = this.#model.element(id);
            if (element && before.has(id) !== this.#hidden.has(id)) this.invalidate(painted(element));
        }
    }

    #schedule() {
        if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
    }

    #draw() {
        this.#frame = 0;
        if (this.#still.width === 0) return;
        if (this.#moved && !this.#all) this.#follow();
        this.#moved = false;
        if (this.#all) this.#drawAll();
        else this.#drawParts();
        if (this.#liveDirty) {
            this.#liveDirty = false;
            if (this.#clean.has(this.#live) && !this.#moving()) return;
            this.#clean.delete(this.#live);
            const context = this.#live.getContext("2d");
            this.#clear(context);
            this.#transform(context);
            if (this.#paintLive(context)) {
                this.#liveDirty = true;
                this.#schedule();
            }
        }
    }

    // The view moved: paint in full where that is quick; else move the picture, paint what came to sight, and paint
    // in full once the movement is over.
    #follow() {
        const { x, y, scale } = this.#viewport;
        clearTimeout(this.#settling);
        if (this.#cost < QUICK) {
            this.#all = true;
            return;
        }
        const { width, height } = this.#spare;
        const context = this.#still.getContext("2d");
        const spare = this.#spare.getContext("2d");
        spare.setTransform(1, 0, 0, 1, 0, 0);
        spare.clearRect(0, 0, width, height);
        spare.drawImage(this.#still, 0, 0);
        this.#clear(context);
        const factor = scale / this.#drawnAt.scale;
        const left = Math.round((this.#drawnAt.x - x) * scale * this.ratio);
        const top = Math.round((this.#drawnAt.y - y) * scale * this.ratio);
        context.drawImage(this.#spare, left, top, width * factor, height * factor);
        this.#drawnAt = { x, y, scale };
        if (factor === 1) this.#paintStrips(context, left, top);
        this.#settling = setTimeout(() => this.repaint(), PAUSE);
    }

    // After a pure pan by whole pixels: the strips at the edges that the moved picture does not cover.
    #paintStrips(context, left, top) {
        const { x, y, w, h } = this.#viewport.box;
        const unit = this.#viewport.scale * this.ratio;
        const across = Math.min(w, (Math.abs(left) + 1) / unit);
        const down = Math.min(h, (Math.abs(top) + 1) / unit);
        if (left !== 0) this.#paintClipped(context, { x: left > 0 ? x : x + w - across, y, w: across, h });
        if (top !== 0) this.#paintClipped(context, { x, y: top > 0 ? y : y + h - down, w, h: down });
    }

    #drawAll() {
        const began = performance.now();
        if (this.#model.size > 0 || !this.#clean.has(this.#still)) {
            this.#clean.delete(this.#still);
            const context = this.#still.getContext("2d");
            this.#clear(context);
            this.#transform(context);
            this.#paintBox(context, this.#viewport.box);
        }
        const { x, y, scale } = this.#viewport;
        this.#drawnAt = { x, y, scale };
        this.#all = false;
        this.#dirty = null;
        this.#append = [];
        this.#cost = performance.now() - began;
    }

    #drawParts() {
        if (!this.#dirty && this.#append.length === 0) return;
        this.#clean.delete(this.#still);
        const context = this.#still.getContext("2d");
        this.#transform(context);
        if (this.#dirty) {
            this.#paintClipped(context, grow(this.#dirty, 2 / this.#viewport.scale));
            this.#dirty = null;
        } else {
            for (const element of this.#append) if (!this.#hidden.has(element.id)) paint(context, element);
        }
        this.#append = [];
    }

    #paintClipped(context, box) {
        this.#transform(context);
        context.save();
        context.beginPath();
        context.rect(box.x, box.y, box.w, box.h);
        context.clip();
        context.clearRect(box.x, box.y, box.w, box.h);
        this.#paintBox(context, box);
        context.restore();
    }

    #paintBox(context, box) {
        for (const element of this.#model.elements) {
            if (!this.#hidden.has(element.id) && overlap(painted(element), box)) paint(context, element);
        }
    }

    #clear(context) {
        context.setTransform(1, 0, 0, 1, 0, 0);
        context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    }

    #transform(context) {
        const scale = this.#viewport.scale * this.ratio;
        context.setTransform(scale, 0, 0, scale, -this.#viewport.x * scale, -this.#viewport.y * scale);
    }
}
