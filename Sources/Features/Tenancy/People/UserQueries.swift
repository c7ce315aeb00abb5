import Postgres

/// The SQL of users as the REST surface knows them; `$1` is the institution throughout.
enum UserQueries {
    /// $2 user.
    static let exists: Statement = """
        SELECT id FROM users WHERE institution_id = $1 AND id = $2 AND workflow_state <> 'deleted'
        """

    /// $2 id of the student information system.
    static let bySIS: Statement = """
        SELECT id FROM users WHERE institution_id = $1 AND sis_user_id = $2 AND workflow_state <> 'deleted'
        """

    /// $2 integration id.
    static let byIntegration: Statement = """
        SELECT id FROM users WHERE institution_id = $1 AND integration_id = $2 AND workflow_state <> 'deleted'
        """

    /// $2 login.
    static let byLogin: Statement = """
        SELECT u.id FROM tenancy_user_by_login($2) f
        JOIN users u ON u.institution_id = $1 AND u.id = f.user_id AND u.workflow_state <> 'deleted'
        """

    /// $2 parent, $3 child.
    static let isParent: Statement = """
        SELECT child_id FROM observer_links WHERE institution_id = $1 AND parent_id = $2 AND child_id = $3
        """
}

extension UserQueries {
    /// $2 user.
    static let show = Statement(
        """
        SELECT \(UserRecord.columns) FROM users u \(UserRecord.join)
        WHERE u.institution_id = $1 AND u.id = $2 AND u.workflow_state <> 'deleted'
        """)

    /// $2 users, by id.
    static let some = Statement(
        """
        SELECT \(UserRecord.columns) FROM users u \(UserRecord.join)
        WHERE u.institution_id = $1 AND u.id = ANY ($2) AND u.workflow_state <> 'deleted' ORDER BY u.id
        """)

    /// $2 person, $3 name, $4 sortable name, $5 short name, $6 SIS id, $7 integration id, $8 email, $9 time zone,
    /// $10 locale, $11 roles.
    ///
    /// A user that was deleted comes back, as a new one would be.
    static let create: Statement = """
        WITH made AS (
            INSERT INTO users (
                institution_id, person_id, name, sortable_name, short_name, sis_user_id, integration_id, email,
                time_zone, locale)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT ON CONSTRAINT users_one_per_person DO UPDATE
                SET workflow_state = 'registered', name = EXCLUDED.name, sortable_name = EXCLUDED.sortable_name,
                    short_name = EXCLUDED.short_name, sis_user_id = EXCLUDED.sis_user_id,
                    integration_id = EXCLUDED.integration_id, email = EXCLUDED.email,
                    time_zone = EXCLUDED.time_zone, locale = EXCLUDED.locale
                WHERE users.workflow_state = 'deleted'
            RETURNING id
        ), granted AS (
            INSERT INTO user_roles (institution_id, user_id, role)
            SELECT $1, made.id, role FROM made, unnest($11::text[]) AS role
            ON CONFLICT DO NOTHING
        )
        SELECT id FROM made
        """

    /// Changes what is not null.
    ///
    /// $3 to $12: name, sortable name, short name, email, avatar, time zone, locale, title, bio, state; $13 whether the SIS id changes, $14 the SIS id, $15 fields that are stuck from now on.
    ///
    /// $2 user. An empty text takes away.
    static let update: Statement = """
        UPDATE users SET
            name = coalesce($3, name), sortable_name = coalesce($4, sortable_name),
            short_name = coalesce($5, short_name), email = nullif(coalesce($6, email), ''),
            avatar_url = nullif(coalesce($7, avatar_url), ''), time_zone = nullif(coalesce($8, time_zone), ''),
            locale = nullif(coalesce($9, locale), ''), title = nullif(coalesce($10, title), ''),
            bio = nullif(coalesce($11, bio), ''), workflow_state = coalesce($12, workflow_state),
            sis_user_id = CASE WHEN $13 THEN $14 ELSE sis_user_id END,
            stuck_fields = ARRAY(
                SELECT DISTINCT field FROM unnest(stuck_fields || $15::text[]) AS field ORDER BY field)
        WHERE institution_id = $1 AND id = $2 AND workflow_state <> 'deleted' RETURNING id
        """

    /// $2 user: what they could come in with.
    static let endSessions: Statement = "DELETE FROM sessions WHERE institution_id = $1 AND user_id = $2"
    /// $2 user.
    static let endTokens: Statement = "DELETE FROM access_tokens WHERE institution_id = $1 AND user_id = $2"
    /// $2 user: what they were in the institution, but for $3.
    static let endRoles: Statement = """
        DELETE FROM user_roles WHERE institution_id = $1 AND user_id = $2 AND role <> ALL ($3::text[])
        """
    /// $2 user; the ids of other systems are free again.
    static let delete: Statement = """
        UPDATE users SET workflow_state = 'deleted', sis_user_id = NULL, integration_id = NULL
        WHERE institution_id = $1 AND id = $2 AND workflow_state <> 'deleted' RETURNING id
        """
}
