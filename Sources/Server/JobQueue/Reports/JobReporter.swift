import EventLoop
package import Postgres

/// Reads what a ``JobReport`` shows.
///
/// Confined to the pool's loop. Only what waits, runs or is dead is counted, by indexes that hold nothing else.
package struct JobReporter {
    private static let depth: Statement = """
        SELECT kind,
            count(*) FILTER (WHERE state = 'available' AND run_at <= now()),
            count(*) FILTER (WHERE state = 'available' AND run_at > now()),
            count(*) FILTER (WHERE state = 'running'),
            count(*) FILTER (WHERE state = 'dead'),
            coalesce(extract(epoch FROM now() - min(run_at) FILTER (WHERE state = 'available')) * 1000, 0)::bigint
        FROM job_heads
        WHERE state IN ('available', 'running', 'dead') AND ($1::bigint IS NULL OR institution_id = $1)
        GROUP BY kind ORDER BY kind
        """
    private static let minutes: Statement = """
        SELECT minute, kind,
            coalesce(sum(count) FILTER (WHERE outcome = 'completed'), 0)::bigint,
            coalesce(sum(count) FILTER (WHERE outcome IN ('retried', 'dead')), 0)::bigint,
            sum(busy_ms)::bigint
        FROM job_minutes WHERE minute > now() - interval '1 hour'
        GROUP BY minute, kind ORDER BY minute, kind
        """
    private static let failures: Statement = """
        SELECT kind, error_class, sum(count)::bigint FROM job_minutes
        WHERE minute > now() - interval '1 hour' AND error_class <> ''
        GROUP BY kind, error_class ORDER BY kind, error_class
        """
    private static let dead: Statement = """
        SELECT kind, coalesce(error_class, ''), count(*), max(finished_at),
            (array_agg(id ORDER BY finished_at DESC))[1:20]
        FROM job_heads
        WHERE state = 'dead' AND ($1::bigint IS NULL OR institution_id = $1)
        GROUP BY kind, error_class ORDER BY kind, error_class
        """

    private let pool: PostgresPool

    package init(pool: PostgresPool) { self.pool = pool }

    /// How much there is of each kind, in one institution or in all; what is in databases that are away does not count.
    package func depth(of institution: TenantID?) async throws(PostgresError) -> [JobDepth] {
        var found: [JobDepth] = []
        for member in members(institution) {
            for row in try await member.query(
                JobReporter.depth, [.int(institution?.rawValue)], tenant: institution)
            {
                let kind = try row.text(0)
                let place = found.firstIndex { $0.kind == kind } ?? found.endIndex
                if place == found.endIndex { found.append(JobDepth(kind: kind)) }
                found[place].available += Int(try row.int(1))
                found[place].scheduled += Int(try row.int(2))
                found[place].running += Int(try row.int(3))
                found[place].dead += Int(try row.int(4))
                found[place].oldest = max(found[place].oldest, .milliseconds(max(0, try row.int(5))))
            }
        }
        return found.sorted { $0.kind < $1.kind }
    }

    /// The databases that are asked.
    private func members(_ institution: TenantID?) -> [PostgresPool] {
        institution == nil ? pool.members.filter { $0.obstacle == nil || $0 === pool } : [pool]
    }

    /// The whole report, of one institution or of all.
    ///
    /// - Parameters:
    ///   - institution: Whose jobs count; `nil` for all.
    ///   - now: Milliseconds since 1970.
    ///   - catalogue: Kinds that are shown though they have nothing.
    /// - Returns: The report.
    /// - Throws: `PostgresError`.
    package func report(
        of institution: TenantID?, at now: Int64, catalogue: JobCatalogue = JobCatalogue([])
    ) async throws(PostgresError) -> JobReport {
        var report = JobReport(at: now, depths: try await depth(of: institution), deadLetters: [])
        report.add(catalogue)
        for member in members(institution) {
            for row in try await member.query(
                JobReporter.dead, [.int(institution?.rawValue)], tenant: institution)
            {
                report.add(
                    DeadLetters(
                        kind: try row.text(0), errorClass: try row.text(1), count: Int(try row.int(2)),
                        latest: try row.timestampMilliseconds(3), jobs: try row.intArray(4)))
            }
        }
        guard institution == nil else { return report }
        var minutes: [JobMinute] = []
        // What was done is counted at home, whichever database the jobs are in.
        for row in try await pool.home.query(JobReporter.minutes, tenant: nil) {
            minutes.append(
                JobMinute(
                    at: try row.timestampMilliseconds(0), kind: try row.text(1),
                    completed: Int(try row.int(2)), failed: Int(try row.int(3)), busy: try row.int(4)))
        }
        report.minutes = minutes
        var failures: [JobFailures] = []
        for row in try await pool.home.query(JobReporter.failures, tenant: nil) {
            failures.append(
                JobFailures(
                    kind: try row.text(0), errorClass: try row.text(1), count: Int(try row.int(2))))
        }
        report.failures = failures
        return report
    }
}
