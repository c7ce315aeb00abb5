import EventLoop
import JSON
import JobQueue
import Postgres
import Tenancy

/// Takes files apart into batches and writes each in a transaction of its own, together with how far the import is then.
///
/// Confined to the worker's loop.
struct BatchWriter {
    /// Rows of a batch.
    static let batchSize = 1000
    /// How often a batch is done anew because others have changed what it had read.
    private static let tries = 5
    static let laneFull = JobFailure("lane_full", "too much is read just now", retryAfter: .seconds(1))

    let run: JobRun
    let hold: ImportHold
    let rules: StickyRules
    let keepsMentions: Bool
    let lane: WorkLane
    let passwords: PasswordLane
    let plan: ImportPlan
    private let pace = ProgressPace()

    init(
        run: JobRun, hold: ImportHold, rules: StickyRules, keepsMentions: Bool, lane: WorkLane,
        passwords: PasswordLane, plan: ImportPlan
    ) {
        self.run = run
        self.hold = hold
        self.rules = rules
        self.keepsMentions = keepsMentions
        self.lane = lane
        self.passwords = passwords
        self.plan = plan
    }

    /// Where a batch stands.
    private struct Place {
        var kind: RosterKind
        var file: String
        var step: Int
        var consumed: Int
    }

    /// Writes a file's rows.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - package: What it is in.
    ///   - step: Its place in the plan.
    ///   - row: Up to where it was written before; `.max` for all of it, which is then only compared.
    ///   - diff: What it is compared with.
    /// - Throws: ``ImportOver``, `JobStopped`, and what is worth another attempt.
    func write(
        _ file: RosterPackage.File, of package: RosterPackage, step: Int, after row: Int, _ diff: RosterDiff?
    ) async throws {
        let opened = await lane.run { Result { () throws(RowRefusal) in try package.reader(file) } }
        guard var reader = try opened?.get() else { throw BatchWriter.laneFull }
        let repeats = RosterRepeats(file.kind)
        while !reader.isOver {
            try run.check()
            let current = reader
            let read = await lane.run {
                var reader = current
                let batch = reader.next(atMost: BatchWriter.batchSize)
                return (
                    reader, diff?.changed(batch.rows) ?? batch.rows,
                    batch.messages + repeats.note(batch.rows),
                    batch.last
                )
            }
            guard let (next, rows, messages, last) = read else { throw BatchWriter.laneFull }
            reader = next
            guard last > row else { continue }
            let place = Place(kind: file.kind, file: file.name, step: step, consumed: reader.consumed)
            try await write(
                rows.filter { $0.number > row }, messages.filter { $0.row ?? 0 > row }, upTo: last, place)
        }
        guard row != .max else { return }
        try await hold.transaction { transaction, tallies in
            try await advance(step + 1, 0, tallies, consumed: file.size, transaction)
        }
    }

    /// Removes what was in the last file and is in this one no more.
    func writeRemovals(_ diff: RosterDiff, _ kind: RosterKind, step: Int, after done: Int) async throws {
        guard done != .max else { return }
        let rows = await lane.run { diff.removals() }
        guard let rows else { throw BatchWriter.laneFull }
        let place = Place(kind: kind, file: "\(kind.rawValue).csv", step: step, consumed: 0)
        for start in stride(from: done, to: rows.count, by: BatchWriter.batchSize) {
            try run.check()
            let end = min(start + BatchWriter.batchSize, rows.count)
            try await write(Array(rows[start..<end]), [], upTo: end, place)
        }
        try await hold.transaction { transaction, tallies in
            try await advance(step + 1, 0, tallies, consumed: 0, transaction)
        }
    }

    // MARK: One batch

    private func write(
        _ rows: [RosterRow], _ messages: [RosterMessage], upTo last: Int, _ place: Place
    ) async throws {
        let hashes = place.kind == .users ? try await hashes(of: rows) : [:]
        for attempt in 1...BatchWriter.tries {
            do {
                return try await writeOnce(rows, messages, hashes, upTo: last, place)
            } catch is RosterBatch.Overtaken where attempt < BatchWriter.tries {
                continue
            } catch let error as PostgresError where error.isTransient && attempt < BatchWriter.tries {
                continue
            } catch let error as PostgresError where error.state?.errorClass == "23" {
                // A row that contradicts what is there, in a way that no rule has foreseen: it is looked for, and left out.
                return try await divide(rows, messages, upTo: last, place)
            }
        }
        throw JobFailure("overtaken", "others keep changing what the import has to change")
    }

