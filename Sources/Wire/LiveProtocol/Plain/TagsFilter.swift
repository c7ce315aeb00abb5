package import JSON

/// Which publications a subscriber wants, by their tags: a tree of comparisons, as the client protocol has it (`tf`).
///
/// Immutable and shared, so that a subscription holds a reference only.
package final class TagsFilter: Sendable {
    /// What is wrong with a filter.
    package struct Problem: Error, Equatable, Sendable {
        /// To be read behind `field "tf" `.
        package let text: String
    }

    /// The most nodes of one filter, and the most values of one comparison; each publication is held against all of them.
    package static let mostNodes = 64
    package static let mostValues = 64
    /// The deepest that nodes may lie within each other.
    package static let deepest = 8

    private indirect enum Node: Sendable {
        case all([Node])
        case any([Node])
        case not(Node)
        case leaf(key: String, Comparison)
    }

    private enum Comparison: Sendable {
        case equals(String), differs(String)
        case isIn([String]), isNotIn([String])
        case exists, isMissing
        case begins(String), ends(String), contains(String)
        case less(Double), lessOrEqual(Double), greater(Double), greaterOrEqual(Double)
    }

    private let root: Node

    /// Reads a filter as a client wrote it.
    ///
    /// - Throws: ``Problem``.
    package init(_ json: RawJSON) throws(Problem) {
        guard let value = try? JSONReader.read(json), value.object != nil else {
            throw Problem(text: "must be an object")
        }
        var left = TagsFilter.mostNodes
        root = try TagsFilter.node(value, depth: 1, &left)
    }

    /// Whether a publication with these tags is wanted.
    package func matches(_ tags: [String: String]) -> Bool { TagsFilter.matches(root, tags) }

    // MARK: Reading

    private static func node(_ value: JSONValue, depth: Int, _ left: inout Int) throws(Problem) -> Node {
        guard depth <= deepest else { throw Problem(text: "is nested deeper than \(deepest)") }
        left -= 1
        guard left >= 0 else { throw Problem(text: "has more than \(mostNodes) nodes") }
        let op = value["op"]?.string ?? ""
        guard !op.isEmpty else { return try leaf(value) }
        var nodes: [Node] = []
        for child in value["nodes"]?.array ?? [] { nodes.append(try node(child, depth: depth + 1, &left)) }
        switch op {
        case "and": return .all(nodes)
        case "or": return .any(nodes)
        case "not":
            guard nodes.count == 1 else { throw Problem(text: "has a \"not\" of other than one node") }
            return .not(nodes[0])
        default: throw Problem(text: "has an unknown \"op\"")
        }
    }

    private static func leaf(_ value: JSONValue) throws(Problem) -> Node {
        guard let key = value["key"]?.string, !key.isEmpty else {
            throw Problem(text: "has a comparison without \"key\"")
        }
        let text = value["val"]?.string ?? ""
        return .leaf(key: key, try comparison(value["cmp"]?.string ?? "", text, value))
    }

    private static func comparison(
        _ name: String, _ text: String, _ value: JSONValue
    ) throws(Problem) -> Comparison {
        switch name {
        case "eq": return .equals(text)
        case "neq": return .differs(text)
        case "in": return .isIn(try values(value))
        case "nin": return .isNotIn(try values(value))
        case "ex": return .exists
        case "nex": return .isMissing
        case "sw": return .begins(text)
        case "ew": return .ends(text)
        case "ct": return .contains(text)
        case "lt": return .less(try number(text))
        case "lte": return .lessOrEqual(try number(text))
        case "gt": return .greater(try number(text))
        case "gte": return .greaterOrEqual(try number(text))
        default: throw Problem(text: "has an unknown \"cmp\"")
        }
    }

    private static func values(_ value: JSONValue) throws(Problem) -> [String] {
        let values = (value["vals"]?.array ?? []).compactMap(\.string)
        guard !values.isEmpty else { throw Problem(text: "has a comparison without \"vals\"") }
        guard values.count <= mostValues else { throw Problem(text: "has more than \(mostValues) \"vals\"") }
        return values
    }

    private static func number(_ text: String) throws(Problem) -> Double {
        guard let number = Double(text), number.isFinite else {
            throw Problem(text: "compares with a \"val\" that is no number")
        }
        return number
    }

    // MARK: Judging

    private static func matches(_ node: Node, _ tags: [String: String]) -> Bool {
        switch node {
        case .all(let nodes): nodes.allSatisfy { matches($0, tags) }
        case .any(let nodes): nodes.contains { matches($0, tags) }
        case .not(let node): !matches(node, tags)
        case .leaf(let key, let comparison): matches(comparison, tags[key])
        }
    }

    /// A tag that is missing differs from everything and is in no list; nothing else holds of it.
    private static func matches(_ comparison: Comparison, _ tag: String?) -> Bool {
        switch comparison {
        case .equals(let text): tag == text
        case .differs(let text): tag != text
        case .isIn(let texts): tag.map(texts.contains) ?? false
        case .isNotIn(let texts): !(tag.map(texts.contains) ?? false)
        case .exists: tag != nil
        case .isMissing: tag == nil
        case .begins(let text): tag?.hasPrefix(text) ?? false
        case .ends(let text): tag?.hasSuffix(text) ?? false
        case .contains(let text): text.isEmpty ? tag != nil : tag?.contains(text) ?? false
        case .less(let number): compare(tag) { $0 < number }
        case .lessOrEqual(let number): compare(tag) { $0 <= number }
        case .greater(let number): compare(tag) { $0 > number }
        case .greaterOrEqual(let number): compare(tag) { $0 >= number }
        }
    }

    private static func compare(_ tag: String?, _ holds: (Double) -> Bool) -> Bool {
        tag.flatMap(Double.init).map(holds) ?? false
    }
}
