// Pointers on the board: which gesture they mean, and panning and zooming.

/** After a pen was used, fingers only move the board for this long (ms): a palm must not draw. */
const PEN_REIGNS = 4_000;

/**
 * Turns pointer and wheel events of `surface` into gestures.
 *
 * `desk`: `viewport`, `gesture(pointer, event)` (makes one or returns null: then the pointer pans), `gestureDone()`,
 * `refreshLive()`, `hover(x, y)`.
 */
export class Pointers {
    #surface;
    #desk;
    #active = new Map();
    #gesture = null;
    #gesturePointer = null;
    #panning = false;
    #penAt = -PEN_REIGNS;
    #rect = null;
    spaceHeld = false;

    constructor(surface, desk) {
        this.#surface = surface;
        this.#desk = desk;
        surface.addEventListener("pointerdown", (event) => this.#down(event));
        surface.addEventListener("pointermove", (event) => this.#move(event));
        surface.addEventListener("pointerup", (event) => this.#up(event, false));
        surface.addEventListener("pointercancel", (event) => this.#up(event, true));
        surface.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
        surface.addEventListener("contextmenu", (event) => event.preventDefault());
    }

    /** The gesture in progress, or null. */
    get gesture() {
        return this.#gesture;
    }

    /** Gives up what is being drawn. */
    cancel() {
        this.#gesture?.cancel();
        this.#endGesture();
    }

    #down(event) {
        if (event.button !== 0 && event.button !== 1) return;
        this.#rect = this.#surface.getBoundingClientRect();
        this.#surface.setPointerCapture(event.pointerId);
        this.#active.set(event.pointerId, { x: event.clientX, y: event.clientY, type: event.pointerType });
        if (event.pointerType === "pen") this.#penAt = performance.now();
        if (this.#active.size === 2) {
            this.cancel();
            this.#panning = true;
            return;
        }
        if (this.#active.size > 2) return;
        const palm = event.pointerType === "touch" && performance.now() - this.#penAt < PEN_REIGNS;
        const gesture = event.button === 1 || this.spaceHeld || palm ? null : this.#desk.gesture(this.#point(event), event);
        this.#panning = gesture === null;
        if (gesture) {
            this.#gesture = gesture;
            this.#gesturePointer = event.pointerId;
            this.#desk.refreshLive();
        }
        this.#surface.dataset.panning = String(this.#panning);
    }

    #move(event) {
        const before = this.#active.get(event.pointerId);
        if (!before) {
            this.#rect ??= this.#surface.getBoundingClientRect();
            this.#desk.hover(this.#point(event));
            return;
        }
        const place = { ...before, x: event.clientX, y: event.clientY };
        if (this.#gesture && event.pointerId === this.#gesturePointer) {
            const coalesced = event.getCoalescedEvents?.() ?? [];
            const points = (coalesced.length > 0 ? coalesced : [event]).map((each) => this.#point(each));
            this.#gesture.move(points, { shift: event.shiftKey });
            this.#desk.refreshLive();
            this.#desk.hover(points.at(-1));
        } else if (this.#active.size >= 2) {
            this.#pinch(event.pointerId, before, place);
        } else if (this.#panning) {
            this.#desk.viewport.pan(place.x - before.x, place.y - before.y);
        }
        this.#active.set(event.pointerId, place);
    }

    #pinch(id, before, place) {
        const other = [...this.#active].find(([key]) => key !== id)?.[1];
        if (!other) return;
        const distance = (a) => Math.max(10, Math.hypot(a.x - other.x, a.y - other.y));
        this.#desk.viewport.pan((place.x - before.x) / 2, (place.y - before.y) / 2);
        this.#desk.viewport.zoom(distance(place) / distance(before),
            (place.x + other.x) / 2 - this.#rect.left, (place.y + other.y) / 2 - this.#rect.top);
    }

    #up(event, cancelled) {
        if (!this.#active.delete(event.pointerId)) return;
        if (this.#gesture && event.pointerId === this.#gesturePointer) {
            if (cancelled) this.#gesture.cancel();
            else this.#gesture.end();
            this.#endGesture();
        }
        if (this.#active.size === 0) {
            this.#panning = false;
            this.#rect = null;
            this.#surface.dataset.panning = "false";
        }
    }

    #endGesture() {
        this.#gesture = null;
        this.#gesturePointer = null;
        this.#desk.gestureDone();
        this.#desk.refreshLive();
    }

    #wheel(event) {
        event.preventDefault();
        const rect = this.#surface.getBoundingClientRect();
        const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? rect.height : 1;
        if (event.ctrlKey || event.metaKey) {
            this.#desk.viewport.zoom(Math.exp(-event.deltaY * unit * 0.004), event.clientX - rect.left, event.clientY - rect.top);
        } else {
            const [dx, dy] = event.shiftKey && event.deltaX === 0 ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
            this.#desk.viewport.pan(-dx * unit, -dy * unit);
        }
    }

    #point(event) {
        const [x, y] = this.#desk.viewport.toBoard(event.clientX - this.#rect.left, event.clientY - this.#rect.top);
        return { x, y, pressure: event.pressure || 0.5, type: event.pointerType };
    }
}

/** A gesture whose code is on its way: keeps what the pointer does, and does it as soon as it can. */
export class HeldGesture {
    #real = null;
    #steps = [];

    /** @param part what `later` gave; `make(module)` makes the gesture */
    constructor(part, make) {
        part.use((module) => {
            this.#real = make(module);
            for (const [name, ...values] of this.#steps) this.#real[name](...values);
        });
    }

    get id() {
        return this.#real?.id;
    }

    move(pointers, keys) {
        this.#do("move", pointers, keys);
    }

    end() {
        this.#do("end");
    }

    cancel() {
        this.#do("cancel");
    }

    paint(context, mark) {
        this.#real?.paint(context, mark);
    }

    #do(name, ...values) {
        if (this.#real) this.#real[name](...values);
        else this.#steps.push([name, ...values]);
    }
}
