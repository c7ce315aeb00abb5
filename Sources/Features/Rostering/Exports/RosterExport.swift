/// One file of a roster as an import reads it: the other direction of this feature.
///
/// Rows without an id of a student information system are left out, since nothing could find them again; so is what was deleted,
/// and invitations. An account below one without an id hangs below the root.
package struct RosterExport: Hashable, Sendable {
    /// What a report's parameters call it.
    package let name: String
    /// The file, such as `users.csv`.
    package let file: String
    /// The columns, by Canvas's names.
    package let header: [String]
    /// A query of institution `$1`, with a column of text for each of ``header``.
    package let query: String

    private init(_ kind: RosterKind, _ columns: [(RosterColumn, String)], _ rest: String) {
        name = kind.rawValue
        file = kind.rawValue + ".csv"
        header = columns.map(\.0.rawValue)
        let selected = columns.map { "(\($0.1))::text" }.joined(separator: ", ")
        query = "SELECT \(selected) \(rest)"
    }

    /// All files, in the order in which an import does them.
    package static let all: [RosterExport] = [
        accounts, terms, users, courses, sections, crossLists, enrollments, observers, admins,
    ]

    private static func time(_ column: String) -> String {
        "to_char(\(column) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
    }

    private static let accounts = RosterExport(
        .accounts,
        [
            (.accountID, "a.sis_account_id"), (.parentAccountID, "p.sis_account_id"), (.name, "a.name"),
            (.status, "'active'"),
        ],
        """
        FROM accounts a
        LEFT JOIN accounts p ON p.institution_id = a.institution_id AND p.id = a.parent_account_id
        WHERE a.institution_id = $1 AND a.sis_account_id IS NOT NULL AND a.workflow_state = 'active'
        ORDER BY cardinality(a.path), a.id
        """)

    private static let terms = RosterExport(
        .terms,
        [
            (.termID, "t.sis_term_id"), (.integrationID, "t.integration_id"), (.name, "t.name"),
            (.status, "'active'"), (.startDate, time("t.start_at")), (.endDate, time("t.end_at")),
        ],
        """
        FROM enrollment_terms t
        WHERE t.institution_id = $1 AND t.sis_term_id IS NOT NULL AND t.workflow_state = 'active' ORDER BY t.id
        """)

    private static let users = RosterExport(
        .users,
        [
            (.userID, "u.sis_user_id"), (.integrationID, "u.integration_id"), (.loginID, "l.login"),
            (.fullName, "u.name"), (.sortableName, "u.sortable_name"), (.shortName, "u.short_name"),
            (.email, "u.email"),
            (
                .declaredUserType,
                """
                SELECT CASE WHEN bool_or(r.role IN ('instructor', 'admin')) THEN 'teacher'
                    WHEN bool_or(r.role = 'student') THEN 'student' WHEN bool_or(r.role = 'parent') THEN 'observer' END
                FROM user_roles r WHERE r.institution_id = u.institution_id AND r.user_id = u.id
                """
            ),
            (.status, "CASE u.workflow_state WHEN 'suspended' THEN 'suspended' ELSE 'active' END"),
        ],
        """
        FROM users u
        JOIN tenancy_logins(ARRAY(
            SELECT o.id FROM users o WHERE o.institution_id = $1 AND o.sis_user_id IS NOT NULL)) l ON l.user_id = u.id
        WHERE u.institution_id = $1 AND u.sis_user_id IS NOT NULL AND u.workflow_state <> 'deleted' ORDER BY u.id
        """)

    private static let courses = RosterExport(
        .courses,
        [
            (.courseID, "c.sis_course_id"), (.integrationID, "c.integration_id"),
            (.shortName, "c.course_code"),
            (.longName, "c.name"), (.accountID, "a.sis_account_id"), (.termID, "t.sis_term_id"),
            (
                .status,
                "CASE c.workflow_state WHEN 'available' THEN 'published' WHEN 'completed' THEN 'completed' ELSE 'active' END"
            ),
            (.startDate, time("c.start_at")), (.endDate, time("c.end_at")),
            (.courseFormat, "c.course_format"),
        ],
        """
        FROM courses c
        JOIN accounts a ON a.institution_id = c.institution_id AND a.id = c.account_id
        JOIN enrollment_terms t ON t.institution_id = c.institution_id AND t.id = c.enrollment_term_id
        WHERE c.institution_id = $1 AND c.sis_course_id IS NOT NULL AND c.workflow_state <> 'deleted' ORDER BY c.id
        """)

    private static let sectionRows = """
        FROM sections s
        JOIN courses c ON c.institution_id = s.institution_id AND c.id = s.course_id
        LEFT JOIN courses h ON h.institution_id = s.institution_id AND h.id = s.nonxlist_course_id
        WHERE s.institution_id = $1 AND s.sis_section_id IS NOT NULL AND s.workflow_state = 'active'
            AND c.workflow_state <> 'deleted'
        """

    private static let sections = RosterExport(
        .sections,
        [
            (.sectionID, "s.sis_section_id"), (.courseID, "coalesce(h.sis_course_id, c.sis_course_id)"),
            (.integrationID, "s.integration_id"), (.name, "s.name"), (.status, "'active'"),
            (.startDate, time("s.start_at")), (.endDate, time("s.end_at")),
        ], "\(sectionRows) AND coalesce(h.sis_course_id, c.sis_course_id) IS NOT NULL ORDER BY s.id")

    private static let crossLists = RosterExport(
        .crossLists,
        [
            (.crossListCourseID, "c.sis_course_id"), (.sectionID, "s.sis_section_id"), (.status, "'active'"),
        ],
        "\(sectionRows) AND h.sis_course_id IS NOT NULL AND c.sis_course_id IS NOT NULL ORDER BY s.id")

    private static let enrollments = RosterExport(
        .enrollments,
        [
            (.courseID, "c.sis_course_id"), (.userID, "u.sis_user_id"),
            (
                .role,
                """
                CASE e.type WHEN 'StudentEnrollment' THEN 'student' WHEN 'TeacherEnrollment' THEN 'teacher'
                    WHEN 'TaEnrollment' THEN 'ta' WHEN 'DesignerEnrollment' THEN 'designer' ELSE 'observer' END
                """
            ),
            (.sectionID, "s.sis_section_id"), (.status, "e.workflow_state"),
            (.associatedUserID, "o.sis_user_id"), (.limitsPrivileges, "e.limit_privileges_to_course_section"),
            (.startDate, time("e.start_at")), (.endDate, time("e.end_at")),
        ],
        """
        FROM enrollments e
        JOIN users u ON u.institution_id = e.institution_id AND u.id = e.user_id
        JOIN courses c ON c.institution_id = e.institution_id AND c.id = e.course_id
        JOIN sections s ON s.institution_id = e.institution_id AND s.id = e.section_id
        LEFT JOIN users o ON o.institution_id = e.institution_id AND o.id = e.associated_user_id
        WHERE e.institution_id = $1 AND e.workflow_state IN ('active', 'inactive', 'completed')
            AND u.sis_user_id IS NOT NULL AND u.workflow_state <> 'deleted' AND c.workflow_state <> 'deleted'
            AND s.workflow_state = 'active'
            -- A section without an id is found again as the course's first alone.
            AND (s.sis_section_id IS NOT NULL OR (c.sis_course_id IS NOT NULL AND s.id = (
                SELECT f.id FROM sections f
                WHERE f.institution_id = $1 AND f.course_id = c.id AND f.workflow_state = 'active'
                ORDER BY f.nonxlist_course_id IS NOT NULL, f.id LIMIT 1)))
            AND (e.associated_user_id IS NULL OR o.sis_user_id IS NOT NULL)
        ORDER BY e.id
        """)

    private static let observers = RosterExport(
        .observers,
        [
            (.observerID, "p.sis_user_id"), (.studentID, "k.sis_user_id"), (.status, "'active'"),
        ],
        """
        FROM observer_links l
        JOIN users p ON p.institution_id = l.institution_id AND p.id = l.parent_id AND p.workflow_state <> 'deleted'
        JOIN users k ON k.institution_id = l.institution_id AND k.id = l.child_id AND k.workflow_state <> 'deleted'
        WHERE l.institution_id = $1 AND p.sis_user_id IS NOT NULL AND k.sis_user_id IS NOT NULL
        ORDER BY l.parent_id, l.child_id
        """)

    /// The root account is named by an empty cell; admins of an account that no file can name are left out.
    private static let admins = RosterExport(
        .admins,
        [
            (.userID, "u.sis_user_id"), (.accountID, "h.sis_account_id"), (.role, "'AccountAdmin'"),
            (.status, "'active'"),
        ],
        """
        FROM (
            SELECT r.user_id, r.institution_id AS account_id, NULL AS sis_account_id FROM user_roles r
            WHERE r.institution_id = $1 AND r.role = 'admin'
            UNION ALL
            SELECT m.user_id, m.account_id, a.sis_account_id FROM account_admins m
            JOIN accounts a ON a.institution_id = m.institution_id AND a.id = m.account_id
            WHERE m.institution_id = $1 AND a.workflow_state = 'active' AND a.sis_account_id IS NOT NULL
        ) h
        JOIN users u ON u.institution_id = $1 AND u.id = h.user_id
        WHERE u.sis_user_id IS NOT NULL AND u.workflow_state <> 'deleted' ORDER BY h.user_id, h.account_id
        """)
}
