import JSON
import Postgres

/// An app that may ask an institution's people for access, as its admins have registered it.
struct DeveloperKey: Sendable {
    enum State: String, Sendable { case active, inactive, deleted }

    let id: Int64
    let name: String
    let email: String?
    let notes: String?
    let vendorCode: String?
    let iconURL: String?
    /// Digest of its secret; `nil` for a public client, whose program anybody can read.
    let secretHash: [UInt8]?
    let redirectURIs: [String]
    /// What its tokens may do at most; `nil` for everything.
    let scopes: [String]?
    /// Whether it must say what it wants.
    let requiresScopes: Bool
    let state: State
    let createdAt: Int64
    let updatedAt: Int64
    /// The institution's name.
    let institutionName: String

    var isPublic: Bool { secretHash == nil }

    init(_ row: Row) throws(PostgresError) {
        id = try row.int(0)
        name = try row.text(1)
        email = try row.textOrNil(2)
        notes = try row.textOrNil(3)
        vendorCode = try row.textOrNil(4)
        iconURL = try row.textOrNil(5)
        secretHash = try row.bytesOrNil(6)
        redirectURIs = try row.textArray(7)
        scopes = try row.isNull(8) ? nil : row.textArray(8)
        requiresScopes = try row.bool(9)
        state = State(rawValue: try row.text(10)) ?? .inactive
        createdAt = try row.timestampMilliseconds(11)
        updatedAt = try row.timestampMilliseconds(12)
        institutionName = try row.text(13)
    }

    /// What was made of its tokens.
    struct Use: Sendable {
        let tokens: Int64
        let lastUsedAt: Int64?
    }

    /// Writes it in Canvas's shape.
    ///
    /// - Parameters:
    ///   - json: Where to.
    ///   - institution: Whose it is.
    ///   - use: What was made of it.
    ///   - state: Another state, for one that was just deleted.
    ///   - secret: The secret, for the one time when it is shown.
    func write(
        _ json: inout JSONWriter, in institution: InstitutionID, use: Use, state: State? = nil,
        secret: String? = nil
    ) {
        json.object { json in
            json.member("id", id)
            json.member("client_id", ClientID(institution: institution, key: id).text)
            json.member("client_type", isPublic ? "public" : "confidential")
            json.member("name", name)
            json.nullable("email", email)
            json.nullable("notes", notes)
            json.nullable("vendor_code", vendorCode)
            json.nullable("icon_url", iconURL)
            json.member("account_name", institutionName)
            json.member("visible", true)
            json.member("is_lti_key", false)
            json.member("workflow_state", (state ?? self.state).rawValue)
            json.nullMember("redirect_uri")
            json.array("redirect_uris", of: redirectURIs) { $0.string($1) }
            json.array("scopes", of: scopes ?? []) { $0.string($1) }
            json.member("require_scopes", requiresScopes)
            json.member("auto_expire_tokens", true)
            json.member("test_cluster_only", false)
            json.member("access_token_count", use.tokens)
            json.time("last_used_at", use.lastUsedAt)
            json.time("created_at", createdAt)
            json.time("updated_at", updatedAt)
            json.member("api_key", secret)
        }
    }
}
