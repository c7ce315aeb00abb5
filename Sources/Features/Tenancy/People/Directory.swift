package import Postgres

/// Institutions, people, users, their tokens and links: for commands, seeding, and features that need names.
///
/// Confined to the loop of its pool, like the pool. It does not ask who may: its callers do.
package struct Directory {
    private let pool: PostgresPool

    /// Works over these connections.
    package init(pool: PostgresPool) { self.pool = pool }

    // MARK: Institutions

    /// Makes an institution.
    ///
    /// In a shard it exists before the routing table names it: what is lost in between leaves one there that nobody reaches,
    /// and the next try makes another.
    ///
    /// - Parameters:
    ///   - name: What people call it.
    ///   - accent: A colour as `#rrggbb` in lower case.
    ///   - shard: The database it lives in.
    /// - Returns: The institution.
    /// - Throws: ``DirectoryError``.
    package func createInstitution(
        name: String, accent: String = Institution.usualAccent, shard: Int = ShardMap.home
    ) async throws(DirectoryError) -> Institution {
        guard NewUser.isName(name), name.unicodeScalars.count <= 200 else {
            throw .invalid(
                field: "name", "The name must have 1 to 200 characters, none of them a control character.")
        }
        guard Institution.isAccent(accent) else {
            throw .invalid(field: "accent", "The accent must be a colour such as #2f6fed, in lower case.")
        }
        do {
            let member = try pool.member(shard)
            let rows = try await member.query(
                DirectoryQueries.createInstitution, [.text(name), .text(accent)], tenant: nil)
            guard let row = rows.first else { throw DirectoryError.unknownInstitution }
            let id = InstitutionID(rawValue: try row.int(0))
            guard ShardMap.shard(ofID: id.rawValue) == shard else {
                throw DirectoryError.invalid(
                    field: "shard", "The database is not prepared: run cohort migrate.")
            }
            if shard != ShardMap.home {
                try await pool.home.query(
                    ShardQueries.place, [.int(id.rawValue), .int(Int64(shard))], tenant: nil)
                pool.learn(shard, of: id)
            }
            return Institution(id: id, name: name, accent: accent)
        } catch { throw Self.known(error) }
    }

    /// An institution; `nil` when no one has this id.
    package func institution(_ id: InstitutionID) async throws(DirectoryError) -> Institution? {
        do {
            let rows = try await pool.member(of: id)
                .query(DirectoryQueries.institution, [.int(id.rawValue)], tenant: nil)
            return try rows.first.map(Self.institution)
        } catch { throw Self.known(error) }
    }

    /// All institutions, by name within each database; those of databases that are away are missing.
    package func institutions() async throws(DirectoryError) -> [Institution] {
        do {
            var all: [Institution] = []
            for member in pool.members where member.obstacle == nil {
                all += try await member.query(DirectoryQueries.institutions, tenant: nil).map(
                    Self.institution)
            }
            return all
        } catch { throw Self.known(error) }
    }

    /// An institution as operators see it.
    package struct Overview: Hashable, Sendable {
        /// Its id.
        package let id: InstitutionID
        /// What people call it; `nil` while its database is away.
        package let name: String?
        /// The host name under which it is reached, where it has one of its own.
        package let host: String?
        /// `active` or `suspended`; `nil` while its database is away.
        package let state: String?
        /// The database it lives in.
        package let shard: Int
    }

    /// All institutions with what operators look after: those of home by name, then those of each other database by id.
    package func overview() async throws(DirectoryError) -> [Overview] {
        do {
            var all = try await pool.home.query(DirectoryQueries.overview, tenant: nil).map { row in
                Overview(
                    id: InstitutionID(rawValue: try row.int(0)), name: try row.text(1),
                    host: try row.textOrNil(2), state: try row.text(3), shard: ShardMap.home)
            }
            var placed: [Overview] = []
            var known: [Int: [InstitutionID: (name: String, state: String)]] = [:]
            for row in try await pool.home.query(ShardQueries.table, tenant: nil) {
                let (id, shard) = (InstitutionID(rawValue: try row.int(0)), Int(try row.int(1)))
                if known[shard] == nil { known[shard] = await states(in: shard) }
                let found = known[shard]?[id]
                placed.append(
                    Overview(
                        id: id, name: found?.name, host: try row.textOrNil(2), state: found?.state,
                        shard: shard))
            }
            all += placed.sorted { ($0.shard, $0.id.rawValue) < ($1.shard, $1.id.rawValue) }
            return all
        } catch { throw Self.known(error) }
    }

    /// Names and states of a database's institutions; none while it is away.
    private func states(in shard: Int) async -> [InstitutionID: (name: String, state: String)] {
        var found: [InstitutionID: (name: String, state: String)] = [:]
        guard let rows = try? await pool.member(shard).query(DirectoryQueries.overview, tenant: nil) else {
            return found
        }
        for row in rows {
            guard let id = try? row.int(0), let name = try? row.text(1), let state = try? row.text(3) else {
                continue
            }
            found[InstitutionID(rawValue: id)] = (name, state)
        }
        return found
    }

    /// Shuts everybody of an institution out, or lets them in again.
    ///
    /// Open connections on every node end within two seconds. Nothing of the institution is changed besides.
    package func setSuspended(_ isSuspended: Bool, _ id: InstitutionID) async throws(DirectoryError) {
        do {
            let rows = try await pool.member(of: id)
                .query(
                    DirectoryQueries.setState,
                    [.int(id.rawValue), .text(isSuspended ? "suspended" : "active")], tenant: nil)
            guard !rows.isEmpty else { throw DirectoryError.unknownInstitution }
        } catch { throw Self.known(error) }
    }

    /// Gives an institution a host name of its own; `nil` takes it away.
    package func setHost(_ host: String?, of id: InstitutionID) async throws(DirectoryError) {
        let host = host?.lowercased()
        if let host {
            guard (1...253).contains(host.utf8.count), host == InstitutionHosts.name(in: host),
                host.utf8.allSatisfy({
                    $0 == 0x2D || $0 == 0x2E || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0)
                })
            else {
                throw .invalid(
                    field: "host", "The host must be a name such as school.example, without a port.")
            }
        }
        do {
            let rows = try await pool.home.query(
                DirectoryQueries.setHost, [.int(id.rawValue), .text(host)], tenant: nil)
            guard !rows.isEmpty else { throw DirectoryError.unknownInstitution }
        } catch let error as PostgresError where error.state == .uniqueViolation {
            throw .invalid(field: "host", "Another institution has this host.")
        } catch { throw Self.known(error) }
    }

    // MARK: Users

    /// Makes a user, and its person when the login is new; the password is good in the institution alone.
    package func createUser(_ new: NewUser, in institution: InstitutionID) async throws(DirectoryError)
        -> User
    {
        guard let user = try await createUsers([new], in: institution).first else { throw .unknownUser }
        return user
    }

    /// Makes users, all or none, in the order given; four round trips for any number.
    package func createUsers(
        _ new: [NewUser], in institution: InstitutionID
    ) async throws(DirectoryError) -> [User] {
        for user in new { try Self.check(user) }
        guard !new.isEmpty else { return [] }
        do {
            return try await pool.transaction(tenant: institution) { transaction in
                let people = try await People.make(new.map(\.login), transaction)
                let sortable = new.map { $0.sortableName ?? User.sortableName(of: $0.name) }
                let users = try await transaction.query(
                    DirectoryQueries.createUsers,
                    [
                        .int(institution.rawValue), .intArray(people),
                        .textArray(new.map(\.name)), .textArray(sortable),
                        .textArray(new.map { $0.roles.sorted().map(\.rawValue).joined(separator: ",") }),
                    ])
                try await transaction.query(
                    DirectoryQueries.givePasswords,
                    [.intArray(try users.map { try $0.int(0) }), .textArray(new.map(\.passwordHash))])
                return try zip(users, zip(new, sortable)).map { row, given in
                    User(
                        id: try row.int(0), person: try row.int(1), name: given.0.name, sortableName: given.1,
                        shortName: given.0.name, roles: given.0.roles)
                }
            }
        } catch { throw Self.known(error, login: new.count == 1 ? new.first?.login : nil) }
    }

    /// The user with this login; `nil` when the institution has none.
    ///
    /// Case does not count.
    package func user(login: String, in institution: InstitutionID) async throws(DirectoryError) -> User? {
        do {
            let people = try await pool.home
                .query(DirectoryQueries.personByLogin, [.text(login)], tenant: nil)
            guard let person = try people.first?.int(0) else { return nil }
            let rows = try await pool.query(
                DirectoryQueries.userOfPerson, [.int(institution.rawValue), .int(person)], tenant: institution
            )
            return try rows.first.map(Self.user)
        } catch { throw Self.known(error) }
    }

    /// The users with these ids, in no order; ids that the institution does not have are missing.
    package func users(_ ids: [Int64], in institution: InstitutionID) async throws(DirectoryError) -> [User] {
        do {
            let rows = try await pool.query(
                DirectoryQueries.users, [.int(institution.rawValue), .intArray(ids)], tenant: institution)
            return try rows.map(Self.user)
        } catch { throw Self.known(error) }
    }

    /// The names of users by id; ids that the institution does not have are missing.
    package func names(of ids: [Int64], in institution: InstitutionID) async throws(DirectoryError) -> [Int64:
        String]
    {
        do {
            let rows = try await pool.query(
                DirectoryQueries.names, [.int(institution.rawValue), .intArray(ids)], tenant: institution)
            var names: [Int64: String] = [:]
            for row in rows { names[try row.int(0)] = try row.text(1) }
            return names
        } catch { throw Self.known(error) }
    }

    // MARK: Parents

    /// Lets a parent see a child; harmless when it is so already.
    package func link(parent: Int64, to child: Int64, in institution: InstitutionID)
        async throws(DirectoryError)
    {
        do {
            _ = try await pool.query(
                DirectoryQueries.link, [.int(institution.rawValue), .int(parent), .int(child)],
                tenant: institution)
        } catch { throw Self.known(error) }
    }

    /// Ends what ``link(parent:to:in:)`` began; harmless when there is no link.
    package func unlink(parent: Int64, from child: Int64, in institution: InstitutionID)
        async throws(DirectoryError)
    {
        do {
            _ = try await pool.query(
                DirectoryQueries.unlink, [.int(institution.rawValue), .int(parent), .int(child)],
                tenant: institution)
        } catch { throw Self.known(error) }
    }

    /// The children that a parent is linked to, by id.
    package func children(of parent: Int64, in institution: InstitutionID) async throws(DirectoryError)
        -> [Int64]
    {
        try await ids(DirectoryQueries.children, parent, institution)
    }

    /// The parents that are linked to a child, by id.
    package func parents(of child: Int64, in institution: InstitutionID) async throws(DirectoryError)
        -> [Int64]
    {
        try await ids(DirectoryQueries.parents, child, institution)
    }

    // MARK: Tokens

    /// Makes one access token for each user, in the order given.
    ///
    /// The texts exist nowhere else: what is not kept now is lost.
    ///
    /// - Parameters:
    ///   - users: Their ids; one user may get several.
    ///   - purpose: What the token is for, 1 to 255 characters, as its owner reads it in a list.
    ///   - expiresAt: When they end, in milliseconds since 1970; `nil` for never.
    ///   - institution: Where the users are.
    /// - Returns: The tokens' texts.
    /// - Throws: ``DirectoryError/unknownUser`` when one of the users does not exist; then none is made.
    package func createTokens(
        for users: [Int64], purpose: String, expiresAt: Int64? = nil, in institution: InstitutionID
    ) async throws(DirectoryError) -> [String] {
        guard NewUser.isName(purpose) else {
            throw .invalid(
                field: "purpose", "The purpose must have 1 to 255 characters, none a control character.")
        }
        let secrets = users.map { _ in BearerSecret.random(in: institution) }
        do {
            _ = try await pool.query(
                DirectoryQueries.createTokens,
                [
                    .int(institution.rawValue), .intArray(users), .bytesArray(secrets.map(\.hash)),
                    .text(purpose),
                    .timestamp(milliseconds: expiresAt),
                ],
                tenant: institution)
        } catch { throw Self.known(error) }
        return secrets.map(\.text)
    }

    // MARK: Rows

    private func ids(
        _ statement: Statement, _ user: Int64, _ institution: InstitutionID
    ) async throws(DirectoryError) -> [Int64] {
        do {
            let rows = try await pool.query(
                statement, [.int(institution.rawValue), .int(user)], tenant: institution)
            return try rows.map { try $0.int(0) }
        } catch { throw Self.known(error) }
    }

    private static func institution(_ row: Row) throws -> Institution {
        Institution(
            id: InstitutionID(rawValue: try row.int(0)), name: try row.text(1), accent: try row.text(2))
    }

    private static func user(_ row: Row) throws -> User {
        User(
            id: try row.int(0), person: try row.int(1), name: try row.text(2), sortableName: try row.text(3),
            shortName: try row.text(4), roles: Role.set(try row.textArray(5)))
    }

    private static func check(_ user: NewUser) throws(DirectoryError) {
        guard NewUser.isLogin(user.login) else {
            throw .invalid(field: "login", "The login must have 1 to 255 characters and no spaces.")
        }
        guard NewUser.isName(user.name) else {
            throw .invalid(
                field: "name", "The name must have 1 to 255 characters, none of them a control character.")
        }
        guard user.passwordHash.map({ PasswordHash($0) != nil }) ?? true else {
            throw .invalid(field: "password", "The password is not given in its stored form.")
        }
    }

    private static func known(_ error: any Error, login: String? = nil) -> DirectoryError {
        if let error = error as? DirectoryError { return error }
        if let error = error as? PostgresError { return .reading(error, login: login) }
        return .database(.unavailable("\(error)"))
    }
}
