/// A report that was under way when its attempt ended must not undo what the end wrote.
///
/// Only the progress itself can tell: a statement that waited for the row reads it anew, and everything else as it was before.
let m0062SettledProgress = """
    -- The fence of the last attempt that is over: what that one still reports comes too late.
    ALTER TABLE progresses ADD COLUMN settled_fence bigint NOT NULL DEFAULT 0;
    GRANT UPDATE (settled_fence) ON progresses TO cohort_app;
    """
