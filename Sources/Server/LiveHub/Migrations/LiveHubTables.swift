package import Postgres

/// What the log's tables are to people's privacy.
package enum LiveHubTables {
    /// The events that hold what somebody wrote or drew.
    private static let isContent =
        "body ~ '^\\{\"type\":\"(chat\\.(message|edited)|board\\.applied|class\\.announcement)\"'"
    /// Whether an event holds something of user `$2`: written by them, or naming them.
    private static let names =
        "(e.author = $2 OR position('\"user\":{\"id\":' || $2::bigint || ',' IN e.body) > 0)"

    /// All of them.
    ///
    /// An event that is erased stays as a hole, as a deleted message does: offsets stay without gaps.
    package static let all: [TableDeclaration] = [
        .global("live_log", "The log's epoch."),
        .global("live_nodes", "A line for each node."),
        .impersonal("live_channels"),
        .personal(
            "live_events", people: ["author"],
            condition:
                "channel IN (SELECT c.name FROM live_channels c WHERE c.institution_id = $1) AND author = $2",
            secrets: ["key", "digest"],
            erasure: .statement(
                """
                UPDATE live_events t SET
                    hidden = t.hidden OR (t.author = $2 AND t.\(isContent)),
                    body = CASE WHEN t.author = $2 AND (t.hidden OR t.\(isContent)) THEN '{"type":"skip"}'
                        ELSE live_without_names(t.body, $2) END
                FROM (
                    SELECT e.channel, e.seq FROM live_events e
                    WHERE e.institution_id = $1 AND \(names)
                        AND e.body <> CASE
                            WHEN e.author = $2 AND (e.hidden OR e.\(isContent)) THEN '{"type":"skip"}'
                            ELSE live_without_names(e.body, $2) END
                    LIMIT $3
                ) f
                WHERE t.institution_id = $1 AND t.channel = f.channel AND t.seq = f.seq
                """)),
    ]
}
