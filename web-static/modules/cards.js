// A module as a card: its state, what it waits for, its items, and for staff all that arranges them.

import { put } from "../base/api.js";
import { h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { dateTime, list as joined, number, t } from "../base/i18n.js";
import { attachMenu } from "../base/menu.js";
import { busy } from "../base/shell.js";
import { toastError } from "../base/toast.js";
import { ITEM_SIGNS, itemPath, lockReason, progress } from "../frame/items.js";
import { addItem, change, editItem, editModule, markDone, relock, removeItem, removeModule } from "./actions.js";
import { dropTarget, grip } from "./drag.js";
import { moveItem, moveKeys, moveModule, moveTo } from "./order.js";
import { course, folded, gone, keepFolds, load, redraw, staff, student, view } from "./state.js";

/** A module with its items; `at` is its place among those that are `shown`. */
export function moduleCard(module, at, shown) {
    const open = !folded.has(module.id);
    const far = progress(module);
    const locked = lockReason(module, view.modules, Date.now());
    const items = module.items.filter((item) => !gone.has(`i${item.id}`));
    const hidden = staff && !module.published;
    const name = h("button.module-name", { type: "button", "aria-expanded": String(open), "aria-controls": `items-${module.id}`, dataset: { key: `m${module.id}`, row: "" },
        onclick: () => fold(module), onkeydown: (event) => staff && moveKeys(event, (step) => moveModule(module, step)) },
    icon(open ? "chevron-down" : "chevron-right", { size: 16 }), h("span", module.name));
    const card = h("li.card.module", { id: `module-${module.id}`, class: hidden ? "hidden-module" : "", dataset: { module: module.id } },
        h("div.module-head",
            staff && grip("module", module.id),
            h("h2.grow", name),
            h("div.module-marks",
                student() && module.state && h("span.badge", { class: { completed: "good", started: "accent", locked: "", unlocked: "" }[module.state] ?? "" },
                    module.state === "completed" && icon("check", { size: 13 }), module.state === "locked" && icon("lock", { size: 13 }), t(`modules.${module.state}`)),
                student() && far && module.state !== "completed" && h("span.small.muted.num", t("modules.far", { done: far.done, n: far.all })),
                staff && publishButton(module, `m${module.id}`, t("modules.publish_module", { name: module.name }), (published) => put(course.api(`/modules/${module.id}`), { module: { published } })),
                staff && h("button.button.ghost.icon.small", { type: "button", "aria-label": t("modules.add_item_to", { name: module.name }), dataset: { key: `add${module.id}` }, onclick: () => addItem(module) }, icon("plus", { size: 16 })),
                staff && menuButton(t("modules.more", { name: module.name }), `mm${module.id}`, () => [
                    { label: t("action.edit"), icon: "edit", run: () => editModule(module) },
                    { label: t("modules.add_item"), icon: "plus", run: () => addItem(module) },
                    "-",
                    { label: t("action.move_up"), icon: "arrow-up", disabled: at === 0, run: () => moveModule(module, -1) },
                    { label: t("action.move_down"), icon: "arrow-down", disabled: at === shown.length - 1, run: () => moveModule(module, 1) },
                    { label: t("modules.relock"), icon: "lock", run: () => relock(module) },
                    "-",
                    { label: t("action.delete"), icon: "trash", danger: true, run: () => removeModule(module) },
                ]))),
        notes(module, locked),
        h("ol.module-items", { role: "list", id: `items-${module.id}`, hidden: !open, "aria-label": module.name },
            items.map((item, place) => itemRow(item, module, place, items, Boolean(locked) && !staff)),
            items.length === 0 && h("li.module-empty.small.faint", t(staff ? "modules.empty_staff" : "modules.empty"))));
    if (staff) dropTarget(card, module);
    return card;
}

function notes(module, locked) {
    const lines = [];
    if (locked?.kind === "date") lines.push([icon("clock", { size: 14 }), t("modules.opens", { when: dateTime(locked.at) })]);
    if (locked?.kind === "modules") lines.push([icon("lock", { size: 14 }), locked.names.length > 0 ? t("modules.first", { names: joined(locked.names) }) : t("modules.locked_now")]);
    if (!locked || staff) {
        const names = module.prerequisite_module_ids.map((id) => view.modules.find((other) => other.id === id)?.name).filter(Boolean);
        if (names.length > 0 && staff) lines.push([icon("link", { size: 14 }), t("modules.after", { names: joined(names) })]);
    }
    if (module.require_sequential_progress) lines.push([icon("list", { size: 14 }), t("modules.in_order")]);
    return lines.length > 0 && h("div.module-notes", lines.map(([sign, text]) => h("span", sign, text)));
}

function itemRow(item, module, at, items, moduleLocked) {
    const wish = item.completion_requirement;
    const locked = !staff && (moduleLocked || item.content_details?.locked_for_user === true);
    const heading = item.type === "SubHeader";
    const path = locked ? null : itemPath(course.id, item);
    const due = item.content_details?.due_at;
    const title = path
        ? h("a", { href: path, dataset: { key: `i${item.id}`, row: "" }, onkeydown: (event) => staff && moveKeys(event, (step) => moveItem(item, module, step)) }, item.title)
        : h("span", { tabindex: heading && !staff ? null : "0", dataset: { key: `i${item.id}`, row: "" }, class: locked ? "faint" : "", onkeydown: (event) => staff && moveKeys(event, (step) => moveItem(item, module, step)) }, item.title);
    const meta = [
        wish && !heading && h("span.need", { class: wish.completed ? "met" : "" }, wish.completed ? t("sequence.done") : t(`need.${wish.type}`, { n: wish.min_score ?? 0 })),
        due && h("span", t("modules.due", { when: dateTime(due) })),
        item.content_details?.points_possible > 0 && h("span", t("modules.points", { n: item.content_details.points_possible, points: number(item.content_details.points_possible) })),
        locked && !moduleLocked && h("span", lockedText(item, module)),
    ].filter(Boolean);
    const row = h("li.item.module-item", { class: [heading ? "heading" : "", staff && item.published === false ? "unpublished" : ""].join(" "), dataset: { item: item.id }, style: { "--indent": String(Math.min(item.indent, 5)) } },
        staff && grip("item", item.id),
        heading ? null : student() && wish ? h("span.tick", { class: wish.completed ? "met" : "" }, icon(wish.completed ? "check" : locked ? "lock" : "circle", { size: 16, label: t(wish.completed ? "sequence.done" : "modules.todo") }))
            : icon(locked ? "lock" : ITEM_SIGNS[item.type] ?? "text", { size: 16 }),
        h("div.grow", h(heading ? "h3.faint" : "h3", title), meta.length > 0 && h("p.meta", meta)),
        h("div.actions",
            student() && wish?.type === "must_mark_done" && !locked && h("button.button.small.ghost", { type: "button", "aria-pressed": String(Boolean(wish.completed)), "aria-label": t(wish.completed ? "modules.undo_done_named" : "modules.mark_done_named", { title: item.title }), dataset: { key: `done${item.id}` },
                onclick: (event) => busy(event.currentTarget, () => markDone(item, module)) }, t(wish.completed ? "sequence.done" : "sequence.mark_done")),
            staff && publishButton(item, `p${item.id}`, t("modules.publish_item", { name: item.title }), (published) => put(course.api(`/modules/${module.id}/items/${item.id}`), { module_item: { published } })),
            staff && menuButton(t("modules.more", { name: item.title }), `im${item.id}`, () => [
                { label: t("action.edit"), icon: "edit", run: () => editItem(item, module) },
                "-",
                { label: t("action.move_up"), icon: "arrow-up", disabled: at === 0, run: () => moveItem(item, module, -1) },
                { label: t("action.move_down"), icon: "arrow-down", disabled: at === items.length - 1, run: () => moveItem(item, module, 1) },
                ...view.modules.filter((other) => other.id !== module.id && !gone.has(`m${other.id}`)).slice(0, 12).map((other) => ({ label: t("modules.move_to", { name: other.name }), icon: "arrow-right", run: () => moveTo(item, module, other, null) })),
                "-",
                { label: t("modules.indent"), icon: "chevron-right", disabled: item.indent >= 5, run: () => change(item, module, { indent: item.indent + 1 }) },
                { label: t("modules.outdent"), icon: "chevron-left", disabled: item.indent === 0, run: () => change(item, module, { indent: item.indent - 1 }) },
                "-",
                { label: t("modules.remove_item"), icon: "trash", danger: true, run: () => removeItem(item, module) },
            ])));
    return row;
}

function lockedText(item, module) {
    const { unlock_at: opens, lock_at: closes } = item.content_details ?? {};
    if (opens && Date.parse(opens) > Date.now()) return t("modules.opens", { when: dateTime(opens) });
    if (closes && Date.parse(closes) < Date.now()) return t("modules.closed", { when: dateTime(closes) });
    return t(module.require_sequential_progress ? "modules.locked_order" : "modules.locked_now");
}

const menuButton = (label, key, items) => {
    const button = h("button.button.ghost.icon.small", { type: "button", "aria-label": label, dataset: { key } }, icon("dots", { size: 16 }));
    return h("div", attachMenu(button, items));
};

function publishButton(thing, key, label, send) {
    if (thing.published === undefined) return null;
    return h("button.button.ghost.icon.small.publish", { type: "button", "aria-pressed": String(thing.published), "aria-label": label, title: t(thing.published ? "state.published" : "state.unpublished"), dataset: { key: `pub-${key}` },
        onclick: (event) => busy(event.currentTarget, async () => {
            try {
                await send(!thing.published);
                await load();
                redraw();
            } catch (error) {
                toastError(error);
            }
        }) }, icon(thing.published ? "eye" : "eye-off", { size: 16 }));
}

function fold(module) {
    if (!folded.delete(module.id)) folded.add(module.id);
    keepFolds();
}
