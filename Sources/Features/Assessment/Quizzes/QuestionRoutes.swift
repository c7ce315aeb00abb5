import HTTPTypes
import JSON
import Postgres
import Tenancy
import WebServer

/// A quiz's questions, with their solutions, for a course's staff.
enum QuestionRoutes {
    /// `GET …/questions`.
    static func list(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let (principal, course) = try await QuizRoutes.member(request, context, .listQuestions)
        let paging = try Paging(request)
        let quiz = try await QuizRoutes.find(try request.id("quiz_id"), course, principal, context)
        let rows = try await context.pool.query(
            QuizQueries.questions,
            [
                .int(principal.institution.rawValue), .int(quiz.id), .int(paging.after),
                .int(Int64(paging.size + 1)),
            ],
            tenant: principal.institution)
        let questions = try rows.prefix(paging.size).map(QuizQueries.question)
        var response = WebResponse.json { json in
            json.array(of: questions) { write($1, &$0) }
        }
        response.setLink(paging.link(for: request, next: rows.count > paging.size ? questions.last?.id : nil))
        return response
    }

    /// `GET …/questions/:question_id`.
    static func show(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let (principal, course) = try await QuizRoutes.member(request, context, .showQuestion)
        let quiz = try await QuizRoutes.find(try request.id("quiz_id"), course, principal, context)
        let rows = try await context.pool.query(
            QuizQueries.question,
            [.int(principal.institution.rawValue), .int(quiz.id), .int(try request.id("question_id"))],
            tenant: principal.institution)
        guard let question = try rows.first.map(QuizQueries.question) else { throw WebError.notFound }
        return .json { write(question, &$0) }
    }

    /// `POST …/questions`: a question in Canvas's shape, also wrapped as `question[…]`.
    static func create(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let (principal, course) = try await QuizRoutes.member(request, context, .createQuestion)
        let quiz = try request.id("quiz_id")
        let question = try Question(try fields(request), naming: .canvas)
        do throws(QuizBank.Failure) {
            let added = try await QuizBank(pool: context.pool)
                .add(question, quiz: quiz, course: course, in: principal.institution)
            return .json(status: .created) { write(added, &$0) }
        } catch { throw error.asAnswer }
    }

    /// `PUT …/questions/:question_id`: members that are left out stay as they are.
    static func update(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let (principal, course) = try await QuizRoutes.member(request, context, .updateQuestion)
        let (quiz, id) = (try request.id("quiz_id"), try request.id("question_id"))
        let changes = try fields(request)
        do {
            let updated = try await QuizBank(pool: context.pool)
                .update(id, quiz: quiz, course: course, in: principal.institution) { present in
                    try merged(present.question, with: changes)
                }
            return .json { write(updated, &$0) }
        } catch let error as QuizBank.Failure { throw error.asAnswer }
    }

    /// `DELETE …/questions/:question_id`; 409 when it was asked in a class.
    static func delete(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let (principal, course) = try await QuizRoutes.member(request, context, .deleteQuestion)
        do throws(QuizBank.Failure) {
            try await QuizBank(pool: context.pool).delete(
                try question(request), quiz: try quiz(request), course: course, in: principal.institution)
            return .noContent
        } catch { throw error.asAnswer }
    }

    private static func quiz(_ request: WebRequest) throws(QuizBank.Failure) -> Int64 {
        guard let id = try? request.id("quiz_id") else { throw .unknown }
        return id
    }

    private static func question(_ request: WebRequest) throws(QuizBank.Failure) -> Int64 {
        guard let id = try? request.id("question_id") else { throw .unknown }
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
            JSONFields(object, path: changes.path, isForm: changes.isForm), naming: .canvas)
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
