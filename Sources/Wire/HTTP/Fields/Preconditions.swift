package import HTTPTypes

/// Evaluates a request's preconditions against a representation (RFC 9110 §13).
package struct Preconditions: Sendable {
    /// What to answer.
    package enum Outcome: Sendable, Equatable {
        /// As if there had been no precondition.
        case proceed
        /// 304, for GET and HEAD.
        case notModified
        /// 412.
        case failed
    }

    /// The tag of the present representation, or `nil` where it has none or does not exist.
    private let entityTag: EntityTag?
    /// When it was last changed, in seconds since 1970, or `nil`.
    private let lastModified: Int64?
    private let exists: Bool

    /// Takes what the conditions are compared with; `exists` false where there is no representation yet.
    package init(entityTag: EntityTag?, lastModified: Int64? = nil, exists: Bool = true) {
        self.entityTag = entityTag
        self.lastModified = lastModified
        self.exists = exists
    }

    /// Whether a request has any condition.
    package static func areSet(in fields: HTTPFields) -> Bool {
        [HTTPField.Name.ifMatch, .ifNoneMatch, .ifModifiedSince, .ifUnmodifiedSince].contains {
            fields.contains($0)
        }
    }

    /// Goes through the conditions in the standard's order (RFC 9110 §13.2.2).
    ///
    /// A malformed `If-Match` fails, a malformed `If-None-Match` proceeds: neither lets a lost update happen
    /// nor withholds a page. Dates that cannot be read are ignored.
    package func evaluate(_ fields: HTTPFields, method: HTTPRequest.Method) -> Outcome {
        let reads = method == .get || method == .head
        if let value = fields[.ifMatch] {
            guard matches(value, strongly: true) else { return .failed }
        } else if let date = fields[.ifUnmodifiedSince].flatMap(HTTPDate.parse), let lastModified {
            guard lastModified <= date else { return .failed }
        }
        if let value = fields[.ifNoneMatch] {
            if matches(value, strongly: false) { return reads ? .notModified : .failed }
        } else if reads, let date = fields[.ifModifiedSince].flatMap(HTTPDate.parse), let lastModified {
            if lastModified <= date { return .notModified }
        }
        return .proceed
    }

    /// Whether a `Range` field of the same request counts (RFC 9110 §13.1.5).
    ///
    /// It does without `If-Range`, and where that still names what there is. Dates must be equal, for they
    /// are compared strongly.
    package func allowsRange(_ fields: HTTPFields) -> Bool {
        guard let value = fields[.ifRange] else { return true }
        if let tag = EntityTag(parsing: value) { return entityTag.map { $0.matchesStrongly(tag) } ?? false }
        guard let date = HTTPDate.parse(value), let lastModified else { return false }
        return date == lastModified
    }

    private func matches(_ value: String, strongly: Bool) -> Bool {
        if value == "*" { return exists }
        guard let entityTag, let tags = EntityTag.list(value) else { return false }
        return tags.contains { strongly ? $0.matchesStrongly(entityTag) : $0.matchesWeakly(entityTag) }
    }
}
