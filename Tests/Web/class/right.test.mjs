import assert from "node:assert/strict";
import test from "node:test";
import { isRight, isRightChoice } from "../../../web-static/class/room/right.js";

const revealed = (type, correct) => ({ question: { type }, revealed: { correct } });
const cases = [
    ["multiple_choice_question", [2], 2, true],
    ["multiple_choice_question", [2], 1, false],
    ["multiple_answers_question", [1, 2], [2, 1], true],
    ["multiple_answers_question", [1, 2], [1], false],
    ["short_answer_question", { values: ["Paris"] }, "  pARIS ", true],
    ["short_answer_question", { values: ["Straße", "New  York"] }, "new york", true],
    ["short_answer_question", { values: ["Straße"] }, "STRASSE", true],
    ["short_answer_question", { values: ["Paris"] }, "London", false],
    ["numerical_question", { values: ["42"] }, "42.0", true],
    ["numerical_question", { values: ["42"] }, "41", false],
    ["numerical_question", { values: ["42 ± 0.5"] }, "42,4", true],
    ["numerical_question", { values: ["42 ± 0.5"] }, "42.6", false],
    ["numerical_question", { values: ["-1.5 – 2"] }, "−1.5", true],
    ["numerical_question", { values: ["-1.5 – 2"] }, "2.1", false],
    ["numerical_question", { values: ["42"] }, "forty-two", false],
    ["multiple_choice_question", [], 1, false],
];

for (const [type, correct, answer, right] of cases) {
    test(`${type}: ${JSON.stringify(answer)} is ${right ? "right" : "not right"} where ${JSON.stringify(correct)} is`, () => {
        assert.equal(isRight(revealed(type, correct), answer), right);
    });
}

test("each right option of several is marked by itself", () => {
    const run = revealed("multiple_answers_question", [1, 2]);
    assert.deepEqual([1, 2, 3].map((id) => isRightChoice(run, id)), [true, true, false]);
});
