// The parts of a class that come with a moment: the board beside the first sight, then the question's card, the panels
// behind the tabs, the farewell. Moments that a whole class has at once are fetched for ahead, as soon as the class
// stands: they wait for nobody then, and the server is not asked by everybody in the same second.
import { h } from "../base/dom.js";
import { later, whenIdle } from "../base/later.js";

/** How long (ms) after the class stands the rest is fetched, at most; spread so that a class does not come at once. */
const SPREAD = 4_000;

/** The board's tools wait at most this long (ms) for an idle moment. */
const SOON = 500;

/** After this long (ms) without a class the bar says that there is no connection yet. */
const PATIENCE = 1_500;

/** Brings the parts to life when their moment has come; `start()` once the elements are in the page. */
export class Moments {
    #room;
    #parts;
    #cards = later(() => import("./quiz/quiz-card.js"));
    #bars = later(() => import("./frame/connection-bar.js"));
    #farewells = later(() => import("./frame/farewell.js"));
    #people = later(() => import("./people/class-people.js"));
    #quizzes = later(() => import("./quiz/class-quiz.js"));
    #begun = new Set();

    constructor(room, parts) {
        this.#room = room;
        this.#parts = parts;
    }

    start() {
        const { board, boards, card, connection, panel, people, quiz } = this.#parts;
        const { client, quiz: runs } = this.#room;
        card.hidden = connection.hidden = true;
        for (const part of [people, quiz]) part.append(skeleton());
        boards.use(() => {
            board.start(this.#room);
            this.#whenKnown(() => whenIdle(() => board.complete(), SOON));
        });
        // The bar must be there before the connection goes; until the first one stands it has time to come.
        this.#whenKnown(() => this.#begin(this.#bars, connection));
        setTimeout(() => this.#begin(this.#bars, connection), PATIENCE);
        this.#whenKnown(() => setTimeout(() => whenIdle(() => this.#fetchRest()), Math.random() * SPREAD));

        runs.on("runs", () => { if (runs.latest && !this.#begun.has(card)) this.#showCard(); });
        runs.on("opened", (run) => { if (!this.#begun.has(card)) this.#showCard((it) => it.announce(run)); });
        for (const subject of ["class", "removed"]) this.#room.on(subject, () => this.#mayBeOver());
        client.on("disconnect", ({ code }) => this.#mayBeOver(code));
        panel.addEventListener("shown", (event) => this.#shown(event.detail));
        this.#shown(panel.shows("people") ? "people" : panel.shows("quiz") ? "quiz" : null);
    }

    /** Shows the quiz panel, with the next prepared question in view. */
    openQuiz() {
        this.#parts.panel.show("quiz", { unfold: true });
        this.#quizPanel((quiz) => quiz.next());
    }

    #whenKnown(work) {
        if (this.#room.state.known) {
            work();
            return;
        }
        const end = this.#room.on("class", () => {
            if (!this.#room.state.known) return;
            end();
            work();
        });
    }

    // Staff bring those moments about themselves.
    async #fetchRest() {
        if (this.#room.me.staff) return;
        for (const part of [this.#cards, this.#farewells]) await part.ahead();
    }

    // Starts an element once its module is there, and hands it to `work` now or as before.
    #begin(part, element, options = {}, work = null) {
        part.use(() => {
            if (!this.#begun.has(element)) {
                this.#begun.add(element);
                element.start(this.#room, options);
            }
            work?.(element);
        });
    }

    #showCard(work) {
        this.#begin(this.#cards, this.#parts.card, { next: () => this.openQuiz() }, work);
    }

    #quizPanel(work) {
        this.#begin(this.#quizzes, this.#parts.quiz, { show: (run) => this.#showCard((card) => card.show(run)) }, work);
    }

    #shown(tab) {
        const { people, quiz } = this.#parts;
        if (tab === "quiz") this.#quizPanel((panel) => panel.shown());
        if (tab === "people") this.#begin(this.#people, people, {}, (panel) => panel.shown(true));
        else if (this.#begun.has(people)) people.shown(false);
    }

    // Over for this person: the class has ended, one was removed, or the server said not to come back.
    #mayBeOver(code = 0) {
        const { removed, state } = this.#room;
        const { farewell } = this.#parts;
        if (this.#begun.has(farewell) || (!removed && state.state !== "ended" && code === 0)) return;
        this.#farewells.use(({ Farewell }) => {
            if (this.#begun.has(farewell)) return;
            this.#begun.add(farewell);
            new Farewell(farewell, this.#room).stopped(code);
        });
    }
}

function skeleton() {
    return h("div.chat-skeleton", { "aria-hidden": "true" }, [60, 80, 40].map((width) => h(`div.skeleton.line.w${width}`)));
}
