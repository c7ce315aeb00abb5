// The list of messages: stable elements, a scroll position that is never stolen, history above.
import { h } from "../../base/dom.js";
import { t } from "../../base/i18n.js";
import { icon } from "../../base/icons.js";
import { reasonText } from "../../base/toast.js";
import { continues, messageRow, pendingRow, update } from "./message-row.js";

/** This close to the end (px) counts as being at the end. */
const NEAR = 60;

/**
 * Shows a `ChatLog`. `actions(message)` as in `messageRow`; `retry(key)`, `drop(key)`.
 *
 * New messages are read out by the log; what is put above (history) and what a reload brings is not.
 */
export class ChatList {
    #room;
    #log;
    #options;
    #rows = new Map();
    #pendingRows = new Map();
    #unseen = 0;
    #loading = false;

    constructor(room, options) {
        this.#room = room;
        this.#log = room.chat;
        this.#options = { me: room.me, quoted: (id) => this.#log.message(id), jump: (id) => this.jumpTo(id), ...options };
        this.older = h("button.button.ghost.small.chat-older", { type: "button", hidden: true, onclick: () => this.#loadOlder() }, t("chat.older"));
        this.list = h("div.chat-list", { role: "log", "aria-live": "off", "aria-label": t("chat.log"), "aria-relevant": "additions" });
        this.empty = h("div.state.chat-empty", icon("chat", { size: 26 }), h("p.title", t("chat.empty")), h("p.text", t("chat.empty_text")));
        this.scroller = h("div.chat-scroll", { tabindex: 0, role: "group", "aria-label": t("chat.scroll"), onscroll: () => this.#scrolled() },
            this.older, this.empty, this.list);
        this.pill = h("button.button.small.chat-pill", { type: "button", hidden: true, onclick: () => this.toEnd() }, icon("arrow-down", { size: 14 }), h("span"));
        this.element = h("div.chat-body", this.#skeleton(), this.scroller, this.pill);
        this.empty.hidden = true;
        this.#follow();
        new ResizeObserver(() => { if (this.#atEnd) this.toEnd(); }).observe(this.scroller);
    }

    #atEnd = true;
    #scrolling = 0;

    /** Scrolls to the newest message, with the next frame: the page is laid out once for all that came until then. */
    toEnd() {
        this.#scrolling ||= requestAnimationFrame(() => {
            this.#scrolling = 0;
            this.scroller.scrollTop = this.scroller.scrollHeight;
        });
        this.#unseen = 0;
        this.#drawPill();
    }

    /** Scrolls to a message and marks it for a moment. */
    jumpTo(id) {
        const row = this.#rows.get(id);
        if (!row) return;
        row.scrollIntoView({ block: "center" });
        row.classList.remove("is-found");
        void row.offsetWidth;
        row.classList.add("is-found");
    }

    #skeleton() {
        this.skeleton = h("div.chat-skeleton", { "aria-hidden": "true" }, [60, 80, 40, 60, 25].map((width) => h(`div.skeleton.line.w${width}`)));
        return this.skeleton;
    }

    #follow() {
        const log = this.#log;
        log.on("reset", () => this.#reset());
        log.on("older", (messages) => this.#prepend(messages));
        log.on("added", (message) => this.#added(message));
        log.on("changed", (message) => this.#redraw(message.id));
        log.on("removed", (id) => this.#removed(id));
        log.on("pinned", () => { for (const message of log.messages) this.#redraw(message.id); });
        log.on("pending", () => this.#drawPending());
        log.on("away", () => this.#drawAway());
        this.#room.on("connection", () => this.#drawPending());
        this.#room.on("me", ({ roleChanged }) => { if (roleChanged) for (const message of log.messages) this.#redraw(message.id); });
    }

    // The log falls silent while more than one message comes at once, and speaks again afterwards.
    #quietly(work) {
        this.list.setAttribute("aria-live", "off");
        work();
        clearTimeout(this.speakTimer);
        this.speakTimer = setTimeout(() => this.list.setAttribute("aria-live", "polite"), 400);
    }

    #reset() {
        this.skeleton.hidden = true;
        const atEnd = this.#atEnd;
        this.#quietly(() => {
            const wanted = new Set(this.#log.messages.map(({ id }) => id));
            for (const [id, row] of this.#rows) {
                if (wanted.has(id)) continue;
                row.remove();
                this.#rows.delete(id);
            }
            let next = this.list.firstChild;
            for (const message of this.#log.messages) {
                const row = this.#rows.get(message.id);
                if (row) {
                    update(row, message, this.#with(message));
                    next = row.nextSibling;
                } else {
                    this.list.insertBefore(this.#make(message), next);
                }
            }
            this.#group();
            this.#drawPending();
            this.#drawAway();
        });
        if (atEnd) this.toEnd();
        this.#edges();
    }

    #prepend(messages) {
        const before = this.scroller.scrollHeight - this.scroller.scrollTop;
        this.#quietly(() => {
            this.list.prepend(...messages.map((message) => this.#make(message)));
            this.#group();
        });
        this.scroller.scrollTop = this.scroller.scrollHeight - before;
        this.#edges();
    }

    #added(message) {
        const atEnd = this.#atEnd;
        const row = this.#make(message);
        const before = this.#log.messages.at(-2);
        row.classList.toggle("is-continued", continues(before, message) && before.id !== this.#log.awayAfter);
        this.list.insertBefore(row, this.#pendingRows.values().next().value ?? null);
        this.#edges();
        if (atEnd || message.by.id === this.#room.me.id) this.toEnd();
        else this.#unseen += 1;
        this.#drawPill();
    }

    #removed(id) {
        const row = this.#rows.get(id);
        if (!row) return;
        if (row.contains(document.activeElement)) this.scroller.focus();
        row.remove();
        this.#rows.delete(id);
        for (const message of this.#log.messages) if (message.reply_to === id) this.#redraw(message.id);
        this.#group();
        this.#edges();
    }

    #redraw(id) {
        const message = this.#log.message(id);
        const row = this.#rows.get(id);
        if (row && message) update(row, message, this.#with(message));
    }

    #make(message) {
        const row = messageRow(message, this.#with(message));
        this.#rows.set(message.id, row);
        return row;
    }

    #with(message) {
        return { ...this.#options, pinned: this.#log.pinned.includes(message.id) };
    }

    #group() {
        let before;
        for (const message of this.#log.messages) {
            const row = this.#rows.get(message.id);
            row?.classList.toggle("is-continued", continues(before, message) && before.id !== this.#log.awayAfter);
            before = message;
        }
    }

    #drawPending() {
        const atEnd = this.#atEnd;
        const offline = !this.#room.connected;
        for (const row of this.#pendingRows.values()) row.remove();
        this.#pendingRows.clear();
        for (const entry of this.#log.pending) {
            const row = pendingRow(entry, {
                reason: reasonText(entry), offline, retry: () => this.#options.retry(entry.key), drop: () => this.#options.drop(entry.key),
            });
            this.#pendingRows.set(entry.key, row);
            this.list.append(row);
        }
        if (atEnd) this.toEnd();
        this.#edges();
    }

    #drawAway() {
        this.away?.remove();
        const after = this.#log.awayAfter;
        if (after === null) return;
        this.away = h("div.chat-away", { role: "separator", "aria-label": t("chat.away") }, h("span", t("chat.away")));
        const row = this.#rows.get(after);
        if (row) row.after(this.away);
        else this.list.prepend(this.away);
        this.#group();
    }

    #edges() {
        this.older.hidden = !this.#log.more;
        this.empty.hidden = !this.skeleton.hidden || this.#log.messages.length + this.#log.pending.length > 0;
    }

    #scrolled() {
        const { scrollTop, scrollHeight, clientHeight } = this.scroller;
        this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR;
        if (this.#atEnd) this.#unseen = 0;
        this.#drawPill();
        if (scrollTop < 120 && this.#log.more) this.#loadOlder();
    }

    #drawPill() {
        this.pill.hidden = this.#atEnd;
        this.pill.lastChild.textContent = this.#unseen > 0 ? t("chat.new", { n: this.#unseen }) : t("chat.to_end");
    }

    async #loadOlder() {
        const first = this.#log.messages[0]?.id;
        if (this.#loading || first === undefined) return;
        this.#loading = true;
        this.older.dataset.busy = "true";
        try {
            this.#log.prepend(await this.#room.ask("chat.history", { before: first, limit: 50 }));
        } catch {
            // The button stays; scrolling or pressing tries again.
        } finally {
            delete this.older.dataset.busy;
            setTimeout(() => { this.#loading = false; }, 300);
        }
    }
}

/** The chat as text, for the export: one line per message. */
export function asText(messages, stamp) {
    return messages.map(({ at, by, text }) => `[${stamp(at)}] ${by.name}: ${text.replace(/\n/g, "\n    ")}`).join("\n") + "\n";
}

