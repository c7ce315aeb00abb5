import Postgres
import Tenancy

/// Admins of accounts, of a batch.
enum AdminTable {
    /// Who administers what, as a row names it.
    private struct Place: Hashable {
        var account: Int64
        var user: Int64
    }

    private struct Found {
        var number: Int
        var place: Place
        var isDeleted: Bool
        var canComeIn: Bool
        var isHeld: Bool
        /// Whether an import has made the admin; `false` also for nobody.
        var isImported: Bool

        init?(_ one: AdminRow, _ row: Row) throws {
            (number, isDeleted) = (one.number, one.isDeleted)
            guard let user = try row.intOrNil(0), try isDeleted || row.text(1) != "deleted" else {
                if one.isDeleted { return nil }
                throw RowRefusal("user_id names no user")
            }
            guard let account = try row.intOrNil(2), try isDeleted || row.text(3) != "deleted" else {
                if one.isDeleted { return nil }
                throw RowRefusal("account_id names no account")
            }
            place = Place(account: account, user: user)
            canComeIn = try row.text(1) == "registered"
            isHeld = try row.bool(4)
            isImported = try row.bool(5)
        }
    }

    static func apply(_ rows: [RosterRow], _ batch: RosterBatch) async throws {
        let given = batch.read(rows, as: AdminRow.init) { [$0.user, $0.account] }
        guard !given.isEmpty else { return }
        var circle = AdminCircle(Set(try await batch.query(lockAdmins).map { row in try row.int(0) }))
        guard let sender = try await batch.query(sender, [.int(batch.importID)]).first?.int(0),
            circle.contains(sender)
        else {
            // Nobody gives what they do not have, whenever the file's turn comes.
            for one in given {
                batch.refuse(one.number, RowRefusal("who sent the file does not administer the institution"))
            }
            return
        }
        var found: [Place: Found] = [:]
        let answers = try await batch.query(
            find, [.textArray(given.map(\.user)), .textArray(given.map(\.account))], expecting: given.count)
        for (one, row) in zip(given, answers) {
            do {
                if let next = try Found(one, row) { found[next.place] = next }
            } catch let refusal as RowRefusal {
                batch.refuse(one.number, refusal)
            }
        }
        var (new, gone): ([Place], [Place]) = ([], [])
        // Those who come first, so that one admin can take another's place.
        let inOrder = found.values.sorted {
            ($0.isDeleted ? 1 : 0, $0.number, $0.place.user, $0.place.account)
                < ($1.isDeleted ? 1 : 0, $1.number, $1.place.user, $1.place.account)
        }
        for one in inOrder {
            do throws(RowRefusal) {
                if let change = try decide(one, &circle, batch) {
                    if change == .created { new.append(one.place) } else { gone.append(one.place) }
                }
            } catch {
                batch.refuse(one.number, error)
            }
        }
        try await write(new, gone, batch)
    }

    /// What becomes of a row; `nil` for nothing.
    private static func decide(
        _ one: Found, _ circle: inout AdminCircle, _ batch: RosterBatch
    ) throws(RowRefusal) -> RosterChange? {
        // What a comparison with the last file misses is removed only if a file has made it.
        let isMissing = one.number == 0
        guard one.isHeld == one.isDeleted, !isMissing || one.isImported else {
            note(.unchanged, one.place, nil, batch)
            return nil
        }
        let isRoot = one.place.account == batch.institution.rawValue
        guard one.isDeleted else {
            if isRoot, one.canComeIn { circle.add(one.place.user) }
            note(.created, one.place, RosterVerdict<EnrollmentImage>.creation, batch)
            return .created
        }
        if isRoot { try circle.remove(one.place.user) }
        note(.deleted, one.place, "active", batch)
        return .deleted
    }

    private static func note(
        _ change: RosterChange, _ place: Place, _ former: String?, _ batch: RosterBatch
    ) {
        batch.note(
            RosterKind.admins.className, change, id: place.user, other: place.account, former: former)
    }

    private static func write(_ new: [Place], _ gone: [Place], _ batch: RosterBatch) async throws {
        let root = batch.institution.rawValue
        let (newRoot, newBelow) = (new.filter { $0.account == root }, new.filter { $0.account != root })
        if !newRoot.isEmpty {
            let values: [PostgresValue] = [.int(batch.importID), .intArray(newRoot.map(\.user))]
            try await batch.query(grantRoot, values, expecting: newRoot.count)
        }
        if !newBelow.isEmpty {
            try await batch.query(
                grant, [.int(batch.importID)] + values(newBelow), expecting: newBelow.count)
        }
        let (oldRoot, oldBelow) = (gone.filter { $0.account == root }, gone.filter { $0.account != root })
        if !oldRoot.isEmpty {
            try await batch.query(
                revokeRoot, [.intArray(oldRoot.map(\.user))], expecting: oldRoot.count)
        }
        if !oldBelow.isEmpty {
            try await batch.query(revoke, values(oldBelow), expecting: oldBelow.count)
        }
    }

    private static func values(_ places: [Place]) -> [PostgresValue] {
        [.intArray(places.map(\.account)), .intArray(places.map(\.user))]
    }

    /// Takes the rows of all admins of the institution, so that none goes while it is counted.
    static let lockAdmins: Statement = """
        SELECT u.id FROM users u JOIN user_roles r ON r.institution_id = $1 AND r.user_id = u.id AND r.role = 'admin'
        WHERE u.institution_id = $1 AND u.workflow_state = 'registered' ORDER BY u.id FOR NO KEY UPDATE OF u
        """

