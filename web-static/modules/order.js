// The order of modules and items: shown at once, sent one after the other.

import { put } from "../base/api.js";
import { t } from "../base/i18n.js";
import { toastError } from "../base/toast.js";
import { moved } from "../frame/items.js";
import { course, folded, redraw, reload, view } from "./state.js";

/** Alt with the arrow keys moves; `move` gets -1 or 1. */
export function moveKeys(event, move) {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    move(event.key === "ArrowUp" ? -1 : 1);
}

// Moves are shown at once and sent one after the other; the server's order is read again when one fails.
let sending = Promise.resolve();
function send(work) {
    sending = sending.then(work).catch(async (error) => {
        toastError(error);
        await reload();
    });
}

function say(key, values) {
    view.said = t(key, values);
    const place = document.getElementById("said");
    if (place) place.textContent = view.said;
}

/** Moves a module by steps. */
export function moveModule(module, step) {
    const from = view.modules.indexOf(module);
    placeModule(module, from + step);
}

/** Puts a module at a place, counted from 0. */
export function placeModule(module, to) {
    const from = view.modules.indexOf(module);
    if (to < 0 || to >= view.modules.length || to === from) return;
    view.modules = moved(view.modules, from, to);
    redraw();
    say("modules.moved", { name: module.name, n: to + 1, all: view.modules.length });
    send(() => put(course.api(`/modules/${module.id}`), { module: { position: to + 1 } }));
}

/** Moves an item by steps within its module. */
export function moveItem(item, module, step) {
    placeItem(item, module, module.items.indexOf(item) + step);
}

/** Puts an item at a place of its module. */
export function placeItem(item, module, to) {
    const from = module.items.indexOf(item);
    if (to < 0 || to >= module.items.length || to === from) return;
    module.items = moved(module.items, from, to);
    redraw();
    say("modules.moved", { name: item.title, n: to + 1, all: module.items.length });
    send(() => put(course.api(`/modules/${module.id}/items/${item.id}`), { module_item: { position: to + 1 } }));
}

/** Puts an item into another module; at its end without a place. */
export function moveTo(item, from, to, place) {
    from.items = from.items.filter((other) => other !== item);
    const at = place ?? to.items.length;
    to.items = [...to.items.slice(0, at), { ...item, module_id: to.id }, ...to.items.slice(at)];
    folded.delete(to.id);
    redraw();
    say("modules.moved_to", { name: item.title, module: to.name });
    send(() => put(course.api(`/modules/${from.id}/items/${item.id}`), { module_item: { module_id: to.id, position: at + 1 } }));
}
