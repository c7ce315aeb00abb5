import Postgres
import Tenancy

/// Users of a batch, and the people behind new ones.
enum UserTable {
    private struct Found {
        let id: Int64?
        let version: String?
        let person: Int64?
        let image: UserImage?
        let isAdmin: Bool
        let login: String?

        init(_ row: Row) throws(PostgresError) {
            person = try row.intOrNil(1)
            login = try row.textOrNil(2)
            id = try row.intOrNil(3)
            version = try row.textOrNil(4)
            guard id != nil else {
                (image, isAdmin) = (nil, false)
                return
            }
            image = UserImage(
                name: try row.text(5), sortableName: try row.text(6), shortName: try row.text(7),
                email: try row.textOrNil(8), sisID: try row.textOrNil(9),
                integrationID: try row.textOrNil(10),
                state: try row.text(11), stuck: try row.textArray(12).sorted())
            isAdmin = try row.bool(13)
        }
    }

    static func apply(_ rows: [RosterRow], _ batch: RosterBatch) async throws {
        let given = batch.read(rows, as: UserRow.init, by: \.sisID)
        guard !given.isEmpty else { return }
        var bySIS: [String: Found] = [:]
        for row in try await batch.query(findBySIS, [.textArray(given.map(\.sisID))]) {
            bySIS[try row.text(0)] = try Found(row)
        }
        // Who is to be removed is known by the SIS id alone.
        let strangers = given.filter { bySIS[$0.sisID] == nil && !$0.isDeleted }.compactMap(\.login)
        var byLogin: [String: Found] = [:]
        if !strangers.isEmpty {
            for row in try await batch.query(findByLogin, [.textArray(strangers)]) {
                byLogin[try row.text(0)] = try Found(row)
            }
        }
        var claims = try await claims(given, batch)
        var writes: [RosterWrite<UserImage>] = []
        var persons: [String: Int64] = [:]
        var new: [UserRow] = []
        for one in given {
            let found = bySIS[one.sisID] ?? (one.isDeleted ? nil : one.login.flatMap { byLogin[$0] })
            do throws(RowRefusal) {
                let wanted = try one.wanted(now: found?.image, isAdmin: found?.isAdmin ?? false, batch.rules)
                let verdict = RosterVerdict(now: found?.image, wanted: wanted)
                try claims.check(
                    one, user: found?.id, person: found?.person, isNew: verdict.change == .created)
                persons[one.sisID] = found?.person
                if verdict.change == .created, found?.person == nil { new.append(one) }
                writes.append(RosterWrite(one.number, one.sisID, found?.id, found?.version, verdict))
                warn(one, found, batch)
            } catch {
                batch.refuse(one.number, error)
            }
        }
        let late = try await makePeople(new, &persons, batch)
        writes.removeAll { late.contains($0.sisID) }
        // Before they are removed, so that it is kept what can be put back of them.
        try await end(writes.filter { $0.verdict.change == .deleted }.compactMap(\.id), batch)
        let made = try await write(writes, persons, batch)
        try await givePasswords(
            given.compactMap { one in
                guard let user = made[one.sisID], let hash = batch.hashes[one.number] else { return nil }
                return (user, hash)
            }, batch)
        try await addRoles(given.compactMap { one in made[one.sisID].map { ($0, one.role) } }, batch)
    }

    /// Logins belong to people, who may have users elsewhere: an import changes none.
    private static func warn(_ one: UserRow, _ found: Found?, _ batch: RosterBatch) {
        guard let known = found?.login, let login = one.login, known.lowercased() != login.lowercased() else {
            return
        }
        batch.messages.append(
            .warning(
                one.number, "login_id is not what the user signs in with, which an import does not change"))
    }

    // MARK: What may be claimed once

    /// What rows of a batch have taken, and who has it already.
    private struct Claims {
        var integrations: [String: Int64]
        var takenIntegrations: Set<String> = []
        var logins: Set<String> = []
        var people: Set<Int64> = []

