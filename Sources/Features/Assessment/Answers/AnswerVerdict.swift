import JSON
import Postgres

/// What the database says of one answer.
struct AnswerVerdict {
    /// What the first who sent it is told.
    let outcome: AnswerOutcome
    /// What the others are told who sent the same at once.
    let repeated: AnswerOutcome
    /// What observers hear; `nil` for a refusal, and for an answer that another one stands against.
    let recorded: RecordedAnswer?

    /// Reads a row of ``AnswerStatements/verdicts``.
    init(_ row: Row, _ asked: GradedAnswer, isRepeated: Bool, now: Int64) throws(PostgresError) {
        let verdict = try row.text(1)
        switch verdict {
        case "recorded", "known":
            let (receipt, answer) = try Self.standing(row)
            // A key that an earlier try of this very batch has written is new to everybody.
            let isNew = verdict == "recorded" || (isRepeated && receipt.at == asked.submission.receivedAt)
            outcome = isNew ? .recorded(receipt) : .duplicate(receipt, answer: answer)
            repeated = .duplicate(receipt, answer: answer)
            recorded = RecordedAnswer(
                submission: AnswerIdentity(
                    institution: asked.submission.institution, liveClass: asked.submission.liveClass,
                    run: receipt.run, user: asked.submission.user),
                answer: answer, at: receipt.at, sequence: receipt.sequence, isNew: isNew)
        case "overtaken":
            let (receipt, answer) = try Self.standing(row)
            outcome = .duplicate(receipt, answer: answer)
            repeated = outcome
            recorded = nil
        default:
            // Undecided is what changed between the two statements: the next try will tell.
            outcome =
                AnswerOutcome.Refusal(rawValue: verdict).map { .refused($0, at: now) }
                ?? .unavailable(retryAfter: AnswerIntakeCore.retryAfter)
            repeated = outcome
            recorded = nil
        }
    }

    private static func standing(
        _ row: Row
    ) throws(PostgresError) -> (receipt: AnswerOutcome.Receipt, answer: RawJSON) {
        guard let answer = try? RawJSON(validating: try row.bytes(6)) else {
            throw .decoding(.init(column: "answer", expected: "JSON", type: 0))
        }
        let receipt = AnswerOutcome.Receipt(
            id: try row.int(2), run: try row.int(3), sequence: try row.int(4), at: try row.int(5))
        return (receipt, answer)
    }
}
