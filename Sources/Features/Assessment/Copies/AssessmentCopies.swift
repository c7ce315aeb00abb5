package import Courses

/// What of this feature copies of courses bring along.
package enum AssessmentCopies {
    /// Assignments, then the quizzes that they are of, then their questions.
    package static let all: [any CopyPart] = [AssignmentCopy(), QuizCopy(), QuestionCopy()]
}
