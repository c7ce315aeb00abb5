import JSON
import Postgres
import Testing
import WebServer

@testable import Courses

struct `Which enrolments are listed` {
    private func request(_ query: [(String, String)]) -> WebRequest {
        var request = WebRequest()
        request.query = query.map { WebRequest.Item($0.0, $0.1) }
        return request
    }

    @Test func `are those who are there or invited, of all types`() throws {
        let filter = try EnrollmentFilter(request([]))
        #expect(filter.stateNames == .textArray(["active", "invited"]))
        #expect(filter.typeNames == .textArray(EnrollmentType.allCases.map(\.rawValue).sorted()))
    }

    @Test func `are of types and roles, in states and Canvas's names for several`() throws {
        let filter = try EnrollmentFilter(
            request([
                ("type[]", "StudentEnrollment"), ("role[]", "TaEnrollment"),
                ("state[]", "current_and_concluded"),
                ("state[]", "deleted"),
            ]))
        #expect(filter.typeNames == .textArray(["StudentEnrollment", "TaEnrollment"]))
        #expect(filter.stateNames == .textArray(["active", "completed", "deleted"]))
        #expect(try EnrollmentFilter(request([("state", "inactive")])).stateNames == .textArray(["inactive"]))
    }

    @Test(arguments: [
        ("type[]", "Pupil", "type"), ("state[]", "gone", "state"), ("state[x]", "active", "state"),
    ])
    func `are refused by the field`(name: String, value: String, field: String) {
        let error = #expect(throws: FieldError.self) { try EnrollmentFilter(request([(name, value)])) }
        #expect(error?.field == field)
    }
}
