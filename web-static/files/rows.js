// Files and folders as rows: where they lead, what limits them, and for staff what can be done with them.

import { get } from "../base/api.js";
import { h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { bytes, dateTime, relative, t } from "../base/i18n.js";
import { attachMenu } from "../base/menu.js";
import { toastError } from "../base/toast.js";
import { access, change, copy, move, removeFile, removeFolder, rename } from "./order.js";
import { go, staff, view } from "./state.js";

const SIGNS = { image: "image", video: "video", audio: "mic", text: "text", html: "text" };
const VIEWED = new Set(["image", "pdf", "text", "audio", "video"]);

/** A link to a folder, which is shown without leaving the page. */
export const folderLink = (folder, label, props) => h("a", { href: folder.parent_folder_id === null ? location.pathname : `?folder=${folder.id}`, ...props, onclick: (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(folder);
} }, label);

/** A folder in the list. */
export function folderRow(folder) {
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

/** A file in the list. */
export function fileRow(file) {
    const locked = !file.url;
    const viewed = VIEWED.has(file.mime_class) && !locked;
    const address = locked ? null : viewed ? `/files/${file.id}/preview` : file.url;
    return h("li.item", { dataset: { file: file.id }, class: view.marked === file.id ? "marked" : "" }, icon(locked ? "lock" : SIGNS[file.mime_class] ?? "file", { size: 18 }),
        h("div.grow",
            h("h2", address ? h("a", { href: address, target: viewed ? "_blank" : null, rel: viewed ? "noopener" : null, dataset: { row: "", key: `f${file.id}` }, onkeydown: (event) => keys(event, () => rename("file", file), () => removeFile(file)) }, file.display_name)
                : h("span", { tabindex: "0", dataset: { row: "", key: `f${file.id}` } }, file.display_name)),
            h("p.meta", h("span.num", bytes(file.size)), h("span", { title: dateTime(file.modified_at ?? file.updated_at) }, relative(file.modified_at ?? file.updated_at)),
                view.found && h("span", view.folders.find((folder) => folder.id === file.folder_id)?.name ?? ""), limits(file), scan(file))),
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
