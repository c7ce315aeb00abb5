package import Postgres
package import WebServer

/// One request of the REST surface, by a user who may make it: what handlers get.
///
/// Confined to the request's loop.
package struct Call {
    /// The request.
    package let request: WebRequest
    /// What the loop offers.
    package let context: WebContext
    /// Who asks.
    package let principal: Principal

    /// What its changes have to know of who asks.
    let care: Permission.Care

    /// Describes a call; tests of handlers use it too.
    package init(
        request: WebRequest, context: WebContext, principal: Principal, care: Permission.Care = .usual
    ) {
        self.care = care
        self.request = request
        self.context = context
        self.principal = principal
    }

    /// The institution that everything belongs to.
    package var institution: InstitutionID { principal.institution }
    /// The institution as a statement's `$1`.
    package var tenant: PostgresValue { .int(institution.rawValue) }
    /// The loop's connections.
    package var pool: PostgresPool { context.pool }
    /// Who asks, as the audit log has it.
    package var origin: AuditOrigin { AuditOrigin(request) }
    /// Whether the caller administers the institution.
    package var isAdmin: Bool { principal.has(role: Role.admin.rawValue) }

    /// Runs one statement of the institution, whose `$1` is the institution.
    ///
    /// - Parameters:
    ///   - statement: The statement.
    ///   - values: `$2` and those that follow.
    /// - Returns: What it gave back.
    /// - Throws: What the database throws.
    @discardableResult
    package func query(_ statement: Statement, _ values: [PostgresValue] = []) async throws(PostgresError)
        -> Rows
    {
        try await pool.query(statement, [tenant] + values, tenant: institution)
    }
}
