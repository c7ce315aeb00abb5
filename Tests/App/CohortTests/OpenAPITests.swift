import Foundation
import HTTP
import HTTPTypes
import JSON
import Testing
import WebServer

@testable import Cohort

/// `protocol/rest/openapi.json` beside the routes that are served.
struct `The published REST contract` {
    private static let methods: Set<String> = ["get", "put", "post", "delete", "patch"]

    /// The operations, by method and path with the names of parameters taken out: `GET /api/v1/courses/{}`.
    private static func published() throws -> [String: JSONValue] {
        let bytes = try Data(contentsOf: ServedRoutes.root.appending(path: "protocol/rest/openapi.json"))
        let paths = try #require(try JSONReader.read(Array(bytes))["paths"]?.object)
        var operations: [String: JSONValue] = [:]
        for path in paths.members {
            let shape = anonymous(path.name) { $0.hasPrefix("{") && $0.hasSuffix("}") }
            for item in try #require(path.value.object).members where methods.contains(item.name) {
                operations["\(item.name.uppercased()) \(shape)"] = item.value
            }
        }
        return operations
    }

    /// The routes but for pages and files, by method and pattern with the names taken out.
    private static func served() throws -> [String: Route] {
        var routes: [String: Route] = [:]
        for route in try ServedRoutes.all() {
            routes[
                "\(route.method.rawValue) \(anonymous(route.pattern) { $0.hasPrefix(":") || $0 == "*" })"] =
                route
        }
        return routes
    }

    private static func anonymous(_ path: String, where isName: (Substring) -> Bool) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false)
            .map { isName($0) ? "{}" : String($0) }.joined(separator: "/")
    }

    @Test func `names every route`() throws {
        let missing = Set(try Self.served().keys).subtracting(try Self.published().keys)
        #expect(missing.isEmpty, "not in openapi.json: \(missing.sorted())")
    }

    @Test func `names nothing that is not served`() throws {
        let surplus = Set(try Self.published().keys).subtracting(try Self.served().keys)
        #expect(surplus.isEmpty, "no route: \(surplus.sorted())")
    }

    @Test func `asks for credentials where the server does`() throws {
        let published = try Self.published()
        for (name, route) in try Self.served() {
            // Alternatives; an empty one stands for nobody, and so does a list without any.
            guard let security = published[name]?["security"]?.array else { continue }
            let isOpen = security.isEmpty || security.contains { $0.object?.isEmpty == true }
            #expect(isOpen == (route.access != .signedIn), "\(name)")
        }
    }

    @Test func `lists the code of every rule of HTTP`() throws {
        let bytes = try Data(contentsOf: ServedRoutes.root.appending(path: "protocol/rest/openapi.json"))
        let document = try JSONReader.read(Array(bytes))
        let codes = document["components"]?["schemas"]?["ErrorCode"]?["x-extensible-enum"]?.array ?? []
        let listed = Set(codes.compactMap(\.string))
        for error in HTTPError.allCases { #expect(listed.contains(error.code), "\(error.code)") }
    }
}
