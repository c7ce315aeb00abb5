// Imports as a person reads them: in which phase one is, what it counted, when to ask again.

const PHASES = {
    initializing: "waiting", created: "waiting", importing: "running", cleanup_batch: "running", restoring: "running",
    imported: "done", restored: "done", partially_restored: "done", imported_with_messages: "messages",
    failed: "failed", failed_with_messages: "failed", aborted: "aborted",
};

/** "waiting", "running", "done", "messages" (done, with something to say), "failed" or "aborted". */
export const phase = (item) => PHASES[item.workflow_state] ?? "running";

/** Whether it goes on by itself. */
export const isOpen = (item) => ["waiting", "running"].includes(phase(item));

/** Whether its states can be put back: it has changed something and has not been put back. */
export const isRestorable = (item) => ["imported", "imported_with_messages", "aborted", "failed_with_messages"].includes(item.workflow_state);

const KINDS = ["Account", "EnrollmentTerm", "User", "Course", "CourseSection", "Enrollment", "UserObserver", "AccountUser"];
const CHANGES = ["created", "updated", "unchanged", "concluded", "deactivated", "deleted", "restored"];

/** The kinds that the import has met, with the changes that any of them has: `{ changes, rows: [{ kind, counts }] }`. */
export function statistics(item) {
    const rows = KINDS.map((kind) => ({ kind, counts: item.statistics?.[kind] ?? {} }))
        .filter(({ counts }) => CHANGES.some((change) => counts[change] > 0));
    const changes = CHANGES.filter((change) => rows.some(({ counts }) => counts[change] > 0));
    return { changes, rows };
}

/** What an upload's query says, out of a form's values; what is left empty is not sent. */
export function options(values) {
    const query = {};
    const mode = values.mode;
    if (mode === "batch") {
        query.batch_mode = "true";
        query.batch_mode_term_id = values.batch_mode_term_id;
    }
    if (mode === "diffing") {
        query.diffing_data_set_identifier = values.diffing_data_set_identifier;
        if (values.diffing_remaster_data_set) query.diffing_remaster_data_set = "true";
    }
    if (mode !== "plain" && values.change_threshold) query.change_threshold = values.change_threshold;
    if (values.stickiness !== "keep") query.override_sis_stickiness = "true";
    if (values.stickiness === "add") query.add_sis_stickiness = "true";
    if (values.stickiness === "clear") query.clear_sis_stickiness = "true";
    return query;
}

/** What a file is by its name: `{ extension, type }`, or null for one that cannot be imported. */
export function fileKind(name) {
    const extension = /\.([a-z]+)$/i.exec(name)?.[1].toLowerCase();
    if (extension === "csv" || extension === "txt") return { extension: "csv", type: "text/csv" };
    return extension === "zip" ? { extension: "zip", type: "application/zip" } : null;
}
