import Postgres

/// The SQL of consents and of what they give; `$1` is the institution throughout.
enum GrantQueries {
    /// $2 digest, $3 key, $4 user, $5 address, $6 challenge, $7 scopes, $8 purpose, $9 seconds; sweeps what is older than a day.
    static let issue: Statement = """
        WITH swept AS (
            DELETE FROM oauth_codes WHERE institution_id = $1 AND created_at < now() - interval '1 day'
        )
        INSERT INTO oauth_codes (
            institution_id, code_hash, developer_key_id, user_id, redirect_uri, challenge, scopes, purpose, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7::text[], $8, now() + $9::bigint * interval '1 second')
        """

    /// $2 digest, $3 key; no row for a code that was used, is not there, or is another app's.
    static let take: Statement = """
        UPDATE oauth_codes SET used_at = now()
        WHERE institution_id = $1 AND code_hash = $2 AND developer_key_id = $3 AND used_at IS NULL
        RETURNING user_id, redirect_uri, challenge, scopes, purpose, expires_at > now()
        """

    /// $2 digest, $3 key: ends what a code that was used before has given.
    static let replayed: Statement = """
        DELETE FROM access_tokens t USING oauth_codes c
        WHERE c.institution_id = $1 AND c.code_hash = $2 AND c.developer_key_id = $3 AND c.used_at IS NOT NULL
            AND t.institution_id = $1 AND t.id = c.access_token_id AND t.developer_key_id = $3
        RETURNING t.user_id
        """

    /// $2 user, who may still be here: the name.
    static let name: Statement = """
        SELECT u.name FROM users u
        JOIN institutions i ON i.id = u.institution_id AND i.workflow_state = 'active'
        WHERE u.institution_id = $1 AND u.id = $2 AND u.workflow_state = 'registered'
        """

    /// $2 user, $3 token's digest, $4 purpose, $5 seconds, $6 scopes, $7 key, $8 refresh token's digest.
    static let give: Statement = """
        INSERT INTO access_tokens (
            institution_id, user_id, token_hash, purpose, expires_at, scopes, developer_key_id, refresh_hash)
        VALUES ($1, $2, $3, $4, now() + $5::bigint * interval '1 second', $6::text[], $7, $8)
        RETURNING id
        """

    /// $2 digest, $3 token: what a code gave.
    static let note: Statement = """
        UPDATE oauth_codes SET access_token_id = $3 WHERE institution_id = $1 AND code_hash = $2
        """

    /// $2 user, $3 key: ends all but the newest $4 tokens.
    static let trim: Statement = """
        DELETE FROM access_tokens WHERE institution_id = $1 AND id = ANY (ARRAY(
            SELECT id FROM access_tokens WHERE institution_id = $1 AND user_id = $2 AND developer_key_id = $3
            ORDER BY id DESC OFFSET $4))
        """

    /// $2 refresh token's digest, $3 key: token, user, name, scopes, and whether it is the last one that was given.
    static let refreshable: Statement = """
        SELECT t.id, t.user_id, u.name, t.scopes, t.refresh_hash = $2 FROM access_tokens t
        JOIN users u ON u.institution_id = t.institution_id AND u.id = t.user_id AND u.workflow_state = 'registered'
        JOIN institutions i ON i.id = t.institution_id AND i.workflow_state = 'active'
        WHERE t.institution_id = $1 AND t.developer_key_id = $3
            AND (t.refresh_hash = $2 OR t.previous_refresh_hash = $2)
        FOR UPDATE OF t
        """

    /// $2 token, $3 its new digest, $4 seconds, $5 the new refresh token's digest; null keeps the old one.
    static let refresh: Statement = """
        UPDATE access_tokens SET token_hash = $3, expires_at = now() + $4::bigint * interval '1 second',
            previous_refresh_hash = CASE WHEN $5::bytea IS NULL THEN previous_refresh_hash ELSE refresh_hash END,
            refresh_hash = coalesce($5::bytea, refresh_hash)
        WHERE institution_id = $1 AND id = $2
        """

    /// $2 user, $3 key, $4 scopes, null for all: whether the user has let the app in for as much, and it still is.
    static let standing: Statement = """
        SELECT EXISTS (
            SELECT 1 FROM access_tokens t
            WHERE t.institution_id = $1 AND t.user_id = $2 AND t.developer_key_id = $3
                AND (t.scopes IS NULL OR t.scopes @> $4::text[]))
        """
}
