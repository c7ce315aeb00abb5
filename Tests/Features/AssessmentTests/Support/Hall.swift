import Courses
import EventLoop
import HTTPTypes
import JSON
import Postgres
import Search
import Sockets
import Synchronization
import Telemetry
import Tenancy
import TestKit
import WebServer

@testable import Assessment

/// What all halls of the tests share: one loop, one migrated database, connections to it.
struct Deployment: Sendable {
    let loop: EventLoop
    let database: TestDatabase
    let app: LoopBound<PostgresPool>

    private static let opening = Task { try await open() }

    static func shared() async throws -> Deployment { try await opening.value }

    static func open() async throws -> Deployment {
        let loop = try EventLoop(index: 0, label: "test-hall")
        return try await loop.perform {
            let database = try await PrivatePostgres.shared().makeDatabase(on: loop)
            try await Migrator(
                TenancyMigrations.all + CourseMigrations.all + SearchMigrations.outbox
                    + AssessmentMigrations.all
            )
            .run(on: loop, configuration: database.owner)
            let app = PostgresPool(loop: loop, configuration: database.app, size: 4, waiters: 10_000)
            return Deployment(loop: loop, database: database, app: LoopBound(app, loop: loop))
        }
    }
}

/// A course with a live class, its people, and an intake of its own.
final class Hall: Sendable, LiveClassLookup {
    func mayAnswer(
        _ user: Int64, inClass id: Int64, in institution: InstitutionID, context: WebContext
    ) async -> Bool { true }

    private static let classes = Atomic<Int64>(1000)

    let deployment: Deployment
    let institution: InstitutionID
    let course: Int64
    let section: Int64
    let liveClass: Int64
    /// By login: `teacher`, `parent`, `stranger`, `student0` and so on.
    let people: [String: Principal]
    let students: [Int64]
    let intake: AnswerIntake
    let metrics = Metrics()
    let heard = Mutex<[RecordedAnswer]>([])
    private let intakePool: LoopBound<PostgresPool>

    /// Opens a hall with so many students, in an institution of its own.
    static func open(students count: Int = 3, isAlone: Bool = false, backlog: Int = 50_000) async throws
        -> Hall
    {
        let deployment = isAlone ? try await Deployment.open() : try await Deployment.shared()
        let hall = try await deployment.loop.perform {
            try await Hall(deployment, students: count, backlog: backlog)
        }
        let weak = WeakHall(hall)
        hall.intake.observe { recorded in weak.hall?.heard.withLock { $0 += recorded } }
        return hall
    }

    private init(_ deployment: Deployment, students count: Int, backlog: Int) async throws {
        let pool = deployment.app.value
        let directory = Directory(pool: pool)
        let institution = try await directory.createInstitution(name: "School").id
        var logins: [(String, Role)] = [
            ("teacher", .instructor), ("parent", .parent), ("stranger", .student),
        ]
        logins += (0..<count).map { ("student\($0)", .student) }
        let users = try await directory.createUsers(
            logins.map { login, role in
                NewUser(
                    login: "\(login)-\(institution)", name: "User \(login)", roles: [role], passwordHash: nil)
            }, in: institution)
        var people: [String: Principal] = [:]
        for ((login, _), user) in zip(logins, users) {
            people[login] = Principal(
                institution: institution, user: user.id, person: user.person, name: user.name, login: login,
                roles: Set(user.roles.map(\.rawValue)), credential: .bearer(token: 1))
        }
        let registry = CourseRegistry(pool: pool)
        let made = try await registry.create(name: "Biology", code: "BIO", in: institution)
        let students = users.dropFirst(3).map(\.id)
        for (ids, type) in [
            ([users[0].id], EnrollmentType.teacher), ([users[1].id], .observer), (Array(students), .student),
        ] where !ids.isEmpty {
            try await registry.enroll(
                ids, as: type, course: made.course.id, section: made.section, in: institution)
        }
        let intakePool = PostgresPool(
            loop: deployment.loop, configuration: deployment.database.app, size: 1, waiters: 1000)
        self.deployment = deployment
        self.institution = institution
        course = made.course.id
        section = made.section
        liveClass = Hall.classes.add(1, ordering: .relaxed).newValue
        self.people = people
        self.students = Array(students)
        self.intakePool = LoopBound(intakePool, loop: deployment.loop)
        intake = AnswerIntake(loop: deployment.loop, pool: intakePool, metrics: metrics, backlog: backlog)
    }

    deinit {
        let pool = intakePool
        pool.loop.execute { pool.value.close() }
    }

