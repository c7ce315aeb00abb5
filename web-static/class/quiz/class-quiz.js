// <class-quiz>: the panel with the questions so far; for staff also what to ask next and who is missing.
import { fill, h } from "../../base/dom.js";
import { number, percent, t, timeSeconds } from "../../base/i18n.js";
import { icon } from "../../base/icons.js";
import { later } from "../../base/later.js";
import { isRight, rightAnswers } from "../room/right.js";

/** The quiz panel; `start(room, {show})`, where `show(run)` brings a run back over the stage. */
export class ClassQuiz extends HTMLElement {
    #room;
    #show;
    #desk = null;
    #desks = later(async () => {
        const desks = await import("./quiz-desk.js");
        this.#desk = new desks.QuizDesk(this.#room);
        this.deskHost.replaceChildren(this.#desk.element);
        this.#desk.refresh();
        return desks;
    });

    start(room, { show }) {
        this.#room = room;
        this.#show = show;
        this.className = "class-quiz panel-scroll";
        this.deskHost = h("div");
        this.missing = h("section.missing", { hidden: true });
        this.past = h("section.stack.tight");
        this.replaceChildren(this.missing, this.deskHost, this.past);
        room.quiz.on("runs", () => this.#draw());
        room.quiz.on("answer", () => this.#drawPast());
        room.quiz.on("tally", () => this.#drawMissing());
        for (const subject of ["me", "class"]) room.on(subject, () => this.#draw());
        this.#draw();
    }

    /** The panel came to sight: staff's desk is loaded with the first look. */
    shown() {
        this.#draw();
    }

    /** Brings the next prepared question into view. */
    next() {
        this.#draw();
        this.#desks.use(() => this.#desk?.next());
    }

    #draw() {
        const { me, state } = this.#room;
        if (me.staff && !this.#desk && state.known && this.offsetParent !== null) this.#desks.use();
        this.deskHost.hidden = !me.staff || state.state !== "live";
        this.#desk?.refresh();
        this.#drawMissing();
        this.#drawPast();
    }

    #drawMissing() {
        const { me, quiz } = this.#room;
        const run = quiz.latest;
        const tally = run && quiz.tallies.get(run.run);
        this.missing.hidden = !me.staff || !tally || run.state === "revealed";
        if (this.missing.hidden) return;
        const open = this.missing.querySelector("details")?.open ?? true;
        const { missing = [], missing_count: count = missing.length } = tally;
        fill(this.missing, h("div.row.spread", h("h2.panel-title", t("quiz.number", { n: run.number })),
            h("span.badge", { class: run.state === "open" ? "good" : "" }, t(`quiz.state.${run.state}`))),
        h("p.truncate.muted.small", run.question.text),
        h("details", { ".open": open }, h("summary", t("quiz.missing", { n: count })),
            h("ul.missing-list", { role: "list", tabindex: 0, "aria-label": t("quiz.missing", { n: count }) }, missing.map(({ name }) => h("li", name)),
                count > missing.length && h("li.faint", t("quiz.missing_more", { n: count - missing.length })))));
    }

    #drawPast() {
        const { quiz, me } = this.#room;
        const runs = [...quiz.runs].reverse();
        if (runs.length === 0) {
            fill(this.past, me.staff ? null : h("div.state", icon("quiz", { size: 26 }), h("p.title", t("quiz.none")), h("p.text", t("quiz.none_text"))));
            return;
        }
        fill(this.past, h("h2.panel-title", t("quiz.so_far")), h("ul.runs", { role: "list" }, runs.map((run) => this.#row(run))));
    }

    #row(run) {
        const { quiz, me } = this.#room;
        const mine = quiz.answers.get(run.run);
        return h("li", h("button.run", { type: "button", onclick: () => this.#show(run.run) },
            h("span.run-number.num", number(run.number)),
            h("span.grow", h("span.run-text", run.question.text), h("span.run-note.small.muted.num", me.staff ? staffNote(run, quiz) : note(run, mine))),
            h("span.badge", { class: badgeOf(run, mine, me) }, !me.staff && run.state === "revealed" && mine && rightAnswers(run).size > 0
                ? icon(isRight(run, mine.answer) ? "check" : "x", { size: 12 }) : null, t(`quiz.state.${run.state}`))));
    }
}

function badgeOf(run, mine, me) {
    if (run.state === "open") return "good";
    if (me.staff || run.state !== "revealed" || !mine || rightAnswers(run).size === 0) return "";
    return isRight(run, mine.answer) ? "good" : "bad";
}

function note(run, mine) {
    if (!mine) return t(run.state === "open" ? "quiz.not_yet" : "quiz.you_did_not");
    const parts = [t("quiz.recorded", { time: timeSeconds(mine.at) })];
    if (mine.score !== undefined && mine.score !== null && run.question.points > 0) {
        parts.push(t("quiz.score", { score: number(mine.score), points: number(run.question.points), n: run.question.points }));
    }
    return parts.join(" · ");
}

function staffNote(run, quiz) {
    const { answered, expected, right } = run.revealed ?? quiz.tallies.get(run.run) ?? {};
    if (answered === undefined) return "";
    const share = right !== undefined && answered > 0 && rightAnswers(run).size > 0 ? ` · ${t("quiz.right_share", { share: percent(right / answered) })}` : "";
    return t("quiz.answered_of", { n: answered, of: number(expected) }) + share;
}

customElements.define("class-quiz", ClassQuiz);
