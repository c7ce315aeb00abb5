// The line of uploads: which one is on its way, which failed, what is done. Decides only; upload.js does it.

/** At most this many at a time: more would not be quicker on a slow line. */
export const AT_ONCE = 2;

/** One more file in the line. States: "waiting", "sending", "done", "failed". */
export const added = (line, id, file) => [...line, { id, name: file.name, size: file.size, sent: 0, state: "waiting", reason: null }];

/** The ids that may begin now. */
export function toBegin(line) {
    const busy = line.filter((one) => one.state === "sending").length;
    return line.filter((one) => one.state === "waiting").slice(0, Math.max(0, AT_ONCE - busy)).map((one) => one.id);
}

const change = (line, id, fields) => line.map((one) => (one.id === id ? { ...one, ...fields } : one));
export const begun = (line, id) => change(line, id, { state: "sending", sent: 0, reason: null });
export const sentSoFar = (line, id, sent) => change(line, id, { sent });
export const finished = (line, id) => line.map((one) => (one.id === id ? { ...one, state: "done", sent: one.size } : one));
export const failed = (line, id, reason) => change(line, id, { state: "failed", reason });
/** Back into the line: one that failed, or all of them without an id. */
export const retried = (line, id = null) => line.map((one) => (one.state === "failed" && (id === null || one.id === id) ? { ...one, state: "waiting", reason: null, sent: 0 } : one));
export const removed = (line, id) => line.filter((one) => one.id !== id);

/** The line in numbers: `{ all, done, failed, part }`; `part` of the bytes, from 0 to 1. */
export function summary(line) {
    const bytes = line.reduce((sum, one) => sum + Math.max(1, one.size), 0);
    const sent = line.reduce((sum, one) => sum + (one.state === "done" ? Math.max(1, one.size) : Math.min(one.sent, one.size)), 0);
    return {
        all: line.length, done: line.filter((one) => one.state === "done").length, failed: line.filter((one) => one.state === "failed").length,
        part: bytes === 0 ? 0 : sent / bytes,
    };
}

/** Folders from the root down to `id`: the path that one sees above a list. */
export function trail(folders, id) {
    const byId = new Map(folders.map((folder) => [folder.id, folder]));
    const path = [];
    for (let at = byId.get(id); at && !path.includes(at); at = byId.get(at.parent_folder_id)) path.unshift(at);
    return path;
}

/** Folders that one may be moved into: not itself, and nothing in it. */
export const targets = (folders, moving) => folders.filter((folder) => !trail(folders, folder.id).some((one) => one.id === moving));
