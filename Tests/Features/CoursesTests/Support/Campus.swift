import EventLoop
import HTTPTypes
import JSON
import JobQueue
import Postgres
import Sockets
import Telemetry
import Tenancy
import TestKit
import Testing
import WebServer

@testable import Courses

/// What all campuses of the tests share: one loop, one migrated database, one connection to it.
struct Deployment: Sendable {
    let loop: EventLoop
    let database: TestDatabase
    let app: LoopBound<PostgresPool>

    private static let opening = Task { try await open() }

    static func shared() async throws -> Deployment { try await opening.value }

    /// A database with so many connections to it.
    static func open(connections: Int = 1) async throws -> Deployment {
        let loop = try EventLoop(index: 0, label: "test-campus")
        return try await loop.perform {
            let database = try await PrivatePostgres.shared().makeDatabase(on: loop)
            try await Migrator(TenancyMigrations.all + JobQueueMigrations.all + CourseMigrations.all)
                .run(on: loop, configuration: database.owner)
            let app = PostgresPool(
                loop: loop, configuration: database.app, size: connections, waiters: 10_000)
            return Deployment(loop: loop, database: database, app: LoopBound(app, loop: loop))
        }
    }
}

/// Routes, access rules and SQL of courses on one loop.
final class Campus: Sendable {
    let deployment: Deployment
    let context: LoopBound<WebContext>
    private let routes: RouteTable

    private init(_ deployment: Deployment, _ context: LoopBound<WebContext>, _ routes: RouteTable) {
        self.deployment = deployment
        self.context = context
        self.routes = routes
    }

    /// Opens a campus on the shared database, or one that nobody else uses.
    static func open(
        additions: [any CourseAddition] = [], coursework: any Coursework = NoCoursework(),
        isAlone: Bool = false, connections: Int = 1, copies: [any CopyPart] = []
    ) async throws -> Campus {
        let deployment =
            isAlone ? try await Deployment.open(connections: connections) : try await Deployment.shared()
        let routes = try RouteTable(CoursesRoutes.all(additions: additions) + TenancyRoutes.all)
        return try await deployment.loop.perform {
            let loop = deployment.loop
            let context = WebContext(
                loop: loop, streams: StreamContext(loop: loop), pool: deployment.app.value,
                disk: WorkLane(label: "test-disk", width: 1, backlog: 10), metrics: Metrics(),
                health: Health(),
                logger: Log.silent)
            CoursesServices(coursework: coursework, files: KnownFiles()).provide(to: context)
            context.provide(
                JobQueue(catalogue: JobCatalogue(CoursesJobs.all(coursework: copies)), loop: loop))
            return Campus(deployment, LoopBound(context, loop: loop), routes)
        }
    }

    var loop: EventLoop { deployment.loop }

    /// Runs a body on the loop with its context.
    func onLoop<Value: Sendable>(
        _ body: @escaping @Sendable (WebContext) async throws -> Value
    ) async throws -> Value {
        let context = context
        return try await loop.perform { try await body(context.value) }
    }

    /// Answers a request of a user as the server does.
    func get(_ path: String, _ query: [(String, String)] = [], as user: Principal) async throws -> Answer {
        try await send(.get, path, query, as: user)
    }

