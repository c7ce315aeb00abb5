import assert from "node:assert/strict";
import test from "node:test";
import { asked, request, without } from "../../../web-static/authorize/asked.js";

test("scopes become areas, each once, and what is changed is not only read", () => {
    assert.deepEqual(asked(["url:GET|/api/v1/courses/:id", "url:GET|/api/v1/courses", "url:GET|/api/v1/courses/:course_id/discussion_topics",
        "url:GET|/api/v1/users/:id", "url:PUT|/api/v1/users/:id"]), { reads: ["courses", "discussion topics"], changes: ["users"] });
});

test("no limit is everything, and no scope is nothing", () => {
    assert.equal(asked(null), null);
    assert.deepEqual(asked([]), { reads: [], changes: [] });
    assert.deepEqual(asked(["nonsense"]), { reads: [], changes: [] });
});

test("the request of the address goes before the one that was kept", () => {
    assert.deepEqual(request("?client_id=1", "client_id=2"), { query: "client_id=1", fresh: true });
    assert.deepEqual(request("", "client_id=2"), { query: "client_id=2", fresh: false });
    assert.deepEqual(request("", null), { query: "", fresh: false });
});

test("a name is taken out of a query, and the rest stays", () => {
    assert.equal(without("a=1&force_login=1&b=%26", "force_login"), "a=1&b=%26");
});
