// Everything the page knows about one class, and the ways to change it.
import { LiveClient, wakeWithPage } from "../../live/client.js";
import { Emitter } from "../../live/emitter.js";
import { Outbox } from "../../live/outbox.js";
import { openTabs, OutboxStore, takeTab } from "../../live/outbox-store.js";
import { BoardModel } from "../board/model.js";
import { ChatLog } from "./chat-log.js";
import { change, emptyState, fromSnapshot, mayDraw } from "./class-state.js";
import { QuizRuns } from "./quiz-runs.js";

/**
 * One class as one person sees it.
 *
 * Events: `class` `locks` `draw` `stage` `hands` `here` `announcement` `degraded` (the state changed there) · `me` · `removed` ·
 * `connection` · `resumed` ({seconds}) · `outbox` (entry) · `reactions` (counts) · `people` · `live` (a board's
 * ephemeral event). `chat`, `board` and `quiz` have events of their own.
 */
export class ClassRoom extends Emitter {
    state = emptyState();
    removed = null;
    /** Whether `class.me` was answered: before, nobody knows which answers the server holds. */
    meKnown = false;

    /**
     * @param {{id, name, staff}} me what the session says; `class.me` has the last word about `staff`
     * @param WebSocket what makes the sockets, when it is not the browser's own
     */
    constructor({ classId, courseId, me, url, WebSocket }) {
        super();
        this.classId = classId;
        this.courseId = courseId;
        this.me = { ...me, mutedUntil: null };
        this.client = new LiveClient(url, WebSocket ? { WebSocket } : {});
        this.chat = new ChatLog(this.me);
        this.quiz = new QuizRuns();
        this.board = new BoardModel(this.me);
        this.outbox = new Outbox({
            client: this.client, classId, store: new OutboxStore(storage(), me.id, classId), owner: "",
        });
    }

    /** The server's time in milliseconds. */
    now() {
        return this.client.clock.now();
    }

    /** Whether the connection stands. */
    get connected() {
        return this.client.state === "connected";
    }

    /** Whether this person may draw now. */
    get mayDraw() {
        return !this.removed && mayDraw(this.state, this.me);
    }

    /** Whether this person is muted now. */
    get muted() {
        return this.me.mutedUntil !== null && this.me.mutedUntil > this.now();
    }

    /** Whether the own hand is up. */
    get handUp() {
        return this.state.hands.some(({ id }) => id === this.me.id);
    }

    /** How many mutations wait for an answer, by kind: `{messages, answers, drawings, others}`. */
    get waiting() {
        const counts = { messages: 0, answers: 0, drawings: 0, others: 0 };
        for (const { method } of this.outbox.open) {
            if (method.startsWith("chat.")) counts.messages += 1;
            else if (method === "quiz.answer") counts.answers += 1;
            else if (method === "board.apply") counts.drawings += 1;
            else counts.others += 1;
        }
        return counts;
    }

