import Courses
import HTTPTypes
import JSON
import Postgres
import Tenancy
import WebServer

/// Quizzes, for a course's staff.
enum QuizRoutes {
    /// `GET /api/v1/courses/:course_id/quizzes`.
    static func list(_ call: CourseCall) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let rows = try await call.query(
            QuizQueries.list, [call.courseValue, paging.start, paging.limit, paging.skip])
        return .page(try rows.map(QuizQueries.quiz), paging, for: call.request, id: \.id) { write($1, &$0) }
    }

    /// `POST /api/v1/courses/:course_id/quizzes`: `title` and `due_at`, also as `quiz[title]`.
    static func create(_ call: CourseCall) async throws -> WebResponse {
        let fields = try call.request.fields().unwrapped("quiz")
        let title = try fields.string("title", in: 1...255)
        let dueAt = try fields.timeChange("due_at") ?? nil
        do {
            return try await call.commit { transaction in
                let created = try await QuizBank.create(
                    title: title, dueAt: dueAt, course: call.course, in: call.institution, transaction)
                let rows = try await transaction.query(
                    QuizQueries.show, [call.tenant, call.courseValue, .int(created.quiz)])
                guard let quiz = try rows.first.map(QuizQueries.quiz) else { throw WebError.notFound }
                return .json(status: .created) { write(quiz, &$0) }
            }
        } catch let error as QuizBank.Failure { throw error.asAnswer }
    }

    /// `GET /api/v1/courses/:course_id/quizzes/:id`.
    static func show(_ call: CourseCall) async throws -> WebResponse {
        let quiz = try await find(try call.request.id("id"), call)
        return .json { write(quiz, &$0) }
    }

    /// A quiz of the course.
    static func find(_ id: Int64, _ call: CourseCall) async throws -> Quiz {
        let rows = try await call.query(QuizQueries.show, [call.courseValue, .int(id)])
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
            json.time("due_at", quiz.dueAt)
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
