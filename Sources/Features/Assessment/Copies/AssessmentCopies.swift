package import Courses

/// What of this feature copies of courses bring along.
package enum AssessmentCopies {
    /// The late policy, assignments, then the quizzes that they are of, then their questions.
    package static let all: [any CopyPart] = [LatePolicyCopy(), AssignmentCopy(), QuizCopy(), QuestionCopy()]
}
