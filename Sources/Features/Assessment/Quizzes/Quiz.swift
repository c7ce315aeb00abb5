/// A set of questions of a course, with the assignment that carries its points into the gradebook.
package struct Quiz: Hashable, Sendable {
    package let id: Int64
    package let course: Int64
    package let assignment: Int64
    package let title: String
    /// The class whose typed-in questions it collects; `nil` for a prepared quiz.
    package let liveClass: Int64?
    package let isPublished: Bool
    package let questionCount: Int
    package let points: Double
    /// When it is due, in milliseconds since 1970.
    package let dueAt: Int64?
}

/// A question at its place in a quiz.
package struct QuizQuestion: Hashable, Sendable {
    package let id: Int64
    package let quiz: Int64
    /// From 1.
    package let position: Int64
    package let question: Question
}