    /// $1 institution, $2 import.
    private static let sender: Statement = """
        SELECT user_id FROM sis_imports WHERE institution_id = $1 AND id = $2
        """

    /// $1 institution, $2 SIS ids of users, $3 of accounts, null for the root; a row for each.
    private static let find: Statement = """
        SELECT u.id, u.workflow_state, a.id, a.workflow_state, coalesce(h.is_held, false), coalesce(h.is_imported, false)
        FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS g (user_id, account, place)
        LEFT JOIN users u ON u.institution_id = $1 AND u.sis_user_id = g.user_id
        LEFT JOIN LATERAL (
            SELECT x.id, x.workflow_state FROM accounts x WHERE x.institution_id = $1 AND x.sis_account_id = g.account
            UNION ALL
            SELECT x.id, x.workflow_state FROM accounts x
            WHERE x.institution_id = $1 AND x.id = $1 AND g.account IS NULL
        ) a ON true
        LEFT JOIN LATERAL (
            SELECT true AS is_held, r.sis_batch_id IS NOT NULL AS is_imported FROM user_roles r
            WHERE r.institution_id = $1 AND r.user_id = u.id AND r.role = 'admin' AND a.id = $1
            UNION ALL
            SELECT true, m.sis_batch_id IS NOT NULL FROM account_admins m
            WHERE m.institution_id = $1 AND m.user_id = u.id AND m.account_id = a.id
        ) h ON true
        ORDER BY g.place
        """

    /// $1 institution, $2 import, $3 users.
    private static let grantRoot: Statement = """
        INSERT INTO user_roles (institution_id, sis_batch_id, user_id, role)
        SELECT $1, $2, g.id, 'admin' FROM unnest($3::bigint[]) AS g (id) ORDER BY g.id
        ON CONFLICT DO NOTHING RETURNING user_id
        """

    /// $1 institution, $2 import, $3 accounts, $4 users.
    private static let grant: Statement = """
        INSERT INTO account_admins (institution_id, sis_batch_id, account_id, user_id)
        SELECT $1, $2, g.account, g.user_id FROM unnest($3::bigint[], $4::bigint[]) AS g (account, user_id)
        ORDER BY g.user_id, g.account ON CONFLICT DO NOTHING RETURNING user_id
        """

    /// $1 institution, $2 users.
    private static let revokeRoot: Statement = """
        DELETE FROM user_roles WHERE institution_id = $1 AND user_id = ANY ($2::bigint[]) AND role = 'admin'
        RETURNING user_id
        """

    /// $1 institution, $2 accounts, $3 users.
    private static let revoke: Statement = """
        DELETE FROM account_admins m USING unnest($2::bigint[], $3::bigint[]) AS g (account, user_id)
        WHERE m.institution_id = $1 AND m.user_id = g.user_id AND m.account_id = g.account RETURNING m.user_id
        """

    // MARK: Put back

    /// Gives back what an import took; from then on it counts as given by hand.
    ///
    /// $1 institution, $2 users, $3 accounts.
    static let restore: Statement = """
        WITH root AS (
            INSERT INTO user_roles (institution_id, user_id, role)
            SELECT $1, u.id, 'admin' FROM unnest($2::bigint[], $3::bigint[]) AS g (user_id, account)
            JOIN users u ON u.institution_id = $1 AND u.id = g.user_id AND u.workflow_state <> 'deleted'
            WHERE g.account = $1 ORDER BY u.id ON CONFLICT DO NOTHING
        )
        INSERT INTO account_admins (institution_id, account_id, user_id)
        SELECT $1, a.id, u.id FROM unnest($2::bigint[], $3::bigint[]) AS g (user_id, account)
        JOIN users u ON u.institution_id = $1 AND u.id = g.user_id AND u.workflow_state <> 'deleted'
        JOIN accounts a ON a.institution_id = $1 AND a.id = g.account AND a.workflow_state <> 'deleted'
        WHERE g.account <> $1 ORDER BY u.id, a.id ON CONFLICT DO NOTHING
        """

    /// Takes what an import gave, but from the last who administer the institution; ``lockAdmins`` before it.
    ///
    /// $1 institution, $2 users, $3 accounts.
    static let takeBack: Statement = """
        WITH root AS (
            DELETE FROM user_roles r USING unnest($2::bigint[], $3::bigint[]) AS g (user_id, account)
            WHERE g.account = $1 AND r.institution_id = $1 AND r.user_id = g.user_id AND r.role = 'admin'
                AND EXISTS (
                    SELECT 1 FROM user_roles o
                    JOIN users u ON u.institution_id = $1 AND u.id = o.user_id AND u.workflow_state = 'registered'
                    WHERE o.institution_id = $1 AND o.role = 'admin' AND NOT EXISTS (
                        SELECT 1 FROM unnest($2::bigint[], $3::bigint[]) AS t (user_id, account)
                        WHERE t.account = $1 AND t.user_id = o.user_id))
        )
        DELETE FROM account_admins m USING unnest($2::bigint[], $3::bigint[]) AS g (user_id, account)
        WHERE m.institution_id = $1 AND m.user_id = g.user_id AND m.account_id = g.account
        """
}
