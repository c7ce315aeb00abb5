import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { LiveClient } from "../../../web-static/live/client.js";
import { FakeSocket, fakeTimers, settle, until } from "./fake-socket.mjs";

const CONNECTED = { client: "c", version: "test", ping: 25, pong: true, time: Date.now() };

beforeEach(() => { FakeSocket.all = []; });

function make(options = {}) {
    return new LiveClient("ws://test/", { WebSocket: FakeSocket, minimum: 1, maximum: 4, ...options });
}

async function connected(options) {
    const client = make(options);
    client.connect();
    await welcome();
    return client;
}

async function welcome() {
    FakeSocket.last.open();
    await settle();
    FakeSocket.last.say({ id: FakeSocket.last.command("connect").id, connect: CONNECTED });
    await settle();
}

async function subscribed(client, channel, reply) {
    const subscription = client.subscription(channel);
    const seen = [];
    subscription.on("subscribed", ({ fresh }) => seen.push(fresh ? "fresh" : "on"));
    subscription.on("publication", ({ data }) => seen.push(data));
    subscription.subscribe();
    await settle();
    answer(reply);
    return { subscription, seen };
}

function answer(reply, ...more) {
    FakeSocket.last.say({ id: FakeSocket.last.command("subscribe").id, subscribe: reply }, ...more);
}

const pub = (channel, offset, data = offset) => ({ push: { channel, pub: { offset, data } } });

test("connects, answers pings and names its state", async () => {
    const client = make({ token: "t" });
    const states = [];
    client.on("state", ({ state }) => states.push(state));
    client.connect();
    await welcome();
    assert.equal(FakeSocket.last.command("connect").connect.token, "t");
    FakeSocket.last.say({});
    assert.equal(FakeSocket.last.frames.at(-1), "{}");
    assert.deepEqual(states, ["connecting", "connected"]);
    client.disconnect();
    assert.deepEqual(states, ["connecting", "connected", "disconnected"]);
});

test("takes a socket that was opened before it", async () => {
    class OpenSocket extends FakeSocket {
        readyState = 1;
    }
    const client = make({ WebSocket: OpenSocket });
    client.connect();
    await settle();
    FakeSocket.last.say({ id: FakeSocket.last.command("connect").id, connect: CONNECTED });
    assert.equal(client.state, "connected");
    client.disconnect();
});

test("several commands of one turn share a frame", async () => {
    const client = await connected();
    const frames = FakeSocket.last.frames.length;
    client.rpc("a", {}).catch(() => {});
    client.rpc("b", {}).catch(() => {});
    client.send({ type: "board.cursor" });
    await settle();
    assert.equal(FakeSocket.last.frames.length, frames + 1);
    assert.equal(FakeSocket.last.frames.at(-1).split("\n").length, 3);
    client.disconnect();
});

test("a push in the same frame as the subscribe reply is delivered after the snapshot", async () => {
    const client = await connected();
    const subscription = client.subscription("chat:1");
    const seen = [];
    subscription.on("subscribed", ({ snapshot }) => seen.push(snapshot));
    subscription.on("publication", ({ data }) => seen.push(data));
    subscription.subscribe();
    await settle();
    answer({ recoverable: true, epoch: "e", offset: 3, data: "snapshot" }, pub("chat:1", 4, "four"));
    assert.deepEqual(seen, ["snapshot", "four"]);
    client.disconnect();
});

test("after a lost connection everything missed arrives once and in order", async () => {
    const client = await connected();
    const { seen } = await subscribed(client, "chat:1", { recoverable: true, epoch: "e", offset: 0, data: {} });
    FakeSocket.last.say(pub("chat:1", 1), pub("chat:1", 2));
    FakeSocket.last.drop();
    assert.equal(client.state, "connecting");
    await until(() => FakeSocket.all.length === 2, "second socket");
    await welcome();
    assert.deepEqual(FakeSocket.last.command("subscribe").subscribe, { channel: "chat:1", recover: true, offset: 2, epoch: "e" });
    answer({ recoverable: true, recovered: true, was_recovering: true, epoch: "e", offset: 4,
        publications: [{ offset: 3, data: 3 }, { offset: 4, data: 4 }] }, pub("chat:1", 4), pub("chat:1", 5));
    assert.deepEqual(seen, ["fresh", 1, 2, "on", 3, 4, 5]);
    client.disconnect();
});

test("a jump in the offsets asks for what is missing", async () => {
    const client = await connected();
    const { seen } = await subscribed(client, "quiz:1", { recoverable: true, epoch: "e", offset: 0, data: {} });
    FakeSocket.last.say(pub("quiz:1", 1), pub("quiz:1", 3), pub("quiz:1", 4));
    await settle();
    assert.equal(FakeSocket.last.commands.filter((command) => command.unsubscribe).length, 1);
    assert.equal(FakeSocket.last.command("subscribe").subscribe.offset, 1);
    answer({ recoverable: true, recovered: true, epoch: "e", offset: 4,
        publications: [2, 3, 4].map((offset) => ({ offset, data: offset })) });
    assert.deepEqual(seen, ["fresh", 1, "on", 2, 3, 4]);
    client.disconnect();
});

