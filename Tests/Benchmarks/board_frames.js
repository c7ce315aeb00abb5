// The page's side of board_frames.py: one board without a server, a thousand strokes, and hands that move by the frame.
import { add } from "/static/base/i18n.js";
import "/static/class/board/board.js";
import { BoardModel } from "/static/class/board/model.js";
import { Emitter } from "/static/live/emitter.js";

await add({ en: () => import("/static/class/lang/en.js") });

// The same board in every run: a small generator of Marsaglia's kind.
let seed = 88675123;
function random() {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return (seed >>> 0) / 2 ** 32;
}

const COLORS = ["ink", "ink", "blue", "green", "red"];

/** Handwriting: a pen that turns and comes back, `count` points about 3 units apart. */
function scribble(x, y, count) {
    const points = [];
    let heading = random() * 6.3;
    let turn = 0;
    for (let index = 0; index < count; index += 1) {
        turn = turn * 0.8 + (random() - 0.5) * 0.5;
        heading += turn;
        x += Math.cos(heading) * 3;
        y += Math.sin(heading) * 3;
        points.push(Math.round(x * 10) / 10, Math.round(y * 10) / 10);
    }
    return points;
}

const stroke = (id, z) => ({
    id, kind: "pen", color: COLORS[Math.floor(random() * COLORS.length)], size: random() < 0.7 ? 2 : 4, z, version: 1, author: 1,
    points: scribble(random() * 2560, random() * 1440, 30 + Math.floor(random() * 171)),
});

class Room extends Emitter {
    me = { id: 1, name: "Me", staff: true };
    mayDraw = true;
    state = { state: "live", locks: { board: false }, title: "Frames" };
    board = new BoardModel(this.me);
    #z = 10_000;
    #key = 0;

