// <white-board>: the endless board of a class, drawn by whoever may.
import { h } from "../../base/dom.js";
import { number, t } from "../../base/i18n.js";
import { icon } from "../../base/icons.js";
import { later } from "../../base/later.js";
import { reasonText, toast } from "../../base/toast.js";
import { HeldGesture, Pointers } from "./pointer.js";
import { Selection, SHEET, Viewport } from "./view.js";

const STYLE = "cohort.board.style";
const OPS_PER_CALL = 100;
const CURSOR_EVERY = 100;
/** Within this long (ms) after everybody was allowed to draw the tools are fetched, if one does not draw earlier. */
const TOOLS_WITHIN = 1_000;

/** The board's element; `start(room)` brings it to life. */
export class WhiteBoard extends HTMLElement {
    viewport = new Viewport();
    /** What paints the board: there once something is drawn, or with `complete`. */
    layers = null;
    /** Who draws there besides oneself: there with `complete`. */
    others = null;
    /** Shows how the tools stand, once they are there. */
    refreshTools = () => {};
    #look = { tool: "pen", color: "ink", size: 4, fill: false, ...remembered() };
    #room;
    #editor = null;
    #cursorAt = 0;
    #painting = later(async () => this.#paintWith(await import("./layers.js")));
    // What they do is painted; and who has chosen to write must not lose the first letters to a request.
    #tools = later(async () => {
        const [tools, painting] = await Promise.all([import("./tools.js"), this.#painting.ahead(), this.#editors.ahead()]);
        if (!painting) throw new Error("the board is not painted");
        this.refreshTools = tools.equip(this);
        this.refreshTools();
        return tools;
    });
    #editors = later(() => import("./text-editor.js"));
    #further = later(async () => {
        // The bar comes as a whole.
        const [{ complete }] = await Promise.all([import("./further.js"), this.mayDraw && this.#tools.ahead()]);
        this.others = complete(this, this.#room);
        this.#fetchTools();
    });

    /** The tool and the look of what is drawn next. */
    get style() {
        return this.#look;
    }

    /** The tools for what is there, once they have come, or null. */
    get tools() {
        return this.#tools.module;
    }

    /** Whether this person may draw now. */
    get mayDraw() {
        return this.#room.mayDraw;
    }

    /** Builds the board for `room`, to be seen and moved; called once. `complete` brings the rest. */
    start(room) {
        this.#room = room;
        this.model = room.board;
        this.selection = new Selection(this.model, () => this.#selected());
        this.#build();
        this.pointers = new Pointers(this.surface, {
            viewport: this.viewport,
            gesture: (pointer, event) => this.#gesture(pointer, event),
            gestureDone: () => {},
            refreshLive: () => this.layers?.refreshLive(),
            hover: (point) => this.#hover(point),
        });
        this.viewport.covered = () => this.#covered();
        this.#follow();
        this.#allowed();
        this.#show();
    }

    /** Brings what the first sight does not need: painting, the tools, others in motion, words for readers, keys. */
    complete() {
        this.#painting.use();
        return this.#further.use();
    }

    // For those who may draw now. A class that is allowed to all at once does not come for them in one moment.
    #fetchTools() {
        if (!this.others || !this.mayDraw || this.tools) return;
        setTimeout(() => this.#tools.use(), this.#room.state.draw === "all" ? Math.random() * TOOLS_WITHIN : 0);
    }

    /** Sends operations; they are seen at once and settle or come back. */
    apply(ops) {
        for (let from = 0; from < ops.length; from += OPS_PER_CALL) {
            this.#room.put("board.apply", { ops: ops.slice(from, from + OPS_PER_CALL) });
        }
    }

    /** Sends an ephemeral signal. */
    signal(type, data) {
        this.#room.signal(type, data);
    }

    /** Changes the tool, the colour, the width or the filling; a selection takes the new look over. */
    choose(changes) {
        Object.assign(this.#look, changes);
        remember(this.#look);
        if (changes.tool) {
            this.#editor?.finish();
            if (changes.tool !== "select") this.selection.set([]);
            this.surface.dataset.tool = changes.tool;
        } else if (this.selection.ids.size > 0) {
            const set = "fill" in changes ? { fill: changes.fill ? this.#look.color : null } : changes;
            this.apply(this.selection.elements.map(({ id }) => ({ op: "patch", id, set })));
        }
        this.refreshTools();
    }

    /** Takes the own last operation back. */
    undo() {
        if (this.mayDraw) this.apply([{ op: "undo" }]);
    }

    /** Does it again. */
    redo() {
        if (this.mayDraw) this.apply([{ op: "redo" }]);
    }

    /** Deletes what is selected. */
    removeSelection() {
        const ids = [...this.selection.ids];
        if (ids.length === 0 || !this.mayDraw) return;
        this.selection.set([]);
        this.apply([{ op: "delete", ids }]);
        this.say(t("board.deleted", { n: ids.length }));
    }

    /** Shows everything that is drawn. */
    fit() {
        this.viewport.fit(this.layers?.drawn ?? SHEET);
    }

    /** Says something to screen readers only. */
    say(text) {
        this.voice.textContent = text;
    }

    /** Opens the field for a text at a place, or for an existing text. */
    write(place) {
        this.#editors.use(({ TextEditor }) => this.#write(TextEditor, place));
    }

    #write(TextEditor, { x, y, element = null }) {
        this.#editor?.finish();
        const { color, size } = element ?? this.#look;
        this.selection.set([]);
        if (element) this.layers?.hide([element.id]);
        this.#editor = new TextEditor(this.overlay, this.viewport, { x, y, text: element?.text, color, size }, (fields) => {
            this.#editor = null;
            this.layers?.hide([]);
            if (element && fields === null) this.apply([{ op: "delete", ids: [element.id] }]);
            else if (element && fields.text !== element.text) this.apply([{ op: "patch", id: element.id, set: { text: fields.text, w: fields.w, h: fields.h } }]);
            else if (!element && fields) this.apply([{ op: "add", element: { id: this.model.newId(), kind: "text", ...fields, color, size } }]);
            this.surface.focus({ preventScroll: true });
        });
    }

    /** What somebody is called in words about the board; "" where no name is known. */
    nameOf(id) {
        return id === this.#room.me.id ? t("people.you") : this.model.nameOf(id);
    }

    // The tools lie over an edge of the board: what is to be seen belongs beside them.
    #covered() {
        const covered = { left: 0, top: 0, right: 0, bottom: 0 };
        const [bar, all] = [this.toolbar.getBoundingClientRect(), this.getBoundingClientRect()];
        if (!this.mayDraw || bar.width === 0) return covered;
        if (bar.width > bar.height) covered.top = bar.bottom - all.top;
        else if (bar.left - all.left < all.right - bar.right) covered.left = bar.right - all.left;
        else covered.right = all.right - bar.left;
        return covered;
    }

    #build() {
        this.still = h("canvas.board-still", { "aria-hidden": "true" });
        this.live = h("canvas.board-live", { "aria-hidden": "true" });
        this.list = h("ul.visually-hidden", { "aria-label": t("board.list") });
        this.voice = h("p.visually-hidden", { role: "status" });
        this.surface = h("div.board-surface", {
            tabindex: 0, role: "application", "aria-label": t("board.label"), "aria-describedby": "board-help",
            dataset: { tool: this.#look.tool, panning: "false" },
        }, this.still, this.live);
        this.overlay = h("div.board-overlay");
        this.toolbar = h("div.board-tools", { role: "toolbar", "aria-label": t("board.toolbar") });
        this.map = h("canvas.board-map", { hidden: true, "aria-hidden": "true" });
        this.hint = h("p.board-hint", { hidden: true });
        this.zoomText = h("button.button.ghost.small.num", { type: "button", title: t("board.zoom_reset"), onclick: () => this.viewport.zoom(1 / this.viewport.scale) });
        const zoom = h("div.board-zoom", { role: "group", "aria-label": t("board.zoom") },
            h("button.button.ghost.icon.small", { type: "button", "aria-label": t("board.zoom_out"), onclick: () => this.viewport.zoom(1 / 1.25) }, icon("minus", { size: 16 })),
            this.zoomText,
            h("button.button.ghost.icon.small", { type: "button", "aria-label": t("board.zoom_in"), onclick: () => this.viewport.zoom(1.25) }, icon("plus", { size: 16 })));
        this.append(this.surface, this.overlay, this.toolbar, this.hint, h("div.board-corner", this.map, zoom),
            h("p.visually-hidden", { id: "board-help" }, t("board.help")), this.list, this.voice);
    }

    #follow() {
        const { model, viewport } = this;
        new ResizeObserver(() => {
            if (this.clientWidth === 0) return;
            viewport.resize(this.clientWidth, this.clientHeight);
            this.layers?.resize();
        }).observe(this);
        model.on("reset", () => this.#changed([]));
        model.on("changed", ({ ids }) => this.#changed(ids));
        viewport.on("changed", () => { this.zoomText.textContent = `${number(Math.round(viewport.scale * 100))} %`; });
        const room = this.#room;
        room.on("live", (event) => this.others?.receive(event, (id) => id === this.pointers.gesture?.id || model.element(id)));
        for (const subject of ["draw", "me", "class"]) room.on(subject, () => this.#allowed());
        room.on("outbox", (entry) => this.#settled(entry));
        this.surface.addEventListener("dblclick", (event) => this.#doubleClick(event));
    }

    #changed(ids) {
        this.others?.finished(ids);
        this.selection.prune();
        this.#show();
    }

    // An empty board needs no painting yet.
    #show() {
        if (!this.layers && this.model.size > 0) this.#painting.use();
    }

    #paintWith({ Layers }) {
        return this.layers = new Layers({
            model: this.model, viewport: this.viewport, still: this.still, live: this.live, paintLive: (context, mark) => this.#paintLive(context, mark),
            moving: () => Boolean(this.pointers.gesture) || this.selection.ids.size > 0 || this.others?.any === true,
        });
    }

    #paintLive(context, mark) {
        const { others, viewport } = this;
        const wait = others?.paintStrokes(context, mark) ?? Infinity;
        this.pointers.gesture?.paint(context, mark);
        this.tools?.paintSelection(context, this.selection, viewport.scale, mark);
        const { ratio } = this.layers;
        context.setTransform(ratio, 0, 0, ratio, 0, 0);
        return Math.min(wait, others?.paintCursors(context, viewport, ({ x, y, w, h: height }) => {
            const [left, top] = viewport.toBoard(x, y);
            mark({ x: left, y: top, w: w / viewport.scale, h: height / viewport.scale });
        }) ?? Infinity);
    }

    #gesture(pointer, event) {
        this.#editor?.finish();
        const { tool } = this.#look;
        this.surface.focus({ preventScroll: true });
        if (tool === "pan" || !this.mayDraw) return null;
        const { shiftKey: shift } = event;
        // The press would take the focus from a text's new field; it is opened when the press is over.
        if (tool === "text") event.preventDefault();
        const make = ({ gestureOf }) => gestureOf(this, tool, pointer, { shift });
        return this.tools ? make(this.tools) : new HeldGesture(this.#tools, make);
    }

    #hover(pointer) {
        const { x, y } = pointer;
        if (!this.pointers.gesture) this.surface.style.cursor = this.tools?.cursorAt(this, pointer) ?? "";
        const now = performance.now();
        if (!this.mayDraw || now - this.#cursorAt < CURSOR_EVERY) return;
        this.#cursorAt = now;
        this.signal("board.cursor", { x: Math.round(x), y: Math.round(y) });
    }

    #doubleClick(event) {
        if (this.#look.tool !== "select" || !this.mayDraw) return;
        const rect = this.surface.getBoundingClientRect();
        const [x, y] = this.viewport.toBoard(event.clientX - rect.left, event.clientY - rect.top);
        const element = this.tools?.elementAt(this, x, y);
        if (element?.kind === "text") this.write({ x: element.x, y: element.y, element });
    }

    #selected() {
        // Whoever selects by keys has them perhaps before the tools.
        if (this.selection.ids.size > 0 && !this.tools) this.#tools.ahead().then(() => this.layers?.refreshLive());
        this.refreshTools();
        this.layers?.refreshLive();
    }

