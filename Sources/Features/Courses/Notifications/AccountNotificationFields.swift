import JSON
import Postgres
import Tenancy

/// What a request says of a notification; read and checked, nothing done yet.
struct AccountNotificationFields: Hashable, Sendable {
    private static let messageBytes = 65_536
    private static let mostRoles = 50

    var subject: String?
    /// Safe markup.
    var message: String?
    var icon: String?
    var startAt: Int64?
    var endAt: Int64?
    var roles: [Int64]?

    /// Reads the members of `account_notification`, and the roles beside it.
    ///
    /// - Parameters:
    ///   - all: The request's members.
    ///   - isNew: Whether a subject, a message and the times are needed.
    /// - Throws: An error that names the member.
    init(_ all: JSONFields, isNew: Bool) throws(FieldError) {
        let fields = try all.unwrapped("account_notification")
        subject = try fields.optionalString("subject", in: 1...255)
        message = try RichText.optional("message", in: fields, bytes: Self.messageBytes)
        icon = try fields.optionalString("icon", oneOf: AccountNotification.icons)
        startAt = fields.has("start_at") ? try fields.time("start_at") : nil
        endAt = fields.has("end_at") ? try fields.time("end_at") : nil
        if isNew {
            for name in ["subject", "message", "start_at", "end_at"] where !fields.has(name) {
                throw fields.error(name, .missing)
            }
        }
        if let startAt, let endAt, endAt <= startAt {
            throw fields.error("end_at", .other("must be after start_at"))
        }
        // Canvas's clients write it beside the notification, ours within it.
        for (holder, name) in [(fields, "roles"), (all, "account_notification_roles")] where holder.has(name)
        {
            roles = try Self.roles(name, holder)
        }
    }

    private static func roles(_ name: String, _ fields: JSONFields) throws(FieldError) -> [Int64] {
        guard let value = fields.optionalValue(name) else { return [] }
        let items = value.array ?? [value]
        guard items.count <= mostRoles else {
            throw fields.error(name, .other("must be \(mostRoles) at most"))
        }
        var found: Set<Int64> = []
        for item in items {
            let text = item.string ?? item.number?.text ?? ""
            if text.isEmpty { continue }
            guard let id = RoleIDs.find(text) ?? Int64(text), (1...JSONFields.largestID).contains(id) else {
                throw fields.error(name, .other("must be names or ids of roles"))
            }
            found.insert(id)
        }
        return found.sorted()
    }

    /// The parameters from `$3` on of ``AccountNotificationQueries/update``.
    var values: [PostgresValue] {
        [
            .text(subject), .text(message), .text(icon), roles.map { .intArray($0) } ?? .null,
            .timestamp(milliseconds: startAt), .timestamp(milliseconds: endAt),
        ]
    }
}
