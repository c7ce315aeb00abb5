// <quiz-card>: the question of the moment over the stage. Students answer; staff see how it goes.
import { fill, h } from "../../base/dom.js";
import { register } from "../../base/keys.js";
import { number, t } from "../../base/i18n.js";
import { icon } from "../../base/icons.js";
import { later } from "../../base/later.js";
import { isRight, rightAnswers } from "../room/right.js";
import { sameAnswer } from "../room/quiz-runs.js";
import { answerForm } from "./answer-form.js";
import { bars } from "./bars.js";
import { CountdownRing } from "./ring.js";
import { drawStanding } from "./standing.js";

/** The card; `start(room, {next})`, where `next()` shows staff the next prepared question. */
export class QuizCard extends HTMLElement {
    #room;
    #next;
    #run = null;
    #form = null;
    #ring = null;
    #dismissed = new Map();
    #seenOpen = new Set();
    #timeUp = false;
    #staff = later(() => import("./run-controls.js"));

    start(room, { next }) {
        this.#room = room;
        this.#next = next;
        this.className = "quiz-card";
        this.hidden = true;
        this.voice = h("p.visually-hidden", { role: "status" });
        this.card = h("section.card.quiz-sheet", { "aria-labelledby": "quiz-question" });
        this.append(this.card, this.voice);
        room.quiz.on("runs", () => this.#update());
        room.quiz.on("opened", (run) => this.announce(run));
        room.quiz.on("answer", (id) => { if (id === this.#run?.run) this.#drawAnswer(); });
        room.quiz.on("tally", (id) => { if (id === this.#run?.run) this.#drawTally(); });
        room.on("connection", () => this.#drawAnswer());
        room.on("me", () => this.#update(true));
        room.on("class", () => this.#update());
        const group = t("quiz.keys");
        const answering = () => !this.hidden && !room.me.staff && this.#open;
        for (const sign of ["a", "b", "c", "d", "e", "f"]) {
            register({ key: sign, group, label: t("quiz.key_option", { letter: sign.toUpperCase() }), when: answering, hidden: room.me.staff,
                run: () => this.#form?.press(sign.toUpperCase()) });
        }
        const latest = (state) => room.me.staff && room.quiz.latest?.state === state && room.state.state === "live";
        register({ key: "c", group, label: t("quiz.close"), when: () => latest("open"), run: () => this.controls?.close() });
        register({ key: "r", group, label: t("quiz.reveal"), when: () => latest("closed") || latest("open"), run: () => this.controls?.reveal() });
        register({ key: "Escape", group, label: t("quiz.dismiss"), when: () => !this.hidden && !this.away.hidden, run: () => this.#dismiss() });
        this.#update();
    }

    /** Shows a run again that was put away. */
    show(id) {
        this.#dismissed.delete(id);
        this.#seenOpen.add(id);
        this.#update(true, id);
    }

    get #open() {
        return this.#run?.state === "open" && !this.#timeUp;
    }

    /** Reads out that a question was opened. */
    announce(run) {
        this.voice.textContent = t("quiz.opened_say", { text: run.question.text });
    }

    // Which run is shown: an open one always; a finished one if it was seen open here, until it is put away.
    #update(redraw = false, wanted = null) {
        const { quiz, state } = this.#room;
        const { latest } = quiz;
        for (const { run, state: stands } of quiz.runs) if (stands === "open") this.#seenOpen.add(run);
        const chosen = wanted !== null ? quiz.find(wanted) : this.#pick(latest);
        if (!chosen || state.state !== "live") {
            this.#leave();
            return;
        }
        const same = this.#run?.run === chosen.run && this.shownState === chosen.state;
        this.#run = chosen;
        if (same && !redraw && !this.hidden) return;
        this.#draw();
    }

    #pick(latest) {
        if (!latest || this.#putAway(latest)) return null;
        if (this.#run?.run === latest.run) return latest;
        if (latest.state === "open") return latest;
        const staff = this.#room.me.staff && latest.state === "closed";
        return this.#seenOpen.has(latest.run) || staff ? latest : null;
    }

    // Put away stays away, but the result of an answered question comes once more.
    #putAway({ run, state }) {
        const when = this.#dismissed.get(run);
        return when !== undefined && (when === "revealed" || state !== "revealed" || this.#room.me.staff);
    }

    #dismiss() {
        if (!this.#run) return;
        this.#dismissed.set(this.#run.run, this.#run.state);
        this.#leave();
    }

    #leave() {
        this.#ring?.stop();
        this.#ring = null;
        this.#run = null;
        this.hidden = true;
    }

    #draw() {
        const run = this.#run;
        const { me } = this.#room;
        const inside = this.card.contains(document.activeElement);
        const typed = this.shownRun === run.run && this.shownState === run.state && !me.staff;
        this.#ring?.stop();
        this.#ring = null;
        this.#timeUp = run.state === "open" && run.deadline_at !== null && run.deadline_at !== undefined && run.deadline_at <= this.#room.now();
        if (run.state === "open" && run.deadline_at) {
            this.#ring = new CountdownRing(run, () => this.#room.now(), { over: () => this.#over(), say: (text) => { this.voice.textContent = text; } });
        }
        if (!typed) this.#form = null;
        this.shownRun = run.run;
        this.shownState = run.state;
        this.away = h("button.button.ghost.icon.small", {
            type: "button", "aria-label": t("quiz.dismiss"), title: t("quiz.dismiss"), hidden: run.state === "open" && !me.staff, onclick: () => this.#dismiss(),
        }, icon("x"));
        fill(this.card,
            h("header.quiz-head", h("span.badge.accent", t("quiz.number", { n: run.number })),
                run.question.points > 0 && h("span.small.muted.num", t("quiz.points", { n: run.question.points })),
                h("span.grow"), this.#ring?.element, this.away),
            h("h2.quiz-question", { id: "quiz-question", dir: "auto" }, run.question.text),
            me.staff ? this.#staffBody(run) : this.#studentBody(run));
        this.hidden = false;
        if (inside && !this.card.contains(document.activeElement)) this.card.querySelector("button, input")?.focus();
    }

    #studentBody(run) {
        if (run.state === "revealed") return this.#results(run);
        this.#form ??= answerForm(run.question, { answer: (value) => this.#answer(value) });
        this.standing = h("p.standing", { role: "status" });
        this.over = h("p.quiz-over", { hidden: true });
        this.#drawAnswer();
        return [this.#form.element, this.standing, this.over];
    }

    #answer(value) {
        const run = this.#run;
        const { quiz, outbox } = this.#room;
        const standing = quiz.standing(run.run, this.#room.connected);
        if (!this.#mayAnswer(standing) || (standing.answer !== undefined && standing.state !== "refused" && standing.state !== "failed"
            && sameAnswer(standing.answer, value))) return;
        const old = quiz.outgoing.get(run.run);
        if (old && old.state !== "sending") outbox.forget(old.key);
        const sequence = (quiz.answers.get(run.run)?.sequence ?? 0) + (quiz.answers.has(run.run) ? 1 : 0);
        this.#room.put("quiz.answer", {
            run: run.run, question: run.question.id, answer: value, ...(run.answer_change === "until_close" ? { sequence } : {}),
        });
    }

    // One answer, and none while one is on its way; another one only where the question allows it.
    #mayAnswer({ state }) {
        if (!this.#open) return false;
        if (state === "none" || state === "refused" || state === "failed") return true;
        return state === "recorded" && this.#run.answer_change === "until_close";
    }

    #drawAnswer() {
        const run = this.#run;
        if (!run || this.#room.me.staff || run.state === "revealed" || !this.#form) return;
        const standing = this.#room.quiz.standing(run.run, this.#room.connected);
        // Before the server said what it holds, a reload must not offer a second answer.
        const known = this.#room.meKnown || standing.state !== "none";
        this.#form.refresh({ chosen: standing.answer, open: known && this.#mayAnswer(standing) });
        this.away.hidden = run.state === "open" && standing.state !== "recorded";
        drawStanding(this.standing, standing, { open: this.#open, again: () => this.#answer(standing.answer) });
        const none = standing.state === "none";
        this.over.hidden = this.#open || !none;
        this.over.textContent = t(run.state === "open" ? "quiz.time_up" : "quiz.closed_without");
        if (standing.state === "recorded" && run.state === "closed") {
            this.over.hidden = false;
            this.over.textContent = t("quiz.wait_reveal");
        } else if (standing.state === "recorded" && this.#open && run.answer_change === "until_close") {
            this.over.hidden = false;
            this.over.textContent = t("quiz.may_change");
        }
    }

    #over() {
        this.#timeUp = true;
        this.#drawAnswer();
    }

    #results(run) {
        const { answered, expected, distribution, right } = run.revealed;
        const mine = this.#room.quiz.answers.get(run.run);
        return [this.#verdict(run, mine), bars(run, { counts: distribution, total: answered, mine: mine?.answer, revealed: true }),
            h("p.small.muted.num", [t("quiz.answered_of", { n: answered, of: number(expected) }),
                right !== undefined && rightAnswers(run).size > 0 && t("quiz.right_count", { n: right })].filter(Boolean).join(" · "))];
    }

    #verdict(run, mine) {
        const right = rightAnswers(run);
        if (right.size === 0) return null;
        const correct = [...right].map((answer) => run.question.answers?.find(({ id }) => id === answer)?.text ?? String(answer)).join(" · ");
        if (!mine) return h("p.notice", { role: "status" }, icon("minus", { size: 16 }), t("quiz.no_answer", { correct }));
        const good = isRight(run, mine.answer);
        const score = mine.score === undefined || mine.score === null || !(run.question.points > 0) ? ""
            : `· ${t("quiz.score", { score: number(mine.score), points: number(run.question.points), n: run.question.points })}`;
        return h("p.notice", { class: good ? "good" : "bad", role: "status" }, icon(good ? "check" : "x", { size: 16 }),
            h("span", good ? t("quiz.correct") : t("quiz.incorrect", { correct }), " ", score));
    }

    #staffBody(run) {
        this.tallyHost = h("div");
        this.controls = null;
        this.controlsHost = h("div.run-controls-host");
        this.#staff.use(({ RunControls }) => this.#addControls(RunControls));
        this.#drawTally();
        return [this.tallyHost, this.controlsHost];
    }

    #addControls(RunControls) {
        if (!this.#run || !this.#room.me.staff) return;
        this.controls = new RunControls(this.#room, this.#run, { next: () => {
            this.#dismiss();
            this.#next();
        } });
        this.controlsHost.replaceChildren(this.controls.element);
        this.#drawTally();
    }

    #drawTally() {
        const run = this.#run;
        if (!run || !this.#room.me.staff || !this.tallyHost) return;
        const tally = this.#room.quiz.tallies.get(run.run);
        const revealed = run.state === "revealed";
        const counts = revealed ? run.revealed.distribution : tally?.counts;
        const answered = revealed ? run.revealed.answered : tally?.answered ?? 0;
        fill(this.tallyHost, bars(run, { counts, total: answered, revealed }));
        this.controls?.tally({ answered, expected: revealed ? run.revealed.expected : tally?.expected ?? 0 });
    }
}

customElements.define("quiz-card", QuizCard);
