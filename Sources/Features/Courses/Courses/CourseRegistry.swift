package import Postgres
package import Tenancy

/// Makes courses and sections and enrols users: for commands, seeding, and routes that have asked who may.
///
/// Confined to the loop of its pool.
package struct CourseRegistry {
    /// A course that was just made, with the section that every course has.
    package struct Created: Hashable, Sendable {
        /// The course.
        package let course: Course
        /// Its first section's id.
        package let section: Int64
    }

    /// Why something was not made.
    package enum Failure: Error, Equatable, Sendable {
        /// A value that cannot be stored: the field, and a sentence that says what it must be.
        case invalid(field: String, String)
        /// The institution has no such course, section or user.
        case unknown
        /// The database's part.
        case database(PostgresError)
    }

    private let pool: PostgresPool

    /// Works over these connections.
    package init(pool: PostgresPool) { self.pool = pool }

    /// Makes a course with one section of the same name.
    package func create(
        name: String, code: String, state: Course.State = .available, in institution: InstitutionID
    ) async throws(Failure) -> Created {
        try Self.check(name, "name")
        try Self.check(code, "course_code")
        do {
            return try await pool.transaction(tenant: institution) { transaction in
                let rows = try await transaction.query(
                    CourseQueries.createCourse,
                    [.int(institution.rawValue), .text(name), .text(code), .text(state.rawValue)])
                guard let id = try rows.first?.int(0) else { throw Failure.unknown }
                let sections = try await transaction.query(
                    CourseQueries.createSection, [.int(institution.rawValue), .int(id), .text(name)])
                guard let section = try sections.first?.int(0) else { throw Failure.unknown }
                return Created(course: Course(id: id, name: name, code: code, state: state), section: section)
            }
        } catch { throw Self.known(error) }
    }

    /// Makes another section of a course.
    package func createSection(
        name: String, course: Int64, in institution: InstitutionID
    ) async throws(Failure) -> Int64 {
        try Self.check(name, "name")
        do {
            let rows = try await pool.query(
                CourseQueries.createSection, [.int(institution.rawValue), .int(course), .text(name)],
                tenant: institution)
            guard let id = try rows.first?.int(0) else { throw Failure.unknown }
            return id
        } catch { throw Self.known(error) }
    }

    /// Enrols users in a section, in one statement; who is enrolled so already becomes active again.
    package func enroll(
        _ users: [Int64], as type: EnrollmentType, course: Int64, section: Int64,
        limitedToSection: Bool = false,
        in institution: InstitutionID
    ) async throws(Failure) {
        do {
            _ = try await pool.query(
                EnrollmentQueries.enroll,
                [
                    .int(institution.rawValue), .int(course), .int(section), .intArray(Set(users).sorted()),
                    .text(type.rawValue), .bool(limitedToSection),
                ],
                tenant: institution)
        } catch { throw Self.known(error) }
    }

    /// Ends all enrolments of a user in a course; felt by open connections within two seconds.
    package func unenroll(_ user: Int64, course: Int64, in institution: InstitutionID) async throws(Failure) {
        do {
            _ = try await pool.query(
                EnrollmentQueries.setState,
                [.int(institution.rawValue), .int(course), .int(user), .text("deleted")], tenant: institution)
        } catch { throw Self.known(error) }
    }

    /// The courses with these ids, by id; ids that the institution does not have are missing.
    package func courses(_ ids: [Int64], in institution: InstitutionID) async throws(PostgresError)
        -> [Course]
    {
        let rows = try await pool.query(
            CourseQueries.courses, [.int(institution.rawValue), .intArray(ids)], tenant: institution)
        var courses: [Course] = []
        for row in rows { if let course = try CourseQueries.course(row) { courses.append(course) } }
        return courses
    }

    private static func check(_ text: String, _ field: String) throws(Failure) {
        guard NewUser.isName(text) else {
            throw .invalid(
                field: field, "It must have 1 to 255 characters, none of them a control character.")
        }
    }

    private static func known(_ error: any Error) -> Failure {
        if let error = error as? Failure { return error }
        guard let error = error as? PostgresError else { return .database(.unavailable("\(error)")) }
        return error.state == .foreignKeyViolation ? .unknown : .database(error)
    }
}
