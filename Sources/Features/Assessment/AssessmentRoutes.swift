import Courses
import Tenancy
package import WebServer

/// Every way into this feature over HTTP.
package enum AssessmentRoutes {
    /// The routes; they need an ``AnswerIntake`` provided to every loop's context.
    ///
    /// - Parameter classes: Knows the live classes.
    /// - Returns: The table.
    package static func all(classes: any LiveClassLookup) -> [Route] {
        let runs = RunRoutes(classes: classes)
        let quizzes = "/api/v1/courses/:course_id/quizzes"
        let questions = "\(quizzes)/:quiz_id/questions"
        return [
            .course("GET \(quizzes)", QuizRoutes.list),
            .course("POST \(quizzes)", QuizRoutes.create),
            .course("GET \(quizzes)/:id", QuizRoutes.show),
            .course("GET \(questions)", QuestionRoutes.list),
            .course("POST \(questions)", QuestionRoutes.create),
            .course("GET \(questions)/:id", QuestionRoutes.show),
            .course("PUT \(questions)/:id", QuestionRoutes.update),
            .course("DELETE \(questions)/:id", QuestionRoutes.delete),
            .call("GET /api/v1/users/self/todo") { try await DueRoutes.todo($0) },
            .course("GET /api/v1/courses/:course_id/todo", DueRoutes.todo(ofCourse:)),
            .user("GET /api/v1/users/:user_id/missing_submissions", DueRoutes.missing),
            .course("GET /api/v1/courses/:course_id/late_policy", LatePolicyRoutes.show),
            .course("POST /api/v1/courses/:course_id/late_policy", LatePolicyRoutes.create),
            .course("PATCH /api/v1/courses/:course_id/late_policy", LatePolicyRoutes.update),
            .course("GET /api/v1/courses/:course_id/assignments", AssignmentRoutes.list),
            .course("GET /api/v1/courses/:course_id/students/submissions", SubmissionRoutes.list),
            .course(
                "GET /api/v1/courses/:course_id/assignments/:assignment_id/submissions/:user_id",
                SubmissionRoutes.show),
            .course(
                "GET /api/v1/live_classes/:live_class_id/quiz_runs", of: runs.course,
                { try await runs.list($0) }),
            .course(
                "POST /api/v1/live_classes/:live_class_id/quiz_runs/:id/answers", of: runs.course,
                { try await runs.answer($0) }),
        ]
    }
}
