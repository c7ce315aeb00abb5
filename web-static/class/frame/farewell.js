// When the class is over for this person: the summary of an ended class, or the word that one was removed.
import { fill, h } from "../../base/dom.js";
import { clock, dateTime, number, t, timeSeconds } from "../../base/i18n.js";
import { icon } from "../../base/icons.js";
import { later } from "../../base/later.js";
import { busy } from "../../base/shell.js";
import { toast } from "../../base/toast.js";
import { asText } from "../chat/chat-list.js";
import { isRight, rightAnswers } from "../room/right.js";

/** Fills `host` (over the stage) with the right farewell, or hides it. */
export class Farewell {
    #room;
    #host;
    #kind = null;
    #looking = false;
    #files = later(() => import("../board/export.js"));

    constructor(host, room) {
        this.#room = room;
        this.#host = host;
        for (const subject of ["class", "me", "removed"]) room.on(subject, () => this.#draw());
        room.quiz.on("runs", () => { if (this.#kind === "ended") this.#draw(); });
        room.client.on("disconnect", ({ code }) => this.stopped(code));
        this.#draw();
    }

    #draw() {
        const { removed, state } = this.#room;
        const kind = removed ? "removed" : state.state === "ended" ? "ended" : null;
        const came = kind !== null && kind !== this.#kind;
        this.#kind = kind;
        this.#host.hidden = kind === null || (kind === "ended" && this.#looking);
        if (kind === "removed") {
            const [title, text] = removed.denied ? ["removed.denied_title", "removed.denied_text"] : ["removed.title", "removed.text"];
            this.#show("user-x", t(title), h("p.text", removed.reason ?? t(text)), [this.#again(), this.#home()]);
        }
        if (kind === "ended") this.#show("check", t("ended.title"), this.#summary(), this.#exports());
        if (came) this.#host.querySelector("h2")?.focus();
    }

    /** The server said not to come back (another kind of end than being removed); 0 says that it did not. */
    stopped(code) {
        if (this.#room.removed || code === 0) return;
        this.#host.hidden = false;
        this.#show("wifi-off", t("stopped.title"), h("p.text", t("stopped.text", { code: String(code) })),
            [this.#again(), this.#home()]);
    }

    #show(sign, title, body, actions) {
        fill(this.#host, h("div.card.farewell-card.stack", h("div.row", icon(sign, { size: 24 }), h("h2", { tabindex: -1 }, title)), body, h("div.row.wrap.tight", actions)));
    }

    // Whoever was let in again comes back with it.
    #again() {
        return h("button.button.primary", { type: "button", onclick: () => location.reload() }, icon("refresh"), t("action.retry"));
    }

    #home() {
        return h("a.button", { href: `/courses/${this.#room.courseId}` }, icon("arrow-left"), t("ended.back"));
    }

    #summary() {
        const { state, chat, quiz, me } = this.#room;
        const lasted = state.startedAt && state.endedAt ? clock((state.endedAt - state.startedAt) / 1000) : "–";
        const facts = [[t("ended.lasted"), lasted], [t("ended.messages"), `${number(chat.messages.length)}${chat.more ? "+" : ""}`], [t("ended.questions"), number(quiz.runs.length)]];
        return h("div.stack", h("p.muted", state.title), h("dl.facts", facts.map(([name, value]) => h("div", h("dt.small.muted", name), h("dd.num", value)))),
            !me.staff && quiz.runs.length > 0 && h("section.stack.tight", h("h3.small-title", t("ended.results")), h("ul.results", { role: "list" }, quiz.runs.map((run) => this.#result(run)))));
    }

    #result(run) {
        const mine = this.#room.quiz.answers.get(run.run);
        const known = run.state === "revealed" && mine && rightAnswers(run).size > 0;
        const good = known && isRight(run, mine.answer);
        return h("li", icon(!mine ? "minus" : known ? (good ? "check" : "x") : "check", { size: 16, label: !mine ? t("quiz.you_did_not") : known ? t(good ? "quiz.right" : "quiz.wrong") : t("quiz.state.recorded") }),
            h("span.grow.truncate", run.question.text),
            mine?.score !== undefined && mine?.score !== null && run.question.points > 0
                ? h("span.num.small", `${number(mine.score)} / ${number(run.question.points)}`) : mine && h("span.num.small.muted", timeSeconds(mine.at)));
    }

    #exports() {
        const name = this.#room.state.title || "class";
        return [
            h("button.button", { type: "button", onclick: (event) => busy(event.currentTarget, () => this.#saveBoard(name)) }, icon("download"), t("ended.save_board")),
            h("button.button", { type: "button", onclick: (event) => busy(event.currentTarget, () => this.#saveChat(name)) }, icon("download"), t("ended.save_chat")),
            h("button.button", { type: "button", onclick: () => {
                this.#looking = true;
                this.#host.hidden = true;
            } }, icon("eye"), t("ended.look")),
            this.#home(),
        ];
    }

    #saveBoard(name) {
        return this.#files.use(async ({ png, save }) => save(`${name}.png`, await png(this.#room.board)));
    }

    async #saveChat(name) {
        const { chat } = this.#room;
        try {
            while (chat.more && chat.messages.length > 0) chat.prepend(await this.#room.ask("chat.history", { before: chat.messages[0].id, limit: 100 }));
        } catch {
            toast(t("ended.chat_partly"), { kind: "bad" });
        }
        const text = asText(chat.messages, (at) => dateTime(at));
        await this.#files.use(({ save }) => save(`${name}.txt`, new Blob([text], { type: "text/plain;charset=utf-8" })));
    }
}
