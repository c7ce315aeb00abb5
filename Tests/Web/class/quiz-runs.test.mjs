import assert from "node:assert/strict";
import test from "node:test";
import { QuizRuns, sameAnswer } from "../../../web-static/class/room/quiz-runs.js";
import { rightAnswers } from "../../../web-static/class/room/right.js";

const question = { id: 5, type: "multiple_choice_question", text: "?", answers: [{ id: 1, text: "a" }, { id: 2, text: "b" }] };
const opened = { type: "quiz.opened", id: 1, at: 1, by: {}, run: 9, number: 1, question, deadline_at: null };

function open() {
    const quiz = new QuizRuns();
    quiz.apply(opened);
    return quiz;
}

const entry = (state, more = {}) => ({ key: "k", at: 1, state, data: { run: 9, answer: 2 }, ...more });

test("opens, closes and reveals", () => {
    const quiz = open();
    quiz.apply(opened);
    assert.deepEqual([quiz.runs.length, quiz.open.run], [1, 9]);
    quiz.apply({ type: "quiz.closed", run: 9, closed_at: 5 });
    assert.equal(quiz.open, undefined);
    quiz.apply({ type: "quiz.revealed", run: 9, correct: [2], distribution: [], answered: 1, expected: 1, right: 1 });
    assert.deepEqual([...rightAnswers(quiz.latest)], [2]);
});

test("says recorded only when the server did", () => {
    const quiz = open();
    assert.equal(quiz.standing(9, true).state, "none");
    quiz.progress(entry("pending"));
    assert.equal(quiz.standing(9, false).state, "queued");
    quiz.progress(entry("sending"));
    assert.equal(quiz.standing(9, true).state, "sending");
    quiz.progress(entry("recorded", { result: { status: "recorded", at: 77 } }));
    assert.deepEqual(quiz.standing(9, true), { state: "recorded", answer: 2, at: 77, sequence: 0 });
});

test("an answer that the server asks to wait for is told as such, and not as recorded", () => {
    const quiz = open();
    for (const state of ["pending", "sending"]) {
        quiz.progress(entry(state, { reason: "rate_limited" }));
        assert.deepEqual([quiz.standing(9, true).state, quiz.standing(9, true).answer], ["later", 2]);
    }
    quiz.progress(entry("pending", { reason: "rate_limited" }));
    assert.equal(quiz.standing(9, false).state, "queued");
});

test("a duplicate waits for which answer stands", () => {
    const quiz = open();
    quiz.progress(entry("recorded", { result: { status: "duplicate", at: 70 } }));
    assert.equal(quiz.standing(9, true).state, "sending");
    quiz.restore([{ run: 9, answer: 1, at: 70 }]);
    assert.deepEqual([quiz.standing(9, true).state, quiz.standing(9, true).answer], ["recorded", 1]);
});

test("a refusal says why, and leaves an earlier answer standing", () => {
    const quiz = open();
    quiz.progress(entry("refused", { reason: "closed", result: { at: 3 } }));
    assert.deepEqual([quiz.standing(9, true).state, quiz.standing(9, true).reason], ["refused", "closed"]);
    quiz.recorded(9, { answer: 1, at: 2 });
    assert.deepEqual([quiz.standing(9, true).state, quiz.standing(9, true).answer], ["recorded", 1]);
});

test("another tab's answer is known", () => {
    const quiz = open();
    quiz.recorded(9, { answer: 2, at: 50 });
    quiz.recorded(9, { answer: 1, at: 40 });
    assert.equal(quiz.standing(9, true).answer, 2);
});

for (const [a, b, same] of [[1, 1, true], [1, "1", true], [[1, 2], [2, 1], true], [[1], [1, 2], false], [1, 2, false]]) {
    test(`${JSON.stringify(a)} and ${JSON.stringify(b)} are ${same ? "the same" : "different"}`, () => assert.equal(sameAnswer(a, b), same));
}
