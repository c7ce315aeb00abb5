import Courses
import HTTPTypes
import JSON
import Postgres
import Tenancy
import WebServer

/// A quiz's questions, with their solutions, for a course's staff.
enum QuestionRoutes {
    /// `GET …/questions`.
    static func list(_ call: CourseCall) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let quiz = try await QuizRoutes.find(try call.request.id("quiz_id"), call)
        let rows = try await call.query(
            QuizQueries.questions, [.int(quiz.id), .int(paging.after), paging.limit, paging.skip])
        return .page(try rows.map(QuizQueries.question), paging, for: call.request, id: \.id) {
            write($1, &$0)
        }
    }

    /// `GET …/questions/:id`.
    static func show(_ call: CourseCall) async throws -> WebResponse {
        let quiz = try await QuizRoutes.find(try call.request.id("quiz_id"), call)
        let rows = try await call.query(
            QuizQueries.question, [.int(quiz.id), .int(try call.request.id("id"))])
        guard let question = try rows.first.map(QuizQueries.question) else { throw WebError.notFound }
        return .json { write(question, &$0) }
    }

    /// `POST …/questions`: a question in Canvas's shape, also wrapped as `question[…]`.
    static func create(_ call: CourseCall) async throws -> WebResponse {
        let quiz = try call.request.id("quiz_id")
        let question = try Question(try fields(call.request), naming: .canvas)
        do {
            return try await call.commit { transaction in
                let added = try await QuizBank.add(
                    question, quiz: quiz, course: call.course, in: call.institution, transaction)
                return .json(status: .created) { write(added, &$0) }
            }
        } catch let error as QuizBank.Failure { throw error.asAnswer }
    }

    /// `PUT …/questions/:id`: members that are left out stay as they are.
    static func update(_ call: CourseCall) async throws -> WebResponse {
        let (quiz, id) = (try call.request.id("quiz_id"), try call.request.id("id"))
        let changes = try fields(call.request)
        do {
            let updated = try await QuizBank(pool: call.pool)
                .update(id, quiz: quiz, course: call.course, in: call.institution) { present in
                    try merged(present.question, with: changes)
                }
            return .json { write(updated, &$0) }
        } catch let error as QuizBank.Failure { throw error.asAnswer }
    }

    /// `DELETE …/questions/:id`; 409 when it was asked in a class.
    static func delete(_ call: CourseCall) async throws -> WebResponse {
        do throws(QuizBank.Failure) {
            try await QuizBank(pool: call.pool).delete(
                try question(call.request), quiz: try quiz(call.request), course: call.course,
                in: call.institution)
            return .noContent
        } catch { throw error.asAnswer }
    }

    private static func quiz(_ request: WebRequest) throws(QuizBank.Failure) -> Int64 {
        guard let id = try? request.id("quiz_id") else { throw .unknown }
        return id
    }

    private static func question(_ request: WebRequest) throws(QuizBank.Failure) -> Int64 {
        guard let id = try? request.id("id") else { throw .unknown }
        return id
    }

    private static func fields(_ request: WebRequest) throws -> JSONFields {
        let fields = try request.fields()
        return try fields.optionalFields("question") ?? fields
    }

    /// The present question with what was sent laid over it.
    private static func merged(_ present: Question, with changes: JSONFields) throws(FieldError) -> Question {
        let written = RawJSON { $0.object { present.writeWithSolution(&$0, naming: .canvas) } }
        guard case .object(var object)? = try? JSONReader.read(written) else {
            throw changes.error("question_type", .other("cannot be changed"))
        }
        for member in changes.object.members where object[member.name] != nil && !member.value.isNull {
            object.set(member.name, member.value)
        }
        return try Question(
            JSONFields(object, path: changes.path, isLenient: changes.isLenient), naming: .canvas)
    }

    private static func write(_ question: QuizQuestion, _ json: inout JSONWriter) {
        json.object { json in
            json.member("id", question.id)
            json.member("quiz_id", question.quiz)
            json.member("position", question.position)
            question.question.writeWithSolution(&json, naming: .canvas)
        }
    }
}
