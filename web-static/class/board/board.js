// <white-board>: the endless board of a class, drawn by whoever may.
import { h } from "../../base/dom.js";
import { confirm } from "../../base/dialog.js";
import { number, t } from "../../base/i18n.js";
import { icon } from "../../base/icons.js";
import { toast } from "../../base/toast.js";
import { reasonText } from "../frame/reasons.js";
import { DrawGesture } from "./draw.js";
import { elementAt, EraseGesture, SelectGesture, Selection } from "./edit.js";
import { png, save, svg } from "./export.js";
import { inked, painted, union } from "./geometry.js";
import { registerBoardKeys } from "./board-keys.js";
import { Layers } from "./layers.js";
import { Minimap } from "./minimap.js";
import { Others } from "./others.js";
import { forgetColors } from "./paint.js";
import { Pointers } from "./pointer.js";
import { cursorOf, extent, grown, handleAt, ResizeGesture } from "./resize.js";
import { describe, SpokenList } from "./spoken.js";
import { TextEditor } from "./text-editor.js";
import { drawToolbar } from "./toolbar.js";
import { SHEET, Viewport } from "./viewport.js";

const STYLE = "cohort.board.style";
const OPS_PER_CALL = 100;
const CURSOR_EVERY = 100;

/** The board's element; `start(room)` brings it to life. */
export class WhiteBoard extends HTMLElement {
    viewport = new Viewport();
    #look = { tool: "pen", color: "ink", size: 4, fill: false, ...remembered() };
    #room;
    #editor = null;
    #cursorAt = 0;

    /** The tool and the look of what is drawn next. */
    get style() {
        return this.#look;
    }

    /** Whether this person may draw now. */
    get mayDraw() {
        return this.#room.mayDraw;
    }

