import EventLoop
import JSON
import JobQueue
import Postgres
import Tenancy

/// One attempt at an import.
///
/// Confined to the worker's loop; what takes long without waiting is done in lanes.
struct SISImportRun {
    let run: JobRun
    let importID: Int64
    let lane: WorkLane
    let passwords: PasswordLane

    private var institution: InstitutionID { run.institution }
    private var tenant: PostgresValue { .int(institution.rawValue) }

    /// What was sent and how, and where the last attempt ended.
    private struct Begun {
        var sent: SISImport
        var hold: ImportHold
        var step: Int
        var row: Int
    }

    /// Does it.
    ///
    /// - Parameter isLastAttempt: Whether a failure is the import's end.
    /// - Returns: The job's outcome; an import that failed for good is a job that is done.
    /// - Throws: What is worth another attempt.
    func perform(isLastAttempt: Bool) async throws -> JobOutcome {
        guard let begun = try await begin() else { return .completed }
        do {
            try await carryOut(begun)
            return .completed { transaction in try await self.finish(begun, transaction) }
        } catch is ImportOver {
            return .completed
        } catch let refusal as RowRefusal {
            return .completed { try await self.fail(begun, refusal.text, .failedWithMessages, $0) }
        } catch let stopped as JobStopped {
            throw stopped
        } catch {
            let failure = JobFailure(error)
            guard isLastAttempt || failure.isPermanent else { throw error }
            let told = "the import could not be carried out (\(failure.errorClass.rawValue))"
            return .completed { try await self.fail(begun, told, .failed, $0) }
        }
    }

    // MARK: Beginning and end

    private func begin() async throws -> Begun? {
        try await run.pool.transaction(tenant: institution) { transaction in
            try await transaction.query([
                (SISJobQueries.giveUpDead, [tenant, .int(importID)]), (SISJobQueries.sweep, [tenant]),
            ])
            let rows = try await transaction.query(
                SISJobQueries.begin, [tenant, .int(importID), .int(run.id), .int(run.fence)])
            guard let row = rows.first,
                let shown = try await transaction.query(SISImportQueries.show, [tenant, .int(importID)]).first
            else { return nil }
            return Begun(
                sent: try SISImport(shown),
                hold: ImportHold(
                    institution: institution, importID: importID, job: run.id, attempt: try row.int(0),
                    pool: run.pool),
                step: Int(try row.int(1)), row: Int(try row.int(2)))
        }
    }

    private func finish(_ begun: Begun, _ transaction: PostgresTransaction) async throws {
        guard let tallies = try? await begun.hold.take(transaction) else { return }
        let isClean = tallies.errors == 0 && tallies.warnings == 0
        let state: SISImport.State = isClean ? .imported : .importedWithMessages
        try await begun.hold.query(transaction, SISJobQueries.end, [.text(state.rawValue)])
        if let set = begun.sent.dataSet {
            try await transaction.query([
                (SISJobQueries.removeFormerPieces, [tenant, .text(set), .int(importID)]),
                (SISJobQueries.removeExceededPieces, [tenant, .int(importID)]),
            ])
        } else {
            try await transaction.query(SISImportQueries.removePieces, [tenant, .intArray([importID])])
        }
        try await transaction.query(SISImportQueries.removeMentions, [tenant, .intArray([importID])])
    }

    private func fail(
        _ begun: Begun, _ text: String, _ state: SISImport.State, _ transaction: PostgresTransaction
    ) async throws {
        guard var tallies = try? await begun.hold.take(transaction) else { return }
        try await begun.hold.add([.error(nil, text)], of: fileName(begun), &tallies, transaction)
        try await begun.hold.query(
            transaction, SISJobQueries.advance,
            [.int(Int64(begun.step)), .int(Int64(begun.row)), .json(tallies.stored.bytes), .int(nil)])
        try await begun.hold.query(transaction, SISJobQueries.end, [.text(state.rawValue)])
        try await transaction.query([
            (SISImportQueries.removePieces, [tenant, .intArray([importID])]),
            (SISImportQueries.removeMentions, [tenant, .intArray([importID])]),
        ])
    }

    private func fileName(_ begun: Begun) -> String { begun.sent.isZip ? "sis_import.zip" : "sis_import.csv" }

    // MARK: Steps

    private func carryOut(_ begun: Begun) async throws {
        let package = try await open(importID, isZip: begun.sent.isZip)
        let diffs = try await diffs(begun, package)
        let plan = ImportPlan(
            files: package.files, diffed: Set(diffs.byKind.keys), hasCleanup: begun.sent.batchTerm != nil)
        let writer = BatchWriter(
            run: run, hold: begun.hold, rules: begun.sent.rules, keepsMentions: begun.sent.batchTerm != nil,
            lane: lane, passwords: passwords, plan: plan)
        for (place, step) in plan.steps.enumerated() where place >= begun.step || !diffs.byKind.isEmpty {
            let from = place < begun.step ? Int.max : place == begun.step ? begun.row : 0
            switch step {
            case .opening: if from != .max { try await open(begun, package, diffs) }
            case .file(let file):
                try await writer.write(file, of: package, step: place, after: from, diffs.byKind[file.kind])
            case .removals(let kind):
                if let diff = diffs.byKind[kind] {
                    try await writer.writeRemovals(diff, kind, step: place, after: from)
                }
            case .cleanup:
                guard let term = begun.sent.batchTerm else { break }
                try await SISCleanup(
                    hold: begun.hold, term: term, step: place, threshold: begun.sent.changeThreshold,
                    overrides: begun.sent.rules.overrides, kinds: Set(package.files.map(\.kind)),
                    fileName: fileName(begun), run: run
                ).perform(isChecked: from > 0)
            }
        }
    }

