import assert from "node:assert/strict";
import test from "node:test";

import { itemPath, lockReason, moved, progress, safeAddress } from "../../../web-static/frame/items.js";
import { courseId, localPath, visibleTabs } from "../../../web-static/frame/parts.js";

const TABS = [
    { id: "people", label: "People", position: 3, visibility: "admins" }, { id: "home", label: "Home", position: 1, visibility: "public" },
    { id: "assignments", label: "Assignments", position: 4, visibility: "public" }, { id: "modules", label: "Modules", position: 2, visibility: "public" },
];

test("the course is what the path says", () => {
    assert.equal(courseId("/courses/12/modules"), 12);
    assert.equal(courseId("/courses/12"), 12);
    for (const path of ["/", "/courses/", "/courses/0", "/courses/12a", "/courses/99999999999999999999"]) assert.equal(courseId(path), null, path);
});

test("the parts stand in the server's order; what has no page is left out, settings are for staff", () => {
    assert.deepEqual(visibleTabs(TABS, { staff: false }).map((tab) => tab.path), ["", "/modules"]);
    assert.deepEqual(visibleTabs(TABS, { staff: true }).map((tab) => tab.path), ["", "/modules", "/users", "/settings"]);
});

test("an address of this server's is followed, whatever name the server has; no other is", () => {
    assert.equal(localPath("http://127.0.0.1:1/courses/1/pages/x?a=1", "http://school.example"), "/courses/1/pages/x?a=1");
    assert.equal(localPath("/anything", "http://school.example"), "/anything");
    assert.equal(localPath("https://evil.example/", "http://school.example"), null);
    assert.equal(localPath("javascript:alert(1)", "http://school.example"), null);
});

test("items lead to their pages", () => {
    assert.equal(itemPath(1, { id: 2, type: "Page", page_url: "a b" }), "/courses/1/pages/a%20b?module_item=2");
    assert.equal(itemPath(1, { id: 2, type: "Discussion", content_id: 5 }), "/courses/1/discussion_topics/5?module_item=2");
    assert.equal(itemPath(1, { id: 2, type: "File", content_id: 5 }), "/courses/1/modules/items/2");
    assert.equal(itemPath(1, { id: 2, type: "SubHeader" }), null);
    assert.equal(safeAddress("javascript:alert(1)"), null);
    assert.equal(safeAddress("https://a.example"), "https://a.example");
});

test("a locked module says what it waits for", () => {
    const first = { id: 1, name: "First", state: "started", prerequisite_module_ids: [], unlock_at: null };
    const second = { id: 2, name: "Second", state: "locked", prerequisite_module_ids: [1], unlock_at: null };
    assert.deepEqual(lockReason(second, [first, second], 0), { kind: "modules", names: ["First"] });
    assert.equal(lockReason(first, [first, second], 0), null);
    assert.deepEqual(lockReason({ ...first, unlock_at: "2040-01-01T00:00:00Z" }, [], 0), { kind: "date", at: "2040-01-01T00:00:00Z" });
    assert.equal(lockReason({ ...first, unlock_at: "1969-01-01T00:00:00Z" }, [], 0), null);
});

test("progress counts what asks for something", () => {
    assert.equal(progress({ items: [{}, {}] }), null);
    assert.deepEqual(progress({ items: [{}, { completion_requirement: { completed: true } }, { completion_requirement: {} }] }), { done: 1, all: 2, part: 0.5 });
});

test("moving keeps everything and stays within the list", () => {
    assert.deepEqual(moved(["a", "b", "c"], 0, 2), ["b", "c", "a"]);
    assert.deepEqual(moved(["a", "b", "c"], 2, 0), ["c", "a", "b"]);
    assert.deepEqual(moved(["a", "b", "c"], 1, 9), ["a", "c", "b"]);
});
