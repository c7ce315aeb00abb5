import Content
import EventLoop
import JSON
import JobQueue
import Postgres
package import Telemetry
import Tenancy

/// The nightly sweep of an institution: removes what it keeps no longer, in batches that are bounded.
///
/// A batch is a transaction of its own, so what dies in the middle is carried on with by the next attempt, or the next night.
struct RetentionJob: JobKind {
    static let kindName = "privacy.sweep"
    private static let batch: Int64 = 1000

    let name = RetentionJob.kindName
    let policy = JobPolicy(
        lane: 5, attempts: 3, backoff: Backoff(base: .seconds(60), limit: .seconds(1800)),
        timeLimit: .seconds(2 * 3600), cap: 2, uniqueness: .untilSwept)
    let place: ExportPlace?
    let meters: RetentionMeters

    /// A sweep of one night, which no second one has.
    static func request(day: String, progress: ProgressRequest? = nil) -> JobRequest? {
        try? JobRequest(kind: kindName, payload: .emptyObject, uniqueKey: day, progress: progress)
    }

    /// A statement that removes a batch: `$1` institution, `$2` days, `$3` rows at most.
    private enum Step {
        case statement(String, RetentionSettings.Item?, Statement)
        /// The same, which gives how many as its only column.
        case function(String, RetentionSettings.Item, Statement)
        case content(String, RetentionSettings.Item, isArtifact: Bool)

        var name: String {
            switch self {
            case .statement(let name, _, _), .function(let name, _, _), .content(let name, _, _): name
            }
        }
    }

    private static func rows(of table: String, by key: String = "ctid", _ condition: String) -> Statement {
        Statement(
            """
            DELETE FROM \(table) WHERE institution_id = $1 AND \(key) = ANY (ARRAY(
                SELECT \(key) FROM \(table) WHERE institution_id = $1 AND \(condition) LIMIT $3))
            """)
    }

    private static let steps: [Step] = [
        .content("files", .deletedFiles, isArtifact: false),
        .content("artifacts", .exports, isArtifact: true),
        .statement("live_events", .liveEvents, liveEvents),
        .statement("board_snapshots", .liveEvents, boardSnapshots),
        .statement(
            "sessions", .sessions,
            rows(of: "sessions", by: "id", "expires_at < now() - $2::bigint * interval '1 day'")),
        .statement("sis_import_pieces", .imports, importPieces),
        .statement("sis_import_messages", .imports, importMessages),
        .function("audit_events", .audit, "SELECT privacy_sweep_audit($2, $3) WHERE $1::bigint IS NOT NULL"),
        .function("jobs", .jobs, "SELECT job_sweep_of_institution($2, $3) WHERE $1::bigint IS NOT NULL"),
        // What is good for a time that nobody chooses.
        .statement(
            "idempotency_keys", nil,
            rows(of: "idempotency_keys", "created_at < now() - ($2::bigint + 1) * interval '1 day'")),
        .statement(
            "oidc_states", nil,
            rows(of: "oidc_states", "used_at < now() - ($2::bigint + 1) * interval '1 day'")),
        .statement(
            "pairing_codes", nil,
            rows(of: "pairing_codes", "expires_at < now() - $2::bigint * interval '1 day'")),
    ]

