package import Postgres

/// The SQL of accounts; `$1` is the institution throughout.
package enum AccountQueries {
    private static let from = "FROM accounts a WHERE a.institution_id = $1 AND a.workflow_state <> 'deleted'"

    /// $2 account.
    static let show = Statement("SELECT \(Account.columns) \(from) AND a.id = $2")

    /// $2 id of the student information system.
    static let bySIS = Statement("SELECT \(Account.columns) \(from) AND a.sis_account_id = $2")

    /// $2 user, $3 accounts: those of them that the user administers.
    static let administered: Statement = """
        SELECT account_id FROM account_admins
        WHERE institution_id = $1 AND user_id = $2 AND account_id = ANY ($3) ORDER BY account_id
        """

    /// Accounts that somebody administers, each without those below it.
    ///
    /// $2 user, $3 whether they administer the root, $4 after, $5 count, $6 left out.
    static let own = Statement(
        """
        SELECT \(Account.columns) \(from) AND a.id > $4
            AND (($3 AND a.parent_account_id IS NULL)
                OR EXISTS (
                    SELECT 1 FROM account_admins m
                    WHERE m.institution_id = $1 AND m.user_id = $2 AND m.account_id = a.id))
        ORDER BY a.id LIMIT $5 OFFSET $6
        """)

    /// Accounts that somebody administers, those below these too, and the institution's host name.
    ///
    /// $2 user, $3 whether they administer the root, $4 after, $5 count, $6 left out, $7 a pattern for names or null, $8 one
    /// for host names or null.
    static let search = Statement(
        """
        SELECT \(Account.columns), i.host FROM accounts a JOIN institutions i ON i.id = $1
        WHERE a.institution_id = $1 AND a.workflow_state <> 'deleted' AND a.id > $4
            AND ($3 OR EXISTS (
                SELECT 1 FROM account_admins m
                WHERE m.institution_id = $1 AND m.user_id = $2 AND m.account_id = ANY (a.path)))
            AND ($7::text IS NULL OR a.name ILIKE $7) AND ($8::text IS NULL OR i.host ILIKE $8)
        ORDER BY a.id LIMIT $5 OFFSET $6
        """)

    /// Accounts below one, whose names hold a text.
    ///
    /// $2 account, $3 whether those at all depths, $4 after, $5 count, $6 left out, $7 a pattern or null.
    static let below = Statement(
        """
        SELECT \(Account.columns) \(from) AND a.id > $4 AND a.id <> $2
            AND CASE WHEN $3 THEN $2 = ANY (a.path) ELSE a.parent_account_id = $2 END
            AND ($7::text IS NULL OR a.name ILIKE $7)
        ORDER BY a.id LIMIT $5 OFFSET $6
        """)

    /// $2 parent, $3 name, $4 SIS id, $5 time zone, $6 the parent's path, $7 the locale or null.
    static let create = Statement(
        """
        WITH made AS (SELECT nextval('institutions_id_seq') AS id)
        INSERT INTO accounts AS a (
            institution_id, id, parent_account_id, path, name, sis_account_id, default_time_zone, default_locale)
        SELECT $1, made.id, $2, $6::bigint[] || made.id, $3, $4, $5, $7 FROM made
        RETURNING \(Account.columns)
        """)

    /// $2 account, $3 name or null, $4 time zone or null, $5 whether the SIS id changes, $6 the SIS id, $7 whether the locale
    /// changes, $8 the locale.
    static let update = Statement(
        """
        UPDATE accounts a SET name = coalesce($3, a.name), default_time_zone = coalesce($4, a.default_time_zone),
            sis_account_id = CASE WHEN $5 THEN $6 ELSE a.sis_account_id END,
            default_locale = CASE WHEN $7 THEN $8 ELSE a.default_locale END,
            stuck_fields = CASE WHEN $3::text IS NULL OR 'name' = ANY (a.stuck_fields) THEN a.stuck_fields
                ELSE a.stuck_fields || 'name'::text END
        WHERE a.institution_id = $1 AND a.id = $2 RETURNING \(Account.columns)
        """)

    /// Holds an account while something is put into it; no row once it is gone.
    ///
    /// $2 account.
    package static let share = Statement("SELECT a.id \(from) AND a.id = $2 FOR SHARE")

    /// Holds an account, so that ``delete``, which follows, sees all that is below it.
    ///
    /// $2 account.
    static let hold = Statement("SELECT a.id \(from) AND a.id = $2 FOR UPDATE")

    /// $2 account: no row when there are others below it.
    static let delete = Statement(
        """
        UPDATE accounts a SET workflow_state = 'deleted', sis_account_id = NULL
        WHERE a.institution_id = $1 AND a.id = $2 AND NOT EXISTS (
            SELECT 1 FROM accounts b
            WHERE b.institution_id = $1 AND b.parent_account_id = $2 AND b.workflow_state <> 'deleted')
        RETURNING \(Account.columns)
        """)

    // MARK: Admins

    /// $2 account, $3 whether it is the root, $4 after, $5 count, $6 left out.
    static let admins: Statement = """
        SELECT u.id, u.name FROM users u
        WHERE u.institution_id = $1 AND u.workflow_state <> 'deleted' AND u.id > $4
            AND CASE WHEN $3 THEN EXISTS (
                    SELECT 1 FROM user_roles r WHERE r.institution_id = $1 AND r.user_id = u.id AND r.role = 'admin')
                ELSE EXISTS (
                    SELECT 1 FROM account_admins m
                    WHERE m.institution_id = $1 AND m.user_id = u.id AND m.account_id = $2) END
        ORDER BY u.id LIMIT $5 OFFSET $6
        """

    /// $2 user.
    static let grantRoot: Statement = """
        INSERT INTO user_roles (institution_id, user_id, role) VALUES ($1, $2, 'admin') ON CONFLICT DO NOTHING
        """

    /// Takes the rows of all admins first, so that two of them cannot remove each other.
    static let lockAdmins: Statement = """
        SELECT u.id FROM users u JOIN user_roles r ON r.institution_id = $1 AND r.user_id = u.id AND r.role = 'admin'
        WHERE u.institution_id = $1 AND u.workflow_state = 'registered' ORDER BY u.id FOR NO KEY UPDATE OF u
        """

    /// $2 user.
    static let revokeRoot: Statement = """
        DELETE FROM user_roles WHERE institution_id = $1 AND user_id = $2 AND role = 'admin' RETURNING user_id
        """

    /// $2 account, $3 user.
    static let grant: Statement = """
        INSERT INTO account_admins (institution_id, account_id, user_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
        """

    /// $2 account, $3 user.
    static let revoke: Statement = """
        DELETE FROM account_admins WHERE institution_id = $1 AND account_id = $2 AND user_id = $3 RETURNING user_id
        """
}
