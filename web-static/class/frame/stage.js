// <class-stage>: the whiteboard, or what is shown instead, and what floats over it.
import { fill, h } from "../../base/dom.js";
import { date, dateTime, t, time } from "../../base/i18n.js";
import { icon } from "../../base/icons.js";
import { busy } from "../../base/shell.js";
import { reasonText, toast } from "../../base/toast.js";

/** The stage; `start(room, board, card)`. */
export class ClassStage extends HTMLElement {
    #room;

    start(room, board, card) {
        this.#room = room;
        this.className = "class-stage";
        this.board = board;
        this.shown = h("div.stage-slot", { hidden: true });
        this.waiting = h("div.stage-waiting", { hidden: true });
        this.note = h("div.stage-note", { hidden: true, role: "status" });
        this.floats = h("div.stage-reactions", { "aria-hidden": "true" });
        this.append(board, this.shown, this.waiting, this.note, this.floats, card);
        for (const subject of ["stage", "class", "me"]) room.on(subject, () => this.#draw());
        room.on("here", () => { if (!this.waiting.hidden) this.#drawWaiting(); });
        room.on("announcement", (event) => this.#announce(event));
        room.on("reactions", (counts) => this.#react(counts));
        this.#draw();
    }

    #draw() {
        const { stage, state, known } = this.#room.state;
        const path = stage.kind === "board" ? null : ownPath(stage.url ?? "");
        this.waiting.hidden = state !== "scheduled";
        this.board.hidden = !known || path !== null || state === "scheduled";
        this.shown.hidden = path === null || state !== "live";
        if (path !== null && this.shown.dataset.path !== path) {
            this.shown.dataset.path = path;
            fill(this.shown, stage.kind === "video"
                ? h("video", { src: path, controls: true, "aria-label": t("stage.video") })
                : h("img", { src: path, alt: t("stage.slide_alt"), onerror: () => this.#missing() }));
        } else if (path === null) {
            delete this.shown.dataset.path;
            fill(this.shown);
        }
        if (state === "scheduled") this.#drawWaiting();
        if (state === "ended") this.note.hidden = true;
    }

    #missing() {
        fill(this.shown, h("div.state", icon("image", { size: 28 }), h("p.title", t("stage.missing"))));
    }

    #drawWaiting() {
        const { scheduledAt, title, here } = this.#room.state;
        const today = scheduledAt && date(scheduledAt) === date(this.#room.now());
        const when = scheduledAt ? t("waiting.starts", { time: today ? time(scheduledAt) : dateTime(scheduledAt) }) : t("waiting.soon");
        const start = this.#room.me.staff && h("button.button.primary.large", { type: "button", onclick: (event) => busy(event.currentTarget, async () => {
            const entry = await this.#room.act("class.start");
            if (entry.state !== "recorded") toast(reasonText(entry), { kind: "bad" });
        }) }, icon("play"), t("waiting.start"));
        const focused = this.waiting.contains(document.activeElement);
        fill(this.waiting, h("div.state.card", icon("calendar", { size: 28 }), h("h2.title", title), h("p.text", when),
            h("p.text.num", t("waiting.here", { n: here })), start || h("p.text.faint", t("waiting.stay"))));
        if (focused) this.waiting.querySelector("button")?.focus();
    }

    // Shown for as long as nobody closes it; the newest one replaces the one before.
    #announce() {
        const { announcement } = this.#room.state;
        this.note.hidden = !announcement || this.#room.state.state !== "live" || closedNote() === announcement.id;
        if (this.note.hidden) return;
        fill(this.note, icon("announce", { size: 16 }), h("p.grow", h("span.strong", announcement.by?.name ?? ""), " ", announcement.text),
            h("button.button.ghost.icon.small", { type: "button", "aria-label": t("action.close"), onclick: () => {
                this.note.hidden = true;
                closedNote(announcement.id);
            } }, icon("x", { size: 16 })));
    }

    #react(counts) {
        for (const [emoji, count] of Object.entries(counts)) {
            const float = h("span.float", h("span.emoji", emoji), count > 1 ? h("span.num", `×${count}`) : null);
            float.style.insetInlineStart = `${Math.round(Math.random() * 140)}px`;
            this.floats.append(float);
            setTimeout(() => float.remove(), 2_600);
        }
        while (this.floats.childElementCount > 24) this.floats.firstElementChild.remove();
    }
}

/** The path of an address on this server, or null for any other. */
export function ownPath(text) {
    try {
        const url = new URL(text, location.origin);
        return url.origin === location.origin ? url.pathname + url.search : null;
    } catch {
        return null;
    }
}

function closedNote(id) {
    try {
        if (id !== undefined) sessionStorage.setItem("cohort.note", String(id));
        return Number(sessionStorage.getItem("cohort.note"));
    } catch {
        return 0;
    }
}

customElements.define("class-stage", ClassStage);
