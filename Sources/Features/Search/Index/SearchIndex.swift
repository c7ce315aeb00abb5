import EventLoop
package import Postgres
import Tenancy

/// The index: a database of its own, over connections of one loop.
///
/// Confined to that loop. Everything that looks is bounded by ``lookingTime``, everything that writes by ``writingTime``.
package final class SearchIndex {
    /// The longest time of one search.
    static let lookingTime: Duration = .seconds(2)
    /// The longest time of one write.
    static let writingTime: Duration = .seconds(30)
    /// Things that are shown when nothing is found but something looks like it.
    static let guesses = 10

    let pool: PostgresPool

    /// Uses these connections.
    package init(pool: PostgresPool) { self.pool = pool }

    /// Whether an error means that nothing of the institution is shown yet.
    static func isUnknown(_ error: PostgresError) -> Bool { error.state == SQLState(rawValue: "CH001") }

    private func look(_ statement: Statement, _ values: [PostgresValue]) async throws(PostgresError) -> Rows {
        var batch = TransactionBatch(statementTimeout: Self.lookingTime)
        batch.append(statement, values, tenant: nil)
        return try await pool.run(batch)[0]
    }

    @discardableResult
    private func write(_ statement: Statement, _ values: [PostgresValue]) async throws(PostgresError) -> Rows
    {
        var batch = TransactionBatch(statementTimeout: Self.writingTime)
        batch.append(statement, values, tenant: nil)
        return try await pool.run(batch)[0]
    }

    // MARK: Looking

    /// What to look for in a course.
    struct Question: Hashable, Sendable {
        var text: String
        var kinds: [String]
        var course: Int64
        var viewer: Int64
        /// Whether unpublished things of others count.
        var seesAll: Bool
    }

    /// Full text in a course, best first; one more than `count` when there are more.
    func find(
        _ question: Question, in institution: TenantID, skip: Int, count: Int
    ) async throws(PostgresError) -> [SearchHit] {
        let rows = try await look(
            IndexStatements.find,
            [
                .int(institution.rawValue), .text(question.text), .textArray(question.kinds),
                .int(question.course),
                .int(question.viewer), .bool(question.seesAll), .int(Int64(skip)), .int(Int64(count + 1)),
                .int(Int64(min(Self.guesses, count))),
            ])
        return try rows.map { row throws(PostgresError) in try SearchHit(row) }
    }

    /// Names that hold a text, in the order in which they are shown; one more than `count` when there are more.
    ///
    /// - Parameters:
    ///   - text: What to look for.
    ///   - kind: People or courses.
    ///   - isOpen: Whether those for members only are left out.
    ///   - institution: Whose.
    ///   - skip: How many to leave out.
    ///   - count: How many to give.
    ///   - guesses: The most when only something like it is found.
    /// - Returns: Ids.
    /// - Throws: What the database throws.
    func names(
        _ text: SearchTerm, kind: String, isOpen: Bool = false, in institution: TenantID, skip: Int,
        count: Int,
        guesses: Int = SearchIndex.guesses
    ) async throws(PostgresError) -> [Int64] {
        let rows = try await look(
            IndexStatements.names,
            [
                .int(institution.rawValue), .text(text.text), .text(text.pattern), .text(kind), .bool(isOpen),
                .int(Int64(skip)), .int(Int64(count + 1)), .int(Int64(min(guesses, count))),
            ])
        return try rows.map { row throws(PostgresError) in try row.int(0) }
    }

    // MARK: Writing

    /// What came of a write.
    enum Outcome: Equatable, Sendable {
        case applied
        /// Somebody has written a later version, which is given.
        case late(Int64)
        /// The institution has no partition.
        case closed
        /// Another builder has begun since.
        case superseded
    }

    /// Where a builder is.
    struct Building: Hashable, Sendable {
        let key: String
        var kind: String
        var after: Int64
    }

    /// Writes documents and removes others: into what is shown and what is being built, or with `building` into that alone.
    func apply(
        _ documents: [IndexedDocument], gone: [DocumentKey], version: Int64, building: Building? = nil,
        in institution: TenantID
    ) async throws(PostgresError) -> Outcome {
        let rows = try await write(
            IndexStatements.apply,
            [
                .int(institution.rawValue), .int(version), .textArray(documents.map(\.kind)),
                .intArray(documents.map(\.id)), .nullableIntArray(documents.map(\.course)),
                .nullableIntArray(documents.map(\.owner)), .boolArray(documents.map(\.isPublished)),
                .boolArray(documents.map(\.isRestricted)), .textArray(documents.map(\.title)),
                .textArray(documents.map(\.body)), .textArray(documents.map(\.language)),
                .timestampArray(milliseconds: documents.map(\.updatedAt)), .textArray(gone.map(\.kind)),
                .intArray(gone.map(\.id)), .text(building?.key), .text(building?.kind ?? ""),
                .int(building?.after ?? 0),
            ])
        switch try rows[0].text(0) {
        case "applied": return .applied
        case "late": return .late(try rows[0].int(1))
        case "superseded": return .superseded
        default: return .closed
        }
    }

    /// Makes an institution's partition, when it is not there.
    func open(_ institution: TenantID) async throws(PostgresError) {
        try await write(IndexStatements.open, [.int(institution.rawValue)])
    }

    /// Removes everything of an institution.
    ///
    /// For whoever deletes one; what was deleted without saying so is found by comparing. Waits two seconds for searches that
    /// are under way, and fails then.
    package func close(_ institution: TenantID) async throws(PostgresError) {
        try await write(IndexStatements.close, [.int(institution.rawValue)])
    }

    /// Begins a generation beside the shown one, or goes on with what the same builder began.
    func begin(_ key: String, in institution: TenantID) async throws(PostgresError) -> Building? {
        let rows = try await write(IndexStatements.begin, [.int(institution.rawValue), .text(key)])
        return try rows.first.map { row throws(PostgresError) in
            Building(key: key, kind: try row.text(0), after: try row.int(1))
        }
    }

    /// Shows what was built; `false` when another builder has begun since.
    func swap(_ key: String, plan: String, in institution: TenantID) async throws(PostgresError) -> Bool {
        try await write(IndexStatements.swap, [.int(institution.rawValue), .text(key), .text(plan)])[0].bool(
            0)
    }

    /// Removes what is neither shown nor being built, `most` at most; gives how many.
    func sweep(_ institution: TenantID, most: Int) async throws(PostgresError) -> Int {
        Int(
            try await write(IndexStatements.sweep, [.int(institution.rawValue), .int(Int64(most))])[0].int(0))
    }

    /// An institution that the index has.
    struct Known: Hashable, Sendable {
        /// Whether something is shown.
        var isShown: Bool
        /// What it was built with.
        var plan: String
        /// Who builds it; `nil` for nobody.
        var builder: String?
    }

    /// All institutions that the index has.
    func known() async throws(PostgresError) -> [TenantID: Known] {
        var found: [TenantID: Known] = [:]
        for row in try await look(IndexStatements.known, []) {
            found[TenantID(rawValue: try row.int(0))] = Known(
                isShown: try row.int(1) > 0, plan: try row.text(2), builder: try row.textOrNil(3))
        }
        return found
    }
}
