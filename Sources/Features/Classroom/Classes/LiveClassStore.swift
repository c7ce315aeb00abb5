import JSON
package import Postgres
package import Tenancy

/// Reads and writes live classes, for routes, commands and seeding.
///
/// Who may is asked before.
///
/// Confined to the loop of its pool.
package struct LiveClassStore {
    private let pool: PostgresPool

    package init(pool: PostgresPool) { self.pool = pool }

    /// The class; `nil` when the institution has none of that id, with the same single statement.
    package func find(_ id: Int64, in institution: InstitutionID) async throws(PostgresError) -> LiveClass? {
        let rows = try await pool.query(
            ClassQueries.show, [.int(institution.rawValue), .int(id)], tenant: institution)
        guard let row = rows.first else { return nil }
        return try ClassQueries.liveClass(row)
    }

    /// Classes of some courses, by id.
    package func list(
        courses: [Int64], phases: Set<LiveClass.Phase> = Set(LiveClass.Phase.allCases), after: Int64 = 0,
        count: Int, leavingOut offset: Int = 0, in institution: InstitutionID
    ) async throws(PostgresError) -> [LiveClass] {
        let rows = try await pool.query(
            ClassQueries.list,
            [
                .int(institution.rawValue), .intArray(courses), .textArray(phases.map(\.rawValue).sorted()),
                .int(after), .int(Int64(count)), .int(Int64(offset)),
            ], tenant: institution)
        var classes: [LiveClass] = []
        for row in rows { if let found = try ClassQueries.liveClass(row) { classes.append(found) } }
        return classes
    }

    /// Makes a class that is scheduled.
    ///
    /// The title has 1 to 255 characters, times are milliseconds since 1970. Gives the class's id; a course or a user
    /// that the institution does not have violates a foreign key.
    package func create(
        title: String, course: Int64, scheduledAt: Int64?, by user: Int64, at now: Int64,
        in institution: InstitutionID
    ) async throws(PostgresError) -> Int64 {
        let rows = try await pool.query(
            ClassQueries.create,
            Self.creating(title, course, scheduledAt, user, now, institution), tenant: institution)
        return try Self.id(rows)
    }

    /// The same within a transaction.
    static func create(
        title: String, course: Int64, scheduledAt: Int64?, by user: Int64, at now: Int64,
        in institution: InstitutionID, _ transaction: PostgresTransaction
    ) async throws(PostgresError) -> Int64 {
        let rows = try await transaction.query(
            ClassQueries.create, creating(title, course, scheduledAt, user, now, institution))
        return try id(rows)
    }

    /// The class, as the transaction sees it.
    static func find(
        _ id: Int64, in institution: InstitutionID, _ transaction: PostgresTransaction
    ) async throws(PostgresError) -> LiveClass? {
        let rows = try await transaction.query(ClassQueries.show, [.int(institution.rawValue), .int(id)])
        guard let row = rows.first else { return nil }
        return try ClassQueries.liveClass(row)
    }

    private static func creating(
        _ title: String, _ course: Int64, _ scheduledAt: Int64?, _ user: Int64, _ now: Int64,
        _ institution: InstitutionID
    ) -> [PostgresValue] {
        [
            .int(institution.rawValue), .int(course), .text(title), .int(scheduledAt), .int(now), .int(user),
        ]
    }

    private static func id(_ rows: Rows) throws(PostgresError) -> Int64 {
        guard let row = rows.first else { throw .decoding(.init(column: "id", expected: "a row", type: 0)) }
        return try row.int(0)
    }

    /// Changes the title, the time, or both; `nil` leaves the title, `nil` outside leaves the time.
    func update(
        _ id: Int64, title: String?, scheduledAt: Int64??, in institution: InstitutionID
    ) async throws(PostgresError) {
        let isTimed = scheduledAt != nil
        try await pool.query(
            ClassQueries.update,
            [
                .int(institution.rawValue), .int(id), .text(title), .bool(isTimed), .int(scheduledAt ?? nil),
            ], tenant: institution)
    }

    /// Deletes a class; `false` when it is live.
    func delete(_ id: Int64, in institution: InstitutionID) async throws(PostgresError) -> Bool {
        let rows = try await pool.query(
            ClassQueries.delete, [.int(institution.rawValue), .int(id)], tenant: institution)
        return rows.affected > 0
    }
}