    /** Connects and subscribes; resolves when the class is known. */
    async start() {
        this.#follow();
        this.outbox.on("change", (entry) => this.#outgoing(entry));
        this.client.on("state", ({ state }) => this.#connection(state));
        this.client.on("disconnect", () => this.emit("connection"));
        wakeWithPage(this.client);
        this.client.connect();
        this.outbox.rename(await takeTab().catch(() => ""));
        this.outbox.adopt(await openTabs().catch(() => new Set()));
    }

    /** Asks for `class.me` again: role, mute, answers. */
    async refreshMe() {
        try {
            const me = await this.client.read("class.me", { class: this.classId });
            const before = this.me.staff;
            this.meKnown = true;
            this.me.staff = me.role === "instructor";
            this.me.mutedUntil = me.muted_until ?? null;
            this.quiz.restore(me.answers ?? []);
            if (this.me.staff) this.client.subscription(`staff:${this.classId}`).subscribe();
            this.emit("me", { roleChanged: before !== this.me.staff });
        } catch (error) {
            if (error.code === 103) this.#remove({ denied: true });
        }
    }

    /** Puts a mutation in the outbox; see `Outbox.put`. */
    put(method, data, options) {
        return this.outbox.put(method, data, options);
    }

    /** Does something now or not at all (after a reload): resolves with the settled outbox entry. */
    act(method, data = {}) {
        return this.outbox.call(method, data, { durable: false });
    }

    /** Reads, again where the server asks for patience; rejects with `LiveError`. */
    ask(method, data = {}) {
        return this.client.read(method, { class: this.classId, ...data });
    }

    /** Sends an ephemeral signal. */
    signal(type, data) {
        this.client.send({ type, class: this.classId, ...data });
    }

    #follow() {
        const on = (kind, { snapshot, event }) => {
            const subscription = this.client.subscription(kind === "personal" ? `personal:#${this.me.id}` : `${kind}:${this.classId}`);
            subscription.on("subscribed", (info) => {
                if (info.fresh && info.snapshot) snapshot?.(info.snapshot);
            });
            subscription.on("publication", ({ data }) => event(data));
            subscription.on("unsubscribed", ({ code }) => { if (code === 103 && kind === "class") this.#remove({ denied: true }); });
            if (kind !== "staff") subscription.subscribe();
        };
        on("class", { snapshot: (data) => this.#set(fromSnapshot(data)), event: (event) => this.#class(event) });
        on("chat", { snapshot: (data) => this.chat.reset(data), event: (event) => this.chat.apply(event) });
        on("quiz", { snapshot: (data) => this.quiz.reset(data), event: (event) => this.#quiz(event) });
        on("board", {
            snapshot: (data) => this.board.reset(data),
            event: (event) => { if (!this.board.apply(event)) this.emit("live", event); },
        });
        on("staff", {
            snapshot: (data) => data.tallies?.forEach((tally) => this.quiz.tally(tally)),
            event: (event) => {
                if (event.type === "quiz.tally") this.quiz.tally(event);
                else if (event.type === "people.changed") this.emit("people", event);
            },
        });
        on("personal", { event: (event) => this.#personal(event) });
    }

    #set(state) {
        this.state = state;
        for (const subject of ["class", "locks", "draw", "stage", "hands", "here", "announcement", "degraded"]) this.emit(subject);
    }

    #class(event) {
        if (event.type === "class.reactions") {
            this.emit("reactions", event.counts);
            return;
        }
        if (event.type === "member.muted") {
            if (event.user.id === this.me.id) this.#mute(event.until);
            this.emit("people", event);
        }
        if (event.type === "member.removed" || event.type === "member.readmitted") this.emit("people", event);
        const result = change(this.state, event);
        if (!result) return;
        Object.assign(this.state, result.changes);
        this.emit(result.subject, event);
        if (result.subject === "class" || result.subject === "locks") this.emit("draw");
    }

    #quiz(event) {
        this.quiz.apply(event);
        // The score of an own answer is known from now on; a whole class must not ask in the same moment.
        const scored = event.type === "quiz.revealed" && this.quiz.answers.has(event.run) && this.quiz.find(event.run)?.question.points > 0;
        if (scored) setTimeout(() => { if (this.connected) this.refreshMe(); }, 300 + Math.random() * 3_000);
    }

    #personal(event) {
        if (event.class !== this.classId) return;
        if (event.type === "class.muted") this.#mute(event.until);
        else if (event.type === "class.removed") this.#remove(event);
        else if (event.type === "quiz.recorded") this.quiz.recorded(event.run, event);
    }

    #mute(until) {
        this.me.mutedUntil = until ?? null;
        this.emit("me", {});
    }

    #remove(event) {
        if (this.removed) return;
        this.removed = { reason: event.reason ?? null, denied: event.denied === true };
        this.client.disconnect();
        this.emit("removed");
    }

    #connection(state) {
        if (state === "connected") {
            this.refreshMe();
            this.#resumed();
        } else {
            this.chat.lost();
            // Whether events come late is the connection's: the next one tells.
            this.state.degraded = false;
            this.emit("degraded");
        }
        this.emit("connection");
    }

    // Back for good once the chat is subscribed again and its missed messages were delivered.
    #resumed() {
        const subscription = this.client.subscription(`chat:${this.classId}`);
        const end = subscription.on("subscribed", () => {
            end();
            setTimeout(() => {
                if (!this.connected) return;
                this.chat.resumed();
                this.emit("resumed");
            }, 50);
        });
    }

    #outgoing(entry) {
        if (entry.method === "chat.send") this.chat.outgoing(entry);
        else if (entry.method === "board.apply") this.board.progress(entry);
        else if (entry.method === "quiz.answer") {
            this.quiz.progress(entry);
            // Another tab was first: ask which answer stands.
            const doubtful = entry.result?.status === "duplicate" || entry.reason === "attempts_used";
            if (doubtful && ["recorded", "refused"].includes(entry.state)) this.refreshMe();
        }
        this.emit("outbox", entry);
    }
}

function storage() {
    try {
        return window.localStorage;
    } catch {
        return undefined;
    }
}
