import HTTPTypes
import JSON
import JobQueue
import Postgres
import Tenancy
import Testing
import WebServer

@testable import Courses

struct `Changing many courses` {
    static let path = "/api/v1/accounts/self/courses"

    private func states(_ campus: Campus) async throws -> [String] {
        try await campus.rows("SELECT workflow_state FROM courses ORDER BY id").map {
            $0.trimming(["(", ")"])
        }
    }

    @Test func `offers, concludes, deletes, and puts back what was there before`() async throws {
        let campus = try await Campus.open(isAlone: true, connections: 4)
        let here = try await campus.institution(["dot": .admin])
        let dot = try #require(here.users["dot"])
        var ids: [JSONValue] = []
        for state in [Course.State.unpublished, .available, .completed] {
            ids.append(.int(try await campus.course(state: state, in: here.id).course.id))
        }
        func change(_ event: String, _ courses: [JSONValue]) async throws -> JSONValue {
            let asked = try await campus.ask(
                .put, Self.path, ["course_ids": .array(courses), "event": .string(event)], as: dot)
            #expect(asked.status == 200 && asked.json["tag"]?.string == "course_batch_update")
            return try await campus.finish(asked.id, in: here.id)["results"] ?? .null
        }
        let deleted = try await change("delete", ids + [999_999])
        #expect(deleted["updated"]?.int == 3)
        #expect(
            deleted["errors"] == [["course_id": "999999", "message": "The account has no such course."]])
        #expect(try await states(campus) == ["deleted", "deleted", "deleted"])
        #expect(try await change("offer", [ids[0]])["errors"]?.array?.count == 1)
        #expect(try await change("undelete", ids)["updated"]?.int == 3)
        #expect(try await states(campus) == ["unpublished", "available", "completed"])
        _ = try await change("undelete", ids)
        #expect(try await states(campus) == ["unpublished", "available", "completed"])
        _ = try await change("offer", [ids[0]])
        _ = try await change("conclude", [ids[1]])
        #expect(try await states(campus) == ["available", "completed", "completed"])
    }

    @Test(
        arguments: [
            (["course_ids": [1]], "event"), (["course_ids": [1], "event": "burn"], "event"),
            (["event": "offer"], "course_ids"),
            (
                ["course_ids": .array((1...501).map { .int($0) }), "event": "offer"], "course_ids"
            ),
        ] as [(JSONValue, String)])
    func `names the field that is wrong`(body: JSONValue, field: String) async throws {
        let campus = try await Campus.open()
        let here = try await campus.institution(["dot": .admin])
        let answer = try await campus.ask(.put, Self.path, body, as: try #require(here.users["dot"]))
        #expect(answer.status == 400 && answer.field == field)
    }

    @Test func `reaches courses of the account and below it alone`() async throws {
        let campus = try await Campus.open(isAlone: true, connections: 4)
        let here = try await campus.institution(["dot": .admin])
        let dot = try #require(here.users["dot"])
        let course = try await campus.course(in: here.id)
        try await campus.run(
            """
            INSERT INTO accounts (institution_id, id, name, parent_account_id, path)
            VALUES (\(here.id.rawValue), 777, 'School', \(here.id.rawValue), ARRAY[\(here.id.rawValue), 777]::bigint[])
            """)
        let asked = try await campus.ask(
            .put, "/api/v1/accounts/777/courses",
            ["course_ids": [.int(course.course.id)], "event": "delete"], as: dot)
        let done = try await campus.finish(asked.id, in: here.id)
        #expect(done["results"]?["updated"]?.int == 0)
        #expect(try await states(campus) == ["available"])
    }
}

extension String {
    fileprivate func trimming(_ characters: Set<Character>) -> String { filter { !characters.contains($0) } }
}
