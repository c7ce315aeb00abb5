import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import test from "node:test";
import { BoardModel } from "../../../web-static/class/board/model.js";
import { HeldGesture } from "../../../web-static/class/board/pointer.js";
import { bounds, hits, moved, simplified, snapped } from "../../../web-static/class/board/geometry.js";
import { Viewport } from "../../../web-static/class/board/view.js";

globalThis.crypto ??= webcrypto;

const me = { id: 1, staff: false };
const rect = (id, z) => ({ id, kind: "rect", x: 0, y: 0, w: 10, h: 10, size: 2, ...(z ? { z, author: 1, version: 1 } : {}) });
const applied = (...ops) => ({ type: "board.applied", by: { id: 1 }, ops });
const ids = (model) => model.elements.map(({ id }) => id);

test("folds add, patch, delete and clear", () => {
    const model = new BoardModel(me);
    model.reset({ elements: [rect("a", 1)] });
    model.apply(applied({ op: "add", element: rect("b", 2) }, { op: "patch", id: "a", set: { x: 5 } }));
    assert.deepEqual([ids(model), model.element("a").x, model.element("a").version], [["a", "b"], 5, 2]);
    model.apply(applied({ op: "delete", ids: ["a"] }));
    assert.deepEqual(ids(model), ["b"]);
    model.apply(applied({ op: "clear" }));
    assert.deepEqual(ids(model), []);
});

test("own operations are seen at once and come back when refused", () => {
    const model = new BoardModel(me);
    model.reset({ elements: [rect("a", 1)] });
    const entry = { key: "k", state: "pending", data: { ops: [{ op: "add", element: rect("mine") }, { op: "patch", id: "a", set: { x: 9 } }] } };
    model.progress(entry);
    assert.deepEqual([ids(model), model.element("a").x, model.isPending("mine")], [["a", "mine"], 9, true]);
    model.progress({ ...entry, state: "refused" });
    assert.deepEqual([ids(model), model.element("a").x], [["a"], 0]);
});

test("a refused clear brings everything back", () => {
    const model = new BoardModel(me);
    model.reset({ elements: [rect("a", 1), rect("b", 2)] });
    const entry = { key: "k", state: "pending", data: { ops: [{ op: "clear" }] } };
    model.progress(entry);
    assert.deepEqual(ids(model), []);
    model.progress({ ...entry, state: "failed" });
    assert.deepEqual(ids(model), ["a", "b"]);
});

test("an own stroke stays, confirmed, when its event and answer arrive", () => {
    const model = new BoardModel(me);
    const entry = { key: "k", state: "pending", data: { ops: [{ op: "add", element: rect("mine") }] } };
    model.progress(entry);
    model.apply(applied({ op: "add", element: rect("mine", 4) }));
    model.progress({ ...entry, state: "recorded", result: {} });
    assert.deepEqual([ids(model), model.isPending("mine"), model.element("mine").z], [["mine"], false, 4]);
});

test("others' elements are for staff to change", () => {
    const element = { ...rect("a", 1), author: 2 };
    assert.equal(new BoardModel(me).mayChange(element), false);
    assert.equal(new BoardModel({ id: 9, staff: true }).mayChange(element), true);
});

for (const [element, x, y, hit] of [
    [{ kind: "rect", x: 0, y: 0, w: 100, h: 100, size: 2 }, 50, 50, false],
    [{ kind: "rect", x: 0, y: 0, w: 100, h: 100, size: 2, fill: "red" }, 50, 50, true],
    [{ kind: "rect", x: 0, y: 0, w: 100, h: 100, size: 2 }, 1, 50, true],
    [{ kind: "ellipse", x: 0, y: 0, w: 100, h: 50, size: 2 }, 50, 0, true],
    [{ kind: "ellipse", x: 0, y: 0, w: 100, h: 50, size: 2 }, 0, 0, false],
    [{ kind: "pen", points: [0, 0, 100, 100], size: 2 }, 50, 52, true],
    [{ kind: "pen", points: [0, 0, 100, 100], size: 2 }, 50, 80, false],
    [{ kind: "text", x: 0, y: 0, w: 40, h: 20, size: 4 }, 20, 10, true],
]) {
    test(`${element.kind}${element.fill ? " filled" : ""} at ${x},${y} is ${hit ? "hit" : "missed"}`, () => assert.equal(hits(element, x, y, 4), hit));
}

