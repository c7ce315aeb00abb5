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

struct `The feed` {
    @Test func `brings what was made, changed and removed`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let school = try await desk.institution(["Ada": .student])
            try await desk.build(school)
            try await desk.bring(school)
            let course = try await desk.course("Botany", in: school)
            #expect(try await desk.bring(school) == 1)
            #expect(try await desk.indexed("course", of: school) == [course.course.id])
            try await desk.change("UPDATE courses SET name = 'Zoology' WHERE institution_id = $1", in: school)
            #expect(try await desk.bring(school) == 1)
            let name = try await desk.index.names(
                require(.init(of: "Zoology")), kind: "course", in: school.id, skip: 0, count: 10)
            #expect(name == [course.course.id])
            try await desk.change(
                "UPDATE courses SET workflow_state = 'deleted' WHERE institution_id = $1", in: school)
            try await desk.change(
                "UPDATE users SET workflow_state = 'deleted' WHERE institution_id = $1", in: school)
            #expect(try await desk.bring(school) == 2)
            #expect(try await desk.indexed("course", of: school).isEmpty)
            #expect(try await desk.indexed("user", of: school).isEmpty)
            #expect(try await desk.value("SELECT count(*) FROM search_outbox") == "0")
        }
    }

    @Test func `notes nothing that nobody could find`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let school = try await desk.institution()
            let course = try await desk.course(in: school)
            try await desk.note("Cells", in: course, of: school)
            try await desk.build(school)
            try await desk.bring(school)
            try await desk.change("UPDATE notes SET views = views + 1 WHERE institution_id = $1", in: school)
            #expect(try await desk.value("SELECT count(*) FROM search_outbox") == "0")
            try await desk.change("DELETE FROM notes WHERE institution_id = $1", in: school)
            #expect(try await desk.bring(school) == 1)
            #expect(try await desk.indexed("note", of: school).isEmpty)
        }
    }

    @Test func `does not lose a transaction that began first and commits last`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let school = try await desk.institution()
            try await desk.build(school)
            try await desk.bring(school)
            func begin() async throws -> PostgresSession {
                let session = try await PostgresSession.open(loop: desk.loop, configuration: desk.primary.app)
                _ = try await session.run("BEGIN; SET LOCAL cohort.institution = '\(school.id)'")
                return session
            }
            func insert(_ name: String, _ session: PostgresSession) async throws {
                _ = try await session.run(
                    """
                    INSERT INTO courses (institution_id, name, course_code) VALUES (\(school.id), '\(name)', 'C')
                    """)
            }
            let first = try await begin()
            try await insert("First", first)
            let second = try await begin()
            try await insert("Second", second)
            _ = try await second.run("COMMIT")
            // What the second has written waits until nothing older can appear before it.
            #expect(try await desk.bring(school, asItIs: true) == 0)
            #expect(await desk.keeper.look()?.waiting == 1)
            try await insert("Third", first)
            _ = try await first.run("COMMIT")
            #expect(try await desk.bring(school) == 3)
            #expect(try await desk.indexed("course", of: school).count == 3)
            first.close()
            second.close()
        }
    }

    @Test func `finds everything that writers wrote at the same time`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let school = try await desk.institution()
            try await desk.build(school)
            try await desk.bring(school)
            var sessions: [PostgresSession] = []
            for _ in 0..<4 {
                sessions.append(
                    try await PostgresSession.open(loop: desk.loop, configuration: desk.primary.app))
            }
            // Each round another one commits, and the feed reads in between.
            for round in 0..<24 {
                let session = sessions[round % 4]
                if round >= 4 { _ = try await session.run("COMMIT") }
                _ = try await session.run(
                    """
                    BEGIN; SET LOCAL cohort.institution = '\(school.id)';
                    INSERT INTO courses (institution_id, name, course_code) VALUES (\(school.id), 'C\(round)', 'C')
                    """)
                if round.isMultiple(of: 3) { try await desk.bring(school, asItIs: true) }
            }
            for session in sessions {
                _ = try await session.run("COMMIT")
                session.close()
            }
            try await desk.bring(school)
            #expect(try await desk.indexed("course", of: school).count == 24)
            #expect(try await desk.value("SELECT count(*) FROM search_outbox") == "0")
        }
    }

    @Test func `writes the same again when it was interrupted before it removed what it read`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let school = try await desk.institution()
            try await desk.build(school)
            let course = try await desk.course(in: school)
            try await desk.note("Cells", in: course, of: school)
            // Whoever reads and ends before the commit leaves everything where it was.
            struct Interruption: Error {}
            let failed = await failure(Interruption.self) {
                try await desk.pool.transaction(tenant: school.id) { transaction in
                    let (found, gone) = try await desk.worker.reader.read(
                        ["course": [course.course.id]], transaction, in: school.id)
                    _ = try await desk.index.apply(found, gone: gone, version: 1_000, in: school.id)
                    throw Interruption()
                }
            }
            #expect(failed != nil)
            // The index is ahead of the primary's versions, as after a restored primary: it is told and goes on.
            let late = await failure(IndexProblem.self) { try await desk.bring(school) }
            #expect(late == .late(1_000))
            let raised = Statement("SELECT setval('search_versions', 1000)")
            try await desk.pool.query(raised, tenant: nil)
            #expect(try await desk.bring(school) == 2)
            #expect(try await desk.indexed("course", of: school) == [course.course.id])
        }
    }

    @Test func `lets nobody write who was held up`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let school = try await desk.institution()
            let course = try await desk.course("Now", in: school)
            try await desk.build(school)
            let old = IndexedDocument(
                kind: "course", id: course.course.id, course: nil, owner: nil, isPublished: true,
                isRestricted: false, title: "Before", body: "", language: "english", updatedAt: 0)
            let outcome = try await desk.index.apply([old], gone: [], version: 1, in: school.id)
            guard case .late = outcome else { throw Missing() }
            let before = try await desk.index.names(
                require(.init(of: "Before")), kind: "course", in: school.id, skip: 0, count: 10)
            #expect(before.isEmpty)
        }
    }

    @Test func `reads everything in a course again when its language changes`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let school = try await desk.institution(["Ada": .student])
            let course = try await desk.course(in: school, [("Ada", .student)])
            try await desk.note("Wohnen", "<p>Die Häuser am Fluss</p>", in: course, of: school)
            try await desk.build(school)
            try await desk.bring(school)
            #expect(try await desk.titles("Haus", in: course, as: school["Ada"]).isEmpty)
            try await desk.change("UPDATE courses SET locale = 'de' WHERE institution_id = $1", in: school)
            try await desk.bring(school)
            #expect(try await desk.titles("Haus", in: course, as: school["Ada"]) == ["Wohnen"])
        }
    }
}
