import assert from "node:assert/strict";
import test from "node:test";
import { isFresh, standing } from "../../../web-static/reports/standing.js";

test("a report is open, ready, gone, failed or aborted", () => {
    assert.deepEqual(["created", "running"].map((status) => standing({ status })), ["open", "open"]);
    assert.equal(standing({ status: "complete", attachment: { size: 1 } }), "ready");
    assert.equal(standing({ status: "complete", attachment: null }), "gone");
    assert.deepEqual(["error", "aborted"].map((status) => standing({ status })), ["failed", "aborted"]);
});

test("an address is followed until shortly before its end", () => {
    assert.ok(isFresh("/content/1/save/a.zip?md5=x&expires=100", 80_000));
    assert.ok(!isFresh("/content/1/save/a.zip?md5=x&expires=100", 90_000));
    assert.ok(isFresh("/content/1/save/a.zip", 90_000));
});
