/// The kinds of files, in the order in which they are done.
enum RosterKind: String, CaseIterable, Hashable, Sendable, Comparable {
    case accounts
    case terms
    case users
    case courses
    case sections
    case crossLists = "xlists"
    case enrollments
    case observers = "user_observers"
    case admins

    /// The name that Canvas has for the file's content, as in `supplied_batches`.
    var batchName: String {
        switch self {
        case .accounts: "account"
        case .terms: "term"
        case .users: "user"
        case .courses: "course"
        case .sections: "section"
        case .crossLists: "xlist"
        case .enrollments: "enrollment"
        case .observers: "user_observer"
        case .admins: "admin"
        }
    }

    /// The name of Canvas's class, as in statistics and in notes of changes.
    var className: String {
        switch self {
        case .accounts: "Account"
        case .terms: "EnrollmentTerm"
        case .users: "User"
        case .courses: "Course"
        case .sections, .crossLists: "CourseSection"
        case .enrollments: "Enrollment"
        case .observers: "UserObserver"
        case .admins: "AccountUser"
        }
    }

    /// The classes that statistics tell of.
    static let classNames = [
        "Account", "EnrollmentTerm", "User", "Course", "CourseSection", "Enrollment", "UserObserver",
        "AccountUser",
    ]

    private var rank: Int { RosterKind.allCases.firstIndex(of: self) ?? 0 }

    static func < (left: RosterKind, right: RosterKind) -> Bool { left.rank < right.rank }

    /// The columns that tell rows apart: what stays of a row when it has to be removed.
    var keys: [RosterColumn] {
        switch self {
        case .accounts: [.accountID]
        case .terms: [.termID]
        case .users: [.userID]
        case .courses: [.courseID]
        case .sections: [.sectionID]
        case .crossLists: [.crossListCourseID, .sectionID]
        case .enrollments: [.courseID, .sectionID, .userID, .userIntegrationID, .role, .roleID]
        case .observers: [.observerID, .studentID]
        case .admins: [.accountID, .userID, .role, .roleID]
        }
    }

    /// The columns that a file must have.
    fileprivate var required: Set<RosterColumn> {
        switch self {
        case .accounts: [.accountID, .parentAccountID, .name, .status]
        case .terms: [.termID, .name, .status]
        case .users: [.userID, .loginID, .status]
        case .courses: [.courseID, .shortName, .longName, .status]
        case .sections: [.sectionID, .courseID, .name, .status]
        case .crossLists: [.crossListCourseID, .sectionID, .status]
        case .enrollments: [.status]
        case .observers: [.observerID, .studentID, .status]
        case .admins: [.accountID, .userID, .status]
        }
    }

    /// The kind that a header's columns make; `nil` for none that is known.
    static func of(_ columns: Set<RosterColumn>) -> RosterKind? {
        // A section's id and a course's are in enrolments too, so that these are known by the user and the role.
        if columns.contains(.userID) || columns.contains(.userIntegrationID),
            columns.contains(.role) || columns.contains(.roleID),
            columns.contains(.courseID) || columns.contains(.sectionID), columns.contains(.status)
        {
            return .enrollments
        }
        let hasRole = columns.contains(.role) || columns.contains(.roleID)
        return allCases.first {
            $0 != .enrollments && $0.required.isSubset(of: columns) && ($0 != .admins || hasRole)
        }
    }
}

/// The columns that mean something, by Canvas's names.
enum RosterColumn: String, CaseIterable, Hashable, Sendable {
    case accountID = "account_id"
    case parentAccountID = "parent_account_id"
    case name
    case status
    case integrationID = "integration_id"
    case termID = "term_id"
    case startDate = "start_date"
    case endDate = "end_date"
    case dateOverride = "date_override_enrollment_type"
    case userID = "user_id"
    case loginID = "login_id"
    case password
    case hashedPassword = "ssha_password"
    case firstName = "first_name"
    case lastName = "last_name"
    case fullName = "full_name"
    case sortableName = "sortable_name"
    case shortName = "short_name"
    case email
    case declaredUserType = "declared_user_type"
    case courseID = "course_id"
    case longName = "long_name"
    case courseFormat = "course_format"
    case sectionID = "section_id"
    case crossListCourseID = "xlist_course_id"
    case rootAccount = "root_account"
    case userIntegrationID = "user_integration_id"
    case role
    case roleID = "role_id"
    case associatedUserID = "associated_user_id"
    case limitsPrivileges = "limit_section_privileges"
    case observerID = "observer_id"
    case studentID = "student_id"
}
