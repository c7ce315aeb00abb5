// Dragging: the mouse's way to what the menus and Alt with the arrow keys do.

import { h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { moveTo, placeItem, placeModule } from "./order.js";
import { view } from "./state.js";

let dragged = null;
/** What one takes hold of; `kind` is "module" or "item". */
export const grip = (kind, id) => h("span.grip", { "aria-hidden": "true", draggable: "true",
    ondragstart: (event) => {
        dragged = { kind, id };
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", String(id));
        event.dataTransfer.setDragImage(event.currentTarget.closest("li"), 12, 12);
    },
    ondragend: () => {
        dragged = null;
        for (const mark of document.querySelectorAll("[data-drop]")) delete mark.dataset.drop;
    } }, icon("grip", { size: 16 }));

/** Lets modules and items be dropped on a module's card. */
export function dropTarget(card, module) {
    const target = (event) => {
        if (!dragged) return null;
        if (dragged.kind === "module") return { element: card, after: isAfter(event, card) };
        const row = event.target.closest?.(".module-item");
        return row ? { element: row, row, after: isAfter(event, row) } : { element: card.querySelector(".module-head"), after: true, end: true };
    };
    card.addEventListener("dragover", (event) => {
        const place = target(event);
        if (!place) return;
        event.preventDefault();
        for (const mark of document.querySelectorAll("[data-drop]")) delete mark.dataset.drop;
        place.element.dataset.drop = place.after ? "after" : "before";
    });
    card.addEventListener("drop", (event) => {
        const place = target(event);
        if (!place) return;
        event.preventDefault();
        if (dragged.kind === "module") {
            const taken = view.modules.find((other) => other.id === dragged.id);
            const rest = view.modules.filter((other) => other !== taken);
            placeModule(taken, rest.indexOf(module) + (place.after ? 1 : 0) || 0);
            return;
        }
        const from = view.modules.find((other) => other.items.some((item) => item.id === dragged.id));
        const item = from.items.find((other) => other.id === dragged.id);
        const rest = module.items.filter((other) => other !== item);
        const at = place.row ? rest.findIndex((other) => other.id === Number(place.row.dataset.item)) + (place.after ? 1 : 0) : rest.length;
        if (from === module) placeItem(item, module, Math.max(0, at));
        else moveTo(item, from, module, Math.max(0, at));
    });
}
const isAfter = (event, element) => {
    const box = element.getBoundingClientRect();
    return event.clientY > box.top + box.height / 2;
};
