import Postgres

/// Terms of a batch.
enum TermTable {
    static func apply(_ rows: [RosterRow], _ batch: RosterBatch) async throws {
        let given = batch.read(rows, as: TermRow.init, by: \.sisID)
        var now: [String: Found] = [:]
        for row in try await batch.query(find, [.textArray(given.map(\.sisID))]) {
            now[try row.text(0)] = try Found(row)
        }
        var writes: [RosterWrite<TermRecord>] = []
        for one in given {
            do throws(RowRefusal) {
                let found = now[one.sisID]
                let wanted = try one.wanted(now: found?.record, isHeld: found?.isHeld ?? false, batch.rules)
                let verdict = RosterVerdict(now: found?.record, wanted: wanted)
                writes.append(RosterWrite(one.number, one.sisID, found?.id, found?.version, verdict))
            } catch {
                batch.refuse(one.number, error)
            }
        }
        try await RosterWriter(kind: .terms, insert: insert, update: update).write(writes, batch) { records in
            [
                .textArray(records.map(\.name)), .textArray(records.map(\.integrationID)),
                .timestampArray(milliseconds: records.map(\.startAt)),
                .timestampArray(milliseconds: records.map(\.endAt)),
                .textArray(records.map(\.state)), .textArray(records.map { $0.stuck.joined(separator: ",") }),
            ]
        }
    }

    private struct Found {
        let id: Int64
        let version: String
        let record: TermRecord
        let isHeld: Bool

        init(_ row: Row) throws(PostgresError) {
            id = try row.int(1)
            version = try row.text(2)
            record = TermRecord(
                name: try row.text(3), integrationID: try row.textOrNil(4),
                startAt: try row.timestampMillisecondsOrNil(5), endAt: try row.timestampMillisecondsOrNil(6),
                state: try row.text(7), stuck: try row.textArray(8).sorted(), isKnown: try row.bool(9))
            isHeld = try row.bool(10)
        }
    }

    /// $1 institution, $2 SIS ids.
    private static let find: Statement = """
        SELECT t.sis_term_id, t.id, t.xmin::text, t.name, t.integration_id, t.start_at, t.end_at, t.workflow_state,
            t.stuck_fields, t.sis_batch_id IS NOT NULL,
            t.is_default OR EXISTS (
                SELECT 1 FROM courses c
                WHERE c.institution_id = $1 AND c.enrollment_term_id = t.id AND c.workflow_state <> 'deleted')
        FROM enrollment_terms t WHERE t.institution_id = $1 AND t.sis_term_id = ANY ($2::text[])
        """

    /// $1 institution, $2 import, $3 SIS ids, $4 names, $5 integration ids, $6 starts, $7 ends, $8 states, $9 stuck fields.
    private static let insert: Statement = """
        INSERT INTO enrollment_terms (
            institution_id, sis_batch_id, sis_term_id, name, integration_id, start_at, end_at, workflow_state, stuck_fields)
        SELECT $1, $2, g.sis_id, g.name, g.integration_id, g.start_at, g.end_at, g.state, string_to_array(g.stuck, ',')
        FROM unnest(
            $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::text[], $9::text[])
            AS g (sis_id, name, integration_id, start_at, end_at, state, stuck)
        ON CONFLICT DO NOTHING RETURNING id, sis_term_id
        """

    /// $1 institution, $2 import, $3 ids, $4 versions, then as above.
    private static let update: Statement = """
        UPDATE enrollment_terms t SET sis_batch_id = $2, name = g.name, integration_id = g.integration_id,
            start_at = g.start_at, end_at = g.end_at, workflow_state = g.state, stuck_fields = string_to_array(g.stuck, ',')
        FROM unnest(
            $3::bigint[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::text[], $10::text[])
            AS g (id, version, name, integration_id, start_at, end_at, state, stuck)
        WHERE t.institution_id = $1 AND t.id = g.id AND t.xmin = g.version::xid RETURNING t.id
        """
}
