import HTTPTypes
import Postgres
import Testing
import WebServer

@testable import Operations

struct `Operations permissions` {
    private func principal(_ roles: Set<String>) -> Principal {
        Principal(
            institution: TenantID(rawValue: 1), user: 1, person: 1, name: "A", login: "a", roles: roles,
            credential: .bearer(token: 1))
    }

    @Test(arguments: [["student"], ["instructor"], ["parent"], ["student", "instructor"], []])
    func `turn away who is no administrator`(roles: [String]) {
        for action in OperationsPermissions.Action.allCases {
            #expect(throws: WebError.self) {
                try OperationsPermissions.require(action, principal(Set(roles)))
            }
        }
    }

    @Test(arguments: [["admin"], ["admin", "instructor"]])
    func `let administrators in`(roles: [String]) throws {
        try OperationsPermissions.require(.showLive, principal(Set(roles)))
    }

    @Test func `cover every route`() {
        #expect(
            OperationsRoutes.all.map { "\($0.method.rawValue) \($0.pattern)" }
                == OperationsPermissions.Action.allCases.map(\.rawValue))
        #expect(OperationsRoutes.all.allSatisfy { $0.access == .signedIn })
    }
}
