/// The members of a JSON object, in the order they were written, each name once.
///
/// Looking up is a plain search in small objects and by index in large ones. Two objects with the same members in
/// another order are equal (RFC 8259 §4: the order means nothing).
package struct JSONObject: Sendable {
    /// A name and its value.
    package struct Member: Hashable, Sendable {
        package let name: String
        package var value: JSONValue
    }

    /// From this many members on, an index is kept; below it, comparing a few short strings is quicker.
    private static let indexedFrom = 12

    /// The members in their order.
    package private(set) var members: [Member] = []
    private var index: [String: Int] = [:]

    /// Makes an object without members.
    package init() {}

    package var count: Int { members.count }
    package var isEmpty: Bool { members.isEmpty }

    /// The value of `name`, or `nil` when there is no such member; setting `nil` is not possible, see `set`.
    package subscript(name: String) -> JSONValue? {
        position(of: name).map { members[$0].value }
    }

    /// Adds a member at the end; `false`, and no change, when the name is taken.
    package mutating func append(_ name: String, _ value: JSONValue) -> Bool {
        guard position(of: name) == nil else { return false }
        members.append(Member(name: name, value: value))
        if members.count == Self.indexedFrom {
            for (position, member) in members.enumerated() { index[member.name] = position }
        } else if members.count > Self.indexedFrom {
            index[name] = members.count - 1
        }
        return true
    }

    /// Replaces the value of `name`, or adds the member at the end.
    package mutating func set(_ name: String, _ value: JSONValue) {
        if let position = position(of: name) {
            members[position].value = value
        } else {
            _ = append(name, value)
        }
    }

    private func position(of name: String) -> Int? {
        members.count < Self.indexedFrom ? members.firstIndex { $0.name == name } : index[name]
    }
}

extension JSONObject: Hashable {
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.members.allSatisfy { right[$0.name] == $0.value }
    }

    package func hash(into hasher: inout Hasher) {
        var sum = 0
        for member in members { sum ^= member.hashValue }
        hasher.combine(count)
        hasher.combine(sum)
    }
}
