// The files of a course: folders, uploads that survive a bad line, and for staff all that keeps them in order.

import { del, get, getAll, post, put } from "../base/api.js";
import { debounce, fill, h, keepFocus } from "../base/dom.js";
import { confirm } from "../base/dialog.js";
import { icon } from "../base/icons.js";
import { add, bytes, compareNames, dateTime, percent, relative, t } from "../base/i18n.js";
import { register } from "../base/keys.js";
import { attachMenu } from "../base/menu.js";
import { problem, state } from "../base/shell.js";
import { toast, toastError, undoable } from "../base/toast.js";
import { startCourse } from "../frame/course.js";
import { apiTime, checkbox, field, openForm, refusal, select, textInput, timeInput } from "../frame/form.js";
import { rowKeys, skeletonRows } from "../frame/list.js";
import english from "./lang/en.js";
import { uploadLine } from "./line.js";
import { targets, trail as trailOf } from "./uploads.js";

const SHOWN = 200;
const MOST_PAGES = 20;
const SIGNS = { image: "image", video: "video", audio: "mic", text: "text", html: "text" };
const VIEWED = new Set(["image", "pdf", "text", "audio", "video"]);

await add({ en: english, de: () => import("./lang/de.js") });
const course = await startCourse({ area: "files" });
const { main, staff } = course;
const group = t("part.files");

let folders = [];
let here = null;         // the folder that is shown
let files = [];
let quota = null;
let shown = SHOWN;
let found = null;        // results of the search, or null
let search = "";
let marked = null;
const gone = new Set();

// --- Reading --------------------------------------------------------------------------------------------------

const wanted = () => Number(new URLSearchParams(location.search).get("folder")) || null;

async function open(id) {
    folders = await getAll(course.api("/folders"), { limit: MOST_PAGES });
    // The root is made with the first look at it.
    if (folders.length === 0) folders = [await get(course.api("/folders/root"))];
    const root = folders.find((folder) => folder.parent_folder_id === null) ?? folders[0];
    here = id ? folders.find((folder) => folder.id === id) : root;
    if (!here) throw Object.assign(new Error("no such folder"), { status: 404 });
    const [list, room] = await Promise.all([getAll(`/api/v1/folders/${here.id}/files`, { limit: MOST_PAGES }), staff ? get(course.api("/files/quota")) : null]);
    files = list;
    quota = room;
    flush();
}

async function reload() {
    try {
        await open(here?.id ?? wanted());
        redraw();
    } catch (error) {
        toastError(error, reload);
    }
}

async function go(folder, { push = true } = {}) {
    if (push) history.pushState(null, "", folder.parent_folder_id === null ? location.pathname : `?folder=${folder.id}`);
    found = null;
    search = "";
    shown = SHOWN;
    files = [];
    here = folder;
    draw(true);
    try {
        await open(folder.id);
        draw();
    } catch (error) {
        fill(main, h("div.page", h("h1.visually-hidden", group), problem(error, () => go(folder, { push: false }))));
    }
}

// --- Drawing --------------------------------------------------------------------------------------------------

const redraw = () => keepFocus(main, () => draw());

function draw(loading = false) {
    const trail = trailOf(folders, here.id);
    course.title(...trail.slice(1).map((folder) => ({ label: folder.name, href: course.href(`/files?folder=${folder.id}`) })));
    const inside = folders.filter((folder) => folder.parent_folder_id === here.id && !gone.has(`d${folder.id}`)).sort((a, b) => compareNames(a.name, b.name));
    const list = (found ?? [...files].sort((a, b) => compareNames(a.display_name, b.display_name))).filter((file) => !gone.has(`f${file.id}`));
    const nothing = inside.length === 0 && list.length === 0;
    const box = h("input.input", { type: "search", "aria-label": t("files.search"), placeholder: t("files.search"), ".value": search, dataset: { key: "search" }, oninput: (event) => { search = event.target.value.trim(); look(); } });
    fill(main, h("div.page.files-page",
        h("div.page-head", h("h1", trail.length > 1 ? here.name : group),
            staff && h("div.actions",
                h("button.button", { type: "button", dataset: { key: "new-folder" }, onclick: newFolder }, icon("folder", { size: 16 }), t("files.new_folder")),
                h("button.button.primary", { type: "button", dataset: { key: "upload" }, onclick: () => picker.click() }, icon("upload", { size: 16 }), t("files.upload")))),
        h("div.tools", h("div.input-group", icon("search"), box), trail.length > 1 && !found && path(trail), quota && quotaBar()),
        h("div.line", line.view()),
        loading ? skeletonRows(4)
            : nothing ? h("div.card.drop-hint", found ? state({ sign: "search", title: t("files.none_found"), text: t("files.none_found_text", { text: search }) })
                : state({ sign: "folder", title: t("files.none"), text: t(staff ? "files.none_staff" : "files.none_student"), actions: staff ? [h("button.button", { type: "button", onclick: () => picker.click() }, icon("upload", { size: 16 }), t("files.upload"))] : [] }))
                : h("ul.card.items", { role: "list", "aria-label": group }, !found && inside.map(folderRow), list.slice(0, shown).map(fileRow)),
        list.length > shown && h("div.items-foot", h("button.button", { type: "button", dataset: { key: "more" }, onclick: () => { shown += SHOWN; redraw(); } }, icon("chevron-down", { size: 16 }), t("list.more")), h("p.small.faint", t("list.shown_more", { n: shown })))));
    main.removeAttribute("aria-busy");
}