    private func open(_ begun: Begun, _ package: RosterPackage, _ diffs: Diffs) async throws {
        guard !package.files.isEmpty || !package.refused.isEmpty else {
            throw RowRefusal("there is no file of a kind that is known")
        }
        try await begun.hold.transaction { transaction, counted in
            var tallies = counted
            for (name, reason) in package.refused {
                try await begun.hold.add([.error(nil, reason)], of: name, &tallies, transaction)
            }
            if let note = diffs.note {
                try await begun.hold.add([.warning(nil, note)], of: fileName(begun), &tallies, transaction)
            }
            let kinds = RosterKind.allCases.filter { kind in package.files.contains { $0.kind == kind } }
            try await begun.hold.query(
                transaction, SISJobQueries.setPlan, [.textArray(kinds.map(\.batchName))])
            try await begun.hold.query(
                transaction, SISJobQueries.setDiff, [.int(diffs.against), .bool(diffs.isExceeded)])
            try await begun.hold.query(
                transaction, SISJobQueries.advance,
                [.int(1), .int(0), .json(tallies.stored.bytes), .int(nil)])
        }
    }

    // MARK: What was sent

    private func open(_ id: Int64, isZip: Bool) async throws -> RosterPackage {
        var bytes: [UInt8] = []
        var place: Int64 = 0
        while true {
            let rows = try await run.pool.query(
                SISJobQueries.pieces, [tenant, .int(id), .int(place), .int(8)], tenant: institution)
            for row in rows { bytes += try row.bytes(0) }
            guard rows.count == 8 else { break }
            place += 8
        }
        let sent = bytes
        let opened = await lane.run {
            Result { () throws(RowRefusal) in try RosterPackage(sent, isZip: isZip) }
        }
        guard let opened else { throw BatchWriter.laneFull }
        return try opened.get()
    }

    /// What the import is compared with.
    private struct Diffs {
        var against: Int64?
        var isExceeded = false
        var note: String?
        var byKind: [RosterKind: RosterDiff] = [:]
    }

    private func diffs(_ begun: Begun, _ package: RosterPackage) async throws -> Diffs {
        var diffs = Diffs()
        guard let set = begun.sent.dataSet, !begun.sent.isRemaster else { return diffs }
        let found = try await run.pool.query(
            SISJobQueries.former, [tenant, .text(set), .int(importID)], tenant: institution)
        guard let row = found.first else { return diffs }
        if ImportPlan.exceeds(
            threshold: begun.sent.changeThreshold, former: try row.int(2), now: begun.sent.size)
        {
            diffs.isExceeded = true
            diffs.note = "the file differs too much in size from the last one: all of it is applied"
            return diffs
        }
        let former = try await open(try row.int(0), isZip: try row.text(1) == "zip")
        let kinds = Set(package.files.map(\.kind))
        let read = await lane.run { Result { try SISImportRun.read(former, kinds: kinds) } }
        guard let read else { throw BatchWriter.laneFull }
        diffs.byKind = try read.get()
        if let most = begun.sent.rowThreshold {
            let counted = await lane.run { Result { try SISImportRun.differences(package, former, kinds) } }
            guard let counted else { throw BatchWriter.laneFull }
            if try counted.get() > most {
                diffs.byKind = [:]
                diffs.isExceeded = true
                diffs.note = "more rows differ from the last file than the limit: all of it is applied"
                return diffs
            }
        }
        diffs.against = try row.int(0)
        return diffs
    }

    private static func read(
        _ former: RosterPackage, kinds: Set<RosterKind>
    ) throws -> [RosterKind: RosterDiff] {
        var diffs: [RosterKind: RosterDiff] = [:]
        for file in former.files where kinds.contains(file.kind) {
            let diff = diffs[file.kind] ?? RosterDiff(file.kind)
            diffs[file.kind] = diff
            var reader = try former.reader(file)
            while !reader.isOver { diff.add(reader.next(atMost: BatchWriter.batchSize).rows) }
        }
        return diffs
    }

    /// Rows that a comparison would leave to be done.
    private static func differences(
        _ package: RosterPackage, _ former: RosterPackage, _ kinds: Set<RosterKind>
    ) throws -> Int64 {
        let diffs = try read(former, kinds: kinds)
        var count = 0
        for file in package.files {
            var reader = try package.reader(file)
            while !reader.isOver {
                let rows = reader.next(atMost: BatchWriter.batchSize).rows
                count += diffs[file.kind]?.changed(rows).count ?? rows.count
            }
        }
        return Int64(count + diffs.values.reduce(0) { $0 + $1.removals().count })
    }
}
