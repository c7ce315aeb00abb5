package import JSON

/// Turns form items with brackets in their names into an object.
///
/// `a=1` is a member, `a[b]=1` a member of a member, `a[]=1` an element of an array; `a[][b]=1&a[][c]=2` fill one
/// element until a name comes again. Members keep the order in which they came first; of a plain name that comes
/// twice the last value counts, as with a checkbox and its hidden twin.
package enum BracketedForm {
    /// Brackets that one name may have.
    package static let depthLimit = 16

    /// Builds the object.
    ///
    /// - Throws: ``WebError`` with 400 for unbalanced or too many brackets and for names that contradict one another.
    package static func object(_ items: [WebRequest.Item]) throws(WebError) -> JSONObject {
        let root = Node()
        for item in items { try root.put(item.value, at: try path(item.name)[...], of: item.name) }
        guard case .object(let object) = root.value else { return JSONObject() }
        return object
    }

    /// Splits `a[b][]` into `a`, `b` and an empty part.
    private static func path(_ name: String) throws(WebError) -> [String] {
        let bytes = name.utf8
        guard let open = bytes.firstIndex(of: UInt8(ascii: "[")), open != bytes.startIndex else {
            guard !bytes.contains(UInt8(ascii: "[")), !bytes.contains(UInt8(ascii: "]")), !name.isEmpty else {
                throw malformed(name, "has brackets that do not match")
            }
            return [name]
        }
        var parts = [String(name[..<open])]
        var rest = name[open...]
        guard !parts[0].utf8.contains(UInt8(ascii: "]")) else {
            throw malformed(name, "has brackets that do not match")
        }
        while !rest.isEmpty {
            guard rest.utf8.first == UInt8(ascii: "["),
                let close = rest.utf8.firstIndex(of: UInt8(ascii: "]"))
            else {
                throw malformed(name, "has brackets that do not match")
            }
            let part = rest[rest.utf8.index(after: rest.startIndex)..<close]
            guard !part.utf8.contains(UInt8(ascii: "[")) else {
                throw malformed(name, "has brackets that do not match")
            }
            parts.append(String(part))
            guard parts.count <= depthLimit + 1 else { throw malformed(name, "is nested too deeply") }
            rest = rest[rest.utf8.index(after: close)...]
        }
        return parts
    }

    fileprivate static func malformed(_ name: String, _ what: String) -> WebError {
        .badRequest(
            "field \"\(name.prefix(100))\" \(what)", code: "malformed_form", field: String(name.prefix(100)))
    }
}

/// A value under construction.
private final class Node {
    private enum Content {
        case empty
        case text(String)
        case list([Node])
        case members([(name: String, node: Node)], index: [String: Int])
    }

    private var content = Content.empty

    var value: JSONValue {
        switch content {
        case .empty: return .object(JSONObject())
        case .text(let text): return .string(text)
        case .list(let nodes): return .array(nodes.map(\.value))
        case .members(let members, _):
            var object = JSONObject()
            for member in members { _ = object.append(member.name, member.node.value) }
            return .object(object)
        }
    }

    func put(_ text: String, at path: ArraySlice<String>, of name: String) throws(WebError) {
        guard let first = path.first else {
            switch content {
            case .empty, .text: content = .text(text)
            case .list, .members:
                throw BracketedForm.malformed(name, "is a value here and a list or object elsewhere")
            }
            return
        }
        let rest = path.dropFirst()
        if first.isEmpty {
            try element(for: rest, of: name).put(text, at: rest, of: name)
        } else {
            try member(first, of: name).put(text, at: rest, of: name)
        }
    }

    /// The element that an item with `[]` belongs to: the last one while it lacks what the rest names, else a new one.
    private func element(for rest: ArraySlice<String>, of name: String) throws(WebError) -> Node {
        var nodes: [Node]
        switch content {
        case .empty: nodes = []
        case .list(let known): nodes = known
        case .text, .members:
            throw BracketedForm.malformed(name, "is a list here and something else elsewhere")
        }
        if let last = nodes.last, !rest.isEmpty, !last.holds(rest) { return last }
        let node = Node()
        // Lets go of the other reference, so that the array grows in place.
        content = .empty
        nodes.append(node)
        content = .list(nodes)
        return node
    }

    private func member(_ key: String, of name: String) throws(WebError) -> Node {
        switch content {
        case .empty:
            let node = Node()
            content = .members([(key, node)], index: [key: 0])
            return node
        case .members(var members, var index):
            if let place = index[key] { return members[place].node }
            let node = Node()
            content = .empty
            index[key] = members.count
            members.append((key, node))
            content = .members(members, index: index)
            return node
        case .text, .list:
            throw BracketedForm.malformed(name, "is an object here and something else elsewhere")
        }
    }

    /// Whether there is a value at the path already, so that another one begins a new element.
    private func holds(_ path: ArraySlice<String>) -> Bool {
        guard let first = path.first else { return true }
        guard !first.isEmpty else { return false }
        guard case .members(let members, let index) = content, let place = index[first] else { return false }
        return members[place].node.holds(path.dropFirst())
    }
}
