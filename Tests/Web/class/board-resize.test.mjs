import assert from "node:assert/strict";
import test from "node:test";
import { grown, handleAt, handles, resized, sizes, stretched } from "../../../web-static/class/board/resize.js";

const box = { x: 100, y: 100, w: 200, h: 100 };
const rect = { id: "r", kind: "rect", ...box, size: 2 };

test("a selection has eight handles, small ones only those at the corners", () => {
    assert.equal(handles(box, 1).length, 8);
    assert.equal(handles({ ...box, w: 30 }, 1).length, 6);
    assert.equal(handles({ ...box, w: 30, h: 30 }, 1).length, 4);
    assert.equal(handles(box, 0.3, "touch").length, 4);
});

for (const [name, x, y, type, sides] of [
    ["the upper left corner", 98, 98, "mouse", [-1, -1]],
    ["the right edge", 304, 150, "mouse", [1, 0]],
    ["beside the right edge, with the mouse", 318, 150, "mouse", null],
    ["beside the right edge, with a finger", 330, 150, "touch", [1, 0]],
    ["21 px off a finger's corner", 312 + 21, 212 + 21, "touch", [1, 1]],
    ["the middle", 200, 150, "touch", null],
]) {
    test(`a press at ${name} ${sides ? "finds its handle" : "finds none"}`, () => assert.deepEqual(handleAt(box, x, y, 1, type), sides));
}

test("the middle of a small selection is for moving, also with a finger", () => {
    assert.equal(handleAt({ x: 0, y: 0, w: 20, h: 20 }, 10, 10, 1, "touch"), null);
});

for (const [name, sides, dx, dy, firm, wanted] of [
    ["the lower right corner", [1, 1], 50, 20, false, { x: 100, y: 100, w: 250, h: 120 }],
    ["the upper left corner", [-1, -1], 50, 20, false, { x: 150, y: 120, w: 150, h: 80 }],
    ["the right edge, whatever the height", [1, 0], 50, 99, false, { x: 100, y: 100, w: 250, h: 100 }],
    ["a corner with shift", [1, 1], 200, 0, true, { x: 100, y: 100, w: 400, h: 200 }],
    ["the upper left corner with shift", [-1, -1], -200, 0, true, { x: -100, y: 0, w: 400, h: 200 }],
    ["an edge with shift", [1, 0], 200, 0, true, { x: 100, y: 50, w: 400, h: 200 }],
    ["a corner beyond the other", [1, 1], -500, -500, false, { x: 100, y: 100, w: 2, h: 2 }],
]) {
    test(`dragging ${name}`, () => assert.deepEqual(stretched(box, sides, dx, dy, firm), wanted));
}

test("every kind of element goes along", () => {
    const to = { x: 0, y: 0, w: 400, h: 50 };
    assert.deepEqual(resized(rect, box, to), to);
    assert.deepEqual(resized({ kind: "pen", points: [100, 100, 200, 150, 300, 200] }, box, to), { points: [0, 0, 200, 25, 400, 50] });
    assert.deepEqual(resized({ kind: "line", points: [100, 100, 300, 100] }, { ...box, h: 0 }, { ...to, h: 0 }), { points: [0, 0, 400, 0] });
});

test("a text keeps its ratio and grows by its letters", () => {
    const text = { kind: "text", x: 0, y: 0, w: 80, h: 30, size: 4, text: "A" };
    assert.deepEqual(resized(text, { x: 0, y: 0, w: 80, h: 30 }, { x: 0, y: 0, w: 160, h: 60 }), { x: 0, y: 0, w: 160, h: 60, size: 10 });
    const tiny = resized(text, { x: 0, y: 0, w: 80, h: 30 }, { x: 0, y: 0, w: 2, h: 2 });
    assert.ok(tiny.size >= 0.5);
});

test("a resized selection is one patch for each element, of fields that its kind has", () => {
    const ops = sizes([rect, { id: "p", kind: "pen", points: [100, 100, 300, 200] }], box, { ...box, w: 100 });
    assert.deepEqual(ops, [
        { op: "patch", id: "r", set: { x: 100, y: 100, w: 100, h: 100 } }, { op: "patch", id: "p", set: { points: [100, 100, 200, 200] } },
    ]);
});

test("keys grow from the upper left corner, and a text by its ratio", () => {
    assert.deepEqual(grown([rect], 8, 0)[0].set, { x: 100, y: 100, w: 208, h: 100 });
    const [{ set }] = grown([{ id: "t", kind: "text", x: 0, y: 0, w: 80, h: 40, size: 4, text: "A" }], 8, 0);
    assert.deepEqual([set.w, set.h], [88, 44]);
    assert.deepEqual(grown([], 8, 0), []);
});
