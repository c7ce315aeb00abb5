import Postgres

/// Who observes whom, of a batch; observers are enrolled where those are whom they observe.
enum ObserverTable {
    static func apply(_ rows: [RosterRow], _ batch: RosterBatch) async throws {
        let given = batch.read(rows, as: ObserverRow.init) { [$0.observer, $0.student] }
        guard !given.isEmpty else { return }
        let answers = try await batch.query(
            find, [.textArray(given.map(\.observer)), .textArray(given.map(\.student))],
            expecting: given.count)
        var linked: [(observer: Int64, student: Int64)] = []
        var new: [(observer: Int64, student: Int64)] = []
        var gone: [(observer: Int64, student: Int64)] = []
        for (one, row) in zip(given, answers) {
            let isLinked = try row.bool(2)
            guard let observer = try row.intOrNil(0), let student = try row.intOrNil(1) else {
                if !one.isDeleted {
                    let column = try row.isNull(0) ? "observer_id" : "student_id"
                    batch.refuse(one.number, RowRefusal("\(column) names no user"))
                }
                continue
            }
            switch (one.isDeleted, isLinked) {
            case (false, _):
                linked.append((observer, student))
                if !isLinked { new.append((observer, student)) }
                note(isLinked ? .unchanged : .created, observer, student, isLinked ? nil : "creation", batch)
            case (true, true):
                gone.append((observer, student))
                note(.deleted, observer, student, "active", batch)
            case (true, false): note(.unchanged, observer, student, nil, batch)
            }
        }
        // Enrolments before links, whose triggers would do the same without a note of it.
        if !gone.isEmpty {
            for row in try await batch.query(removeEnrollments, values(gone)) {
                batch.note(
                    RosterKind.enrollments.className, .deleted, id: try row.int(0), former: try row.text(1))
            }
            try await batch.query(unlink, values(gone))
        }
        guard !linked.isEmpty else { return }
        for row in try await batch.query(addEnrollments, values(linked)) {
            let isNew = try row.bool(1)
            batch.note(
                RosterKind.enrollments.className, isNew ? .created : .restored, id: try row.int(0),
                former: isNew ? "creation" : "deleted")
        }
        if !new.isEmpty { try await batch.query(link, values(new)) }
    }

    private static func note(
        _ change: RosterChange, _ observer: Int64, _ student: Int64, _ former: String?, _ batch: RosterBatch
    ) {
        batch.note(RosterKind.observers.className, change, id: observer, other: student, former: former)
    }

    private static func values(_ pairs: [(observer: Int64, student: Int64)]) -> [PostgresValue] {
        [.intArray(pairs.map(\.observer)), .intArray(pairs.map(\.student))]
    }

    /// $1 institution, $2 SIS ids of observers, $3 of students; a row for each.
    private static let find: Statement = """
        SELECT o.id, s.id, l.parent_id IS NOT NULL
        FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS g (observer, student, place)
        LEFT JOIN users o ON o.institution_id = $1 AND o.sis_user_id = g.observer AND o.workflow_state <> 'deleted'
        LEFT JOIN users s ON s.institution_id = $1 AND s.sis_user_id = g.student AND s.workflow_state <> 'deleted'
        LEFT JOIN observer_links l ON l.institution_id = $1 AND l.parent_id = o.id AND l.child_id = s.id
        ORDER BY g.place
        """

    /// $1 institution, $2 observers, $3 students.
    static let link: Statement = """
        INSERT INTO observer_links (institution_id, parent_id, child_id)
        SELECT $1, g.observer, g.student FROM unnest($2::bigint[], $3::bigint[]) AS g (observer, student)
        ON CONFLICT DO NOTHING
        """

    /// $1 institution, $2 observers, $3 students.
    static let unlink: Statement = """
        DELETE FROM observer_links l USING unnest($2::bigint[], $3::bigint[]) AS g (observer, student)
        WHERE l.institution_id = $1 AND l.parent_id = g.observer AND l.child_id = g.student
        """

    /// Whoever took an enrolment away by hand does not find it again; and since no file names them, batch mode leaves them
    /// alone.
    ///
    /// $1 institution, $2 observers, $3 students.
    private static let addEnrollments: Statement = """
        INSERT INTO enrollments AS old (institution_id, course_id, section_id, user_id, type, associated_user_id)
        SELECT DISTINCT ON (e.course_id, g.observer, e.section_id)
            $1, e.course_id, e.section_id, g.observer, 'ObserverEnrollment', g.student
        FROM unnest($2::bigint[], $3::bigint[]) AS g (observer, student)
        JOIN enrollments e ON e.institution_id = $1 AND e.user_id = g.student AND e.type = 'StudentEnrollment'
            AND e.workflow_state = 'active'
        ORDER BY e.course_id, g.observer, e.section_id, g.student
        ON CONFLICT ON CONSTRAINT enrollments_once DO UPDATE
            SET workflow_state = 'active', updated_at = now()
            WHERE old.workflow_state = 'deleted' AND NOT 'workflow_state' = ANY (old.stuck_fields)
        RETURNING id, xmax = 0
        """

    /// Where an observer looks on for nobody else.
    ///
    /// $1 institution, $2 observers, $3 students.
    private static let removeEnrollments: Statement = """
        WITH gone AS (
            SELECT DISTINCT e.id, e.workflow_state
            FROM unnest($2::bigint[], $3::bigint[]) AS g (observer, student)
            JOIN enrollments s ON s.institution_id = $1 AND s.user_id = g.student AND s.type = 'StudentEnrollment'
            JOIN enrollments e ON e.institution_id = $1 AND e.course_id = s.course_id AND e.user_id = g.observer
                AND e.type = 'ObserverEnrollment' AND e.section_id = s.section_id AND e.workflow_state <> 'deleted'
            WHERE NOT EXISTS (
                SELECT 1 FROM observer_links l
                JOIN enrollments x ON x.institution_id = $1 AND x.user_id = l.child_id AND x.course_id = e.course_id
                    AND x.section_id = e.section_id AND x.type = 'StudentEnrollment'
                    AND x.workflow_state = 'active'
                WHERE l.institution_id = $1 AND l.parent_id = g.observer AND NOT EXISTS (
                    SELECT 1 FROM unnest($2::bigint[], $3::bigint[]) AS d (observer, student)
                    WHERE d.observer = l.parent_id AND d.student = l.child_id))
        )
        UPDATE enrollments e SET workflow_state = 'deleted', updated_at = now() FROM gone
        WHERE e.institution_id = $1 AND e.id = gone.id RETURNING e.id, gone.workflow_state
        """
}
