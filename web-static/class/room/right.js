// Which answers are right, as far as the page can tell from what was revealed; the score is the server's.
import { kindOf, sameAnswer } from "./quiz-runs.js";

/** The ids and values of the right answers of a revealed run, as a set; empty for a poll without one. */
export function rightAnswers(run) {
    const correct = run.revealed?.correct;
    return new Set(Array.isArray(correct) ? correct : correct?.values ?? []);
}

/** Whether a whole answer is right: of several options, all the right ones and no other. */
export function isRight(run, answer) {
    const right = [...rightAnswers(run)];
    if (kindOf(run.question) === "many") return sameAnswer(answer, right);
    return right.some((one) => fits(run.question, one, answer));
}

/** Whether one bar of the results is right: an option by itself, a text or a number as it was written. */
export function isRightChoice(run, answer) {
    return [...rightAnswers(run)].some((one) => fits(run.question, one, answer));
}

function fits(question, right, answer) {
    const kind = kindOf(question);
    if (kind === "text") return folded(right) === folded(answer);
    if (kind === "number") return within(String(right), numeric(answer));
    return sameAnswer(right, answer);
}

// Case, white space and ways of composing letters do not count.
function folded(text) {
    return String(text).trim().split(/\s+/u).join(" ").toUpperCase().toLowerCase().normalize("NFC");
}

// The server tells accepted numbers as people read them: `42`, `42 ± 0.5`, `1 – 2`.
function within(right, answer) {
    const [least, most] = right.split(" – ").map(numeric);
    if (most !== undefined) return answer >= least && answer <= most;
    const [exact, margin = 0] = right.split(" ± ").map(numeric);
    return Math.abs(answer - exact) <= margin;
}

// A number as people write it: `3,5`, `−2`, `1 000`.
function numeric(text) {
    const plain = String(text).replace(/[\s'’]/gu, "").replace("−", "-");
    return Number(/^[^.,]*,[^.,]*$/u.test(plain) ? plain.replace(",", ".") : plain.replaceAll(",", ""));
}
