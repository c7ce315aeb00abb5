import Courses
import EventLoop
import HTTPTypes
import JSON
import Postgres
import Sockets
import Telemetry
import Tenancy
import TestKit
import WebServer

@testable import Content

/// Files and folders of one institution on a real database, its own for each test.
final class Archive: Sendable {
    let loop: EventLoop
    let context: LoopBound<WebContext>
    let institution: InstitutionID
    let staff: Principal
    let students: [Principal]
    let course: Int64
    let settings: ContentServices.Settings
    private let database: TestDatabase

    /// Opens an archive with a teacher, two students, and a course with all of them.
    static func open(_ change: @Sendable (inout ContentServices.Settings) -> Void = { _ in }) async throws
        -> Archive
    {
        var settings = ContentServices.Settings()
        change(&settings)
        let own = settings
        let loop = try EventLoop(index: 0, label: "test-archive")
        return try await loop.perform {
            let database = try await PrivatePostgres.shared().makeDatabase(on: loop)
            try await Migrator(TenancyMigrations.all + CourseMigrations.all + ContentMigrations.all)
                .run(on: loop, configuration: database.owner)
            let pool = PostgresPool(loop: loop, configuration: database.app, size: 4, waiters: 100)
            let context = WebContext(
                loop: loop, streams: StreamContext(loop: loop), pool: pool,
                disk: WorkLane(label: "test-disk", width: 1, backlog: 10), metrics: Metrics(),
                health: Health(),
                logger: Log.silent)
            ContentServices(
                settings: own, storage: nil, incoming: "/nonexistent",
                linkSecret: String(repeating: "s", count: 32),
                secret: [UInt8](repeating: 1, count: 32)
            ).provide(to: context)
            let directory = Directory(pool: pool)
            let institution = try await directory.createInstitution(name: "School")
            let made = try await directory.createUsers(
                [("teacher", Role.instructor), ("ada", .student), ("alan", .student)].map {
                    NewUser(login: $0.0, name: $0.0, roles: [$0.1], passwordHash: nil)
                }, in: institution.id)
            let users = made.map { user in
                Principal(
                    institution: institution.id, user: user.id, person: user.person, name: user.name,
                    login: user.name,
                    roles: Set(user.roles.map(\.rawValue)), credential: .bearer(token: 1))
            }
            let registry = CourseRegistry(pool: pool)
            let course = try await registry.create(name: "Biology", code: "B", in: institution.id)
            try await registry.enroll(
                [users[0].user], as: .teacher, course: course.course.id, section: course.section,
                in: institution.id)
            try await registry.enroll(
                users.dropFirst().map(\.user), as: .student, course: course.course.id,
                section: course.section,
                in: institution.id)
            return Archive(
                loop, LoopBound(context, loop: loop), institution.id, users, course.course.id, own, database)
        }
    }

    private init(
        _ loop: EventLoop, _ context: LoopBound<WebContext>, _ institution: InstitutionID,
        _ users: [Principal],
        _ course: Int64, _ settings: ContentServices.Settings, _ database: TestDatabase
    ) {
        self.loop = loop
        self.context = context
        self.institution = institution
        staff = users[0]
        students = Array(users.dropFirst())
        self.course = course
        self.settings = settings
        self.database = database
    }

    /// Runs something on the loop as a call of somebody.
    func call<Value: Sendable>(
        as user: Principal, _ body: @escaping @Sendable (Call) async throws -> Value
    ) async throws -> Value {
        let context = context
        return try await loop.perform {
            var request = WebRequest(path: "/")
            request.authority = "school.example"
            request.principal = user
            return try await body(Call(request: request, context: context.value, principal: user))
        }
    }

    /// Changes files in a transaction.
    func change<Value: Sendable>(
        _ body: @escaping @Sendable (FileStore, FolderStore) async throws -> Value
    ) async throws -> Value {
        let (institution, settings, context) = (institution, settings, context)
        return try await loop.perform {
            try await context.value.pool.transaction(tenant: institution) { transaction in
                try await body(
                    FileStore(transaction, institution, settings), FolderStore(transaction, institution))
            }
        }
    }

    /// Adds a file to the course's root, or to a folder.
    @discardableResult
    func add(
        _ name: String, size: Int = 10, by owner: Principal? = nil, in folder: Int64? = nil,
        context: FileContext? = nil, _ policy: DuplicatePolicy = .overwrite,
        uuid: UInt64 = .random(in: 0...(.max))
    ) async throws -> Int64 {
        let place = context ?? .course(course)
        let (institution, user) = (institution, (owner ?? staff).user)
        return try await change { files, folders in
            let target: Int64
            if let folder { target = folder } else { target = try await folders.root(of: place) }
            guard let filename = FileName(name) else { throw WebError.notFound }
            let ticket = UploadTicket(
                uuid: PostgresUUID(high: 1, low: uuid), institution: institution, user: user, context: place,
                folder: target, filename: filename, contentType: "text/plain", size: size,
                onDuplicate: policy,
                expiresAt: 0)
            return try await files.add(ticket, sha256: String(repeating: "a", count: 64))
        }
    }

    /// The status with which somebody is refused a file; `nil` when they are not.
    func refusal(of file: Int64, as user: Principal) async throws -> Int? {
        try await call(as: user) { try await Archive.refusal(of: file, $0) }
    }

    private static func refusal(of file: Int64, _ call: Call) async throws -> Int? {
        do {
            _ = try await ContentAccess(call).file(file)
            return nil
        } catch let error as WebError {
            return error.status.code
        }
    }

    /// Runs SQL as the institution.
    @discardableResult
    func sql(_ text: String, _ values: [PostgresValue] = []) async throws -> [[String?]] {
        let (institution, context) = (institution, context)
        return try await loop.perform {
            let rows = try await context.value.pool.query(
                Statement(text, isPrepared: false), values, tenant: institution)
            return try rows.map { row in try rows.columns.indices.map { try row.textOrNil($0) } }
        }
    }
}
