import Content
import EventLoop
import Postgres
import Tenancy

/// What commands change in the database: institutions, users, tokens.
package struct Administration: Sendable {
    /// Why a command did nothing: a sentence for whoever typed it.
    package struct Failure: Error, Sendable, CustomStringConvertible {
        package let description: String

        package init(_ description: String) { self.description = description }
    }

    private let database: PostgresConfiguration
    private let shards: [Int: PostgresConfiguration]

    /// Takes the database from the settings.
    ///
    /// - Throws: ``ConfigurationProblem/missing(key:reason:)`` when there is none.
    package init(_ configuration: Configuration) throws(ConfigurationProblem) {
        guard let database = configuration.database else {
            throw .missing(
                key: ConfigurationKeys.databaseURL.name, reason: "this command changes the database")
        }
        self.database = database
        shards = configuration.shards
    }

    /// Makes an institution, in the database of this number, and returns its id.
    package func createInstitution(name: String, accent: String?, shard: Int = 0) async throws -> Int64 {
        try await run { directory in
            let made = try await directory.createInstitution(
                name: name, accent: accent ?? Institution.usualAccent, shard: shard)
            return made.id.rawValue
        }
    }

    /// A line for each institution: id, name, host, state, shard.
    package func institutions() async throws -> [String] {
        try await run { directory in
            try await directory.overview().map { one in
                "\(one.id.rawValue)\t\(one.name ?? "-")\t\(one.host ?? "-")\t\(one.state ?? "unreachable")\t\(one.shard)"
            }
        }
    }

    /// Shuts everybody of an institution out, or lets them in again.
    package func setSuspended(_ isSuspended: Bool, institution: Int64) async throws {
        try await run { try await $0.setSuspended(isSuspended, InstitutionID(rawValue: institution)) }
    }

    /// Gives an institution a host name of its own; an empty one takes it away.
    package func setHost(_ host: String, institution: Int64) async throws {
        try await run {
            try await $0.setHost(host.isEmpty ? nil : host, of: InstitutionID(rawValue: institution))
        }
    }

    /// Makes a user, and the person behind it when the login is new; the password is good in the institution alone.
    ///
    /// - Returns: The user's id.
    package func createUser(
        login: String, name: String, roles: [String], password: String, institution: Int64
    ) async throws -> Int64 {
        let known = Role.set(roles)
        guard !roles.isEmpty, known.count == Set(roles).count else {
            let names = Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure("a role must be one of \(names)")
        }
        if let fault = NewPassword.fault(password, login: login) { throw Failure("a password \(fault)") }
        let hash = try await PasswordLane(width: 1, backlog: 1).hash(password)
        return try await run { directory in
            let user = NewUser(login: login, name: name, roles: known, passwordHash: hash)
            return try await directory.createUser(user, in: InstitutionID(rawValue: institution)).id
        }
    }

    /// Makes an access token for a user.
    ///
    /// - Returns: The token's text, which exists nowhere else.
    package func createToken(
        login: String, purpose: String, days: Int?, institution: Int64
    ) async throws -> String {
        let expiresAt = days.map { WallTime.milliseconds() + Int64($0) * 86_400_000 }
        return try await run { directory in
            let place = InstitutionID(rawValue: institution)
            guard let user = try await directory.user(login: login, in: place) else {
                throw Failure("institution \(institution) has no user with the login \(login)")
            }
            let tokens = try await directory.createTokens(
                for: [user.id], purpose: purpose, expiresAt: expiresAt, in: place)
            guard let token = tokens.first else { throw Failure("no token was made") }
            return token
        }
    }

    /// Says whether an institution's files wait for a scan, and how many bytes the institution, a course or a user may have.
    ///
    /// - Parameters:
    ///   - requiresScan: `nil` leaves it as it is.
    ///   - quota: In bytes; 0 for the node's usual one, `nil` leaves it as it is.
    ///   - course: The quota is this course's.
    ///   - user: The quota is that of this user's own files.
    ///   - institution: The institution's id.
    /// - Throws: ``Failure`` for what is not there, or when there is nothing to set.
    package func setFiles(
        requiresScan: Bool?, quota: Int64?, course: Int64?, user: Int64?, institution: Int64
    ) async throws {
        guard requiresScan != nil || quota != nil else { throw Failure("say --requires-scan or --quota") }
        guard quota.map({ $0 >= 0 }) ?? true else { throw Failure("a quota has at least 0 bytes") }
        let own = InstitutionID(rawValue: institution)
        let context = course.map { FileContext.course($0) } ?? user.map { FileContext.user($0) }
        let place = context.map { ContentPolicies.Place.files($0) } ?? .institution
        try await run { (pool: PostgresPool) in
            let policies = ContentPolicies(pool: pool)
            do throws(PostgresError) {
                if let requiresScan { try await policies.setRequiresScan(requiresScan, in: own) }
                if let quota { try await policies.setQuota(quota == 0 ? nil : quota, of: place, in: own) }
            } catch {
                throw Administration.known(error)
            }
        }
    }

    private static func known(_ error: PostgresError) -> any Error {
        error.state == .foreignKeyViolation
            ? Failure("there is no such institution, course or user") : error
    }

    private func run<Value: Sendable>(
        _ body: @escaping @Sendable (Directory) async throws -> Value
    ) async throws -> Value {
        try await run { (pool: PostgresPool) in try await body(Directory(pool: pool)) }
    }

    private func run<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresPool) async throws -> Value
    ) async throws -> Value {
        let loop = try EventLoop(index: 0, label: "cohort.command")
        let (database, shards) = (database, shards)
        return try await loop.carryOut {
            let plan = ShardPlan(shards, directory: ShardDirectory(), lookup: ShardQueries.lookup)
            let pool = PostgresPool(loop: loop, configuration: database, size: 1, waiters: 16, shards: plan)
            defer { pool.close() }
            do {
                try await pool.waitUntilOpen(atMost: .seconds(10))
                // One that is away is told of by what needs it.
                for member in pool.members.dropFirst() {
                    try? await member.waitUntilOpen(atMost: .seconds(3))
                }
                return try await body(pool)
            } catch let error as PostgresError {
                throw ServerProblem.database(database.display, error)
            } catch let error as DirectoryError {
                throw Failure(Administration.sentence(error, database.display))
            }
        }
    }

    private static func sentence(_ error: DirectoryError, _ place: String) -> String {
        switch error {
        case .invalid(let field, let text): "\(field): \(text)"
        case .loginTaken(let login): "the institution has a user with the login \(login) already"
        case .unknownInstitution: "there is no such institution"
        case .unknownUser: "the institution has no such user"
        case .database(let error): "the database \(place) cannot be used: \(error)"
        }
    }
}
