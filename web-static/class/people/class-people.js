// <class-people>: how many are here, whose hand is up, and for staff the roster with what one may do.
import { fill, h } from "../../base/dom.js";
import { t, time } from "../../base/i18n.js";
import { icon } from "../../base/icons.js";
import { later } from "../../base/later.js";
import { avatar } from "../../base/shell.js";
import { reasonText, toast } from "../../base/toast.js";

/** The people panel; `start(room)`. */
export class ClassPeople extends HTMLElement {
    #room;
    #roster = null;
    #rosters = later(() => import("./roster.js"));

    start(room) {
        this.#room = room;
        this.className = "class-people panel-scroll";
        this.count = h("p.people-count");
        this.hands = h("section.stack.tight");
        this.rosterHost = h("div");
        this.replaceChildren(this.count, this.hands, this.rosterHost);
        for (const subject of ["here", "class"]) room.on(subject, () => this.#drawCount());
        for (const subject of ["hands", "me", "class"]) room.on(subject, () => this.#drawHands());
        room.on("me", () => this.#drawRoster());
        room.on("people", () => this.#roster?.refreshSoon());
        room.on("hands", () => this.#roster?.refreshSoon());
        for (const subject of ["draw", "class"]) room.on(subject, () => this.#roster?.redraw());
        this.#drawCount();
        this.#drawHands();
        this.#drawRoster();
    }

    /** The panel came to sight or went: staff's roster is loaded with the first look. */
    shown(visible) {
        if (visible) this.#drawRoster();
        this.#roster?.shown(visible);
    }

    #drawCount() {
        const { here, known } = this.#room.state;
        this.count.hidden = !known;
        fill(this.count, icon("users"), h("span.strong.num", t("bar.here", { n: here })));
    }

    #drawHands() {
        const { hands } = this.#room.state;
        const { me } = this.#room;
        const focused = this.hands.contains(document.activeElement);
        fill(this.hands, h("h2.panel-title", t("people.hands"), hands.length > 0 && h("span.badge.accent", hands.length)),
            hands.length === 0 ? h("p.muted.small", t("people.no_hands")) : h("ol.hands", { role: "list" }, hands.map((hand, index) =>
                h("li.person", h("span.hand-place.num", index + 1), avatar(hand.name), h("span.grow.truncate", hand.id === me.id ? t("people.name_you", { name: hand.name }) : hand.name),
                    h("span.faint.small.num", time(hand.at)),
                    (me.staff || hand.id === me.id) && h("button.button.small", { type: "button", "aria-label": t("people.lower_of", { name: hand.name }), onclick: () => this.#lower(hand) }, t("people.lower"))))));
        if (focused) (this.hands.querySelector("button") ?? this.hands.closest("[role=tabpanel]"))?.focus();
    }

    async #lower({ id }) {
        const entry = await this.#room.act("hand.lower", id === this.#room.me.id ? {} : { user: id });
        if (entry.state !== "recorded") toast(reasonText(entry), { kind: "bad" });
    }

    #drawRoster() {
        const { staff } = this.#room.me;
        if (staff && !this.#roster && this.offsetParent !== null) {
            this.#rosters.use(({ Roster }) => {
                if (this.#roster) return;
                this.#roster = new Roster(this.#room);
                fill(this.rosterHost, this.#roster.element);
                this.#roster.shown(this.offsetParent !== null);
            });
        }
        if (!staff && this.rosterHost.childElementCount === 0) fill(this.rosterHost, h("p.muted.small", t("people.only_staff")));
    }
}

customElements.define("class-people", ClassPeople);
