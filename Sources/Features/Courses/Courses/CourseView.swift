import JSON
import Postgres
import Tenancy
import WebServer

/// Writes courses with what clients ask for besides: `include[]`, and what features above add.
struct CourseView: Sendable {
    /// What can be asked for.
    enum Include: String, CaseIterable, Sendable {
        case term
        case teachers
        case studentCount = "total_students"
        case sections
        case concluded
        case syllabus = "syllabus_body"
        case account
    }

    let additions: [any CourseAddition]

    /// Writes courses that the caller may see, in their order.
    ///
    /// - Parameters:
    ///   - courses: The courses.
    ///   - call: Who asks; `include[]` is read from the query.
    ///   - isStaff: Whether the caller is staff of all of them, as an admin is; else their enrolments tell.
    ///   - user: Whose enrolments are shown; `nil` for the caller's.
    /// - Returns: One object for each.
    /// - Throws: What the database throws.
    func write(
        _ courses: [CourseRecord], _ call: Call, isStaff: Bool, of user: Int64? = nil
    ) async throws -> [RawJSON] {
        guard !courses.isEmpty else { return [] }
        let ids = courses.map(\.id)
        let includes = Set(call.request.queryValues("include[]").compactMap(Include.init(rawValue:)))
        let user = user ?? call.principal.user
        var enrollments: [Int64: [OwnEnrollment]] = [:]
        for row in try await call.query(CourseQueries.ownEnrollments, [.int(user), .intArray(ids)]) {
            guard let type = EnrollmentType(rawValue: try row.text(1)) else { continue }
            enrollments[try row.int(0), default: []].append(
                OwnEnrollment(
                    type: type, state: try row.text(2), isLimited: try row.bool(3),
                    role: try row.intOrNil(4), label: try row.textOrNil(5), section: try row.int(6)))
        }
        var visible: [Int64: [Int64]] = [:]
        if !isStaff, user == call.principal.user {
            for course in courses {
                let own = (enrollments[course.id] ?? []).map {
                    Enrollment(type: $0.type, section: $0.section, isLimitedToSection: $0.isLimited)
                }
                let membership = CourseMembership.of(course.course, enrollments: own, isAdmin: false)
                visible[course.id] = membership?.visibleSections
            }
        }
        let extras = try await Extras(courses, includes, call, visible: visible)
        var added: [(name: String, values: [Int64: RawJSON], fallback: RawJSON)] = []
        for addition in additions {
            let values = try await addition.values(for: ids, principal: call.principal, context: call.context)
            added.append((addition.name, values, addition.fallback))
        }
        return courses.map { course in
            let own = enrollments[course.id] ?? []
            let isStaffHere = isStaff || own.contains { $0.type.role == .staff }
            return RawJSON { json in
                json.object { json in
                    course.write(institution: call.institution, isStaff: isStaffHere, &json)
                    json.array("enrollments", of: own) { json, enrollment in
                        json.object { json in
                            json.member("type", enrollment.type.shortName)
                            json.member("role", enrollment.label ?? enrollment.type.rawValue)
                            json.member("role_id", enrollment.role ?? RoleIDs.of(enrollment.type.rawValue))
                            json.member("enrollment_state", enrollment.state)
                            json.member("user_id", user)
                            json.member("limit_privileges_to_course_section", enrollment.isLimited)
                        }
                    }
                    extras.write(course, isStaff: isStaffHere, &json)
                    for (name, values, fallback) in added { json.member(name, values[course.id] ?? fallback) }
                }
            }
        }
    }
}

/// An enrolment of the user whose courses are shown.
private struct OwnEnrollment {
    let type: EnrollmentType
    let state: String
    let isLimited: Bool
    /// A role of the institution's own, and what it is called.
    let role: Int64?
    let label: String?
    let section: Int64
}

/// What `include[]` adds to some courses, read at once.
private struct Extras {
    private var terms: [Int64: EnrollmentTerm]?
    private var teachers: [Int64: [(id: Int64, name: String)]]?
    private var counts: [Int64: Int64]?
    private var sections: [Int64: [(id: Int64, name: String, startAt: Int64?, endAt: Int64?)]]?
    private var accounts: [Int64: Account]?
    private var syllabi: [Int64: String]?
    private var showsConclusion = false
    private let now: Int64

    /// Reads them; of courses in `visible` only those sections, and who is in them, are counted and told.
    init(
        _ courses: [CourseRecord], _ includes: Set<CourseView.Include>, _ call: Call,
        visible: [Int64: [Int64]]
    ) async throws {
        now = call.context.nowMilliseconds
        let ids = PostgresValue.intArray(courses.map(\.id))
        if includes.contains(.term) {
            let rows = try await call.query(TermQueries.some, [.intArray(Set(courses.map(\.term)).sorted())])
            terms = [:]
            for row in rows {
                let term = try EnrollmentTerm(row)
                terms?[term.id] = term
            }
        }
        if includes.contains(.teachers) {
            teachers = [:]
            for row in try await call.query(CourseQueries.teachers, [ids]) {
                teachers?[try row.int(0), default: []].append((try row.int(1), try row.text(2)))
            }
        }
        if includes.contains(.studentCount) {
            counts = [:]
            for row in try await call.query(
                CourseQueries.studentCounts,
                [ids, .intArray(visible.keys.sorted()), .intArray(visible.values.flatMap(\.self))])
            {
                counts?[try row.int(0)] = try row.int(1)
            }
        }
        if includes.contains(.sections) {
            sections = [:]
            for row in try await call.query(CourseQueries.sections, [ids]) {
                let (course, section) = (try row.int(0), try row.int(1))
                guard visible[course]?.contains(section) ?? true else { continue }
                sections?[try row.int(0), default: []].append(
                    (
                        try row.int(1), try row.text(2), try row.timestampMillisecondsOrNil(3),
                        try row.timestampMillisecondsOrNil(4)
                    ))
            }
        }
        if includes.contains(.account) {
            accounts = [:]
            for id in Set(courses.map(\.account)) {
                accounts?[id] = try await AccountLookup(call).find(String(id))
            }
        }
        if includes.contains(.syllabus) {
            syllabi = [:]
            for row in try await call.query(CourseQueries.syllabi, [ids]) {
                syllabi?[try row.int(0)] = try row.text(1)
            }
        }
        showsConclusion = includes.contains(.concluded)
    }

    func write(_ course: CourseRecord, isStaff: Bool, _ json: inout JSONWriter) {
        if let terms {
            json.name("term")
            if let term = terms[course.term] { term.write(&json, withSIS: isStaff) } else { json.null() }
        }
        if let teachers {
            json.array("teachers", of: teachers[course.id] ?? []) { json, teacher in
                json.object { json in
                    json.member("id", teacher.id)
                    json.member("display_name", teacher.name)
                }
            }
        }
        if let counts { json.member("total_students", counts[course.id] ?? 0) }
        if let sections {
            json.array("sections", of: sections[course.id] ?? []) { json, section in
                json.object { json in
                    json.member("id", section.id)
                    json.member("name", section.name)
                    json.timeOrNull("start_at", section.startAt)
                    json.timeOrNull("end_at", section.endAt)
                }
            }
        }
        if let accounts {
            json.name("account")
            if let account = accounts[course.account] { account.write(&json) } else { json.null() }
        }
        if let syllabi { json.orNull("syllabus_body", syllabi[course.id]) }
        if showsConclusion {
            json.member(
                "concluded", course.course.state == .completed || course.endAt.map { $0 < now } ?? false)
        }
    }
}
