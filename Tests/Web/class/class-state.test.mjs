import assert from "node:assert/strict";
import test from "node:test";
import { change, emptyState, fromSnapshot, mayDraw } from "../../../web-static/class/room/class-state.js";

const live = (more = {}) => ({ ...emptyState(), known: true, state: "live", ...more });

for (const [event, subject, expected] of [
    [{ type: "class.started", at: 5 }, "class", { state: "live", startedAt: 5, endedAt: null }],
    [{ type: "class.locked", chat: true, board: false, joining: false }, "locks", { locks: { chat: true, board: false, joining: false } }],
    [{ type: "class.count", here: 7 }, "here", { here: 7 }],
    [{ type: "class.degraded", degraded: true }, "degraded", { degraded: true }],
    [{ type: "class.degraded", degraded: false }, "degraded", { degraded: false }],
    [{ type: "hand.raised", at: 3, user: { id: 1, name: "a" } }, "hands", { hands: [{ id: 1, name: "a", at: 3 }] }],
    [{ type: "board.allowed", draw: [4] }, "draw", { draw: [4] }],
    [{ type: "stage.shown", stage: { kind: "slide", url: "/x" } }, "stage", { stage: { kind: "slide", url: "/x" } }],
]) {
    test(`${event.type} changes ${subject}`, () => assert.deepEqual(change(live(), event), { subject, changes: expected }));
}

test("an unknown event changes nothing", () => assert.equal(change(live(), { type: "class.later" }), null));

test("hands stand in the order of raising, each once", () => {
    const state = fromSnapshot({ class: { state: "live" }, hands: [{ id: 2, name: "b", at: 9 }, { id: 1, name: "a", at: 3 }] });
    assert.deepEqual(state.hands.map(({ id }) => id), [1, 2]);
    const { changes } = change(state, { type: "hand.raised", at: 12, user: { id: 1, name: "a" } });
    assert.deepEqual(changes.hands.map(({ id }) => id), [2, 1]);
});

for (const [title, state, me, may] of [
    ["staff", live({ draw: "staff" }), { id: 1, staff: true }, true],
    ["a student when all may", live({ draw: "all" }), { id: 2 }, true],
    ["a student when staff only may", live({ draw: "staff" }), { id: 2 }, false],
    ["a chosen student", live({ draw: [2] }), { id: 2 }, true],
    ["a student on a locked board", live({ draw: "all", locks: { board: true } }), { id: 2 }, false],
    ["staff after the end", live({ state: "ended", draw: "all" }), { id: 1, staff: true }, false],
]) {
    test(`${title} ${may ? "may" : "may not"} draw`, () => assert.equal(mayDraw(state, me), may));
}