    /// Answers any request of a user as the server does; `body` goes as JSON.
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ query: [(String, String)] = [],
        _ body: JSONValue? = nil,
        key: String? = nil, at now: Int64? = nil, as user: Principal
    ) async throws -> Answer {
        let routes = routes
        return try await onLoop { context in
            var request = WebRequest(method: method, path: path)
            request.authority = "school.example"
            request.query = query.map { WebRequest.Item($0.0, $0.1) }
            request.principal = user
            request.receivedAt = now ?? WallClock.milliseconds
            if let body {
                request.body = RawJSON(body).bytes
                request.headers[.contentType] = "application/json"
            }
            if let key, let name = HTTPField.Name("Idempotency-Key") { request.headers[name] = key }
            do {
                let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
                guard
                    case .route(let route, let parameters) = routes.match(method, segments.map(String.init)),
                    case .answer(let handler) = route.action
                else { throw WebError.notFound }
                request.parameters = parameters
                return Answer(response: try await handler(request, context))
            } catch {
                return Answer(error: ErrorAnswers.judged(error).0)
            }
        }
    }

    /// All items of a list, so many at a time, by way of the Links.
    func all(
        _ path: String, _ query: [(String, String)] = [], size: Int = 2, as user: Principal
    ) async throws -> [JSONValue] {
        var items: [JSONValue] = []
        var asked: [(String, String)]? = query + [("per_page", "\(size)")]
        while let query = asked {
            let answer = try await get(path, query, as: user)
            items += answer.json.array ?? []
            asked = answer.next
        }
        return items
    }

    /// Statements that the one connection has executed so far.
    func statements() async throws -> Int64 {
        try await onLoop { context in
            let count = Statement(
                "SELECT coalesce(sum(generic_plans + custom_plans), 0)::bigint FROM pg_prepared_statements",
                isPrepared: false)
            return try await context.pool.query(count, tenant: nil)[0].int(0)
        }
    }

    /// Makes an institution with users of one role each, as principals.
    func institution(_ users: [String: Role]) async throws -> (id: InstitutionID, users: [String: Principal])
    {
        try await onLoop { context in
            let directory = Directory(pool: context.pool)
            let institution = try await directory.createInstitution(name: "School")
            let logins = users.keys.sorted()
            let made = try await directory.createUsers(
                logins.map {
                    NewUser(
                        login: "\($0)-\(institution.id)", name: "User \($0)",
                        roles: Set([users[$0]].compactMap(\.self)),
                        passwordHash: nil)
                }, in: institution.id)
            // With tokens: what gives others their standing asks for the caller's own.
            _ = try await directory.createTokens(for: made.map(\.id), purpose: "test", in: institution.id)
            let rows = try await context.pool.query(
                "SELECT user_id, id FROM access_tokens WHERE institution_id = $1",
                [.int(institution.id.rawValue)], tenant: institution.id)
            var tokens: [Int64: Int64] = [:]
            for row in rows { tokens[try row.int(0)] = try row.int(1) }
            var principals: [String: Principal] = [:]
            for (login, user) in zip(logins, made) {
                principals[login] = Principal(
                    institution: institution.id, user: user.id, person: user.person, name: user.name,
                    login: login,
                    roles: Set(user.roles.map(\.rawValue)),
                    credential: .bearer(token: tokens[user.id] ?? 0))
            }
            return (institution.id, principals)
        }
    }

    /// Makes a course and enrols users in its first section.
    func course(
        _ name: String = "Biology", state: Course.State = .available, in institution: InstitutionID,
        _ enrolments: [(Principal, EnrollmentType)] = []
    ) async throws -> CourseRegistry.Created {
        try await onLoop { context in
            let registry = CourseRegistry(pool: context.pool)
            let created = try await registry.create(name: name, code: "C-1", state: state, in: institution)
            for (user, type) in enrolments {
                try await registry.enroll(
                    [user.user], as: type, course: created.course.id, section: created.section,
                    in: institution)
            }
            return created
        }
    }
}

/// What came back.
struct Answer: Sendable {
    var status: Int
    var headers: HTTPFields
    var json: JSONValue
    var error: WebError?

    init(response: WebResponse) {
        status = response.status.code
        headers = response.headers
        json = .null
        if case .bytes(let bytes) = response.body, let value = try? JSONReader.read(bytes) { json = value }
    }

    init(error: WebError) {
        status = error.status.code
        headers = error.headers
        json = .null
        self.error = error
    }

    /// The field that the first complaint names.
    var field: String? { error?.items.first?.field }

    /// The id of a single thing.
    var id: Int { json["id"]?.int ?? 0 }

    var ids: [Int] { json.array?.compactMap { $0["id"]?.int } ?? [] }

