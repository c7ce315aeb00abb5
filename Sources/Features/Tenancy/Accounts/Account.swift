package import JSON
package import Postgres

/// An account: an institution's root, or a school or department below it.
package struct Account: Hashable, Sendable {
    /// Unique in the deployment; the root's is the institution's.
    package let id: Int64
    /// The account that it is part of; `nil` for the root.
    package let parent: Int64?
    /// The ids from the root to this account.
    package let path: [Int64]
    /// What people call it.
    package let name: String
    /// What the student information system calls it.
    package let sisID: String?
    /// Where its clocks are, as `Europe/Berlin`.
    package let timeZone: String
    /// `active` or `deleted`.
    package let state: String
    /// The language of its people, as `de`.
    package let locale: String?

    /// Accounts inside one another at most, the root included.
    package static let deepest = 10

    /// The columns that ``init(_:)`` reads.
    package static let columns =
        """
        a.id, a.parent_account_id, a.path, a.name, a.sis_account_id, a.default_time_zone, a.workflow_state, a.default_locale
        """

    /// Reads an account from a row that begins with ``columns``.
    package init(_ row: Row) throws(PostgresError) {
        id = try row.int(0)
        parent = try row.intOrNil(1)
        path = try row.intArray(2)
        name = try row.text(3)
        sisID = try row.textOrNil(4)
        timeZone = try row.text(5)
        state = try row.text(6)
        locale = try row.textOrNil(7)
    }

    /// Whether it is the institution's root.
    package var isRoot: Bool { parent == nil }

    /// Writes the account as Canvas has it.
    package func write(_ json: inout JSONWriter) {
        json.object { writeMembers(&$0) }
    }

    /// Writes its members, within an object.
    func writeMembers(_ json: inout JSONWriter) {
        json.member("id", id)
        json.member("name", name)
        json.member("workflow_state", state)
        json.orNull("parent_account_id", parent)
        json.orNull("root_account_id", isRoot ? nil : path.first)
        json.member("default_time_zone", timeZone)
        json.orNull("default_locale", locale)
        json.orNull("sis_account_id", sisID)
    }
}

extension JSONWriter {
    /// Writes a member, `null` where there is no value.
    package mutating func orNull(_ name: String, _ value: String?) {
        if let value { member(name, value) } else { nullMember(name) }
    }

    /// Writes a member, `null` where there is no value.
    package mutating func orNull(_ name: String, _ value: Int64?) {
        if let value { member(name, value) } else { nullMember(name) }
    }

    /// Writes a time of the surface, given in milliseconds since 1970; `null` where there is none.
    package mutating func timeOrNull(_ name: String, _ milliseconds: Int64?) {
        orNull(name, milliseconds.map { ISO8601.text(milliseconds: $0) })
    }
}
