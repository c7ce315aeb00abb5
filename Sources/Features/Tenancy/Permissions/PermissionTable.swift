/// Who may do what on whose data: every route of the REST surface, every method, signal and channel of a class.
///
/// The one place where this is said. A route is made from its row and checks it before its handler runs; what has no row
/// does not exist. Rows say who may take a way at all; where the answer depends on who asks (a student sees their own
/// submissions, an observer those of linked children), the comment says how.
package enum PermissionTable {
    /// The rows, by area.
    package static let all: [Permission] =
        sessions + accounts + users + courses + assessment + classroom + operations

    private static let everybody: Set<CourseRole> = [.staff, .student, .observer]

    // MARK: Sessions

    private static let sessions: [Permission] = [
        Permission("POST /api/v1/session", .anyone),
        Permission("GET /api/v1/session", .own),
        Permission("PUT /api/v1/session", .own),
        Permission("DELETE /api/v1/session", .own),
        Permission("POST /api/v1/live_token", .own),
    ]

    // MARK: Accounts

    private static let accounts: [Permission] = []

    // MARK: Users

    private static let users: [Permission] = [
        Permission("GET /api/v1/users/self", .own),
        Permission("GET /api/v1/users/self/profile", .own),
        Permission("GET /api/v1/users/self/observees", .own),
    ]

    // MARK: Courses

    private static let courses: [Permission] = [
        // One's own courses; an admin's are all of the institution.
        Permission("GET /api/v1/courses", .own),
        Permission("GET /api/v1/courses/:id", .course(everybody)),
        // Staff whose enrolment is limited to sections see the people of those.
        Permission("GET /api/v1/courses/:course_id/users", .course([.staff])),
    ]

    // MARK: Assessment

    private static let assessment: [Permission] = [
        Permission("GET /api/v1/courses/:course_id/quizzes", .course([.staff])),
        Permission("POST /api/v1/courses/:course_id/quizzes", .course([.staff])),
        Permission("GET /api/v1/courses/:course_id/quizzes/:id", .course([.staff])),
        Permission("GET /api/v1/courses/:course_id/quizzes/:quiz_id/questions", .course([.staff])),
        Permission("POST /api/v1/courses/:course_id/quizzes/:quiz_id/questions", .course([.staff])),
        Permission("GET /api/v1/courses/:course_id/quizzes/:quiz_id/questions/:id", .course([.staff])),
        Permission("PUT /api/v1/courses/:course_id/quizzes/:quiz_id/questions/:id", .course([.staff])),
        Permission("DELETE /api/v1/courses/:course_id/quizzes/:quiz_id/questions/:id", .course([.staff])),
        Permission("GET /api/v1/courses/:course_id/assignments", .course(everybody)),
        // A student sees their own, an observer those of the children they are linked to.
        Permission("GET /api/v1/courses/:course_id/students/submissions", .course(everybody)),
        Permission(
            "GET /api/v1/courses/:course_id/assignments/:assignment_id/submissions/:user_id",
            .course(everybody)),
        Permission("GET /api/v1/live_classes/:live_class_id/quiz_runs", .course([.staff, .student])),
        // Who answers must be enrolled as a student; that is checked with the answer, and others are told `not_enrolled`.
        Permission(
            "POST /api/v1/live_classes/:live_class_id/quiz_runs/:id/answers", .course(everybody)),
    ]

    // MARK: Live classes

    // Observers and parents are nobody in a class itself.
    private static let classroom: [Permission] = [
        Permission("GET /api/v1/courses/:course_id/live_classes", .course(everybody)),
        Permission("POST /api/v1/courses/:course_id/live_classes", .course([.staff])),
        Permission("GET /api/v1/live_classes/:id", .course(everybody)),
        Permission("PUT /api/v1/live_classes/:id", .course([.staff])),
        Permission("DELETE /api/v1/live_classes/:id", .course([.staff])),
        Permission("POST /api/v1/live_classes/:id/start", .course([.staff])),
        Permission("POST /api/v1/live_classes/:id/end", .course([.staff])),

        Permission("channel class", .course([.staff, .student])),
        Permission("channel chat", .course([.staff, .student])),
        Permission("channel board", .course([.staff, .student])),
        Permission("channel quiz", .course([.staff, .student])),
        Permission("channel staff", .course([.staff])),
        // Its user's alone, whatever roles others have.
        Permission("channel personal", .own),

        Permission("rpc class.start", .course([.staff])),
        Permission("rpc class.end", .course([.staff])),
        Permission("rpc class.lock", .course([.staff])),
        Permission("rpc class.announce", .course([.staff])),
        Permission("rpc class.me", .course([.staff, .student])),
        // Editing is one's own; deleting is one's own, and staff's.
        Permission("rpc chat.send", .course([.staff, .student])),
        Permission("rpc chat.edit", .course([.staff, .student])),
        Permission("rpc chat.delete", .course([.staff, .student])),
        Permission("rpc chat.pin", .course([.staff])),
        Permission("rpc chat.history", .course([.staff, .student])),
        // Drawing needs leave on top.
        Permission("rpc board.apply", .course([.staff, .student])),
        Permission("rpc board.allow", .course([.staff])),
        Permission("rpc stage.show", .course([.staff])),
        Permission("rpc quiz.open", .course([.staff])),
        Permission("rpc quiz.answer", .course([.student])),
        Permission("rpc quiz.close", .course([.staff])),
        Permission("rpc quiz.reveal", .course([.staff])),
        Permission("rpc hand.raise", .course([.staff, .student])),
        Permission("rpc hand.lower", .course([.staff, .student])),
        Permission("rpc react", .course([.staff, .student])),
        Permission("rpc member.list", .course([.staff])),
        Permission("rpc member.mute", .course([.staff])),
        Permission("rpc member.remove", .course([.staff])),

        Permission("signal board.cursor", .course([.staff, .student])),
        Permission("signal board.stroke.live", .course([.staff, .student])),
        Permission("signal chat.typing", .course([.staff, .student])),
    ]

    // MARK: Operations

    private static let operations: [Permission] = [
        // One's own institution; everything for those whom the configuration names as operators.
        Permission("GET /api/v1/ops/live", .institution([.admin])),
        // Operators only, which the handler knows.
        Permission("PUT /api/v1/ops/nodes/:id", .institution([.admin])),
    ]
}
