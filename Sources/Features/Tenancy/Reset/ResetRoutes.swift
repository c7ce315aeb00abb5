import HTTPTypes
import JSON
import Logging
import Postgres
import WebServer

/// Asking for a new password, and setting it.
enum ResetRoutes {
    /// `POST /api/v1/password_resets`: the answer is the same, after the same work, whoever exists.
    static func create(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let name = try request.fields().string("login", in: 1...320)
        let services = context.service(TenancyServices.self)
        let key = try IdempotencyKey(request, services.repetitions)
        let isReplay = try services.resets.take(name, key, request, context)
        var response = WebResponse.json(status: .accepted) { json in
            json.object { json in
                json.member("message", "If there is such an account, a letter with a link is on its way.")
            }
        }
        if isReplay { response.headers[.idempotencyReplayed] = "true" }
        return response
    }

    /// `PUT /api/v1/password_resets/:token`: sets the password, and ends all sessions of the person.
    ///
    /// Access tokens stay: programs that a school relies on do not stop because somebody forgot a password. They are
    /// listed, and revoked one by one.
    static func update(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let services = context.service(TenancyServices.self)
        let password = try request.fields().string("password", in: 0...NewPassword.length.upperBound + 1)
        guard let token = ResetToken(request.parameters["token"] ?? "", at: context.nowMilliseconds) else {
            throw expired
        }
        let found = try await context.pool.home.query(
            ResetQueries.person, [.int(token.person)], tenant: nil)
        let known = try found.first?.textOrNil(1)
        guard let person = found.first, token.isGood(for: known, services.resets.key) else { throw expired }
        if let fault = NewPassword.fault(password, login: try person.text(0)) {
            throw FieldError(field: "password", problem: .other(fault))
        }
        let hash: String
        do throws(PasswordLane.Full) {
            hash = try await services.passwords.hash(password)
        } catch {
            throw WebError(
                .serviceUnavailable, code: "sign_in_busy",
                message: "Many people are signing in at this moment: try again soon.",
                retryAfter: error.retryAfterSeconds)
        }
        let origin = AuditOrigin(request)
        let changed = try await context.pool.home.query(
            ResetQueries.set,
            [
                .int(token.person), .text(known), .text(hash), .text(origin.address), .text(origin.request),
            ], tenant: nil)
        // Another request with the same link was faster.
        guard !changed.isEmpty else { throw expired }
        for row in changed.dropFirst() {
            services.didRevoke(of: try row.int(1), in: InstitutionID(rawValue: try row.int(0)))
        }
        await endElsewhere(token.person, services, context)
        return .noContent
    }

    /// Ends the person's sessions in other databases; what cannot be ended now is noted at home, and ended later.
    private static func endElsewhere(
        _ person: Int64, _ services: TenancyServices, _ context: WebContext
    ) async {
        guard context.pool.isSharded else { return }
        for member in context.pool.members.dropFirst() where member.obstacle == nil {
            do throws(PostgresError) {
                try await SessionEnds(services: services).carryOut(of: person, in: member)
            } catch {
                context.logger.warning(
                    "sessions are ended later",
                    metadata: ["shard": "\(member.shard)", "cause": "\(error)"])
            }
        }
    }

    /// The one answer to a link that was used, has ended, or never was.
    private static var expired: WebError {
        WebError(.gone, code: "reset_expired", message: "The link was used or is too old: ask for a new one.")
    }
}
