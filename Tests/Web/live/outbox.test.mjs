import assert from "node:assert/strict";
import test from "node:test";
import { LiveError } from "../../../web-static/live/connection.js";
import { Emitter } from "../../../web-static/live/emitter.js";
import { Outbox } from "../../../web-static/live/outbox.js";
import { OutboxStore } from "../../../web-static/live/outbox-store.js";
import { settle, until } from "./fake-socket.mjs";

class FakeStorage {
    #items = new Map();
    get length() { return this.#items.size; }
    key(index) { return [...this.#items.keys()][index] ?? null; }
    getItem(name) { return this.#items.get(name) ?? null; }
    setItem(name, value) { this.#items.set(name, value); }
    removeItem(name) { this.#items.delete(name); }
}

/** A client whose calls the test answers by hand. */
class FakeClient extends Emitter {
    state = "connected";
    calls = [];
    rpc(method, data) {
        return new Promise((resolve, reject) => this.calls.push({ method, data, resolve, reject }));
    }
    turn(state) {
        this.state = state;
        this.emit("state", { state });
    }
}

function make({ storage = new FakeStorage(), client = new FakeClient(), owner = "tab1" } = {}) {
    const store = new OutboxStore(storage, 7, 1);
    return { storage, client, store, outbox: new Outbox({ client, store, classId: 1, owner }) };
}

const lost = new LiveError(2, "transport closed", true);

test("a recorded mutation is settled and forgotten by the store", async () => {
    const { outbox, client, store } = make();
    const states = [];
    outbox.on("change", ({ state }) => states.push(state));
    const entry = outbox.put("chat.send", { text: "hi" });
    assert.deepEqual(client.calls[0].data, { class: 1, key: entry.key, text: "hi" });
    client.calls[0].resolve({ status: "recorded", id: 4, at: 9 });
    await settle();
    assert.deepEqual(states, ["pending", "sending", "recorded"]);
    assert.deepEqual(store.keys(), []);
    assert.deepEqual(outbox.open, []);
});

test("an unanswered mutation is sent again with the same key after the reconnect", async () => {
    const { outbox, client } = make();
    const entry = outbox.put("quiz.answer", { run: 1 });
    client.state = "connecting";
    client.turn("connecting");
    client.calls[0].reject(lost);
    await settle();
    assert.equal(entry.state, "pending");
    client.turn("connected");
    assert.equal(client.calls.length, 2);
    assert.equal(client.calls[1].data.key, entry.key);
    client.calls[1].resolve({ status: "duplicate", id: 1, at: 2 });
    await settle();
    assert.equal(entry.state, "recorded");
});

test("never sends the same mutation twice at once", async () => {
    const { outbox, client } = make();
    outbox.put("chat.send", { text: "one" });
    outbox.flush();
    client.turn("connected");
    assert.equal(client.calls.length, 1);
});

test("what waited is sent in the order it was put in", () => {
    const { outbox, client } = make();
    client.turn("connecting");
    for (const text of ["a", "b", "c"]) outbox.put("chat.send", { text });
    assert.equal(client.calls.length, 0);
    assert.equal(outbox.open.length, 3);
    client.turn("connected");
    assert.deepEqual(client.calls.map(({ data }) => data.text), ["a", "b", "c"]);
});

test("survives a reload", () => {
    const first = make();
    first.client.turn("connecting");
    const entry = first.outbox.put("chat.send", { text: "kept" }, { about: "note" });
    first.outbox.put("class.lock", { chat: true }, { durable: false });
    const second = make({ storage: first.storage });
    second.outbox.adopt(new Set(["tab1"]));
    assert.deepEqual(second.client.calls.map(({ data }) => data), [{ class: 1, key: entry.key, text: "kept" }]);
    assert.equal(second.outbox.entry(entry.key).about, "note");
});

test("leaves the entries of an open tab to it and takes those of a closed one", () => {
    const first = make();
    first.client.turn("connecting");
    first.outbox.put("chat.send", { text: "x" });
    const second = make({ storage: first.storage, owner: "tab2" });
    second.outbox.adopt(new Set(["tab1", "tab2"]));
    assert.equal(second.client.calls.length, 0);
    second.outbox.adopt(new Set(["tab2"]));
    assert.equal(second.client.calls.length, 1);
});

test("a refusal is final and says why; trying again takes a new key", async () => {
    const { outbox, client, store } = make();
    const entry = outbox.put("chat.send", { text: "no" });
    client.calls[0].resolve({ status: "refused", reason: "muted", at: 1 });
    await settle();
    assert.deepEqual([entry.state, entry.reason, store.keys().length], ["refused", "muted", 0]);
    const again = outbox.retry(entry.key);
    assert.notEqual(again.key, entry.key);
    assert.equal(client.calls[1].data.text, "no");
    assert.equal(outbox.entry(entry.key), undefined);
});

test("a refusal that asks for patience is repeated with the same key", async () => {
    const { outbox, client } = make();
    const entry = outbox.put("chat.send", { text: "slow" });
    client.calls[0].resolve({ status: "refused", reason: "rate_limited", at: 1, retry_after_ms: 1 });
    await settle();
    assert.equal(entry.state, "pending");
    await until(() => client.calls.length === 2, "the second call");
    assert.equal(client.calls[1].data.key, entry.key);
});

test("a command beyond a limit is sent again with the same key, and meanwhile says why it waits", async () => {
    for (const code of [106, 111]) {
        const { outbox, client, store } = make();
        const entry = outbox.put("quiz.answer", { run: 9, question: 1, answer: 2 });
        client.calls[0].reject(new LiveError(code, "too many requests: user.calls", true));
        await settle();
        assert.deepEqual([entry.state, entry.reason], ["pending", "rate_limited"]);
        assert.equal(store.keys().length, 1);
        await until(() => client.calls.length === 2, "the second call");
        assert.equal(client.calls[1].data.key, entry.key);
        client.calls[1].resolve({ status: "recorded", at: 5 });
        await settle();
        assert.deepEqual([entry.state, entry.reason, store.keys().length], ["recorded", undefined, 0]);
    }
});

test("a lost connection is no limit", async () => {
    const { outbox, client } = make();
    const entry = outbox.put("chat.send", { text: "x" });
    client.calls[0].reject(lost);
    await settle();
    assert.deepEqual([entry.state, entry.reason], ["pending", undefined]);
    outbox.forget(entry.key);
});

test("a wrong command fails for good", async () => {
    const { outbox, client } = make();
    const settled = outbox.call("chat.send", { text: 5 });
    client.calls[0].reject(new LiveError(107, "bad request", false));
    const entry = await settled;
    assert.deepEqual([entry.state, entry.error.code], ["failed", 107]);
});

test("does not send what was forgotten or is too old", async () => {
    const { outbox, client, store, storage } = make();
    client.turn("connecting");
    const entry = outbox.put("chat.send", { text: "x" });
    outbox.forget(entry.key);
    storage.setItem("cohort.outbox.7.1.old", JSON.stringify({ key: "old", method: "m", data: {}, at: 1, owner: "" }));
    storage.setItem("cohort.outbox.7.1.bad", "{");
    outbox.adopt(new Set());
    client.turn("connected");
    assert.equal(client.calls.length, 0);
    assert.deepEqual(store.keys(), []);
});

test("keeps working where storage is forbidden", () => {
    const storage = { get length() { throw new Error("forbidden"); }, setItem() { throw new Error("forbidden"); } };
    const { outbox, client } = make({ storage });
    outbox.put("chat.send", { text: "x" });
    outbox.adopt(new Set());
    assert.equal(client.calls.length, 1);
});
