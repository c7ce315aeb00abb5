import JSON

/// Users to be enrolled in courses, each in each.
struct BulkEnrollment: Hashable, Sendable {
    /// Pairs of a user and a course at most, as in Canvas.
    static let mostPairs = 500

    let users: NamedThings
    let courses: NamedThings
    let type: EnrollmentType
    let state: EnrollmentRecord.State
    /// The section of the one course; `nil` for each course's first.
    let section: Int64?

    private static let states: [EnrollmentRecord.State] = [.active, .invited, .inactive]

    /// Reads `user_ids[]`, `course_ids[]`, `enrollment_type`, `enrollment_state` and `course_section_id`.
    ///
    /// - Throws: An error that names the member.
    init(_ fields: JSONFields) throws(FieldError) {
        users = try NamedThings("user_ids", kind: "sis_user_id", in: fields, atMost: Self.mostPairs)
        courses = try NamedThings("course_ids", kind: "sis_course_id", in: fields, atMost: Self.mostPairs)
        guard users.written.count * courses.written.count <= Self.mostPairs else {
            throw fields.error(
                "user_ids", .other("and course_ids must make \(Self.mostPairs) pairs at most"))
        }
        let types = EnrollmentType.allCases.map(\.rawValue)
        type =
            try fields.optionalString("enrollment_type", oneOf: types).flatMap(
                EnrollmentType.init(rawValue:))
            ?? .student
        state =
            try fields.optionalString("enrollment_state", oneOf: Self.states.map(\.rawValue)).flatMap(
                EnrollmentRecord.State.init(rawValue:)) ?? .active
        section = try fields.optionalID("course_section_id")
        guard section == nil || courses.written.count == 1 else {
            throw fields.error("course_section_id", .other("is for one course only"))
        }
    }

    /// What the job is told; ``init(_:)`` reads it again.
    var payload: JSONValue {
        [
            "user_ids": .array(users.written.map { .string($0) }),
            "course_ids": .array(courses.written.map { .string($0) }),
            "enrollment_type": .string(type.rawValue), "enrollment_state": .string(state.rawValue),
            "course_section_id": section.map { .int($0) } ?? .null,
        ]
    }

    // MARK: Deciding

    /// A course as it was found.
    struct FoundCourse: Hashable, Sendable {
        /// `nil` when the account has no such course.
        var id: Int64?
        /// The section that takes who is enrolled; `nil` when there is none.
        var section: Int64?
    }

    /// A pair that is to be enrolled.
    struct Pair: Hashable, Sendable {
        var course: Int64
        var section: Int64
        var user: Int64
    }

    /// A pair that cannot be enrolled, as it was written, and why.
    struct Refusal: Hashable, Sendable {
        var user: String
        var course: String
        var message: String
    }

    /// Says which pairs can be enrolled, and why the others cannot.
    ///
    /// - Parameters:
    ///   - found: The users' ids in the order of ``users``; `nil` for who is not there.
    ///   - known: The courses in the order of ``courses``.
    /// - Returns: Each pair once, on one side.
    func judge(users found: [Int64?], courses known: [FoundCourse]) -> (
        pairs: [Pair], refusals: [Refusal]
    ) {
        var pairs: Set<Pair> = []
        var ordered: [Pair] = []
        var refusals: [Refusal] = []
        for (courseText, course) in zip(courses.written, known) {
            for (userText, user) in zip(users.written, found) {
                func refuse(_ message: String) {
                    refusals.append(Refusal(user: userText, course: courseText, message: message))
                }
                guard let courseID = course.id else {
                    refuse("The account has no such course.")
                    continue
                }
                guard let section = course.section else {
                    refuse(
                        self.section == nil
                            ? "The course has no section." : "The course has no such section.")
                    continue
                }
                guard let user else {
                    refuse("The institution has no such user.")
                    continue
                }
                let pair = Pair(course: courseID, section: section, user: user)
                if pairs.insert(pair).inserted { ordered.append(pair) }
            }
        }
        return (ordered, refusals)
    }
}
