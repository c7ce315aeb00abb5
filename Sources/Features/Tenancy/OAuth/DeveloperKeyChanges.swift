import JSON
import Postgres
import WebServer

/// What an admin says of a developer key, read and checked; what is not named stays as it was.
struct DeveloperKeyChanges {
    let name: String
    let email: String?
    let notes: String?
    let vendorCode: String?
    let iconURL: String?
    let redirectURIs: [String]
    /// `nil` for everything.
    let scopes: [String]?
    let requiresScopes: Bool
    let state: DeveloperKey.State

    /// Reads the members of `developer_key`.
    ///
    /// - Parameters:
    ///   - fields: The members.
    ///   - before: The key as it is; `nil` for a new one.
    /// - Throws: 400 for what cannot be.
    init(_ fields: JSONFields, before: DeveloperKey?) throws {
        if fields.has("name") || before == nil {
            name = try fields.string("name", in: 1...255)
            guard NewUser.isName(name) else {
                throw fields.error("name", .other("holds a control character"))
            }
        } else {
            name = before?.name ?? ""
        }
        email = try fields.textChange("email", max: 255) ?? before?.email
        notes = try fields.textChange("notes", max: 2000) ?? before?.notes
        vendorCode = try fields.textChange("vendor_code", max: 255) ?? before?.vendorCode
        iconURL = try fields.textChange("icon_url", max: 2000) ?? before?.iconURL
        if let iconURL, !iconURL.hasPrefix("https://") {
            throw fields.error("icon_url", .other("must begin with https://"))
        }
        redirectURIs = try Self.redirectURIs(fields) ?? before?.redirectURIs ?? []
        guard !redirectURIs.isEmpty else { throw fields.error("redirect_uris", .missing) }
        scopes = try Self.scopes(fields, before)
        requiresScopes = try fields.optionalBool("require_scopes") ?? before?.requiresScopes ?? false
        let wished = try fields.optionalString(
            "workflow_state", oneOf: ["active", "inactive", "on", "off"])
        state =
            switch wished {
            case "active", "on": .active
            case .some: .inactive
            case nil: before?.state ?? .active
            }
    }

    /// Name, email, notes, vendor, icon, addresses, scopes, whether some must be named.
    var values: [PostgresValue] {
        [
            .text(name), .text(email), .text(notes), .text(vendorCode), .text(iconURL),
            .textArray(redirectURIs),
            scopeValue, .bool(requiresScopes),
        ]
    }

    /// The scopes; null for all.
    var scopeValue: PostgresValue { scopes.map { .textArray($0) } ?? .null }

    /// A list, or one text with a line for each, as Canvas's page sends it.
    private static func redirectURIs(_ fields: JSONFields) throws -> [String]? {
        let name = fields.has("redirect_uris") ? "redirect_uris" : "redirect_uri"
        guard fields.has(name) else { return nil }
        var uris: [String] = []
        for text in try fields.texts(name, atMost: 20, each: 20 * (RedirectURI.longest + 2)) {
            for uri in text.split(whereSeparator: \.isNewline).map(String.init) where !uris.contains(uri) {
                guard RedirectURI.isAcceptable(uri) else {
                    throw fields.error(
                        name,
                        .other(
                            "must be https, http on the user's own machine, or a scheme such as com.example.app, without a fragment"
                        ))
                }
                uris.append(uri)
            }
        }
        guard uris.count <= 20 else { throw fields.error(name, .other("has more than 20 addresses")) }
        return uris
    }

    private static func scopes(_ fields: JSONFields, _ before: DeveloperKey?) throws -> [String]? {
        guard let value = fields.object["scopes"] else { return before?.scopes }
        // None, and an empty list: as Canvas's keys without scopes, which may do everything.
        if value.isNull || value.array?.isEmpty == true || value.string == "" { return nil }
        return try TokenScopes.read("scopes", of: fields)
    }
}
