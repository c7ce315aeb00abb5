import JSON
import Postgres
import WebClient

/// The provider that one institution trusts, as its admins have set it.
struct OIDCProvider: Equatable, Sendable {
    /// Who signs the tokens, exactly as they say it.
    let issuer: String
    /// Who we are there.
    let clientID: String
    /// Sealed; `nil` for a public client.
    let sealedSecret: [UInt8]?
    /// What is asked for; `openid` among it.
    let scopes: [String]
    /// The claim that is the login, for a person who comes for the first time.
    let loginClaim: String
    /// Whether a user is made for whom the institution does not know.
    let createsUsers: Bool
    /// Whether it may be used.
    let isEnabled: Bool
    /// When it was set, in milliseconds since 1970.
    let updatedAt: Int64

    init(_ row: Row) throws(PostgresError) {
        issuer = try row.text(0)
        clientID = try row.text(1)
        sealedSecret = try row.bytesOrNil(2)
        scopes = try row.textArray(3)
        loginClaim = try row.text(4)
        createsUsers = try row.bool(5)
        isEnabled = try row.bool(6)
        updatedAt = try row.timestampMilliseconds(7)
    }

    /// What a secret is sealed for: it opens in this institution alone.
    static func context(_ institution: InstitutionID) -> String { "oidc client of \(institution.rawValue)" }
}

/// The SQL of providers and of those whom they let in; `$1` is the institution throughout.
enum OIDCQueries {
    /// The provider of an institution that is active.
    static let provider: Statement = """
        SELECT p.issuer, p.client_id, p.client_secret, p.scopes, p.login_claim, p.creates_users, p.enabled, p.updated_at
        FROM oidc_providers p JOIN institutions i ON i.id = p.institution_id AND i.workflow_state = 'active'
        WHERE p.institution_id = $1
        """

    /// Name and accent of an active institution whose provider may be used.
    static let enabled: Statement = """
        SELECT i.name, i.accent
        FROM oidc_providers p JOIN institutions i ON i.id = p.institution_id AND i.workflow_state = 'active'
        WHERE p.institution_id = $1 AND p.enabled
        """

    /// $2 issuer, $3 client, $4 secret, $5 scopes, $6 claim, $7 whether users are made, $8 whether it may be used, $9
    /// whether the secret stays what it is.
    static let set: Statement = """
        INSERT INTO oidc_providers AS p (
            institution_id, issuer, client_id, client_secret, scopes, login_claim, creates_users, enabled)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (institution_id) DO UPDATE SET issuer = excluded.issuer, client_id = excluded.client_id,
            client_secret = CASE WHEN $9 THEN p.client_secret ELSE excluded.client_secret END,
            scopes = excluded.scopes, login_claim = excluded.login_claim, creates_users = excluded.creates_users,
            enabled = excluded.enabled, updated_at = now()
        """

    static let remove: Statement = "DELETE FROM oidc_providers WHERE institution_id = $1 RETURNING issuer"

    /// $2 hash of the state; no row for one that was used; what is older than an hour is swept.
    static let useState: Statement = """
        WITH swept AS (
            DELETE FROM oidc_states WHERE institution_id = $1 AND used_at < now() - interval '1 hour'
        )
        INSERT INTO oidc_states (institution_id, state_hash) VALUES ($1, $2)
        ON CONFLICT DO NOTHING RETURNING 1::bigint
        """

    /// $2 issuer, $3 subject: the user, and whether they may come in.
    static let linked: Statement = """
        SELECT u.id, u.workflow_state = 'registered' FROM oidc_links l
        JOIN users u ON u.institution_id = $1 AND u.id = l.user_id
        WHERE l.institution_id = $1 AND l.issuer = $2 AND l.subject = $3
        """

    /// $2 login: the user, and whether they may come in.
    static let byLogin: Statement = """
        SELECT u.id, u.workflow_state = 'registered' FROM tenancy_user_by_login($2) f
        JOIN users u ON u.institution_id = $1 AND u.id = f.user_id
        """

    /// $2 issuer, $3 subject, $4 user; no row when one of them is linked already.
    static let link: Statement = """
        INSERT INTO oidc_links (institution_id, issuer, subject, user_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING RETURNING user_id
        """
}
