import assert from "node:assert/strict";
import test from "node:test";
import { follow, pause, progressPath } from "../../../web-static/base/follow.js";

test("questions come further and further apart, to five seconds at most", () => {
    const waits = Array.from({ length: 20 }, (_, quiet) => pause(quiet));
    assert.equal(waits[0], 400);
    assert.ok(waits.every((wait, place) => place === 0 || wait >= waits[place - 1]));
    assert.equal(waits.at(-1), 5_000);
});

test("it is asked until it is over, and quickly again after each change", async () => {
    const answers = [{ at: 0 }, { at: 0 }, { at: 50 }, { at: 100 }];
    const [seen, waits] = [[], []];
    const run = follow({
        first: { at: 0 }, read: async () => answers.shift(), isOver: ({ at }) => at === 100, show: ({ at }) => seen.push(at),
        wait: async (ms) => { waits.push(ms); },
    });
    assert.deepEqual(await run.ended, { at: 100 });
    assert.deepEqual(seen, [0, 0, 0, 50, 100]);
    assert.deepEqual(waits, [pause(0), pause(1), pause(2), pause(0)]);
});

test("an answer that does not come is told of, and asked for again", async () => {
    const answers = [() => { throw new Error("away"); }, () => "done"];
    const problems = [];
    const run = follow({ first: "begun", read: async () => answers.shift()(), isOver: (value) => value === "done", show: (_, error) => problems.push(error?.message ?? null), wait: async () => {} });
    assert.equal(await run.ended, "done");
    assert.deepEqual(problems, [null, "away", null]);
});

test("nobody hears of what was stopped", async () => {
    let shown = 0;
    const run = follow({ first: 1, read: async () => 2, isOver: () => false, show: () => { shown += 1; }, wait: async () => { await null; run.stop(); } });
    assert.equal(await run.ended, null);
    assert.equal(shown, 1);
});

test("a progress is asked for here, whatever its host is called", () => {
    assert.equal(progressPath("https://elsewhere.example/api/v1/progress/12"), "/api/v1/progress/12");
    assert.equal(progressPath(null), null);
});
