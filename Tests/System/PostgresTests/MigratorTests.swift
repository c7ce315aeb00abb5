import Postgres
import Synchronization
import TestKit
import Testing

struct `The migrator` {
    private static let table = Migration(
        number: 1, name: "table", sql: "CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
    private static let column = Migration(number: 100, name: "column", sql: "ALTER TABLE t ADD COLUMN b int")

    @Test func `applies what is missing, in order, once`() async throws {
        try await withDatabase { database, loop in
            var heard: [Migrator.Progress] = []
            let migrator = try Migrator([Self.column, Self.table])
            let applied = try await migrator.run(on: loop, configuration: database.owner) { heard.append($0) }
            #expect(applied == [Self.table, Self.column])
            #expect(
                heard == [
                    .pending(2), .applying(Self.table), .applied(Self.table), .applying(Self.column),
                    .applied(Self.column),
                ])
            #expect(try await migrator.run(on: loop, configuration: database.owner).isEmpty)
            let between = Migration(number: 50, name: "between", sql: "CREATE TABLE u (a int)")
            let more = try Migrator([Self.table, between, Self.column])
            #expect(try await more.run(on: loop, configuration: database.owner) == [between])
            let rows = try await database.asSuperuser("SELECT a, b FROM t", on: loop)[0]
            #expect(try rows[0].int(0) == 1)
            #expect(try rows[0].isNull(1))
        }
    }

    @Test func `is safe to run twice at once`() async throws {
        try await withDatabase { database, loop in
            let slow = Migration(number: 2, name: "slow", sql: "SELECT pg_sleep(0.2); CREATE TABLE s (a int)")
            let migrator = try Migrator([Self.table, slow])
            async let one = loop.perform {
                try await migrator.run(on: loop, configuration: database.owner).count
            }
            async let other = loop.perform {
                try await migrator.run(on: loop, configuration: database.owner).count
            }
            let counts = try await [one, other]
            #expect(counts.sorted() == [0, 2])
        }
    }

    @Test func `refuses a changed text and a database newer than the program`() async throws {
        try await withDatabase { database, loop in
            try await Migrator([Self.table, Self.column]).run(on: loop, configuration: database.owner)
            let changed = Migration(number: 1, name: "table", sql: "CREATE TABLE t (a bigint)")
            #expect(
                await failure(MigrationError.self) {
                    try await Migrator([changed, Self.column]).run(on: loop, configuration: database.owner)
                } == MigrationError.changed("0001_table"))
            #expect(
                await failure(MigrationError.self) {
                    try await Migrator([Self.table]).run(on: loop, configuration: database.owner)
                } == MigrationError.unknown(["0100_column"]))
            #expect(throws: MigrationError.duplicate(1)) { try Migrator([Self.table, changed]) }
        }
    }

    @Test func `rolls a failing one back and keeps those before`() async throws {
        try await withDatabase { database, loop in
            let broken = Migration(number: 2, name: "broken", sql: "CREATE TABLE u (a int); SELECT 1/0")
            do {
                try await Migrator([Self.table, broken]).run(on: loop, configuration: database.owner)
                Issue.record("a broken migration was applied")
            } catch MigrationError.failed(let label, let error) {
                #expect(label == "0002_broken")
                #expect(error.state == SQLState(rawValue: "22012"))
            }
            let rows = try await database.asSuperuser(
                "SELECT to_regclass('t') IS NOT NULL, to_regclass('u') IS NULL, count(*) FROM cohort_migrations",
                on: loop)[0]
            #expect(try rows[0].bool(0))
            #expect(try rows[0].bool(1))
            #expect(try rows[0].int(2) == 1)
            let leaving = Migration(number: 3, name: "leaving", sql: "CREATE TABLE v (a int); COMMIT")
            #expect(
                await failure(MigrationError.self) {
                    try await Migrator([Self.table, leaving]).run(on: loop, configuration: database.owner)
                } == MigrationError.leftTransaction("0003_leaving"))
        }
    }
}
