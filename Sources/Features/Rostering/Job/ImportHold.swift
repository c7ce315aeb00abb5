import JobQueue
import Postgres
import Tenancy

/// An import is over for whoever worked at it: it was aborted, or another attempt has begun.
struct ImportOver: Error {}

/// An import as one attempt at it holds it: nothing is written but under the hold.
///
/// Confined to the worker's loop.
struct ImportHold {
    /// Messages of one import that are kept; what is beyond is counted.
    static let keptMessages: Int64 = 1000

    let institution: InstitutionID
    let importID: Int64
    let job: Int64
    /// The job's fence, as the attempt has it.
    let attempt: Int64
    let pool: PostgresPool

    var tenant: PostgresValue { .int(institution.rawValue) }

    /// Runs a transaction in which the import stays this attempt's; the body gets what is counted so far.
    ///
    /// - Throws: ``ImportOver`` when it is over, and what the body throws.
    func transaction(
        _ body: (PostgresTransaction, RosterTallies) async throws -> Void
    ) async throws {
        try await pool.transaction(tenant: institution) { transaction in
            try await body(transaction, try await take(transaction))
        }
    }

    /// Takes the import for a transaction that is under way.
    ///
    /// - Throws: ``ImportOver``.
    func take(_ transaction: PostgresTransaction) async throws -> RosterTallies {
        let answers = try await transaction.query([
            (SISJobQueries.planByIndex, []),
            (SISJobQueries.hold, [tenant, .int(importID), .int(job), .int(attempt)]),
        ])
        guard let row = answers[1].first else { throw ImportOver() }
        return RosterTallies(stored: try RosterTallies.value(row.bytes(0)))
    }

    /// Runs a statement whose first parameters are the institution and the import.
    @discardableResult
    func query(
        _ transaction: PostgresTransaction, _ statement: Statement, _ values: [PostgresValue] = []
    ) async throws(PostgresError) -> Rows {
        try await transaction.query(statement, [tenant, .int(importID)] + values)
    }

    /// Keeps messages of a file, as many as there is room for, and counts all of them.
    func add(
        _ messages: [RosterMessage], of file: String, _ tallies: inout RosterTallies,
        _ transaction: PostgresTransaction
    ) async throws(PostgresError) {
        let room = max(0, ImportHold.keptMessages - tallies.errors - tallies.warnings)
        let kept = messages.prefix(Int(room))
        if !kept.isEmpty {
            try await query(
                transaction, NoteQueries.addMessages,
                [
                    .textArray(kept.map { _ in file }),
                    .nullableIntArray(kept.map { $0.row.map(Int64.init) }),
                    .textArray(kept.map(\.text)), .boolArray(kept.map(\.isError)),
                ])
        }
        let errors = messages.count(where: \.isError)
        tallies.errors += Int64(errors)
        tallies.warnings += Int64(messages.count - errors)
    }
}
