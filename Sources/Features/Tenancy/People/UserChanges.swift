import JSON
import Postgres
import WebServer

/// What a request changes of a user; read and checked, nothing done yet.
struct UserChanges: Hashable, Sendable {
    /// What an admin makes of a user.
    enum State: String, Hashable, Sendable {
        case registered
        case suspended
    }

    private var name: String?
    private var sortableName: String?
    private var shortName: String?
    private var email: String?
    private var avatar: String?
    private var timeZone: String?
    private var locale: String?
    private var title: String?
    private var bio: String?
    private(set) var state: State?
    private var sisID: String??

    /// Reads the members of `user[…]`.
    ///
    /// - Throws: An error that names the field; 403 for what is an admin's to change.
    init(_ fields: JSONFields, isAdmin: Bool) throws {
        name = try Self.name("name", fields)
        sortableName = try Self.name("sortable_name", fields)
        shortName = try Self.name("short_name", fields)
        email = try Self.email(fields)
        avatar = try Self.avatar(fields)
        timeZone = try Self.timeZone(fields)
        locale = try Self.locale(fields)
        title = try fields.optionalString("title", max: 255)
        bio = try fields.optionalString("bio", max: 65_536)
        sisID = try fields.textChange("sis_user_id", max: ObjectReference.longest)
        switch try fields.optionalString("event", oneOf: ["suspend", "unsuspend"]) {
        case "suspend": state = .suspended
        case "unsuspend": state = .registered
        default: break
        }
        guard isAdmin || (state == nil && sisID == nil) else { throw WebError.forbidden }
    }

    /// The parameters from `$3` on of ``UserQueries/update``.
    var values: [PostgresValue] {
        let stuck = [
            ("name", name), ("sortable_name", sortableName), ("short_name", shortName), ("email", email),
        ]
        return [
            .text(name), .text(sortableName ?? name.map(User.sortableName(of:))), .text(shortName),
            .text(email), .text(avatar), .text(timeZone), .text(locale), .text(title), .text(bio),
            .text(state?.rawValue), .bool(sisID != nil), .text(sisID ?? nil),
            .textArray(stuck.filter { $0.1 != nil }.map(\.0)),
        ]
    }

    /// What is told of a violated constraint; ids were named in these fields.
    static func refusal(of error: PostgresError, in fields: JSONFields) -> WebError? {
        guard error.state == .uniqueViolation else { return nil }
        return switch error.constraint {
        case "users_sis_id":
            .invalid(
                "Another user has this SIS id.", field: fields.path(of: "sis_user_id"), code: "duplicate")
        case "users_integration_id":
            .invalid(
                "Another user has this integration id.", field: fields.path(of: "integration_id"),
                code: "duplicate")
        case "users_one_per_person": NewUserFields.loginTaken
        default: nil
        }
    }

    // MARK: Fields

    static func name(_ field: String, _ fields: JSONFields) throws(FieldError) -> String? {
        guard let text = try fields.optionalString(field, in: 1...255) else { return nil }
        guard NewUser.isName(text) else {
            throw fields.error(field, .other("must have no control characters"))
        }
        return text
    }

    static func email(_ fields: JSONFields, _ field: String = "email") throws(FieldError) -> String? {
        guard let text = try fields.optionalString(field, max: 320), !text.isEmpty else {
            return fields.has(field) ? "" : nil
        }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[1].utf8.count >= 2,
            text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F }),
            !text.contains(where: { "<>,;:\"()[]\\".contains($0) })
        else { throw fields.error(field, .other("must be an e-mail address")) }
        return text
    }

    static func timeZone(_ fields: JSONFields) throws(FieldError) -> String? {
        guard let name = try fields.optionalString("time_zone", max: 64) else { return nil }
        guard name.isEmpty || TimeZoneName.isKnown(name) else {
            throw fields.error("time_zone", .other("must be a time zone such as Europe/Berlin"))
        }
        return name
    }

    static func locale(_ fields: JSONFields) throws(FieldError) -> String? {
        guard let name = try fields.optionalString("locale", max: 35) else { return nil }
        // RFC 5646: letters, digits and hyphens.
        guard
            name.utf8.allSatisfy({
                $0 == 0x2D || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20)
            })
        else { throw fields.error("locale", .other("must be a language tag such as de-AT")) }
        return name
    }

    private static func avatar(_ fields: JSONFields) throws(FieldError) -> String? {
        let nested = try fields.optionalFields("avatar")
        guard
            let text = try (nested ?? fields).optionalString(nested == nil ? "avatar_url" : "url", max: 2000)
        else { return nil }
        guard text.isEmpty || text.hasPrefix("https://") || (text.hasPrefix("/") && !text.hasPrefix("//"))
        else {
            throw fields.error("avatar[url]", .other("must begin with https://"))
        }
        return text
    }
}

/// What a request says of a user to be made: `user[…]`, `pseudonym[…]`, `communication_channel[…]`.
struct NewUserFields: Hashable, Sendable {
    let login: String
    let password: String?
    private let name: String
    private let sortableName: String?
    private let shortName: String?
    private let sisID: String?
    private let integrationID: String?
    private let email: String?
    private let timeZone: String?
    private let locale: String?
    private let roles: [String]

    /// Reads and checks the fields.
    init(_ fields: JSONFields) throws(FieldError) {
        let pseudonym = try fields.fields("pseudonym")
        login = try pseudonym.string("unique_id", in: 1...255)
        guard NewUser.isLogin(login) else {
            throw pseudonym.error(
                "unique_id", .other("must have no spaces, control characters or look-alikes"))
        }
        password = try pseudonym.optionalString("password", max: NewPassword.length.upperBound + 1)
        if let password, let fault = NewPassword.fault(password, login: login) {
            throw pseudonym.error("password", .other(fault))
        }
        sisID = try pseudonym.textChange("sis_user_id", max: ObjectReference.longest) ?? nil
        integrationID = try pseudonym.textChange("integration_id", max: ObjectReference.longest) ?? nil
        let user =
            try fields.optionalFields("user") ?? JSONFields(JSONObject(), path: "user", isLenient: true)
        name = try UserChanges.name("name", user) ?? login
        sortableName = try UserChanges.name("sortable_name", user)
        shortName = try UserChanges.name("short_name", user)
        timeZone = try UserChanges.timeZone(user)
        locale = try UserChanges.locale(user)
        let roles = try user.texts("roles", atMost: 4)
        for role in roles where Role(rawValue: role) == nil {
            throw user.error("roles", .notOneOf(Role.allCases.map(\.rawValue)))
        }
        self.roles = roles
        if let channel = try fields.optionalFields("communication_channel"),
            try channel.optionalString("type", max: 20) ?? "email" == "email"
        {
            email = try UserChanges.email(channel, "address")
        } else {
            email = try UserChanges.email(user)
        }
    }

    /// The parameters from `$3` on of ``UserQueries/create``.
    var values: [PostgresValue] {
        [
            .text(name), .text(sortableName ?? User.sortableName(of: name)), .text(shortName ?? name),
            .text(sisID), .text(integrationID), .text(email.flatMap { $0.isEmpty ? nil : $0 }),
            .text(timeZone.flatMap { $0.isEmpty ? nil : $0 }),
            .text(locale.flatMap { $0.isEmpty ? nil : $0 }),
            .textArray(roleNames),
        ]
    }

    /// What the user is in the institution.
    var roleNames: [String] { roles.isEmpty ? [Role.student.rawValue] : roles }

    static let loginTaken = WebError.invalid(
        "A user of this institution signs in with this login.", field: "pseudonym.unique_id",
        code: "duplicate")
}
