// The modules of a course: for students what is next and how far they are, for staff the same to arrange.

import { del, getAll, put } from "../base/api.js";
import { fill, h, keepFocus } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { add, dateTime, list as joined, number, t } from "../base/i18n.js";
import { register } from "../base/keys.js";
import { later } from "../base/later.js";
import { attachMenu } from "../base/menu.js";
import { busy, problem, state } from "../base/shell.js";
import { toast, toastError, undoable } from "../base/toast.js";
import { startCourse } from "../frame/course.js";
import { ITEM_SIGNS, itemPath, lockReason, moved, progress } from "../frame/items.js";
import { rowKeys } from "../frame/list.js";
import english from "./lang/en.js";

await add({ en: english, de: () => import("./lang/de.js") });
const course = await startCourse({ area: "modules" });
const { main, staff } = course;
const forms = later(() => import("./forms.js"));
const KEY = `cohort.folded.${course.id}`;

let modules = [];
const gone = new Set();      // "m1", "i7": removed here, still to be committed
const folded = new Set(stored());
let said = "";

function stored() {
    try {
        return JSON.parse(localStorage.getItem(KEY) ?? "[]");
    } catch {
        return [];
    }
}

const student = () => !staff && (course.course.enrollments ?? []).some((enrollment) => enrollment.type === "student");

// --- Reading --------------------------------------------------------------------------------------------------

async function load() {
    modules = await getAll(course.api("/modules"), { query: { include: ["items", "content_details"] } });
    // A module with very many items comes without them.
    await Promise.all(modules.filter((module) => !module.items).map(async (module) => {
        module.items = await getAll(course.api(`/modules/${module.id}/items`), { query: { include: ["content_details"] } });
    }));
}

async function reload() {
    try {
        await load();
        redraw();
    } catch (error) {
        toastError(error);
    }
}

const redraw = () => keepFocus(main, draw);

// --- Drawing --------------------------------------------------------------------------------------------------

function draw() {
    const shown = modules.filter((module) => !gone.has(`m${module.id}`));
    const all = shown.map(progress).filter(Boolean);
    const done = all.reduce((sum, one) => sum + one.done, 0);
    const asked = all.reduce((sum, one) => sum + one.all, 0);
    fill(main, h("div.page",
        h("div.page-head", h("h1", t("part.modules")),
            h("div.actions",
                shown.length > 1 && h("button.button", { type: "button", dataset: { key: "fold-all" }, onclick: () => foldAll(shown) }, t(shown.every((module) => folded.has(module.id)) ? "modules.unfold_all" : "modules.fold_all")),
                staff && h("button.button.primary", { type: "button", dataset: { key: "new-module" }, onclick: newModule }, icon("plus"), t("modules.new")))),
        student() && asked > 0 && h("div.overall", meter(done, asked), h("span.small.muted", t("modules.overall", { done, n: asked }))),
        h("p.visually-hidden", { role: "status", id: "said" }, said),
        shown.length === 0
            ? h("div.card", state({ sign: "list", title: t("modules.none"), text: t(staff ? "modules.none_staff" : "modules.none_student"),
                actions: staff ? [h("button.button.primary", { type: "button", onclick: newModule }, icon("plus"), t("modules.new"))] : [] }))
            : h("ol.modules", { role: "list" }, shown.map((module, at) => moduleCard(module, at, shown)))));
    main.removeAttribute("aria-busy");
}

const meter = (done, all) => h("meter.meter", { min: "0", max: all, value: done, "aria-label": t("modules.overall", { done, n: all }) });

