import assert from "node:assert/strict";
import test from "node:test";
import { Backoff, delay, retryHint } from "../../../web-static/live/timing.js";

for (const [step, random, expected] of [
    [0, 0, 200], [0, 0.999999, 400], [3, 0.5, 1_000], [6, 1, 13_000], [10, 0, 200], [10, 1, 20_000], [400, 1, 20_000],
]) {
    test(`attempt ${step} with chance ${random} waits ${expected} ms`, () => {
        assert.equal(delay(step, { random: () => random }), expected);
    });
}

test("never comes back before the server's hint", () => {
    for (let step = 0; step < 20; step += 1) assert.ok(delay(step, { hint: 7_000 }) >= 7_000);
    assert.equal(delay(0, { hint: 60_000, random: () => 1 }), 60_000);
});

test("spreads a thousand clients over the whole window", () => {
    const delays = Array.from({ length: 1_000 }, () => delay(5));
    const early = delays.filter((value) => value < 200 + 3_200).length;
    assert.ok(early > 350 && early < 650, `${early} of 1000 in the first half`);
});

test("starts over after a success", () => {
    const backoff = new Backoff({ random: () => 1 });
    assert.deepEqual([backoff.next(), backoff.next(), backoff.next()], [400, 600, 1_000]);
    backoff.reset();
    assert.equal(backoff.next(), 400);
});

for (const [text, expected] of [
    ['{"retry_after_ms":1500}', 1_500], ["shutdown", 0], ["", 0], [undefined, 0], ['{"retry_after_ms":-5}', 0],
    ['{"retry_after_ms":"soon"}', 0], ["{broken", 0], ['{"retry_after_ms":1e12}', 600_000],
]) {
    test(`reads the hint ${expected} from ${JSON.stringify(text)}`, () => assert.equal(retryHint(text), expected));
}
