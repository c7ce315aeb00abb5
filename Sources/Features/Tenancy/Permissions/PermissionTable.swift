/// Who may do what on whose data: every route of the REST surface, every method, signal and channel of a class.
///
/// The one place where this is said. A route is made from its row and checks it before its handler runs; what has no row
/// does not exist. Rows say who may take a way at all; where the answer depends on who asks (a student sees their own
/// submissions, an observer those of linked children), the comment says how. What makes or takes credentials, roles and
/// enrolments looks at the caller anew within its transaction: see ``Permission/Care``.
package enum PermissionTable {
    /// The rows, by area.
    package static let all: [Permission] =
        sessions + identity + accounts + users + progress + courses + content + contents + search + rostering
        + privacy + assessment + classroom + operations

    private static let everybody: Set<CourseRole> = [.staff, .student, .observer]
    /// Who answers for a course.
    private static let heads: Set<StaffKind> = [.admin, .teacher]
    /// Who decides how a course is divided.
    private static let planners: Set<StaffKind> = [.admin, .teacher, .designer]
    /// Who grades, and sees grades.
    private static let graders: Set<StaffKind> = [.admin, .teacher, .assistant]

    /// Of a course's staff, who enrols people as what, and ends such enrolments: nobody as more than they are.
    ///
    /// What is not named is for nobody.
    package static let enrolling: [String: Set<StaffKind>] = [
        "TeacherEnrollment": heads, "TaEnrollment": heads, "DesignerEnrollment": heads,
        "StudentEnrollment": Set(StaffKind.allCases), "ObserverEnrollment": Set(StaffKind.allCases),
    ]

    // MARK: Sessions

    private static let sessions: [Permission] = [
        Permission("POST /api/v1/session", .anyone),
        // Which provider of sign-ins to offer.
        Permission("GET /api/v1/sign_in", .anyone),
        Permission("GET /api/v1/session", .own),
        Permission("PUT /api/v1/session", .own),
        Permission("DELETE /api/v1/session", .own),
        Permission("POST /api/v1/live_token", .own, .standing),
    ]

    // MARK: Identity: tokens, sessions, passwords, providers, parents, and what happened to them

    private static let identity: [Permission] = [
        Permission("GET /api/v1/audit/events", .institution([.admin])),
        // Admins see what a token is for, never its text, and make none for others.
        Permission("GET /api/v1/users/:user_id/tokens", .user([.oneself, .admin])),
        Permission("GET /api/v1/users/:user_id/user_generated_tokens", .user([.oneself, .admin])),
        Permission("POST /api/v1/users/:user_id/tokens", .user([.oneself]), .standing),
        Permission("GET /api/v1/users/:user_id/tokens/:id", .user([.oneself, .admin])),
        Permission("PUT /api/v1/users/:user_id/tokens/:id", .user([.oneself]), .standing),
        Permission("DELETE /api/v1/users/:user_id/tokens/:id", .user([.oneself, .admin]), .alone),
        Permission("GET /api/v1/users/self/sessions", .own),
        Permission("DELETE /api/v1/users/self/sessions", .own, .alone),
        Permission("DELETE /api/v1/users/self/sessions/:id", .own, .alone),
        Permission("DELETE /api/v1/users/:user_id/sessions", .user([.admin]), .alone),
        // Whoever has the link of a letter is who the letter was for.
        Permission("POST /api/v1/password_resets", .anyone),
        Permission("PUT /api/v1/password_resets/:token", .anyone),
        Permission("GET /api/v1/oidc_provider", .institution([.admin])),
        Permission("PUT /api/v1/oidc_provider", .institution([.admin]), .standing),
        Permission("DELETE /api/v1/oidc_provider", .institution([.admin]), .standing),
        // Apps are let into the institution as a whole: by its own admins, not those of an account below the root.
        Permission("GET /api/v1/accounts/:account_id/developer_keys", .account),
        Permission("POST /api/v1/accounts/:account_id/developer_keys", .account, .standing),
        Permission("PUT /api/v1/developer_keys/:id", .institution([.admin]), .standing),
        Permission("DELETE /api/v1/developer_keys/:id", .institution([.admin]), .alone),
        Permission(
            "POST /api/v1/users/:user_id/observer_pairing_codes", .user([.oneself, .admin]), .standing),
        // By a child's code or password.
        Permission("POST /api/v1/users/:user_id/observees", .user([.oneself, .admin]), .standing),
        Permission("GET /api/v1/users/:user_id/observees", .user([.oneself, .admin])),
        Permission("GET /api/v1/users/:user_id/observees/:observee_id", .user([.oneself, .admin])),
        Permission("PUT /api/v1/users/:user_id/observees/:observee_id", .user([.admin]), .standing),
        Permission(
            "DELETE /api/v1/users/:user_id/observees/:observee_id", .user([.oneself, .admin]), .alone),
        Permission("GET /api/v1/users/:user_id/observers", .user([.oneself, .admin])),
        Permission("GET /api/v1/users/:user_id/observers/:observer_id", .user([.oneself, .admin])),
    ]

    // MARK: Accounts

    private static let accounts: [Permission] = [
        // Those that one administers.
        Permission("GET /api/v1/accounts", .own),
        Permission("GET /api/v1/accounts/search", .own),
        Permission("GET /api/v1/accounts/:id", .account),
        Permission("PUT /api/v1/accounts/:id", .account, .standing),
        Permission("GET /api/v1/accounts/:account_id/sub_accounts", .account),
        Permission("POST /api/v1/accounts/:account_id/sub_accounts", .account, .standing),
        Permission("DELETE /api/v1/accounts/:account_id/sub_accounts/:id", .account, .standing),
        Permission("GET /api/v1/accounts/:account_id/admins", .account),
        Permission("POST /api/v1/accounts/:account_id/admins", .account, .standing),
        Permission("DELETE /api/v1/accounts/:account_id/admins/:user_id", .account, .alone),
        Permission("GET /api/v1/accounts/:account_id/roles", .account),
        Permission("POST /api/v1/accounts/:account_id/roles", .account, .standing),
        Permission("GET /api/v1/accounts/:account_id/roles/:id", .account),
        Permission("PUT /api/v1/accounts/:account_id/roles/:id", .account, .standing),
        Permission("DELETE /api/v1/accounts/:account_id/roles/:id", .account, .standing),
        Permission("POST /api/v1/accounts/:account_id/roles/:id/activate", .account, .standing),
        Permission("GET /api/v1/accounts/:account_id/scopes", .account),
        // Users belong to the institution: those who administer its root make and remove them.
        Permission("POST /api/v1/accounts/:account_id/users", .account, .standing),
        Permission("DELETE /api/v1/accounts/:account_id/users/:user_id", .account, .alone),
    ]

    // MARK: Users

    private static let users: [Permission] = [
        Permission("GET /api/v1/users/:id", .user([.oneself, .parent, .admin])),
        // The SIS id and the state are an admin's to change.
        Permission("PUT /api/v1/users/:id", .user([.oneself, .admin]), .alone),
        Permission("GET /api/v1/users/:user_id/profile", .user([.oneself, .parent, .admin])),
    ]

    // MARK: Progress

    private static let progress: [Permission] = [
        // What one has started oneself; admins see all of the institution.
        Permission("GET /api/v1/progress/:id", .own),
        Permission("POST /api/v1/progress/:id/cancel", .own),
    ]

    // MARK: Courses

    private static let courses: [Permission] = [
        // One's own courses; an admin's are all of the institution.
        Permission("GET /api/v1/courses", .own),
        Permission("GET /api/v1/courses/:id", .course(everybody)),
        // A concluded course changes for admins only, until its teachers open it again.
        Permission(
            "PUT /api/v1/courses/:id", .course([.staff]), staff: heads, effect: .restores,
            isOfAllSections: true),
        Permission("DELETE /api/v1/courses/:id", .course([.staff]), staff: heads, isOfAllSections: true),
        Permission("GET /api/v1/courses/:course_id/settings", .course(everybody)),
        Permission(
            "PUT /api/v1/courses/:course_id/settings", .course([.staff]), staff: heads, isOfAllSections: true),
        Permission("GET /api/v1/courses/:course_id/tabs", .course(everybody)),
        Permission("GET /api/v1/courses/:course_id/permissions", .course(everybody)),
        Permission("GET /api/v1/users/:user_id/courses", .user([.oneself, .parent, .admin])),
        Permission("GET /api/v1/accounts/:account_id/courses", .account),
        Permission("POST /api/v1/accounts/:account_id/courses", .account),
        // What an account tells whoever is in it, by courses or as its admin; and what one puts away, for oneself. Its admins
        // see all, and remove for everybody.
        Permission("GET /api/v1/accounts/:account_id/account_notifications", .own),
        Permission("POST /api/v1/accounts/:account_id/account_notifications", .account),
        Permission("GET /api/v1/accounts/:account_id/account_notifications/:id", .own),
        Permission("PUT /api/v1/accounts/:account_id/account_notifications/:id", .account),
        Permission("DELETE /api/v1/accounts/:account_id/account_notifications/:id", .own),
        Permission(
            "GET /api/v1/accounts/:account_id/users/:user_id/account_notifications", .user([.oneself])),
        Permission(
            "DELETE /api/v1/accounts/:account_id/users/:user_id/account_notifications/:id", .user([.oneself])),
        // Those of the account and below it; the others come back as what could not be done.
        Permission("PUT /api/v1/accounts/:account_id/courses", .account),

        Permission("GET /api/v1/accounts/:account_id/terms", .account),
        Permission("POST /api/v1/accounts/:account_id/terms", .account),
        Permission("GET /api/v1/accounts/:account_id/terms/:id", .account),
        Permission("PUT /api/v1/accounts/:account_id/terms/:id", .account),
        Permission("DELETE /api/v1/accounts/:account_id/terms/:id", .account),

        // Staff whose enrolment is limited to sections see the people of those.
        Permission("GET /api/v1/courses/:course_id/users", .course([.staff])),
        Permission("GET /api/v1/courses/:course_id/search_users", .course([.staff])),
        Permission("GET /api/v1/courses/:course_id/recent_students", .course([.staff])),
        Permission("GET /api/v1/courses/:course_id/users/:id", .course([.staff])),
        Permission("GET /api/v1/accounts/:account_id/users", .account),

        // Staff of the course that is copied, too.
        Permission("POST /api/v1/courses/:course_id/content_migrations", .course([.staff])),
        Permission("GET /api/v1/courses/:course_id/content_migrations", .course([.staff])),
        Permission("GET /api/v1/courses/:course_id/content_migrations/migrators", .course([.staff])),
        Permission("GET /api/v1/courses/:course_id/content_migrations/:id", .course([.staff])),
        Permission(
            "GET /api/v1/courses/:course_id/content_migrations/:content_migration_id/migration_issues",
            .course([.staff])),
        Permission(
            "GET /api/v1/courses/:course_id/content_migrations/:content_migration_id/migration_issues/:id",
            .course([.staff])),
        Permission(
            "PUT /api/v1/courses/:course_id/content_migrations/:content_migration_id/migration_issues/:id",
            .course([.staff])),

        Permission("GET /api/v1/courses/:course_id/sections", .course(everybody)),
        Permission(
            "POST /api/v1/courses/:course_id/sections", .course([.staff]), staff: planners,
            isOfAllSections: true),
        Permission("GET /api/v1/courses/:course_id/sections/:id", .course(everybody)),
        Permission("GET /api/v1/sections/:id", .course(everybody)),
        Permission("PUT /api/v1/sections/:id", .course([.staff]), staff: planners),
        Permission("DELETE /api/v1/sections/:id", .course([.staff]), staff: planners),
        // Staff of both courses.
        Permission(
            "POST /api/v1/sections/:id/crosslist/:new_course_id", .course([.staff]), staff: planners,
            isOfAllSections: true),
        Permission(
            "DELETE /api/v1/sections/:id/crosslist", .course([.staff]), staff: planners, isOfAllSections: true
        ),

        // A student sees their own, an observer their own and those of the children they are linked to.
        Permission("GET /api/v1/courses/:course_id/enrollments", .course(everybody)),
        Permission("GET /api/v1/sections/:section_id/enrollments", .course(everybody)),
        Permission("GET /api/v1/users/:user_id/enrollments", .user([.oneself, .parent, .admin])),
        Permission("GET /api/v1/accounts/:account_id/enrollments/:id", .account),
        // Anybody of the institution into courses of the account and below it.
        Permission("POST /api/v1/accounts/:account_id/bulk_enrollment", .account, .standing),
        // Staff enrol as ``enrolling`` says; who has the course's code enrols themself.
        Permission("POST /api/v1/courses/:course_id/enrollments", .own, .standing),
        Permission("POST /api/v1/sections/:section_id/enrollments", .course([.staff]), .standing),
        Permission("DELETE /api/v1/courses/:course_id/enrollments/:id", .course([.staff]), .standing),
        Permission("PUT /api/v1/courses/:course_id/enrollments/:id/reactivate", .course([.staff]), .standing),
        // Whom the invitation is for.
        Permission("POST /api/v1/courses/:course_id/enrollments/:id/accept", .own),
        Permission("POST /api/v1/courses/:course_id/enrollments/:id/reject", .own),
    ]

    // MARK: Files

    private static let content: [Permission] = [
        // Files of a course are kept by its staff; its members see those that are not hidden, and read those that a scan has
        // cleared and nobody has locked. A user's own files are theirs alone. So are the rows without a course or user in
        // their path, which are about either: what a file or folder belongs to decides.
        Permission("GET /api/v1/files/:id", .own),
        Permission("PUT /api/v1/files/:id", .own),
        Permission("DELETE /api/v1/files/:id", .own),
        Permission("GET /api/v1/files/:id/public_url", .own),
        Permission("GET /api/v1/files/:id/create_success", .own),
        Permission("POST /api/v1/files/:id/create_success", .own),
        Permission("GET /api/v1/courses/:course_id/files", .course(everybody)),
        Permission("POST /api/v1/courses/:course_id/files", .course([.staff])),
        Permission("GET /api/v1/courses/:course_id/files/quota", .course([.staff])),
        Permission("GET /api/v1/courses/:course_id/files/:id", .course(everybody)),
        Permission("GET /api/v1/courses/:course_id/folders", .course(everybody)),
        Permission("POST /api/v1/courses/:course_id/folders", .course([.staff])),
        Permission("GET /api/v1/courses/:course_id/folders/by_path", .course(everybody)),
        Permission("GET /api/v1/courses/:course_id/folders/by_path/*", .course(everybody)),
        Permission("GET /api/v1/courses/:course_id/folders/:id", .course(everybody)),
        Permission("GET /api/v1/users/:user_id/files", .user([.oneself])),
        Permission("POST /api/v1/users/:user_id/files", .user([.oneself])),
        Permission("GET /api/v1/users/:user_id/files/quota", .user([.oneself])),
        Permission("GET /api/v1/users/:user_id/files/:id", .user([.oneself])),
        Permission("GET /api/v1/users/:user_id/folders", .user([.oneself])),
        Permission("POST /api/v1/users/:user_id/folders", .user([.oneself])),
        Permission("GET /api/v1/users/:user_id/folders/by_path", .user([.oneself])),
        Permission("GET /api/v1/users/:user_id/folders/by_path/*", .user([.oneself])),
        Permission("GET /api/v1/users/:user_id/folders/:id", .user([.oneself])),
        Permission("GET /api/v1/folders/:id", .own),
        Permission("PUT /api/v1/folders/:id", .own),
        Permission("DELETE /api/v1/folders/:id", .own),
        Permission("GET /api/v1/folders/:folder_id/files", .own),
        Permission("POST /api/v1/folders/:folder_id/files", .own),
        Permission("GET /api/v1/folders/:folder_id/folders", .own),
        Permission("POST /api/v1/folders/:folder_id/folders", .own),
    ]

    // MARK: Contents

    // Students and observers see what is published, and of that what is not locked.
    private static let contents: [Permission] = [
        Permission("GET /api/v1/courses/:course_id/pages", .course(everybody)),
        Permission("POST /api/v1/courses/:course_id/pages", .course([.staff])),
        Permission("GET /api/v1/courses/:course_id/pages/:url_or_id", .course(everybody)),
        // Students write the bodies of pages whose editing roles name them, and read what those said before.
        Permission("PUT /api/v1/courses/:course_id/pages/:url_or_id", .course([.staff, .student])),
        Permission("DELETE /api/v1/courses/:course_id/pages/:url_or_id", .course([.staff])),
        Permission("GET /api/v1/courses/:course_id/front_page", .course(everybody)),
        Permission("PUT /api/v1/courses/:course_id/front_page", .course([.staff, .student])),
        Permission("GET /api/v1/courses/:course_id/pages/:url_or_id/revisions", .course([.staff, .student])),
        // The newest is for everybody, as `latest`.
        Permission(
            "GET /api/v1/courses/:course_id/pages/:url_or_id/revisions/:revision_id", .course(everybody)),
        Permission(
            "POST /api/v1/courses/:course_id/pages/:url_or_id/revisions/:revision_id",
            .course([.staff, .student])),

        // One's own courses, each by one's standing in it.
        Permission("GET /api/v1/announcements", .own),
        Permission("GET /api/v1/courses/:course_id/discussion_topics", .course(everybody)),
        Permission("POST /api/v1/courses/:course_id/discussion_topics", .course([.staff])),
        Permission("GET /api/v1/courses/:course_id/discussion_topics/:topic_id", .course(everybody)),
        Permission("PUT /api/v1/courses/:course_id/discussion_topics/:topic_id", .course([.staff])),
        Permission("DELETE /api/v1/courses/:course_id/discussion_topics/:topic_id", .course([.staff])),
        Permission("GET /api/v1/courses/:course_id/discussion_topics/:topic_id/view", .course(everybody)),
        Permission("GET /api/v1/courses/:course_id/discussion_topics/:topic_id/entries", .course(everybody)),
        Permission(
            "POST /api/v1/courses/:course_id/discussion_topics/:topic_id/entries",
            .course([.staff, .student])),
        Permission(
            "GET /api/v1/courses/:course_id/discussion_topics/:topic_id/entry_list", .course(everybody)),
        // Students change and remove their own.
        Permission(
            "PUT /api/v1/courses/:course_id/discussion_topics/:topic_id/entries/:entry_id",
            .course([.staff, .student])),
        Permission(
            "DELETE /api/v1/courses/:course_id/discussion_topics/:topic_id/entries/:entry_id",
            .course([.staff, .student])),
        Permission(
            "GET /api/v1/courses/:course_id/discussion_topics/:topic_id/entries/:entry_id/replies",
            .course(everybody)),
        Permission(
            "POST /api/v1/courses/:course_id/discussion_topics/:topic_id/entries/:entry_id/replies",
            .course([.staff, .student])),
        // Marks are the caller's own.
        Permission(
            "PUT /api/v1/courses/:course_id/discussion_topics/:topic_id/read", .course(everybody),
            effect: .reads),
        Permission(
            "DELETE /api/v1/courses/:course_id/discussion_topics/:topic_id/read", .course(everybody),
            effect: .reads),
        Permission(
            "PUT /api/v1/courses/:course_id/discussion_topics/:topic_id/subscribed", .course(everybody),
            effect: .reads),
        Permission(
            "DELETE /api/v1/courses/:course_id/discussion_topics/:topic_id/subscribed", .course(everybody),
            effect: .reads),
        // Where the topic lets them.
        Permission(
            "POST /api/v1/courses/:course_id/discussion_topics/:topic_id/entries/:entry_id/rating",
            .course([.staff, .student])),
        Permission(
            "PUT /api/v1/courses/:course_id/discussion_topics/:topic_id/read_all", .course(everybody),
            effect: .reads),
        Permission(
            "DELETE /api/v1/courses/:course_id/discussion_topics/:topic_id/read_all", .course(everybody),
            effect: .reads),
        Permission(
            "PUT /api/v1/courses/:course_id/discussion_topics/:topic_id/entries/:entry_id/read",
            .course(everybody), effect: .reads),
        Permission(
            "DELETE /api/v1/courses/:course_id/discussion_topics/:topic_id/entries/:entry_id/read",
            .course(everybody), effect: .reads),

        // A student's own progress shows; with `student_id` staff see that of each, a parent that of a linked child.
        Permission("GET /api/v1/courses/:course_id/modules", .course(everybody)),
        Permission("POST /api/v1/courses/:course_id/modules", .course([.staff])),
        Permission("GET /api/v1/courses/:course_id/modules/:id", .course(everybody)),
        Permission("PUT /api/v1/courses/:course_id/modules/:id", .course([.staff])),
        Permission("DELETE /api/v1/courses/:course_id/modules/:id", .course([.staff])),
        Permission("PUT /api/v1/courses/:course_id/modules/:id/relock", .course([.staff])),
        Permission("GET /api/v1/courses/:course_id/modules/:module_id/items", .course(everybody)),
        Permission("POST /api/v1/courses/:course_id/modules/:module_id/items", .course([.staff])),
        Permission("GET /api/v1/courses/:course_id/modules/:module_id/items/:id", .course(everybody)),
        Permission("PUT /api/v1/courses/:course_id/modules/:module_id/items/:id", .course([.staff])),
        Permission("DELETE /api/v1/courses/:course_id/modules/:module_id/items/:id", .course([.staff])),
        // Only a student's is kept.
        Permission("PUT /api/v1/courses/:course_id/modules/:module_id/items/:id/done", .course([.student])),
        Permission(
            "DELETE /api/v1/courses/:course_id/modules/:module_id/items/:id/done", .course([.student])),
        Permission(
            "POST /api/v1/courses/:course_id/modules/:module_id/items/:id/mark_read",
            .course([.staff, .student]), effect: .reads),
        Permission("GET /api/v1/courses/:course_id/module_item_sequence", .course(everybody)),
    ]

    // MARK: Search

    private static let search: [Permission] = [
        // Courses that are public or that one can join.
        Permission("GET /api/v1/search/all_courses", .own),
        // A student finds the staff of their courses, staff the people of theirs, an admin everybody.
        Permission("GET /api/v1/search/recipients", .own),
        // Whoever is not staff finds what is published.
        Permission("GET /api/v1/courses/:course_id/smartsearch", .course(everybody)),
        Permission("POST /api/v1/accounts/:account_id/search/rebuild", .account),
    ]

    // MARK: Rosters

    // Those who administer the root: an import concerns the whole institution.
    private static let rostering: [Permission] = [
        Permission("GET /api/v1/accounts/:account_id/sis_imports", .account),
        Permission("POST /api/v1/accounts/:account_id/sis_imports", .account, .standing),
        Permission("GET /api/v1/accounts/:account_id/sis_imports/importing", .account),
        Permission("GET /api/v1/accounts/:account_id/sis_imports/:id", .account),
        Permission("GET /api/v1/accounts/:account_id/sis_imports/:id/errors", .account),
        Permission("PUT /api/v1/accounts/:account_id/sis_imports/:id/abort", .account),
        Permission("PUT /api/v1/accounts/:account_id/sis_imports/abort_all_pending", .account),
        Permission("PUT /api/v1/accounts/:account_id/sis_imports/:id/restore_states", .account, .standing),
    ]

    // MARK: Privacy

    // Those who administer the root: reports, erasures and retention concern the whole institution.
    private static let privacy: [Permission] = [
        Permission("GET /api/v1/accounts/:account_id/reports", .account),
        Permission("GET /api/v1/accounts/:account_id/reports/:report", .account),
        Permission("POST /api/v1/accounts/:account_id/reports/:report", .account, .standing),
        Permission("GET /api/v1/accounts/:account_id/reports/:report/:id", .account),
        Permission("DELETE /api/v1/accounts/:account_id/reports/:report/:id", .account),
        // Everybody sees what they have asked for themselves.
        Permission("GET /api/v1/users/:user_id/data_exports", .user([.oneself, .admin])),
        Permission("POST /api/v1/users/:user_id/data_exports", .user([.oneself, .admin])),
        Permission("GET /api/v1/users/:user_id/data_exports/:id", .user([.oneself, .admin])),
        Permission("DELETE /api/v1/users/:user_id/data_exports/:id", .user([.oneself, .admin])),
        Permission("GET /api/v1/accounts/:account_id/erasures", .account),
        Permission("POST /api/v1/accounts/:account_id/erasures", .account, .standing),
        Permission("GET /api/v1/accounts/:account_id/erasures/:id", .account),
        Permission("POST /api/v1/accounts/:account_id/erasures/:id/confirm", .account, .standing),
        Permission("GET /api/v1/accounts/:account_id/retention", .account),
        Permission("PUT /api/v1/accounts/:account_id/retention", .account, .standing),
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
        // What the caller has to hand in, and to grade.
        Permission("GET /api/v1/users/self/todo", .own),
        Permission("GET /api/v1/courses/:course_id/todo", .course(everybody)),
        Permission("GET /api/v1/users/:user_id/missing_submissions", .user([.oneself, .parent, .admin])),
        Permission("GET /api/v1/courses/:course_id/late_policy", .course([.staff]), staff: graders),
        Permission(
            "POST /api/v1/courses/:course_id/late_policy", .course([.staff]), staff: graders,
            isOfAllSections: true),
        Permission(
            "PATCH /api/v1/courses/:course_id/late_policy", .course([.staff]), staff: graders,
            isOfAllSections: true),
        Permission("GET /api/v1/courses/:course_id/assignments", .course(everybody)),
        // A student sees their own, an observer those of the children they are linked to.
        Permission("GET /api/v1/courses/:course_id/students/submissions", .course(everybody), staff: graders),
        Permission(
            "GET /api/v1/courses/:course_id/assignments/:assignment_id/submissions/:user_id",
            .course(everybody), staff: graders),
        Permission("GET /api/v1/live_classes/:live_class_id/quiz_runs", .course([.staff, .student])),
        // Who answers must be enrolled as a student; that is checked with the answer, and others are told `not_enrolled`.
        Permission(
            "POST /api/v1/live_classes/:live_class_id/quiz_runs/:id/answers", .course(everybody)),
    ]

    // MARK: Live classes

    // Observers and parents are nobody in a class itself.
    private static let classroom: [Permission] = [
        // Classes planned and work due in the caller's courses.
        Permission("GET /api/v1/users/self/upcoming_events", .own),
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
        // The course's classes only.
        Permission("GET /api/v1/courses/:course_id/live", .course([.staff])),
        // Operators only, which the handler knows.
        Permission("PUT /api/v1/ops/nodes/:id", .institution([.admin])),
        // One's own institution's jobs; operators' are all.
        Permission("GET /api/v1/ops/jobs", .institution([.admin])),
        Permission("POST /api/v1/ops/jobs/redrive", .institution([.admin])),
        Permission("POST /api/v1/ops/jobs/:id/redrive", .institution([.admin])),
    ]
}
