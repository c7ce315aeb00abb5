import Postgres

/// Courses of a batch.
enum CourseTable {
    static func apply(_ rows: [RosterRow], _ batch: RosterBatch) async throws {
        let given = batch.read(rows, as: CourseRow.init, by: \.sisID)
        guard !given.isEmpty else { return }
        let answers = try await batch.query(
            find,
            [
                .textArray(given.map(\.sisID)), .textArray(given.map(\.account)),
                .textArray(given.map(\.term)),
            ],
            expecting: given.count)
        var writes: [RosterWrite<CourseImage>] = []
        for (one, row) in zip(given, answers) {
            let now = try image(row)
            let (id, version) = (try row.intOrNil(2), try row.textOrNil(3))
            let (account, term) = (try row.intOrNil(0), try row.intOrNil(1))
            do throws(RowRefusal) {
                let wanted = try one.wanted(now: now, accountID: account, termID: term, batch.rules)
                writes.append(
                    RosterWrite(one.number, one.sisID, id, version, RosterVerdict(now: now, wanted: wanted)))
            } catch {
                batch.refuse(one.number, error)
            }
        }
        try await write(writes, batch)
    }

    /// Writes courses.
    @discardableResult
    static func write(_ writes: [RosterWrite<CourseImage>], _ batch: RosterBatch) async throws -> [String:
        Int64]
    {
        try await RosterWriter(kind: .courses, insert: insert, update: update).write(writes, batch) {
            records in
            [
                .textArray(records.map(\.name)), .textArray(records.map(\.code)),
                .nullableIntArray(records.map(\.account)), .nullableIntArray(records.map(\.term)),
                .textArray(records.map(\.state)), .timestampArray(milliseconds: records.map(\.startAt)),
                .timestampArray(milliseconds: records.map(\.endAt)), .textArray(records.map(\.format)),
                .textArray(records.map(\.integrationID)),
                .textArray(records.map { $0.stuck.joined(separator: ",") }),
            ]
        }
    }

    private static func image(_ row: Row) throws(PostgresError) -> CourseImage? {
        guard try !row.isNull(2) else { return nil }
        return CourseImage(
            name: try row.text(4), code: try row.text(5), account: try row.int(6), term: try row.int(7),
            state: try row.text(8), startAt: try row.timestampMillisecondsOrNil(9),
            endAt: try row.timestampMillisecondsOrNil(10), format: try row.textOrNil(11),
            integrationID: try row.textOrNil(12), stuck: try row.textArray(13).sorted(),
            isKnown: try row.bool(14))
    }

    /// $1 institution, $2 SIS ids, $3 of accounts, $4 of terms; a row for each.
    private static let find: Statement = """
        SELECT a.id, t.id, c.id, c.xmin::text, c.name, c.course_code, c.account_id, c.enrollment_term_id, c.workflow_state,
            c.start_at, c.end_at, c.course_format, c.integration_id, c.stuck_fields, c.sis_batch_id IS NOT NULL
        FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS g (sis_id, account, term, place)
        LEFT JOIN courses c ON c.institution_id = $1 AND c.sis_course_id = g.sis_id
        LEFT JOIN accounts a ON a.institution_id = $1 AND a.sis_account_id = g.account AND a.workflow_state = 'active'
        LEFT JOIN enrollment_terms t ON t.institution_id = $1 AND t.sis_term_id = g.term AND t.workflow_state = 'active'
        ORDER BY g.place
        """

    /// $1 institution, $2 import, $3 SIS ids, $4 names, $5 codes, $6 accounts, $7 terms, $8 states, $9 starts, $10 ends,
    /// $11 formats, $12 integration ids, $13 stuck fields.
    private static let insert: Statement = """
        INSERT INTO courses (
            institution_id, sis_batch_id, sis_course_id, name, course_code, account_id, enrollment_term_id, workflow_state,
            start_at, end_at, course_format, integration_id, stuck_fields)
        SELECT $1, $2, g.sis_id, g.name, g.code, g.account, g.term, g.state, g.start_at, g.end_at, g.format,
            g.integration_id, string_to_array(g.stuck, ',')
        FROM unnest(
            $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::text[], $9::timestamptz[],
            $10::timestamptz[], $11::text[], $12::text[], $13::text[])
            AS g (sis_id, name, code, account, term, state, start_at, end_at, format, integration_id, stuck)
        ON CONFLICT DO NOTHING RETURNING id, sis_course_id
        """

    /// $1 institution, $2 import, $3 ids, $4 versions, then as above.
    private static let update: Statement = """
        UPDATE courses c SET sis_batch_id = $2, name = g.name, course_code = g.code, account_id = g.account,
            enrollment_term_id = g.term, workflow_state = g.state, start_at = g.start_at, end_at = g.end_at,
            course_format = g.format, integration_id = g.integration_id, stuck_fields = string_to_array(g.stuck, ','),
            updated_at = now()
        FROM unnest(
            $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::text[], $10::timestamptz[],
            $11::timestamptz[], $12::text[], $13::text[], $14::text[])
            AS g (id, version, name, code, account, term, state, start_at, end_at, format, integration_id, stuck)
        WHERE c.institution_id = $1 AND c.id = g.id AND c.xmin = g.version::xid RETURNING c.id
        """
}