    #allowed() {
        const { state, me } = this.#room;
        const may = this.mayDraw;
        this.#fetchTools();
        this.surface.dataset.mayDraw = String(may);
        if (!may) {
            this.pointers.cancel();
            this.selection.set([]);
        }
        const why = me.staff || state.state !== "live" ? null : state.locks.board ? "board.hint_locked" : "board.hint_staff";
        this.hint.hidden = may || why === null;
        if (why) this.hint.replaceChildren(icon("eye", { size: 16 }), t(why));
        this.refreshTools();
    }

    #settled(entry) {
        if (entry.method !== "board.apply" || (entry.state !== "refused" && entry.state !== "failed")) return;
        const undo = entry.data.ops.some(({ op }) => op === "undo" || op === "redo");
        if (undo) this.say(t("board.nothing_to_undo"));
        else toast(t("board.refused", { reason: reasonText(entry) }), { kind: "bad" });
    }
}

function remembered() {
    try {
        const { color, size, fill } = JSON.parse(localStorage.getItem(STYLE) ?? "{}");
        return Object.fromEntries(Object.entries({ color, size, fill }).filter(([, value]) => value !== undefined));
    } catch {
        return {};
    }
}

function remember({ color, size, fill }) {
    try {
        localStorage.setItem(STYLE, JSON.stringify({ color, size, fill }));
    } catch {
        // The choice then lasts as long as the page.
    }
}

customElements.define("white-board", WhiteBoard);
