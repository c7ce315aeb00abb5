import EventLoop
import HTTPTypes
import Postgres
import WebServer

/// Finds out whose login and password these are, and in which institutions the password is good.
///
/// Each institution's password of a login is tried by itself. Unknown logins and wrong passwords give the same answer after
/// the same work, one look-up and one hash, but where institutions have different passwords for a login: then it is one
/// hash for each.
struct SignIn {
    let services: TenancyServices
    let context: WebContext

    /// Different passwords of one login that are tried; who has more signs in at an institution's own name.
    private static let mostPasswords = 8

    /// Who somebody has shown to be.
    struct Proof: Hashable, Sendable {
        let person: Int64
        /// Where the password is good.
        let institutions: Set<InstitutionID>
    }

    /// What a login is tried with.
    private struct Credentials {
        var person: Int64?
        /// Where the login has a user, by the stored form of the password.
        var byHash: [(hash: String, institutions: [InstitutionID])] = []
        /// Who is told of a failure.
        var tried: [InstitutionID] = []

        /// Takes what an institution has, where it is meant.
        mutating func note(_ place: InstitutionID, _ hash: String?, meant: InstitutionID?) {
            guard meant == nil || meant == place else { return }
            if hash != nil || meant != nil { tried.append(place) }
            guard let hash else { return }
            if let known = byHash.firstIndex(where: { $0.hash == hash }) {
                byHash[known].institutions.append(place)
            } else if byHash.count < SignIn.mostPasswords {
                byHash.append((hash, [place]))
            }
        }
    }

    /// The person behind a login and password.
    ///
    /// - Parameters:
    ///   - login: What somebody signs in with; case does not count.
    ///   - password: What they know.
    ///   - request: Where it comes from.
    ///   - institution: The one institution whose password is meant; `nil` for any.
    /// - Returns: The person, and where the password is good.
    /// - Throws: ``WebError``: 401 `invalid_credentials`, 429 `throttled`, 503 when too many passwords wait.
    func prove(
        login: String, password: String, _ request: WebRequest, in institution: InstitutionID?
    ) async throws -> Proof {
        let address = request.remote
        if let wait = services.admit(login: login, address: address, at: context.loop.now) {
            throw WebError.tooManyRequests(after: wait)
        }
        let credentials: Credentials
        let good: [(hash: String, institutions: [InstitutionID])]
        do {
            credentials = try await find(login, in: institution)
            good = try await check(password, credentials)
        } catch {
            // The password was not looked at.
            services.forgive(login: login, address: address, at: context.loop.now)
            throw error
        }
        guard let person = credentials.person, !good.isEmpty else {
            if let person = credentials.person {
                services.failedSignIns.note(person: person, in: credentials.tried, request, context)
            }
            throw WebError(
                .unauthorized, code: "invalid_credentials", message: "The login or the password is not right."
            )
        }
        services.forgive(login: login, address: address, at: context.loop.now)
        if good.count > 1 {
            for pool in try await databases(of: person).pools {
                _ = try await pool.query(
                    DirectoryQueries.joinPasswords, [.int(person), .textArray(good.map(\.hash))], tenant: nil)
            }
        }
        return Proof(person: person, institutions: Set(good.flatMap(\.institutions)))
    }

    /// What a login may be tried with, of every database where its person may have users.
    private func find(_ login: String, in institution: InstitutionID?) async throws -> Credentials {
        var credentials = Credentials()
        guard
            let row = try await context.pool.home.query(
                DirectoryQueries.personByLogin, [.text(login)], tenant: nil
            ).first
        else { return credentials }
        let person = try row.int(0)
        credentials.person = person
        var (pools, failure) = try await databases(of: person)
        for pool in pools {
            do throws(PostgresError) {
                for row in try await pool.query(DirectoryQueries.signIn, [.text(login)], tenant: nil) {
                    credentials.note(
                        InstitutionID(rawValue: try row.int(1)), try row.textOrNil(2), meant: institution)
                }
            } catch {
                failure = failure ?? error
            }
        }
        // A database that is away keeps nobody from the others.
        if let failure, credentials.byHash.isEmpty { throw failure }
        return credentials
    }

    /// Where a person may have users: home, and the databases that home names, as far as they can be asked; and why one of
    /// them cannot.
    private func databases(of person: Int64) async throws -> (pools: [PostgresPool], failure: PostgresError?)
    {
        let pool = context.pool
        guard pool.isSharded else { return ([pool], nil) }
        var found = [pool.home]
        var failure: PostgresError?
        for row in try await pool.home.query(ShardQueries.ofPerson, [.int(person)], tenant: nil) {
            do throws(PostgresError) {
                found.append(try pool.member(Int(try row.int(0))))
            } catch {
                failure = failure ?? error
            }
        }
        return (found, failure)
    }

    /// Those of the passwords that this one is.
    private func check(
        _ password: String, _ credentials: Credentials
    ) async throws -> [(hash: String, institutions: [InstitutionID])] {
        do throws(PasswordLane.Full) {
            guard !credentials.byHash.isEmpty else {
                _ = try await services.passwords.verify(password, against: nil)
                return []
            }
            var good: [(hash: String, institutions: [InstitutionID])] = []
            for one in credentials.byHash
            where try await services.passwords.verify(password, against: one.hash) {
                good.append(one)
            }
            return good
        } catch {
            throw WebError(
                .serviceUnavailable, code: "sign_in_busy",
                message: "Many people are signing in at this moment: try again soon.",
                retryAfter: error.retryAfterSeconds)
        }
    }
}
