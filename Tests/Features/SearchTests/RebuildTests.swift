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

struct `Building an index anew` {
    @Test func `keeps what is written meanwhile, and the old one serves until it is done`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let school = try await desk.institution(["Ada": .student])
            let course = try await desk.course(in: school, [("Ada", .student)])
            let ada = school["Ada"]
            try await desk.note("Moss", in: course, of: school)
            let fern = try await desk.note("Fern", in: course, of: school)
            try await desk.build(school)
            try await desk.bring(school)

            let plan = try require(try await desk.feed.plan(of: school.id, from: desk.pool))
            var building = try require(try await desk.index.begin("again", in: school.id))
            building.kind = "note"
            building = try require(
                try await desk.feed.build(Notes.source, building, of: school.id, from: desk.pool)
            ).building
            // After their page was read: one is changed, one removed, one added.
            try await desk.change(
                "UPDATE notes SET title = 'Lichen' WHERE institution_id = $1 AND title = 'Moss'", in: school)
            try await desk.change("DELETE FROM notes WHERE institution_id = $1 AND id = \(fern)", in: school)
            try await desk.note("Algae", in: course, of: school)
            try await desk.bring(school)
            #expect(try await desk.titles("Lichen", in: course, as: ada) == ["Lichen"])
            #expect(try await desk.titles("Fern", in: course, as: ada).isEmpty)

            try await desk.buildRest(building, plan, school)
            #expect(
                try await desk.titles("Lichen OR Algae OR Moss OR Fern", in: course, as: ada).sorted() == [
                    "Algae", "Lichen",
                ])
            #expect(try await desk.indexed("note", of: school).count == 2)
            // The old generation goes.
            let before = try await count(desk)
            #expect(try await desk.index.sweep(school.id, most: 1000) > 0)
            #expect(try await count(desk) < before)
            #expect(try await desk.index.sweep(school.id, most: 1000) == 0)
            #expect(try await desk.indexed("note", of: school).count == 2)
        }
    }

    private func count(_ desk: Desk) async throws -> Int64 {
        try await desk.indexDatabase.asSuperuser("SELECT count(*) FROM search_documents", on: desk.loop)[0][0]
            .int(0)
    }

    @Test func `goes on where it was, and begins anew for another builder`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let school = try await desk.institution(["Ada": .student])
            try await desk.index.open(school.id)
            var building = try require(try await desk.index.begin("one", in: school.id))
            #expect(building.kind == "" && building.after == 0)
            building.kind = "user"
            let page = try require(
                try await desk.feed.build(SearchSources.users, building, of: school.id, from: desk.pool))
            let resumed = try await desk.index.begin("one", in: school.id)
            #expect(resumed == page.building)
            let other = try await desk.index.begin("two", in: school.id)
            #expect(other == SearchIndex.Building(key: "two", kind: "", after: 0))
            let late = await failure(IndexProblem.self) {
                try await desk.feed.build(SearchSources.users, building, of: school.id, from: desk.pool)
            }
            #expect(late == .superseded)
            #expect(try await desk.index.swap("one", plan: "", in: school.id) == false)
        }
    }

    @Test func `is asked for by an admin, once at a time, and tells how far it is`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let school = try await desk.institution(["Ada": .student, "Root": .admin])
            try await desk.course("Botany", in: school)
            let path = "/api/v1/accounts/self/search/rebuild"
            #expect(try await desk.send(.post, path, as: school["Ada"]).status == 403)
            let answer = try await desk.send(.post, path, as: school["Root"])
            #expect(answer.status == 200)
            #expect(answer.json["workflow_state"]?.string == "queued")
            #expect(answer.json["tag"]?.string == "search_rebuild")
            let id = try require(answer.json["id"]?.int)
            #expect(try await desk.send(.post, path, as: school["Root"]).json["id"]?.int == id)
            let worker = desk.startWorker()
            try await desk.until {
                let progress = try await ProgressStore(pool: desk.pool).read(Int64(id), in: school.id)
                return progress?.workflowState == .completed
            }
            await worker.stop(within: .seconds(5))
            let results = try await ProgressStore(pool: desk.pool).read(Int64(id), in: school.id)?.results
            #expect(results.flatMap { try? JSONReader.read($0.bytes) } == ["documents": 3])
            #expect(try await desk.indexed("course", of: school).count == 1)
        }
    }

    @Test func `is refused without an index`() async throws {
        let library = try await Library.open(hasIndex: false)
        try await library.run { desk in
            let school = try await desk.institution(["Root": .admin])
            let answer = try await desk.send(
                .post, "/api/v1/accounts/self/search/rebuild", as: school["Root"])
            #expect(answer.status == 503 && answer.code == "search_unavailable")
        }
    }
}
