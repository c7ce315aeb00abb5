import assert from "node:assert/strict";
import test from "node:test";
import { minuteSeries, Samples, sums } from "../../../web-static/ops/job-series.js";

const MINUTE = 60_000;
const NOW = 1_795_687_210_000;
const LAST = Math.floor(NOW / MINUTE) * MINUTE - MINUTE;
const minute = (back, kind, completed, failed = 0) => ({ at: LAST - back * MINUTE, kind, completed, failed, busy_ms: 0 });

test("minutes become a series of the last hour, with nothing where nothing was done", () => {
    const minutes = [minute(0, "a", 5), minute(0, "b", 2, 1), minute(3, "a", 7), minute(58, "a", 1), minute(59, "a", 100), minute(-1, "a", 100)];
    const all = minuteSeries(minutes, NOW, "completed");
    assert.equal(all.values.length, 59);
    assert.equal(all.t0 + (all.values.length - 1) * all.step, LAST);
    assert.deepEqual(all.values.slice(-4), [7, 0, 0, 7]);
    assert.equal(all.values[0], 1);
    assert.equal(minuteSeries(minutes, NOW, "completed", "a").values.at(-1), 5);
    assert.deepEqual(minuteSeries(minutes, NOW, "failed").values.slice(-2), [0, 1]);
    assert.ok(minuteSeries([], NOW, "completed").values.every((value) => value === 0));
});

test("samples keep an hour, and gaps stay gaps", () => {
    const samples = new Samples(5, 4);
    for (const [at, value] of [[100, 1], [104, 2], [112, 3]]) samples.add(at, value);
    assert.deepEqual(samples.series, { t0: 100, step: 5, values: [2, null, 3] });
    for (const [at, value] of [[116, 4], [121, 5]]) samples.add(at, value);
    assert.deepEqual(samples.series, { t0: 105, step: 5, values: [null, 3, 4, 5] });
});

test("samples begin anew after a long sleep, and when the clock was set back", () => {
    const samples = new Samples(5, 4);
    samples.add(100, 1);
    samples.add(5000, 2);
    assert.deepEqual(samples.series, { t0: 5000, step: 5, values: [2] });
    samples.add(90, 3);
    assert.deepEqual(samples.series, { t0: 90, step: 5, values: [3] });
});

test("all kinds together wait as many as each, and as long as the longest", () => {
    const kind = (available, scheduled, oldest_seconds) => ({ available, scheduled, oldest_seconds });
    assert.deepEqual(sums([kind(1, 2, 5), kind(3, 0, 9)]), { waiting: 6, oldest: 9 });
    assert.deepEqual(sums([]), { waiting: 0, oldest: 0 });
});
