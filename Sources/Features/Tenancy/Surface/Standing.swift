import Postgres
import WebServer

/// Whether a caller is still who they were when the request came, asked within the transaction of their change.
///
/// Changes with care in one institution begin with a lock of it, shared or not, which they hold until they are committed: what
/// takes credentials or roles away waits for those that rest on them, and those that come after it see that they are gone.
struct Standing {
    private let principal: Principal
    private let isAlone: Bool

    /// What there is to check; `nil` for changes without care.
    init?(_ principal: Principal, _ care: Permission.Care) {
        guard care != .usual else { return nil }
        self.principal = principal
        isAlone = care == .alone
    }

    /// Lets pass whose credential is good and gives no less than the request's did.
    ///
    /// - Parameter transaction: The change's transaction, in which nothing was done yet.
    /// - Throws: 401 for a credential that has ended, and for a user who is shut out; 403 for lost roles or scopes; what the
    ///   database throws.
    func check(_ transaction: PostgresTransaction) async throws {
        let tenant = PostgresValue.int(principal.institution.rawValue)
        let credential: (session: Int64?, token: Int64?) =
            switch principal.credential {
            case .cookie(let session, _): (session, nil)
            case .bearer(let token): (nil, token)
            }
        let results = try await transaction.query([
            (isAlone ? StandingQueries.lockAlone : StandingQueries.lock, [tenant]),
            (
                StandingQueries.find,
                [tenant, .int(principal.user), .int(credential.session), .int(credential.token)]
            ),
        ])
        guard let row = results[1].first else { throw WebError.unauthorized }
        guard Set(try row.textArray(0)).isSuperset(of: principal.roles) else { throw WebError.forbidden }
        guard try !row.isNull(1) else { return }
        guard let scopes = principal.scopes, Set(try row.textArray(1)).isSuperset(of: scopes) else {
            throw WebError.forbidden
        }
    }
}

/// The SQL of standings; `$1` is the institution throughout.
enum StandingQueries {
    static let lock: Statement =
        "SELECT pg_advisory_xact_lock_shared(hashtextextended('tenancy.standing', $1))"

    static let lockAlone: Statement = "SELECT pg_advisory_xact_lock(hashtextextended('tenancy.standing', $1))"

    /// Roles and scopes of user $2 by session $3 or token $4; no row where one of them is good for nothing.
    static let find: Statement = """
        SELECT ARRAY(SELECT r.role FROM user_roles r WHERE r.institution_id = $1 AND r.user_id = u.id), c.scopes
        FROM (
            SELECT s.user_id, NULL::text[] AS scopes FROM sessions s
            WHERE s.institution_id = $1 AND s.id = $3 AND s.expires_at > now()
            UNION ALL
            SELECT t.user_id, t.scopes FROM access_tokens t
            WHERE t.institution_id = $1 AND t.id = $4 AND (t.expires_at IS NULL OR t.expires_at > now())
                AND tenancy_app_is_on($1, t.developer_key_id)
        ) c
        JOIN users u ON u.institution_id = $1 AND u.id = c.user_id AND u.workflow_state = 'registered'
        JOIN institutions i ON i.id = $1 AND i.workflow_state = 'active'
        WHERE u.id = $2
        """
}

extension Call {
    /// Asks anew who the caller is, for what is given out without a change of the database.
    ///
    /// - Throws: As a change with care does.
    package func requireStanding() async throws {
        guard let standing = Standing(principal, .standing) else { return }
        try await pool.transaction(tenant: institution) { try await standing.check($0) }
    }
}
