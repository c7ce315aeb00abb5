/// A route's pattern, taken apart.
struct RoutePattern: Sendable {
    enum Segment: Sendable, Equatable {
        case literal(String)
        case named(String)
        case rest
    }

    let text: String
    let segments: [Segment]

    /// Reads a pattern such as `/api/v1/courses/:id` or `/files/*`.
    ///
    /// - Throws: ``RouteProblem/malformed(_:)``.
    init(_ text: String) throws(RouteProblem) {
        guard text.hasPrefix("/") else { throw .malformed(text) }
        var segments: [Segment] = []
        var names: Set<String> = []
        let parts =
            text == "/" ? [] : text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if part == "*" {
                guard index == parts.count - 1 else { throw .malformed(text) }
                segments.append(.rest)
            } else if part.hasPrefix(":") {
                let name = String(part.dropFirst())
                guard !name.isEmpty, names.insert(name).inserted else { throw .malformed(text) }
                segments.append(.named(name))
            } else {
                guard !part.isEmpty, part != ".", part != ".." else { throw .malformed(text) }
                segments.append(.literal(String(part)))
            }
        }
        self.text = text
        self.segments = segments
    }
}

/// Why a table of routes cannot be; found when the server starts.
package enum RouteProblem: Error, Equatable, CustomStringConvertible {
    /// The pattern is none.
    case malformed(String)
    /// Two routes would answer the same requests.
    case duplicate(method: String, first: String, second: String)

    package var description: String {
        switch self {
        case .malformed(let pattern): "\"\(pattern)\" is no route pattern"
        case .duplicate(let method, let first, let second):
            "\(method) \(second) answers the same requests as \(method) \(first)"
        }
    }
}
