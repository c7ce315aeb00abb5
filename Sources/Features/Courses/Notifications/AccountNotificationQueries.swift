import Postgres

/// The SQL of what accounts tell; `$1` is the institution throughout.
enum AccountNotificationQueries {
    /// $2 account, $3 user, $4 subject, $5 message, $6 icon or null, $7 roles or null, $8 beginning, $9 end.
    static let create = Statement(
        """
        INSERT INTO account_notifications AS n (
            institution_id, account_id, user_id, subject, message, icon, role_ids, start_at, end_at)
        VALUES ($1, $2, $3, $4, $5, coalesce($6, 'warning'), coalesce($7::bigint[], '{}'), $8, $9)
        RETURNING \(AccountNotification.columns)
        """)

    /// $2 account, $3 notification, $4 subject, $5 message, $6 icon, $7 roles, $8 beginning, $9 end; null leaves.
    static let update = Statement(
        """
        UPDATE account_notifications n SET subject = coalesce($4, n.subject), message = coalesce($5, n.message),
            icon = coalesce($6, n.icon), role_ids = coalesce($7::bigint[], n.role_ids),
            start_at = coalesce($8, n.start_at), end_at = coalesce($9, n.end_at)
        WHERE n.institution_id = $1 AND n.account_id = $2 AND n.id = $3 RETURNING \(AccountNotification.columns)
        """)

    /// $2 account, $3 notification.
    static let delete = Statement(
        """
        DELETE FROM account_notifications n
        WHERE n.institution_id = $1 AND n.account_id = $2 AND n.id = $3 RETURNING \(AccountNotification.columns)
        """)

    /// All of an account, for its admins.
    ///
    /// $2 account, $3 after, $4 count, $5 left out, $6 one of them or null.
    static let all = Statement(
        """
        SELECT \(AccountNotification.columns) FROM account_notifications n
        WHERE n.institution_id = $1 AND n.account_id = $2 AND n.id > $3 AND ($6::bigint IS NULL OR n.id = $6)
        ORDER BY n.id LIMIT $4 OFFSET $5
        """)

    /// Those of an account and of those above it that a user is to see now, and has not put away.
    ///
    /// A user is an account's by an enrolment in a course of it or below it, as its admin, and of the root anyway.
    ///
    /// $2 accounts, $3 after, $4 count, $5 left out, $6 one of them or null, $7 user, $8 whether the user administers the
    /// institution, $9 now.
    static let visible = Statement(
        """
        SELECT \(AccountNotification.columns) FROM account_notifications n
        WHERE n.institution_id = $1 AND n.account_id = ANY ($2) AND n.id > $3 AND ($6::bigint IS NULL OR n.id = $6)
            AND n.start_at <= $9 AND n.end_at > $9
            AND NOT EXISTS (
                SELECT 1 FROM account_notification_closings x
                WHERE x.institution_id = $1 AND x.notification_id = n.id AND x.user_id = $7)
            AND ((n.role_ids = '{}' AND (n.account_id = $1 OR $8))
                OR ((n.role_ids = '{}' OR 1 = ANY (n.role_ids)) AND ($8 OR EXISTS (
                    SELECT 1 FROM accounts a JOIN account_admins m ON m.institution_id = $1 AND m.user_id = $7
                        AND (m.account_id = ANY (a.path))
                    WHERE a.institution_id = $1 AND a.id = n.account_id)))
                OR EXISTS (
                    SELECT 1 FROM enrollments e
                    JOIN courses c ON c.institution_id = $1 AND c.id = e.course_id AND c.workflow_state <> 'deleted'
                    JOIN accounts a ON a.institution_id = $1 AND a.id = c.account_id AND n.account_id = ANY (a.path)
                    WHERE e.institution_id = $1 AND e.user_id = $7 AND e.workflow_state IN ('active', 'invited')
                        AND (n.role_ids = '{}' OR coalesce(e.role_id, CASE e.type
                            WHEN 'StudentEnrollment' THEN 2 WHEN 'TeacherEnrollment' THEN 3 WHEN 'TaEnrollment' THEN 4
                            WHEN 'DesignerEnrollment' THEN 5 ELSE 6 END) = ANY (n.role_ids))))
        ORDER BY n.id LIMIT $4 OFFSET $5
        """)

    /// $2 notification, $3 user.
    static let close: Statement = """
        INSERT INTO account_notification_closings (institution_id, notification_id, user_id) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING
        """
}
