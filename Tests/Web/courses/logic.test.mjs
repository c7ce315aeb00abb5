import assert from "node:assert/strict";
import test from "node:test";

import { failed, finished, added, begun, removed, retried, sentSoFar, summary, targets, toBegin, trail } from "../../../web-static/files/uploads.js";
import { joinCode, phase, phases, shownCourses, terms } from "../../../web-static/home/filter.js";
import { grouped, logins, longRole, newCode, shortRole } from "../../../web-static/people/roles.js";
import { merged, thread, topicState } from "../../../web-static/topics/threads.js";

const NOW = Date.parse("2026-11-26T12:00:00Z");
const compare = (a, b) => a.localeCompare(b);

test("a course is current, past or not published", () => {
    const course = { workflow_state: "available", end_at: null, term: null };
    assert.equal(phase(course, NOW), "current");
    assert.equal(phase({ ...course, workflow_state: "unpublished" }, NOW), "unpublished");
    assert.equal(phase({ ...course, workflow_state: "completed" }, NOW), "past");
    assert.equal(phase({ ...course, end_at: "2026-11-26T11:59:59Z" }, NOW), "past");
    assert.equal(phase({ ...course, term: { end_at: "2026-12-01T00:00:00Z" } }, NOW), "current");
    assert.deepEqual(phases([course], NOW), [{ id: "current", n: 1 }]);
    assert.deepEqual(phases([{ ...course, ended: true }], NOW), [{ id: "current", n: 0 }, { id: "past", n: 1 }]);
});

test("favourites come first, then names; text and term narrow it down", () => {
    const course = (id, name, term) => ({ id, name, course_code: `C-${id}`, workflow_state: "available", term: { id: term, name: `T${term}`, start_at: term === 2 ? "2026-09-01T00:00:00Z" : null } });
    const all = [course(1, "Beta", 1), course(2, "Alpha", 1), course(3, "Gamma", 2)];
    const show = (wish) => shownCourses(all, { chosen: "current", now: NOW, compare, ...wish }).map(({ id }) => id);
    assert.deepEqual(show({}), [2, 1, 3]);
    assert.deepEqual(show({ starred: new Set([3]) }), [3, 2, 1]);
    assert.deepEqual(show({ text: "c-1" }), [1]);
    assert.deepEqual(show({ term: 2 }), [3]);
    assert.deepEqual(terms(all).map(({ name }) => name), ["T2", "T1"]);
});

test("a code for joining is read as it is said, and out of an address", () => {
    assert.deepEqual(joinCode(" 12-SPRING "), { course: 12, code: "SPRING" });
    assert.deepEqual(joinCode("http://x/?join=12-A%20B"), { course: 12, code: "A B" });
    assert.deepEqual(joinCode("12"), { course: 12, code: null });
    for (const wrong of ["SPRING", "", "0-A", "http://x/?join=%", "-A"]) assert.equal(joinCode(wrong), null, wrong);
});

test("two uploads go at a time, a failed one waits for another try", () => {
    let line = [];
    for (const id of [1, 2, 3]) line = added(line, id, { name: `${id}`, size: 100 });
    assert.deepEqual(toBegin(line), [1, 2]);
    line = begun(begun(line, 1), 2);
    assert.deepEqual(toBegin(line), []);
    line = failed(sentSoFar(line, 1, 50), 1, "gone");
    assert.deepEqual(toBegin(line), [3]);
    line = finished(line, 2);
    assert.deepEqual(summary(line), { all: 3, done: 1, failed: 1, part: 0.5 });
    line = retried(line);
    assert.deepEqual(line.map((one) => one.state), ["waiting", "done", "waiting"]);
    assert.deepEqual(removed(line, 1).map((one) => one.id), [2, 3]);
    assert.equal(summary([]).part, 0);
});

test("a folder is moved anywhere but into itself", () => {
    const folders = [{ id: 1, parent_folder_id: null }, { id: 2, parent_folder_id: 1 }, { id: 3, parent_folder_id: 2 }, { id: 4, parent_folder_id: 1 }];
    assert.deepEqual(trail(folders, 3).map(({ id }) => id), [1, 2, 3]);
    assert.deepEqual(targets(folders, 2).map(({ id }) => id), [1, 4]);
    assert.deepEqual(trail([{ id: 1, parent_folder_id: 1 }], 1).length, 1);
});

test("a thread is a tree, whatever order the replies come in", () => {
    const tree = thread({ id: 1 }, [{ id: 4, parent_id: 2 }, { id: 3, parent_id: 1 }, { id: 2, parent_id: 1 }, { id: 9, parent_id: 8 }]);
    const shape = (node) => [node.entry.id, node.children.map(shape)];
    assert.deepEqual(shape(tree), [1, [[2, [[4, []]]], [3, []], [9, []]]]);
    assert.deepEqual(merged([{ id: 1, a: 1 }], [{ id: 1, a: 2 }, { id: 2 }]), [{ id: 1, a: 2 }, { id: 2 }]);
});

test("a topic is a draft, waits, is open or closed", () => {
    const topic = { published: true, delayed_post_at: null, lock_at: null, locked: false };
    assert.equal(topicState(topic, NOW), "open");
    assert.equal(topicState({ ...topic, published: false }, NOW), "draft");
    assert.equal(topicState({ ...topic, delayed_post_at: "2027-01-01T00:00:00Z" }, NOW), "waiting");
    assert.equal(topicState({ ...topic, lock_at: "2026-01-01T00:00:00Z" }, NOW), "closed");
    assert.equal(topicState({ ...topic, locked: true }, NOW), "closed");
});

test("logins are read out of what people paste", () => {
    assert.deepEqual(logins("a@x.example, b@x.example;c d\n\nAda <ada@x.example>\nA@X.example"), ["a@x.example", "b@x.example", "c", "d", "ada@x.example"]);
    assert.deepEqual(logins(" \n , "), []);
});

test("roles and codes", () => {
    assert.equal(shortRole("TaEnrollment"), "ta");
    assert.equal(longRole("teacher"), "TeacherEnrollment");
    assert.deepEqual(grouped([{ id: 1, type: "StudentEnrollment" }, { id: 2, type: "TeacherEnrollment" }, { id: 3, type: "TaEnrollment" }], new Set([3])).map(({ enrollment }) => enrollment.id), [2, 1]);
    assert.equal(newCode(() => 0), "AAAAAA");
    assert.match(newCode(), /^[A-HJ-NP-Z2-9]{6}$/);
});