    /** Builds the board for `room`; called once. */
    start(room) {
        this.#room = room;
        this.model = room.board;
        this.selection = new Selection(this.model, () => this.#selected());
        this.#build();
        this.others = new Others(room.me, () => this.layers.refreshLive());
        this.layers = new Layers({
            model: this.model, viewport: this.viewport, still: this.still, live: this.live, paintLive: (context, mark) => this.#paintLive(context, mark),
        });
        this.pointers = new Pointers(this.surface, {
            viewport: this.viewport,
            gesture: (pointer, event) => this.#gesture(pointer, event),
            gestureDone: () => {},
            refreshLive: () => this.layers.refreshLive(),
            hover: (point) => this.#hover(point),
        });
        this.refreshTools = drawToolbar(this.toolbar, this);
        this.viewport.covered = () => this.#covered();
        this.spoken = new SpokenList(this.list, this.model, (id) => this.#nameOf(id));
        new Minimap(this.map, this.model, this.viewport);
        this.#follow();
        registerBoardKeys(this);
        this.#allowed();
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

    /** Moves what is selected, in units. */
    moveSelection(dx, dy) {
        if (!this.mayDraw) return;
        this.apply(this.selection.moves(dx, dy));
        const { box } = this.selection;
        if (box) this.viewport.reveal(box);
    }

    /** Makes what is selected wider or higher, in units. */
    resizeSelection(dx, dy) {
        if (!this.mayDraw) return;
        this.apply(grown(this.selection.elements, dx, dy));
        const { box, elements } = this.selection;
        if (!box) return;
        this.viewport.reveal(box);
        const { w, h: height } = extent(elements);
        this.say(t("board.sized", { w: Math.round(w), h: Math.round(height) }));
    }

    /** Puts a shape into the middle of the view, selected, to be moved by the arrow keys. */
    placeShape() {
        const { tool: kind, color, size, fill } = this.#look;
        const { x, y, w, h } = this.viewport.box;
        const [left, top] = [Math.round(x + w / 2 - 80), Math.round(y + h / 2 - 50)];
        const id = this.model.newId();
        const place = kind === "line" ? { points: [left, top + 50, left + 160, top + 50] } : { x: left, y: top, w: 160, h: 100 };
        this.apply([{ op: "add", element: { id, kind, color, size, ...place, ...(fill && kind !== "line" ? { fill: color } : {}) } }]);
        this.choose({ tool: "select" });
        this.selection.set([id]);
        this.say(t("board.placed", { what: t(`board.kind.${kind}`) }));
    }

    /** Selects the next (or previous) element; false at the end, so that Tab may leave. */
    selectNext(step) {
        const elements = this.model.elements.filter((element) => this.model.mayChange(element));
        const [current] = this.selection.ids;
        const at = elements.findIndex(({ id }) => id === current);
        const next = elements[at < 0 ? (step > 0 ? 0 : elements.length - 1) : at + step];
        if (!next) {
            this.selection.set([]);
            return false;
        }
        this.selection.set([next.id]);
        this.viewport.reveal(painted(next));
        const what = describe(next, this.#nameOf(next.author));
        this.say(t("board.selected", { what, at: elements.indexOf(next) + 1, n: elements.length }));
        return true;
    }

    /** Selects everything that this person may change. */
    selectAll() {
        const ids = this.model.elements.filter((element) => this.model.mayChange(element)).map(({ id }) => id);
        this.choose({ tool: "select" });
        this.selection.set(ids);
        this.say(t("board.selected_all", { n: ids.length }));
    }

    /** Shows everything that is drawn. */
    fit() {
        this.viewport.fit(this.model.elements.map(painted).reduce(union, null) ?? SHEET);
    }

    /** The items of the "more" menu. */
    menu() {
        const name = this.#room.state.title || "board";
        return [
            { label: t("board.fit"), icon: "fit", end: h("kbd", "0"), run: () => this.fit() },
            { label: t("board.export_png"), icon: "download", run: async () => save(`${name}.png`, await png(this.model)) },
            { label: t("board.export_svg"), icon: "download", run: () => save(`${name}.svg`, svg(this.model)) },
            ...(this.#room.me.staff && this.mayDraw ? ["-", { label: t("board.clear"), icon: "trash", danger: true, run: () => this.#clear() }] : []),
        ];
    }

    /** Says something to screen readers only. */
    say(text) {
        this.voice.textContent = text;
    }

    /** Opens the field for a text at a place, or for an existing text. */
    write({ x, y, element = null }) {
        this.#editor?.finish();
        const { color, size } = element ?? this.#look;
        this.selection.set([]);
        if (element) this.layers.hide([element.id]);
        this.#editor = new TextEditor(this.overlay, this.viewport, { x, y, text: element?.text, color, size }, (fields) => {
            this.#editor = null;
            this.layers.hide([]);
            if (element && fields === null) this.apply([{ op: "delete", ids: [element.id] }]);
            else if (element && fields.text !== element.text) this.apply([{ op: "patch", id: element.id, set: { text: fields.text, w: fields.w, h: fields.h } }]);
            else if (!element && fields) this.apply([{ op: "add", element: { id: this.model.newId(), kind: "text", ...fields, color, size } }]);
            this.surface.focus({ preventScroll: true });
        });
    }

    // The tools lie over an edge of the board: what is to be seen belongs beside them.
    #covered() {
        const covered = { left: 0, top: 0, right: 0, bottom: 0 };
        if (!this.mayDraw) return covered;
        const [bar, all] = [this.toolbar.getBoundingClientRect(), this.getBoundingClientRect()];
        if (bar.width > bar.height) covered.top = bar.bottom - all.top;
        else if (bar.left - all.left < all.right - bar.right) covered.left = bar.right - all.left;
        else covered.right = all.right - bar.left;
        return covered;
    }

    #nameOf(id) {
        return id === this.#room.me.id ? t("people.you") : this.model.nameOf(id);
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
            this.layers.resize();
        }).observe(this);
        model.on("reset", () => {
            this.#seen = new Map(model.elements.map((element) => [element.id, inked(element)]));
            this.selection.prune();
            this.layers.repaint();
        });
        model.on("changed", ({ ids, appended }) => this.#changed(ids, appended));
        viewport.on("changed", () => { this.zoomText.textContent = `${number(Math.round(viewport.scale * 100))} %`; });
        const room = this.#room;
        room.on("live", (event) => this.others.receive(event, (id) => id === this.pointers.gesture?.id || model.element(id)));
        for (const subject of ["draw", "me", "class"]) room.on(subject, () => this.#allowed());
        room.on("outbox", (entry) => this.#settled(entry));
        document.addEventListener("themechange", () => {
            forgetColors();
            this.layers.repaint();
        });
        this.surface.addEventListener("dblclick", (event) => this.#doubleClick(event));
    }

    // Where each element is painted: a change concerns the place that it leaves as well.
    #seen = new Map();

    #changed(ids, appended) {
        this.others.finished(ids);
        const elements = [...ids].map((id) => this.model.element(id)).filter(Boolean);
        if (appended) {
            this.layers.append(elements);
        } else {
            let box = null;
            for (const id of ids) {
                box = union(box, this.#seen.get(id) ?? null);
                const element = this.model.element(id);
                if (element) box = union(box, inked(element));
            }
            if (box) this.layers.invalidate(box);
            this.selection.prune();
        }
        for (const id of ids) {
            const element = this.model.element(id);
            if (element) this.#seen.set(id, inked(element));
            else this.#seen.delete(id);
        }
        this.layers.refreshLive();
    }

    #paintLive(context, mark) {
        const { viewport } = this;
        const wait = this.others.paintStrokes(context, mark);
        this.pointers.gesture?.paint(context, mark);
        this.selection.paint(context, viewport.scale, mark);
        const { ratio } = this.layers;
        context.setTransform(ratio, 0, 0, ratio, 0, 0);
        return Math.min(wait, this.others.paintCursors(context, viewport, ({ x, y, w, h: height }) => {
            const [left, top] = viewport.toBoard(x, y);
            mark({ x: left, y: top, w: w / viewport.scale, h: height / viewport.scale });
        }));
    }

    #gesture(pointer, event) {
        this.#editor?.finish();
        const { tool } = this.#look;
        this.surface.focus({ preventScroll: true });
        if (tool === "pan" || !this.mayDraw) return null;
        if (tool === "eraser") return new EraseGesture(this, pointer);
        if (tool === "select") return this.#grip(pointer) ?? new SelectGesture(this, pointer, { shift: event.shiftKey });
        if (tool === "text") {
            // The press would take the focus from the new field; wait until it is over.
            event.preventDefault();
            const element = elementAt(this, pointer.x, pointer.y, pointer.type);
            const place = element?.kind === "text" ? { x: element.x, y: element.y, element } : { x: pointer.x, y: pointer.y - 8 };
            return { move() {}, paint() {}, cancel() {}, end: () => this.write(place) };
        }
        return new DrawGesture(this, tool, pointer);
    }

    // The gesture of the handle under the pointer, if there is one.
    #grip(pointer) {
        const sides = this.#handleAt(pointer);
        this.selection.type = pointer.type;
        return sides && new ResizeGesture(this, pointer, sides);
    }

