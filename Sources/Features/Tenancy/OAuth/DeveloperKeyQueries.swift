import Postgres

/// The SQL of developer keys; `$1` is the institution throughout.
enum DeveloperKeyQueries {
    private static let columns = """
        k.id, k.name, k.email, k.notes, k.vendor_code, k.icon_url, k.secret_hash, k.redirect_uris, k.scopes,
            k.require_scopes, k.workflow_state, k.created_at, k.updated_at,
            (SELECT i.name FROM institutions i WHERE i.id = k.institution_id)
        """
    private static let used = """
        (SELECT count(*) FROM access_tokens t WHERE t.institution_id = $1 AND t.developer_key_id = k.id),
            (SELECT max(t.last_used_at) FROM access_tokens t WHERE t.institution_id = $1 AND t.developer_key_id = k.id)
        """

    /// $2 id after which to begin, $3 limit, $4 offset.
    static let list = Statement(
        """
        SELECT \(columns), \(used) FROM developer_keys k
        WHERE k.institution_id = $1 AND k.id > $2 AND k.workflow_state <> 'deleted'
        ORDER BY k.id LIMIT $3 OFFSET $4
        """)

    /// $2 key.
    static let show = Statement(
        """
        SELECT \(columns), \(used) FROM developer_keys k
        WHERE k.institution_id = $1 AND k.id = $2 AND k.workflow_state <> 'deleted'
        """)

    /// $2 key, of an institution that is active.
    static let find = Statement(
        """
        SELECT \(columns) FROM developer_keys k
        JOIN institutions i ON i.id = k.institution_id AND i.workflow_state = 'active'
        WHERE k.institution_id = $1 AND k.id = $2
        """)

    /// $2 secret's digest or null, and what ``update`` sets from $3 on; no row when there are $11 keys already.
    static let create: Statement = """
        INSERT INTO developer_keys (
            institution_id, secret_hash, name, email, notes, vendor_code, icon_url, redirect_uris, scopes, require_scopes)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9::text[], $10
        WHERE (
            SELECT count(*) FROM developer_keys WHERE institution_id = $1 AND workflow_state <> 'deleted') < $11
        RETURNING id
        """

    /// $2 key, $3 name, $4 email, $5 notes, $6 vendor, $7 icon, $8 addresses, $9 scopes, $10 whether some must be named, $11
    /// state.
    static let update: Statement = """
        UPDATE developer_keys SET name = $3, email = $4, notes = $5, vendor_code = $6, icon_url = $7, redirect_uris = $8,
            scopes = $9::text[], require_scopes = $10, workflow_state = $11, updated_at = now()
        WHERE institution_id = $1 AND id = $2 AND workflow_state <> 'deleted' RETURNING id
        """

    /// $2 key.
    static let delete: Statement = """
        UPDATE developer_keys SET workflow_state = 'deleted', updated_at = now()
        WHERE institution_id = $1 AND id = $2 AND workflow_state <> 'deleted' RETURNING id
        """

    /// $2 key: everything that its app was given.
    static let endTokens: Statement = """
        DELETE FROM access_tokens WHERE institution_id = $1 AND developer_key_id = $2
        """

    /// $2 key.
    static let endCodes: Statement =
        "DELETE FROM oauth_codes WHERE institution_id = $1 AND developer_key_id = $2"

    /// Takes from tokens of $2 what the key no longer allows, and from those that would have nothing left everything.
    ///
    /// $3 scopes, null for all.
    static let narrow: Statement = """
        WITH narrowed AS (
            UPDATE access_tokens t SET scopes = ARRAY(
                SELECT s FROM unnest(coalesce(t.scopes, $3::text[])) AS s WHERE s = ANY ($3::text[]) ORDER BY s)
            WHERE t.institution_id = $1 AND t.developer_key_id = $2 AND $3::text[] IS NOT NULL
                AND (t.scopes IS NULL OR NOT t.scopes <@ $3::text[]) AND (t.scopes IS NULL OR t.scopes && $3::text[])
        )
        DELETE FROM access_tokens t
        WHERE t.institution_id = $1 AND t.developer_key_id = $2 AND $3::text[] IS NOT NULL
            AND NOT t.scopes && $3::text[]
        """

    /// $2 key: who uses its app.
    static let users: Statement = """
        SELECT DISTINCT user_id FROM access_tokens WHERE institution_id = $1 AND developer_key_id = $2
        """
}