    var loop: EventLoop { deployment.loop }

    func course(
        ofClass id: Int64, in institution: InstitutionID, context: WebContext
    ) async throws -> Int64? { id == liveClass && institution == self.institution ? course : nil }

    /// Runs a body on the loop with the pool.
    func onLoop<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresPool) async throws -> Value
    ) async throws -> Value {
        let app = deployment.app
        return try await loop.perform { try await body(app.value) }
    }

    // MARK: Quizzes and runs

    static let capital = Question(
        text: "Capital of France?", points: 2,
        form: .choice([
            .init(id: 1, text: "Lyon", isRight: false), .init(id: 2, text: "Paris", isRight: true),
            .init(id: 3, text: "Nice", isRight: false),
        ]))

    func quiz(_ questions: [Question] = [capital]) async throws -> QuizBank.Created {
        let (institution, course) = (self.institution, self.course)
        return try await onLoop { pool in
            try await QuizBank(pool: pool).create(
                title: "Quiz", questions: questions, course: course, in: institution)
        }
    }

    func decide<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresTransaction) async throws -> QuizRuns.Decision<Value>
    ) async throws -> Value {
        let institution = self.institution
        let decision = try await onLoop { pool in
            try await pool.transaction(tenant: institution) { try await body($0) }
        }
        switch decision {
        case .done(let value): return value
        case .refused(let reason): throw reason
        }
    }

    /// Opens a question at the server's time; a typed one unless another source is named.
    func run(
        _ source: QuizRuns.Opening.Source = .typed(capital), seconds: Int64? = nil,
        change: AnswerChange = .never,
        at: Int64 = 1_000_000
    ) async throws -> QuizRun {
        let opening = QuizRuns.Opening(
            liveClass: liveClass, classTitle: "Cells", course: course, source: source, seconds: seconds,
            answerChange: change, user: people["teacher"]?.user ?? 0, at: at)
        let institution = self.institution
        return try await decide { try await QuizRuns.open(opening, in: institution, $0) }
    }

    @discardableResult
    func close(_ run: QuizRun, at: Int64) async throws -> QuizRun {
        let (institution, liveClass) = (self.institution, self.liveClass)
        return try await decide {
            try await QuizRuns.close(run.id, liveClass: liveClass, at: at, in: institution, $0)
        }
    }

    @discardableResult
    func reveal(_ run: QuizRun, at: Int64) async throws -> RevealSummary {
        let (institution, liveClass) = (self.institution, self.liveClass)
        return try await decide {
            try await QuizRuns.reveal(run.id, liveClass: liveClass, at: at, in: institution, $0)
        }
    }

    func tally(_ run: QuizRun) async throws -> RunTally? {
        let institution = self.institution
        return try await onLoop { try await RunReader(pool: $0).tally(of: run, in: institution) }
    }

    func runs() async throws -> [QuizRun] {
        let (institution, liveClass) = (self.institution, self.liveClass)
        return try await onLoop { pool in
            try await RunReader(pool: pool).runs(ofClass: liveClass, in: institution)
        }
    }

    func ownAnswers(of user: Int64) async throws -> [RunReader.OwnAnswer] {
        let (institution, liveClass) = (self.institution, self.liveClass)
        return try await onLoop { pool in
            try await RunReader(pool: pool).answers(of: user, inClass: liveClass, in: institution)
        }
    }

    func closeAll() async throws -> [Int64] {
        let (institution, liveClass) = (self.institution, self.liveClass)
        return try await onLoop { pool in
            try await pool.transaction(tenant: institution) { transaction in
                try await QuizRuns.closeAll(liveClass: liveClass, at: 9, in: institution, transaction)
            }
        }
    }

    func link(parent: Int64, to child: Int64) async throws {
        let institution = self.institution
        return try await onLoop { pool in
            try await Directory(pool: pool).link(parent: parent, to: child, in: institution)
        }
    }

    // MARK: Answers

    func submission(
        _ answer: JSONValue, by user: Int64, to run: QuizRun, key: PostgresUUID = .random(),
        sequence: Int64 = 0,
        at: Int64 = 1_000_001
    ) -> AnswerSubmission {
        AnswerSubmission(
            institution: institution, liveClass: liveClass, user: user, run: run.id,
            question: run.question.id,
            key: key, answer: answer, sequence: sequence, receivedAt: at)
    }

    /// Hands all answers in at once and waits for all outcomes, in order.
    func record(
        _ submissions: [AnswerSubmission], on node: AnswerIntake? = nil
    ) async throws -> [AnswerOutcome] {
        let outcomes = Mutex<[Int: AnswerOutcome]>([:])
        let intake = node ?? self.intake
        let loop = loop
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            loop.execute {
                for (place, submission) in submissions.enumerated() {
                    intake.record(submission, loop: loop) { outcome in
                        let count = outcomes.withLock { outcomes in
                            outcomes[place] = outcome
                            return outcomes.count
                        }
                        if count == submissions.count { continuation.resume() }
                    }
                }
            }
        }
        return outcomes.withLock { outcomes in submissions.indices.compactMap { outcomes[$0] } }
    }

    /// Another intake on a connection of its own, as another node has it.
    func node() async throws -> AnswerIntake {
        let (loop, app) = (self.loop, deployment.database.app)
        return try await loop.perform {
            let pool = PostgresPool(loop: loop, configuration: app, size: 1, waiters: 1000)
            return AnswerIntake(loop: loop, pool: pool, metrics: Metrics())
        }
    }

    func record(_ submission: AnswerSubmission) async throws -> AnswerOutcome {
        try await record([submission])[0]
    }

    /// Rows that a statement of the superuser gives, first column as an integer.
    func count(_ sql: String) async throws -> Int64 {
        let deployment = self.deployment
        return try await loop.perform {
            try await deployment.database.asSuperuser(sql, on: deployment.loop)[0][0].int(0)
        }
    }

    func answers(to run: QuizRun) async throws -> Int64 {
        try await count("SELECT count(*) FROM quiz_answers WHERE run_id = \(run.id)")
    }

    // MARK: Routes

    /// Answers a request of a user as the server does.
    func ask(
        _ method: HTTPRequest.Method, _ path: String, _ query: [(String, String)] = [],
        body: JSONValue? = nil,
        headers: HTTPFields = [:], as login: String = "teacher", from other: Hall? = nil
    ) async throws -> WebAnswer {
        let routes = try RouteTable(AssessmentRoutes.all(classes: self) + CoursesRoutes.all())
        let principal = (other ?? self).people[login]
        // No capture list: with one, the closure would leave the loop.
        return try await loop.perform {
            let (loop, deployment) = (self.loop, self.deployment)
            let context = WebContext(
                loop: loop, streams: StreamContext(loop: loop), pool: deployment.app.value,
                disk: WorkLane(label: "test-disk", width: 1, backlog: 10), metrics: self.metrics,
                health: Health(),
                logger: Log.silent)
            context.provide(self.intake)
            CoursesServices(coursework: GradebookCoursework()).provide(to: context)
            var request = WebRequest(method: method, path: path)
            request.authority = "school.example"
            request.query = query.map { WebRequest.Item($0.0, $0.1) }
            request.principal = principal
            request.headers = headers
            request.receivedAt = 1_000_500
            if let body {
                request.headers[.contentType] = "application/json"
                request.body = RawJSON(body).bytes
            }
            do {
                let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
                guard
                    case .route(let route, let parameters) = routes.match(method, segments.map(String.init)),
                    case .answer(let handler) = route.action
                else { throw WebError.notFound }
                request.parameters = parameters
                return WebAnswer(try await handler(request, context))
            } catch {
                return WebAnswer(ErrorAnswers.judged(error).0)
            }
        }
    }
}

