import Courses
import Postgres

/// Enrolments of a batch.
enum EnrollmentTable {
    /// Where somebody is enrolled as what: one enrolment.
    private struct Place: Hashable {
        var course: Int64
        var section: Int64
        var user: Int64
        var type: EnrollmentType
    }

    /// A row with everything that it names looked up.
    private struct Found {
        var row: EnrollmentRow
        var place: Place
        var associated: Int64?
        var id: Int64?
        var version: String?
        var image: EnrollmentImage?
    }

    static func apply(_ rows: [RosterRow], _ batch: RosterBatch) async throws {
        var own: [RosterRole] = []
        for row in try await batch.query(roles) {
            guard let base = EnrollmentType(rawValue: try row.text(3)) else { continue }
            own.append(
                RosterRole(
                    id: try row.int(0), account: try row.int(1), label: try row.text(2), base: base,
                    isActive: try row.bool(4)))
        }
        var given: [EnrollmentRow] = []
        for row in rows {
            do throws(RowRefusal) {
                given.append(try EnrollmentRow(row, own))
            } catch {
                batch.refuse(row.number, error)
            }
        }
        guard !given.isEmpty else { return }
        try await makeFirstSections(given, batch)
        let answers = try await batch.query(find, values(given), expecting: given.count)
        var found: [Place: Found] = [:]
        for (one, row) in zip(given, answers) {
            do {
                if let next = try lookedUp(one, row) { found[next.place] = next }
            } catch let refusal as RowRefusal {
                batch.refuse(one.number, refusal)
            }
        }
        var verdicts: [(Found, RosterVerdict<EnrollmentImage>)] = []
        for one in found.values.sorted(by: { $0.row.number < $1.row.number }) {
            do throws(RowRefusal) {
                let wanted = try one.row.wanted(now: one.image, associatedID: one.associated, batch.rules)
                verdicts.append((one, RosterVerdict(now: one.image, wanted: wanted)))
            } catch {
                batch.refuse(one.row.number, error)
            }
        }
        try await write(verdicts, batch)
    }

    private static func values(_ given: [EnrollmentRow]) -> [PostgresValue] {
        [
            .textArray(given.map(\.user)), .textArray(given.map(\.userIntegration)),
            .textArray(given.map(\.course)),
            .textArray(given.map(\.section)), .textArray(given.map(\.type.rawValue)),
            .textArray(given.map(\.associated)),
        ]
    }

    /// What a row names; `nil` where it removes what is not there.
    private static func lookedUp(_ one: EnrollmentRow, _ row: Row) throws -> Found? {
        guard let user = try row.intOrNil(0) else {
            if one.isDeleted { return nil }
            throw RowRefusal("user_id names no user")
        }
        let course: Int64
        let section: Int64
        if one.section != nil {
            guard let named = try row.intOrNil(2) else {
                if one.isDeleted { return nil }
                throw RowRefusal("section_id names no section")
            }
            // The section decides: it may be cross-listed.
            (section, course) = (named, try row.int(3))
        } else {
            guard let named = try row.intOrNil(5) else {
                if one.isDeleted { return nil }
                throw RowRefusal("course_id names no course")
            }
            guard let first = try row.intOrNil(7) else { return nil }
            (section, course) = (first, named)
        }
        if !one.isDeleted {
            guard try row.text(1) != "deleted" else {
                throw RowRefusal("user_id names a user who was deleted")
            }
            let sectionState = try row.textOrNil(4)
            guard one.section == nil || sectionState != "deleted" else {
                throw RowRefusal("section_id names a section that was deleted")
            }
            guard try row.textOrNil(6) != "deleted" else { throw RowRefusal("the course was deleted") }
            if let role = one.role {
                guard try row.intArray(19).contains(role.account) else {
                    throw RowRefusal("the role is not of the course's account or one above it")
                }
            }
        }
        var found = Found(
            row: one, place: Place(course: course, section: section, user: user, type: one.type),
            associated: try row.intOrNil(8), id: try row.intOrNil(9), version: try row.textOrNil(10))
        if found.id != nil {
            found.image = EnrollmentImage(
                state: try row.text(11), isLimited: try row.bool(12),
                startAt: try row.timestampMillisecondsOrNil(13),
                endAt: try row.timestampMillisecondsOrNil(14), associated: try row.intOrNil(15),
                stuck: try row.textArray(16).sorted(), isKnown: try row.bool(17))
            found.image?.role = try row.intOrNil(18)
        }
        return found
    }

