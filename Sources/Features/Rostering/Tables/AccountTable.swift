import Postgres

/// Accounts of a batch.
///
/// All accounts of the institution are read: where one may stand depends on those above and below it, and there are few.
enum AccountTable {
    static func apply(_ rows: [RosterRow], _ batch: RosterBatch) async throws {
        let given = batch.read(rows, as: AccountRow.init, by: \.sisID)
        guard !given.isEmpty else { return }
        var versions: [Int64: String] = [:]
        var accounts: [AccountImage] = []
        var bySIS: [String: Int64] = [:]
        var held: Set<Int64> = []
        for row in try await batch.query(all) {
            let id = try row.int(0)
            versions[id] = try row.text(1)
            accounts.append(
                AccountImage(
                    id: id, name: try row.text(2), path: try row.intArray(3), state: try row.text(4),
                    stuck: try row.textArray(7).sorted()))
            if let sis = try row.textOrNil(5) { bySIS[sis] = id }
            if try row.bool(6) { held.insert(id) }
        }
        var tree = AccountTree(
            root: batch.institution.rawValue, accounts: accounts, bySIS: bySIS, held: held)
        let count = given.filter(tree.makes).count
        var ids = try await batch.query(newIDs, [.int(Int64(count))]).map { row in try row.int(0) }
        var sisIDs: [Int64: String] = [:]
        for one in given {
            do throws(RowRefusal) {
                let newID = tree.makes(one) ? ids.popLast() : nil
                guard let (now, wanted) = try tree.apply(one, newID: newID, batch.rules) else { continue }
                sisIDs[wanted.id] = one.sisID
                let verdict = RosterVerdict(now: now, wanted: wanted)
                batch.note(.accounts, verdict, id: wanted.id)
            } catch {
                batch.refuse(one.number, error)
            }
        }
        let before = Dictionary(uniqueKeysWithValues: accounts.map { ($0.id, $0) })
        let changed = tree.accounts.values.filter { before[$0.id] != $0 }.sorted { $0.id < $1.id }
        try await write(changed, versions, sisIDs, batch)
    }

    private static func write(
        _ changed: [AccountImage], _ versions: [Int64: String], _ sisIDs: [Int64: String],
        _ batch: RosterBatch
    ) async throws {
        let new = changed.filter { versions[$0.id] == nil }
        if !new.isEmpty {
            try await batch.query(
                insert, values(new) + [.textArray(new.map { sisIDs[$0.id] })], expecting: new.count)
        }
        let old = changed.filter { versions[$0.id] != nil }
        if !old.isEmpty {
            try await batch.query(
                update, values(old) + [.textArray(old.map { versions[$0.id] })], expecting: old.count)
        }
    }

    private static func values(_ accounts: [AccountImage]) -> [PostgresValue] {
        [
            .intArray(accounts.map(\.id)), .nullableIntArray(accounts.map(\.parent)),
            .textArray(accounts.map { "{\($0.path.map(String.init).joined(separator: ","))}" }),
            .textArray(accounts.map(\.name)), .textArray(accounts.map(\.state)),
            .textArray(accounts.map { $0.stuck.joined(separator: ",") }),
        ]
    }

    /// $1 institution.
    private static let all: Statement = """
        SELECT a.id, a.xmin::text, a.name, a.path, a.workflow_state, a.sis_account_id,
            EXISTS (
                SELECT 1 FROM courses c
                WHERE c.institution_id = $1 AND c.account_id = a.id AND c.workflow_state <> 'deleted'),
            a.stuck_fields
        FROM accounts a WHERE a.institution_id = $1
        """

    /// $1 institution, $2 how many.
    private static let newIDs: Statement = """
        SELECT nextval('institutions_id_seq') FROM generate_series(1, $2) WHERE $1::bigint IS NOT NULL
        """

    /// $1 institution, $2 ids, $3 parents, $4 paths, $5 names, $6 states, $7 stuck fields, $8 SIS ids.
    private static let insert: Statement = """
        INSERT INTO accounts (
            institution_id, id, parent_account_id, path, name, workflow_state, stuck_fields, sis_account_id)
        SELECT $1, g.id, g.parent, g.path::bigint[], g.name, g.state, string_to_array(g.stuck, ','), g.sis_id
        FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
            AS g (id, parent, path, name, state, stuck, sis_id)
        ON CONFLICT DO NOTHING RETURNING id
        """

    /// $1 institution, $2 ids, $3 parents, $4 paths, $5 names, $6 states, $7 stuck fields, $8 versions.
    private static let update: Statement = """
        UPDATE accounts a SET parent_account_id = g.parent, path = g.path::bigint[], name = g.name,
            workflow_state = g.state, stuck_fields = string_to_array(g.stuck, ',')
        FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
            AS g (id, parent, path, name, state, stuck, version)
        WHERE a.institution_id = $1 AND a.id = g.id AND a.xmin = g.version::xid RETURNING a.id
        """
}
