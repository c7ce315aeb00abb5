let m0052LiveNodes = """
    -- Global: each node's line, written every second. A node that hears nothing through Redis finds out here whether others
    -- do. It holds no institution's data.
    CREATE TABLE live_nodes (
        node text PRIMARY KEY,
        name text NOT NULL,
        started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        seen_at timestamptz NOT NULL,
        unheard integer NOT NULL
    ) WITH (fillfactor = 50);
    GRANT SELECT, INSERT, UPDATE, DELETE ON live_nodes TO cohort_app;
    """
