// The questions of a class as their channel tells them, the own answers, and the tallies for staff.
import { Emitter } from "../../live/emitter.js";

/**
 * The runs of one class, oldest first.
 *
 * A run: `{run, number, question, quiz, seconds, opened_at, deadline_at, answer_change, state, closed_at?, revealed?}`.
 * Events: `runs` (something about them changed) · `opened` (run, live) · `answer` (run id) · `tally` (run id).
 */
export class QuizRuns extends Emitter {
    runs = [];
    /** Recorded answers by run: `{answer, at, sequence, score?}`. Only what the server said is in here. */
    answers = new Map();
    /** Answers on their way by run: outbox entries. */
    outgoing = new Map();
    /** Latest tallies by run, for staff. */
    tallies = new Map();

    /** The newest run, or undefined. */
    get latest() {
        return this.runs.at(-1);
    }

    /** The run that takes answers now, or undefined. */
    get open() {
        return this.runs.findLast(({ state }) => state === "open");
    }

    /** The run with this id, or undefined. */
    find(id) {
        return this.runs.find(({ run }) => run === id);
    }

    /** Begins anew with a snapshot of `quiz:<c>`. */
    reset({ runs = [] }) {
        const known = new Set(this.runs.map(({ run }) => run));
        const first = this.runs.length === 0;
        this.runs = runs.map((run) => ({ ...run }));
        this.emit("runs");
        const open = this.open;
        if (open && !first && !known.has(open.run)) this.emit("opened", open);
    }

    /** Takes one event of `quiz:<c>`. */
    apply(event) {
        if (event.type === "quiz.opened") {
            if (this.find(event.run)) return;
            const { type, id, at, by, ...run } = event;
            this.runs.push({ ...run, state: "open" });
            this.emit("runs");
            this.emit("opened", this.latest);
            return;
        }
        const run = this.find(event.run);
        if (!run) return;
        if (event.type === "quiz.closed") {
            if (run.state === "open") run.state = "closed";
            run.closed_at = event.closed_at ?? event.at;
        } else if (event.type === "quiz.revealed") {
            run.state = "revealed";
            run.closed_at ??= event.at;
            const { correct, distribution, answered, expected, right } = event;
            run.revealed = { correct, distribution, answered, expected, right };
        } else {
            return;
        }
        this.emit("runs");
    }

    /** Takes the answers that `class.me` lists: what the server holds. */
    restore(list) {
        for (const { run, answer, at, sequence = 0, score } of list) this.answers.set(run, { answer, at, sequence, score });
        this.emit("runs");
    }

    /** Notes an answer that the server recorded, here or in another tab. */
    recorded(run, { answer, at, sequence = 0 }) {
        const before = this.answers.get(run);
        if (before && before.at > at) return;
        this.answers.set(run, { answer, at, sequence });
        this.emit("answer", run);
    }

    /** Takes the outbox's entry of an own answer. */
    progress(entry) {
        const { run, answer, sequence } = entry.data;
        const before = this.outgoing.get(run);
        if (before && before.key !== entry.key && before.at > entry.at) return;
        this.outgoing.set(run, entry);
        if (entry.state === "recorded" && entry.result.status === "recorded") {
            this.recorded(run, { answer, at: entry.result.at, sequence });
        }
        this.emit("answer", run);
    }

    /** Takes a tally, from the snapshot of `staff:<c>` or an event. */
    tally(tally) {
        this.tallies.set(tally.run, tally);
        this.emit("tally", tally.run);
    }

    /**
     * Where the own answer to a run stands: `none`, `queued` (no connection), `sending`, `later` (the server asks for patience), `recorded`, `refused`
     * or `failed`, with `answer`, `at` and `reason` where there are any.
     */
    standing(run, connected) {
        const recorded = this.answers.get(run);
        const entry = this.outgoing.get(run);
        if (entry && entry.state !== "recorded") {
            const { answer } = entry.data;
            if (entry.state === "refused" || entry.state === "failed") {
                if (recorded) return { state: "recorded", ...recorded, refused: entry.reason };
                return { state: entry.state, answer, reason: entry.reason ?? "failed", at: entry.result?.at, key: entry.key };
            }
            if (!connected) return { state: entry.state === "pending" ? "queued" : "sending", answer, before: recorded };
            return { state: entry.reason ? "later" : "sending", answer, before: recorded };
        }
        if (recorded) return { state: "recorded", ...recorded };
        // Recorded says the server, but by an earlier call: which answer stands is being asked.
        if (entry) return { state: "sending", answer: entry.data.answer };
        return { state: "none" };
    }
}

/** The kinds of question, short: `choice`, `many`, `boolean`, `text`, `number`. */
export function kindOf(question) {
    return {
        multiple_choice_question: "choice", multiple_answers_question: "many", true_false_question: "boolean",
        short_answer_question: "text", numerical_question: "number",
    }[question.type ?? question.question_type] ?? "text";
}

/** Whether two answers are the same, lists regardless of order. */
export function sameAnswer(a, b) {
    if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item) => b.includes(item));
    return String(a) === String(b);
}
