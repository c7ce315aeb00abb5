package import Postgres
package import Tenancy
package import WebServer

/// One request about a course, by somebody whose standing there lets them make it.
///
/// Confined to the request's loop.
package struct CourseCall {
    /// The request and who makes it.
    package let call: Call
    /// The caller's standing in the course.
    package let membership: CourseMembership

    /// Describes a call about a course.
    package init(call: Call, membership: CourseMembership) {
        self.call = call
        self.membership = membership
    }

    /// The course's id.
    package var course: Int64 { membership.course.id }
    /// The course's id as a parameter.
    package var courseValue: PostgresValue { .int(course) }
    /// Whether the caller teaches, assists, designs or administers.
    package var isStaff: Bool { membership.isStaff }
    /// The sections whose people the caller may see, as a parameter; null for all.
    package var visibleSections: PostgresValue { membership.visibleSections.map { .intArray($0) } ?? .null }

    // What handlers use most of the call.

    /// The request.
    package var request: WebRequest { call.request }
    /// What the loop offers.
    package var context: WebContext { call.context }
    /// Who asks.
    package var principal: Principal { call.principal }
    /// The institution that everything belongs to.
    package var institution: InstitutionID { call.institution }
    /// The institution as a statement's `$1`.
    package var tenant: PostgresValue { call.tenant }
    /// The loop's connections.
    package var pool: PostgresPool { call.pool }

    /// Runs one statement of the institution, whose `$1` is the institution: see ``Call/query(_:_:)``.
    @discardableResult
    package func query(_ statement: Statement, _ values: [PostgresValue] = []) async throws(PostgresError)
        -> Rows
    {
        try await call.query(statement, values)
    }

    /// Makes a change as one transaction, and its answer with it: see ``Call/commit(_:)``.
    package func commit(
        _ body: (PostgresTransaction) async throws -> WebResponse
    ) async throws -> WebResponse {
        try await call.commit(body)
    }

    /// The same, with what the database refuses told in words: see ``Call/commit(_:mapping:)``.
    package func commit(
        _ body: (PostgresTransaction) async throws -> WebResponse,
        mapping refusal: (PostgresError) -> WebError?
    ) async throws -> WebResponse {
        try await call.commit(body, mapping: refusal)
    }
}
