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

struct `The catalogue of courses` {
    private let path = "/api/v1/search/all_courses"

    private func open(_ desk: Desk) async throws -> School {
        let school = try await desk.institution(["Ada": .student])
        try await desk.course("Public physics", in: school, [("Ada", .student)])
        try await desk.course("Open physics", in: school)
        try await desk.course("Closed physics", in: school)
        try await desk.course("Hidden physics", state: .unpublished, in: school)
        try await desk.change(
            """
            UPDATE courses SET is_public = name IN ('Public physics', 'Hidden physics'),
                self_enrollment = name = 'Open physics' WHERE institution_id = $1
            """, in: school)
        try await desk.build(school)
        try await desk.bring(school)
        return school
    }

    @Test func `shows published courses that are public or can be joined`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let school = try await open(desk)
            let ada = school["Ada"]
            let all = try await desk.get(path, as: ada)
            #expect(all.courses == ["Public physics", "Open physics"])
            #expect(all.json.array?.map { $0["enrolled"] } == [.bool(true), .bool(false)])
            for query in [
                [("search", "physics")], [("search", " ")], [("search", "PHYS")], [("search", "fysics")],
            ] {
                #expect(
                    try await desk.get(path, query, as: ada).courses.sorted() == [
                        "Open physics", "Public physics",
                    ])
            }
            #expect(try await desk.get(path, [("public_only", "1")], as: ada).courses == ["Public physics"])
            #expect(
                try await desk.get(path, [("search", "physics"), ("open_enrollment_only", "true")], as: ada)
                    .courses
                    == ["Open physics"])
            #expect(try await desk.get(path, [("search", "closed")], as: ada).courses.isEmpty)
            let other = try await desk.institution(["Eve": .admin])
            try await desk.build(other)
            #expect(try await desk.get(path, [("search", "physics")], as: other["Eve"]).courses.isEmpty)
        }
    }

    @Test func `believes the primary, not the index`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let school = try await open(desk)
            try await desk.change(
                "UPDATE courses SET is_public = false WHERE institution_id = $1", in: school)
            #expect(try await desk.get(path, [("search", "public")], as: school["Ada"]).courses.isEmpty)
        }
    }

    @Test func `is found by name without an index`() async throws {
        let library = try await Library.open(hasIndex: false)
        try await library.run { desk in
            let school = try await open(desk)
            let first = try await desk.get(
                path, [("search", "physics"), ("per_page", "1")], as: school["Ada"])
            #expect(first.courses == ["Public physics"])
            let next = try await desk.get(
                path, [("search", "physics"), ("per_page", "1"), ("page", try require(first.next))],
                as: school["Ada"])
            #expect(next.courses == ["Open physics"])
            #expect(next.next == nil)
        }
    }

    @Test func `leads from page to page, those that begin with the text first`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let school = try await desk.institution(["Ada": .student])
            for name in ["A chemistry", "Chemistry b", "Chemistry a", "B chemistry"] {
                try await desk.course(name, in: school)
            }
            try await desk.change("UPDATE courses SET is_public = true WHERE institution_id = $1", in: school)
            try await desk.build(school)
            let first = try await desk.get(path, [("search", "chem"), ("per_page", "3")], as: school["Ada"])
            #expect(first.courses == ["Chemistry a", "Chemistry b", "A chemistry"])
            let second = try await desk.get(
                path, [("search", "chem"), ("per_page", "3"), ("page", try require(first.next))],
                as: school["Ada"])
            #expect(second.courses == ["B chemistry"])
        }
    }
}
