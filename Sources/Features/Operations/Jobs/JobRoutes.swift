import JSON
import JobQueue
import Postgres
import Tenancy
import WebServer

/// The queue of background work, for those who look after it.
///
/// Administrators see and redrive their own institution's jobs, operators all.
enum JobRoutes {
    /// `GET /api/v1/ops/jobs`: how much there is, what came of it, what is dead.
    static func show(_ call: Call) async throws -> WebResponse {
        let report = try await JobReporter(pool: call.pool).report(
            of: scope(call), at: call.context.nowMilliseconds,
            catalogue: call.context.service(JobQueue.self).catalogue)
        return .json(report.json { ISO8601.text(milliseconds: $0) })
    }

    /// `POST /api/v1/ops/jobs/redrive`: dead letters of a kind, of a class, or of a class of a kind.
    static func redriveMany(_ call: Call) async throws -> WebResponse {
        let fields = try call.request.fields()
        var what = JobQueue.Redrive(institution: scope(call))
        if fields.has("kind") { what.kind = try fields.string("kind", in: 1...64) }
        if fields.has("error_class") {
            guard let found = ErrorClass(rawValue: try fields.string("error_class", in: 1...64)) else {
                throw fields.error("error_class", .other("must name a class of errors"))
            }
            what.errorClass = found
        }
        guard what.kind != nil || what.errorClass != nil else { throw fields.error("kind", .missing) }
        return try await redrive(what, call) { _ in }
    }

    /// `POST /api/v1/ops/jobs/:id/redrive`: one dead letter.
    static func redriveOne(_ call: Call) async throws -> WebResponse {
        let what = JobQueue.Redrive(institution: scope(call), job: try call.request.id("id"))
        return try await redrive(what, call) { count throws(WebError) in
            guard count > 0 else { throw .notFound }
        }
    }

    private static func redrive(
        _ what: JobQueue.Redrive, _ call: Call, check: (Int) throws(WebError) -> Void
    ) async throws -> WebResponse {
        let queue = call.context.service(JobQueue.self)
        // An operator's call is about every database; that of the caller's institution takes part in the request.
        var elsewhere = 0
        if what.institution == nil, call.pool.isSharded {
            let own = try await call.pool.member(of: call.institution)
            for member in call.pool.members where member !== own && member.obstacle == nil {
                elsewhere += try await queue.redrive(what, pool: member)
            }
        }
        let others = elsewhere
        return try await call.commit { transaction in
            let count = try await transaction.redrive(what, of: queue) + others
            try check(count)
            return .json { json in json.object { $0.member("redriven", count) } }
        }
    }

    /// The caller's institution; `nil` for all of them.
    private static func scope(_ call: Call) -> InstitutionID? {
        call.context.service(LiveMonitor.self).isOperator(call.principal) ? nil : call.institution
    }
}
