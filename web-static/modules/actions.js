// What is done with modules and items beside moving them: marked, changed, removed with a way back, written in dialogs.

import { del, put } from "../base/api.js";
import { t } from "../base/i18n.js";
import { later } from "../base/later.js";
import { toast, toastError, undoable } from "../base/toast.js";
import { course, gone, load, redraw, reload, view } from "./state.js";

const forms = later(() => import("./forms.js"));

/** A student says that something is done, or that it is not. */
export async function markDone(item, module) {
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

/** Changes fields of an item. */
export async function change(item, module, changes) {
    try {
        await put(course.api(`/modules/${module.id}/items/${item.id}`), { module_item: changes });
        await load();
        redraw();
    } catch (error) {
        toastError(error);
    }
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
export const removeModule = (module) => remove(`m${module.id}`, module.name, course.api(`/modules/${module.id}`));
export const removeItem = (item, module) => remove(`i${item.id}`, item.title, course.api(`/modules/${module.id}/items/${item.id}`));

/** Has a module judged anew. */
export async function relock(module) {
    try {
        await put(course.api(`/modules/${module.id}/relock`), {});
        toast(t("modules.relocked", { name: module.name }));
    } catch (error) {
        toastError(error);
    }
}

const after = (work) => async (...values) => { if (await work(...values)) await reload(); };
export const newModule = () => forms.use(after((part) => part.moduleForm(course, view.modules, null)));
export const editModule = (module) => forms.use(after((part) => part.moduleForm(course, view.modules, module)));
export const addItem = (module) => forms.use(after((part) => part.addItemForm(course, module)));
export const editItem = (item, module) => forms.use(after((part) => part.itemForm(course, module, item)));
