import assert from "node:assert/strict";
import test from "node:test";
import { control, sorted, standing, takesSessions } from "../../../web-static/ops/node-states.js";
import english from "../../../web-static/ops/lang/en.js";
import german from "../../../web-static/ops/lang/de.js";

const node = (id, more = {}) => ({ id, name: `n${id}`, state: "alive", draining: false, hears: true, aside: [], last_heard_ms: 100, ...more });
const compare = (a, b) => a.localeCompare(b);

const ids = (nodes) => sorted(nodes, compare).map((one) => one.id);

test("cards stand in one order, whichever node answers", () => {
    const nodes = [node("3", { name: "b" }), node("2", { name: "a" }), node("9", { name: "a" }), node("1", { name: "b" })];
    assert.deepEqual(ids(nodes), ["2", "9", "1", "3"]);
    assert.deepEqual(ids([...nodes].reverse()), ids(nodes));
    assert.equal(nodes[0].id, "3");
});

test("a card stays where it is when its node dies, and leaves its place to the next life", () => {
    const [a, c] = [node("8", { name: "a" }), node("7", { name: "c" })];
    const old = (more) => node("1", { name: "b", ...more });
    assert.deepEqual(ids([a, old(), c]), ["8", "1", "7"]);
    assert.deepEqual(ids([a, old({ last_heard_ms: 4000 }), c]), ["8", "1", "7"]);
    assert.deepEqual(ids([a, old({ state: "silent", last_heard_ms: 9000 }), c]), ["8", "1", "7"]);
    const anew = node("2", { name: "b", last_heard_ms: 0 });
    for (const more of [{ last_heard_ms: 4000 }, { state: "silent", last_heard_ms: 9000 }, { state: "stopped", last_heard_ms: 9000 }]) {
        assert.deepEqual(ids([a, old(more), anew, c]), ["8", "2", "7", "1"]);
    }
});

test("a node is what matters most of it", () => {
    assert.equal(standing(node("1")), "serving");
    assert.equal(standing(node("1", { draining: true, aside: ["operator"] })), "draining");
    assert.equal(standing(node("1", { aside: ["operator"] })), "operator");
    assert.equal(standing(node("1", { aside: ["operator", "deaf"] })), "deaf");
    assert.equal(standing(node("1", { aside: ["tired"] })), "aside");
    assert.equal(standing(node("1", { state: "silent", draining: true })), "silent");
    assert.equal(standing(node("1", { state: "stopped", draining: true })), "stopped");
    assert.equal(standing(node("1", { state: "vanished" })), "silent");
});

test("sessions go to nodes that are there and do not send them away", () => {
    assert.ok(takesSessions(node("1")));
    for (const more of [{ state: "silent" }, { draining: true }, { aside: ["tired"] }]) assert.ok(!takesSessions(node("1", more)));
});

test("a node can be taken out while another takes its sessions, and back at any time", () => {
    const [one, two] = [node("1"), node("2")];
    assert.deepEqual(control(one, [one, two]), { aside: true, blocked: null });
    for (const more of [{ state: "silent" }, { draining: true }, { aside: ["deaf"] }]) {
        assert.deepEqual(control(one, [one, node("2", more)]), { aside: true, blocked: "last" });
    }
    const out = node("1", { aside: ["operator"] });
    assert.deepEqual(control(out, [out]), { aside: false, blocked: null });
    assert.deepEqual(control(node("1", { aside: ["deaf", "operator"] }), [two]), { aside: false, blocked: null });
    assert.deepEqual(control(node("1", { aside: ["deaf"] }), [two]), { aside: true, blocked: "already" });
});

test("nothing can be done with a node that is gone or going, or that is the only one there can be", () => {
    for (const more of [{ state: "silent" }, { state: "stopped" }, { draining: true }, { hears: null }]) {
        assert.equal(control(node("1", more), [node("1", more), node("2")]), null);
    }
});

test("every standing and every button has its words, in each language", () => {
    for (const words of [english, german]) {
        for (const state of ["serving", "draining", "deaf", "operator", "aside", "silent", "stopped"]) assert.ok(words[`ops.node_${state}`], state);
        for (const state of ["draining", "deaf", "operator", "aside"]) assert.ok(words[`ops.why_${state}`], state);
        for (const reason of ["last", "already"]) assert.ok(words[`ops.blocked_${reason}`], reason);
    }
    assert.deepEqual(Object.keys(german), Object.keys(english));
});
