// What the page of files is about: the course, the folder that is shown, and what is in it.

import { get, getAll } from "../base/api.js";
import { fill, h, keepFocus } from "../base/dom.js";
import { add, t } from "../base/i18n.js";
import { problem } from "../base/shell.js";
import { toastError } from "../base/toast.js";
import { startCourse } from "../frame/course.js";
import english from "./lang/en.js";

const MOST_PAGES = 20;

/** Rows that are drawn at once. */
export const SHOWN = 200;

await add({ en: english, de: () => import("./lang/de.js") });

/** The course; never there for whoever may not see it. */
export const course = await startCourse({ area: "files" });
export const { main, staff } = course;
export const group = t("part.files");

/**
 * `here` is the folder that is shown, `found` what the search has found, or null; `marked` a file that the address names. The
 * page sets `draw(loading)`, and `arrived()` for what waits until it is known which folder is shown.
 */
export const view = { folders: [], here: null, files: [], quota: null, shown: SHOWN, found: null, search: "", marked: null, draw: () => {}, arrived: () => {} };

/** "f12", "d3": removed here, still to be committed. */
export const gone = new Set();

/** The folder that the address names, or null. */
export const wanted = () => Number(new URLSearchParams(location.search).get("folder")) || null;

/** Reads the folders, and what is in the one with this id; without one, in the root. */
export async function open(id) {
    view.folders = await getAll(course.api("/folders"), { limit: MOST_PAGES });
    // The root is made with the first look at it.
    if (view.folders.length === 0) view.folders = [await get(course.api("/folders/root"))];
    const root = view.folders.find((folder) => folder.parent_folder_id === null) ?? view.folders[0];
    view.here = id ? view.folders.find((folder) => folder.id === id) : root;
    if (!view.here) throw Object.assign(new Error("no such folder"), { status: 404 });
    const [list, room] = await Promise.all([getAll(`/api/v1/folders/${view.here.id}/files`, { limit: MOST_PAGES }), staff ? get(course.api("/files/quota")) : null]);
    view.files = list;
    view.quota = room;
    view.arrived();
}

/** Reads what is shown again; what fails is said. */
export async function reload() {
    try {
        await open(view.here?.id ?? wanted());
        redraw();
    } catch (error) {
        toastError(error, reload);
    }
}

/** Shows another folder. */
export async function go(folder, { push = true } = {}) {
    if (push) history.pushState(null, "", folder.parent_folder_id === null ? location.pathname : `?folder=${folder.id}`);
    view.found = null;
    view.search = "";
    view.shown = SHOWN;
    view.files = [];
    view.here = folder;
    view.draw(true);
    try {
        await open(folder.id);
        view.draw();
    } catch (error) {
        fill(main, h("div.page", h("h1.visually-hidden", group), problem(error, () => go(folder, { push: false }))));
    }
}

/** Draws the page again; the reader's place stays. */
export const redraw = () => keepFocus(main, () => view.draw());
