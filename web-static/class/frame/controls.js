// <class-controls>: the bottom bar. Hand and reactions for everybody; staff's switches come in beside them.
import { fill, h } from "../../base/dom.js";
import { register } from "../../base/keys.js";
import { t } from "../../base/i18n.js";
import { icon } from "../../base/icons.js";
import { later } from "../../base/later.js";
import { reasonText, toast } from "../../base/toast.js";

const EMOJI = ["👍", "👏", "❤️", "😂", "😮", "🤔", "✅", "❌"];

/** The bottom bar; `start(room, {openQuiz})`. */
export class ClassControls extends HTMLElement {
    #room;
    #openQuiz;
    #built = null;
    #switches = null;
    #staff = later(() => import("./staff-controls.js"));

    start(room, { openQuiz }) {
        this.#room = room;
        this.#openQuiz = openQuiz;
        this.className = "class-controls";
        for (const subject of ["class", "locks", "draw", "hands", "me", "removed"]) room.on(subject, () => this.#draw());
        if (room.me.staff) this.#staff.ahead();
        const group = t("controls.keys");
        const live = () => room.state.state === "live" && !room.removed;
        register({ key: "h", group, label: t("controls.hand_key"), run: () => this.#hand(), when: live });
        register({ key: "q", group, label: t("controls.open_question"), run: () => openQuiz(), when: () => live() && room.me.staff });
        this.#draw();
    }

    /** Does something for staff, and says so when it was refused. */
    async #act(method, data) {
        const entry = await this.#room.act(method, data);
        if (entry.state !== "recorded") toast(reasonText(entry), { kind: "bad" });
        return entry;
    }

    #build(staff) {
        this.hand = h("button.button", { type: "button", "aria-pressed": "false", onclick: () => this.#hand() }, icon("hand"), h("span.label"));
        this.react = h("button.button", { type: "button", "aria-haspopup": "menu", "aria-expanded": "false", onclick: () => this.#toggleReactions() },
            icon("smile"), h("span.label", t("controls.react")));
        this.reactions = null;
        const parts = [this.hand, h("div.react-anchor", this.react)];
        fill(this, parts);
        this.#built = staff;
        this.#switches = null;
        if (staff) this.#staff.use(({ StaffControls }) => this.#addSwitches(StaffControls));
    }

    #draw() {
        const { state, me, removed } = this.#room;
        this.hidden = state.state !== "live" || Boolean(removed);
        if (this.hidden) return;
        if (this.#built !== me.staff) this.#build(me.staff);
        const up = this.#room.handUp;
        this.hand.setAttribute("aria-pressed", String(up));
        this.hand.hidden = me.staff;
        this.hand.querySelector(".label").textContent = t(up ? "controls.hand_down" : "controls.hand_up");
        this.react.disabled = this.#room.muted;
        this.hand.disabled = this.#room.muted && !up;
        this.#switches?.refresh();
    }

    #addSwitches(StaffControls) {
        // The role may have changed while they were on their way.
        if (!this.#built || this.#switches) return;
        this.#switches = new StaffControls(this.#room, { act: (method, data) => this.#act(method, data), openQuiz: () => this.#openQuiz() });
        this.append(h("span.grow"), ...this.#switches.elements);
    }

    #hand() {
        if (this.#room.me.staff || (this.#room.muted && !this.#room.handUp)) return;
        this.#act(this.#room.handUp ? "hand.lower" : "hand.raise", {});
    }

    #toggleReactions() {
        if (this.reactions) {
            this.reactions.hidePopover();
            return;
        }
        const panel = h("div.reactions", { popover: "auto", role: "group", "aria-label": t("controls.react") }, EMOJI.map((emoji) =>
            h("button.button.ghost.icon", { type: "button", "aria-label": t("controls.react_with", { emoji }), onclick: () => {
                this.#act("react", { emoji });
                panel.hidePopover();
            } }, h("span.emoji", emoji))));
        this.react.after(panel);
        this.reactions = panel;
        this.react.setAttribute("aria-expanded", "true");
        panel.addEventListener("toggle", (event) => {
            if (event.newState !== "closed") return;
            this.react.setAttribute("aria-expanded", "false");
            this.react.focus();
            setTimeout(() => {
                this.reactions = null;
                panel.remove();
            }, 0);
        });
        panel.showPopover();
        const box = this.react.getBoundingClientRect();
        const size = panel.getBoundingClientRect();
        Object.assign(panel.style, {
            left: `${Math.max(8, Math.min(box.left, innerWidth - size.width - 8))}px`, top: `${box.top - size.height - 8}px`,
        });
        panel.querySelector("button").focus();
    }
}

customElements.define("class-controls", ClassControls);
