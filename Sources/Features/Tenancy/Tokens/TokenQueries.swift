import Postgres

/// The SQL of access tokens as their users see them; `$1` is the institution, `$2` the user throughout.
///
/// No statement reads a token's hash: the application may not.
enum TokenQueries {
    private static let columns = """
        id, user_id, purpose, created_at, expires_at, last_used_at, scopes, developer_key_id,
            (SELECT k.name FROM developer_keys k WHERE k.institution_id = $1 AND k.id = developer_key_id)
        """

    /// $3 id after which to begin, $4 limit, $5 offset.
    static let list = Statement(
        """
        SELECT \(columns) FROM access_tokens WHERE institution_id = $1 AND user_id = $2 AND id > $3
        ORDER BY id LIMIT $4 OFFSET $5
        """)

    /// Those that the user made, without those of apps; otherwise like ``list``.
    static let listOwn = Statement(
        """
        SELECT \(columns) FROM access_tokens
        WHERE institution_id = $1 AND user_id = $2 AND id > $3 AND developer_key_id IS NULL
        ORDER BY id LIMIT $4 OFFSET $5
        """)

    /// $3 token.
    static let find = Statement(
        "SELECT \(columns) FROM access_tokens WHERE institution_id = $1 AND user_id = $2 AND id = $3")

    /// $3 hash, $4 purpose, $5 end, $6 scopes as text, null for all; no row when the user has made $7 tokens already.
    static let create = Statement(
        """
        INSERT INTO access_tokens (institution_id, user_id, token_hash, purpose, expires_at, scopes)
        SELECT $1, $2, $3, $4, $5, $6::text[]
        WHERE (
            SELECT count(*) FROM access_tokens
            WHERE institution_id = $1 AND user_id = $2 AND developer_key_id IS NULL) < $7
        RETURNING \(columns)
        """)

    /// $3 token, $4 purpose, $5 end, $6 scopes.
    static let update = Statement(
        """
        UPDATE access_tokens SET purpose = $4, expires_at = $5, scopes = $6::text[]
        WHERE institution_id = $1 AND user_id = $2 AND id = $3 AND developer_key_id IS NULL
        RETURNING \(columns)
        """)

    /// $3 token.
    static let delete = Statement(
        "DELETE FROM access_tokens WHERE institution_id = $1 AND user_id = $2 AND id = $3 RETURNING \(columns)"
    )

    /// $2 user, $3 token: whether it was given to an app.
    static let isOfApp: Statement = """
        SELECT developer_key_id IS NOT NULL FROM access_tokens WHERE institution_id = $1 AND user_id = $2 AND id = $3
        """
}