const path = (trail) => h("nav.trail", { "aria-label": t("files.trail") }, h("ol", trail.map((folder, at) => h("li", at > 0 && icon("chevron-right", { size: 14 }),
    at === trail.length - 1 ? h("span", { "aria-current": "true" }, folder.name)
        : folderLink(folder, at === 0 ? t("files.root") : folder.name, {})))));

const folderLink = (folder, label, props) => h("a", { href: folder.parent_folder_id === null ? location.pathname : `?folder=${folder.id}`, ...props, onclick: (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(folder);
} }, label);

function quotaBar() {
    const part = quota.quota > 0 ? quota.quota_used / quota.quota : 1;
    return h("div.quota", h("meter.meter", { min: "0", max: "1", high: "0.9", value: part, "aria-label": t("files.room", { used: bytes(quota.quota_used), all: bytes(quota.quota) }) }),
        h("span.small.muted.nowrap", t("files.room", { used: bytes(quota.quota_used), all: bytes(quota.quota) }), part > 0.9 && ` (${percent(part)})`));
}

function folderRow(folder) {
    return h("li.item", { dataset: { folder: folder.id } }, icon("folder", { size: 18 }),
        h("div.grow", h("h2", folderLink(folder, folder.name, { dataset: { row: "", key: `d${folder.id}` }, onkeydown: (event) => keys(event, () => rename("folder", folder), () => removeFolder(folder)) })),
            h("p.meta", t("files.in_it", { n: folder.files_count + folder.folders_count }), limits(folder))),
        h("div.actions", staff && menu(t("files.more", { name: folder.name }), `dm${folder.id}`, () => [
            { label: t("action.rename"), icon: "edit", run: () => rename("folder", folder) },
            { label: t("files.move"), icon: "move", run: () => move("folder", folder) },
            { label: t(folder.hidden ? "files.show" : "files.hide"), icon: folder.hidden ? "eye" : "eye-off", run: () => change("folder", folder, { hidden: !folder.hidden }) },
            { label: t("files.access"), icon: "lock", run: () => access("folder", folder) },
            "-",
            { label: t("action.delete"), icon: "trash", danger: true, run: () => removeFolder(folder) },
        ])));
}

function fileRow(file) {
    const locked = !file.url;
    const viewed = VIEWED.has(file.mime_class) && !locked;
    const address = locked ? null : viewed ? `/files/${file.id}/preview` : file.url;
    return h("li.item", { dataset: { file: file.id }, class: marked === file.id ? "marked" : "" }, icon(locked ? "lock" : SIGNS[file.mime_class] ?? "file", { size: 18 }),
        h("div.grow",
            h("h2", address ? h("a", { href: address, target: viewed ? "_blank" : null, rel: viewed ? "noopener" : null, dataset: { row: "", key: `f${file.id}` }, onkeydown: (event) => keys(event, () => rename("file", file), () => removeFile(file)) }, file.display_name)
                : h("span", { tabindex: "0", dataset: { row: "", key: `f${file.id}` } }, file.display_name)),
            h("p.meta", h("span.num", bytes(file.size)), h("span", { title: dateTime(file.modified_at ?? file.updated_at) }, relative(file.modified_at ?? file.updated_at)),
                found && h("span", folders.find((folder) => folder.id === file.folder_id)?.name ?? ""), limits(file), scan(file))),
        h("div.actions",
            !locked && h("a.button.ghost.icon.small", { href: file.url, "aria-label": t("files.download_named", { name: file.display_name }), onclick: (event) => fresh(event, file) }, icon("download", { size: 16 })),
            staff && menu(t("files.more", { name: file.display_name }), `fm${file.id}`, () => [
                { label: t("action.rename"), icon: "edit", run: () => rename("file", file) },
                { label: t("files.move"), icon: "move", run: () => move("file", file) },
                { label: t("files.copy_link"), icon: "copy", run: () => copy(file) },
                { label: t(file.hidden ? "files.show" : "files.hide"), icon: file.hidden ? "eye" : "eye-off", run: () => change("file", file, { hidden: !file.hidden }) },
                { label: t("files.access"), icon: "lock", run: () => access("file", file) },
                "-",
                { label: t("action.delete"), icon: "trash", danger: true, run: () => removeFile(file) },
            ])));
}

