import Assessment
import Classroom
import Content
import Courses
import EventLoop
import Foundation
import HTTPTypes
import JSON
import JobQueue
import LiveHub
import Postgres
import Rostering
import Search
import Sockets
import Synchronization
import Telemetry
import Tenancy
import TestKit
import WebServer
import Zip

@testable import Privacy

/// An institution's office: a database of its own with every feature's tables, a folder for files, a worker.
///
/// Everything runs on one loop.
final class Office: Sendable {
    /// A token of a user: changes with care look whether it is still good.
    static func token(
        of user: Int64, in institution: InstitutionID, _ pool: PostgresPool
    ) async throws -> Int64 {
        _ = try await Directory(pool: pool).createTokens(for: [user], purpose: "test", in: institution)
        let find: Statement = "SELECT max(id) FROM access_tokens WHERE institution_id = $1 AND user_id = $2"
        return try await pool.query(
            find, [.int(institution.rawValue), .int(user)], tenant: institution
        )[0].int(0)
    }

    /// What the whole program has, in the same order.
    static let tables: [TableDeclaration] =
        TenancyTables.all + LiveHubTables.all + JobQueueTables.all + CourseTables.all + ContentTables.all
        + SearchTables.all + AssessmentTables.all + ClassroomTables.all + RosteringTables.all
        + PrivacyTables.all

    static let migrations: [Migration] =
        (TenancyMigrations.all + LiveHubMigrations.all + JobQueueMigrations.all + CourseMigrations.all
        + ContentMigrations.all + SearchMigrations.primary + AssessmentMigrations.all
        + ClassroomMigrations.all
        + RosteringMigrations.all + PrivacyMigrations.all).sorted { $0.number < $1.number }

    let loop: EventLoop
    let database: TestDatabase
    let pool: LoopBound<PostgresPool>
    let context: LoopBound<WebContext>
    let queue: JobQueue
    let routes: RouteTable
    let place: ExportPlace
    let folder: String
    let here: InstitutionID
    let there: InstitutionID
    let admin: Principal
    let ada: Principal
    let bob: Principal
    private let workers = Mutex<[LoopBound<JobWorker>]>([])

    private init(
        loop: EventLoop, database: TestDatabase, pool: LoopBound<PostgresPool>,
        context: LoopBound<WebContext>,
        queue: JobQueue, routes: RouteTable, place: ExportPlace, folder: String, here: InstitutionID,
        there: InstitutionID, users: [Principal]
    ) {
        self.loop = loop
        self.database = database
        self.pool = pool
        self.context = context
        self.queue = queue
        self.routes = routes
        self.place = place
        self.folder = folder
        self.here = here
        self.there = there
        (admin, ada, bob) = (users[0], users[1], users[2])
    }

    deinit {
        let (workers, pool, folder) = (workers.withLock { $0 }, pool, folder)
        loop.execute {
            pool.loop.run {
                for worker in workers { await worker.value.stop(within: .seconds(5)) }
                pool.value.close()
            }
        }
        try? FileManager.default.removeItem(atPath: folder)
    }

    static func open() async throws -> Office {
        let loop = try EventLoop(index: 0, label: "office")
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cohort-\(UUID())").path
        try FileManager.default.createDirectory(
            atPath: folder + "/incoming", withIntermediateDirectories: true)
        let lane = WorkLane(label: "office-disk", width: 1, backlog: 100)
        let storage = DiskStorage(root: folder, lane: lane)
        let place = ExportPlace(storage: storage, folder: folder + "/incoming", lane: lane)
        let metrics = Metrics()
        let kinds = PrivacyJobs.all(tables: tables, place: place, metrics: metrics) + RosteringJobs.all
        let queue = JobQueue(catalogue: JobCatalogue(kinds), loop: loop)
        let routes = try RouteTable(PrivacyRoutes.all)
        return try await loop.perform {
            let database = try await PrivatePostgres.shared().makeDatabase(on: loop)
            try await Migrator(migrations).run(on: loop, configuration: database.owner)
            let pool = PostgresPool(loop: loop, configuration: database.app, size: 6, waiters: 1000)
            let context = WebContext(
                loop: loop, streams: StreamContext(loop: loop), pool: pool, disk: lane, metrics: metrics,
                health: Health(), logger: Log.silent)
            context.provide(queue)
            ContentServices(
                settings: ContentServices.Settings(), storage: storage, incoming: folder + "/incoming",
                linkSecret: String(repeating: "s", count: 32), secret: [UInt8](repeating: 1, count: 32)
            ).provide(to: context)
            let directory = Directory(pool: pool)
            let here = try await directory.createInstitution(name: "Here").id
            let there = try await directory.createInstitution(name: "There").id
            var users: [Principal] = []
            for (login, name, role) in [
                ("admin", "Admin", Role.admin), ("ada@login.example", "Ada Marked", .student),
                ("bob", "Bob", .student),
            ] {
                let user = try await directory.createUser(
                    NewUser(login: login, name: name, roles: [role], passwordHash: nil), in: here)
                users.append(
                    Principal(
                        institution: here, user: user.id, person: user.person, name: name, login: login,
                        roles: [role.rawValue],
                        credential: .bearer(token: try await token(of: user.id, in: here, pool))))
            }
            return Office(
                loop: loop, database: database, pool: LoopBound(pool, loop: loop),
                context: LoopBound(context, loop: loop), queue: queue, routes: routes, place: place,
                folder: folder,
                here: here, there: there, users: users)
        }
    }

