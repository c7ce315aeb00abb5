import JSON
import Postgres

/// An access token as its user and admins see it: everything but its text.
struct AccessToken {
    /// Tokens that one user makes at most: beyond, old ones are revoked first.
    static let mostOfUser: Int64 = 100

    let id: Int64
    let user: Int64
    let purpose: String
    let createdAt: Int64
    let expiresAt: Int64?
    let lastUsedAt: Int64?
    /// `nil` for all.
    let scopes: [String]?
    /// The key of the app that it was given to, and the app's name; `nil` for one that its user made.
    let developerKey: Int64?
    let app: String?

    init(_ row: Row) throws(PostgresError) {
        id = try row.int(0)
        user = try row.int(1)
        purpose = try row.text(2)
        createdAt = try row.timestampMilliseconds(3)
        expiresAt = try row.timestampMillisecondsOrNil(4)
        lastUsedAt = try row.timestampMillisecondsOrNil(5)
        scopes = try row.isNull(6) ? nil : row.textArray(6)
        developerKey = try row.intOrNil(7)
        app = try row.textOrNil(8)
    }

    /// Writes it in Canvas's shape.
    ///
    /// - Parameters:
    ///   - json: Where to.
    ///   - state: `active`, or `deleted` for one that was just revoked.
    ///   - visible: The text, for the one time when it is shown.
    func write(_ json: inout JSONWriter, state: String = "active", visible: String? = nil) {
        json.object { json in
            json.member("id", id)
            json.member("user_id", user)
            json.member("purpose", purpose)
            json.member("workflow_state", state)
            json.time("created_at", createdAt)
            json.time("expires_at", expiresAt)
            json.time("last_used_at", lastUsedAt)
            if let scopes {
                json.array("scopes", of: scopes) { $0.string($1) }
            } else {
                json.nullMember("scopes")
            }
            json.nullable("developer_key_id", developerKey)
            json.nullable("app_name", app)
            json.member("visible_token", visible)
        }
    }
}
