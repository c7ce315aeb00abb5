import EventLoop
import Postgres
import Tenancy
import TestKit
import Testing

@testable import Cohort

struct `Demo seed` {
    /// What three runs have made, as the loop saw it.
    private struct Runs: Sendable {
        var casts: [DemoCast] = []
        var states: [DemoState] = []
        var counts: [[Int64]] = []
        var saves = 0
        var children: [Int64] = []
        var commuters: [String?] = []
    }

    @Test func `makes everything once, and goes on from there`() async throws {
        let loop = try EventLoop(index: 0, label: "test-seed")
        let runs = try await loop.perform { try await self.run(on: loop) }
        let first = runs.casts[0]
        #expect(runs.saves > 0)
        #expect(first.schools.count == 2)
        #expect(first.schools.allSatisfy { $0.students.count == 30 })
        #expect(runs.counts[0] == [2, 67, 68, 66, 2, 66, 2, 11])

        #expect(runs.casts[1] == first)
        #expect(runs.states[1] == runs.states[0])
        #expect(runs.counts[1] == runs.counts[0])

        // Whoever loses the file gets new tokens for the same people.
        #expect(runs.casts[2].schools.map(\.admin.id) == first.schools.map(\.admin.id))
        #expect(runs.casts[2].schools[0].admin.token != first.schools[0].admin.token)

        #expect(runs.children == [first.schools[0].students[0].id])
        #expect(runs.commuters == [DemoSchool.commuter.name, DemoSchool.commuter.name])
    }

    private func run(on loop: EventLoop) async throws -> Runs {
        let database = try await PrivatePostgres.shared().makeDatabase(on: loop)
        try await Migrator(Schema.migrations).run(on: loop, configuration: database.owner)
        let pool = PostgresPool(loop: loop, configuration: database.app, size: 1, waiters: 16)
        defer { pool.close() }
        let seed = DemoSeed(pool: pool, cost: .forTests)
        var runs = Runs()
        var state = DemoState(secret: "s")
        for _ in 0..<2 {
            runs.casts.append(try await seed.run(&state) { _ in runs.saves += 1 })
            runs.states.append(state)
            runs.counts.append(try await count(database, on: loop))
        }
        var lost = DemoState(secret: "s")
        runs.casts.append(try await seed.run(&lost) { _ in })

        let directory = Directory(pool: pool)
        for school in runs.casts[0].schools {
            let institution = InstitutionID(rawValue: school.id)
            runs.children += try await directory.children(of: school.parent.id, in: institution).prefix(1)
            runs.commuters.append(
                try await directory.user(login: DemoSchool.commuter.login, in: institution)?.name)
        }
        runs.children = Array(runs.children.prefix(1))
        return runs
    }

    private func count(_ database: TestDatabase, on loop: EventLoop) async throws -> [Int64] {
        let rows = try await database.asSuperuser(
            """
            SELECT (SELECT count(*) FROM institutions), (SELECT count(*) FROM people), (SELECT count(*) FROM users),
                (SELECT count(*) FROM access_tokens), (SELECT count(*) FROM courses), (SELECT count(*) FROM enrollments),
                (SELECT count(*) FROM quizzes), (SELECT count(*) FROM quiz_questions)
            """, on: loop)
        guard let row = rows.first?.first else { return [] }
        return try (0..<8).map { Int64(try row.text($0)) ?? -1 }
    }
}

struct `Schema of all features` {
    @Test func `numbers each migration once, and keeps every tenant's table behind a policy`() async throws {
        let numbers = Schema.migrations.map(\.number)
        #expect(numbers == Set(numbers).sorted())
        let loop = try EventLoop(index: 0, label: "test-schema")
        let findings = try await loop.perform {
            let database = try await PrivatePostgres.shared().makeDatabase(on: loop)
            try await Migrator(Schema.migrations).run(on: loop, configuration: database.owner)
            let pool = PostgresPool(loop: loop, configuration: database.owner, size: 1, waiters: 16)
            defer { pool.close() }
            return try await SchemaReview.findings(
                pool, globalTables: Schema.globalTables, definerFunctions: Schema.definerFunctions)
        }
        #expect(findings == [])
    }
}
