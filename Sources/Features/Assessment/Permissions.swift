package import Courses
package import WebServer

/// Who may use which route of this feature: the one table of it.
package enum AssessmentPermissions {
    /// A route, by method and pattern.
    package enum Action: String, CaseIterable, Sendable {
        case listQuizzes = "GET /api/v1/courses/:id/quizzes"
        case createQuiz = "POST /api/v1/courses/:id/quizzes"
        case showQuiz = "GET /api/v1/courses/:id/quizzes/:quiz_id"
        case listQuestions = "GET /api/v1/courses/:id/quizzes/:quiz_id/questions"
        case createQuestion = "POST /api/v1/courses/:id/quizzes/:quiz_id/questions"
        case showQuestion = "GET /api/v1/courses/:id/quizzes/:quiz_id/questions/:question_id"
        case updateQuestion = "PUT /api/v1/courses/:id/quizzes/:quiz_id/questions/:question_id"
        case deleteQuestion = "DELETE /api/v1/courses/:id/quizzes/:quiz_id/questions/:question_id"
        case listAssignments = "GET /api/v1/courses/:id/assignments"
        case listSubmissions = "GET /api/v1/courses/:id/students/submissions"
        case showSubmission = "GET /api/v1/courses/:id/assignments/:assignment_id/submissions/:user_id"
        case listRuns = "GET /api/v1/live_classes/:c/quiz_runs"
        case answerRun = "POST /api/v1/live_classes/:c/quiz_runs/:run/answers"
    }

    /// The standings in the course that may use the route at all.
    ///
    /// Of submissions a student sees their own and an observer those of the children they are linked to. Who answers
    /// must be enrolled as a student; that is checked with the answer, and others are told `not_enrolled`.
    package static func roles(_ action: Action) -> Set<CourseRole> {
        switch action {
        case .listQuizzes, .createQuiz, .showQuiz, .listQuestions, .createQuestion, .showQuestion,
            .updateQuestion,
            .deleteQuestion:
            [.staff]
        case .listAssignments, .listSubmissions, .showSubmission: [.staff, .student, .observer]
        case .listRuns: [.staff, .student]
        case .answerRun: [.staff, .student, .observer]
        }
    }

    /// Lets pass whose standing may.
    ///
    /// - Throws: 403 for all others.
    package static func require(_ action: Action, _ role: CourseRole) throws(WebError) {
        guard roles(action).contains(role) else { throw .forbidden }
    }
}
