import assert from "node:assert/strict";
import test from "node:test";
import { fileKind, isOpen, isRestorable, options, phase, statistics } from "../../../web-static/admin/import-state.js";

const at = (workflow_state, more = {}) => ({ workflow_state, ...more });

test("an import waits, runs, and is over in one of four ways", () => {
    assert.deepEqual(["created", "importing", "cleanup_batch", "restoring"].map((state) => phase(at(state))), ["waiting", "running", "running", "running"]);
    assert.deepEqual(["imported", "imported_with_messages", "failed_with_messages", "aborted"].map((state) => phase(at(state))), ["done", "messages", "failed", "aborted"]);
    assert.ok(isOpen(at("created")) && !isOpen(at("failed")));
    assert.ok(isRestorable(at("imported")) && !isRestorable(at("restored")) && !isRestorable(at("importing")));
});

test("a state that is new to us runs, so that it is asked about again", () => assert.ok(isOpen(at("something_new"))));

test("numbers show the kinds and changes that there are", () => {
    const item = at("imported", { statistics: { total_state_changes: 3, User: { created: 2, updated: 0, unchanged: 1 }, Course: { created: 0 } } });
    const { changes, rows } = statistics(item);
    assert.deepEqual(changes, ["created", "unchanged"]);
    assert.deepEqual(rows.map((row) => row.kind), ["User"]);
    assert.deepEqual(statistics(at("created")).rows, []);
});

test("an upload says no more than what was chosen", () => {
    assert.deepEqual(options({ mode: "plain", stickiness: "keep", change_threshold: "5", batch_mode_term_id: "1" }), {});
    assert.deepEqual(options({ mode: "batch", stickiness: "add", change_threshold: "5", batch_mode_term_id: "1" }),
        { batch_mode: "true", batch_mode_term_id: "1", change_threshold: "5", override_sis_stickiness: "true", add_sis_stickiness: "true" });
    assert.deepEqual(options({ mode: "diffing", stickiness: "clear", change_threshold: "", diffing_data_set_identifier: "week", diffing_remaster_data_set: true }),
        { diffing_data_set_identifier: "week", diffing_remaster_data_set: "true", override_sis_stickiness: "true", clear_sis_stickiness: "true" });
});

test("a file is known by its name's end", () => {
    assert.deepEqual(fileKind("Users.CSV"), { extension: "csv", type: "text/csv" });
    assert.deepEqual(fileKind("all.zip"), { extension: "zip", type: "application/zip" });
    assert.equal(fileKind("people.xlsx"), null);
    assert.equal(fileKind("csv"), null);
});
