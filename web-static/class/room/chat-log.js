// The chat as its channel tells it: messages by id, edits and deletions applied, own ones on their way.
import { Emitter } from "../../live/emitter.js";

/**
 * The messages of one class, oldest first.
 *
 * Events: `reset` (everything anew) · `older` (messages, put before the others) · `added` (message) ·
 * `changed` (message) · `removed` (id) · `pinned` · `pending` (the own ones on their way changed) · `away`.
 */
export class ChatLog extends Emitter {
    messages = [];
    pinned = [];
    more = false;
    /** Own messages without an answer: outbox entries, oldest first. */
    pending = [];
    /** The id of the last message that was seen before the connection was lost, or null. */
    awayAfter = null;
    #byId = new Map();
    #me;
    #lastSeen = null;
    #hasSeen = false;

    constructor(me) {
        super();
        this.#me = me;
    }

    /** The message with this id, or undefined. */
    message(id) {
        return this.#byId.get(id);
    }

    /** The id of the newest message, or 0. */
    get newest() {
        return this.messages.at(-1)?.id ?? 0;
    }

    /** Begins anew with a snapshot of `chat:<c>`; older messages that were paged in are kept where they still fit. */
    reset({ messages = [], pinned = [], more = false }) {
        const fresh = messages.filter(isMessage);
        const first = fresh[0]?.id ?? Infinity;
        const overlaps = this.messages.length > 0 && this.newest >= first;
        const kept = overlaps ? this.messages.filter(({ id }) => id < first) : [];
        this.messages = [...kept, ...fresh];
        this.#byId = new Map(this.messages.map((message) => [message.id, message]));
        this.pinned = pinned.filter(isMessage).map(({ id }) => id);
        for (const message of pinned.filter(isMessage)) if (!this.#byId.has(message.id)) this.#byId.set(message.id, message);
        this.more = kept.length > 0 ? this.more : more;
        for (const { by, text, reply_to: replyTo } of fresh) this.#match({ by, text, reply_to: replyTo }, true);
        this.#hasSeen = true;
        this.#noteMissed();
        this.emit("reset");
    }

    /** Puts older messages in front. */
    prepend({ messages = [], more = false }) {
        const first = this.messages[0]?.id ?? Infinity;
        const older = messages.filter((message) => isMessage(message) && message.id < first);
        this.messages = [...older, ...this.messages];
        for (const message of older) this.#byId.set(message.id, message);
        this.more = more;
        this.emit("older", older);
    }

    /** Takes one event of `chat:<c>`. */
    apply(event) {
        switch (event.type) {
        case "chat.message":
            if (this.#byId.has(event.id)) return;
            this.messages.push(event);
            this.#byId.set(event.id, event);
            this.#match(event);
            this.#noteMissed();
            this.emit("added", event);
            break;
        case "chat.edited": {
            const message = this.#byId.get(event.message);
            if (!message) return;
            message.text = event.text;
            message.edited_at = event.at;
            this.emit("changed", message);
            break;
        }
        case "chat.deleted":
            this.messages = this.messages.filter(({ id }) => id !== event.message);
            this.#byId.delete(event.message);
            if (this.pinned.includes(event.message)) {
                this.pinned = this.pinned.filter((id) => id !== event.message);
                this.emit("pinned");
            }
            this.emit("removed", event.message);
            break;
        case "chat.pinned":
            this.pinned = this.pinned.filter((id) => id !== event.message);
            if (event.pinned) this.pinned.push(event.message);
            this.emit("pinned");
            break;
        default:
        }
    }

    /** Takes the outbox's entry of an own message: shown while it is on its way or has failed. */
    outgoing(entry) {
        const at = this.pending.findIndex(({ key }) => key === entry.key);
        const arrived = entry.state === "recorded" && (this.#byId.has(entry.result?.id) || entry.matched);
        if (arrived) {
            if (at >= 0) this.pending.splice(at, 1);
        } else if (at < 0 && !entry.matched) {
            this.pending.push(entry);
        }
        this.emit("pending");
    }

    /** Drops an own message that was not recorded. */
    drop(key) {
        this.pending = this.pending.filter((entry) => entry.key !== key);
        this.emit("pending");
    }

    /** The connection is lost: what comes after this was missed. Nothing is missed before anything was seen. */
    lost() {
        if (this.#hasSeen) this.#lastSeen ??= this.newest;
    }

    /** The connection is back, and everything missed has arrived. */
    resumed() {
        this.#lastSeen = null;
    }

    /** Takes the line away. */
    clearAway() {
        if (this.awayAfter === null) return;
        this.awayAfter = null;
        this.emit("away");
    }

    #noteMissed() {
        if (this.#lastSeen === null || this.newest <= this.#lastSeen) return;
        const missed = this.messages.find(({ id, by }) => id > this.#lastSeen && by.id !== this.#me.id);
        if (!missed) return;
        this.awayAfter = this.#lastSeen;
        this.emit("away");
    }

    // The event of an own message may overtake the answer to its call: the oldest pending one with the same text
    // is it, until the answer names the id.
    #match(event, quietly = false) {
        if (event.by?.id !== this.#me.id) return;
        const at = this.pending.findIndex((entry) => (entry.state === "sending" || entry.state === "recorded")
            && entry.data.text === event.text && (entry.data.reply_to ?? null) === (event.reply_to ?? null)
            && (entry.result === undefined || entry.result.id === event.id || quietly));
        if (at < 0) return;
        this.pending[at].matched = true;
        this.pending.splice(at, 1);
        if (!quietly) this.emit("pending");
    }
}

function isMessage(message) {
    return message?.type === "chat.message";
}