    private func divide(
        _ rows: [RosterRow], _ messages: [RosterMessage], upTo last: Int, _ place: Place
    ) async throws {
        guard rows.count > 1 else {
            let refused = rows.map { RosterMessage.error($0.number, "the row contradicts what is there") }
            return try await writeOnce([], messages + refused, [:], upTo: last, place)
        }
        let half = rows.count / 2
        try await write(Array(rows[..<half]), messages, upTo: rows[half - 1].number, place)
        try await write(Array(rows[half...]), [], upTo: last, place)
    }

    private func writeOnce(
        _ rows: [RosterRow], _ messages: [RosterMessage], _ hashes: [Int: String], upTo last: Int,
        _ place: Place
    ) async throws {
        try await hold.transaction { transaction, counted in
            let batch = RosterBatch(
                institution: hold.institution, importID: hold.importID, rules: rules,
                keepsMentions: keepsMentions,
                hashes: hashes, transaction: transaction)
            if !rows.isEmpty { try await apply(rows, place.kind, batch) }
            try await batch.writeNotes()
            var tallies = counted + batch.tallies
            let all = (messages + batch.messages).sorted { ($0.row ?? 0) < ($1.row ?? 0) }
            try await hold.add(all, of: place.file, &tallies, transaction)
            let refused = batch.messages.count(where: \.isError)
            tallies.rows[place.kind, default: 0] += Int64(rows.count - refused)
            if all.contains(where: \.isError) { tallies.flawed.insert(place.kind.className) }
            try await advance(place.step, last, tallies, consumed: place.consumed, transaction)
        }
    }

    private func apply(_ rows: [RosterRow], _ kind: RosterKind, _ batch: RosterBatch) async throws {
        switch kind {
        case .accounts: try await AccountTable.apply(rows, batch)
        case .terms: try await TermTable.apply(rows, batch)
        case .users: try await UserTable.apply(rows, batch)
        case .courses: try await CourseTable.apply(rows, batch)
        case .sections: try await SectionTable.apply(rows, batch)
        case .crossLists: try await SectionTable.applyCrossLists(rows, batch)
        case .enrollments: try await EnrollmentTable.apply(rows, batch)
        case .observers: try await ObserverTable.apply(rows, batch)
        case .admins: try await AdminTable.apply(rows, batch)
        }
    }

    private func advance(
        _ step: Int, _ row: Int, _ tallies: RosterTallies, consumed: Int, _ transaction: PostgresTransaction
    ) async throws {
        let shown =
            pace.mayShow(at: .now)
            ? Int64(plan.progress(step: min(step, plan.steps.count - 1), consumed: consumed)) : nil
        try await hold.query(
            transaction, SISJobQueries.advance,
            [.int(Int64(step)), .int(Int64(row)), .json(tallies.stored.bytes), .int(shown)])
    }

    // MARK: Passwords

    /// The stored forms of passwords, by row: only of logins that are new to the institution, since its users keep theirs.
    private func hashes(of rows: [RosterRow]) async throws -> [Int: String] {
        var given: [String: (number: Int, password: String)] = [:]
        for row in rows {
            guard row.text(.password) != nil else { continue }
            guard let user = try? UserRow(row), let login = user.login, let password = user.password else {
                continue
            }
            given[login] = (row.number, password)
        }
        guard !given.isEmpty else { return [:] }
        let unknown = try await run.pool.query(
            UserTable.unknownLogins, [.textArray(given.keys.sorted())], tenant: hold.institution)
        var hashes: [Int: String] = [:]
        for row in unknown {
            guard let one = given[try row.text(0)] else { continue }
            try run.check()
            do throws(PasswordLane.Full) {
                hashes[one.number] = try await passwords.hash(one.password)
            } catch {
                throw JobFailure(
                    "lane_full", "too many passwords are hashed just now",
                    retryAfter: .seconds(error.retryAfterSeconds))
            }
        }
        return hashes
    }
}

/// When the progress of an import may be shown anew: twice a second.
///
/// Confined to the worker's loop.
private final class ProgressPace {
    private var last: ContinuousClock.Instant?

    func mayShow(at now: ContinuousClock.Instant) -> Bool {
        if let last, now - last < .milliseconds(500) { return false }
        last = now
        return true
    }
}
