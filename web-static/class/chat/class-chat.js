// <class-chat>: the chat of a class, with pinned messages above and the composer below.
import { fill, h } from "../../base/dom.js";
import { t } from "../../base/i18n.js";
import { icon } from "../../base/icons.js";
import { later } from "../../base/later.js";
import { reasonText, toast } from "../../base/toast.js";
import { ChatList } from "./chat-list.js";
import { Composer } from "./composer.js";

/** The chat panel; `start(room)`. */
export class ClassChat extends HTMLElement {
    #room;
    #dialogs = later(() => import("../../base/dialog.js"));

    start(room) {
        this.#room = room;
        this.className = "class-chat";
        this.pins = h("div.chat-pins", { hidden: true });
        this.list = new ChatList(room, {
            actions: (message) => this.#actions(message),
            retry: (key) => {
                room.chat.drop(key);
                room.outbox.retry(key);
            },
            drop: (key) => {
                room.outbox.forget(key);
                room.chat.drop(key);
            },
        });
        this.composer = new Composer(room, {
            send: (text, replyTo) => {
                room.chat.clearAway();
                room.put("chat.send", { text, ...(replyTo ? { reply_to: replyTo } : {}) });
                this.list.toEnd();
            },
            edit: (message, text) => this.#act("chat.edit", { message: message.id, text }),
            lastOwn: () => room.chat.messages.findLast(({ by }) => by.id === room.me.id),
        });
        this.append(this.pins, this.list.element, this.composer.element);
        for (const event of ["pinned", "reset", "changed", "removed"]) room.chat.on(event, () => this.#drawPins());
        room.on("me", () => this.#drawPins());
    }

    /** Puts the cursor where one writes. */
    focusField() {
        this.composer.field.focus();
    }

    #actions(message) {
        const { me, state } = this.#room;
        if (state.state !== "live" || this.#room.removed) return [];
        const own = message.by.id === me.id;
        const mayWrite = me.staff || (!state.locks.chat && !this.#room.muted);
        const pinned = this.#room.chat.pinned.includes(message.id);
        return [
            mayWrite && { label: t("chat.reply"), icon: "reply", run: () => this.composer.reply(message) },
            own && mayWrite && { label: t("action.edit"), icon: "edit", run: () => this.composer.edit(message) },
            { label: t("chat.copy"), icon: "copy", run: () => navigator.clipboard?.writeText(message.text) },
            me.staff && { label: t(pinned ? "chat.unpin" : "chat.pin"), icon: "pin", run: () => this.#act("chat.pin", { message: message.id, pinned: !pinned }) },
            (own || me.staff) && { label: t("action.delete"), icon: "trash", danger: true, run: () => this.#delete(message) },
        ].filter(Boolean);
    }

    #delete(message) {
        this.#dialogs.use(async ({ confirm }) => {
            const yes = await confirm({ title: t("chat.delete_title"), text: message.text.slice(0, 200), action: t("action.delete"), danger: true });
            if (yes) this.#act("chat.delete", { message: message.id });
        });
    }

    async #act(method, data) {
        const entry = await this.#room.outbox.call(method, data);
        if (entry.state === "recorded") return;
        toast(t("chat.not_done", { reason: reasonText(entry) }), { kind: "bad" });
    }

    #drawPins() {
        const { chat, me } = this.#room;
        const pinned = chat.pinned.map((id) => chat.message(id)).filter(Boolean);
        this.pins.hidden = pinned.length === 0;
        fill(this.pins, pinned.slice(-3).map((message) => h("div.chat-pin",
            icon("pin", { size: 14, label: t("chat.pinned") }),
            h("button.chat-pin-text", { type: "button", onclick: () => this.list.jumpTo(message.id) },
                h("span.strong", message.by.name), h("span.truncate", message.text)),
            me.staff && h("button.button.ghost.icon.small", { type: "button", "aria-label": t("chat.unpin"), onclick: () => this.#act("chat.pin", { message: message.id, pinned: false }) }, icon("x", { size: 14 })))));
    }
}

customElements.define("class-chat", ClassChat);
