package import Postgres
import WebServer

/// Finds the user that a path or a field names, and how the caller stands to them.
///
/// Confined to the loop of its call.
package struct UserLookup {
    private let call: Call

    /// Looks for a call.
    package init(_ call: Call) { self.call = call }

    /// The id of the user that a text names: an id, `self`, `sis_user_id:…`, `sis_login_id:…` or `sis_integration_id:…`.
    ///
    /// - Throws: 404 when it names nobody in the institution; or what the database throws.
    package func find(_ text: String) async throws -> Int64 {
        switch ObjectReference(text) {
        case .own: return call.principal.user
        case .id(let id):
            if id == call.principal.user { return id }
            guard try await call.query(UserQueries.exists, [.int(id)]).first != nil else {
                throw WebError.notFound
            }
            return id
        case .foreign(let kind, let value):
            let statement: Statement
            switch kind {
            case "sis_user_id": statement = UserQueries.bySIS
            case "sis_integration_id": statement = UserQueries.byIntegration
            case "sis_login_id": statement = UserQueries.byLogin
            default: throw WebError.notFound
            }
            guard let row = try await call.query(statement, [.text(value)]).first else {
                throw WebError.notFound
            }
            return try row.int(0)
        case nil: throw WebError.notFound
        }
    }

    /// The children that the caller is linked to as their parent, by id.
    package func children() async throws(PostgresError) -> [Int64] {
        var children: [Int64] = []
        for row in try await call.query(DirectoryQueries.children, [.int(call.principal.user)]) {
            children.append(try row.int(0))
        }
        return children
    }

    /// Whether the caller stands to a user of the institution in one of these ways.
    package func may(_ relations: Set<UserRelation>, _ user: Int64) async throws -> Bool {
        if relations.contains(.oneself), user == call.principal.user { return true }
        if relations.contains(.admin), call.isAdmin { return true }
        guard relations.contains(.parent) else { return false }
        return try await call.query(UserQueries.isParent, [.int(call.principal.user), .int(user)]).first
            != nil
    }
}
