package import JSON
import Postgres

/// Whether a student may change an answer.
package enum AnswerChange: String, Hashable, Sendable, CaseIterable {
    /// The first answer counts.
    case never
    /// The answer with the highest sequence counts.
    case untilClose = "until_close"
}

/// One question asked once in one class.
///
/// All times are milliseconds since 1970.
package struct QuizRun: Hashable, Sendable {
    package enum State: String, Hashable, Sendable {
        case open, closed, revealed
    }

    package let id: Int64
    package let liveClass: Int64
    package let course: Int64
    package let quiz: Int64
    package let quizTitle: String
    /// From 1 within the class.
    package let number: Int64
    /// The question as it was asked.
    package let question: AskedQuestion
    /// How long it may be answered; `nil` until somebody closes it.
    package let seconds: Int64?
    package let answerChange: AnswerChange
    package let openedAt: Int64
    package let deadlineAt: Int64?
    package let closedAt: Int64?
    package let revealedAt: Int64?
    /// The object of the results, once they are revealed: the fields of `quiz.revealed`.
    package let results: RawJSON?

    package var state: State { revealedAt != nil ? .revealed : closedAt != nil ? .closed : .open }
}

extension QuizRun {
    /// Writes the members of `quiz.opened` into an open object.
    ///
    /// Never the solution.
    package func writeOpened(_ json: inout JSONWriter) {
        json.member("run", id)
        json.member("number", number)
        json.name("question")
        question.writeForStudents(&json)
        json.object("quiz") { json in
            json.member("id", quiz)
            json.member("title", quizTitle)
        }
        json.optional("seconds", seconds)
        json.member("opened_at", openedAt)
        json.optional("deadline_at", deadlineAt)
        json.member("answer_change", answerChange.rawValue)
    }

    /// The run as the snapshot of `quiz:<c>` holds it: the members of `quiz.opened`, its state, and what is revealed.
    package var snapshot: RawJSON {
        RawJSON { json in
            json.object { json in
                writeOpened(&json)
                json.member("state", state.rawValue)
                json.member("closed_at", closedAt)
                json.member("revealed", results)
            }
        }
    }

    /// Reads a row of ``RunQueries/columns``.
    init(_ row: Row) throws(PostgresError) {
        guard let question = AskedQuestion(snapshot: try row.bytes(6)) else {
            throw .decoding(.init(column: "question", expected: "a question", type: 0))
        }
        let results: RawJSON?
        do {
            results = try row.bytesOrNil(13).map { bytes throws(JSONError) in try RawJSON(validating: bytes) }
        } catch let error as PostgresError {
            throw error
        } catch {
            throw .decoding(.init(column: "results", expected: "JSON", type: 0))
        }
        self.init(
            id: try row.int(0), liveClass: try row.int(1), course: try row.int(2), quiz: try row.int(3),
            quizTitle: try row.text(4), number: try row.int(5), question: question,
            seconds: try row.intOrNil(7),
            answerChange: AnswerChange(rawValue: try row.text(8)) ?? .never, openedAt: try row.int(9),
            deadlineAt: try row.intOrNil(10), closedAt: try row.intOrNil(11),
            revealedAt: try row.intOrNil(12),
            results: results)
    }
}

extension JSONWriter {
    /// Writes a member that is `null` when there is no value.
    mutating func optional(_ name: String, _ value: Int64?) {
        if let value { member(name, value) } else { nullMember(name) }
    }
}
