package import JSON
package import Postgres
package import Tenancy

/// An answer on its way to be recorded, as the client sent it.
package struct AnswerSubmission: Sendable {
    /// The highest sequence that an answer may have: how often one may change one's mind.
    package static let mostChanges = 1000

    package let institution: InstitutionID
    package let liveClass: Int64
    package let user: Int64
    package let run: Int64
    package let question: Int64
    /// The client's key, scoped to institution, class and user.
    package let key: PostgresUUID
    /// The answer, in whatever shape it came.
    package let answer: JSONValue
    /// 0 for the first answer, more for a change.
    package let sequence: Int64
    /// When the frame or the body was read, in milliseconds since 1970; it alone decides whether the answer is in time.
    package let receivedAt: Int64

    package init(
        institution: InstitutionID, liveClass: Int64, user: Int64, run: Int64, question: Int64,
        key: PostgresUUID,
        answer: JSONValue, sequence: Int64 = 0, receivedAt: Int64
    ) {
        self.institution = institution
        self.liveClass = liveClass
        self.user = user
        self.run = run
        self.question = question
        self.key = key
        self.answer = answer
        self.sequence = sequence
        self.receivedAt = receivedAt
    }

    /// Reads the members that the RPC and its REST twin share: `question`, `answer`, `sequence`.
    ///
    /// - Parameters:
    ///   - fields: The command's data, or the request's body.
    ///   - run: The run, from the command's data or from the path.
    ///   - key: The key, from the data or from the header `Idempotency-Key`.
    ///   - liveClass: The class, from the command's data or from the path.
    ///   - user: Who answers.
    ///   - institution: The user's institution.
    ///   - receivedAt: When the frame or the body was read.
    /// - Throws: ``FieldError`` for a member that is missing or wrong.
    package init(
        _ fields: JSONFields, run: Int64, key: PostgresUUID, liveClass: Int64, user: Int64,
        institution: InstitutionID, receivedAt: Int64
    ) throws(FieldError) {
        let answer = try fields.value("answer")
        self.init(
            institution: institution, liveClass: liveClass, user: user, run: run,
            question: try fields.id("question"),
            key: key, answer: answer,
            sequence: Int64(try fields.optionalInt("sequence", in: 0...Self.mostChanges) ?? 0),
            receivedAt: receivedAt)
    }
}