    /// What was said and drawn becomes a hole, as a deleted message does; of the rest the names go.
    private static let liveEvents = Statement(
        #"""
        UPDATE live_events t SET
            hidden = t.hidden OR t.body ~ '^\{"type":"(chat\.(message|edited)|board\.applied|class\.announcement)"',
            body = CASE
                WHEN t.hidden OR t.body ~ '^\{"type":"(chat\.(message|edited)|board\.applied|class\.announcement)"'
                THEN '{"type":"skip"}' ELSE live_without_names(t.body) END
        FROM (
            SELECT e.channel, e.seq FROM live_channels c
            JOIN live_events e ON e.institution_id = c.institution_id AND e.channel = c.name
            WHERE c.institution_id = $1
                AND e.at < (extract(epoch FROM now()) * 1000)::bigint - $2::bigint * 86400000
                AND e.body <> CASE
                    WHEN e.hidden OR e.body ~ '^\{"type":"(chat\.(message|edited)|board\.applied|class\.announcement)"'
                    THEN '{"type":"skip"}' ELSE live_without_names(e.body) END
            LIMIT $3
        ) f
        WHERE t.institution_id = $1 AND t.channel = f.channel AND t.seq = f.seq
        """#)

    /// States of boards whose last event is that old.
    private static let boardSnapshots = Statement(
        """
        DELETE FROM board_snapshots WHERE institution_id = $1 AND ctid = ANY (ARRAY(
            SELECT s.ctid FROM board_snapshots s
            JOIN live_classes l ON l.institution_id = $1 AND l.id = s.class_id
            WHERE s.institution_id = $1 AND l.workflow_state IN ('ended', 'deleted')
                AND coalesce(l.ended_at, l.created_at)
                    < (extract(epoch FROM now()) * 1000)::bigint - $2::bigint * 86400000
            LIMIT $3))
        """)

    private static let importPieces: Statement = """
        DELETE FROM sis_import_pieces WHERE institution_id = $1 AND ctid = ANY (ARRAY(
            SELECT p.ctid FROM sis_import_pieces p
            JOIN sis_imports i ON i.institution_id = $1 AND i.id = p.import_id
            WHERE p.institution_id = $1 AND i.ended_at < now() - $2::bigint * interval '1 day'
            LIMIT least($3, 100)))
        """

    private static let importMessages: Statement = """
        DELETE FROM sis_import_messages WHERE institution_id = $1 AND ctid = ANY (ARRAY(
            SELECT m.ctid FROM sis_import_messages m
            JOIN sis_imports i ON i.institution_id = $1 AND i.id = m.import_id
            WHERE m.institution_id = $1 AND i.ended_at < now() - $2::bigint * interval '1 day'
            LIMIT $3))
        """

    func run(_ run: JobRun) async throws -> JobOutcome {
        let tenant = PostgresValue.int(run.institution.rawValue)
        let settings = try RetentionSettings(
            try await run.pool.query(RetentionQueries.show, [tenant], tenant: run.institution).first)
        var removed: [(String, Int64)] = []
        for (number, step) in RetentionJob.steps.enumerated() {
            let count = try await carryOut(step, settings, run)
            if count > 0 { removed.append((step.name, count)) }
            meters.count(step.name, count)
            run.report(completion: 100 * Double(number) / Double(RetentionJob.steps.count))
        }
        let results = RawJSON { json in
            json.object { json in for (name, count) in removed { json.member(name, count) } }
        }
        return .completed(results: results) { transaction in
            try await transaction.query(RetentionQueries.noteSweep, [tenant])
        }
    }

    private func carryOut(_ step: Step, _ settings: RetentionSettings, _ run: JobRun) async throws -> Int64 {
        var sum: Int64 = 0
        while true {
            try run.check()
            let count: Int64
            switch step {
            case .statement(_, let item, let statement):
                count = Int64(try await query(statement, item, settings, run).affected)
            case .function(_, let item, let statement):
                count = try await query(statement, item, settings, run).first?.int(0) ?? 0
            case .content(_, let item, let isArtifact):
                let sweep = ContentSweep(
                    pool: run.pool, storage: place?.storage, institution: run.institution)
                do {
                    count = Int64(
                        try await sweep.run(isArtifact ? .expired : .removed(days: settings.value(item))).rows
                    )
                } catch let error as StorageError {
                    throw JobFailure("storage", "\(error)")
                }
            }
            sum += count
            if count == 0 { return sum }
        }
    }

    private func query(
        _ statement: Statement, _ item: RetentionSettings.Item?, _ settings: RetentionSettings, _ run: JobRun
    ) async throws(PostgresError) -> Rows {
        try await run.pool.query(
            statement,
            [
                .int(run.institution.rawValue), .int(item.map(settings.value) ?? 0), .int(RetentionJob.batch),
            ], tenant: run.institution)
    }
}

/// What the nightly sweeps have removed.
package struct RetentionMeters: Sendable {
    private let removed: Labelled<Counter>

    /// Counts into these metrics.
    package init(_ metrics: Metrics) {
        removed = metrics.counters(
            "cohort_retention_removed_total", "Rows that nightly sweeps have removed or blanked.",
            labels: ["table"])
    }

    func count(_ name: String, _ count: Int64) { removed.with(name).add(Int(count)) }
}