    /// The query of the page after this one; `nil` on the last page.
    var next: [(String, String)]? {
        guard let name = HTTPField.Name("Link"), let links = headers[name],
            let next = links.split(separator: ",").first(where: { $0.hasSuffix("rel=\"next\"") }),
            let query = next.split(separator: ">")[0].split(separator: "?").last
        else { return nil }
        return query.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1)
            return (String(parts[0]).replacing("%5B%5D", with: "[]"), String(parts[1]))
        }
    }
}

/// A course with a teacher, two students, an observer, and somebody of another institution.
struct Lesson: Sendable {
    let campus: Campus
    let institution: InstitutionID
    let course: Int64
    let teacher: Principal
    let student: Principal
    let other: Principal
    let observer: Principal
    /// Of the institution, but not of the course.
    let stranger: Principal
    /// Of another institution.
    let foreigner: Principal

    /// Where the course's things are.
    var path: String { "/api/v1/courses/\(course)" }

    static func open(
        coursework: any Coursework = NoCoursework(),
        isAlone: Bool = false, connections: Int = 1
    ) async throws
        -> Lesson
    {
        let campus = try await Campus.open(
            coursework: coursework, isAlone: isAlone, connections: connections)
        let here = try await campus.institution([
            "tea": .instructor, "stu": .student, "oth": .student, "obs": .parent, "str": .student,
        ])
        let there = try await campus.institution(["for": .instructor])
        func user(_ login: String) throws -> Principal { try #require(here.users[login]) }
        let created = try await campus.course(
            in: here.id,
            [
                (try user("tea"), .teacher), (try user("stu"), .student), (try user("oth"), .student),
                (try user("obs"), .observer),
            ])
        return Lesson(
            campus: campus, institution: here.id, course: created.course.id, teacher: try user("tea"),
            student: try user("stu"), other: try user("oth"), observer: try user("obs"),
            stranger: try user("str"), foreigner: try #require(there.users["for"]))
    }

    /// Sends a request about the course; `tail` follows its path.
    func send(
        _ method: HTTPRequest.Method, _ tail: String, _ body: JSONValue? = nil,
        query: [(String, String)] = [],
        key: String? = nil, at now: Int64? = nil, as user: Principal? = nil
    ) async throws -> Answer {
        try await campus.send(method, path + tail, query, body, key: key, at: now, as: user ?? teacher)
    }

    func get(_ tail: String, _ query: [(String, String)] = [], as user: Principal? = nil) async throws
        -> Answer
    {
        try await campus.get(path + tail, query, as: user ?? teacher)
    }

    /// Makes a page; its address.
    @discardableResult
    func page(_ title: String, published: Bool = true, body: String = "") async throws -> String {
        let answer = try await send(
            .post, "/pages",
            ["wiki_page": ["title": .string(title), "published": .bool(published), "body": .string(body)]])
        return try #require(answer.json["url"]?.string)
    }

    /// Makes a discussion; its id.
    func topic(_ title: String = "Cells", _ more: JSONValue = [:]) async throws -> Int {
        var body = more.object ?? JSONObject()
        body.set("title", .string(title))
        let answer = try await send(.post, "/discussion_topics", .object(body))
        try #require(answer.status == 200, "\(String(describing: answer.error))")
        return answer.id
    }

    /// Says something in a discussion, or in reply to an entry; the entry's id.
    func say(
        _ message: String, in topic: Int, to entry: Int? = nil, as user: Principal? = nil
    ) async throws -> Int {
        let tail = entry.map { "/\($0)/replies" } ?? ""
        let answer = try await send(
            .post, "/discussion_topics/\(topic)/entries\(tail)", ["message": .string(message)], as: user)
        try #require(answer.status == 201, "\(String(describing: answer.error))")
        return answer.id
    }
}

extension JSONObject {
    /// One member, for bodies whose names are a test's arguments.
    init(_ name: String, _ value: JSONValue) {
        self.init()
        set(name, value)
    }
}
