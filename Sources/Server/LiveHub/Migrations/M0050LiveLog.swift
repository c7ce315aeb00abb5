let m0050LiveLog = """
    -- The log of everything that is said in classes and must not be lost.

    -- Global, one row: the log's epoch. An operator changes it after restoring an older backup, so that clients which have
    -- seen later offsets start anew.
    CREATE TABLE live_log (
        is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
        epoch text NOT NULL DEFAULT substr(replace(gen_random_uuid()::text, '-', ''), 1, 8)
    );
    INSERT INTO live_log DEFAULT VALUES;
    GRANT SELECT ON live_log TO cohort_app;

    -- One row per channel that was ever written to: its newest offset.
    CREATE TABLE live_channels (
        institution_id bigint NOT NULL,
        name text NOT NULL,
        top bigint NOT NULL DEFAULT 0,
        PRIMARY KEY (institution_id, name)
    );

    -- One row per event. `key` is the client's, unique for channel, author and method; `body` is the event without `id`.
    CREATE TABLE live_events (
        institution_id bigint NOT NULL,
        channel text NOT NULL,
        seq bigint NOT NULL,
        author bigint NOT NULL,
        method text NOT NULL,
        key uuid NOT NULL,
        digest bigint NOT NULL,
        at bigint NOT NULL,
        body text NOT NULL,
        hidden boolean NOT NULL DEFAULT false,
        PRIMARY KEY (institution_id, channel, seq),
        UNIQUE (institution_id, channel, author, method, key),
        FOREIGN KEY (institution_id, channel) REFERENCES live_channels (institution_id, name)
    );

    ALTER TABLE live_channels ENABLE ROW LEVEL SECURITY;
    ALTER TABLE live_channels FORCE ROW LEVEL SECURITY;
    CREATE POLICY institution ON live_channels
        USING (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint)
        WITH CHECK (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint);
    GRANT SELECT, INSERT, UPDATE ON live_channels TO cohort_app;

    ALTER TABLE live_events ENABLE ROW LEVEL SECURITY;
    ALTER TABLE live_events FORCE ROW LEVEL SECURITY;
    CREATE POLICY institution ON live_events
        USING (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint)
        WITH CHECK (institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint);
    GRANT SELECT, INSERT ON live_events TO cohort_app;
    GRANT UPDATE (hidden) ON live_events TO cohort_app;
    """