test("an insufficient-state push subscribes again, an ordinary one ends", async () => {
    const client = await connected();
    const { subscription } = await subscribed(client, "a", { recoverable: true, epoch: "e", offset: 0 });
    FakeSocket.last.say({ push: { channel: "a", unsubscribe: { code: 2500, reason: "insufficient state" } } });
    assert.equal(subscription.state, "subscribing");
    await settle();
    answer({ recoverable: true, epoch: "e", offset: 0 });
    FakeSocket.last.say({ push: { channel: "a", unsubscribe: { code: 2000, reason: "removed" } } });
    assert.equal(subscription.state, "unsubscribed");
    client.disconnect();
});

for (const [code, terminal] of [[3000, false], [3001, false], [3005, false], [3499, false], [3500, true], [3999, true], [4000, false], [4500, true], [4999, true], [1006, false], [1009, true]]) {
    test(`close code ${code} ${terminal ? "is final" : "comes back"}`, async () => {
        const client = await connected();
        FakeSocket.last.drop(code, "");
        assert.equal(client.state, terminal ? "disconnected" : "connecting");
        client.disconnect();
    });
}

test("waits as long as the server's reason asks", async () => {
    const client = await connected({ minimum: 1, maximum: 10 });
    FakeSocket.last.drop(3001, '{"retry_after_ms":5000}');
    assert.ok(client.retryAt - Date.now() >= 4_990);
    client.disconnect();
});

test("a temporary connect error comes back, another ends", async () => {
    const client = make();
    client.connect();
    for (const [temporary, state] of [[true, "connecting"], [false, "disconnected"]]) {
        const count = FakeSocket.all.length;
        FakeSocket.last.open();
        await settle();
        FakeSocket.last.say({ id: FakeSocket.last.command("connect").id, error: { code: 101, message: "no", temporary } });
        assert.equal(client.state, state);
        if (temporary) await until(() => FakeSocket.all.length > count, "another attempt");
    }
});

test("silence beyond the ping interval ends the connection", async (context) => {
    const tick = fakeTimers(context);
    const client = await connected();
    tick(34_000);
    assert.equal(client.state, "connected");
    FakeSocket.last.say({});
    tick(34_999);
    assert.equal(client.state, "connected");
    tick(2);
    assert.equal(client.state, "connecting");
    client.disconnect();
});

test("an unanswered call is a temporary error, an unanswered subscribe a lost connection", async (context) => {
    const tick = fakeTimers(context);
    const client = await connected();
    const call = client.rpc("chat.send", {});
    call.catch(() => {});
    tick(5_000);
    await assert.rejects(call, { code: 1, temporary: true });
    assert.equal(client.state, "connected");
    client.subscription("a").subscribe();
    tick(5_000);
    assert.equal(client.state, "connecting");
    client.disconnect();
});

test("the clock learns from connect and from recorded results, not from duplicates", async () => {
    const client = await connected();
    assert.equal(client.clock.count, 1);
    for (const [status, count] of [["recorded", 2], ["duplicate", 2], ["refused", 3]]) {
        const call = client.rpc("chat.send", {});
        await settle();
        FakeSocket.last.say({ id: FakeSocket.last.command("rpc").id, rpc: { data: { status, at: Date.now() } } });
        await call;
        assert.equal(client.clock.count, count);
    }
    client.disconnect();
});

test("a rejected subscribe is final unless temporary", async () => {
    const client = await connected();
    const subscription = client.subscription("staff:1");
    subscription.subscribe();
    await settle();
    FakeSocket.last.say({ id: FakeSocket.last.command("subscribe").id, error: { code: 103, message: "permission denied" } });
    assert.equal(subscription.state, "unsubscribed");
    client.disconnect();
});

test("a read beyond a limit is tried again, with the same words, until it is answered", async () => {
    const client = await connected();
    const result = client.read("class.me", { class: 7 });
    await settle();
    for (const code of [111, 100]) {
        const { id } = FakeSocket.last.command("rpc");
        FakeSocket.last.say({ id, error: { code, message: "too many requests: class.calls", temporary: true } });
        await until(() => FakeSocket.last.command("rpc").id !== id, "another try");
    }
    FakeSocket.last.say({ id: FakeSocket.last.command("rpc").id, rpc: { data: { role: "student" } } });
    assert.deepEqual(await result, { role: "student" });
    client.disconnect();
});

test("a read that is refused for good, or again and again, says so", async () => {
    const client = await connected();
    for (const [temporary, tries] of [[false, 1], [true, 3]]) {
        const before = FakeSocket.last.commands.filter((command) => "rpc" in command).length;
        const result = client.read("class.me", { class: 7 }, { tries: 3 });
        const failed = assert.rejects(result, ({ code }) => code === 103);
        const calls = () => FakeSocket.last.commands.filter((command) => "rpc" in command).length - before;
        for (let round = 1; round <= tries; round += 1) {
            await until(() => calls() === round, "a try");
            FakeSocket.last.say({ id: FakeSocket.last.command("rpc").id, error: { code: 103, message: "no", temporary } });
        }
        await failed;
        assert.equal(calls(), tries);
    }
    client.disconnect();
});

test("a user with too many connections is let in when there is room again", async () => {
    const client = make();
    client.connect();
    FakeSocket.last.open();
    await settle();
    const first = FakeSocket.last;
    first.say({ id: first.command("connect").id, error: { code: 106, message: "limit exceeded: user.connections", temporary: true } });
    await until(() => FakeSocket.last !== first, "another connection");
    await welcome();
    assert.equal(client.state, "connected");
    client.disconnect();
});
