import Postgres

/// What is written of one row of a file.
struct RosterWrite<Record: RosterRecord> {
    let number: Int
    /// What the other system calls it.
    let sisID: String
    /// `nil` for what is not there yet.
    let id: Int64?
    /// Postgres's mark of the version that was read; a write finds out by it that somebody else was quicker.
    let version: String?
    let verdict: RosterVerdict<Record>

    init(_ number: Int, _ sisID: String, _ id: Int64?, _ version: String?, _ verdict: RosterVerdict<Record>) {
        self.number = number
        self.sisID = sisID
        self.id = id
        self.version = version
        self.verdict = verdict
    }
}

/// Writes what a batch makes and changes of one table: one statement each.
struct RosterWriter {
    let kind: RosterKind
    /// Takes institution, import, SIS ids and columns; gives back ids and SIS ids.
    let insert: Statement
    /// Takes institution, import, ids, versions and columns; gives back ids.
    let update: Statement

    /// Writes, and notes what was done.
    ///
    /// - Parameters:
    ///   - writes: What is to be done, of each thing once.
    ///   - batch: Whose it is.
    ///   - columns: The statements' further parameters, by rows.
    /// - Returns: The ids of what was made, by their SIS ids.
    /// - Throws: What the database throws, and `RosterBatch.Overtaken`.
    @discardableResult
    func write<Record>(
        _ writes: [RosterWrite<Record>], _ batch: RosterBatch, columns: ([Record]) -> [PostgresValue]
    ) async throws -> [String: Int64] {
        var made: [String: Int64] = [:]
        let new = writes.filter { $0.id == nil && $0.verdict.record != nil }
        if !new.isEmpty {
            let values =
                [.int(batch.importID), .textArray(new.map(\.sisID))]
                + columns(new.compactMap(\.verdict.record))
            for row in try await batch.query(insert, values, expecting: new.count) {
                made[try row.text(1)] = try row.int(0)
            }
        }
        let changed = writes.filter { $0.id != nil && $0.verdict.record != nil }
        if !changed.isEmpty {
            let values =
                [
                    .int(batch.importID), .intArray(changed.compactMap(\.id)),
                    .textArray(changed.map(\.version)),
                ] + columns(changed.compactMap(\.verdict.record))
            try await batch.query(update, values, expecting: changed.count)
        }
        for one in writes {
            if let id = one.id ?? made[one.sisID] { batch.note(kind, one.verdict, id: id) }
        }
        return made
    }
}
