import Postgres

/// What the feed asks of the primary; `$1` is the institution where there is one.
enum FeedStatements {
    /// One writer of an institution at a time; the lock goes with the transaction, and needs no number of one, which would
    /// keep others from reading on.
    static let lock: Statement = "SELECT pg_advisory_xact_lock(hashtextextended('search.feed', $1))"
    static let version: Statement = "SELECT nextval('search_versions')"
    /// After the primary was restored to an earlier time, or somebody else has written.
    static let raise: Statement = """
        SELECT setval('search_versions', greatest($1, (SELECT last_value FROM search_versions)))
        """

    /// What can be read: changes of transactions older than every one that runs.
    ///
    /// $2 how many.
    static let read: Statement = """
        SELECT changed::text, seq, kind, id FROM search_outbox
        WHERE institution_id = $1 AND changed < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY changed, seq LIMIT $2
        """
    /// $2 and $3 the end of what was read: no transaction that is older can add anything.
    static let remove: Statement = """
        DELETE FROM search_outbox WHERE institution_id = $1 AND (changed, seq) <= ($2::xid8, $3)
        """
    /// $2 kind, $3 ids: read again with a later batch.
    static let note: Statement = """
        INSERT INTO search_outbox (institution_id, kind, id) SELECT $1, $2, id FROM unnest($3::bigint[]) AS id
        """

    /// $2 courses.
    static let locales: Statement = """
        SELECT c.id, c.locale FROM courses c WHERE c.institution_id = $1 AND c.id = ANY ($2)
        """
    static let locale: Statement = "SELECT default_locale FROM accounts WHERE institution_id = $1 AND id = $1"
    static let gaps: Statement =
        "SELECT institution_id, locale, gaps FROM search_places() WHERE institution_id = $1"

    static let places: Statement = "SELECT institution_id, locale, gaps FROM search_places()"
    /// $1 how many of an institution are counted.
    static let unread: Statement =
        "SELECT institution_id, waiting, age_ms, is_readable FROM search_unread($1)"
    /// $1 milliseconds, $2 how many of an institution.
    static let discard: Statement = "SELECT search_discard($1, $2)"
}