function moduleCard(module, at, shown) {
    const open = !folded.has(module.id);
    const far = progress(module);
    const locked = lockReason(module, modules, Date.now());
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
        const names = module.prerequisite_module_ids.map((id) => modules.find((other) => other.id === id)?.name).filter(Boolean);
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
                ...modules.filter((other) => other.id !== module.id && !gone.has(`m${other.id}`)).slice(0, 12).map((other) => ({ label: t("modules.move_to", { name: other.name }), icon: "arrow-right", run: () => moveTo(item, module, other, null) })),
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

// --- Folding --------------------------------------------------------------------------------------------------

function keepFolds() {
    try {
        localStorage.setItem(KEY, JSON.stringify([...folded]));
    } catch {
        // Holds for this page only.
    }
    redraw();
}
function fold(module) {
    if (!folded.delete(module.id)) folded.add(module.id);
    keepFolds();
}
function foldAll(shown) {
    if (shown.every((module) => folded.has(module.id))) folded.clear();
    else for (const module of shown) folded.add(module.id);
    keepFolds();
}

// --- Doing ----------------------------------------------------------------------------------------------------

async function markDone(item, module) {
    const path = course.api(`/modules/${module.id}/items/${item.id}/done`);
    try {
        if (item.completion_requirement.completed) await del(path);
        else await put(path, {});
        await load();
        redraw();
    } catch (error) {
        toastError(error);
    }
}

async function change(item, module, changes) {
    try {
        await put(course.api(`/modules/${module.id}/items/${item.id}`), { module_item: changes });
        await load();
        redraw();
    } catch (error) {
        toastError(error);
    }
}

function moveKeys(event, move) {
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
    said = t(key, values);
    const place = document.getElementById("said");
    if (place) place.textContent = said;
}

function moveModule(module, step) {
    const from = modules.indexOf(module);
    placeModule(module, from + step);
}
function placeModule(module, to) {
    const from = modules.indexOf(module);
    if (to < 0 || to >= modules.length || to === from) return;
    modules = moved(modules, from, to);
    redraw();
    say("modules.moved", { name: module.name, n: to + 1, all: modules.length });
    send(() => put(course.api(`/modules/${module.id}`), { module: { position: to + 1 } }));
}
function moveItem(item, module, step) {
    placeItem(item, module, module.items.indexOf(item) + step);
}
function placeItem(item, module, to) {
    const from = module.items.indexOf(item);
    if (to < 0 || to >= module.items.length || to === from) return;
    module.items = moved(module.items, from, to);
    redraw();
    say("modules.moved", { name: item.title, n: to + 1, all: module.items.length });
    send(() => put(course.api(`/modules/${module.id}/items/${item.id}`), { module_item: { position: to + 1 } }));
}
function moveTo(item, from, to, place) {
    from.items = from.items.filter((other) => other !== item);
    const at = place ?? to.items.length;
    to.items = [...to.items.slice(0, at), { ...item, module_id: to.id }, ...to.items.slice(at)];
    folded.delete(to.id);
    redraw();
    say("modules.moved_to", { name: item.title, module: to.name });
    send(() => put(course.api(`/modules/${from.id}/items/${item.id}`), { module_item: { module_id: to.id, position: at + 1 } }));
}

function remove(key, name, path) {
    gone.add(key);
    redraw();
    document.querySelector('[data-key="new-module"]')?.focus({ preventScroll: true });
    undoable(t("modules.removed", { name }), {
        undo: () => { gone.delete(key); redraw(); },
        commit: async () => {
            try {
                await del(path);
                await load();
            } catch (error) {
                toastError(error);
            }
            gone.delete(key);
            redraw();
        },
    });
}
const removeModule = (module) => remove(`m${module.id}`, module.name, course.api(`/modules/${module.id}`));
const removeItem = (item, module) => remove(`i${item.id}`, item.title, course.api(`/modules/${module.id}/items/${item.id}`));

async function relock(module) {
    try {
        await put(course.api(`/modules/${module.id}/relock`), {});
        toast(t("modules.relocked", { name: module.name }));
    } catch (error) {
        toastError(error);
    }
}

const after = (work) => async (...values) => { if (await work(...values)) await reload(); };
const newModule = () => forms.use(after((part) => part.moduleForm(course, modules, null)));
const editModule = (module) => forms.use(after((part) => part.moduleForm(course, modules, module)));
const addItem = (module) => forms.use(after((part) => part.addItemForm(course, module)));
const editItem = (item, module) => forms.use(after((part) => part.itemForm(course, module, item)));

// --- Dragging: the mouse's way to what the menus and Alt with the arrow keys do --------------------------------------

let dragged = null;
const grip = (kind, id) => h("span.grip", { "aria-hidden": "true", draggable: "true",
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

function dropTarget(card, module) {
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
            const taken = modules.find((other) => other.id === dragged.id);
            const rest = modules.filter((other) => other !== taken);
            placeModule(taken, rest.indexOf(module) + (place.after ? 1 : 0) || 0);
            return;
        }
        const from = modules.find((other) => other.items.some((item) => item.id === dragged.id));
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

// --- Begin ----------------------------------------------------------------------------------------------------

async function start() {
    const item = /\/modules\/items\/(\d+)$/.exec(location.pathname);
    try {
        if (item) return await (await import("./item.js")).showItem(course, Number(item[1]));
        await load();
        draw();
        const target = location.hash && document.getElementById(location.hash.slice(1));
        if (target) {
            if (folded.delete(Number(target.dataset.module))) draw();
            document.getElementById(location.hash.slice(1)).scrollIntoView();
        }
    } catch (error) {
        fill(main, h("div.page", h("h1.visually-hidden", t("part.modules")), problem(error, start)));
        main.removeAttribute("aria-busy");
    }
}

await start();
if (!location.pathname.includes("/items/")) {
    rowKeys(main, t("part.modules"));
    register({ key: "c", label: t("modules.new"), group: t("part.modules"), when: () => staff, run: newModule });
    if (staff) register({ key: "Alt+ArrowUp", label: t("modules.move_keys"), group: t("part.modules"), when: () => false, run: () => {} });
}
