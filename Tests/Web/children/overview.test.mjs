import assert from "node:assert/strict";
import test from "node:test";
import english from "../../../web-static/children/lang/en.js";
import german from "../../../web-static/children/lang/de.js";
import { points, schedule, tidyCode } from "../../../web-static/children/overview.js";

const NOW = Date.parse("2026-11-20T10:00:00Z");
const planned = (id, course_id, scheduled_at) => ({ id, course_id, workflow_state: "scheduled", scheduled_at, title: `c${id}` });

test("what is live comes apart from what is planned, the next one first, nothing that is past", () => {
    const classes = [planned(1, 7, "2026-11-22T10:00:00Z"), planned(2, 7, "2026-11-21T10:00:00Z"), planned(3, 7, "2026-11-19T10:00:00Z"), planned(4, 7, null),
        { id: 5, course_id: 7, workflow_state: "live", started_at: "2026-11-20T09:00:00Z" }, { id: 6, course_id: 7, workflow_state: "ended" }, planned(8, 99, "2026-11-21T10:00:00Z")];
    const { live, coming } = schedule([{ id: 7, name: "Algebra" }], classes, NOW);
    assert.deepEqual(live.map((item) => item.id), [5]);
    assert.deepEqual(coming.map((item) => item.id), [2, 1]);
    assert.equal(coming[0].course.name, "Algebra");
});

test("no more is listed than asked for", () => {
    const many = Array.from({ length: 9 }, (_, at) => planned(at, 7, `2026-12-0${at + 1}T10:00:00Z`));
    assert.equal(schedule([{ id: 7 }], many, NOW, 3).coming.length, 3);
});

test("points count where there is a score, and of this child alone", () => {
    const assignments = [{ id: 1, points_possible: 10 }, { id: 2, points_possible: 5 }, { id: 3, points_possible: null }];
    const submissions = [{ assignment_id: 1, user_id: 4, score: 7 }, { assignment_id: 2, user_id: 4, score: null }, { assignment_id: 2, user_id: 5, score: 5 }, { assignment_id: 3, user_id: 4, score: 1 }];
    assert.deepEqual(points(assignments, submissions, 4), { got: 8, of: 10, scored: 2, all: 3 });
    assert.deepEqual(points(assignments, [], 4), { got: 0, of: 0, scored: 0, all: 3 });
});

test("a code may be typed with spaces and quotes", () => assert.equal(tidyCode(" “aB c1” "), "aBc1"));

test("both languages have all words", () => assert.deepEqual(Object.keys(german), Object.keys(english)));
