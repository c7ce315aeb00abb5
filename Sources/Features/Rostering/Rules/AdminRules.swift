import Tenancy

/// A row of admins.csv.
struct AdminRow: Hashable, Sendable {
    let number: Int
    let user: String
    /// `nil` for the root account.
    let account: String?
    let isDeleted: Bool

    init(_ row: RosterRow) throws(RowRefusal) {
        number = row.number
        guard row.text(.rootAccount) == nil else {
            throw RowRefusal("root_account: users of other institutions are not supported")
        }
        user = try row.sisID(.userID)
        account = try row.optionalSISID(.accountID)
        try AdminRow.checkRole(row)
        isDeleted = try row.status(["active", "deleted"]) == "deleted"
    }

    /// By `role_id`, else by `role`: accounts have one role, as everywhere else.
    private static func checkRole(_ row: RosterRow) throws(RowRefusal) {
        if let id = row.text(.roleID) {
            guard id == String(RoleIDs.of("AccountAdmin")) else {
                throw RowRefusal("role_id is not that of AccountAdmin")
            }
            return
        }
        guard let role = row.text(.role) else { throw RowRefusal("role is empty") }
        guard role.lowercased() == "accountadmin" else { throw RowRefusal("role is not AccountAdmin") }
    }
}

/// Who administers the institution while an import decides about it: one stays at least.
struct AdminCircle: Hashable, Sendable {
    /// Those who can come in.
    private var admins: Set<Int64>

    init(_ admins: Set<Int64>) { self.admins = admins }

    func contains(_ user: Int64) -> Bool { admins.contains(user) }

    mutating func add(_ user: Int64) { admins.insert(user) }

    /// - Throws: A refusal, for the last one.
    mutating func remove(_ user: Int64) throws(RowRefusal) {
        guard admins != [user] else { throw RowRefusal("user_id: the institution needs an admin") }
        admins.remove(user)
    }
}
