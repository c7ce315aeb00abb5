package import Postgres
package import WebServer

/// Opens, finds and closes sessions, and finds the users of access tokens.
///
/// Confined to the loop of its pool. It asks the database each time; ``CredentialCache`` spares it most of that.
package struct SessionStore {
    /// Seconds that a session lasts after it was last used: 30 days.
    package static let lifetimeSeconds = 30 * 86_400
    /// A session's end is moved at most this often, so that reading a page does not write.
    private static let touchAfterMilliseconds: Int64 = 3_600_000
    private static let tokenTouchAfterMilliseconds: Int64 = 600_000

    /// A session that was just opened: the only place where its secret stands.
    package struct Opened: Sendable {
        /// What the cookie carries.
        package let secret: BearerSecret
        /// What unsafe methods must repeat.
        package let csrf: String
        /// The session's id.
        package let session: Int64
    }

    private let pool: PostgresPool

    /// Works over these connections.
    package init(pool: PostgresPool) { self.pool = pool }

    /// Opens a session for a user.
    package func open(
        user: Int64, in institution: InstitutionID, at place: SessionPlace = .unknown
    ) async throws(PostgresError) -> Opened {
        let new = NewSession(user: user, in: institution, at: place)
        return try new.opened(try await pool.query(new.statement, new.values, tenant: institution))
    }

    /// Who a cookie's secret speaks for; `nil` when the session has ended or never was.
    ///
    /// Moves the session's end, at most once an hour.
    package func user(ofSession secret: BearerSecret, at now: Int64) async throws(PostgresError) -> Principal?
    {
        let institution = secret.institution
        let rows = try await pool.query(
            SessionQueries.session, [.int(institution.rawValue), .bytes(secret.hash)], tenant: institution)
        guard let row = try rows.only() else { return nil }
        let session = try row.int(0)
        var expiresAt = try row.timestampMilliseconds(3)
        if now - (try row.timestampMilliseconds(2)) > Self.touchAfterMilliseconds {
            _ = try await pool.query(
                SessionQueries.touchSession, [.int(institution.rawValue), .int(session)], tenant: institution)
            expiresAt = now + Int64(Self.lifetimeSeconds) * 1000
        }
        return Principal(
            institution: institution, user: try row.int(4), person: try row.int(5), name: try row.text(6),
            login: try row.text(7), roles: Set(try row.textArray(8)),
            credential: .cookie(session: session, csrf: try row.text(1)), expiresAt: expiresAt)
    }

    /// Who an access token speaks for; `nil` when it has ended, was revoked or never was.
    ///
    /// Notes that it was used, at most every ten minutes.
    package func user(ofToken secret: BearerSecret, at now: Int64) async throws(PostgresError) -> Principal? {
        let institution = secret.institution
        let rows = try await pool.query(
            SessionQueries.accessToken, [.int(institution.rawValue), .bytes(secret.hash)], tenant: institution
        )
        guard let row = try rows.only() else { return nil }
        let token = try row.int(0)
        if now - (try row.timestampMillisecondsOrNil(1) ?? 0) > Self.tokenTouchAfterMilliseconds {
            _ = try await pool.query(
                SessionQueries.touchToken, [.int(institution.rawValue), .int(token)], tenant: institution)
        }
        return Principal(
            institution: institution, user: try row.int(3), person: try row.int(4), name: try row.text(5),
            login: try row.text(6), roles: Set(try row.textArray(7)), credential: .bearer(token: token),
            expiresAt: try row.timestampMillisecondsOrNil(2),
            scopes: try row.isNull(8) ? nil : Set(try row.textArray(8)))
    }

    /// Ends a session; harmless when it has ended already.
    package func close(session: Int64, in institution: InstitutionID) async throws(PostgresError) {
        _ = try await pool.query(
            SessionQueries.close, [.int(institution.rawValue), .int(session)], tenant: institution)
    }

    /// Ends an access token; harmless when it has ended already.
    package func revoke(token: Int64, in institution: InstitutionID) async throws(PostgresError) {
        _ = try await pool.query(
            SessionQueries.revokeToken, [.int(institution.rawValue), .int(token)], tenant: institution)
    }
}
