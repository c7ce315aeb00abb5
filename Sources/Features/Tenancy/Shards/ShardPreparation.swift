package import EventLoop
package import Postgres

/// Makes a database one of the deployment's shards, after its migrations: it learns its number, and its sequences give ids
/// of its own range, so that no id is given twice and each carries its shard.
package enum ShardPreparation {
    /// Prepares a database; harmless when it is prepared.
    ///
    /// - Parameters:
    ///   - shard: Its number, 1 to ``ShardMap/highest``.
    ///   - migration: The highest that is applied.
    ///   - loop: The loop that the caller runs on.
    ///   - owner: Where it is, with the owner's role.
    /// - Throws: ``PostgresError``: the server's sentence, for a database that is another shard or has given ids already.
    package static func run(
        shard: Int, migration: Int, on loop: EventLoop, _ owner: PostgresConfiguration
    ) async throws(PostgresError) {
        let session = try await PostgresSession.open(loop: loop, configuration: owner)
        defer { session.close() }
        try await session.run(text(shard: shard, ids: ShardMap.ids(of: shard), migration: migration))
    }

    private static func text(shard: Int, ids: ClosedRange<Int64>, migration: Int) -> String {
        """
        DO $do$
        DECLARE
            one record;
            known integer;
        BEGIN
            PERFORM pg_advisory_xact_lock(hashtextextended('cohort shard preparation', 0));
            SELECT shard INTO known FROM shard_identity;
            IF known <> \(shard) THEN
                RAISE EXCEPTION 'this database is shard %, not shard \(shard)', known;
            END IF;
            FOR one IN
                SELECT schemaname, sequencename, min_value, max_value, last_value FROM pg_sequences
                WHERE schemaname = 'public' AND data_type = 'bigint'::regtype
            LOOP
                CONTINUE WHEN one.min_value = \(ids.lowerBound) AND one.max_value = \(ids.upperBound);
                IF one.last_value IS NOT NULL THEN
                    RAISE EXCEPTION 'this database has given ids of its own before it became shard \(shard) (%)',
                        one.sequencename;
                END IF;
                EXECUTE format(
                    'ALTER SEQUENCE %I.%I MINVALUE \(ids.lowerBound) MAXVALUE \(ids.upperBound) START \(ids.lowerBound) RESTART',
                    one.schemaname, one.sequencename);
            END LOOP;
            INSERT INTO shard_identity (shard, prepared) VALUES (\(shard), \(migration))
            ON CONFLICT (only_row) DO UPDATE SET prepared = excluded.prepared;
        END
        $do$
        """
    }
}
