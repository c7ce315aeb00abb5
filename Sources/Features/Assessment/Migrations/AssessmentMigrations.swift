package import Postgres

/// The schema of this feature: numbers 200 to 299.
package enum AssessmentMigrations {
    /// All of them, in order.
    package static let all: [Migration] = [
        Migration(number: 200, name: "quizzes", sql: m0200Quizzes),
        Migration(number: 201, name: "quiz_runs", sql: m0201QuizRuns),
        Migration(number: 210, name: "due_dates", sql: m0210DueDates),
        Migration(number: 211, name: "late_policies", sql: m0211LatePolicies),
        Migration(number: 290, name: "searched_assignments", sql: m0290SearchedAssignments),
    ]
}