        mutating func check(_ row: UserRow, user: Int64?, person: Int64?, isNew: Bool) throws(RowRefusal) {
            if let integration = row.integrationID ?? nil, !row.isDeleted {
                guard integrations[integration] == nil || integrations[integration] == user,
                    takenIntegrations.insert(integration).inserted
                else { throw RowRefusal("integration_id is that of another user") }
            }
            guard isNew || user != nil else { return }
            let isFree =
                person.map { people.insert($0).inserted }
                ?? row.login.map { logins.insert($0.lowercased()).inserted } ?? true
            guard isFree else { throw RowRefusal("login_id is that of another row") }
        }
    }

    private static func claims(_ given: [UserRow], _ batch: RosterBatch) async throws -> Claims {
        let wanted = given.compactMap { $0.integrationID ?? nil }
        var found: [String: Int64] = [:]
        if !wanted.isEmpty {
            for row in try await batch.query(findByIntegration, [.textArray(wanted)]) {
                found[try row.text(0)] = try row.int(1)
            }
        }
        return Claims(integrations: found)
    }

    // MARK: Writing

    /// Makes the people of new users; gives the rows of those whose login turned out to be another row's.
    private static func makePeople(
        _ new: [UserRow], _ persons: inout [String: Int64], _ batch: RosterBatch
    ) async throws -> Set<String> {
        guard !new.isEmpty else { return [] }
        let made = try await People.make(new.map { $0.login ?? "" }, batch.transaction)
        guard made.count == new.count else { throw RosterBatch.Overtaken() }
        var taken = Set(persons.values)
        var late: Set<String> = []
        for (one, person) in zip(new, made) {
            if taken.insert(person).inserted {
                persons[one.sisID] = person
            } else {
                late.insert(one.sisID)
                batch.refuse(one.number, RowRefusal("login_id is that of another row"))
            }
        }
        return late
    }

    private static func write(
        _ writes: [RosterWrite<UserImage>], _ persons: [String: Int64], _ batch: RosterBatch
    ) async throws -> [String: Int64] {
        try await RosterWriter(kind: .users, insert: insert, update: update).write(writes, batch) { records in
            [
                .nullableIntArray(records.map { $0.sisID.flatMap { persons[$0] } }),
                .textArray(records.map(\.name)), .textArray(records.map(\.sortableName)),
                .textArray(records.map(\.shortName)), .textArray(records.map(\.email)),
                .textArray(records.map(\.sisID)), .textArray(records.map(\.integrationID)),
                .textArray(records.map(\.state)), .textArray(records.map { $0.stuck.joined(separator: ",") }),
            ]
        }
    }

    /// New users get the passwords of their rows, good in the institution alone.
    private static func givePasswords(_ given: [(user: Int64, hash: String)], _ batch: RosterBatch)
        async throws
    {
        guard !given.isEmpty else { return }
        try await batch.transaction.query(
            setPasswords, [.intArray(given.map(\.user)), .textArray(given.map(\.hash))])
    }

    private static func addRoles(_ roles: [(user: Int64, role: Role)], _ batch: RosterBatch) async throws {
        guard !roles.isEmpty else { return }
        try await batch.query(
            insertRoles, [.intArray(roles.map(\.user)), .textArray(roles.map(\.role.rawValue))])
    }

    /// Who is removed is out, and enrolled nowhere.
    private static func end(_ users: [Int64], _ batch: RosterBatch) async throws {
        guard !users.isEmpty else { return }
        try await batch.query(endSessions, [.intArray(users)])
        try await batch.query(endTokens, [.intArray(users)])
        try await EnrollmentTable.remove(ofUsers: users, batch)
    }
}

extension UserTable {
    private static let columns = """
        u.id, u.xmin::text, u.name, u.sortable_name, u.short_name, u.email, u.sis_user_id, u.integration_id,
            u.workflow_state, u.stuck_fields,
            EXISTS (
                SELECT 1 FROM user_roles r WHERE r.institution_id = $1 AND r.user_id = u.id AND r.role = 'admin')
        """

