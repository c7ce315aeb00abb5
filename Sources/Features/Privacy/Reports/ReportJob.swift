import Content
import EventLoop
import JSON
import JobQueue
import Postgres
import Rostering
import Telemetry
import Tenancy

/// Makes the file of a report.
///
/// An attempt begins anew, in a file of its own; what counts is the last transaction, which names the finished file. A worker that
/// dies leaves a file that the keeper removes a day later.
struct ReportJob: JobKind {
    static let kindName = "privacy.report"

    let name = ReportJob.kindName
    let policy = JobPolicy(
        lane: 4, attempts: 4, backoff: Backoff(base: .seconds(5), limit: .seconds(300)),
        timeLimit: .seconds(6 * 3600), cap: 2)
    let tables: [TableDeclaration]
    let place: ExportPlace?

    /// A job for a report.
    static func request(_ report: Int64, progress: ProgressRequest) throws(JobRequestError) -> JobRequest {
        let payload = RawJSON { json in json.object { $0.member("report", report) } }
        return try JobRequest(kind: kindName, payload: payload, progress: progress)
    }

    private struct Begun {
        let kind: Report.Kind
        let user: Int64
        let subject: Int64?
        let parameters: JSONValue
        /// How many users had been erased by then.
        let erased: Int64
    }

    func run(_ run: JobRun) async throws -> JobOutcome {
        let id = try JSONFields(try JSONReader.read(run.payload.bytes)).id("report")
        let tenant = PostgresValue.int(run.institution.rawValue)
        guard
            let row = try await run.pool.query(
                ReportQueries.begin, [tenant, .int(id)], tenant: run.institution
            ).first, let kind = Report.Kind(rawValue: try row.text(0))
        else { return .completed }
        let begun = Begun(
            kind: kind, user: try row.int(1), subject: try row.intOrNil(2),
            parameters: try JSONReader.read(try row.bytes(3)), erased: try row.int(4))
        do {
            return try await make(begun, id, run)
        } catch let stopped as JobStopped {
            throw stopped
        } catch {
            let failure = ReportJob.failure(error)
            guard run.attempt >= policy.attempts || failure.isPermanent else { throw failure }
            let told = "the report could not be made (\(failure.errorClass.rawValue))"
            try await run.pool.query(
                ReportQueries.fail, [tenant, .int(id), .text(told)], tenant: run.institution)
            throw failure
        }
    }

    private func make(_ begun: Begun, _ id: Int64, _ run: JobRun) async throws -> JobOutcome {
        guard let place else {
            throw JobFailure(
                "no_storage", isPermanent: true, "this server keeps no files: its operator has named no place"
            )
        }
        let now = WallTime.milliseconds()
        // What an attempt that was killed has left goes before more is written.
        let own = "\(AbandonedArchives.prefix)\(run.institution.rawValue)-\(run.id)-"
        _ = await place.lane.run { AbandonedArchives.remove(in: place.folder, beginningWith: own) }
        let path = "\(place.folder)/\(own)\(UInt64.random(in: 0...(.max)))"
        let archive = try await ArchiveFile.create(at: path, lane: place.lane, now: now)
        // Its file goes with it: not before it is stored.
        defer { withExtendedLifetime(archive) {} }
        let progress = { (done: Double) throws -> Void in
            try run.check()
            run.report(completion: min(done, 99))
        }
        switch begun.kind {
        case .institutionExport:
            _ = try await InstitutionExport(
                of: run.institution, pool: run.pool, tables: tables, place: place, into: archive
            ).run(progress: progress)
        case .provisioning:
            let wanted = RosterExport.all.filter { begun.parameters[$0.name]?.bool == true }
            try await ProvisioningExport(
                institution: run.institution, pool: run.pool,
                files: wanted.isEmpty ? RosterExport.all : wanted,
                archive: archive
            ).run(progress: progress)
        case .person:
            try await PersonExport(
                institution: run.institution, user: begun.subject ?? begun.user, pool: run.pool,
                tables: tables,
                place: place, archive: archive
            ).run(progress: progress)
        }
        let whole = try await archive.finish()
        guard let key = ContentKey(institution: run.institution, sha256: whole.sha256) else {
            return .completed
        }
        try await place.storage.store(path, size: Int(whole.size), as: key)
        let filename = "\(begun.kind.rawValue)-\(id).zip"
        return .completed { transaction in
            let tenant = PostgresValue.int(run.institution.rawValue)
            try await transaction.query(ReportQueries.lock, [tenant])
            guard try await transaction.query(ReportQueries.erased, [tenant]).first?.int(0) == begun.erased
            else {
                throw JobFailure("outdated", "somebody was erased since its rows were read: it is made anew")
            }
            let settings = try await transaction.query(RetentionQueries.show, [tenant])
            let days = try RetentionSettings(settings.first).value(.exports)
            let artifact = try await Artifacts.add(
                key, size: whole.size, filename: filename, contentType: "application/zip", user: begun.user,
                days: days, transaction)
            let rows = try await transaction.query(
                ReportQueries.complete, [tenant, .int(id), .int(artifact)])
            // Deleted meanwhile: nobody is to fetch it.
            if rows.isEmpty { try await Artifacts.expire(artifact, in: run.institution, transaction) }
        }
    }

    private static func failure(_ error: any Error) -> JobFailure {
        switch error {
        case let error as StorageError: JobFailure("storage", "\(error)")
        case ArchiveFile.Problem.tooManyEntries:
            JobFailure("too_large", isPermanent: true, "\(ArchiveFile.Problem.tooManyEntries)")
        case let error as ArchiveFile.Problem: JobFailure("disk", "\(error)")
        case let error as DirectoryError: JobFailure("gone", isPermanent: true, "\(error)")
        default: JobFailure(error)
        }
    }
}