    private static func write(
        _ verdicts: [(Found, RosterVerdict<EnrollmentImage>)], _ batch: RosterBatch
    ) async throws {
        let new = verdicts.filter { $0.0.id == nil && $0.1.record != nil }
        var made: [Place: Int64] = [:]
        if !new.isEmpty {
            let values: [PostgresValue] = [
                .int(batch.importID), .intArray(new.map(\.0.place.course)),
                .intArray(new.map(\.0.place.section)),
                .intArray(new.map(\.0.place.user)), .textArray(new.map(\.0.place.type.rawValue)),
            ]
            let rows = try await batch.query(
                insert, values + columns(new.compactMap(\.1.record)), expecting: new.count)
            for row in rows {
                guard let type = EnrollmentType(rawValue: try row.text(4)) else { continue }
                let place = Place(
                    course: try row.int(1), section: try row.int(2), user: try row.int(3), type: type)
                made[place] = try row.int(0)
            }
        }
        let changed = verdicts.filter { $0.0.id != nil && $0.1.record != nil }
        if !changed.isEmpty {
            let values: [PostgresValue] = [
                .int(batch.importID), .intArray(changed.compactMap(\.0.id)),
                .textArray(changed.map(\.0.version)),
            ]
            try await batch.query(
                update, values + columns(changed.compactMap(\.1.record)), expecting: changed.count)
        }
        for (one, verdict) in verdicts {
            if let id = one.id ?? made[one.place] { batch.note(.enrollments, verdict, id: id) }
        }
    }

    private static func columns(_ records: [EnrollmentImage]) -> [PostgresValue] {
        [
            .textArray(records.map(\.state)), .boolArray(records.map(\.isLimited)),
            .timestampArray(milliseconds: records.map(\.startAt)),
            .timestampArray(milliseconds: records.map(\.endAt)),
            .nullableIntArray(records.map(\.associated)), .nullableIntArray(records.map(\.role)),
            .textArray(records.map { $0.stuck.joined(separator: ",") }),
        ]
    }

    /// Courses whose first section a row wants, and that have none yet, get one.
    private static func makeFirstSections(_ given: [EnrollmentRow], _ batch: RosterBatch) async throws {
        let courses = Set(given.filter { $0.section == nil && !$0.isDeleted }.compactMap(\.course))
        guard !courses.isEmpty else { return }
        for row in try await batch.query(addSections, [.int(batch.importID), .textArray(courses.sorted())]) {
            batch.note(
                RosterKind.sections.className, .created, id: try row.int(0),
                former: RosterVerdict<SectionImage>.creation)
        }
    }

    // MARK: Removal with what they belong to

    /// Removes the enrolments of sections that are removed.
    static func remove(ofSections sections: [Int64], _ batch: RosterBatch) async throws(PostgresError) {
        guard !sections.isEmpty else { return }
        try await note(try await batch.query(removeOfSections, [.intArray(sections)]), batch)
    }

    /// Removes the enrolments of users who are removed.
    static func remove(ofUsers users: [Int64], _ batch: RosterBatch) async throws(PostgresError) {
        guard !users.isEmpty else { return }
        try await note(try await batch.query(removeOfUsers, [.intArray(users)]), batch)
    }

    private static func note(_ rows: Rows, _ batch: RosterBatch) async throws(PostgresError) {
        for row in rows {
            batch.note(
                RosterKind.enrollments.className, .deleted, id: try row.int(0), former: try row.text(1))
        }
    }
}