    put(method, data) {
        const entry = { key: `k${this.#key += 1}`, method, data, state: "pending" };
        this.board.progress(entry);
        const ops = data.ops.map((op) => (op.op === "add" ? { op: "add", element: { ...op.element, z: this.#z += 1, version: 1, author: 1 } } : op));
        setTimeout(() => {
            this.board.apply({ type: "board.applied", by: this.me, ops });
            this.board.progress({ ...entry, state: "recorded" });
        }, 15);
    }

    signal() {}

    act() {
        return Promise.resolve({ state: "recorded" });
    }
}

const room = new Room();
const board = document.querySelector("white-board");
const elements = Array.from({ length: 1_000 }, (_, index) => stroke(`s${index}`, index + 1));
room.board.reset({ elements });
board.start(room);
// Pointers that the page makes up cannot be captured.
board.surface.setPointerCapture = () => {};
globalThis.board = board;
globalThis.room = room;

// --- What is painted -----------------------------------------------------------------------------------------

const drawn = { shapes: 0, pixels: 0 };
const pen = CanvasRenderingContext2D.prototype;
for (const name of ["stroke", "fill", "fillText"]) {
    const real = pen[name];
    pen[name] = function (...rest) {
        drawn.shapes += 1;
        return real.apply(this, rest);
    };
}
for (const name of ["clearRect", "drawImage"]) {
    const real = pen[name];
    pen[name] = function (...rest) {
        const { a, d } = this.getTransform();
        const [w, h] = name === "clearRect" ? rest.slice(2) : rest.length > 5 ? rest.slice(7) : rest.length > 3 ? rest.slice(3) : [rest[0].width, rest[0].height];
        drawn.pixels += Math.min(Math.abs(w * a), this.canvas.width) * Math.min(Math.abs(h * d), this.canvas.height);
        return real.apply(this, rest);
    };
}

// --- Hands ---------------------------------------------------------------------------------------------------

const nextFrame = () => new Promise((resolve) => { requestAnimationFrame(resolve); });

/** Calls `step(index)` at the start of each of `count` frames; what was drawn in each, and how far apart they were. */
async function frames(count, step) {
    const rows = [];
    let before = await nextFrame();
    for (let index = 0; index < count; index += 1) {
        performance.mark("board-frame");
        Object.assign(drawn, { shapes: 0, pixels: 0 });
        step(index);
        const now = await nextFrame();
        rows.push({ interval: now - before, ...drawn });
        before = now;
    }
    performance.mark("board-frame");
    return rows;
}

/** Waits until the board has nothing to do any more. */
async function settle() {
    for (let quiet = 0; quiet < 25;) {
        Object.assign(drawn, { shapes: 0, pixels: 0 });
        await nextFrame();
        quiet = drawn.shapes === 0 && drawn.pixels === 0 ? quiet + 1 : 0;
    }
}

function pointer(type, x, y, { id = 1, kind = "mouse", trail = [] } = {}) {
    const rect = board.surface.getBoundingClientRect();
    const init = (left, top) => ({
        pointerId: id, pointerType: kind, clientX: rect.left + left, clientY: rect.top + top, button: type === "pointermove" ? -1 : 0,
        buttons: type === "pointerup" ? 0 : 1, pressure: 0.5, bubbles: true, cancelable: true, isPrimary: true,
    });
    board.surface.dispatchEvent(new PointerEvent(type, {
        ...init(x, y), coalescedEvents: trail.map(([left, top]) => new PointerEvent(type, init(left, top))),
    }));
}

function wheel(dx, dy, { zoom = false, x = board.clientWidth / 2, y = board.clientHeight / 2 } = {}) {
    const rect = board.surface.getBoundingClientRect();
    board.surface.dispatchEvent(new WheelEvent("wheel", {
        deltaX: dx, deltaY: dy, ctrlKey: zoom, clientX: rect.left + x, clientY: rect.top + y, bubbles: true, cancelable: true,
    }));
}

/** A path that fills the window, `step` by `step`: four places of the pointer for each frame, as from a pen at 240 Hz. */
function path(step) {
    const [w, h] = [board.clientWidth, board.clientHeight];
    const at = (time) => [w * (0.5 + 0.35 * Math.sin(time * 0.031)), h * (0.5 + 0.35 * Math.sin(time * 0.047 + 1))];
    const trail = [0.25, 0.5, 0.75, 1].map((part) => at(step + part));
    return { trail, place: trail[3] };
}

let number = 0;
const living = new Map();

/** Three people draw: 20 messages a second from each, a finished stroke every second. */
function others(index) {
    for (const user of [21, 22, 23]) {
        if ((index + user) % 3 !== 0) continue;
        let one = living.get(user);
        if (!one) {
            one = { id: `o${number += 1}`, points: scribble(board.viewport.x + random() * board.viewport.box.w, board.viewport.y + random() * board.viewport.box.h, 120), sent: 0, user };
            living.set(user, one);
        }
        const by = { id: user, name: `Student ${user}` };
        const points = one.points.slice(one.sent, one.sent + 12);
        one.sent += 12;
        const head = { id: one.id, kind: "pen", color: "blue", size: 4 };
        room.emit("live", { type: "board.stroke.live", by, stroke: { ...head, points } });
        room.emit("live", { type: "board.cursor", by, x: points.at(-2), y: points.at(-1) });
        if (one.sent < one.points.length) continue;
        living.delete(user);
        room.board.apply({ type: "board.applied", by, ops: [{ op: "add", element: { ...head, points: one.points, z: 5_000 + number, version: 1, author: user } }] });
    }
}

const whole = () => {
    board.fit();
    return settle();
};
const near = async () => {
    board.viewport.scale = 1;
    board.viewport.centre(1280, 720);
    await settle();
};

/** Every situation: how to get there, and what happens in each frame. */
const SITUATIONS = {
    async own() {
        await whole();
        board.choose({ tool: "pen" });
        pointer("pointerdown", ...path(0).place);
        const rows = await frames(180, (index) => {
            const { trail, place } = path(index);
            pointer("pointermove", ...place, { trail });
        });
        pointer("pointerup", ...path(180).place);
        return rows;
    },
    async others() {
        await whole();
        return frames(240, others);
    },
    async pan() {
        await near();
        return frames(240, (index) => wheel(...(index % 120 < 60 ? [14, 6] : [-14, -6])));
    },
    async pan_all() {
        await whole();
        return frames(180, (index) => wheel(...(index % 90 < 45 ? [10, 5] : [-10, -5])));
    },
    async zoom() {
        await whole();
        return frames(180, (index) => wheel(0, index % 90 < 45 ? -10 : 10, { zoom: true }));
    },
    async pinch() {
        await whole();
        board.choose({ tool: "pan" });
        const [x, y] = [board.clientWidth / 2, board.clientHeight / 2];
        pointer("pointerdown", x - 60, y, { id: 2, kind: "touch" });
        pointer("pointerdown", x + 60, y, { id: 3, kind: "touch" });
        const rows = await frames(180, (index) => {
            const spread = 60 + 100 * Math.sin(index / 180 * Math.PI * 2) ** 2;
            pointer("pointermove", x - spread, y + index / 3, { id: 2, kind: "touch" });
            pointer("pointermove", x + spread, y + index / 3, { id: 3, kind: "touch" });
        });
        for (const id of [2, 3]) pointer("pointerup", x, y, { id, kind: "touch" });
        return rows;
    },
    async drag() {
        await whole();
        board.choose({ tool: "select" });
        const target = room.board.elements[500];
        const grip = board.viewport.toScreen(target.points[20], target.points[21]);
        pointer("pointerdown", ...grip);
        const rows = await frames(150, (index) => {
            const angle = index / 150 * Math.PI * 2;
            pointer("pointermove", grip[0] + 120 * Math.sin(angle), grip[1] + 80 * (1 - Math.cos(angle)));
        });
        pointer("pointerup", grip[0], grip[1]);
        await settle();
        board.selection.set([]);
        return rows;
    },
};

globalThis.situations = Object.keys(SITUATIONS);
globalThis.measure = async (name) => {
    const rows = await SITUATIONS[name]();
    // How long after the last movement the picture is final, and what that takes in its worst frame.
    const began = performance.now();
    Object.assign(drawn, { shapes: 0, pixels: 0 });
    await settle();
    return { rows, settled: Math.max(0, performance.now() - began - 25 * 1000 / 60) };
};
// As on the page, the tools come once the board stands.
globalThis.ready = board.complete().then(async () => {
    while (!board.tools) await nextFrame();
    await settle();
    return true;
});