const limits = (thing) => [
    thing.hidden && h("span.badge", icon("eye-off", { size: 13 }), t("files.hidden")),
    (thing.locked || thing.locked_for_user || (thing.unlock_at && Date.parse(thing.unlock_at) > Date.now())) && h("span.badge", icon("lock", { size: 13 }), thing.unlock_at && Date.parse(thing.unlock_at) > Date.now() ? t("files.until", { when: dateTime(thing.unlock_at) }) : t("files.locked")),
];
const scan = (file) => (file.scan_state === "infected" ? h("span.badge.bad", icon("alert", { size: 13 }), t("files.infected"))
    : staff && file.scan_state === "unscanned" ? h("span.faint", { title: t("files.unscanned_text") }, t("files.unscanned"))
        : staff && file.scan_state === "unscannable" ? h("span.badge.warn", t("files.unscannable")) : null);

const menu = (label, key, items) => h("div", attachMenu(h("button.button.ghost.icon.small", { type: "button", "aria-label": label, dataset: { key } }, icon("dots", { size: 16 })), items));

function keys(event, edit, remove) {
    if (!staff || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "F2") edit();
    else if (event.key === "Delete") remove();
    else return;
    event.preventDefault();
}

// The address in the list is for a few minutes: what lay open longer asks for another.
async function fresh(event, file) {
    const expires = Number(new URL(file.url, location.origin).searchParams.get("expires")) * 1000;
    if (!expires || expires - Date.now() > 15_000) return;
    event.preventDefault();
    try {
        Object.assign(file, await get(`/api/v1/files/${file.id}`));
        location.assign(file.url);
    } catch (error) {
        toastError(error);
    }
}

const look = debounce(async () => {
    try {
        found = search.length === 0 ? null : await getAll(course.api("/files"), { query: { search_term: search }, limit: 2 });
        redraw();
    } catch (error) {
        toastError(error);
    }
}, 200);

// --- Keeping order --------------------------------------------------------------------------------------------

const api = (kind, thing) => `/api/v1/${kind}s/${thing.id}`;

async function change(kind, thing, fields) {
    try {
        await put(api(kind, thing), fields);
        await reload();
    } catch (error) {
        toastError(error);
    }
}

async function rename(kind, thing) {
    const name = textInput(thing.display_name ?? thing.name, { autofocus: true, required: true });
    const done = openForm({ title: t("action.rename"), submit: t("action.save"), fields: { name }, body: field(t("files.name"), name), send: async () => {
        if (name.value.trim() === "") throw refusal("name", t("files.name_missing"));
        return put(api(kind, thing), { name: name.value.trim() }).catch(taken("name"));
    } });
    // The name without its ending, as one changes it.
    const dot = name.value.lastIndexOf(".");
    name.setSelectionRange(0, kind === "file" && dot > 0 ? dot : name.value.length);
    if (await done) await reload();
}

const taken = (name) => (error) => {
    throw error.code === "name_taken" ? refusal(name, t("files.taken")) : error;
};

async function move(kind, thing) {
    const all = (kind === "folder" ? targets(folders, thing.id) : folders).map((folder) => [folder.id, trailOf(folders, folder.id).map((one, at) => (at === 0 ? t("files.root") : one.name)).join(" / ")]);
    const target = select(all, thing.parent_folder_id ?? thing.folder_id, { autofocus: true });
    if (await openForm({ title: t("files.move_named", { name: thing.display_name ?? thing.name }), submit: t("files.move"), fields: { target }, body: field(t("files.target"), target),
        send: () => put(api(kind, thing), { parent_folder_id: Number(target.value), ...(kind === "file" ? { on_duplicate: "rename" } : {}) }).catch(taken("target")) })) await reload();
}

