import Postgres

/// The log's SQL.
///
/// `$1` is always the institution.
enum EventLogStatements {
    /// Makes the rows of channels that this node has not written to yet.
    ///
    /// `$2` names.
    static let createChannels: Statement = """
        INSERT INTO live_channels (institution_id, name)
        SELECT $1::bigint, name FROM unnest($2::text[]) AS t (name) ORDER BY name
        ON CONFLICT DO NOTHING
        """

    /// Takes the channels' rows in one order, so that two nodes cannot deadlock.
    ///
    /// A statement of its own: the next one sees what was committed while this one waited.
    static let lockChannels: Statement = """
        SELECT name FROM live_channels WHERE institution_id = $1::bigint AND name = ANY ($2::text[])
        ORDER BY name FOR UPDATE
        """

    /// Appends events whose keys are new; a key that is not violates the unique constraint, and nothing is appended.
    ///
    /// Parameters and rows are those of ``append``. Nearly every key is new, and the constraint finds out without a plan: a
    /// look-up's plan can be wrong for a minute, while the database does not know yet how large a table has become, and
    /// then reads the whole channel for each event.
    static let appendNew: Statement = """
        WITH given AS MATERIALIZED (
            SELECT i.*, count(*) OVER (PARTITION BY i.channel ORDER BY i.place) AS nth
            FROM unnest(
                $2::text[], $3::bigint[], $4::text[], $5::uuid[], $6::bigint[], $7::bigint[], $8::text[])
                WITH ORDINALITY AS i (channel, author, method, key, digest, at, body, place)
        ), bumped AS (
            UPDATE live_channels c SET top = c.top + n.count, changed = pg_current_xact_id()
            FROM (SELECT channel, count(*) AS count FROM given GROUP BY channel) n
            WHERE c.institution_id = $1::bigint AND c.name = n.channel
            RETURNING c.name, c.top - n.count AS base
        ), inserted AS (
            INSERT INTO live_events (institution_id, channel, seq, author, method, key, digest, at, body)
            SELECT $1::bigint, g.channel, b.base + g.nth, g.author, g.method, g.key, g.digest, g.at, g.body
            FROM given g JOIN bumped b ON b.name = g.channel
        )
        SELECT g.place - 1, b.base + g.nth, true, true, g.at, NULL::text
        FROM given g LEFT JOIN bumped b ON b.name = g.channel
        ORDER BY g.place
        """

    /// Appends, or finds what the same key appended before; one row per input, by its place.
    ///
    /// Parameters: channels, authors, methods, keys, digests, times, bodies. The channels' rows are locked, so a key that
    /// is not seen does not exist. `OFFSET 0` keeps the look-up of a key an index look-up per row, whatever the planner
    /// believes about the sizes.
    static let append: Statement = """
        WITH judged AS MATERIALIZED (
            SELECT i.*, k.seq AS known_seq, k.at AS known_at, k.body AS known_body, k.digest = i.digest AS same,
                count(*) FILTER (WHERE k.seq IS NULL) OVER (PARTITION BY i.channel ORDER BY i.place) AS nth
            FROM unnest(
                $2::text[], $3::bigint[], $4::text[], $5::uuid[], $6::bigint[], $7::bigint[], $8::text[])
                WITH ORDINALITY AS i (channel, author, method, key, digest, at, body, place)
            LEFT JOIN LATERAL (
                SELECT e.seq, e.at, e.body, e.digest FROM live_events e
                WHERE e.institution_id = $1::bigint AND e.channel = i.channel AND e.author = i.author
                    AND e.method = i.method AND e.key = i.key
                OFFSET 0
            ) k ON true
        ), bumped AS (
            UPDATE live_channels c SET top = c.top + n.count, changed = pg_current_xact_id()
            FROM (SELECT channel, count(*) AS count FROM judged WHERE known_seq IS NULL GROUP BY channel) n
            WHERE c.institution_id = $1::bigint AND c.name = n.channel
            RETURNING c.name, c.top - n.count AS base
        ), inserted AS (
            INSERT INTO live_events (institution_id, channel, seq, author, method, key, digest, at, body)
            SELECT $1::bigint, j.channel, b.base + j.nth, j.author, j.method, j.key, j.digest, j.at, j.body
            FROM judged j JOIN bumped b ON b.name = j.channel WHERE j.known_seq IS NULL
        )
        SELECT j.place - 1, coalesce(j.known_seq, b.base + j.nth), j.known_seq IS NULL, coalesce(j.same, true),
            coalesce(j.known_at, j.at), j.known_body
        FROM judged j LEFT JOIN bumped b ON b.name = j.channel
        ORDER BY j.place
        """

