// What the page of modules is about: the course, its modules as they were read, and what is folded or on its way out.

import { getAll } from "../base/api.js";
import { keepFocus } from "../base/dom.js";
import { add } from "../base/i18n.js";
import { toastError } from "../base/toast.js";
import { startCourse } from "../frame/course.js";
import english from "./lang/en.js";

await add({ en: english, de: () => import("./lang/de.js") });

/** The course; never there for whoever may not see it. */
export const course = await startCourse({ area: "modules" });
export const { main, staff } = course;

/** `modules` in their order, `said` to those who listen, and `draw`, which the page sets. */
export const view = { modules: [], said: "", draw: () => {} };

/** "m1", "i7": removed here, still to be committed. */
export const gone = new Set();

const KEY = `cohort.folded.${course.id}`;

/** The ids of modules that are folded, as this device remembers them. */
export const folded = new Set(stored());

function stored() {
    try {
        return JSON.parse(localStorage.getItem(KEY) ?? "[]");
    } catch {
        return [];
    }
}

/** Remembers what is folded. */
export function keepFolds() {
    try {
        localStorage.setItem(KEY, JSON.stringify([...folded]));
    } catch {
        // Holds for this page only.
    }
    redraw();
}

/** Whether who looks is a student of the course, with things to do in it. */
export const student = () => !staff && (course.course.enrollments ?? []).some((enrollment) => enrollment.type === "student");

/** Reads the modules with their items. */
export async function load() {
    view.modules = await getAll(course.api("/modules"), { query: { include: ["items", "content_details"] } });
    // A module with very many items comes without them.
    await Promise.all(view.modules.filter((module) => !module.items).map(async (module) => {
        module.items = await getAll(course.api(`/modules/${module.id}/items`), { query: { include: ["content_details"] } });
    }));
}

/** Reads and draws them again; what fails is said. */
export async function reload() {
    try {
        await load();
        redraw();
    } catch (error) {
        toastError(error);
    }
}

/** Draws the page again; the reader's place stays. */
export const redraw = () => keepFocus(main, view.draw);
