// The class's switches in the bottom bar, for staff: ask, who may draw, lock the chat, announce, what is shown, end.
import { h } from "../../base/dom.js";
import { t } from "../../base/i18n.js";
import { icon } from "../../base/icons.js";
import { later } from "../../base/later.js";
import { attachMenu } from "../../base/menu.js";

/** The switches of one class; `elements` are put into the bar. `act(method, data)` does something and says a refusal. */
export class StaffControls {
    #room;
    #act;
    #dialogs = later(() => import("../../base/dialog.js"));
    #stages = later(() => import("./stage-dialog.js"));

    constructor(room, { act, openQuiz }) {
        this.#room = room;
        this.#act = act;
        const question = h("button.button", { type: "button", onclick: openQuiz }, icon("quiz"), h("span.label", t("controls.open_question")));
        this.drawAll = h("button", { type: "button", onclick: () => act("board.allow", { draw: "all" }) }, t("controls.draw_all"));
        this.drawStaff = h("button", { type: "button", onclick: () => act("board.allow", { draw: "staff" }) }, t("controls.draw_staff"));
        const draw = h("div.segments", { role: "group", "aria-label": t("controls.draw") }, h("span.segments-label", icon("pen", { size: 16 }), t("controls.draw")), this.drawAll, this.drawStaff);
        this.lock = h("button.button", {
            type: "button", "aria-pressed": "false", onclick: () => act("class.lock", { chat: !room.state.locks.chat }),
        }, icon("lock"), h("span.label"));
        const more = h("button.button.icon", { type: "button", "aria-label": t("controls.more"), title: t("controls.more") }, icon("dots"));
        attachMenu(more, () => this.#menu());
        const end = h("button.button.danger", { type: "button", onclick: () => this.#dialogs.use(({ confirm }) => this.#end(confirm)) }, icon("stop"), h("span.label", t("controls.end")));
        this.elements = [question, draw, this.lock, more, end];
        this.refresh();
    }

    /** Shows how the switches stand. */
    refresh() {
        const { draw, locks } = this.#room.state;
        this.drawAll.setAttribute("aria-pressed", String(draw === "all"));
        this.drawStaff.setAttribute("aria-pressed", String(draw === "staff"));
        this.lock.setAttribute("aria-pressed", String(locks.chat));
        this.lock.querySelector(".label").textContent = t(locks.chat ? "controls.unlock_chat" : "controls.lock_chat");
        this.lock.querySelector("svg").replaceWith(icon(locks.chat ? "unlock" : "lock"));
    }

    #menu() {
        const { locks, hands } = this.#room.state;
        return [
            { label: t("controls.announce"), icon: "announce", run: () => this.#dialogs.use(({ openDialog }) => this.#announce(openDialog)) },
            { label: t("controls.stage"), icon: "image", run: () => this.#stages.use(({ openStageDialog }) => openStageDialog(this.#room)) },
            "-",
            { label: t(locks.joining ? "controls.unlock_joining" : "controls.lock_joining"), icon: locks.joining ? "unlock" : "lock",
                run: () => this.#act("class.lock", { joining: !locks.joining }) },
            { label: t("controls.lower_all"), icon: "hand", disabled: hands.length === 0,
                run: () => this.#room.state.hands.forEach(({ id }) => this.#act("hand.lower", { user: id })) },
        ];
    }

    #announce(openDialog) {
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

    async #end(confirm) {
        const yes = await confirm({ title: t("controls.end_title"), text: t("controls.end_text"), action: t("controls.end"), danger: true });
        if (yes) this.#act("class.end", {});
    }
}
