import EventLoop
import HTTPTypes
import Postgres
import WebServer

/// Finds out whose login and password these are.
///
/// Unknown logins and wrong passwords give the same answer after the same work: one look-up, one hash.
struct SignIn {
    let services: TenancyServices
    let context: WebContext

    /// The person behind a login and password.
    ///
    /// - Parameters:
    ///   - login: What somebody signs in with; case does not count.
    ///   - password: What they know.
    ///   - request: Where it comes from.
    /// - Returns: The person.
    /// - Throws: ``WebError``: 401 `invalid_credentials`, 429 `throttled`, 503 when too many passwords wait.
    func person(login: String, password: String, _ request: WebRequest) async throws -> Int64 {
        let address = request.remote
        if let wait = services.admit(login: login, address: address, at: context.loop.now) {
            throw WebError.tooManyRequests(retryAfter: max(1, Int(wait.components.seconds) + 1))
        }
        let (person, isRight): (Int64?, Bool)
        do {
            (person, isRight) = try await check(login, password)
        } catch {
            // The password was not looked at.
            services.forgive(login: login, address: address, at: context.loop.now)
            throw error
        }
        guard let person, isRight else {
            if let person { services.failedSignIns.note(person: person, request, context) }
            throw WebError(
                .unauthorized, code: "invalid_credentials", message: "The login or the password is not right."
            )
        }
        services.forgive(login: login, address: address, at: context.loop.now)
        return person
    }

    private func check(_ login: String, _ password: String) async throws -> (person: Int64?, isRight: Bool) {
        let rows = try await context.pool.home
            .query(DirectoryQueries.personByLogin, [.text(login)], tenant: nil)
        let row = try rows.only()
        let stored = try row?.textOrNil(2)
        let isRight: Bool
        do throws(PasswordLane.Full) {
            isRight = try await services.passwords.verify(password, against: stored)
        } catch {
            throw WebError(
                .serviceUnavailable, code: "sign_in_busy",
                message: "Many people are signing in at this moment: try again soon.",
                retryAfter: error.retryAfterSeconds)
        }
        return (try row?.int(0), isRight)
    }
}
