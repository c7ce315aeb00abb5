import JSON
import Testing
import WebServer

@testable import Tenancy

struct `A role of one's own` {
    private static let change = "url:PUT|/api/v1/courses/:id"
    private static let read = "url:GET|/api/v1/courses/:id"

    private func change(_ permissions: JSONValue, _ base: String = "TeacherEnrollment") throws -> RoleChange {
        try RoleChange(try JSONFields(["permissions": permissions]), base: base)
    }

    @Test func `has less than its base, and gets it back`() throws {
        let less = try change([Self.change: ["enabled": false]])
        #expect(less.applied(to: []) == ["PUT /api/v1/courses/:id"])
        let more = try change([Self.change: ["enabled": true], Self.read: ["enabled": false]])
        #expect(more.applied(to: ["PUT /api/v1/courses/:id"]) == ["GET /api/v1/courses/:id"])
        #expect(try change([Self.change: ["explicit": true]]).applied(to: ["x"]) == ["x"])
        #expect(try RoleChange(try JSONFields([:]), base: "TaEnrollment").applied(to: ["x"]) == ["x"])
    }

    @Test(arguments: [
        ("url:PUT|/api/v1/courses/:id", true, "StudentEnrollment", "beyond_base"),
        ("url:POST|/api/v1/accounts/:account_id/courses", true, "TeacherEnrollment", "beyond_base"),
        ("url:GET|/api/v1/session", false, "TeacherEnrollment", "not_overridable"),
        ("url:GET|/api/v1/nowhere", false, "TeacherEnrollment", "unknown_scope"),
        ("rpc chat.send", false, "TeacherEnrollment", "unknown_scope"),
    ])
    func `never has more, nor loses what everybody has`(
        scope: String, isEnabled: Bool, base: String, code: String
    ) throws {
        let error = #expect(throws: WebError.self) {
            try change([scope: ["enabled": .bool(isEnabled)]], base)
        }
        #expect(error?.code == code && error?.items.first?.field == "permissions.\(scope)")
    }

    @Test func `is based on a built-in one of courses`() {
        #expect(
            AccountRole.bases == [
                "StudentEnrollment", "TeacherEnrollment", "TaEnrollment", "DesignerEnrollment",
                "ObserverEnrollment",
            ])
        #expect(RoleIDs.name(of: 3) == "TeacherEnrollment" && RoleIDs.find("TeacherEnrollment") == 3)
        for id in [0, 7, -1, Int64.max, Int64.min] { #expect(RoleIDs.name(of: id) == nil) }
        #expect(RoleIDs.find("Boss") == nil)
    }
}
