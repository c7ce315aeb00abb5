// The files of a course: folders, uploads that survive a bad line, and for staff all that keeps them in order.

import { get, getAll } from "../base/api.js";
import { debounce, fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { bytes, compareNames, percent, t } from "../base/i18n.js";
import { register } from "../base/keys.js";
import { problem, state } from "../base/shell.js";
import { toastError } from "../base/toast.js";
import { rowKeys, skeletonRows } from "../frame/list.js";
import { uploadLine } from "./line.js";
import { newFolder } from "./order.js";
import { fileRow, folderLink, folderRow } from "./rows.js";
import { course, go, gone, group, main, open, redraw, reload, SHOWN, staff, view, wanted } from "./state.js";
import { trail as trailOf } from "./uploads.js";

function draw(loading = false) {
    const trail = trailOf(view.folders, view.here.id);
    course.title(...trail.slice(1).map((folder) => ({ label: folder.name, href: course.href(`/files?folder=${folder.id}`) })));
    const inside = view.folders.filter((folder) => folder.parent_folder_id === view.here.id && !gone.has(`d${folder.id}`)).sort((a, b) => compareNames(a.name, b.name));
    const list = (view.found ?? [...view.files].sort((a, b) => compareNames(a.display_name, b.display_name))).filter((file) => !gone.has(`f${file.id}`));
    const nothing = inside.length === 0 && list.length === 0;
    const box = h("input.input", { type: "search", "aria-label": t("files.search"), placeholder: t("files.search"), ".value": view.search, dataset: { key: "search" }, oninput: (event) => { view.search = event.target.value.trim(); look(); } });
    fill(main, h("div.page.files-page",
        h("div.page-head", h("h1", trail.length > 1 ? view.here.name : group),
            staff && h("div.actions",
                h("button.button", { type: "button", dataset: { key: "new-folder" }, onclick: newFolder }, icon("folder", { size: 16 }), t("files.new_folder")),
                h("button.button.primary", { type: "button", dataset: { key: "upload" }, onclick: () => picker.click() }, icon("upload", { size: 16 }), t("files.upload")))),
        h("div.tools", h("div.input-group", icon("search"), box), trail.length > 1 && !view.found && path(trail), view.quota && quotaBar()),
        h("div.line", line.view()),
        loading ? skeletonRows(4)
            : nothing ? h("div.card.drop-hint", view.found ? state({ sign: "search", title: t("files.none_found"), text: t("files.none_found_text", { text: view.search }) })
                : state({ sign: "folder", title: t("files.none"), text: t(staff ? "files.none_staff" : "files.none_student"), actions: staff ? [h("button.button", { type: "button", onclick: () => picker.click() }, icon("upload", { size: 16 }), t("files.upload"))] : [] }))
                : h("ul.card.items", { role: "list", "aria-label": group }, !view.found && inside.map(folderRow), list.slice(0, view.shown).map(fileRow)),
        list.length > view.shown && h("div.items-foot", h("button.button", { type: "button", dataset: { key: "more" }, onclick: () => { view.shown += SHOWN; redraw(); } }, icon("chevron-down", { size: 16 }), t("list.more")), h("p.small.faint", t("list.shown_more", { n: view.shown })))));
    main.removeAttribute("aria-busy");
}

const path = (trail) => h("nav.trail", { "aria-label": t("files.trail") }, h("ol", trail.map((folder, at) => h("li", at > 0 && icon("chevron-right", { size: 14 }),
    at === trail.length - 1 ? h("span", { "aria-current": "true" }, folder.name)
        : folderLink(folder, at === 0 ? t("files.root") : folder.name, {})))));

function quotaBar() {
    const part = view.quota.quota > 0 ? view.quota.quota_used / view.quota.quota : 1;
    return h("div.quota", h("meter.meter", { min: "0", max: "1", high: "0.9", value: part, "aria-label": t("files.room", { used: bytes(view.quota.quota_used), all: bytes(view.quota.quota) }) }),
        h("span.small.muted.nowrap", t("files.room", { used: bytes(view.quota.quota_used), all: bytes(view.quota.quota) }), part > 0.9 && ` (${percent(part)})`));
}

view.draw = draw;

const look = debounce(async () => {
    try {
        view.found = view.search.length === 0 ? null : await getAll(course.api("/files"), { query: { search_term: view.search }, limit: 2 });
        redraw();
    } catch (error) {
        toastError(error);
    }
}, 200);

// --- Uploads --------------------------------------------------------------------------------------------------

const line = uploadLine({ place: () => main.querySelector(".line"), ondone: reload });
// What is chosen before it is known which folder is shown waits for it.
let chosen = [];
const upload = (list) => { chosen.push(...list); flush(); };
function flush() {
    if (view.here !== null && chosen.length > 0) line.take(chosen.splice(0), view.here.id);
}
view.arrived = flush;
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
            view.marked = one.id;
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
    const folder = wanted() ? view.folders.find((one) => one.id === wanted()) : view.folders.find((one) => one.parent_folder_id === null);
    if (folder) go(folder, { push: false });
});

await start();
rowKeys(main, group);
register({ key: "u", label: t("files.upload"), group, when: () => staff, run: () => picker.click() });
register({ key: "c", label: t("files.new_folder"), group, when: () => staff && view.here !== null, run: newFolder });
register({ key: "Backspace", label: t("files.up"), group, when: () => view.here !== null && view.here.parent_folder_id !== null, run: () => {
    const up = view.folders.find((folder) => folder.id === view.here.parent_folder_id);
    if (up) go(up);
} });
