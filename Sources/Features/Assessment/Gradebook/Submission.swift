import JSON
import Postgres
import Tenancy

/// One student's submission of one assignment, as Canvas has it; the answers of live quizzes make it up.
struct Submission {
    /// Where it stands.
    enum State: String {
        case unsubmitted, submitted, graded
        case pendingReview = "pending_review"
    }

    let assignment: Int64
    let user: Int64
    let score: Double?
    let state: State
    let submittedAt: Int64?
    let gradedAt: Int64?

    /// Reads a row of ``GradebookQueries/submissions``.
    init(_ row: Row) throws(PostgresError) {
        assignment = try row.int(0)
        user = try row.int(1)
        score = try row.doubleOrNil(2)
        submittedAt = try row.intOrNil(4)
        gradedAt = try row.intOrNil(5)
        let graded = try row.textOrNil(3).flatMap(State.init(rawValue:))
        state = graded ?? (submittedAt == nil ? .unsubmitted : .submitted)
    }

    /// Writes the submission; `answers` only when they were asked for.
    func write(_ json: inout JSONWriter, answers: [SubmittedAnswer]?) {
        json.object { json in
            json.member("assignment_id", assignment)
            json.member("user_id", user)
            if let score {
                json.member("score", score)
                json.member("grade", JSONNumber(score)?.text)
            } else {
                json.nullMember("score")
                json.nullMember("grade")
            }
            json.member("workflow_state", state.rawValue)
            if state == .unsubmitted {
                json.nullMember("submission_type")
                json.nullMember("attempt")
            } else {
                json.member("submission_type", "online_quiz")
                json.member("attempt", 1)
            }
            json.time("submitted_at", submittedAt)
            json.time("graded_at", gradedAt)
            if let answers {
                json.array("answers", of: answers) { $1.write(&$0) }
            }
        }
    }
}

/// One answer within a submission.
struct SubmittedAnswer {
    let assignment: Int64
    let user: Int64
    let run: Int64
    let question: AskedQuestion
    let answer: JSONValue
    let receivedAt: Int64
    /// `nil` until the results are revealed.
    let score: Double?
    /// `nil` until the results are revealed, and for a question without a right answer.
    let isRight: Bool?

    /// Reads a row of ``GradebookQueries/answers``.
    init(_ row: Row) throws(PostgresError) {
        assignment = try row.int(0)
        user = try row.int(1)
        run = try row.int(2)
        guard let question = AskedQuestion(snapshot: try row.bytes(3)),
            let answer = try? JSONReader.read(try row.bytes(4))
        else { throw .decoding(.init(column: "question", expected: "a question and an answer", type: 0)) }
        self.question = question
        self.answer = answer
        receivedAt = try row.int(5)
        score = try row.doubleOrNil(6)
        isRight = try row.boolOrNil(7)
    }

    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("question_id", question.id)
            json.member("run_id", run)
            json.member("question_type", question.question.type.rawValue)
            json.member("question_text", question.question.text)
            json.member("answer", answer)
            json.name("answer_text")
            writeText(&json)
            json.time("received_at", receivedAt)
            json.member("points_possible", question.question.points)
            json.member("score", score)
            json.member("correct", isRight)
        }
    }

    /// What people read: a string, or a list of them where several answers could be chosen.
    private func writeText(_ json: inout JSONWriter) {
        let choices = question.question.choices
        func text(_ value: JSONValue) -> String {
            choices.first { $0.id == value.number?.int64 }?.text ?? value.string ?? value.number?.text ?? ""
        }
        if let several = answer.array {
            json.array(of: several) { $0.string(text($1)) }
        } else {
            json.string(text(answer))
        }
    }
}
