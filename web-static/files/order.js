// Keeping files and folders in order: named, moved, hidden, locked, removed.

import { del, post, put } from "../base/api.js";
import { h } from "../base/dom.js";
import { confirm } from "../base/dialog.js";
import { t } from "../base/i18n.js";
import { toast, toastError, undoable } from "../base/toast.js";
import { apiTime, checkbox, field, openForm, refusal, select, textInput, timeInput } from "../frame/form.js";
import { gone, main, redraw, reload, view } from "./state.js";
import { targets, trail as trailOf } from "./uploads.js";

const api = (kind, thing) => `/api/v1/${kind}s/${thing.id}`;

/** Changes fields of a file or folder; `kind` is "file" or "folder". */
export async function change(kind, thing, fields) {
    try {
        await put(api(kind, thing), fields);
        await reload();
    } catch (error) {
        toastError(error);
    }
}

/** Asks for another name. */
export async function rename(kind, thing) {
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

/** Asks for another folder. */
export async function move(kind, thing) {
    const all = (kind === "folder" ? targets(view.folders, thing.id) : view.folders).map((folder) => [folder.id, trailOf(view.folders, folder.id).map((one, at) => (at === 0 ? t("files.root") : one.name)).join(" / ")]);
    const target = select(all, thing.parent_folder_id ?? thing.folder_id, { autofocus: true });
    if (await openForm({ title: t("files.move_named", { name: thing.display_name ?? thing.name }), submit: t("files.move"), fields: { target }, body: field(t("files.target"), target),
        send: () => put(api(kind, thing), { parent_folder_id: Number(target.value), ...(kind === "file" ? { on_duplicate: "rename" } : {}) }).catch(taken("target")) })) await reload();
}

/** Asks who may have it, and when. */
export async function access(kind, thing) {
    const locked = checkbox(t("files.locked"), thing.locked);
    const opens = timeInput(thing.unlock_at);
    const closes = timeInput(thing.lock_at);
    if (await openForm({ title: t("files.access_named", { name: thing.display_name ?? thing.name }), submit: t("action.save"), fields: { unlock_at: opens, lock_at: closes },
        body: [locked.element, h("div.pair", field(t("files.from"), opens), field(t("files.to"), closes))],
        send: () => put(api(kind, thing), { locked: locked.box.checked, unlock_at: apiTime(opens.value), lock_at: apiTime(closes.value) }) })) await reload();
}

/** Asks for the name of a folder to make here. */
export async function newFolder() {
    const name = textInput("", { autofocus: true, required: true });
    if (await openForm({ title: t("files.new_folder"), submit: t("action.create"), fields: { name }, body: field(t("files.name"), name), send: () => {
        if (name.value.trim() === "") throw refusal("name", t("files.name_missing"));
        return post(`/api/v1/folders/${view.here.id}/folders`, { name: name.value.trim() }).catch(taken("name"));
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
/** Removes a file, with a way back. */
export const removeFile = (file) => remove(`f${file.id}`, file.display_name, api("file", file));
/** Removes a folder, with a way back; one with something in it is asked about. */
export async function removeFolder(folder) {
    const full = folder.files_count + folder.folders_count > 0;
    if (full && !await confirm({ title: t("files.remove_folder", { name: folder.name }), text: t("files.remove_folder_text", { n: folder.files_count + folder.folders_count }), action: t("action.delete"), danger: true })) return;
    remove(`d${folder.id}`, folder.name, `${api("folder", folder)}${full ? "?force=true" : ""}`);
}

/** Puts a file's address into the clipboard. */
export async function copy(file) {
    try {
        await navigator.clipboard.writeText(`${location.origin}/files/${file.id}/download`);
        toast(t("files.copied"));
    } catch {
        toast(`${location.origin}/files/${file.id}/download`, { ms: 0 });
    }
}
