// The items of modules: where they lead, and what is still to be done. No element is touched here.

export const ITEM_SIGNS = {
    Page: "text", Discussion: "chat", File: "file", Assignment: "quiz", Quiz: "quiz", ExternalUrl: "external", ExternalTool: "external", SubHeader: "minus",
};

/** Where an item is read, or null for a heading. Files and addresses elsewhere are shown on a page of the modules' own. */
export function itemPath(course, item) {
    const base = `/courses/${course}`;
    switch (item.type) {
    case "Page": return `${base}/pages/${encodeURIComponent(item.page_url)}?module_item=${item.id}`;
    case "Discussion": return `${base}/discussion_topics/${item.content_id}?module_item=${item.id}`;
    case "SubHeader": return null;
    default: return `${base}/modules/items/${item.id}`;
    }
}

/** Whether an address of another site may be followed. */
export const safeAddress = (address) => (/^https?:\/\//i.test(address ?? "") ? address : null);

/** How far somebody is in a module: `{ done, all, part }` of the items that ask for something; null where none does. */
export function progress(module) {
    const asked = (module.items ?? []).filter((item) => item.completion_requirement);
    if (asked.length === 0) return null;
    const done = asked.filter((item) => item.completion_requirement.completed).length;
    return { done, all: asked.length, part: done / asked.length };
}

/** Why a module is locked: `{ kind: "date", at }`, `{ kind: "modules", names }` or null. `now` in milliseconds. */
export function lockReason(module, modules, now) {
    if (module.unlock_at && Date.parse(module.unlock_at) > now) return { kind: "date", at: module.unlock_at };
    if (module.state !== "locked") return null;
    const names = module.prerequisite_module_ids
        .map((id) => modules.find((other) => other.id === id))
        .filter((other) => other && other.state !== "completed")
        .map((other) => other.name);
    return { kind: "modules", names };
}

/** The list with the element at `from` moved to `to`; `to` is held within the list. */
export function moved(list, from, to) {
    const result = [...list];
    const [taken] = result.splice(from, 1);
    result.splice(Math.max(0, Math.min(result.length, to)), 0, taken);
    return result;
}
