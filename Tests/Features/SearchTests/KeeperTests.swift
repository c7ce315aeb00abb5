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

struct `The keeper` {
    @Test func `has the index of a new institution built and its changes read`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let school = try await desk.institution(["Ada": .student])
            await desk.keeper.compare()
            await desk.keeper.compare()
            #expect(
                try await desk.value("SELECT count(*) FROM job_heads WHERE kind = 'search.rebuild'") == "1")
            let worker = desk.startWorker()
            try await desk.until { try await desk.indexed("user", of: school).count == 1 }
            try await desk.course("Botany", in: school)
            try await desk.until {
                await desk.keeper.look()
                return try await desk.indexed("course", of: school).count == 1
            }
            await worker.stop(within: .seconds(5))
            // Everything is as it should be: nothing is asked for.
            await desk.keeper.compare()
            #expect(
                try await desk.value(
                    "SELECT count(*) FROM job_heads WHERE kind = 'search.rebuild' AND state = 'available'")
                    == "0")
        }
    }

    @Test func `asks for one reading, however much has changed`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let school = try await desk.institution()
            for number in 0..<5 {
                try await desk.course("Course \(number)", in: school)
                await desk.keeper.look()
            }
            #expect(try await desk.value("SELECT count(*) FROM job_heads WHERE kind = 'search.feed'") == "1")
        }
    }

    @Test func `tells how far the index is behind`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let school = try await desk.institution(["Ada": .student])
            try await desk.build(school)
            try await desk.course("Botany", in: school)
            try await desk.primary.asSuperuser(
                "UPDATE search_outbox SET noted_at = now() - interval '90 seconds'", on: desk.loop)
            let lag = try require(await desk.keeper.look())
            #expect(lag.waiting == 2 && lag.age >= .seconds(90))
            let text = PrometheusText.render(desk.metrics)
            #expect(text.contains("cohort_search_unread_changes 2"))
            #expect(text.contains("cohort_search_lag_seconds 9"))
            try await desk.bring(school)
            #expect(await desk.keeper.look() == SearchLag())
            #expect(PrometheusText.render(desk.metrics).contains("cohort_search_lag_seconds 0"))
        }
    }

    @Test func `drops what nobody reads for too long, and has the institution built anew then`() async throws
    {
        let library = try await Library.open()
        try await library.run { desk in
            let school = try await desk.institution()
            try await desk.build(school)
            try await desk.bring(school)
            try await desk.course("Botany", in: school)
            await desk.keeper.discard(olderThan: .seconds(60))
            #expect(try await desk.value("SELECT count(*) FROM search_outbox") == "1")
            await desk.keeper.discard(olderThan: .zero)
            #expect(try await desk.value("SELECT count(*) FROM search_outbox") == "0")
            await desk.keeper.compare()
            let worker = desk.startWorker()
            try await desk.until { try await desk.indexed("course", of: school).count == 1 }
            await worker.stop(within: .seconds(5))
        }
    }

    @Test func `removes what is left of an institution that is gone`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let (gone, kept) = (try await desk.institution(), try await desk.institution(["Ada": .student]))
            try await desk.build(gone)
            try await desk.build(kept)
            try await desk.primary.asSuperuser(
                """
                DELETE FROM enrollment_terms WHERE institution_id = \(gone.id);
                DELETE FROM accounts WHERE institution_id = \(gone.id);
                DELETE FROM institutions WHERE id = \(gone.id)
                """, on: desk.loop)
            await desk.keeper.compare()
            #expect(try await Set(desk.index.known().keys) == [kept.id])
            let tables = try await desk.indexDatabase.asSuperuser(
                "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'", on: desk.loop)[0]
            #expect(try tables.map { try $0.text(0) } == ["search_documents_\(kept.id)"])
        }
    }
}

struct `While the index is away` {
    @Test func `full text says so, names are found, and the feed goes on afterwards`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let school = try await desk.institution(["Ada": .student, "Root": .admin])
            let course = try await desk.course("Botany", in: school, [("Ada", .student)])
            try await desk.change("UPDATE courses SET is_public = true WHERE institution_id = $1", in: school)
            try await desk.build(school)
            try await desk.bring(school)
            let worker = desk.startWorker()
            try await desk.setIndex(reachable: false)

            let path = "/api/v1/courses/\(course.course.id)/smartsearch"
            let answer = try await desk.get(path, [("q", "moss")], as: school["Ada"])
            #expect(answer.status == 503 && answer.code == "search_unavailable")
            let catalogue = try await desk.get(
                "/api/v1/search/all_courses", [("search", "bota")], as: school["Ada"])
            #expect(catalogue.courses == ["Botany"])
            let people = try await desk.get(
                "/api/v1/search/recipients", [("search", "ada")], as: school["Root"])
            #expect(people.names == ["Ada"])

            try await desk.note("Moss", in: course, of: school)
            await desk.keeper.look()
            try await desk.until {
                try await desk.value("SELECT max(attempt) FROM job_heads WHERE kind = 'search.feed'") != "0"
            }
            #expect(try await desk.value("SELECT count(*) FROM search_outbox") == "1")
            try await desk.setIndex(reachable: true)
            try await desk.until { try await desk.indexed("note", of: school).count == 1 }
            await worker.stop(within: .seconds(5))
            #expect(try await desk.titles("moss", in: course, as: school["Ada"]) == ["Moss"])
        }
    }
}
