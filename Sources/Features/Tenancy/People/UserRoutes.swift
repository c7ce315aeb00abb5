import JSON
import Postgres
import WebServer

/// Users: about themselves, about children, and to the institution's admins.
enum UserRoutes {
    /// `GET /api/v1/users/:id`.
    static func show(_ call: Call, _ user: Int64) async throws -> WebResponse {
        let record = try await find(user, call)
        return .json { json in
            json.object { json in
                record.write(detail(call), &json)
                json.member("effective_locale", record.locale ?? "en")
            }
        }
    }

    /// `GET /api/v1/users/:user_id/profile`.
    static func profile(_ call: Call, _ user: Int64) async throws -> WebResponse {
        let record = try await find(user, call)
        return .json { json in
            json.object { json in
                json.member("id", record.id)
                json.member("name", record.name)
                json.member("short_name", record.shortName)
                json.member("sortable_name", record.sortableName)
                json.orNull("title", record.title)
                json.orNull("bio", record.bio)
                json.orNull("primary_email", record.email)
                json.orNull("login_id", record.login)
                json.orNull("avatar_url", record.avatar)
                json.member("time_zone", record.timeZone ?? "Etc/UTC")
                json.orNull("locale", record.locale)
                if call.isAdmin { json.orNull("sis_user_id", record.sisID) }
            }
        }
    }

    /// `PUT /api/v1/users/:id`: a user's own names, address and settings; admins also the SIS id, and suspend with
    /// `user[event]`: sessions and tokens of a suspended user are good for nothing until they are let in again.
    static func update(_ call: Call, _ user: Int64) async throws -> WebResponse {
        let fields = try call.request.fields().unwrapped("user")
        let changes = try UserChanges(fields, isAdmin: call.isAdmin)
        guard changes.state != .suspended || user != call.principal.user else {
            throw WebError.conflict("You cannot suspend yourself.", code: "own_user")
        }
        let response = try await call.commit { transaction in
            let rows = try await transaction.query(
                UserQueries.update, [call.tenant, .int(user)] + changes.values)
            guard !rows.isEmpty else { throw WebError.notFound }
            return try await answer(user, call, transaction)
        } mapping: {
            UserChanges.refusal(of: $0, in: fields)
        }
        if changes.state != nil { didRevoke(user, call) }
        return response
    }

    /// `POST /api/v1/accounts/:account_id/users`: a user, and its person where the login is new.
    ///
    /// For admins of the institution's root: users belong to the institution.
    static func create(_ call: Call, _ account: Account) async throws -> WebResponse {
        guard call.isAdmin else { throw WebError.forbidden }
        let fields = try call.request.fields()
        let (new, pseudonym) = (try NewUserFields(fields), try fields.fields("pseudonym"))
        let hash = try await hash(new.password, call)
        return try await call.commit { transaction in
            let people = try await People.make([new.login], transaction)
            guard let person = people.first else { throw WebError.unavailable() }
            let rows = try await transaction.query(
                UserQueries.create, [call.tenant, .int(person)] + new.values)
            guard let id = try rows.first?.int(0) else { throw NewUserFields.loginTaken }
            // One who was removed comes back with nothing of before.
            try await transaction.query(
                UserQueries.endRoles, [call.tenant, .int(id), .textArray(new.roleNames)])
            try await transaction.query(
                DirectoryQueries.givePasswords, [.intArray([id]), .textArray([hash])])
            return try await answer(id, call, transaction)
        } mapping: {
            UserChanges.refusal(of: $0, in: pseudonym)
        }
    }

    /// `DELETE /api/v1/accounts/:account_id/users/:user_id`: takes the user out of the institution, with everything that
    /// they could come in with.
    static func delete(_ call: Call, _ account: Account) async throws -> WebResponse {
        guard call.isAdmin else { throw WebError.forbidden }
        let user = try await UserLookup(call).find(call.request.parameters["user_id"] ?? "")
        guard user != call.principal.user else {
            throw WebError.conflict("You cannot remove yourself.", code: "own_user")
        }
        let record = try await find(user, call)
        let response = try await call.commit { transaction in
            let results = try await transaction.query([
                (UserQueries.delete, [call.tenant, .int(user)]),
                (UserQueries.endRoles, [call.tenant, .int(user), .textArray([])]),
                (UserQueries.endSessions, [call.tenant, .int(user)]),
                (UserQueries.endTokens, [call.tenant, .int(user)]),
            ])
            guard !results[0].isEmpty else { throw WebError.notFound }
            return .json { json in
                json.object { json in record.write(.administrative, &json) }
            }
        }
        didRevoke(user, call)
        return response
    }

    // MARK: Parts

    private static func detail(_ call: Call) -> UserRecord.Detail { call.isAdmin ? .administrative : .full }

    private static func find(_ user: Int64, _ call: Call) async throws -> UserRecord {
        guard let row = try await call.query(UserQueries.show, [.int(user)]).first else {
            throw WebError.notFound
        }
        return try UserRecord(row)
    }

    private static func answer(
        _ user: Int64, _ call: Call, _ transaction: PostgresTransaction
    ) async throws -> WebResponse {
        let rows = try await transaction.query(UserQueries.show, [call.tenant, .int(user)])
        guard let row = rows.first else { throw WebError.notFound }
        let record = try UserRecord(row)
        return .json { json in
            json.object { json in record.write(detail(call), &json) }
        }
    }

    private static func hash(_ password: String?, _ call: Call) async throws -> String? {
        guard let password else { return nil }
        do throws(PasswordLane.Full) {
            return try await call.context.service(TenancyServices.self).passwords.hash(password)
        } catch {
            throw WebError.unavailable(retryAfter: error.retryAfterSeconds)
        }
    }

    private static func didRevoke(_ user: Int64, _ call: Call) {
        call.context.find(TenancyServices.self)?.didRevoke(of: user, in: call.institution)
    }
}
