import JSON
import Postgres
import Tenancy

/// What an account tells its people for a while.
struct AccountNotification: Hashable, Sendable {
    let id: Int64
    let account: Int64
    let subject: String
    /// Safe markup.
    let message: String
    let icon: String
    /// Whom it is for; nobody named means everybody of the account.
    let roles: [Int64]
    /// Milliseconds since 1970.
    let startAt: Int64
    let endAt: Int64

    /// Canvas's pictures.
    static let icons = ["warning", "information", "question", "error", "calendar"]

    /// The columns that ``init(_:)`` reads, of `account_notifications n`.
    static let columns = "n.id, n.account_id, n.subject, n.message, n.icon, n.role_ids, n.start_at, n.end_at"

    init(_ row: Row) throws(PostgresError) {
        id = try row.int(0)
        account = try row.int(1)
        subject = try row.text(2)
        message = try row.text(3)
        icon = try row.text(4)
        roles = try row.intArray(5)
        startAt = try row.timestampMilliseconds(6)
        endAt = try row.timestampMilliseconds(7)
    }

    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            json.member("account_id", account)
            json.member("subject", subject)
            json.member("message", message)
            json.member("icon", icon)
            json.array("role_ids", of: roles) { $0.int($1) }
            json.array("roles", of: roles.compactMap { RoleIDs.name(of: $0) }) { $0.string($1) }
            json.member("start_at", ISO8601.text(milliseconds: startAt))
            json.member("end_at", ISO8601.text(milliseconds: endAt))
        }
    }
}
