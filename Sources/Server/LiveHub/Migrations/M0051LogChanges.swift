let m0051LogChanges = """
    -- Which transaction wrote to a channel last, so that a node can ask what has changed since it asked before. The
    -- default fills in what exists without rewriting the table.
    ALTER TABLE live_channels ADD COLUMN changed xid8 NOT NULL DEFAULT pg_current_xact_id();
    CREATE INDEX live_channels_changed ON live_channels (institution_id, changed);

    -- Every append writes a new version of its channel's row and of its place in the index. The table is small and is
    -- swept often, so that nobody walks over many dead versions.
    ALTER TABLE live_channels SET (
        fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 2000,
        autovacuum_vacuum_cost_delay = 0
    );
    """
