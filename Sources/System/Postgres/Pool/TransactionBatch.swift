import EventLoop

/// Statements that run as one transaction, in one round trip, for one or several tenants.
///
/// All of them take effect or none does. Rows of a tenant are visible only to statements appended for that
/// tenant.
package struct TransactionBatch: Sendable {
    /// The limit of each statement; `nil` keeps the connection's.
    package var statementTimeout: Duration?

    private(set) var steps: [Step] = []
    /// Statements so far: the number of results that the batch gives.
    package private(set) var count = 0
    private var tenant: TenantID?
    /// Whose rows its statements see, each time that this changes.
    private(set) var tenants: [TenantID] = []

    /// Makes an empty batch.
    ///
    /// - Parameter statementTimeout: The limit of each statement; `nil` keeps the connection's.
    package init(statementTimeout: Duration? = nil) { self.statementTimeout = statementTimeout }

    /// Adds a statement behind the others.
    ///
    /// - Parameters:
    ///   - statement: The statement.
    ///   - values: Its parameters, `$1` first.
    ///   - tenant: Whose rows it sees; `nil` sees no tenant's rows at all.
    /// - Returns: The place of its result among the batch's results.
    @discardableResult
    package mutating func append(
        _ statement: Statement, _ values: [PostgresValue] = [], tenant: TenantID?
    ) -> Int {
        if tenant != self.tenant {
            steps.append(.setTenant(tenant))
            self.tenant = tenant
            if let tenant { tenants.append(tenant) }
        }
        steps.append(Step(statement: statement, values: values, place: count))
        count += 1
        return count - 1
    }

    /// What is sent: the limit first, then the statements with the tenants between them.
    var allSteps: [Step] {
        guard let statementTimeout else { return steps }
        return [.setStatementTimeout(statementTimeout)] + steps
    }
}

extension Step {
    private static let tenantSetting: Statement = "SELECT set_config('cohort.institution', $1, true)"
    private static let timeoutSetting: Statement = "SELECT set_config('statement_timeout', $1, true)"

    private static let anySetting: Statement = "SELECT set_config($1, $2, true)"

    /// Sets something for the rest of the transaction.
    static func set(_ name: String, to value: String) -> Step {
        Step(statement: anySetting, values: [.text(name), .text(value)], place: nil)
    }

    /// Says whose rows the transaction's next statements see.
    static func setTenant(_ tenant: TenantID?) -> Step {
        Step(statement: tenantSetting, values: [.text(tenant?.description ?? "")], place: nil)
    }

    /// Limits each further statement of the transaction.
    static func setStatementTimeout(_ limit: Duration) -> Step {
        Step(statement: timeoutSetting, values: [.text(String(limit.wholeMilliseconds))], place: nil)
    }
}
