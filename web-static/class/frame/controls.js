// <class-controls>: the bottom bar. Hand and reactions for everybody; the class's switches for staff.
import { fill, h } from "../../base/dom.js";
import { confirm, openDialog } from "../../base/dialog.js";
import { register } from "../../base/keys.js";
import { t } from "../../base/i18n.js";
import { icon } from "../../base/icons.js";
import { attachMenu } from "../../base/menu.js";
import { toast } from "../../base/toast.js";
import { openStageDialog } from "./stage-dialog.js";
import { reasonText } from "./reasons.js";

const EMOJI = ["👍", "👏", "❤️", "😂", "😮", "🤔", "✅", "❌"];

/** The bottom bar; `start(room, {openQuiz})`. */
export class ClassControls extends HTMLElement {
    #room;
    #openQuiz;
    #built = null;

    start(room, { openQuiz }) {
        this.#room = room;
        this.#openQuiz = openQuiz;
        this.className = "class-controls";
        for (const subject of ["class", "locks", "draw", "hands", "me", "removed"]) room.on(subject, () => this.#draw());
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
        if (staff) parts.push(h("span.grow"), ...this.#staffParts());
        fill(this, parts);
        this.#built = staff;
    }

    #staffParts() {
        const question = h("button.button", { type: "button", onclick: () => this.#openQuiz() }, icon("quiz"), h("span.label", t("controls.open_question")));
        this.drawAll = h("button", { type: "button", onclick: () => this.#act("board.allow", { draw: "all" }) }, t("controls.draw_all"));
        this.drawStaff = h("button", { type: "button", onclick: () => this.#act("board.allow", { draw: "staff" }) }, t("controls.draw_staff"));
        const draw = h("div.segments", { role: "group", "aria-label": t("controls.draw") }, h("span.segments-label", icon("pen", { size: 16 }), t("controls.draw")), this.drawAll, this.drawStaff);
        this.lock = h("button.button", {
            type: "button", "aria-pressed": "false", onclick: () => this.#act("class.lock", { chat: !this.#room.state.locks.chat }),
        }, icon("lock"), h("span.label"));
        const more = h("button.button.icon", { type: "button", "aria-label": t("controls.more"), title: t("controls.more") }, icon("dots"));
        attachMenu(more, () => this.#menu());
        this.end = h("button.button.danger", { type: "button", onclick: () => this.#end() }, icon("stop"), h("span.label", t("controls.end")));
        return [question, draw, this.lock, more, this.end];
    }

    #menu() {
        const { locks } = this.#room.state;
        return [
            { label: t("controls.announce"), icon: "announce", run: () => this.#announce() },
            { label: t("controls.stage"), icon: "image", run: () => openStageDialog(this.#room) },
            "-",
            { label: t(locks.joining ? "controls.unlock_joining" : "controls.lock_joining"), icon: locks.joining ? "unlock" : "lock",
                run: () => this.#act("class.lock", { joining: !locks.joining }) },
            { label: t("controls.lower_all"), icon: "hand", disabled: this.#room.state.hands.length === 0,
                run: () => this.#room.state.hands.forEach(({ id }) => this.#act("hand.lower", { user: id })) },
        ];
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
        if (!me.staff) return;
        this.drawAll.setAttribute("aria-pressed", String(state.draw === "all"));
        this.drawStaff.setAttribute("aria-pressed", String(state.draw === "staff"));
        this.lock.setAttribute("aria-pressed", String(state.locks.chat));
        this.lock.querySelector(".label").textContent = t(state.locks.chat ? "controls.unlock_chat" : "controls.lock_chat");
        this.lock.querySelector("svg").replaceWith(icon(state.locks.chat ? "unlock" : "lock"));
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

    #announce() {
        const field = h("textarea.textarea", { id: "announce-text", rows: 3, maxlength: 1_000 });
        const send = h("button.button.primary", { type: "button", onclick: async () => {
            const text = field.value.trim();
            if (text === "") return;
            dialog.close();
            await this.#act("class.announce", { text });
        } }, t("controls.announce"));
        const dialog = openDialog({
            title: t("controls.announce"),
            body: h("div.field", h("label", { for: "announce-text" }, t("controls.announce_label")), field), foot: [send],
        });
    }

    async #end() {
        const yes = await confirm({ title: t("controls.end_title"), text: t("controls.end_text"), action: t("controls.end"), danger: true });
        if (yes) this.#act("class.end", {});
    }
}

customElements.define("class-controls", ClassControls);
