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
