import Postgres

/// The SQL of roles of an institution's own; `$1` is the institution throughout.
enum RoleQueries {
    /// Of some accounts, by id, those that a page leaves out too: built-in roles come before them.
    ///
    /// $2 accounts, $3 after, $4 count, $5 left out, $6 states.
    static let list = Statement(
        """
        SELECT \(AccountRole.columns) FROM course_roles r
        WHERE r.institution_id = $1 AND r.account_id = ANY ($2) AND r.id > $3 AND r.workflow_state = ANY ($6::text[])
        ORDER BY r.id LIMIT $4 + $5
        """)

    /// $2 role, $3 account.
    static let show = Statement(
        """
        SELECT \(AccountRole.columns) FROM course_roles r
        WHERE r.institution_id = $1 AND r.id = $2 AND r.account_id = $3
        """)

    /// $2 role.
    static let hold = Statement(
        """
        SELECT \(AccountRole.columns) FROM course_roles r
        WHERE r.institution_id = $1 AND r.id = $2 FOR NO KEY UPDATE
        """)

    /// $2 account, $3 label, $4 base, $5 denied ways.
    static let create = Statement(
        """
        INSERT INTO course_roles AS r (institution_id, account_id, label, base_role_type, denied_ways)
        VALUES ($1, $2, $3, $4, $5) RETURNING \(AccountRole.columns)
        """)

    /// $2 role, $3 label or null, $4 denied ways.
    static let update = Statement(
        """
        UPDATE course_roles r SET label = coalesce($3, r.label), denied_ways = $4, updated_at = now()
        WHERE r.institution_id = $1 AND r.id = $2 RETURNING \(AccountRole.columns)
        """)

    /// $2 role, $3 state.
    static let setState = Statement(
        """
        UPDATE course_roles r SET workflow_state = $3, updated_at = now()
        WHERE r.institution_id = $1 AND r.id = $2 RETURNING \(AccountRole.columns)
        """)
}
