import Courses
import HTTPTypes
import JSON
import Postgres
import Tenancy
import WebServer

/// Quizzes, for a course's staff.
enum QuizRoutes {
    /// `GET /api/v1/courses/:id/quizzes`.
    static func list(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let (principal, course) = try await member(request, context, .listQuizzes)
        let paging = try Paging(request)
        let rows = try await context.pool.query(
            QuizQueries.list,
            [
                .int(principal.institution.rawValue), .int(course), .int(paging.after ?? 0),
                .int(Int64(paging.size + 1)),
            ],
            tenant: principal.institution)
        let quizzes = try rows.prefix(paging.size).map(QuizQueries.quiz)
        var response = WebResponse.json { json in
            json.array(of: quizzes) { write($1, &$0) }
        }
        response.setLink(paging.link(for: request, next: rows.count > paging.size ? quizzes.last?.id : nil))
        return response
    }

    /// `POST /api/v1/courses/:id/quizzes`: `{"title"}`, also as `quiz[title]`.
    static func create(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let (principal, course) = try await member(request, context, .createQuiz)
        var fields = try request.fields()
        if let wrapped = try fields.optionalFields("quiz") { fields = wrapped }
        let title = try fields.string("title", in: 1...255)
        let created: QuizBank.Created
        do {
            created = try await QuizBank(pool: context.pool)
                .create(title: title, course: course, in: principal.institution)
        } catch { throw error.asAnswer }
        let quiz = try await find(created.quiz, course, principal, context)
        return .json(status: .created) { write(quiz, &$0) }
    }

    /// `GET /api/v1/courses/:id/quizzes/:quiz_id`.
    static func show(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let (principal, course) = try await member(request, context, .showQuiz)
        let quiz = try await find(try request.id("quiz_id"), course, principal, context)
        return .json { write(quiz, &$0) }
    }

    /// Who asks, and for which course, after the table of permissions has let them pass.
    static func member(
        _ request: WebRequest, _ context: WebContext, _ action: AssessmentPermissions.Action
    ) async throws -> (principal: Principal, course: Int64) {
        let principal = try request.signedIn()
        let course = try request.id("id")
        let membership = try await CourseAccess(pool: context.pool).membership(of: principal, in: course)
        try AssessmentPermissions.require(action, membership.role)
        return (principal, course)
    }

    /// A quiz of the course.
    static func find(
        _ id: Int64, _ course: Int64, _ principal: Principal, _ context: WebContext
    ) async throws -> Quiz {
        let rows = try await context.pool.query(
            QuizQueries.show, [.int(principal.institution.rawValue), .int(course), .int(id)],
            tenant: principal.institution)
        guard let quiz = try rows.first.map(QuizQueries.quiz) else { throw WebError.notFound }
        return quiz
    }

    private static func write(_ quiz: Quiz, _ json: inout JSONWriter) {
        json.object { json in
            json.member("id", quiz.id)
            json.member("title", quiz.title)
            json.member("quiz_type", "graded")
            json.member("points_possible", quiz.points)
            json.member("question_count", quiz.questionCount)
            json.member("published", quiz.isPublished)
            json.member("assignment_id", quiz.assignment)
            json.member("live_class_id", quiz.liveClass)
        }
    }
}

extension QuizBank.Failure {
    /// What a client is told.
    var asAnswer: any Error {
        switch self {
        case .invalid(let field, let message): WebError.invalid(message, field: field)
        case .unknown: WebError.notFound
        case .inUse:
            WebError.conflict(
                "The question was asked in a class and cannot be removed.", code: "question_in_use")
        case .database(let error): error
        }
    }
}
