import Courses
import EventLoop
import HTTPTypes
import JSON
import JobQueue
import Postgres
import Sockets
import Synchronization
import Telemetry
import Tenancy
import TestKit
import WebServer

@testable import Rostering

/// A school's registrar: a database of its own, a worker, and what one does with imports there.
///
/// Everything runs on one loop.
final class Registrar: Sendable {
    let loop: EventLoop
    let database: TestDatabase
    let pool: LoopBound<PostgresPool>
    let context: LoopBound<WebContext>
    let queue: JobQueue
    let routes: RouteTable
    let here: InstitutionID
    let there: InstitutionID
    let admin: Principal
    private let workers = Mutex<[LoopBound<JobWorker>]>([])

    private init(
        loop: EventLoop, database: TestDatabase, pool: LoopBound<PostgresPool>,
        context: LoopBound<WebContext>,
        queue: JobQueue, routes: RouteTable, here: InstitutionID, there: InstitutionID, admin: Principal
    ) {
        self.loop = loop
        self.database = database
        self.pool = pool
        self.context = context
        self.queue = queue
        self.routes = routes
        self.here = here
        self.there = there
        self.admin = admin
    }

    deinit {
        let (workers, pool) = (workers.withLock { $0 }, pool)
        loop.execute {
            pool.loop.run {
                for worker in workers { await worker.value.stop(within: .seconds(5)) }
                pool.value.close()
            }
        }
    }

    static func open() async throws -> Registrar {
        let loop = try EventLoop(index: 0, label: "registrar")
        let queue = JobQueue(catalogue: JobCatalogue(RosteringJobs.all), loop: loop)
        let routes = try RouteTable(RosteringRoutes.all)
        return try await loop.perform {
            let database = try await PrivatePostgres.shared().makeDatabase(on: loop)
            try await Migrator(
                TenancyMigrations.all + JobQueueMigrations.all + CourseMigrations.all
                    + RosteringMigrations.all
            ).run(on: loop, configuration: database.owner)
            let pool = PostgresPool(loop: loop, configuration: database.app, size: 6, waiters: 1000)
            let context = WebContext(
                loop: loop, streams: StreamContext(loop: loop), pool: pool,
                disk: WorkLane(label: "test-disk", width: 1, backlog: 10), metrics: Metrics(),
                health: Health(),
                logger: Log.silent)
            context.provide(queue)
            let directory = Directory(pool: pool)
            let here = try await directory.createInstitution(name: "Here").id
            let there = try await directory.createInstitution(name: "There").id
            let user = try await directory.createUser(
                NewUser(login: "admin", name: "Admin", roles: [.admin], passwordHash: nil), in: here)
            // With a token: what starts an import asks for the caller's standing.
            _ = try await directory.createTokens(for: [user.id], purpose: "test", in: here)
            let token = try await pool.query(
                "SELECT id FROM access_tokens WHERE institution_id = $1", [.int(here.rawValue)], tenant: here
            ).first?.int(0)
            let admin = Principal(
                institution: here, user: user.id, person: user.person, name: user.name, login: "admin",
                roles: ["admin"], credential: .bearer(token: token ?? 0))
            return Registrar(
                loop: loop, database: database, pool: LoopBound(pool, loop: loop),
                context: LoopBound(context, loop: loop),
                queue: queue, routes: routes, here: here, there: there, admin: admin)
        }
    }

    /// Has a worker begin, which does what waits.
    func startWorker() {
        loop.execute { [self] in
            var settings = JobSettings()
            settings.floor = .milliseconds(20)
            let own = PostgresPool(loop: loop, configuration: database.app, size: 4, waiters: 1000)
            let worker = JobWorker(
                queue: queue, pool: own, settings: settings, meters: JobMeters(metrics: Metrics()),
                logger: Log.silent)
            worker.start()
            workers.withLock { $0.append(LoopBound(worker, loop: loop)) }
        }
    }

    // MARK: Requests

    /// One request, as the server answers it.
    func send(
        _ method: HTTPRequest.Method, _ path: String, query: [(String, String)] = [], body: [UInt8] = [],
        type: String? = nil, as principal: Principal? = nil
    ) async throws -> (status: Int, json: JSONValue) {
        let (routes, asker) = (routes, principal ?? admin)
        return try await loop.perform { [self] in
            var request = WebRequest(method: method, path: path)
            request.authority = "school.example"
            request.query = query.map { WebRequest.Item($0.0, $0.1) }
            request.body = body
            if let type { request.headers[.contentType] = type }
            request.principal = asker
            do {
                let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
                guard
                    case .route(let route, let parameters) = routes.match(method, segments.map(String.init)),
                    case .answer(let handler) = route.action
                else { throw WebError.notFound }
                request.parameters = parameters
                let response = try await handler(request, context.value)
                guard case .bytes(let bytes) = response.body else { return (response.status.code, .null) }
                return (response.status.code, try JSONReader.read(bytes))
            } catch {
                let told = ErrorAnswers.judged(error).0
                return (
                    told.status.code,
                    ["code": .string(told.code), "field": .string(told.items.first?.field ?? "")]
                )
            }
        }
    }

