import Postgres

/// Sections of a batch, and their cross-listing.
enum SectionTable {
    static func apply(_ rows: [RosterRow], _ batch: RosterBatch) async throws {
        let given = batch.read(rows, as: SectionRow.init, by: \.sisID)
        guard !given.isEmpty else { return }
        let answers = try await batch.query(
            find, [.textArray(given.map(\.sisID)), .textArray(given.map(\.course))], expecting: given.count)
        var writes: [RosterWrite<SectionImage>] = []
        for (one, row) in zip(given, answers) {
            let now = try image(row)
            let (course, id, version) = (try row.intOrNil(0), try row.intOrNil(2), try row.textOrNil(3))
            let isCourseDeleted = try row.textOrNil(1) == "deleted"
            do throws(RowRefusal) {
                let wanted = try one.wanted(now: now, courseID: isCourseDeleted ? nil : course, batch.rules)
                writes.append(
                    RosterWrite(one.number, one.sisID, id, version, RosterVerdict(now: now, wanted: wanted)))
            } catch {
                batch.refuse(one.number, error)
            }
        }
        try await write(writes, batch)
    }

    static func applyCrossLists(_ rows: [RosterRow], _ batch: RosterBatch) async throws {
        // A section is in one course: what its last row says counts, and rows that end another cross-listing do nothing.
        let given = batch.read(rows, as: CrossListRow.init, by: \.section)
        guard !given.isEmpty else { return }
        try await makeCourses(given, batch)
        let answers = try await batch.query(
            find, [.textArray(given.map(\.section)), .textArray(given.map(\.course))], expecting: given.count)
        var writes: [RosterWrite<SectionImage>] = []
        for (one, row) in zip(given, answers) {
            let now = try image(row)
            let (course, id, version) = (try row.intOrNil(0), try row.intOrNil(2), try row.textOrNil(3))
            let isCourseDeleted = try row.textOrNil(1) == "deleted"
            if let course { batch.mention(RosterKind.courses.className, course) }
            do throws(RowRefusal) {
                let wanted = try one.wanted(
                    now: now, courseID: isCourseDeleted && !one.isDeleted ? nil : course)
                writes.append(
                    RosterWrite(one.number, one.section, id, version, RosterVerdict(now: now, wanted: wanted))
                )
            } catch {
                batch.refuse(one.number, error)
            }
        }
        try await write(writes, batch)
    }

    private static func write(_ writes: [RosterWrite<SectionImage>], _ batch: RosterBatch) async throws {
        try await RosterWriter(kind: .sections, insert: insert, update: update).write(writes, batch) {
            records in
            [
                .textArray(records.map(\.name)), .intArray(records.map(\.course)),
                .nullableIntArray(records.map(\.home)), .timestampArray(milliseconds: records.map(\.startAt)),
                .timestampArray(milliseconds: records.map(\.endAt)), .textArray(records.map(\.integrationID)),
                .textArray(records.map(\.state)), .textArray(records.map { $0.stuck.joined(separator: ",") }),
            ]
        }
        let gone = writes.filter { $0.verdict.change == .deleted }.compactMap(\.id)
        try await EnrollmentTable.remove(ofSections: gone, batch)
    }

    /// Makes the courses that sections are to move to and that are not there: like the sections' own.
    private static func makeCourses(_ given: [CrossListRow], _ batch: RosterBatch) async throws {
        let moving = given.filter { !$0.isDeleted }
        guard !moving.isEmpty else { return }
        let missing = try await batch.query(
            findMissingCourses, [.textArray(moving.map(\.course)), .textArray(moving.map(\.section))])
        var writes: [RosterWrite<CourseImage>] = []
        for row in missing {
            let sis = try row.text(0)
            let image = CourseImage(name: sis, code: sis, account: try row.int(1), term: try row.int(2))
            writes.append(RosterWrite(0, sis, nil, nil, RosterVerdict(now: nil, wanted: image)))
        }
        try await CourseTable.write(writes, batch)
    }

    private static func image(_ row: Row) throws(PostgresError) -> SectionImage? {
        guard try !row.isNull(2) else { return nil }
        return SectionImage(
            name: try row.text(4), course: try row.int(5), home: try row.intOrNil(6),
            startAt: try row.timestampMillisecondsOrNil(7), endAt: try row.timestampMillisecondsOrNil(8),
            integrationID: try row.textOrNil(9), state: try row.text(10),
            stuck: try row.textArray(11).sorted(),
            isKnown: try row.bool(12))
    }

    /// $1 institution, $2 SIS ids, $3 of courses; a row for each.
    private static let find: Statement = """
        SELECT c.id, c.workflow_state, s.id, s.xmin::text, s.name, s.course_id, s.nonxlist_course_id, s.start_at, s.end_at,
            s.integration_id, s.workflow_state, s.stuck_fields, s.sis_batch_id IS NOT NULL
        FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS g (sis_id, course, place)
        LEFT JOIN sections s ON s.institution_id = $1 AND s.sis_section_id = g.sis_id
        LEFT JOIN courses c ON c.institution_id = $1 AND c.sis_course_id = g.course
        ORDER BY g.place
        """

    /// $1 institution, $2 SIS ids of courses, $3 of sections.
    private static let findMissingCourses: Statement = """
        SELECT DISTINCT ON (g.course) g.course, c.account_id, c.enrollment_term_id
        FROM unnest($2::text[], $3::text[]) AS g (course, section)
        JOIN sections s ON s.institution_id = $1 AND s.sis_section_id = g.section AND s.workflow_state = 'active'
        JOIN courses c ON c.institution_id = $1 AND c.id = coalesce(s.nonxlist_course_id, s.course_id)
        WHERE NOT EXISTS (SELECT 1 FROM courses x WHERE x.institution_id = $1 AND x.sis_course_id = g.course)
        ORDER BY g.course, s.id
        """

    /// $1 institution, $2 import, $3 SIS ids, $4 names, $5 courses, $6 homes, $7 starts, $8 ends, $9 integration ids,
    /// $10 states, $11 stuck fields.
    private static let insert: Statement = """
        INSERT INTO sections (
            institution_id, sis_batch_id, sis_section_id, name, course_id, nonxlist_course_id, start_at, end_at,
            integration_id, workflow_state, stuck_fields)
        SELECT $1, $2, g.sis_id, g.name, g.course, g.home, g.start_at, g.end_at, g.integration_id, g.state,
            string_to_array(g.stuck, ',')
        FROM unnest(
            $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::timestamptz[], $8::timestamptz[], $9::text[],
            $10::text[], $11::text[])
            AS g (sis_id, name, course, home, start_at, end_at, integration_id, state, stuck)
        ON CONFLICT DO NOTHING RETURNING id, sis_section_id
        """

    /// $1 institution, $2 import, $3 ids, $4 versions, then as above; enrolments go along with a section.
    private static let update: Statement = """
        UPDATE sections s SET sis_batch_id = $2, name = g.name, course_id = g.course, nonxlist_course_id = g.home,
            start_at = g.start_at, end_at = g.end_at, integration_id = g.integration_id, workflow_state = g.state,
            stuck_fields = string_to_array(g.stuck, ',')
        FROM unnest(
            $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::timestamptz[], $9::timestamptz[],
            $10::text[], $11::text[], $12::text[])
            AS g (id, version, name, course, home, start_at, end_at, integration_id, state, stuck)
        WHERE s.institution_id = $1 AND s.id = g.id AND s.xmin = g.version::xid RETURNING s.id
        """
}
