import JSON
import Postgres
import Tenancy
import WebServer

/// Which courses a list holds, as its query says.
struct CourseFilter {
    /// Whose courses; `nil` for all.
    let user: Int64?
    /// The account whose courses, and those of accounts below it; `nil` for all.
    var account: Int64?
    /// The term's id; `nil` for all.
    var term: Int64?
    private var states: [String]
    private var types: [EnrollmentType]
    private var enrollmentState: String?
    private let pattern: String?
    private let isPublished: Bool?
    private let teachers: [Int64]?

    private static let all = Course.State.allCases.map(\.rawValue)

    /// Reads `state[]`, `enrollment_type`, `enrollment_state`, `search_term`, `published` and `by_teachers[]`.
    ///
    /// - Throws: An error that names what cannot be understood.
    init(_ call: Call, of user: Int64?) throws {
        let query = try call.request.queryFields()
        self.user = user
        var states = try query.texts("state", atMost: 10)
        for state in states where !(Self.all + ["all", "created", "claimed"]).contains(state) {
            throw query.error("state", .notOneOf(Self.all + ["all"]))
        }
        // Canvas's finer names for what is not published.
        states = states.map { $0 == "created" || $0 == "claimed" ? Course.State.unpublished.rawValue : $0 }
        self.states = states.isEmpty || states.contains("all") ? Self.all : states
        types = EnrollmentType.allCases
        if let text = try query.optionalString("enrollment_type", max: 20) {
            guard let type = EnrollmentType(shortName: text) else {
                throw query.error(
                    "enrollment_type", .notOneOf(EnrollmentType.allCases.map(\.shortName)))
            }
            types = [type]
        } else if let text = try query.optionalString("enrollment_role", max: 40) {
            types = EnrollmentType(rawValue: text).map { [$0] } ?? []
        }
        enrollmentState = try query.optionalString(
            "enrollment_state", oneOf: ["active", "invited_or_pending", "completed"])
        pattern = try SearchTerm(query)?.pattern
        isPublished = try query.optionalBool("published")
        teachers = query.has("by_teachers") ? try query.ids("by_teachers", in: 0...100) : nil
    }

    /// The parameters from `$2` on of ``CourseQueries/list``.
    func values(_ paging: Paging) -> [PostgresValue] {
        [
            .int(user), paging.start, paging.limit, paging.skip, .textArray(states),
            .textArray(types.map(\.rawValue)), .text(enrollmentState), .int(term), .int(account),
            .text(pattern), .bool(isPublished), teachers.map { .intArray($0) } ?? .null,
        ]
    }
}
