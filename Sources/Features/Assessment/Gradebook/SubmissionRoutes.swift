import Courses
import JSON
import Postgres
import Tenancy
import WebServer

/// Submissions: all of them for a course's staff, one's own for students, those of linked children for observers.
enum SubmissionRoutes {
    /// `GET /api/v1/courses/:course_id/students/submissions`, with `student_ids[]`, `assignment_ids[]` and `include[]=answers`.
    ///
    /// A page holds whole students: as many as `per_page` says, each with every assignment asked for.
    static func list(_ call: CourseCall) async throws -> WebResponse {
        let (request, context) = (call.request, call.context)
        let asking = try await Asking(call)
        let paging = try Paging(request)
        let students = try asking.narrowed(to: wanted(request))
        let assignments = try ids(request, "assignment_ids[]")
        let rows = try await context.pool.query(
            GradebookQueries.students,
            [
                asking.tenant, .int(asking.course), asking.sections, students.map { .intArray($0) } ?? .null,
                paging.start, paging.limit, paging.skip,
            ],
            tenant: asking.institution)
        let page = try rows.prefix(paging.size).map { try $0.int(0) }
        let withAnswers = request.queryValues("include[]").contains("answers")
        var response = try await answer(
            students: page, assignments: assignments, withAnswers: withAnswers, asking, context)
        response.setLink(paging.link(for: request, next: rows.count > paging.size ? page.last : nil))
        return response
    }

    /// `GET /api/v1/courses/:course_id/assignments/:assignment_id/submissions/:user_id`; `self` is oneself.
    static func show(_ call: CourseCall) async throws -> WebResponse {
        let (request, context) = (call.request, call.context)
        let asking = try await Asking(call)
        let user = try await UserLookup(call.call).find(request.parameters["user_id"] ?? "")
        let assignment = try request.id("assignment_id")
        guard asking.visible?.contains(user) ?? true else { throw WebError.forbidden }
        let rows = try await context.pool.query(
            GradebookQueries.students,
            [
                asking.tenant, .int(asking.course), asking.sections, .intArray([user]), .int(0), .int(1),
                .int(0),
            ],
            tenant: asking.institution)
        guard !rows.isEmpty else { throw WebError.notFound }
        let found = try await submissions(students: [user], assignments: [assignment], asking, context)
        guard let submission = found.first else { throw WebError.notFound }
        guard request.queryValues("include[]").contains("answers") else {
            return .json { submission.write(&$0, answers: nil) }
        }
        let answers = try await answers(students: [user], assignments: [assignment], asking, context)
        return .json { submission.write(&$0, answers: answers) }
    }

    // MARK: What is asked

    /// `student_ids[]`; `nil` for all.
    private static func wanted(_ request: WebRequest) throws -> [Int64]? {
        let values = request.queryValues("student_ids[]")
        if values.contains("all") { return nil }
        return try ids(request, "student_ids[]")
    }

    /// The ids of a query item; `nil` when there are none.
    private static func ids(_ request: WebRequest, _ name: String) throws -> [Int64]? {
        let values = request.queryValues(name)
        guard !values.isEmpty else { return nil }
        return try values.map { text in
            guard let id = Int64(text), (1...JSONFields.largestID).contains(id) else {
                throw WebError.badRequest("\(name) must be ids.", field: name)
            }
            return id
        }
    }

    /// Who asks, and whose submissions they may see.
    private struct Asking {
        let institution: InstitutionID
        let user: Int64
        let course: Int64
        /// The students that may be seen; `nil` for all.
        let visible: Set<Int64>?
        /// The sections whose students may be seen, as a parameter.
        let sections: PostgresValue

        var tenant: PostgresValue { .int(institution.rawValue) }

        init(_ call: CourseCall) async throws {
            institution = call.institution
            user = call.principal.user
            course = call.course
            visible =
                switch call.membership.role {
                case .staff: nil
                case .student: [call.principal.user]
                case .observer: Set(try await UserLookup(call.call).children())
                }
            sections = call.isStaff ? call.visibleSections : .null
        }

        /// The students asked for, cut to those that may be seen; `nil` for all.
        ///
        /// - Throws: 403 when somebody is named who may not be seen.
        func narrowed(to wanted: [Int64]?) throws -> [Int64]? {
            guard let visible else { return wanted }
            guard let wanted else { return visible.sorted() }
            guard visible.isSuperset(of: wanted) else { throw WebError.forbidden }
            return wanted
        }
    }

    // MARK: What is answered

    private static func answer(
        students: [Int64], assignments: [Int64]?, withAnswers: Bool, _ asking: Asking, _ context: WebContext
    ) async throws -> WebResponse {
        let found = try await submissions(students: students, assignments: assignments, asking, context)
        var byPlace: [Place: [SubmittedAnswer]] = [:]
        if withAnswers {
            for answer in try await answers(students: students, assignments: assignments, asking, context) {
                byPlace[Place(answer.assignment, answer.user), default: []].append(answer)
            }
        }
        return .json { json in
            json.array(of: found) { json, submission in
                let answers = byPlace[Place(submission.assignment, submission.user)] ?? []
                submission.write(&json, answers: withAnswers ? answers : nil)
            }
        }
    }

    private static func submissions(
        students: [Int64], assignments: [Int64]?, _ asking: Asking, _ context: WebContext
    ) async throws -> [Submission] {
        try await rows(GradebookQueries.submissions, students, assignments, asking, context).map(
            Submission.init)
    }

    private static func answers(
        students: [Int64], assignments: [Int64]?, _ asking: Asking, _ context: WebContext
    ) async throws -> [SubmittedAnswer] {
        try await rows(GradebookQueries.answers, students, assignments, asking, context).map(
            SubmittedAnswer.init)
    }

    private static func rows(
        _ statement: Statement, _ students: [Int64], _ assignments: [Int64]?, _ asking: Asking,
        _ context: WebContext
    ) async throws -> Rows {
        try await context.pool.query(
            statement,
            [
                asking.tenant, .int(asking.course), .intArray(students),
                assignments.map { .intArray($0) } ?? .null,
            ],
            tenant: asking.institution)
    }

    private struct Place: Hashable {
        let assignment: Int64
        let user: Int64

        init(_ assignment: Int64, _ user: Int64) {
            self.assignment = assignment
            self.user = user
        }
    }
}
