package import EventLoop

/// Brings a database's schema up to date: what is not yet applied is applied, in the order of numbers.
///
/// Any number of processes may run it at once: one works, the others wait and find nothing left to do. A
/// number lower than the highest applied one is applied too: features number their migrations in ranges of
/// their own.
package struct Migrator: Sendable {
    /// What a run does, as it does it.
    package enum Progress: Equatable, Sendable {
        /// Another process migrates; this one waits.
        case waiting
        /// This many are to be applied.
        case pending(Int)
        /// This one is being applied.
        case applying(Migration)
        /// This one was committed.
        case applied(Migration)
    }

    /// Names the lock among the database's advisory locks: the bytes of `cohortmg`.
    private static let lockKey: Int64 = 0x636F_686F_7274_6D67

    private let migrations: [Migration]
    private let lockTimeout: Duration

    /// Makes a migrator.
    ///
    /// - Parameters:
    ///   - migrations: All there are, in any order.
    ///   - lockTimeout: How long it waits for another process that migrates.
    /// - Throws: ``MigrationError/duplicate(_:)``.
    package init(_ migrations: [Migration], lockTimeout: Duration = .seconds(600)) throws(MigrationError) {
        self.migrations = migrations.sorted { $0.number < $1.number }
        self.lockTimeout = lockTimeout
        for (one, next) in zip(self.migrations, self.migrations.dropFirst()) where one.number == next.number {
            throw .duplicate(one.number)
        }
    }

    /// Connects as the owner of the schema and applies what is missing.
    ///
    /// - Parameters:
    ///   - loop: The loop that the caller runs on.
    ///   - configuration: The server, with the owner's role; statements are not limited in time.
    ///   - report: Hears of the progress.
    /// - Returns: The migrations that were applied.
    /// - Throws: ``MigrationError``; those before the one that failed stay applied.
    @discardableResult
    package func run(
        on loop: EventLoop, configuration: PostgresConfiguration, report: (Progress) -> Void = { _ in }
    ) async throws(MigrationError) -> [Migration] {
        var unlimited = configuration
        unlimited.statementTimeout = .zero
        let session: PostgresSession
        do {
            session = try await PostgresSession.open(loop: loop, configuration: unlimited)
        } catch {
            throw .database(error)
        }
        defer { session.close() }
        try await lock(session, report)
        // Closing the session gives the lock back, whatever happens from here on.
        let missing = try await pending(session)
        if !missing.isEmpty { report(.pending(missing.count)) }
        for migration in missing {
            report(.applying(migration))
            try await apply(migration, session)
            report(.applied(migration))
        }
        return missing
    }

    private func lock(_ session: PostgresSession, _ report: (Progress) -> Void) async throws(MigrationError) {
        do {
            let rows = try await session.run("SELECT pg_try_advisory_lock(\(Migrator.lockKey))")
            if try rows.first?.only()?.bool(0) == true { return }
            report(.waiting)
            _ = try await session.run("SET lock_timeout = \(lockTimeout.wholeMilliseconds)")
            _ = try await session.run("SELECT pg_advisory_lock(\(Migrator.lockKey))")
            _ = try await session.run("RESET lock_timeout")
        } catch {
            throw error.state == .lockNotAvailable ? .locked : .database(error)
        }
    }

    /// What is not yet applied; refuses a history that is not ours.
    private func pending(_ session: PostgresSession) async throws(MigrationError) -> [Migration] {
        var applied: [Int: (name: String, checksum: String)] = [:]
        do {
            let results = try await session.run(
                """
                CREATE TABLE IF NOT EXISTS cohort_migrations (
                    number integer PRIMARY KEY,
                    name text NOT NULL,
                    checksum text NOT NULL,
                    applied_at timestamptz NOT NULL DEFAULT now());
                SELECT number, name, checksum FROM cohort_migrations ORDER BY number
                """)
            for row in results[1] {
                applied[Int(try row.int(0))] = (try row.text(1), try row.text(2))
            }
        } catch {
            throw .database(error)
        }
        var missing: [Migration] = []
        for migration in migrations {
            guard let known = applied.removeValue(forKey: migration.number) else {
                missing.append(migration)
                continue
            }
            guard known.name == migration.name, known.checksum == migration.checksum else {
                throw .changed(migration.label)
            }
        }
        guard applied.isEmpty else {
            let strangers = applied.keys.sorted().map { number in
                Migration(number: number, name: applied[number]?.name ?? "unnamed", sql: "").label
            }
            throw .unknown(strangers)
        }
        return missing
    }

    private func apply(_ migration: Migration, _ session: PostgresSession) async throws(MigrationError) {
        do {
            _ = try await session.run("BEGIN")
            _ = try await session.run(migration.sql)
        } catch {
            throw .failed(migration.label, error)
        }
        guard session.isInTransaction else { throw .leftTransaction(migration.label) }
        do {
            _ = try await session.run(
                """
                INSERT INTO cohort_migrations (number, name, checksum)
                VALUES (\(migration.number), '\(migration.name)', '\(migration.checksum)')
                """)
            _ = try await session.run("COMMIT")
        } catch {
            throw .failed(migration.label, error)
        }
    }
}
