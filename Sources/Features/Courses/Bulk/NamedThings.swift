import JSON
import Postgres
import Tenancy

/// Users or courses as a request lists them: by ids, or by ids of the student information system.
struct NamedThings: Hashable, Sendable {
    /// As they were written, each once, in their order.
    let written: [String]

    /// Reads a list.
    ///
    /// - Parameters:
    ///   - name: The member.
    ///   - kind: The prefix of the other system's ids, as `sis_user_id`.
    ///   - fields: Where it stands.
    ///   - count: How many there may be.
    /// - Throws: An error that names the member.
    init(_ name: String, kind: String, in fields: JSONFields, atMost count: Int) throws(FieldError) {
        guard let value = fields.optionalValue(name) else { throw fields.error(name, .missing) }
        var written: [String] = []
        var seen: Set<String> = []
        for item in value.array ?? [value] {
            guard let text = item.string ?? item.number?.text, Self.names(text, kind) else {
                throw fields.error(name, .other("must be ids, or \(kind):… each"))
            }
            if seen.insert(text).inserted { written.append(text) }
        }
        guard !written.isEmpty else { throw fields.error(name, .missing) }
        guard written.count <= count else {
            throw fields.error(name, .other("must be \(count) at most"))
        }
        self.written = written
    }

    /// The ids and the other system's ids as two arrays of equal length, null where it is the other kind.
    var values: [PostgresValue] {
        var ids: [Int64?] = []
        var foreign: [String?] = []
        for text in written {
            switch ObjectReference(text) {
            case .id(let id): (ids, foreign) = (ids + [id], foreign + [nil])
            case .foreign(_, let value): (ids, foreign) = (ids + [nil], foreign + [value])
            case .own, nil: (ids, foreign) = (ids + [nil], foreign + [nil])
            }
        }
        return [.nullableIntArray(ids), .textArray(foreign)]
    }

    private static func names(_ text: String, _ kind: String) -> Bool {
        switch ObjectReference(text) {
        case .id: true
        case .foreign(let found, _): found == kind
        case .own, nil: false
        }
    }
}
