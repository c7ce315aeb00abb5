import JSON
import Postgres
import Tenancy
import Testing
import WebServer

@testable import Courses

extension `Lists of courses` {
    @Test(arguments: [("deleted", 400), ("burnt", 400), ("created", 200), ("all", 200), ("completed", 200)])
    func `are of states that a course in a list can have`(state: String, status: Int) async throws {
        let campus = try await Campus.open()
        let here = try await campus.institution(["dot": .admin])
        let answer = try await campus.get(
            "/api/v1/courses", [("state[]", state)], as: try #require(here.users["dot"]))
        #expect(answer.status == status)
        #expect(status == 200 || answer.error?.items.first?.field == "state")
    }
}
