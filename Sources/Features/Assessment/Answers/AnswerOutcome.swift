package import JSON
package import Tenancy

/// What became of an answer.
///
/// Told after commit, never before.
package enum AnswerOutcome: Hashable, Sendable {
    /// Where an answer stands.
    package struct Receipt: Hashable, Sendable {
        /// The answer's id as a submission.
        package let id: Int64
        package let run: Int64
        package let sequence: Int64
        /// When it was read, in milliseconds since 1970.
        package let at: Int64
    }

    /// Why an answer was not taken; the raw value is a result's `reason`.
    package enum Refusal: String, Hashable, Sendable, CaseIterable {
        /// The class has no such run.
        case notOpen = "not_open"
        /// It came after the end and its grace, or the results are revealed.
        case closed
        /// The user is not an active student of the course.
        case notEnrolled = "not_enrolled"
        /// It is no answer to the run's question.
        case badAnswer = "bad_answer"
        /// It is a change, and this run allows none.
        case attemptsUsed = "attempts_used"
        /// The key was used for another answer.
        case keyReused = "key_reused"
    }

    case recorded(Receipt)
    /// The same was recorded before, or another answer that counts stands against it: this is that answer.
    case duplicate(Receipt, answer: RawJSON)
    /// The change was not made; `at` is the server's clock.
    case refused(Refusal, at: Int64)
    /// Nothing is known to be written; the same key may be sent again, after so many milliseconds.
    case unavailable(retryAfter: Int)
}

extension AnswerOutcome {
    /// The result that RPC and REST answer with; `nil` when the answer is unavailable, which each says in its own way.
    package var result: RawJSON? {
        switch self {
        case .recorded(let receipt): Self.result("recorded", receipt, nil)
        case .duplicate(let receipt, let answer): Self.result("duplicate", receipt, answer)
        case .refused(let reason, let at):
            RawJSON { json in
                json.object { json in
                    json.member("status", "refused")
                    json.member("reason", reason.rawValue)
                    json.member("at", at)
                }
            }
        case .unavailable: nil
        }
    }

    private static func result(_ status: String, _ receipt: Receipt, _ answer: RawJSON?) -> RawJSON {
        RawJSON { json in
            json.object { json in
                json.member("status", status)
                json.member("id", receipt.id)
                json.member("at", receipt.at)
                json.member("run", receipt.run)
                json.member("sequence", receipt.sequence)
                json.member("answer", answer)
            }
        }
    }
}

/// An answer that was committed, as whoever watches the intake hears of it.
package struct RecordedAnswer: Hashable, Sendable {
    /// Whose answer to what it is.
    package let submission: AnswerIdentity
    /// The answer that counts.
    package let answer: RawJSON
    /// When it was read, in milliseconds since 1970.
    package let at: Int64
    package let sequence: Int64
    /// `false` for a key that was seen before: nothing has changed, except that the first time may have gone unheard
    /// when the connection to the database was lost.
    package let isNew: Bool
}

/// Whose answer to what.
package struct AnswerIdentity: Hashable, Sendable {
    package let institution: InstitutionID
    package let liveClass: Int64
    package let run: Int64
    package let user: Int64
}
