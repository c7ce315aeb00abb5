import HTTPTypes
import Tenancy
import Testing
import WebServer

@testable import Cohort

struct `The table of permissions` {
    private static let ways = Permissions.scopes.map { scope in
        scope.dropFirst("url:".count).split(separator: "|", maxSplits: 1).joined(separator: " ")
    }

    @Test func `names every route of the surface, and no other`() throws {
        let routes = try ServedRoutes.all().filter { $0.pattern.hasPrefix("/api/") }
        let served = routes.map { "\($0.method.rawValue) \($0.pattern)" }
        #expect(Set(served) == Set(Self.ways))
        #expect(served.count == Self.ways.count)
    }

    @Test func `has each way once`() {
        let ways = PermissionTable.all.map(\.way)
        #expect(Set(ways).count == ways.count)
    }
}
