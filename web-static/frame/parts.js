// Which parts of a course there are pages for. No element is touched here.

/** Where the page of a part is, below `/courses/:id`. What has no page is not offered. */
const PATHS = {
    home: "", announcements: "/announcements", modules: "/modules", pages: "/pages", files: "/files",
    discussions: "/discussion_topics", people: "/users", grades: "/gradebook",
};

/** The id of the course that a path is about, or null. */
export function courseId(path) {
    const found = /^\/courses\/([1-9]\d{0,15})(?:\/|$)/.exec(path);
    return found && Number.isSafeInteger(Number(found[1])) ? Number(found[1]) : null;
}

/** The tabs to show, in the server's order: `[{ id, label, path }]`; staff have the settings as the last. */
export function visibleTabs(tabs, { staff }) {
    const known = tabs
        .filter((tab) => tab.id in PATHS && (staff || tab.visibility !== "admins"))
        .sort((a, b) => a.position - b.position)
        .map(({ id, label }) => ({ id, label, path: PATHS[id] }));
    return staff ? [...known, { id: "settings", label: "Settings", path: "/settings" }] : known;
}

/** Where something that a search or a module names is shown: an address of this server's, or null. */
export function localPath(address, origin) {
    try {
        const url = new URL(address, origin);
        return url.origin === origin || /^\/courses\/\d/.test(url.pathname) ? url.pathname + url.search + url.hash : null;
    } catch {
        return null;
    }
}
