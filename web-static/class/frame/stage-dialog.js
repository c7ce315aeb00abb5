// What the stage shows: the whiteboard, a picture or a video of this server.
import { h } from "../../base/dom.js";
import { openDialog } from "../../base/dialog.js";
import { t } from "../../base/i18n.js";
import { reasonText, toast } from "../../base/toast.js";
import { ownPath } from "./stage.js";

/** Lets staff choose. */
export function openStageDialog(room) {
    const { stage } = room.state;
    const kinds = ["board", "slide", "video"].map((kind) => h("label.check", h("input", {
        type: "radio", name: "stage", value: kind, ".checked": stage.kind === kind, onchange: () => update(),
    }), t(`stage.${kind}`)));
    const url = h("input.input", { id: "stage-url", ".value": stage.url ?? "", placeholder: "/files/slide-1.png", "aria-describedby": "stage-hint" });
    const problem = h("p.problem", { role: "alert", hidden: true }, t("stage.foreign"));
    const field = h("div.field", h("label", { for: "stage-url" }, t("stage.url")), url, h("p.hint", { id: "stage-hint" }, t("stage.hint")), problem);
    const chosen = () => kinds.map((label) => label.firstChild).find((input) => input.checked)?.value ?? "board";
    const update = () => { field.hidden = chosen() === "board"; };
    const show = h("button.button.primary", { type: "button", onclick: async () => {
        const kind = chosen();
        const path = kind === "board" ? null : ownPath(url.value.trim());
        problem.hidden = kind === "board" || (path !== null && url.value.trim() !== "");
        if (!problem.hidden) return;
        dialog.close();
        const entry = await room.act("stage.show", { stage: { kind, ...(path ? { url: path } : {}) } });
        if (entry.state !== "recorded") toast(reasonText(entry), { kind: "bad" });
    } }, t("stage.show"));
    const dialog = openDialog({ title: t("controls.stage"), body: h("div.stack", h("div.stack.tight", { role: "radiogroup", "aria-label": t("controls.stage") }, kinds), field), foot: [show] });
    update();
}
