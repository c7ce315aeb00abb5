import EventLoop
import HTTPTypes
import JSON
import JobQueue
import Postgres
import Sockets
import Telemetry
import Tenancy
import TestKit
import WebServer

@testable import Courses

extension Campus {
    /// Does what waits, until the progress is over, with a worker of its own.
    ///
    /// - Returns: The progress as who asked for it sees it.
    func finish(_ progress: Int, in institution: InstitutionID) async throws -> JSONValue {
        let (loop, database) = (loop, deployment.database)
        let worker = try await onLoop { context in
            var settings = JobSettings()
            settings.floor = .milliseconds(20)
            let worker = JobWorker(
                queue: context.service(JobQueue.self),
                pool: PostgresPool(loop: loop, configuration: database.app, size: 3, waiters: 100),
                settings: settings, meters: JobMeters(metrics: Metrics()), logger: Log.silent)
            worker.start()
            return LoopBound(worker, loop: loop)
        }
        let end = ContinuousClock.now + .seconds(60)
        var found: JSONValue = .null
        while true {
            found = try await self.progress(progress, in: institution)
            if ["completed", "failed"].contains(found["workflow_state"]?.string ?? "") { break }
            guard ContinuousClock.now < end else { throw NeverOver(found: found) }
            try await loop.perform {
                await withCheckedContinuation { continuation in
                    _ = loop.schedule(after: .milliseconds(10)) { continuation.resume() }
                }
            }
        }
        _ = try await loop.perform { await worker.value.stop(within: .seconds(5)) }
        return found
    }

    /// Answers a request with a body.
    func ask(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue, key: String? = nil,
        as user: Principal
    ) async throws -> Answer {
        try await send(method, path, [], body, key: key, as: user)
    }

    /// A progress as it stands.
    func progress(_ id: Int, in institution: InstitutionID) async throws -> JSONValue {
        try await onLoop { context in
            let found = try await ProgressStore(pool: context.pool).read(Int64(id), in: institution)
            guard let found else { return .null }
            return try JSONReader.read(found.json(url: "") { ISO8601.text(milliseconds: $0) }.bytes)
        }
    }

    /// Rows as texts, as the superuser sees them.
    func rows(_ sql: String) async throws -> [String] {
        let (loop, database) = (loop, deployment.database)
        return try await loop.perform {
            try await database.asSuperuser("SELECT (t.*)::text FROM (\(sql)) t", on: loop)[0].map {
                try $0.text(0)
            }
        }
    }

    /// Changes something, as the superuser.
    func run(_ sql: String) async throws {
        let (loop, database) = (loop, deployment.database)
        try await loop.perform { _ = try await database.asSuperuser(sql, on: loop) }
    }
}

struct NeverOver: Error { let found: JSONValue }

/// Files with small ids are there, whichever course asks.
struct KnownFiles: CourseFiles {
    func find(_ ids: Set<Int64>, for call: CourseCall) async throws -> Set<Int64> { ids.filter { $0 < 100 } }
}
