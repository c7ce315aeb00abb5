import JSON
import Postgres
import Testing
import WebServer

@testable import Courses

struct `What is said of a course` {
    private func fields(_ json: JSONValue) throws -> JSONFields { try JSONFields(json, isLenient: true) }

    private func complaint(_ json: JSONValue, isAdmin: Bool = true) -> String? {
        do {
            _ = try CourseFields(try fields(json), isAdmin: isAdmin)
            return nil
        } catch let error as FieldError {
            return error.field
        } catch {
            return (error as? WebError)?.code ?? "\(error)"
        }
    }

    @Test(
        arguments: [
            (["name": ""], "name"), (["name": "a\nb"], "name"),
            (["name": .string(String(repeating: "x", count: 256))], "name"),
            (["course_code": 5], "course_code"), (["start_at": "soon"], "start_at"),
            (["time_zone": "Nowhere"], "time_zone"),
            (["default_view": "sideways"], "default_view"), (["course_format": "by post"], "course_format"),
            (["self_enrollment_code": "abc"], "self_enrollment_code"),
            (["self_enrollment_code": "a b c d"], "self_enrollment_code"),
            (["self_enrollment_limit": 0], "self_enrollment_limit"), (["event": "burn"], "event"),
            (["is_public": "maybe"], "is_public"),
            (["sis_course_id": .string(String(repeating: "x", count: 256))], "sis_course_id"),
        ] as [(JSONValue, String)])
    func `is refused by the field`(json: JSONValue, field: String) {
        #expect(complaint(json) == field)
    }

    @Test(arguments: ["account_id", "term_id", "enrollment_term_id", "sis_course_id", "integration_id"])
    func `is an admin's to say where it places the course`(field: String) {
        #expect(complaint([field: "7"], isAdmin: false) == "forbidden")
        #expect(complaint([field: "7"]) == nil)
    }

    @Test func `tells what is taken away from what is left alone`() throws {
        let none = try CourseFields(try fields([:]), isAdmin: true).values(
            state: nil, account: nil, term: nil)
        let some = try CourseFields(try fields(["start_at": "", "sis_course_id": nil]), isAdmin: true)
            .values(state: nil, account: nil, term: nil)
        // Whether and to what: the start, and the SIS id.
        #expect(none[5...6] == [.bool(false), .timestamp(milliseconds: nil)])
        #expect(some[5...6] == [.bool(true), .timestamp(milliseconds: nil)])
        #expect(none[15...16] == [.bool(false), .text(nil)] && some[15...16] == [.bool(true), .text(nil)])
    }

    @Test func `notes what was changed by hand`() throws {
        let changed = try CourseFields(
            try fields(["name": "Biology", "end_at": "2027-01-01"]), isAdmin: true
        )
        .values(state: "available", account: nil, term: 7)
        #expect(changed.last == .textArray(["name", "end_at", "enrollment_term_id", "workflow_state"]))
    }
}
