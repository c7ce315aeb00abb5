package import Postgres
package import WebServer

/// Finds the account that a path or a field names, and whether the caller administers it.
///
/// Confined to the loop of its call.
package struct AccountLookup {
    private let call: Call

    /// Looks for a call.
    package init(_ call: Call) { self.call = call }

    /// The account that a text names: an id, `self` (the root), or `sis_account_id:…`.
    ///
    /// - Throws: 404 when it names none in the institution; or what the database throws.
    package func find(_ text: String) async throws -> Account {
        let rows: Rows
        switch ObjectReference(text) {
        case .own: rows = try await call.query(AccountQueries.show, [call.tenant])
        case .id(let id): rows = try await call.query(AccountQueries.show, [.int(id)])
        case .foreign("sis_account_id", let value):
            rows = try await call.query(AccountQueries.bySIS, [.text(value)])
        default: throw WebError.notFound
        }
        guard let row = rows.first else { throw WebError.notFound }
        return try Account(row)
    }

    /// Whether the caller administers an account: it, or one above it.
    package func administers(_ account: Account) async throws(PostgresError) -> Bool {
        if call.isAdmin { return true }
        let rows = try await call.query(
            AccountQueries.administered, [.int(call.principal.user), .intArray(account.path)])
        return !rows.isEmpty
    }
}

extension Route {
    /// Answers a call that is about an account.
    package typealias AccountHandler = @Sendable (Call, Account) async throws -> WebResponse

    /// A route about the account that the path names, for those who administer it.
    ///
    /// 404 for an account that is not there for the institution, 403 for others than its admins.
    ///
    /// - Parameters:
    ///   - way: The way in, as the table has it.
    ///   - name: The segment that names the account.
    ///   - bodyLimit: The largest body.
    ///   - handler: Answers.
    /// - Returns: The route.
    package static func account(
        _ way: String, at name: String = "account_id", bodyLimit: Int = usualBodyLimit,
        _ handler: @escaping AccountHandler
    ) -> Route {
        precondition(Permissions.of(way).rule == .account, "\(way) is not about an account")
        return .call(way, bodyLimit: bodyLimit) { call in
            let lookup = AccountLookup(call)
            let account = try await lookup.find(call.request.parameters[name] ?? "")
            guard try await lookup.administers(account) else { throw WebError.forbidden }
            return try await handler(call, account)
        }
    }
}
