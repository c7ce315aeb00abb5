package import JSON

/// What revealing a run has brought to light.
package struct RevealSummary: Hashable, Sendable {
    /// One student's new total of the quiz.
    package struct Cell: Hashable, Sendable {
        package let user: Int64
        package let score: Double
    }

    package let run: QuizRun
    package let solution: Solution
    package let distribution: AnswerDistribution
    package let answered: Int
    package let expected: Int
    /// Answers that are wholly right.
    package let right: Int
    package let assignment: Int64
    /// Points that the assignment is worth as a whole.
    package let pointsPossible: Double
    /// Everybody whose cell was written, by id.
    package let cells: [Cell]

    /// Writes the members of `quiz.revealed` into an open object.
    package func write(_ json: inout JSONWriter) {
        json.member("run", run.id)
        json.name("correct")
        solution.write(&json)
        json.name("distribution")
        distribution.write(&json)
        json.member("answered", answered)
        json.member("expected", expected)
        json.member("right", right)
    }
}
