import HTTPTypes
import Testing

@testable import WebServer

struct `Route table` {
    private static let patterns = [
        "/", "/healthz", "/api/v1/courses", "/api/v1/courses/:id", "/api/v1/courses/:id/users",
        "/api/v1/courses/recent", "/static/*", "/files/:name/raw",
    ]

    private func table() throws -> RouteTable {
        try RouteTable(Self.patterns.map { Route(.get, $0, access: .anyone) { _, _ in .noContent } })
    }

    @Test(
        arguments: [
            ([], "/", [:]),
            (["healthz"], "/healthz", [:]),
            (["api", "v1", "courses", "7"], "/api/v1/courses/:id", ["id": "7"]),
            (["api", "v1", "courses", "recent"], "/api/v1/courses/recent", [:]),
            (["api", "v1", "courses", "recent", "users"], "/api/v1/courses/:id/users", ["id": "recent"]),
            (["static", "a", "b.js"], "/static/*", ["*": "a/b.js"]),
            (["files", "a b/c", "raw"], "/files/:name/raw", ["name": "a b/c"]),
        ] as [([String], String, [String: String])])
    func `finds the pattern and its parameters`(
        segments: [String], pattern: String, parameters: [String: String]
    ) throws {
        guard case .route(let route, let found) = try table().match(.get, segments) else {
            Issue.record("nothing found")
            return
        }
        #expect(route.pattern == pattern)
        #expect(found == parameters)
    }

    @Test(arguments: [
        [""], ["healthz", ""], ["api", "", "courses"], ["api", "v1", "courses", ""], ["nothing"], ["api"],
        ["static"],
    ])
    func `finds nothing where nothing fits`(segments: [String]) throws {
        guard case .none = try table().match(.get, segments) else {
            Issue.record("something was found")
            return
        }
    }

    @Test func `answers HEAD by GET and names the methods of a path`() throws {
        let table = try RouteTable([
            Route(.get, "/a", access: .anyone) { _, _ in .noContent },
            Route(.post, "/a", access: .anyone) { _, _ in .noContent },
            Route(.put, "/b", access: .anyone) { _, _ in .noContent },
        ])
        guard case .route = table.match(.head, ["a"]) else {
            Issue.record("HEAD is not answered")
            return
        }
        guard case .otherMethods(let methods) = table.match(.delete, ["a"]) else {
            Issue.record("DELETE is answered")
            return
        }
        #expect(methods == [.get, .head, .options, .post])
        guard case .otherMethods(let others) = table.match(.head, ["b"]) else {
            Issue.record("HEAD is answered")
            return
        }
        #expect(others == [.options, .put])
    }

    @Test func `lets a less exact pattern answer a method that the exact one lacks`() throws {
        let table = try RouteTable([
            Route(.get, "/users/self", access: .anyone) { _, _ in .noContent },
            Route(.put, "/users/:id", access: .anyone) { _, _ in .noContent },
        ])
        guard case .route(let route, let parameters) = table.match(.put, ["users", "self"]) else {
            Issue.record("nothing found")
            return
        }
        #expect(route.pattern == "/users/:id")
        #expect(parameters == ["id": "self"])
    }

    @Test(arguments: [
        ("/a", "/a"), ("/a/:x", "/a/:y"), ("/a/*", "/a/*"), ("/", "/"),
    ])
    func `refuses two routes for the same requests`(first: String, second: String) {
        #expect(throws: RouteProblem.duplicate(method: "GET", first: first, second: second)) {
            try RouteTable([first, second].map { Route(.get, $0, access: .anyone) { _, _ in .noContent } })
        }
    }

    @Test(arguments: ["", "a", "/a/", "//", "/a//b", "/*/a", "/:", "/:x/:x", "/a/..", "/."])
    func `refuses what is no pattern`(pattern: String) {
        #expect(throws: RouteProblem.malformed(pattern)) {
            try RouteTable([Route(.get, pattern, access: .anyone) { _, _ in .noContent }])
        }
    }
}
