import HTTPTypes
package import WebServer

/// Every way into this feature over HTTP.
package enum AssessmentRoutes {
    /// The routes; they need an ``AnswerIntake`` provided to every loop's context.
    ///
    /// - Parameter classes: Knows the live classes.
    /// - Returns: One route for each action of ``AssessmentPermissions``.
    package static func all(classes: any LiveClassLookup) -> [Route] {
        let runs = RunRoutes(classes: classes)
        return AssessmentPermissions.Action.allCases.map { action in
            let parts = action.rawValue.split(separator: " ")
            let method = HTTPRequest.Method(String(parts[0])) ?? .get
            return Route(method, String(parts[1]), access: .signedIn, handler(action, runs))
        }
    }

    private static func handler(_ action: AssessmentPermissions.Action, _ runs: RunRoutes) -> Route.Handler {
        switch action {
        case .listQuizzes: QuizRoutes.list
        case .createQuiz: QuizRoutes.create
        case .showQuiz: QuizRoutes.show
        case .listQuestions: QuestionRoutes.list
        case .createQuestion: QuestionRoutes.create
        case .showQuestion: QuestionRoutes.show
        case .updateQuestion: QuestionRoutes.update
        case .deleteQuestion: QuestionRoutes.delete
        case .listAssignments: AssignmentRoutes.list
        case .listSubmissions: SubmissionRoutes.list
        case .showSubmission: SubmissionRoutes.show
        case .listRuns: { try await runs.list($0, $1) }
        case .answerRun: { try await runs.answer($0, $1) }
        }
    }
}