    /// $1 institution, $2 SIS ids.
    private static let findBySIS = Statement(
        """
        WITH u AS MATERIALIZED (
            SELECT x.*, x.xmin FROM users x WHERE x.institution_id = $1 AND x.sis_user_id = ANY ($2::text[])
        )
        SELECT u.sis_user_id, u.person_id, l.login, \(columns)
        FROM u LEFT JOIN tenancy_logins(ARRAY(SELECT id FROM u)) l ON l.user_id = u.id
        """)

    /// $1 institution, $2 logins; those whom no person has are missing.
    private static let findByLogin = Statement(
        """
        SELECT g.login, p.person_id, p.login, \(columns)
        FROM unnest($2::text[]) AS g (login) CROSS JOIN LATERAL tenancy_person_by_login(g.login) p
        LEFT JOIN users u ON u.institution_id = $1 AND u.person_id = p.person_id
        """)

    /// $1 institution, $2 integration ids.
    private static let findByIntegration: Statement = """
        SELECT integration_id, id FROM users WHERE institution_id = $1 AND integration_id = ANY ($2::text[])
        """

    /// $1 logins: those of no user of the institution.
    static let unknownLogins: Statement = """
        SELECT g.login FROM unnest($1::text[]) AS g (login)
        WHERE NOT EXISTS (SELECT 1 FROM tenancy_user_by_login(g.login))
        """

    /// $1 institution, $2 import, $3 SIS ids, $4 people, $5 names, $6 sortable names, $7 short names, $8 addresses,
    /// $9 SIS ids, $10 integration ids, $11 states, $12 stuck fields.
    private static let insert: Statement = """
        INSERT INTO users (
            institution_id, sis_user_id, person_id, name, sortable_name, short_name, email, integration_id, workflow_state,
            stuck_fields)
        SELECT $1, g.sis_id, g.person, g.name, g.sortable, g.short, g.email, g.integration_id, g.state,
            string_to_array(g.stuck, ',')
        FROM unnest(
            $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
            $12::text[])
            AS g (sis_id, person, name, sortable, short, email, same, integration_id, state, stuck)
        WHERE $2::bigint IS NOT NULL
        ON CONFLICT DO NOTHING RETURNING id, sis_user_id
        """

    /// $1 institution, $2 import, $3 ids, $4 versions, then as above.
    private static let update: Statement = """
        UPDATE users u SET name = g.name, sortable_name = g.sortable, short_name = g.short, email = g.email,
            sis_user_id = g.sis_id, integration_id = g.integration_id, workflow_state = g.state,
            stuck_fields = string_to_array(g.stuck, ',')
        FROM unnest(
            $3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
            $11::text[], $12::text[], $13::text[])
            AS g (id, version, person, name, sortable, short, email, sis_id, integration_id, state, stuck)
        WHERE u.institution_id = $1 AND u.id = g.id AND u.xmin = g.version::xid AND $2::bigint IS NOT NULL
        RETURNING u.id
        """

    /// $1 users, $2 hashes.
    private static let setPasswords: Statement = "SELECT tenancy_give_passwords($1, $2)::text"

    /// $1 institution, $2 users, $3 roles.
    private static let insertRoles: Statement = """
        INSERT INTO user_roles (institution_id, user_id, role)
        SELECT $1, g.user_id, g.role FROM unnest($2::bigint[], $3::text[]) AS g (user_id, role) ON CONFLICT DO NOTHING
        """

    /// $1 institution, $2 users.
    private static let endSessions: Statement =
        "DELETE FROM sessions WHERE institution_id = $1 AND user_id = ANY ($2)"
    /// $1 institution, $2 users.
    private static let endTokens: Statement =
        "DELETE FROM access_tokens WHERE institution_id = $1 AND user_id = ANY ($2)"
}