    /// Has a worker begin, which does what waits.
    func startWorker(lease: Duration = .seconds(30)) {
        loop.execute { [self] in
            var settings = JobSettings()
            settings.floor = .milliseconds(20)
            settings.lease = lease
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
    @discardableResult
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil,
        query: [(String, String)] = [], as principal: Principal? = nil
    ) async throws -> (status: Int, json: JSONValue) {
        let (routes, asker) = (routes, principal ?? admin)
        return try await loop.perform { [self] in
            var request = WebRequest(method: method, path: path)
            request.authority = "school.example"
            request.query = query.map { WebRequest.Item($0.0, $0.1) }
            if let body {
                request.body = RawJSON(body).bytes
                request.headers[.contentType] = "application/json"
            }
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
                return (told.status.code, ["code": .string(told.code)])
            }
        }
    }

    /// Asks until an answer is as wanted.
    func wait(_ path: String, as principal: Principal? = nil, until isOver: (JSONValue) -> Bool) async throws
        -> JSONValue
    {
        let end = ContinuousClock.now + .seconds(60)
        while true {
            let json = try await send(.get, path, as: principal).json
            if isOver(json) { return json }
            guard ContinuousClock.now < end else { throw OfficeError.neverOver(RawJSON(json).text) }
            try await loop.perform { [self] in await pause() }
        }
    }

    /// A moment between two looks; on the loop.
    func pause() async {
        await withCheckedContinuation { continuation in
            _ = loop.schedule(after: .milliseconds(10)) { continuation.resume() }
        }
    }

    /// Asks for a report and waits until its file is there.
    func report(_ path: String, _ body: JSONValue? = nil, as principal: Principal? = nil) async throws
        -> JSONValue
    {
        let asked = try await send(.post, path, body, as: principal)
        guard asked.status == 200, let id = asked.json["id"]?.int else {
            throw OfficeError.refused("\(asked)")
        }
        let done = try await wait("\(path)/\(id)", as: principal) {
            ["complete", "error", "aborted"].contains($0["status"]?.string)
        }
        guard done["status"] == "complete" else { throw OfficeError.refused(RawJSON(done).text) }
        return done
    }

    /// The archive of a report.
    func archive(of report: JSONValue) async throws -> ZipArchive {
        try ZipArchive([UInt8](Data(contentsOf: URL(fileURLWithPath: try await path(of: report)))))
    }

    /// Where the bytes of a report's file lie.
    func path(of report: JSONValue) async throws -> String {
        let id = report["attachment"]?["id"]?.int ?? 0
        let digest = try await texts("SELECT sha256 FROM artifacts WHERE id = \(id)").first ?? ""
        guard let key = ContentKey(institution: here, sha256: digest) else {
            throw OfficeError.refused(digest)
        }
        return "\(folder)/\(key.path)"
    }

    /// Stores bytes as a file of a user or of a course, as an upload would.
    @discardableResult
    func addFile(_ name: String, _ text: String, of user: Principal) async throws -> (id: Int64, path: String)
    {
        let bytes = Array(text.utf8)
        let digest = ContentDigest()
        digest.add(bytes)
        let sha256 = digest.finish()
        guard let key = ContentKey(institution: here, sha256: sha256) else {
            throw OfficeError.refused(sha256)
        }
        let temporary = "\(folder)/incoming/\(UUID())"
        try Data(bytes).write(to: URL(fileURLWithPath: temporary))
        try await place.storage.store(temporary, size: bytes.count, as: key)
        let ids = try await texts(
            """
            WITH f AS (
                INSERT INTO folders (institution_id, user_id, name, full_name, depth)
                VALUES (\(here.rawValue), \(user.user), 'my files', 'my files', 0)
                ON CONFLICT (institution_id, user_id) WHERE parent_folder_id IS NULL AND user_id IS NOT NULL
                DO UPDATE SET updated_at = now() RETURNING id)
            INSERT INTO files (institution_id, uuid, folder_id, user_id, owner_id, display_name, filename, content_type, size, sha256)
            SELECT \(here.rawValue), gen_random_uuid(), f.id, \(user.user), \(user.user), '\(name)', '\(name)', 'text/plain',
                \(bytes.count), '\(sha256)' FROM f RETURNING id::text
            """)
        return (Int64(ids[0]) ?? 0, "\(folder)/\(key.path)")
    }

    // MARK: Behind the curtain

    /// The first column of a query as texts, as the superuser sees it.
    func texts(_ sql: String) async throws -> [String] {
        try await loop.perform { [self] in
            try await database.asSuperuser(sql, on: loop)[0].map { try $0.textOrNil(0) ?? "" }
        }
    }

    /// Changes something, as the superuser.
    func run(_ sql: String) async throws {
        try await loop.perform { [self] in _ = try await database.asSuperuser(sql, on: loop) }
    }

    /// Every row of every table as text that holds a text somewhere: `table: row`.
    func traces(of text: String) async throws -> [String] {
        let names = try await texts(
            "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
        )
        var found: [String] = []
        for name in names {
            found += try await texts(
                "SELECT '\(name): ' || (t.*)::text FROM \(name) t WHERE position('\(text)' IN (t.*)::text) > 0"
            )
        }
        return found
    }
}

enum OfficeError: Error { case refused(String), neverOver(String) }

extension ZipArchive {
    /// The text of an entry; `nil` when there is none of that name.
    func text(_ name: String) throws -> String? {
        guard let entry = entries.first(where: { $0.name == name }) else { return nil }
        return String(decoding: try content(of: entry), as: UTF8.self)
    }

    func json(_ name: String) throws -> JSONValue {
        guard let text = try text(name) else { throw OfficeError.refused(name) }
        return try JSONReader.read(Array(text.utf8))
    }
}