    #handleAt({ x, y, type }) {
        const box = this.#look.tool === "select" && this.mayDraw ? this.selection.box : null;
        return box && handleAt(box, x, y, this.viewport.scale, type);
    }

    #hover(pointer) {
        const { x, y } = pointer;
        if (!this.pointers.gesture) {
            const sides = this.#handleAt(pointer);
            this.surface.style.cursor = sides ? cursorOf(sides) : "";
        }
        const now = performance.now();
        if (!this.mayDraw || now - this.#cursorAt < CURSOR_EVERY) return;
        this.#cursorAt = now;
        this.signal("board.cursor", { x: Math.round(x), y: Math.round(y) });
    }

    #doubleClick(event) {
        if (this.#look.tool !== "select" || !this.mayDraw) return;
        const rect = this.surface.getBoundingClientRect();
        const [x, y] = this.viewport.toBoard(event.clientX - rect.left, event.clientY - rect.top);
        const element = elementAt(this, x, y);
        if (element?.kind === "text") this.write({ x: element.x, y: element.y, element });
    }

    #selected() {
        this.refreshTools();
        this.layers.refreshLive();
    }

    #allowed() {
        const { state, me } = this.#room;
        const may = this.mayDraw;
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

    async #clear() {
        const yes = await confirm({ title: t("board.clear_title"), text: t("board.clear_text"), action: t("board.clear"), danger: true });
        if (yes) this.apply([{ op: "clear" }]);
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
