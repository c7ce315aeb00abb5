import assert from "node:assert/strict";
import test from "node:test";
import { courseIds } from "../../../web-static/admin/course-ids.js";
import { CONFIRM_MS, standing } from "../../../web-static/admin/erasure-state.js";
import { phase, toMarkup, toText } from "../../../web-static/admin/notice-text.js";
import { areaOf, changes, entries, openCount } from "../../../web-static/admin/permissions.js";
import { days, shortened } from "../../../web-static/admin/retention-days.js";

test("courses are named by numbers and addresses, each once", () => {
    assert.deepEqual(courseIds("12, 13\nhttps://school.example/courses/12/settings"), [12, 13]);
    for (const wrong of ["", "  ", "biology", "0", "12 biology"]) assert.equal(courseIds(wrong), null, wrong);
});

test("an erasure waits for its second step for an hour", () => {
    const erasure = { workflow_state: "requested", created_at: "2026-01-01T00:00:00Z" };
    const then = Date.parse(erasure.created_at);
    assert.equal(standing(erasure, then + CONFIRM_MS), "waiting");
    assert.equal(standing(erasure, then + CONFIRM_MS + 1), "expired");
    assert.equal(standing({ ...erasure, workflow_state: "confirmed" }, then + CONFIRM_MS + 1), "running");
    assert.equal(standing({ ...erasure, workflow_state: "failed" }, then), "failed");
});

test("a notice's text becomes markup that says no more than the text", () => {
    assert.equal(toMarkup("One <b>\ntwo\n\n\nthree & four"), "<p>One &lt;b&gt;<br>two</p><p>three &amp; four</p>");
    assert.equal(toMarkup("See https://x.example/a?b=1&c=2."), '<p>See <a href="https://x.example/a?b=1&amp;c=2">https://x.example/a?b=1&amp;c=2</a>.</p>');
    assert.equal(toMarkup("  \n "), "");
});

test("markup of a text becomes the text again; other markup stays markup", () => {
    for (const text of ["One <b>\ntwo\n\nthree & four", "See https://x.example/a?b=1&c=2."]) assert.equal(toText(toMarkup(text)), text);
    // The server adds what a link needs.
    assert.equal(toText('<p><a href="https://x.example" rel="noopener noreferrer">https://x.example</a></p>'), "https://x.example");
    for (const more of ["<p>a <b>word</b></p>", '<p><a href="https://x.example">here</a></p>', "<ul><li>a</li></ul>"]) assert.equal(toText(more), null, more);
});

test("a notice is planned, shown, and over", () => {
    const notice = { start_at: "2026-01-02T00:00:00Z", end_at: "2026-01-03T00:00:00Z" };
    assert.deepEqual(["2026-01-01", "2026-01-02", "2026-01-03"].map((day) => phase(notice, Date.parse(`${day}T00:00:00Z`))), ["planned", "shown", "over"]);
});

const permission = (enabled, more = {}) => ({ enabled, locked: false, readonly: false, explicit: false, ...more });

test("a role is offered what its base may, and what all may is fixed", () => {
    const base = { permissions: { "url:GET|/api/v1/courses": permission(true), "url:PUT|/api/v1/courses/:id": permission(true), "url:DELETE|/api/v1/courses/:id": permission(false) } };
    const role = { permissions: { "url:GET|/api/v1/courses": permission(true, { locked: true }), "url:PUT|/api/v1/courses/:id": permission(false) } };
    const all = entries(role, base);
    assert.deepEqual(all.map((one) => [one.verb, one.path, one.enabled, one.fixed]), [["GET", "/api/v1/courses", true, true], ["PUT", "/api/v1/courses/:id", false, false]]);
    assert.deepEqual(changes(all, new Set(["url:PUT|/api/v1/courses/:id"])), { "url:PUT|/api/v1/courses/:id": { enabled: true, explicit: true } });
    assert.deepEqual(changes(all, new Set()), {});
    assert.equal(openCount(role), 1);
    assert.equal(areaOf("/api/v1/courses/:course_id/discussion_topics/:id"), "courses discussion topics");
});

test("days are whole numbers within their bounds, or the default", () => {
    const bounds = { audit_days: { min: 30, max: 3650 }, job_days: { min: 1, max: 60 } };
    assert.deepEqual(days({ audit_days: "", job_days: "7" }, bounds), { retention: { audit_days: null, job_days: 7 } });
    for (const text of ["29", "3651", "30.5", "x"]) assert.deepEqual(days({ audit_days: text, job_days: "" }, bounds), { wrong: "audit_days" }, text);
    assert.deepEqual(shortened({ audit_days: 730, job_days: 7 }, { audit_days: null, job_days: 3 }, { audit_days: 730, job_days: 30 }), ["job_days"]);
});
