import Tenancy

/// A user, as far as imports go.
struct UserImage: RosterRecord {
    var name: String
    var sortableName: String
    var shortName: String
    var email: String?
    var sisID: String?
    var integrationID: String?
    var state = "registered"
    var stuck: [String] = []
    var isKnown = true
}

/// A row of users.csv.
struct UserRow: Hashable, Sendable {
    let number: Int
    let sisID: String
    let login: String?
    /// For a login that is new to the institution.
    let password: String?
    let integrationID: String??
    /// What a new user is in the institution.
    let role: Role
    private let name: String?
    private let sortableName: String?
    private let shortName: String?
    private let email: String??
    private let status: String

    init(_ row: RosterRow) throws(RowRefusal) {
        number = row.number
        sisID = try row.sisID(.userID)
        status = try row.status(["active", "suspended", "deleted"])
        login = row.text(.loginID)
        if let login {
            guard NewUser.isLogin(login) else {
                throw RowRefusal("login_id is longer than 255 characters, or has blanks")
            }
            try row.checkFormula(login, .loginID)
        } else if status != "deleted" {
            throw RowRefusal("login_id is empty")
        }
        password = row.text(.password)
        if let password, let fault = NewPassword.fault(password, login: login ?? "") {
            throw RowRefusal("password \(fault)")
        }
        integrationID = try row.change(.integrationID)
        role = UserRow.role(row.text(.declaredUserType)?.lowercased())
        let (first, last) = (try row.name(.firstName), try row.name(.lastName))
        let full = try row.name(.fullName)
        name =
            full
            ?? (first == nil && last == nil ? nil : [first, last].compactMap(\.self).joined(separator: " "))
        guard name.map(NewUser.isName) ?? true else {
            throw RowRefusal("first_name and last_name are longer than 255 characters")
        }
        var sortable = try row.name(.sortableName)
        if sortable == nil, full == nil, let first, let last { sortable = "\(last), \(first)" }
        sortableName = sortable
        shortName = try row.name(.shortName)
        email = try UserRow.email(row)
    }

    var isDeleted: Bool { status == "deleted" }

    /// Imports make no administrators.
    private static func role(_ declared: String?) -> Role {
        switch declared {
        case "teacher", "staff", "administrative": .instructor
        case "observer": .parent
        default: .student
        }
    }

    private static func email(_ row: RosterRow) throws(RowRefusal) -> String?? {
        guard row.has(.email) else { return .none }
        guard let text = row.text(.email) else { return .some(nil) }
        guard EmailAddress.isUsable(text) else { throw RowRefusal("email is no e-mail address") }
        try row.checkFormula(text, .email)
        return .some(text)
    }

    /// What the user shall be; `nil` where there is none and shall be none.
    ///
    /// - Parameters:
    ///   - now: The user as it is, found by the SIS id, or by the login where nobody has that id.
    ///   - isAdmin: Whether the user administers the institution.
    ///   - rules: What is done with stuck fields.
    /// - Returns: The user.
    /// - Throws: A refusal.
    func wanted(now: UserImage?, isAdmin: Bool, _ rules: StickyRules) throws(RowRefusal) -> UserImage? {
        if now == nil, isDeleted { return nil }
        if let other = now?.sisID, other != sisID {
            throw RowRefusal("login_id is that of a user with another user_id")
        }
        let state = isDeleted ? "deleted" : status == "suspended" ? "suspended" : "registered"
        if isAdmin, state != "registered", state != now?.state {
            throw RowRefusal("administrators are neither suspended nor removed by an import")
        }
        var record =
            now
            ?? UserImage(
                name: name ?? login ?? sisID,
                sortableName: sortableName ?? User.sortableName(of: name ?? login ?? sisID),
                shortName: shortName ?? name ?? login ?? sisID)
        record.sisID = sisID
        record.state = state
        guard !isDeleted else { return record }
        var sticky = StickyFields(record.stuck, rules)
        // What follows from a name is stuck with it.
        let derives = name != nil && !sticky.holds("name")
        record.name = sticky.settle("name", record.name, name)
        let sortable = sortableName ?? (derives ? name.map(User.sortableName(of:)) : nil)
        record.sortableName = sticky.settle("sortable_name", record.sortableName, sortable)
        record.shortName = sticky.settle("short_name", record.shortName, shortName ?? (derives ? name : nil))
        record.email = sticky.settle("email", record.email, email)
        if let integrationID { record.integrationID = integrationID }
        record.stuck = sticky.names
        return record
    }
}

/// Which texts are taken for e-mail addresses.
enum EmailAddress {
    /// One @, something on both sides, nothing that ends an address elsewhere; 320 characters at most.
    static func isUsable(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && parts[1].utf8.count >= 2
            && text.unicodeScalars.count <= 320
            && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
            && !text.contains { "<>,;:\"()[]\\".contains($0) }
    }
}
