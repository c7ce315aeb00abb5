package import Postgres

/// What this feature's tables are to people's privacy: an institution has to be able to show what it graded and how, so results
/// and the answers that they rest on stay under a pseudonym.
package enum AssessmentTables {
    private static let record = "The institution's record of results, under a pseudonym."

    /// All of them.
    package static let all: [TableDeclaration] = [
        .impersonal("assignments"),
        .impersonal("late_policies"),
        .impersonal("quizzes"),
        .impersonal("quiz_questions"),
        .personal("grade_cells", people: ["user_id"], erasure: .keep(record)),
        .personal("quiz_runs", people: ["opened_by"], erasure: .keep("The institution's teaching material.")),
        .personal("quiz_answers", people: ["user_id"], secrets: ["key", "digest"], erasure: .keep(record)),
    ]
}
