// <connection-bar>: says when the connection is gone, since when, what waits, and when it is tried again.
import { fill, h } from "../../base/dom.js";
import { list, t, timeSeconds } from "../../base/i18n.js";
import { icon } from "../../base/icons.js";

/** A short break is not worth a bar (ms). */
const PATIENCE = 600;

/** The bar under the top bar; empty and hidden while all is well. */
export class ConnectionBar extends HTMLElement {
    #room;
    #timer = 0;
    #shown = false;

    start(room) {
        this.#room = room;
        this.hidden = true;
        this.className = "connection-bar";
        this.text = h("span", { role: "status" });
        this.when = h("span.num", { "aria-hidden": "true" });
        this.again = h("button.button.small", { type: "button", onclick: () => this.#room.client.wake() }, t("connection.try_now"));
        this.append(icon("wifi-off", { size: 16 }), this.text, this.when, this.again);
        room.on("connection", () => this.#update());
        room.on("outbox", () => { if (this.#shown) this.#draw(); });
        room.on("resumed", () => this.#back());
        this.#update();
    }

    #update() {
        const { client, removed } = this.#room;
        clearTimeout(this.#timer);
        if (client.state !== "connecting" || removed) {
            // A final end has a card of its own over the stage.
            if (!this.#shown || client.state === "disconnected") this.hidden = true;
            return;
        }
        const wait = this.#shown ? 0 : PATIENCE;
        this.#timer = setTimeout(() => {
            this.#shown = true;
            this.hidden = false;
            this.className = "connection-bar";
            this.#draw();
            this.#tick();
        }, wait);
    }

    #draw() {
        const { client } = this.#room;
        const since = timeSeconds(client.lostSince ?? Date.now());
        const text = t("connection.lost_since", { time: since });
        const queued = queuedText(this.#room.waiting);
        fill(this.text, queued ? `${text} ${queued}` : text);
        this.again.hidden = false;
    }

    #tick() {
        if (!this.#shown || this.hidden) return;
        const { client } = this.#room;
        const seconds = client.retryAt ? Math.ceil((client.retryAt - Date.now()) / 1000) : 0;
        this.when.textContent = client.state !== "connecting" ? "" : seconds > 0 ? t("connection.next_try", { n: seconds }) : t(navigator.onLine ? "connection.trying" : "connection.no_network");
        setTimeout(() => this.#tick(), 500);
    }

    #back() {
        if (!this.#shown) return;
        this.#shown = false;
        this.className = "connection-bar good";
        this.hidden = false;
        this.again.hidden = true;
        this.when.textContent = "";
        fill(this.text, t("connection.back"));
        this.#timer = setTimeout(() => { this.hidden = true; }, 4_000);
    }
}

/** "2 messages and 1 answer will be sent as soon as you are back.", or an empty text. */
export function queuedText(waiting) {
    const parts = Object.entries(waiting).filter(([, n]) => n > 0).map(([kind, n]) => t(`connection.queued_${kind}`, { n }));
    return parts.length > 0 ? t("connection.queued", { what: list(parts) }) : "";
}

customElements.define("connection-bar", ConnectionBar);