    static let path = "/api/v1/accounts/self/sis_imports"

    /// Sends files to be imported; several are zipped.
    func send(_ files: [String: String], _ options: [(String, String)] = []) async throws -> Int64 {
        let body: [UInt8]
        if files.count == 1, let text = files.values.first {
            body = Array(text.utf8)
        } else {
            body = ZipBuilder(files.sorted { $0.key > $1.key }.map { .init($0.key, $0.value) }).bytes()
        }
        let answer = try await send(
            .post, Registrar.path, query: options + [("extension", files.count == 1 ? "csv" : "zip")],
            body: body)
        guard answer.status == 200, let id = answer.json["id"]?.int else {
            throw RegistrarError.refused("\(answer)")
        }
        return Int64(id)
    }

    /// The import as its admins see it.
    func show(_ id: Int64) async throws -> JSONValue { try await send(.get, "\(Registrar.path)/\(id)").json }

    /// Waits until an import is over.
    func over(_ id: Int64) async throws -> Outcome {
        let end = ContinuousClock.now + .seconds(60)
        while true {
            let json = try await show(id)
            let state = json["workflow_state"]?.string ?? ""
            if !["initializing", "created", "importing", "cleanup_batch", "restoring"].contains(state) {
                return Outcome(id: id, state: state, json: json)
            }
            guard ContinuousClock.now < end else { throw RegistrarError.neverOver(state) }
            try await loop.perform { [loop] in
                await withCheckedContinuation { continuation in
                    _ = loop.schedule(after: .milliseconds(10)) { continuation.resume() }
                }
            }
        }
    }

    /// Imports files and waits for the end; a worker must have begun.
    @discardableResult
    func bring(_ files: [String: String], _ options: [(String, String)] = []) async throws -> Outcome {
        try await over(try await send(files, options))
    }

    // MARK: Behind the curtain

    /// Rows as texts, as the superuser sees them.
    func rows(_ sql: String) async throws -> [String] {
        try await loop.perform { [self] in
            try await database.asSuperuser("SELECT (t.*)::text FROM (\(sql)) t", on: loop)[0].map {
                try $0.text(0)
            }
        }
    }

    /// Changes something, as the superuser.
    func run(_ sql: String) async throws {
        try await loop.perform { [self] in _ = try await database.asSuperuser(sql, on: loop) }
    }
}

enum RegistrarError: Error { case refused(String), neverOver(String) }

/// What an import came to.
struct Outcome: Sendable {
    let id: Int64
    let state: String
    let json: JSONValue

    /// The errors, as `file: sentence`.
    var errors: [String] { texts("processing_errors") }
    var warnings: [String] { texts("processing_warnings") }

    private func texts(_ name: String) -> [String] {
        (json[name]?.array ?? []).compactMap { pair in
            pair.array.map { $0.compactMap(\.string).joined(separator: ": ") }
        }
    }

    func count(_ kind: String) -> Int? { json["data"]?["counts"]?[kind]?.int }

    /// What became of things of a class, without zeros, as `created 2, deleted 1`.
    func changes(_ name: String) -> String {
        (json["statistics"]?[name]?.object?.members ?? []).filter { $0.value.int != 0 }
            .map { "\($0.name) \($0.value.int ?? 0)" }.joined(separator: ", ")
    }

    var stateChanges: Int? { json["statistics"]?["total_state_changes"]?.int }
}

/// A small school.
enum School {
    static let accounts =
        "account_id,parent_account_id,name,status\nSCI,,Science,active\nBIO,SCI,Biology,active\n"
    static let terms =
        "term_id,name,status,start_date,end_date\nT1,Autumn,active,2026-09-01,2027-01-31 18:00:00\nT2,Spring,active,,\n"
    static let users = """
        user_id,login_id,full_name,email,status
        U1,ada,Ada Lovelace,ada@school.example,active
        U2,bob,Bob,,active
        U3,cy,Cy,,active

        """
    static let courses = """
        course_id,short_name,long_name,account_id,term_id,status
        C1,BIO1,Biology I,BIO,T1,active
        C2,BIO2,Biology II,,T1,published

        """
    static let sections = "section_id,course_id,name,status\nS1,C1,One,active\nS2,C1,Two,active\n"
    static let enrollments = """
        course_id,user_id,role,section_id,status
        C1,U1,teacher,S1,active
        ,U2,student,S1,active
        C2,U2,student,,active
        C2,U3,ta,,active

        """
    static let all = [
        "accounts.csv": accounts, "terms.csv": terms, "users.csv": users, "courses.csv": courses,
        "sections.csv": sections, "enrollments.csv": enrollments,
    ]
}