test("moving keeps the shape", () => {
    assert.deepEqual(moved({ points: [0, 0, 10, 5] }, 3, 4), { points: [3, 4, 13, 9] });
    assert.deepEqual(moved({ x: 1, y: 2 }, 0.04, 0.26), { x: 1, y: 2.3 });
    assert.deepEqual(bounds({ kind: "rect", x: 10, y: 10, w: -5, h: 5 }), { x: 5, y: 10, w: 5, h: 5 });
});

test("a line snaps to the axis nearby, and to eighths while shift is held", () => {
    assert.deepEqual(snapped("line", 0, 0, 100, 3, false).map(Math.round), [100, 0]);
    assert.deepEqual(snapped("line", 0, 0, 100, 30, false), [100, 30]);
    const [x, y] = snapped("line", 0, 0, 100, 80, true);
    assert.equal(Math.round(x), Math.round(y));
    assert.deepEqual(snapped("rect", 0, 0, 100, 50, true), [100, 100]);
});

test("simplifying keeps the ends, the corners and no gap that bends the curve", () => {
    const points = Array.from({ length: 100 }, (_, index) => [index, index < 50 ? 0 : index - 50]).flat();
    const kept = simplified(points, 0.3);
    assert.deepEqual([kept[0], kept.at(-1), kept.length < 6], [0, 99, true]);
    const dense = simplified(points, 0.3, 5);
    assert.ok(dense.every((index, at) => at === 0 || index - dense[at - 1] <= 6));
});

test("a gesture whose code is on its way loses nothing of what the pointer did", () => {
    const done = [];
    const real = {
        id: "7",
        move: (points, { shift }) => done.push(["move", points, shift]),
        end: () => done.push(["end"]),
        cancel: () => done.push(["cancel"]),
        paint: () => done.push(["paint"]),
    };
    let arrive;
    const held = new HeldGesture({ use: (work) => { arrive = () => work({}); } }, () => real);
    held.move([1, 2], { shift: false });
    held.paint(null);
    held.move([3], { shift: true });
    assert.deepEqual([done, held.id], [[], undefined]);
    arrive();
    assert.deepEqual(done, [["move", [1, 2], false], ["move", [3], true]]);
    held.paint(null);
    held.end();
    assert.deepEqual([done.slice(2), held.id], [[["paint"], ["end"]], "7"]);
});

test("a part of the board is shown beside what lies over its edge", () => {
    const viewport = new Viewport();
    viewport.resize(1_000, 500);
    viewport.covered = () => ({ left: 100, top: 0, right: 0, bottom: 0 });
    viewport.fit({ x: 0, y: 0, w: 4_000, h: 400 }, 0);
    assert.deepEqual(viewport.toScreen(0, 200).map(Math.round), [100, 250]);
    assert.deepEqual(viewport.toScreen(4_000, 200).map(Math.round), [1_000, 250]);
    viewport.reveal({ x: -1_000, y: 0, w: 10, h: 10 }, 20);
    assert.equal(Math.round(viewport.toScreen(-1_000, 0)[0]), 120);
});

test("who drew is known by name once an event told it", () => {
    const model = new BoardModel(me);
    assert.equal(model.nameOf(2), "");
    model.apply({ type: "board.applied", by: { id: 2, name: "Ada" }, ops: [{ op: "add", element: { ...rect("a", 1), author: 2 } }] });
    assert.equal(model.nameOf(2), "Ada");
});

test("what comes in below an own pending element is not taken for the topmost", () => {
    const model = new BoardModel(me);
    const changes = [];
    model.on("changed", ({ appended }) => changes.push(appended));
    model.apply(applied({ op: "add", element: rect("a", 1) }));
    model.progress({ key: "k", state: "pending", data: { ops: [{ op: "add", element: rect("mine") }] } });
    model.apply(applied({ op: "add", element: rect("b", 2) }));
    assert.deepEqual([changes, ids(model)], [[true, true, false], ["a", "b", "mine"]]);
});
