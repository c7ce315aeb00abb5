// Staff's desk: the course's prepared questions, one press each, and a question typed in place.
import { fill, h } from "../../base/dom.js";
import { getAll } from "../../base/api.js";
import { t } from "../../base/i18n.js";
import { icon } from "../../base/icons.js";
import { problem } from "../../base/shell.js";
import { reasonText, toast } from "../../base/toast.js";
import { kindOf } from "../room/quiz-runs.js";
import { pollForm, secondsSelect } from "./poll-form.js";

/** The desk of one class. */
export class QuizDesk {
    #room;
    #quizzes = null;
    #questions = [];
    #quiz = null;
    #nextWanted = false;

    constructor(room) {
        this.#room = room;
        this.seconds = secondsSelect("desk-seconds");
        this.select = h("select.select", { id: "desk-quiz", onchange: () => this.#choose(Number(this.select.value)) });
        this.questions = h("ol.questions", { role: "list" });
        this.prepared = h("div.stack.tight", h("div.skeleton.line.w60"), h("div.skeleton.line.w80"), h("div.skeleton.line.w40"));
        this.poll = pollForm({ open: (data) => this.#open(data) });
        this.pollBox = h("details.desk-poll", h("summary", icon("edit", { size: 16 }), t("quiz.type_one")), this.poll);
        this.busyNote = h("p.notice", { hidden: true }, icon("info", { size: 16 }), t("quiz.one_at_a_time"));
        this.element = h("section.stack.tight.desk", this.busyNote, h("h2.panel-title", t("quiz.prepared")), this.prepared, this.pollBox);
        this.#load();
    }

    /** Draws marks and buttons anew after a run changed. */
    refresh() {
        this.busyNote.hidden = !this.#room.quiz.open;
        this.#drawQuestions();
    }

    /** Brings the next question that was not asked into view, ready to be opened. */
    next() {
        this.#nextWanted = this.#loading;
        if (this.#nextWanted) return;
        const row = this.questions.querySelector("li:not(.is-asked) button.ask") ?? this.pollBox.querySelector("summary");
        row?.scrollIntoView({ block: "center" });
        row?.focus();
    }

    #loading = true;

    // Somebody may have asked for the next question before there were any.
    #loaded() {
        this.#loading = false;
        if (this.#nextWanted) this.next();
    }

    async #load() {
        try {
            this.#quizzes = await getAll(`/api/v1/courses/${this.#room.courseId}/quizzes`);
        } catch (error) {
            fill(this.prepared, problem(error, () => this.#load()));
            this.#loaded();
            return;
        }
        if (this.#quizzes.length === 0) {
            fill(this.prepared, h("p.muted.small", t("quiz.no_prepared")));
            this.pollBox.open = true;
            this.#loaded();
            return;
        }
        fill(this.select, this.#quizzes.map(({ id, title, question_count: count }) => h("option", { value: id }, t("quiz.quiz_option", { title, n: count }))));
        fill(this.prepared, h("div.row.tight.fields", h("div.field.grow", h("label", { for: "desk-quiz" }, t("quiz.quiz")), this.select),
            h("div.field", h("label", { for: "desk-seconds" }, t("quiz.time")), this.seconds.element)), this.questions);
        const asked = this.#room.quiz.latest?.quiz?.id;
        const first = this.#quizzes.find(({ id }) => id === asked) ?? this.#quizzes.find(({ question_count: count }) => count > 0) ?? this.#quizzes[0];
        this.select.value = String(first.id);
        this.#choose(first.id);
    }

    async #choose(id) {
        this.#quiz = id;
        fill(this.questions, h("li", h("div.skeleton.line.w80")), h("li", h("div.skeleton.line.w60")));
        try {
            const questions = await getAll(`/api/v1/courses/${this.#room.courseId}/quizzes/${id}/questions`);
            if (this.#quiz !== id) return;
            this.#questions = [...questions].sort((a, b) => a.position - b.position);
            this.#drawQuestions();
        } catch (error) {
            if (this.#quiz === id) fill(this.questions, h("li", problem(error, () => this.#choose(id))));
        }
        this.#loaded();
    }

    #drawQuestions() {
        if (!this.#quizzes || this.questions.querySelector(".skeleton") && this.#questions.length === 0) return;
        if (this.#questions.length === 0) {
            fill(this.questions, h("li.muted.small", t("quiz.empty_quiz")));
            return;
        }
        const { quiz } = this.#room;
        const focused = this.questions.contains(document.activeElement) ? document.activeElement.dataset.question : null;
        fill(this.questions, this.#questions.map((question, index) => {
            const asked = quiz.runs.some((run) => String(run.question.id) === String(question.id));
            return h("li.question", { class: asked ? "is-asked" : "" },
                h("span.question-number.num", index + 1),
                h("span.grow", h("span.question-text", question.question_text),
                    h("span.small.muted", t(`quiz.type.${kindOf(question)}`), " · ", t("quiz.points", { n: question.points_possible }))),
                asked && h("span.badge.good", icon("check", { size: 12 }), t("quiz.asked")),
                h("button.button.small.ask", { type: "button", class: asked ? "ghost" : "", disabled: Boolean(quiz.open), dataset: { question: question.id },
                    "aria-label": t(asked ? "quiz.ask_again" : "quiz.ask_this", { n: index + 1 }),
                    onclick: () => this.#open({ quiz: this.#quiz, question: question.id, seconds: this.seconds.value, answer_change: "never" }) },
                t(asked ? "quiz.again" : "quiz.ask")));
        }));
        if (focused) this.questions.querySelector(`[data-question="${focused}"]`)?.focus();
    }

    async #open({ seconds, ...data }) {
        const entry = await this.#room.act("quiz.open", { ...data, ...(seconds ? { seconds } : {}) });
        if (entry.state === "recorded") return true;
        toast(t("quiz.not_opened", { reason: reasonText(entry) }), { kind: "bad" });
        return false;
    }
}
