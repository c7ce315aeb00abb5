import Postgres

/// The SQL of parents and children; `$1` is the institution throughout.
enum ParentQueries {
    private static let columns = "u.id, u.name, u.sortable_name, u.short_name"

    /// The children of $2; $3 id after which to begin, $4 limit, $5 offset.
    static let children = Statement(
        """
        SELECT \(columns) FROM observer_links l JOIN users u ON u.institution_id = $1 AND u.id = l.child_id
        WHERE l.institution_id = $1 AND l.parent_id = $2 AND l.child_id > $3 AND u.workflow_state <> 'deleted'
        ORDER BY u.id LIMIT $4 OFFSET $5
        """)

    /// The parents of $2, likewise.
    static let parents = Statement(
        """
        SELECT \(columns) FROM observer_links l JOIN users u ON u.institution_id = $1 AND u.id = l.parent_id
        WHERE l.institution_id = $1 AND l.child_id = $2 AND l.parent_id > $3 AND u.workflow_state <> 'deleted'
        ORDER BY u.id LIMIT $4 OFFSET $5
        """)

    /// Child $3 of parent $2.
    static let child = Statement(
        """
        SELECT \(columns) FROM observer_links l JOIN users u ON u.institution_id = $1 AND u.id = l.child_id
        WHERE l.institution_id = $1 AND l.parent_id = $2 AND l.child_id = $3 AND u.workflow_state <> 'deleted'
        """)

    /// Parent $3 of child $2.
    static let parent = Statement(
        """
        SELECT \(columns) FROM observer_links l JOIN users u ON u.institution_id = $1 AND u.id = l.parent_id
        WHERE l.institution_id = $1 AND l.child_id = $2 AND l.parent_id = $3 AND u.workflow_state <> 'deleted'
        """)

    /// Makes a code for child $2 with hash $3, and sweeps the child's that have ended and all but the last nine.
    static let createCode: Statement = """
        WITH swept AS (
            DELETE FROM pairing_codes WHERE institution_id = $1 AND child_id = $2 AND (
                expires_at <= now() OR id NOT IN (
                    SELECT id FROM pairing_codes WHERE institution_id = $1 AND child_id = $2
                    ORDER BY id DESC LIMIT 9))
        )
        INSERT INTO pairing_codes (institution_id, child_id, code_hash, expires_at)
        VALUES ($1, $2, $3, now() + interval '7 days') RETURNING expires_at
        """

    /// Uses the code of hash $2 for parent $3, who is not the child: it is gone, and gives the child.
    static let useCode: Statement = """
        DELETE FROM pairing_codes c USING users u
        WHERE c.institution_id = $1 AND c.code_hash = $2 AND c.expires_at > now() AND c.child_id <> $3
            AND u.institution_id = $1 AND u.id = c.child_id AND u.workflow_state = 'registered'
        RETURNING c.child_id
        """

    /// The user of person $2.
    static let userOfPerson: Statement = """
        SELECT id FROM users WHERE institution_id = $1 AND person_id = $2 AND workflow_state = 'registered'
        """
}
