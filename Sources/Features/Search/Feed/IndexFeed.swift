import EventLoop
import JobQueue
import Postgres

/// Brings what the primary has into the index.
///
/// Confined to the loop of its pools. Every step is one transaction of the primary, under the institution's lock: read what has
/// changed, read it as it is now, write it to the index, then remove what was read. Whatever ends in the middle is done again,
/// to the same effect: what is written is the present state, and a version that is taken under the lock keeps a writer that
/// was held up from writing over a later one.
struct IndexFeed {
    /// Changes and documents of one step.
    static let step = 200
    /// The longest time of one statement, the wait for the lock among it.
    private static let statementTime: Duration = .seconds(30)

    let index: SearchIndex
    let reader: DocumentReader

    /// Brings one batch of changes.
    ///
    /// - Returns: How many documents were written or removed; `nil` when nothing could be read.
    /// - Throws: ``JobFailure``, or what the databases throw.
    func bring(of institution: TenantID, from pool: PostgresPool) async throws -> Int? {
        try await underLock(of: institution, pool) { transaction, version in
            let tenant = PostgresValue.int(institution.rawValue)
            let rows = try await transaction.query(FeedStatements.read, [tenant, .int(Int64(Self.step))])
            let batch = OutboxBatch(
                try rows.map { row in
                    (
                        DocumentKey(kind: try row.text(2), id: try row.int(3)),
                        OutboxBatch.Mark(changed: try row.text(0), seq: try row.int(1))
                    )
                })
            guard let end = batch.end else { return nil }
            try await expand(batch.courses, transaction, in: institution)
            let (found, gone) = try await reader.read(batch.ids, transaction, in: institution)
            try await write(found, gone: gone, version: version, in: institution, pool)
            try await transaction.query(
                FeedStatements.remove, [tenant, .text(end.changed), .int(end.seq)])
            return found.count + gone.count
        }
    }

    /// Brings one page of a source into what is being built.
    ///
    /// - Returns: Where the builder is then, and how many documents there were; `nil` behind the last page.
    /// - Throws: As ``bring(of:from:)``.
    func build(
        _ source: SearchSource, _ building: SearchIndex.Building, of institution: TenantID,
        from pool: PostgresPool
    ) async throws -> (building: SearchIndex.Building, count: Int)? {
        try await underLock(of: institution, pool) { transaction, version in
            let found = try await reader.page(
                source, after: building.after, count: Self.step, transaction, in: institution)
            guard let last = found.last else { return nil }
            var building = building
            building.after = last.id
            try await write(found, gone: [], version: version, building: building, in: institution, pool)
            return (building, found.count)
        }
    }

    /// What an institution's documents are to be built with.
    func plan(of institution: TenantID, from pool: PostgresPool) async throws -> IndexPlan? {
        let rows = try await pool.query(
            FeedStatements.gaps, [.int(institution.rawValue)], tenant: institution)
        return try rows.first.map { row in
            IndexPlan(
                sources: reader.sources.map(\.mark), locale: try row.textOrNil(1), gaps: try row.int(2))
        }
    }

    // MARK: Parts

    private func underLock<Value>(
        of institution: TenantID, _ pool: PostgresPool,
        _ body: (PostgresTransaction, _ version: Int64) async throws -> Value
    ) async throws -> Value {
        try await pool.transaction(
            tenant: institution, options: TransactionOptions(statementTimeout: Self.statementTime)
        ) { transaction in
            let results = try await transaction.query([
                (FeedStatements.lock, [.int(institution.rawValue)]), (FeedStatements.version, []),
            ])
            return try await body(transaction, try results[1][0].int(0))
        }
    }

    private func write(
        _ documents: [IndexedDocument], gone: [DocumentKey], version: Int64,
        building: SearchIndex.Building? = nil,
        in institution: TenantID, _ pool: PostgresPool
    ) async throws {
        let outcome = try await index.apply(
            documents, gone: gone, version: version, building: building, in: institution)
        switch outcome {
        case .applied: return
        case .closed: throw IndexProblem.closed
        case .superseded: throw IndexProblem.superseded
        case .late(let applied): throw IndexProblem.late(applied)
        }
    }

    private func expand(
        _ courses: [Int64], _ transaction: PostgresTransaction, in institution: TenantID
    ) async throws {
        let tenant = PostgresValue.int(institution.rawValue)
        for course in courses {
            for source in reader.sources {
                guard let ofCourse = source.ofCourse else { continue }
                let ids = try await transaction.query(ofCourse, [tenant, .int(course)]).map { try $0.int(0) }
                guard !ids.isEmpty else { continue }
                try await transaction.query(
                    FeedStatements.note, [tenant, .text(source.kind), .intArray(ids)])
            }
        }
    }
}

/// Why a step was not written.
enum IndexProblem: Error, Equatable {
    /// The index does not have the institution.
    case closed
    /// Another builder has begun since.
    case superseded
    /// The index has a later version, which is given.
    case late(Int64)
}
