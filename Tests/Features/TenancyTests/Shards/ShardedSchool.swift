import EventLoop
import Postgres
import TestKit
import WebServer

@testable import Tenancy

/// A school whose institutions live in two databases, seen from behind the curtain.
extension School {
    /// A number that a statement gives in one of the databases.
    func count(_ sql: String, shard: Int) async throws -> Int64 {
        guard shard != 0, let database = deployment.shard else { return try await count(sql) }
        let loop = loop
        return try await loop.perform {
            try await database.asSuperuser(sql, on: loop).last?.first?.int(0) ?? -1
        }
    }

    /// Runs statements in shard 1.
    func inShard(_ sql: String) async throws {
        guard let database = deployment.shard else { return }
        let loop = loop
        try await loop.perform { _ = try await database.asSuperuser(sql, on: loop) }
    }

    /// What keeps this process's knowledge of the databases, with `services` of the school.
    func withKeeper<Value: Sendable>(
        _ body: @escaping @Sendable (ShardKeeper) async throws -> Value
    ) async throws -> Value {
        let services = services
        return try await onLoop { context in
            let directory = ShardDirectory()
            let keeper = ShardKeeper(
                pool: context.pool, directory: directory, services: services, logger: context.logger
            ) { _ in
                nil
            } show: { _, _ in
            }
            return try await body(keeper)
        }
    }
}
