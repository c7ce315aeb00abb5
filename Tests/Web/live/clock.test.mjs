import assert from "node:assert/strict";
import test from "node:test";
import { ServerClock } from "../../../web-static/live/timing.js";

test("is the local clock before the first sample", () => {
    assert.equal(new ServerClock(() => 1_000).now(), 1_000);
});

test("believes the exchange with the shortest round trip", () => {
    const clock = new ServerClock(() => 10_000);
    clock.sample(15_000, 9_000, 10_000);
    clock.sample(15_010, 9_990, 10_010);
    clock.sample(18_000, 9_000, 10_000);
    assert.equal(clock.now(), 15_010);
    assert.equal(clock.count, 3);
});

test("ignores what cannot be", () => {
    const clock = new ServerClock(() => 10_000);
    clock.sample(Number.NaN, 9_990, 10_000);
    clock.sample(15_000, 10_000, 9_000);
    clock.sample(15_000, 9_000, 90_000);
    assert.equal(clock.count, 0);
});

test("forgets samples of long ago", () => {
    let now = 10_000;
    const clock = new ServerClock(() => now);
    clock.sample(11_000, 9_999, 10_001);
    now += 31 * 60_000;
    clock.sample(now + 2_000, now - 100, now + 100);
    assert.equal(clock.offset, 2_000);
});