private struct WeakHall: Sendable {
    weak let hall: Hall?

    init(_ hall: Hall) { self.hall = hall }
}

/// What came back.
struct WebAnswer: Sendable {
    let status: Int
    let json: JSONValue

    init(_ response: WebResponse) {
        status = response.status.code
        if case .bytes(let bytes) = response.body, let value = try? JSONReader.read(bytes) {
            json = value
        } else {
            json = .null
        }
    }

    init(_ error: WebError) {
        status = error.status.code
        let items = error.items.map { item -> JSONValue in
            ["message": .string(item.message), "field": item.field.map(JSONValue.string) ?? .null]
        }
        json = ["errors": .array(items), "code": .string(error.code)]
    }

    var ids: [Int] { json.array?.compactMap { $0["id"]?.int } ?? [] }
}

extension PostgresUUID {
    static func random() -> PostgresUUID {
        PostgresUUID(high: .random(in: 0 ... .max), low: .random(in: 0 ... .max))
    }
}

extension AnswerOutcome {
    /// The name of the case, for tables: `recorded`, `duplicate`, `closed` and so on.
    var name: String {
        switch self {
        case .recorded: "recorded"
        case .duplicate: "duplicate"
        case .refused(let reason, _): reason.rawValue
        case .unavailable: "unavailable"
        }
    }
}
