package import HTTPTypes

/// All routes, found by path and method.
///
/// Made once, shared by all loops.
///
/// Of several patterns that fit a path and take the method, the one that is literal for longer wins: literal before
/// named before star, segment by segment.
package struct RouteTable: Sendable {
    /// What a path leads to.
    package enum Match: Sendable {
        case route(Route, parameters: [String: String])
        /// The path is there, for these methods only, in the order of their names.
        case otherMethods([HTTPRequest.Method])
        case none
    }

    private struct Endpoint: Sendable {
        let route: Route
        let names: [String]
    }

    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        var named: Int?
        var rest: [String: Endpoint] = [:]
        var here: [String: Endpoint] = [:]
    }

    private var nodes = [Node()]

    /// The routes as they were given.
    package let routes: [Route]

    /// Builds the table.
    ///
    /// - Throws: ``RouteProblem`` when a pattern is malformed or two routes would answer the same requests.
    package init(_ routes: [Route]) throws(RouteProblem) {
        self.routes = routes
        for route in routes { try add(route) }
    }

    private mutating func add(_ route: Route) throws(RouteProblem) {
        let pattern = try RoutePattern(route.pattern)
        var at = 0
        var names: [String] = []
        var takesRest = false
        for segment in pattern.segments {
            switch segment {
            case .literal(let text): at = child(of: at, literal: text)
            case .named(let name):
                names.append(name)
                at = namedChild(of: at)
            case .rest: takesRest = true
            }
        }
        let endpoint = Endpoint(route: route, names: names)
        let method = route.method.rawValue
        let before =
            takesRest
            ? nodes[at].rest.updateValue(endpoint, forKey: method)
            : nodes[at].here.updateValue(endpoint, forKey: method)
        if let before {
            throw .duplicate(method: method, first: before.route.pattern, second: route.pattern)
        }
    }

    private mutating func child(of node: Int, literal: String) -> Int {
        if let known = nodes[node].literals[literal] { return known }
        nodes.append(Node())
        nodes[node].literals[literal] = nodes.count - 1
        return nodes.count - 1
    }

    private mutating func namedChild(of node: Int) -> Int {
        if let known = nodes[node].named { return known }
        nodes.append(Node())
        nodes[node].named = nodes.count - 1
        return nodes.count - 1
    }

    /// Finds the route for a path that was split and decoded.
    ///
    /// An empty segment fits nothing but a star: `/a//b` and `/a/` are other paths than `/a/b` and `/a`.
    package func match(_ method: HTTPRequest.Method, _ segments: [String]) -> Match {
        let names = method == .head ? ["HEAD", "GET"] : [method.rawValue]
        for name in names {
            guard let found = find(segments[...], at: 0, values: [], taking: name),
                let endpoint = found.endpoints[name]
            else { continue }
            return RouteTable.routed(endpoint, found)
        }
        guard let found = find(segments[...], at: 0, values: [], taking: nil) else { return .none }
        return .otherMethods(RouteTable.allowed(found.endpoints.keys))
    }

    private static func routed(_ endpoint: Endpoint, _ found: Found) -> Match {
        var parameters: [String: String] = [:]
        for (name, value) in zip(endpoint.names, found.values) { parameters[name] = value }
        if let rest = found.rest { parameters["*"] = rest }
        return .route(endpoint.route, parameters: parameters)
    }

    private typealias Found = (endpoints: [String: Endpoint], values: [String], rest: String?)

    /// Walks down; `method` is the one that endpoints must take, `nil` for any.
    private func find(
        _ segments: ArraySlice<String>, at index: Int, values: [String], taking method: String?
    ) -> Found? {
        let node = nodes[index]
        guard let first = segments.first else {
            return RouteTable.takes(method, node.here) ? (node.here, values, nil) : nil
        }
        let others = segments.dropFirst()
        if let child = node.literals[first],
            let found = find(others, at: child, values: values, taking: method)
        {
            return found
        }
        if !first.isEmpty, let child = node.named,
            let found = find(others, at: child, values: values + [first], taking: method)
        {
            return found
        }
        guard RouteTable.takes(method, node.rest) else { return nil }
        return (node.rest, values, segments.joined(separator: "/"))
    }

    private static func takes(_ method: String?, _ endpoints: [String: Endpoint]) -> Bool {
        method.map { endpoints[$0] != nil } ?? !endpoints.isEmpty
    }

    private static func allowed(_ methods: some Sequence<String>) -> [HTTPRequest.Method] {
        var names = Set(methods)
        if names.contains("GET") { names.insert("HEAD") }
        names.insert("OPTIONS")
        return names.sorted().compactMap { HTTPRequest.Method($0) }
    }
}
