import EventLoop
import Postgres
import Synchronization
import Tenancy
import TestKit
import Testing

@testable import Cohort

struct `Demo seed` {
    @Test func `makes everything once, and goes on from there`() async throws {
        let loop = try EventLoop(index: 0, label: "test-seed")
        try await loop.perform {
            let database = try await PrivatePostgres.shared().makeDatabase(on: loop)
            try await Migrator(Schema.migrations).run(on: loop, configuration: database.owner)
            let pool = PostgresPool(loop: loop, configuration: database.app, size: 1, waiters: 16)
            defer { pool.close() }
            let seed = DemoSeed(pool: pool, cost: .forTests)
            var state = DemoState(secret: "s")
            let saves = Atomic<Int>(0)
            let first = try await seed.run(&state) { _ in saves.add(1, ordering: .relaxed) }
            #expect(saves.load(ordering: .relaxed) > 0)
            #expect(first.schools.count == 2)
            #expect(first.schools.allSatisfy { $0.students.count == 30 })
            let counts = try await count(database, on: loop)

            let kept = state
            let second = try await seed.run(&state) { _ in }
            #expect(second == first)
            #expect(state == kept)
            #expect(try await count(database, on: loop) == counts)

            // Whoever loses the file gets new tokens for the same people; courses are made anew.
            var lost = DemoState(secret: "s")
            let third = try await seed.run(&lost) { _ in }
            #expect(third.schools.map(\.admin.id) == first.schools.map(\.admin.id))
            #expect(third.schools[0].admin.token != first.schools[0].admin.token)

            let directory = Directory(pool: pool)
            let institution = InstitutionID(rawValue: first.schools[0].id)
            let children = try await directory.children(of: first.schools[0].parent.id, in: institution)
            #expect(children == [first.schools[0].students[0].id])
            for school in first.schools {
                let commuter = try await directory.user(
                    login: DemoSchool.commuter.login, in: InstitutionID(rawValue: school.id))
                #expect(commuter?.name == DemoSchool.commuter.name)
            }
        }
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
        try await loop.perform {
            let database = try await PrivatePostgres.shared().makeDatabase(on: loop)
            try await Migrator(Schema.migrations).run(on: loop, configuration: database.owner)
            let pool = PostgresPool(loop: loop, configuration: database.owner, size: 1, waiters: 16)
            defer { pool.close() }
            #expect(try await SchemaReview.findings(pool) == [])
        }
    }
}
