import assert from "node:assert/strict";
import test from "node:test";
import { ChatLog } from "../../../web-static/class/room/chat-log.js";

const me = { id: 1 };
const message = (id, by = 2, text = `text ${id}`) => ({ type: "chat.message", id, at: id * 1000, by: { id: by, name: `p${by}` }, text });
const texts = (log) => log.messages.map(({ text }) => text);

function make(messages = [message(1), message(2)]) {
    const log = new ChatLog(me);
    log.reset({ messages, pinned: [], more: true });
    return log;
}

test("folds edits, deletions and pins", () => {
    const log = make();
    log.apply(message(3));
    log.apply({ type: "chat.edited", id: 4, at: 9, message: 1, text: "new" });
    log.apply({ type: "chat.pinned", id: 5, message: 2, pinned: true });
    log.apply({ type: "chat.deleted", id: 6, message: 2 });
    log.apply({ type: "skip", id: 7 });
    assert.deepEqual(texts(log), ["new", "text 3"]);
    assert.deepEqual(log.pinned, []);
});

test("does not take the same message twice", () => {
    const log = make();
    log.apply(message(2));
    assert.equal(log.messages.length, 2);
});

test("a snapshot after a long absence keeps older pages where they fit", () => {
    const log = make([message(10), message(11)]);
    log.prepend({ messages: [message(8), message(9)], more: true });
    log.reset({ messages: [message(11), message(12)], more: true });
    assert.deepEqual(log.messages.map(({ id }) => id), [8, 9, 10, 11, 12]);
    log.reset({ messages: [message(50)], more: true });
    assert.deepEqual(log.messages.map(({ id }) => id), [50]);
});

test("skips in a snapshot are no messages", () => {
    assert.deepEqual(texts(make([message(1), { type: "skip", id: 2 }, message(3)])), ["text 1", "text 3"]);
});

for (const order of ["event first", "answer first"]) {
    test(`an own message appears once: ${order}`, () => {
        const log = make();
        const entry = { key: "k", state: "sending", data: { text: "mine" }, at: 1 };
        log.outgoing(entry);
        assert.equal(log.pending.length, 1);
        const answer = () => {
            Object.assign(entry, { state: "recorded", result: { status: "recorded", id: 3 } });
            log.outgoing(entry);
        };
        if (order === "answer first") answer();
        log.apply(message(3, 1, "mine"));
        if (order === "event first") answer();
        assert.deepEqual([log.pending.length, log.messages.length], [0, 3]);
    });
}

test("a refused own message stays until it is dropped", () => {
    const log = make();
    const entry = { key: "k", state: "refused", reason: "muted", data: { text: "mine" }, at: 1 };
    log.outgoing(entry);
    assert.equal(log.pending.length, 1);
    log.drop("k");
    assert.equal(log.pending.length, 0);
});

test("a first visit has missed nothing", () => {
    const log = new ChatLog({ id: 1 });
    log.lost();
    log.reset({ messages: [message(1), message(2)], pinned: [], more: false });
    assert.equal(log.awayAfter, null);
});

test("marks what was missed, not what one wrote oneself", () => {
    const log = make();
    log.lost();
    log.apply(message(3, 1));
    assert.equal(log.awayAfter, null);
    log.apply(message(4));
    assert.equal(log.awayAfter, 2);
    log.resumed();
    log.clearAway();
    log.apply(message(5));
    assert.equal(log.awayAfter, null);
});
