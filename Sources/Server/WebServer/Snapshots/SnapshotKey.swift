package import Postgres

/// What an answer depends on besides the database: who asks, in what form, and for what.
///
/// The institution comes first, and the user is always a part: what one person is shown is never shown to another. The
/// host is a part, for links in the answer begin with it.
package struct SnapshotKey: Hashable, Sendable {
    /// Whose data it is.
    package let institution: TenantID
    private let user: Int64
    private let hasStringIDs: Bool
    private let isSecure: Bool
    private let path: String
    private let query: [WebRequest.Item]
    private let authority: String
    private let roles: Set<String>

    /// Describes the answer to a request.
    ///
    /// - Parameters:
    ///   - request: The request; its credential's scopes must have been checked, for they are no part of the key.
    ///   - principal: Who asks.
    ///   - hasStringIDs: Whether ids are written as strings.
    package init(_ request: WebRequest, _ principal: Principal, hasStringIDs: Bool) {
        institution = principal.institution
        user = principal.user
        roles = principal.roles
        self.hasStringIDs = hasStringIDs
        isSecure = request.isSecure
        authority = request.authority
        path = request.path
        query = request.query
    }

    /// Enough to tell most keys apart: what is left out is equal nearly always, or compared anyway.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(institution)
        hasher.combine(user)
        hasher.combine(path)
        hasher.combine(query.count)
        if let last = query.last { hasher.combine(last.value) }
    }

    /// Bytes that a cache counts for the key.
    var size: Int {
        path.utf8.count + authority.utf8.count
            + query.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
    }
}
