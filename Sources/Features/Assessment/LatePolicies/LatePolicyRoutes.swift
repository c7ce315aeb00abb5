import Courses
import HTTPTypes
import JSON
import Postgres
import Tenancy
import WebServer

/// A course's late policy, for those who grade there; grading reads it.
enum LatePolicyRoutes {
    /// `GET /api/v1/courses/:course_id/late_policy`; 404 when the course has none.
    static func show(_ call: CourseCall) async throws -> WebResponse {
        let rows = try await call.query(LatePolicyQueries.show, [call.courseValue])
        guard let policy = try rows.first.map(LatePolicy.init) else { throw WebError.notFound }
        return .json { policy.write(&$0) }
    }

    /// `POST /api/v1/courses/:course_id/late_policy`; 400 when the course has one.
    static func create(_ call: CourseCall) async throws -> WebResponse {
        let change = try change(call)
        return try await call.commit { transaction in
            let rows = try await transaction.query(
                LatePolicyQueries.create, [call.tenant, call.courseValue] + change.values)
            guard let policy = try rows.first.map(LatePolicy.init) else {
                throw WebError.invalid("The course has a late policy already.", code: "duplicate")
            }
            return .json(status: .created) { policy.write(&$0) }
        }
    }

    /// `PATCH /api/v1/courses/:course_id/late_policy`: what is not named stays.
    static func update(_ call: CourseCall) async throws -> WebResponse {
        let change = try change(call)
        return try await call.commit { transaction in
            let rows = try await transaction.query(
                LatePolicyQueries.update, [call.tenant, call.courseValue] + change.values)
            guard !rows.isEmpty else { throw WebError.notFound }
            return .noContent
        }
    }

    private static func change(_ call: CourseCall) throws -> LatePolicy.Change {
        try LatePolicy.Change(try call.request.fields().unwrapped("late_policy"))
    }
}
