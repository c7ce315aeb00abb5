// <class-bar>: course and class, how long it has been live, how many are here, how the connection is.
import { fill, h } from "../../base/dom.js";
import { clock, number, t, timeSeconds } from "../../base/i18n.js";
import { icon } from "../../base/icons.js";
import { brand, crumbTrail, setTitle, userMenu } from "../../base/shell.js";

/** The class page's bar; `start(room, session)` fills the page's `header.top`. */
export class ClassBar extends HTMLElement {
    #room;
    #session;

    start(room, session) {
        this.#room = room;
        this.#session = session;
        this.trail = h("div.grow");
        this.duration = h("span.num", { role: "timer" });
        this.live = h("span.class-live", { hidden: true }, h("span.dot.live"), h("span.class-live-word", t("bar.live")), this.duration);
        this.hereText = h("span");
        this.here = h("span.class-here.num", icon("users", { size: 14 }), this.hereText);
        this.sign = h("span.dot");
        this.signText = h("span.class-sign-text");
        this.connection = h("span.class-sign", { role: "status" }, this.sign, this.signText);
        this.heading = h("h1.visually-hidden", document.title);
        this.append(brand(session), this.heading, this.trail, this.live, this.here, this.connection, h("div.end", userMenu(session)));
        room.on("class", () => {
            this.#drawNames();
            this.#draw();
        });
        room.on("here", () => this.#draw());
        room.on("connection", () => this.#drawConnection());
        this.#drawNames();
        this.#draw();
        this.#drawConnection();
        setInterval(() => this.#tick(), 1_000);
    }

    #drawNames() {
        const { known, title, course } = this.#room.state;
        if (!known) return;
        setTitle(title);
        this.heading.textContent = title;
        fill(this.trail, crumbTrail([{ label: course?.name ?? "", href: `/courses/${this.#room.courseId}` }, { label: title }]));
    }

    #draw() {
        const { state } = this.#room;
        this.live.hidden = state.state !== "live";
        this.here.hidden = !state.known || state.state === "ended";
        if (!state.known) return;
        // Oneself is here before the first count comes.
        const here = Math.max(state.here, this.#room.connected ? 1 : 0);
        this.hereText.textContent = this.here.title = t("bar.here", { n: here });
        this.here.dataset.short = number(here);
        this.#tick();
    }

    #tick() {
        const { startedAt, state } = this.#room.state;
        if (state === "live" && startedAt) this.duration.textContent = clock((this.#room.now() - startedAt) / 1000);
    }

    #drawConnection() {
        const { client } = this.#room;
        const kind = client.state === "connected" ? "good" : client.state === "connecting" ? "warn" : "bad";
        this.sign.className = `dot ${kind}`;
        this.signText.textContent = t(`connection.${client.state}`);
        // Before the class was ever there, nothing is lost yet.
        this.connection.title = this.#room.state.known && client.lostSince && client.state !== "connected"
            ? t("connection.since", { time: timeSeconds(client.lostSince) }) : t(`connection.${client.state}`);
    }
}

customElements.define("class-bar", ClassBar);
