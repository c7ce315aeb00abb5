// The tools at the left edge, for those who may draw: what to draw with, its colour and width, undo.
import { h, roving } from "../../base/dom.js";
import { t } from "../../base/i18n.js";
import { icon } from "../../base/icons.js";
import { COLORS, SIZES } from "./paint.js";

/** The tools in the order of their keys, 1 to 8; 9 is the ink. */
export const TOOLS = Object.freeze([
    { id: "pen", icon: "pen" }, { id: "line", icon: "line" }, { id: "rect", icon: "rect" }, { id: "ellipse", icon: "ellipse" },
    { id: "text", icon: "text" }, { id: "eraser", icon: "eraser" }, { id: "select", icon: "cursor" }, { id: "pan", icon: "hand" },
]);

/**
 * Puts the tools of a board before what is in `host`.
 *
 * `desk` is the board: `style`, `choose(changes)`, `undo()`, `redo()`, `removeSelection()`. Returns `refresh()`, to be
 * called when the style, the selection or the permission changed.
 */
export function drawToolbar(host, desk) {
    const tools = TOOLS.map((tool, index) => h("button.tool", {
        type: "button", role: "radio", "aria-label": t(`board.tool.${tool.id}`), title: `${t(`board.tool.${tool.id}`)} (${index + 1})`,
        onclick: () => desk.choose({ tool: tool.id }), dataset: { tool: tool.id },
    }, icon(tool.icon, { size: 20 })));
    const swatch = h("span.swatch-now");
    const inkButton = h("button.tool", { type: "button", "aria-haspopup": "dialog", "aria-expanded": "false", title: `${t("board.ink")} (9)` }, swatch);
    const undo = button("undo", "board.undo", () => desk.undo());
    const redo = button("redo", "board.redo", () => desk.redo());
    const remove = button("trash", "board.delete", () => desk.removeSelection());
    const group = h("div.tool-group", { role: "radiogroup", "aria-label": t("board.tools") }, tools);
    const lines = [h("hr"), h("hr")];
    host.prepend(group, lines[0], inkButton, lines[1], undo, redo, remove);
    const order = roving(group, () => tools, { axis: "both" });
    attachInk(host, inkButton, desk);

    return () => {
        const { tool, color, size } = desk.style;
        for (const element of tools) {
            const { tool: id } = element.dataset;
            element.setAttribute("aria-checked", String(id === tool));
        }
        // Those who may not draw any more pan with whatever they hold.
        for (const element of [group, inkButton, undo, redo, ...lines]) element.hidden = !desk.mayDraw;
        remove.hidden = desk.selection.ids.size === 0 || !desk.mayDraw;
        inkButton.setAttribute("aria-label", t("board.ink_now", { color: t(`board.color.${color}`), size: t(`board.size.${size}`) }));
        swatch.dataset.color = color;
        swatch.dataset.size = String(SIZES.indexOf(size) + 1);
        order();
    };
}

function button(sign, key, run) {
    return h("button.tool", { type: "button", "aria-label": t(key), title: t(key), onclick: run ?? null }, icon(sign, { size: 20 }));
}

// The small window with colours, widths and filling.
function attachInk(host, opener, desk) {
    let panel = null;
    opener.addEventListener("click", () => {
        if (panel) {
            panel.hidePopover();
            return;
        }
        const choice = (name, value, label, inside) => h("button.swatch", {
            type: "button", role: "radio", "aria-checked": String(desk.style[name] === value), "aria-label": label, title: label,
            onclick: (event) => {
                desk.choose({ [name]: value });
                for (const other of event.currentTarget.parentElement.children) other.setAttribute("aria-checked", String(other === event.currentTarget));
            },
        }, inside);
        const colors = h("div.swatches", { role: "radiogroup", "aria-label": t("board.color") }, Object.keys(COLORS).map((color) =>
            choice("color", color, t(`board.color.${color}`), h("span.swatch-dot", { dataset: { color } }))));
        const sizes = h("div.swatches", { role: "radiogroup", "aria-label": t("board.size") }, SIZES.map((size, index) =>
            choice("size", size, t(`board.size.${size}`), h("span.swatch-line", { dataset: { size: index + 1 } }))));
        const filled = h("input", { type: "checkbox", ".checked": desk.style.fill, onchange: () => desk.choose({ fill: filled.checked }) });
        panel = h("div.ink-panel", { popover: "auto", role: "dialog", "aria-label": t("board.ink") }, colors, sizes,
            h("label.check", filled, t("board.fill")));
        for (const group of [colors, sizes]) roving(group, () => [...group.children], { axis: "both" });
        opener.after(panel);
        opener.setAttribute("aria-expanded", "true");
        const mine = panel;
        mine.addEventListener("toggle", (event) => {
            if (event.newState !== "closed") return;
            opener.setAttribute("aria-expanded", "false");
            if (mine.contains(document.activeElement) || document.activeElement === document.body) opener.focus();
            setTimeout(() => {
                if (panel === mine) panel = null;
                mine.remove();
            }, 0);
        });
        mine.showPopover();
        const box = opener.getBoundingClientRect();
        const size = mine.getBoundingClientRect();
        const vertical = host.getBoundingClientRect().height > host.getBoundingClientRect().width;
        const left = vertical ? box.right + 10 : Math.min(box.left, innerWidth - size.width - 8);
        const top = vertical ? Math.min(box.top, innerHeight - size.height - 8) : box.bottom + 10;
        const mirrored = vertical && getComputedStyle(host).direction === "rtl" ? box.left - 10 - size.width : left;
        Object.assign(mine.style, { left: `${Math.max(8, mirrored)}px`, top: `${Math.min(top, innerHeight - size.height - 8)}px` });
        (mine.querySelector('[aria-checked="true"]') ?? mine.querySelector("button")).focus();
    });
}
