// Where a message is written: grows with it, replies and edits, and says why one may not write.
import { fill, h } from "../../base/dom.js";
import { t, time } from "../../base/i18n.js";
import { icon } from "../../base/icons.js";

/** The longest message, in characters. */
const MOST = 4_000;
/** The counter appears when this much is left. */
const COUNT_FROM = 300;
const DRAFT = "cohort.draft.";

/** The composer; `send(text, replyTo)`, `edit(message, text)`, `lastOwn()`. */
export class Composer {
    #room;
    #options;
    #mode = null;
    #draft = "";
    #timer = 0;

    constructor(room, options) {
        this.#room = room;
        this.#options = options;
        this.field = h("textarea.composer-field", {
            rows: 1, "aria-label": t("chat.write"), placeholder: t("chat.write"), "aria-describedby": "composer-counter", enterkeyhint: "send",
            oninput: () => this.#changed(), onkeydown: (event) => this.#key(event),
        });
        this.button = h("button.button.primary.icon", { type: "submit", "aria-label": t("chat.send"), title: t("chat.send") }, icon("send"));
        this.about = h("div.composer-about", { hidden: true });
        this.counter = h("span.composer-counter.num", { id: "composer-counter", hidden: true });
        this.closed = h("p.notice.composer-closed", { hidden: true, role: "status" });
        this.form = h("form.composer", { onsubmit: (event) => {
            event.preventDefault();
            this.#submit();
        } }, this.about, h("div.composer-row", this.field, this.button), this.counter);
        this.element = h("div.composer-area", this.closed, this.form);
        for (const subject of ["locks", "class", "me", "removed"]) room.on(subject, () => this.#allowed());
        this.field.value = stored(room.classId);
        this.#allowed();
        // A draft that was kept is measured once the field is in the page.
        if (this.field.value !== "") queueMicrotask(() => this.#changed());
    }

    /** Answers a message. */
    reply(message) {
        this.#enter({ kind: "reply", message });
    }

    /** Changes an own message. */
    edit(message) {
        this.#draft = this.field.value;
        this.#enter({ kind: "edit", message });
        this.field.value = message.text;
        this.field.setSelectionRange(message.text.length, message.text.length);
        this.#changed();
    }

    #enter(mode) {
        this.#mode = mode;
        const { kind, message } = mode;
        fill(this.about, icon(kind, { size: 14 }), h("span.truncate", kind === "reply"
            ? t("chat.replying", { name: message.by.name, text: message.text }) : t("chat.editing")),
        h("button.button.ghost.icon.small", { type: "button", "aria-label": t("action.cancel"), onclick: () => this.#leave() }, icon("x", { size: 14 })));
        this.about.hidden = false;
        this.field.focus();
    }

    #leave() {
        if (this.#mode?.kind === "edit") this.field.value = this.#draft;
        this.#draft = "";
        this.#mode = null;
        this.about.hidden = true;
        this.#changed();
        this.field.focus();
    }

    #key(event) {
        if (event.isComposing) return;
        if (event.key === "Enter" && !event.shiftKey) {
            event.preventDefault();
            this.#submit();
        } else if (event.key === "Escape" && this.#mode) {
            event.preventDefault();
            event.stopPropagation();
            this.#leave();
        } else if (event.key === "Escape") {
            // Out of the field, so that single keys work again.
            this.field.blur();
        } else if (event.key === "ArrowUp" && this.field.value === "" && !this.#mode) {
            const message = this.#options.lastOwn();
            if (!message) return;
            event.preventDefault();
            this.edit(message);
        }
    }

    #submit() {
        const text = this.field.value.trim();
        if (text === "" || length(text) > MOST || this.field.disabled) return;
        const mode = this.#mode;
        if (mode?.kind === "edit") {
            if (text !== mode.message.text) this.#options.edit(mode.message, text);
            this.#leave();
            return;
        }
        this.#options.send(text, mode?.message.id);
        this.field.value = "";
        this.#mode = null;
        this.about.hidden = true;
        this.#changed();
    }

    #changed() {
        const { field } = this;
        field.style.height = "auto";
        // An empty field has its one row without being measured.
        if (field.value !== "" && field.scrollHeight > 0) field.style.height = `${Math.min(160, field.scrollHeight + 2)}px`;
        const left = MOST - length(field.value);
        this.counter.hidden = left > COUNT_FROM;
        this.counter.classList.toggle("is-over", left < 0);
        if (!this.counter.hidden) this.counter.textContent = left < 0 ? t("chat.too_long", { n: -left }) : t("chat.left", { n: left });
        field.setAttribute("aria-invalid", String(left < 0));
        if (this.#mode?.kind !== "edit") store(this.#room.classId, field.value);
    }

    #allowed() {
        const { state, me, removed, muted } = this.#room;
        clearTimeout(this.#timer);
        let why = null;
        if (removed) why = t("chat.closed_removed");
        else if (state.state === "ended") why = t("chat.closed_ended");
        else if (state.state === "scheduled") why = t("chat.closed_scheduled");
        else if (muted) {
            why = t("chat.closed_muted", { time: time(me.mutedUntil) });
            this.#timer = setTimeout(() => this.#allowed(), Math.min(60_000, me.mutedUntil - this.#room.now() + 200));
        } else if (state.locks.chat && !me.staff) why = t("chat.closed_locked");
        this.closed.hidden = why === null;
        this.form.hidden = why !== null;
        this.field.disabled = why !== null;
        if (why !== null) fill(this.closed, icon(muted ? "mute" : "lock", { size: 16 }), why);
    }
}

/** Characters as people count them, near enough: code points. */
function length(text) {
    return [...text].length;
}

function stored(classId) {
    try {
        return sessionStorage.getItem(DRAFT + classId) ?? "";
    } catch {
        return "";
    }
}

function store(classId, text) {
    try {
        if (text === "") sessionStorage.removeItem(DRAFT + classId);
        else sessionStorage.setItem(DRAFT + classId, text);
    } catch {
        // The draft then does not survive a reload.
    }
}
