import assert from "node:assert/strict";
import test from "node:test";
import { Position } from "../../../web-static/live/subscription.js";

const pubs = (...offsets) => offsets.map((offset) => ({ offset, data: { id: offset } }));
const offsets = (list) => list.map((publication) => publication.offset);

function positioned(offset, epoch = "e1") {
    const position = new Position();
    position.begin({ recoverable: true, epoch, offset, data: {} });
    return position;
}

test("asks for nothing before the first reply and for the last place after it", () => {
    const position = new Position();
    assert.deepEqual(position.request(), {});
    position.begin({ recoverable: true, epoch: "e1", offset: 7, data: { messages: [] } });
    assert.deepEqual(position.request(), { recover: true, offset: 7, epoch: "e1" });
});

test("a snapshot is valid at the reply's offset; what follows comes after it", () => {
    const position = new Position();
    const result = position.begin({ recoverable: true, epoch: "e1", offset: 5, data: { n: 1 }, publications: pubs(4, 5, 6) });
    assert.equal(result.fresh, true);
    assert.deepEqual(result.snapshot, { n: 1 });
    assert.deepEqual(offsets(result.publications), [6]);
    assert.equal(position.offset, 6);
});

test("a recovered gap continues the state", () => {
    const position = positioned(5);
    const result = position.begin({ recoverable: true, recovered: true, epoch: "e1", offset: 8, publications: pubs(6, 7, 8) });
    assert.equal(result.fresh, false);
    assert.deepEqual(offsets(result.publications), [6, 7, 8]);
});

test("a long gap goes on with pushes after the first part", () => {
    const position = positioned(5);
    position.begin({ recoverable: true, recovered: true, epoch: "e1", offset: 300, publications: pubs(6, 7) });
    assert.equal(position.accept({ offset: 8 }), "deliver");
    assert.equal(position.accept({ offset: 10 }), "gap");
    assert.equal(position.offset, 8);
});

test("recovered with nothing missed stays where it is", () => {
    const position = positioned(5);
    const result = position.begin({ recoverable: true, recovered: true, epoch: "e1", offset: 5 });
    assert.deepEqual([result.fresh, result.publications.length, position.offset], [false, 0, 5]);
});

test("another epoch begins anew", () => {
    const position = positioned(50, "old");
    const result = position.begin({ recoverable: true, recovered: true, epoch: "new", offset: 2, data: { fresh: true } });
    assert.equal(result.fresh, true);
    assert.equal(position.offset, 2);
    assert.deepEqual(position.request(), { recover: true, offset: 2, epoch: "new" });
});

test("an unrecovered reply begins anew even without a snapshot", () => {
    const position = positioned(5);
    const result = position.begin({ recoverable: true, recovered: false, epoch: "e1", offset: 90 });
    assert.equal(result.fresh, true);
    assert.equal(position.offset, 90);
});

test("a hole inside a reply is found", () => {
    const position = positioned(5);
    const result = position.begin({ recoverable: true, recovered: true, epoch: "e1", offset: 9, publications: pubs(6, 8, 9) });
    assert.equal(result.gap, true);
    assert.deepEqual(offsets(result.publications), [6]);
    assert.equal(position.request().offset, 6);
});

for (const [offset, expected] of [[undefined, "ephemeral"], [0, "ephemeral"], [4, "duplicate"], [5, "duplicate"], [6, "deliver"], [7, "gap"]]) {
    test(`at 5, offset ${offset} is ${expected}`, () => assert.equal(positioned(5).accept({ offset }), expected));
}

test("random deliveries with losses and repeats arrive once and in order", () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    console.log(`# seed ${seed}`);
    let state = seed;
    const random = () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
    const position = positioned(0);
    const seen = [];
    let log = 0;
    while (seen.length < 500) {
        log += 1;
        const fate = random();
        if (fate < 0.15) continue; // lost on the way
        const verdict = position.accept({ offset: log });
        if (verdict === "deliver") seen.push(log);
        if (fate > 0.9) assert.equal(position.accept({ offset: log }) === "deliver", false);
        if (verdict === "gap") {
            const missing = Array.from({ length: log - position.offset }, (_, index) => position.offset + 1 + index);
            const reply = { recoverable: true, recovered: true, epoch: "e1", offset: log, publications: pubs(...missing) };
            seen.push(...offsets(position.begin(reply).publications));
        }
    }
    assert.deepEqual(seen, seen.map((_, index) => index + 1));
});
