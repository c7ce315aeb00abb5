package import JSON
package import Postgres

/// Everything that is known of a user of one institution.
package struct UserRecord: Hashable, Sendable {
    package let id: Int64
    package let name: String
    package let sortableName: String
    package let shortName: String
    package let sisID: String?
    package let integrationID: String?
    package let email: String?
    package let avatar: String?
    package let timeZone: String?
    package let locale: String?
    package let title: String?
    package let bio: String?
    /// `registered`, `suspended` or `deleted`.
    package let state: String
    /// Milliseconds since 1970.
    package let createdAt: Int64
    /// What the user signs in with.
    package let login: String?

    /// The columns that ``init(_:)`` reads, of `users u` and ``join``.
    package static let columns = """
        u.id, u.name, u.sortable_name, u.short_name, u.sis_user_id, u.integration_id, u.email, u.avatar_url, u.time_zone,
        u.locale, u.title, u.bio, u.workflow_state, u.created_at, l.login
        """

    /// What gives the login; to be joined to few rows, after the page was cut.
    package static let join = "LEFT JOIN LATERAL tenancy_logins(ARRAY[u.id]) l ON true"

    /// Reads a user from a row that begins with ``columns``.
    package init(_ row: Row) throws(PostgresError) {
        id = try row.int(0)
        name = try row.text(1)
        sortableName = try row.text(2)
        shortName = try row.text(3)
        sisID = try row.textOrNil(4)
        integrationID = try row.textOrNil(5)
        email = try row.textOrNil(6)
        avatar = try row.textOrNil(7)
        timeZone = try row.textOrNil(8)
        locale = try row.textOrNil(9)
        title = try row.textOrNil(10)
        bio = try row.textOrNil(11)
        state = try row.text(12)
        createdAt = try row.timestampMilliseconds(13)
        login = try row.textOrNil(14)
    }

    /// How much of a user is shown.
    package enum Detail: Hashable, Sendable {
        /// The names: to fellow members of a course.
        case names
        /// What the user says of themself, and what they sign in with.
        case full
        /// The ids of other systems too, and the state: to admins.
        case administrative
    }

    /// Writes the members of a user into an open object, as Canvas has them.
    package func write(_ detail: Detail, _ json: inout JSONWriter) {
        json.member("id", id)
        json.member("name", name)
        json.member("created_at", ISO8601.text(milliseconds: createdAt))
        json.member("sortable_name", sortableName)
        json.member("short_name", shortName)
        guard detail != .names else { return }
        json.orNull("login_id", login)
        json.orNull("email", email)
        json.orNull("avatar_url", avatar)
        json.orNull("time_zone", timeZone)
        json.orNull("locale", locale)
        guard detail == .administrative else { return }
        json.orNull("sis_user_id", sisID)
        json.orNull("integration_id", integrationID)
        json.member("workflow_state", state)
    }
}