async function access(kind, thing) {
    const locked = checkbox(t("files.locked"), thing.locked);
    const opens = timeInput(thing.unlock_at);
    const closes = timeInput(thing.lock_at);
    if (await openForm({ title: t("files.access_named", { name: thing.display_name ?? thing.name }), submit: t("action.save"), fields: { unlock_at: opens, lock_at: closes },
        body: [locked.element, h("div.pair", field(t("files.from"), opens), field(t("files.to"), closes))],
        send: () => put(api(kind, thing), { locked: locked.box.checked, unlock_at: apiTime(opens.value), lock_at: apiTime(closes.value) }) })) await reload();
}

async function newFolder() {
    const name = textInput("", { autofocus: true, required: true });
    if (await openForm({ title: t("files.new_folder"), submit: t("action.create"), fields: { name }, body: field(t("files.name"), name), send: () => {
        if (name.value.trim() === "") throw refusal("name", t("files.name_missing"));
        return post(`/api/v1/folders/${here.id}/folders`, { name: name.value.trim() }).catch(taken("name"));
    } })) await reload();
}

function remove(key, name, path) {
    gone.add(key);
    redraw();
    main.querySelector('[data-key="search"]')?.focus({ preventScroll: true });
    undoable(t("files.removed", { name }), {
        undo: () => { gone.delete(key); redraw(); },
        commit: async () => {
            try {
                await del(path);
                await reload();
            } catch (error) {
                toastError(error);
            }
            gone.delete(key);
            redraw();
        },
    });
}
const removeFile = (file) => remove(`f${file.id}`, file.display_name, api("file", file));
async function removeFolder(folder) {
    const full = folder.files_count + folder.folders_count > 0;
    if (full && !await confirm({ title: t("files.remove_folder", { name: folder.name }), text: t("files.remove_folder_text", { n: folder.files_count + folder.folders_count }), action: t("action.delete"), danger: true })) return;
    remove(`d${folder.id}`, folder.name, `${api("folder", folder)}${full ? "?force=true" : ""}`);
}

async function copy(file) {
    try {
        await navigator.clipboard.writeText(`${location.origin}/files/${file.id}/download`);
        toast(t("files.copied"));
    } catch {
        toast(`${location.origin}/files/${file.id}/download`, { ms: 0 });
    }
}

// --- Uploads --------------------------------------------------------------------------------------------------

const line = uploadLine({ place: () => main.querySelector(".line"), ondone: reload });
// What is chosen before it is known which folder is shown waits for it.
let chosen = [];
const upload = (list) => { chosen.push(...list); flush(); };
function flush() {
    if (here !== null && chosen.length > 0) line.take(chosen.splice(0), here.id);
}
const picker = h("input", { type: "file", multiple: true, hidden: true, "aria-label": t("files.upload"), onchange: () => { upload(picker.files); picker.value = ""; } });
document.body.append(picker);

if (staff) {
    const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
    let over = 0;
    addEventListener("dragenter", (event) => { if (hasFiles(event)) { over += 1; document.body.classList.add("dropping"); } });
    addEventListener("dragleave", (event) => { if (hasFiles(event)) { over -= 1; if (over <= 0) document.body.classList.remove("dropping"); } });
    addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); });
    addEventListener("drop", (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        over = 0;
        document.body.classList.remove("dropping");
        upload(event.dataTransfer.files);
    });
    document.body.append(h("div.drop-cover", { "aria-hidden": "true" }, icon("upload", { size: 28 }), h("p", t("files.drop"))));
}

// --- Begin ----------------------------------------------------------------------------------------------------

async function start() {
    try {
        const file = Number(new URLSearchParams(location.search).get("file")) || null;
        if (file) {
            const one = await get(course.api(`/files/${file}`));
            marked = one.id;
            await open(one.folder_id);
        } else {
            await open(wanted());
        }
        draw();
        main.querySelector(".marked [data-row]")?.focus();
        main.querySelector(".marked")?.scrollIntoView({ block: "center" });
    } catch (error) {
        fill(main, h("div.page", h("h1.visually-hidden", group), problem(error, start)));
        main.removeAttribute("aria-busy");
    }
}

addEventListener("popstate", () => {
    const folder = wanted() ? folders.find((one) => one.id === wanted()) : folders.find((one) => one.parent_folder_id === null);
    if (folder) go(folder, { push: false });
});

await start();
rowKeys(main, group);
register({ key: "u", label: t("files.upload"), group, when: () => staff, run: () => picker.click() });
register({ key: "c", label: t("files.new_folder"), group, when: () => staff && here !== null, run: newFolder });
register({ key: "Backspace", label: t("files.up"), group, when: () => here !== null && here.parent_folder_id !== null, run: () => {
    const up = folders.find((folder) => folder.id === here.parent_folder_id);
    if (up) go(up);
} });
