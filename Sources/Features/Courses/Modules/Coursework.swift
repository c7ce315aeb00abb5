/// What modules must know of assignments and quizzes, which belong to a feature above this one.
///
/// Asked before a transaction, never within one.
package protocol Coursework: Sendable {
    /// The things of the call's course that are there; others are missing.
    func find(
        _ references: Set<CourseworkReference>, for call: CourseCall
    ) async throws -> [CourseworkReference: CourseworkDetails]

    /// What a student reached in these; nothing for what was never begun.
    func outcomes(
        _ references: Set<CourseworkReference>, of student: Int64, for call: CourseCall
    ) async throws -> [CourseworkReference: CourseworkOutcome]
}

/// An assignment or a quiz by its id.
package struct CourseworkReference: Hashable, Sendable {
    /// The kinds of it.
    package enum Kind: String, Hashable, Sendable {
        case assignment = "Assignment"
        case quiz = "Quiz"
    }

    /// Which of the two.
    package let kind: Kind
    /// Its id.
    package let id: Int64

    /// Names one.
    package init(_ kind: Kind, _ id: Int64) {
        self.kind = kind
        self.id = id
    }
}

/// What a module shows of an assignment or quiz; times are milliseconds since 1970.
package struct CourseworkDetails: Hashable, Sendable {
    /// What people call it.
    package var title: String
    /// What it is worth.
    package var points: Double
    /// When it is due for everybody who has no date of their own.
    package var dueAt: Int64?
    /// From when it is open.
    package var unlockAt: Int64?
    /// Until when it is open.
    package var lockAt: Int64?

    /// Describes one.
    package init(
        title: String, points: Double, dueAt: Int64? = nil, unlockAt: Int64? = nil, lockAt: Int64? = nil
    ) {
        self.title = title
        self.points = points
        self.dueAt = dueAt
        self.unlockAt = unlockAt
        self.lockAt = lockAt
    }
}

/// What a student reached in an assignment or quiz.
package struct CourseworkOutcome: Hashable, Sendable {
    /// Whether something was handed in.
    package var isSubmitted: Bool
    /// The score that the student may know; `nil` without one.
    package var score: Double?

    /// Describes one.
    package init(isSubmitted: Bool, score: Double?) {
        self.isSubmitted = isSubmitted
        self.score = score
    }
}

/// No assignments and no quizzes: for servers and tests of courses alone.
package struct NoCoursework: Coursework {
    /// Knows nothing.
    package init() {}

    /// Nothing is there.
    package func find(
        _ references: Set<CourseworkReference>, for call: CourseCall
    ) async throws -> [CourseworkReference: CourseworkDetails] { [:] }

    /// Nothing was reached.
    package func outcomes(
        _ references: Set<CourseworkReference>, of student: Int64, for call: CourseCall
    ) async throws -> [CourseworkReference: CourseworkOutcome] { [:] }
}
