import HTTPTypes
import JSON
import JobQueue
import Postgres
import Telemetry
import Tenancy
import TestKit
import Testing
import WebServer

@testable import Courses
@testable import Search

struct `The index's database` {
    @Test func `lets the server read and write by functions alone`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let school = try await desk.institution()
            try await desk.build(school)
            for table in ["search_documents", "search_documents_\(school.id)", "search_institutions"] {
                for statement in ["SELECT 1 FROM \(table)", "DELETE FROM \(table)", "TRUNCATE \(table)"] {
                    let refused = await failure(PostgresError.self) {
                        try await desk.indexPool.query(Statement(statement), tenant: nil)
                    }
                    #expect(refused?.state == SQLState(rawValue: "42501"))
                }
            }
        }
    }

    @Test func `holds nothing that was not reviewed`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let school = try await desk.institution()
            try await desk.build(school)
            let owner = PostgresPool(
                loop: desk.loop, configuration: desk.indexDatabase.owner, size: 1, waiters: 1)
            defer { owner.close() }
            let findings = try await SchemaReview.findings(
                owner, globalTables: SearchMigrations.indexTables,
                definerFunctions: SearchMigrations.indexFunctions)
            #expect(findings == [])
        }
    }

    @Test func `gives each institution a partition, however many ask at once`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let (one, two) = (try await desk.institution(), try await desk.institution())
            for school in [one, two, one] { try await desk.index.open(school.id) }
            #expect(try await desk.index.known().count == 2)
            try await desk.index.close(one.id)
            try await desk.index.close(one.id)
            #expect(try await Array(desk.index.known().keys) == [two.id])
        }
    }

    @Test func `is known to fit, to be away, or not to fit`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            #expect(await IndexSchema.check(desk.indexPool, wait: .seconds(5)) == .fits)
            try await desk.indexDatabase.asSuperuser(
                "DELETE FROM cohort_migrations WHERE number = 3", on: desk.loop)
            guard case .unfit(let sentence) = await IndexSchema.check(desk.indexPool, wait: .seconds(5))
            else {
                throw Missing()
            }
            #expect(sentence.contains("0003_search_finding"))
            try await desk.setIndex(reachable: false)
            let pool = PostgresPool(
                loop: desk.loop, configuration: desk.indexDatabase.app, size: 1, waiters: 1)
            defer { pool.close() }
            guard case .away = await IndexSchema.check(pool, wait: .milliseconds(500)) else {
                throw Missing()
            }
        }
    }
}
