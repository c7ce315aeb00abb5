import JSON
package import Postgres

/// A role: a built-in one, or one of an institution's own, which is a built-in one with less.
package struct AccountRole: Hashable, Sendable {
    /// Below 101 for built-in ones.
    package let id: Int64
    /// The account that it belongs to; `nil` for a built-in one.
    package let account: Int64?
    /// What programs call it: a built-in name, or the label.
    package let name: String
    package let label: String
    /// The built-in role that bounds it, in Canvas's words.
    package let base: String
    /// Ways of the table that are open to the base and not to the role.
    package let denied: Set<String>
    /// `built_in`, `active` or `inactive`.
    package let state: String

    /// The standing in a course that the base gives; `nil` for admins.
    var standing: CourseRole? { AccountRole.standings[base] }

    private static let standings: [String: CourseRole] = [
        "StudentEnrollment": .student, "TeacherEnrollment": .staff, "TaEnrollment": .staff,
        "DesignerEnrollment": .staff, "ObserverEnrollment": .observer,
    ]

    /// What the base makes of staff.
    private var kinds: Set<StaffKind> {
        switch base {
        case "AccountMembership": [.admin]
        case "TeacherEnrollment": [.teacher]
        case "TaEnrollment": [.assistant]
        case "DesignerEnrollment": [.designer]
        default: []
        }
    }

    /// The roles that everybody has; the names are Canvas's.
    static let builtIn: [AccountRole] = [
        ("AccountAdmin", "Account Admin", "AccountMembership"),
        ("StudentEnrollment", "Student", "StudentEnrollment"),
        ("TeacherEnrollment", "Teacher", "TeacherEnrollment"), ("TaEnrollment", "TA", "TaEnrollment"),
        ("DesignerEnrollment", "Designer", "DesignerEnrollment"),
        ("ObserverEnrollment", "Observer", "ObserverEnrollment"),
    ].map {
        AccountRole(
            id: RoleIDs.of($0.0), account: nil, name: $0.0, label: $0.1, base: $0.2, denied: [],
            state: "built_in")
    }

    /// What a role of one's own can be based on.
    static let bases = builtIn.map(\.base).filter { standings[$0] != nil }

    // MARK: What it may do

    /// Whether a role may have less of a way than its base: of routes about a course, whose rule is checked in one place.
    static func isOverridable(_ permission: Permission) -> Bool {
        guard permission.isRoute, case .course = permission.rule else { return false }
        return true
    }

    /// Whether the base may take a way at all.
    func isWithinBase(_ permission: Permission) -> Bool {
        switch permission.rule {
        case .anyone, .own: true
        case .course:
            permission.admits(
                CourseStanding(
                    role: standing ?? .staff, kinds: kinds, isLimitedToSections: false, isCurrent: true,
                    isConcluded: false))
        case .institution(let roles):
            standing == nil
                ? roles.contains(.admin) : standing == .staff && roles.contains(.instructor)
        case .account: standing == nil
        case .user(let relations): relations.contains(standing == nil ? .admin : .oneself)
        }
    }

    // MARK: Rows

    /// The columns that ``init(_:)`` reads, of `course_roles r`.
    package static let columns =
        "r.id, r.account_id, r.label, r.base_role_type, r.denied_ways, r.workflow_state"

    private init(
        id: Int64, account: Int64?, name: String, label: String, base: String, denied: Set<String>,
        state: String
    ) {
        self.id = id
        self.account = account
        self.name = name
        self.label = label
        self.base = base
        self.denied = denied
        self.state = state
    }

    /// Reads a role of an institution's own.
    package init(_ row: Row) throws(PostgresError) {
        self.init(
            id: try row.int(0), account: try row.int(1), name: try row.text(2), label: try row.text(2),
            base: try row.text(3), denied: Set(try row.textArray(4)), state: try row.text(5))
    }

    func write(_ json: inout JSONWriter) {
        let isCustom = account != nil
        json.object { json in
            json.member("id", id)
            json.member("role", name)
            json.member("label", label)
            json.member("base_role_type", base)
            json.member("workflow_state", state)
            json.object("permissions") { json in
                for permission in PermissionTable.all where isWithinBase(permission) {
                    guard let scope = permission.scope else { continue }
                    let isDenied = denied.contains(permission.way)
                    let isFixed = !isCustom || !AccountRole.isOverridable(permission)
                    json.object(scope) { json in
                        json.member("enabled", !isDenied)
                        json.member("locked", isFixed)
                        json.member("readonly", isFixed)
                        json.member("explicit", isDenied)
                    }
                }
            }
        }
    }
}
