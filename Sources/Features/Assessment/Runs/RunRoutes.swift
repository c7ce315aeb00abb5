import Courses
import HTTPTypes
import JSON
import Postgres
import Tenancy
import WebServer

/// Runs of a class, and the REST twin of `quiz.answer`.
struct RunRoutes: Sendable {
    let classes: any LiveClassLookup

    /// The course of the class that the path names.
    func course(_ call: Call) async throws -> Int64? {
        try await classes.course(
            ofClass: try call.request.id("live_class_id"), in: call.institution, context: call.context)
    }

    /// `GET /api/v1/live_classes/:live_class_id/quiz_runs`.
    ///
    /// `answered` and `expected` are for staff at any time, for students once the results are revealed.
    func list(_ call: CourseCall) async throws -> WebResponse {
        let (institution, membership) = (call.institution, call.membership)
        let id = try call.request.id("live_class_id")
        let reader = RunReader(pool: call.pool)
        let runs = try await reader.runs(ofClass: id, in: institution)
        let counts = try await reader.counts(of: runs, course: membership.course.id, in: institution)
        let own = try await reader.answers(of: call.principal.user, inClass: id, in: institution)
        let answers = Dictionary(own.map { ($0.run, $0) }) { first, _ in first }
        return .json { json in
            json.array(of: runs) { json, run in
                let isCounted = membership.isStaff || run.state == .revealed
                json.object { json in
                    write(run, &json)
                    if isCounted {
                        json.member("answered", counts.answered[run.id] ?? 0)
                        json.member("expected", counts.expected)
                    }
                    json.member("results", run.results)
                    if let answer = answers[run.id] {
                        json.name("my_answer")
                        answer.write(&json)
                    }
                }
            }
        }
    }

    /// `POST /api/v1/live_classes/:live_class_id/quiz_runs/:id/answers`: the REST twin of `quiz.answer`.
    ///
    /// Fields and results are those of the RPC; the key comes from the body or from `Idempotency-Key`. 201 recorded,
    /// 200 duplicate, 409 refused, 422 for a key that was used otherwise.
    func answer(_ call: CourseCall) async throws -> WebResponse {
        let (request, context, principal) = (call.request, call.context, call.principal)
        let id = try request.id("live_class_id")
        guard
            await classes.mayAnswer(principal.user, inClass: id, in: principal.institution, context: context)
        else { throw WebError.forbidden }
        let run = try request.id("id")
        let fields = try request.fields()
        let submission = try AnswerSubmission(
            fields, run: run, key: try key(fields, request), liveClass: id, user: principal.user,
            institution: principal.institution, receivedAt: request.receivedAt)
        let outcome = await context.service(AnswerIntake.self).record(submission, loop: context.loop)
        switch outcome {
        case .unavailable(let milliseconds):
            throw WebError.unavailable(retryAfter: max(1, milliseconds / 1000))
        case .recorded: return .json(outcome.result ?? .null, status: .created)
        case .duplicate: return .json(outcome.result ?? .null)
        case .refused(.keyReused, _): return .json(outcome.result ?? .null, status: .unprocessableContent)
        case .refused: return .json(outcome.result ?? .null, status: .conflict)
        }
    }

    private func key(_ fields: JSONFields, _ request: WebRequest) throws -> PostgresUUID {
        let header = HTTPField.Name("Idempotency-Key").flatMap { request.headers[$0] }
        guard let text = try fields.optionalString("key", max: 36) ?? header else {
            throw fields.error("key", .missing)
        }
        guard let key = PostgresUUID(text) else { throw fields.error("key", .wrongKind(wanted: "a UUID")) }
        return key
    }

    private func write(_ run: QuizRun, _ json: inout JSONWriter) {
        json.member("id", run.id)
        json.member("class_id", run.liveClass)
        json.member("quiz_id", run.quiz)
        json.member("quiz_title", run.quizTitle)
        json.member("number", run.number)
        json.name("question")
        run.question.writeForStudents(&json)
        json.member("workflow_state", run.state.rawValue)
        json.member("answer_change", run.answerChange.rawValue)
        json.optional("seconds", run.seconds)
        json.time("opened_at", run.openedAt)
        json.time("deadline_at", run.deadlineAt)
        json.time("closed_at", run.closedAt)
        json.time("revealed_at", run.revealedAt)
    }
}

extension JSONWriter {
    /// Writes a time as the REST surface has it; `null` when there is none.
    mutating func time(_ name: String, _ milliseconds: Int64?) {
        if let milliseconds {
            member(name, ISO8601.text(milliseconds: milliseconds))
        } else {
            nullMember(name)
        }
    }
}
