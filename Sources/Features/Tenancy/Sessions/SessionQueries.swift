import Postgres

/// The SQL of sessions and access tokens.
enum SessionQueries {
    /// $1 institution, $2 hash.
    static let session: Statement = """
        SELECT session_id, csrf, last_seen, expires_at, user_id, person_id, user_name, login, roles
        FROM tenancy_session($1, $2)
        """

    /// $1 institution, $2 hash.
    static let accessToken: Statement = """
        SELECT token_id, last_used_at, expires_at, user_id, person_id, user_name, login, roles, scopes
        FROM tenancy_access_token($1, $2)
        """

    /// Opens a session and sweeps those of the user that have ended, so that they do not pile up.
    ///
    /// $1 institution, $2 user, $3 hash, $4 csrf, $5 browser, $6 address, $7 method.
    static let open: Statement = """
        WITH swept AS (
            DELETE FROM sessions WHERE institution_id = $1 AND user_id = $2 AND expires_at <= now()
        )
        INSERT INTO sessions (
            institution_id, user_id, token_hash, csrf, browser, remote_address, method, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, now() + interval '30 days')
        RETURNING id, expires_at
        """

    /// $1 institution, $2 session.
    static let touchSession: Statement = """
        UPDATE sessions SET last_seen = now(), expires_at = now() + interval '30 days'
        WHERE institution_id = $1 AND id = $2
        """

    /// $1 institution, $2 token.
    static let touchToken: Statement = """
        UPDATE access_tokens SET last_used_at = now() WHERE institution_id = $1 AND id = $2
        """

    /// $1 institution, $2 session.
    static let close: Statement = "DELETE FROM sessions WHERE institution_id = $1 AND id = $2"

    /// $1 institution, $2 token.
    static let revokeToken: Statement = "DELETE FROM access_tokens WHERE institution_id = $1 AND id = $2"

    /// How session $2 was opened.
    static let method: Statement = "SELECT method FROM sessions WHERE institution_id = $1 AND id = $2"

    /// A user's sessions; $2 user, $3 id after which to begin, $4 limit, $5 offset.
    static let list: Statement = """
        SELECT id, created_at, last_seen, expires_at, browser, remote_address, method FROM sessions
        WHERE institution_id = $1 AND user_id = $2 AND id > $3 AND expires_at > now()
        ORDER BY id LIMIT $4 OFFSET $5
        """

    /// Ends one session ($3) of a user ($2).
    static let endOne: Statement = """
        DELETE FROM sessions WHERE institution_id = $1 AND user_id = $2 AND id = $3 RETURNING id
        """

    /// Ends all sessions of a user ($2) but one ($3; 0 for none of them).
    static let endAll: Statement = """
        DELETE FROM sessions WHERE institution_id = $1 AND user_id = $2 AND id <> $3 RETURNING id
        """

    /// Which of these sessions ($2) and tokens ($3) are alive, with the roles of their users.
    static let alive: Statement = """
        SELECT c.kind, c.id,
            ARRAY(SELECT r.role FROM user_roles r WHERE r.institution_id = $1 AND r.user_id = u.id)
        FROM (
            SELECT 0::bigint AS kind, s.id, s.user_id FROM sessions s
            WHERE s.institution_id = $1 AND s.id = ANY ($2) AND s.expires_at > now()
            UNION ALL
            SELECT 1::bigint, t.id, t.user_id FROM access_tokens t
            WHERE t.institution_id = $1 AND t.id = ANY ($3) AND (t.expires_at IS NULL OR t.expires_at > now())
                AND tenancy_app_is_on($1, t.developer_key_id)
        ) c
        JOIN users u ON u.institution_id = $1 AND u.id = c.user_id AND u.workflow_state = 'registered'
        JOIN institutions i ON i.id = $1 AND i.workflow_state = 'active'
        """

    /// Of these sessions ($2) and tokens ($3), those that have ended, or whose user or institution is not here any more: a row for
    /// nobody as a rule, however many are asked about.
    static let ended: Statement = """
        SELECT 0::bigint, a.id FROM unnest($2::bigint[]) AS a (id)
        WHERE NOT EXISTS (
            SELECT FROM sessions s
            JOIN users u ON u.institution_id = $1 AND u.id = s.user_id AND u.workflow_state = 'registered'
            JOIN institutions i ON i.id = $1 AND i.workflow_state = 'active'
            WHERE s.institution_id = $1 AND s.id = a.id AND s.expires_at > now())
        UNION ALL
        SELECT 1::bigint, a.id FROM unnest($3::bigint[]) AS a (id)
        WHERE NOT EXISTS (
            SELECT FROM access_tokens t
            JOIN users u ON u.institution_id = $1 AND u.id = t.user_id AND u.workflow_state = 'registered'
            JOIN institutions i ON i.id = $1 AND i.workflow_state = 'active'
            WHERE t.institution_id = $1 AND t.id = a.id AND (t.expires_at IS NULL OR t.expires_at > now())
                AND tenancy_app_is_on($1, t.developer_key_id))
        """

    /// Of these users ($2), those who are not here any more; the same holds of them.
    static let gone: Statement = """
        SELECT a.id FROM unnest($2::bigint[]) AS a (id)
        WHERE NOT EXISTS (
            SELECT FROM users u JOIN institutions i ON i.id = $1 AND i.workflow_state = 'active'
            WHERE u.institution_id = $1 AND u.id = a.id AND u.workflow_state = 'registered')
        """

    /// Now, as a snapshot of transactions.
    static let snapshot: Statement = "SELECT pg_current_snapshot()::text"

    /// Users of $1 whose credentials or roles were touched by transactions that the snapshot $2 did not see.
    static let revoked: Statement = """
        SELECT r.user_id FROM revocations r
        WHERE r.institution_id = $1 AND r.changed >= pg_snapshot_xmin($2::pg_snapshot)
            AND NOT pg_visible_in_snapshot(r.changed, $2::pg_snapshot)
        """

    /// The roles of those of these users ($2) who may still be here.
    static let roles: Statement = """
        SELECT u.id, ARRAY(SELECT r.role FROM user_roles r WHERE r.institution_id = $1 AND r.user_id = u.id)
        FROM users u
        JOIN institutions i ON i.id = u.institution_id AND i.workflow_state = 'active'
        WHERE u.institution_id = $1 AND u.id = ANY ($2) AND u.workflow_state = 'registered'
        """
}