    /// Hides earlier events.
    ///
    /// Parameters: channels, offsets.
    static let hide: Statement = """
        UPDATE live_events e SET hidden = true FROM unnest($2::text[], $3::bigint[]) AS t (channel, seq)
        WHERE e.institution_id = $1::bigint AND e.channel = t.channel AND e.seq = t.seq
        """

    /// What one key has appended before, if anything.
    ///
    /// Parameters: channel, author, method, key.
    static let find: Statement = """
        SELECT seq, at, body, digest FROM live_events
        WHERE institution_id = $1::bigint AND channel = $2 AND author = $3::bigint AND method = $4
            AND key = $5::uuid
        """

    /// The newest offsets and, for each channel, its latest events.
    ///
    /// `$2` names, `$3` events per channel, `$4` bytes of them.
    static let load: Statement = """
        SELECT c.name, c.top, e.seq, e.body, e.hidden
        FROM live_channels c LEFT JOIN LATERAL (
            SELECT seq, body, hidden FROM (
                SELECT seq, body, hidden, sum(octet_length(body)) OVER (ORDER BY seq DESC) - octet_length(body) AS newer
                FROM live_events
                WHERE institution_id = $1::bigint AND channel = c.name AND seq > c.top - $3::bigint
            ) latest WHERE newer < $4::bigint
        ) e ON true
        WHERE c.institution_id = $1::bigint AND c.name = ANY ($2::text[])
        ORDER BY c.name, e.seq
        """

    /// The newest offsets alone.
    ///
    /// `$2` names.
    static let tops: Statement = """
        SELECT name, top FROM live_channels WHERE institution_id = $1::bigint AND name = ANY ($2::text[])
        """

    /// Which transactions are finished; what each statement of the same batch sees is at least as new.
    static let snapshot: Statement = "SELECT pg_current_snapshot()::text"

    /// Channels that were written to by transactions which a snapshot did not see, in a fixed order.
    ///
    /// Parameters: the snapshot, the last change and name of the page before, limit. Changes of the future are left out:
    /// they come from a dump that was taken of another cluster.
    static let changes: Statement = """
        SELECT c.name, c.top, c.changed::text FROM live_channels c
        WHERE c.institution_id = $1::bigint
            AND c.changed >= pg_snapshot_xmin($2::pg_snapshot)
            AND c.changed < pg_snapshot_xmax(pg_current_snapshot())
            AND NOT pg_visible_in_snapshot(c.changed, $2::pg_snapshot)
            AND (c.changed, c.name) > ($3::xid8, $4::text)
        ORDER BY c.changed, c.name LIMIT $5::bigint
        """

    /// Events after an offset, oldest first.
    ///
    /// Parameters: channel, offset, limit, and bytes, with which or beyond which the last event ends. The length of a body is
    /// known without reading it.
    static let after: Statement = """
        SELECT seq, body, hidden FROM (
            SELECT seq, body, hidden, sum(octet_length(body)) OVER (ORDER BY seq) - octet_length(body) AS before
            FROM (
                SELECT seq, body, hidden FROM live_events
                WHERE institution_id = $1::bigint AND channel = $2 AND seq > $3::bigint
                ORDER BY seq LIMIT $4::bigint
            ) counted
        ) weighed WHERE before < $5::bigint ORDER BY seq
        """

    /// Events before an offset, newest first.
    ///
    /// Parameters as those of ``after``.
    static let before: Statement = """
        SELECT seq, body, hidden FROM (
            SELECT seq, body, hidden, sum(octet_length(body)) OVER (ORDER BY seq DESC) - octet_length(body) AS before
            FROM (
                SELECT seq, body, hidden FROM live_events
                WHERE institution_id = $1::bigint AND channel = $2 AND seq < $3::bigint
                ORDER BY seq DESC LIMIT $4::bigint
            ) counted
        ) weighed WHERE before < $5::bigint ORDER BY seq DESC
        """

    /// The log's epoch.
    static let epoch: Statement = "SELECT epoch FROM live_log"
}
