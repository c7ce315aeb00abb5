// An erasure as a person reads it. No element is touched here.

/** How long the second step may come after the first. */
export const CONFIRM_MS = 3_600_000;

/** "waiting" for the second step, "expired", "running", "completed" or "failed". */
export function standing(erasure, now) {
    if (erasure.workflow_state === "requested") return now - Date.parse(erasure.created_at) > CONFIRM_MS ? "expired" : "waiting";
    return erasure.workflow_state === "confirmed" ? "running" : erasure.workflow_state;
}
