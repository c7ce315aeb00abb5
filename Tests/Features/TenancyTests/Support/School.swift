import EventLoop
import HTTP
import HTTPTypes
import JSON
import Postgres
import Sockets
import Synchronization
import Telemetry
import TestKit
import WebServer

@testable import Tenancy

/// What all schools of the tests share: one loop, one migrated database.
struct Deployment: Sendable {
    let loop: EventLoop
    let database: TestDatabase
    let app: LoopBound<PostgresPool>
    let owner: LoopBound<PostgresPool>
    /// Shard 1, where there is one.
    var shard: TestDatabase?

    private static let opening = Task { try await open() }

    static func shared() async throws -> Deployment { try await opening.value }

    /// Another deployment, with two databases: home and shard 1.
    static func sharded() async throws -> Deployment { try await openingSharded.value }

    private static let openingSharded = Task {
        let loop = try EventLoop(index: 0, label: "test-shards")
        return try await loop.perform {
            let database = try await PrivatePostgres.shared().makeDatabase(on: loop)
            let shard = try await PrivatePostgres.shared().makeDatabase(on: loop)
            for one in [database, shard] {
                try await Migrator(TenancyMigrations.all).run(on: loop, configuration: one.owner)
            }
            try await ShardPreparation.run(
                shard: 1, migration: TenancyMigrations.last, on: loop, shard.owner)
            let app = PostgresPool(
                loop: loop, configuration: database.app, size: 2, waiters: 10_000,
                shards: ShardPlan([1: shard.app], directory: ShardDirectory(), lookup: ShardQueries.lookup))
            let owner = PostgresPool(
                loop: loop, configuration: database.owner, size: 1, waiters: 1000,
                shards: ShardPlan([1: shard.owner], directory: ShardDirectory(), lookup: ShardQueries.lookup))
            for member in app.members + owner.members {
                try await member.waitUntilOpen(atMost: .seconds(30))
            }
            return Deployment(
                loop: loop, database: database, app: LoopBound(app, loop: loop),
                owner: LoopBound(owner, loop: loop), shard: shard)
        }
    }

    static func open() async throws -> Deployment {
        let loop = try EventLoop(index: 0, label: "test-school")
        return try await loop.perform {
            let database = try await PrivatePostgres.shared().makeDatabase(on: loop)
            try await Migrator(TenancyMigrations.all).run(on: loop, configuration: database.owner)
            let app = PostgresPool(loop: loop, configuration: database.app, size: 6, waiters: 10_000)
            let owner = PostgresPool(loop: loop, configuration: database.owner, size: 1, waiters: 1000)
            return Deployment(
                loop: loop, database: database, app: LoopBound(app, loop: loop),
                owner: LoopBound(owner, loop: loop))
        }
    }
}

/// A server in process without its sockets: routes, authenticator, guard and error table on one loop.
///
/// The database is shared; logins are a school's own, as if nobody else were there.
final class School: Sendable {
    let deployment: Deployment
    let services: TenancyServices
    let context: LoopBound<WebContext>
    private let routes: RouteTable
    private let tag: Int

    private static let count = Atomic<Int>(0)

    /// Bytes that stand for a deployment's secret.
    static let secret = Array("a secret of the tests, long enough for HS256".utf8)

    private init(_ deployment: Deployment, _ services: TenancyServices, _ context: LoopBound<WebContext>)
        throws
    {
        self.deployment = deployment
        self.services = services
        self.context = context
        routes = try RouteTable(TenancyRoutes.all)
        tag = School.count.add(1, ordering: .relaxed).newValue
    }

    static func open(
        limits: SignInThrottle.Limits = .generous, backlog: Int = 64, letters: PasswordLetters? = nil,
        oidc: OIDCServices? = nil, isSharded: Bool = false
    ) async throws -> School {
        let deployment = try await isSharded ? Deployment.sharded() : Deployment.shared()
        let services = TenancyServices(
            passwords: PasswordLane(width: 1, backlog: backlog, cost: .forTests),
            liveTokens: try await LiveTokens(secret: secret), secret: secret, limits: limits,
            letters: letters, oidc: oidc)
        return try await deployment.loop.perform {
            let loop = deployment.loop
            let context = WebContext(
                loop: loop, streams: StreamContext(loop: loop), pool: deployment.app.value,
                disk: WorkLane(label: "test-disk", width: 1, backlog: 10), metrics: Metrics(),
                health: Health(),
                logger: Log.silent)
            services.provide(to: context)
            return try School(deployment, services, LoopBound(context, loop: loop))
        }
    }

    var loop: EventLoop { deployment.loop }

    /// The login of this school's own user.
    func login(_ name: String) -> String { "\(name)+\(tag)@school.example" }

    /// Runs a body on the loop with its context.
    func onLoop<Value: Sendable>(
        _ body: @escaping @Sendable (WebContext) async throws -> Value
    ) async throws -> Value {
        let context = context
        return try await loop.perform { try await body(context.value) }
    }

    /// Runs a body on the loop with connections of the schema's owner.
    func asOwner<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresPool) async throws -> Value
    ) async throws -> Value {
        let owner = deployment.owner
        return try await loop.perform { try await body(owner.value) }
    }

    /// Answers a request as the server does, without its sockets.
    func answer(_ request: WebRequest) async throws -> Answer {
        let routes = routes
        return try await onLoop { context in
            var request = request
            do {
                let segments = request.path.split(separator: "/", omittingEmptySubsequences: false)
                    .dropFirst()
                guard
                    case .route(let route, let parameters) = routes.match(
                        request.method, segments.map(String.init)),
                    case .answer(let handler) = route.action
                else { throw WebError.notFound }
                request.parameters = parameters
                request.receivedAt = context.nowMilliseconds
                if route.access != .anyone {
                    request.principal = try await TenancyAuthenticator().authenticate(request, context)
                }
                if route.access == .signedIn, request.principal == nil { throw WebError.unauthorized }
                try RequestGuard().check(request)
                return Answer(response: try await handler(request, context))
            } catch {
                return Answer(error: ErrorAnswers.judged(error).0)
            }
        }
    }
}

extension TenancyMigrations {
    /// The highest number.
    static var last: Int { all.map(\.number).max() ?? 0 }
}

extension SignInThrottle.Limits {
    /// For tests that are about something else.
    static let generous = SignInThrottle.Limits(
        login: .init(burst: 1000, interval: .seconds(1)),
        address: .init(burst: 10_000, interval: .seconds(1)),
        entries: 1000)
}

/// What came back.
struct Answer: Sendable {
    var status: Int
    var headers: HTTPFields
    var body: [UInt8]
    var error: WebError?

    init(response: WebResponse) {
        status = response.status.code
        headers = response.headers
        if case .bytes(let bytes) = response.body { body = bytes } else { body = [] }
    }

    init(error: WebError) {
        status = error.status.code
        headers = error.headers
        body = []
        self.error = error
    }

    var json: JSONValue { (try? JSONReader.read(body)) ?? .null }
    var code: String? { error?.code }
    var setCookie: String? { headers[values: .setCookie].last }
    /// The cookie's value as a browser would send it back.
    var cookie: String? {
        setCookie?.split(separator: ";")[0].split(separator: "=", omittingEmptySubsequences: false).last.map(
            String.init)
    }
}

/// One client of a school: a browser with a cookie, or a program with a token.
struct Client: Sendable {
    let school: School
    var cookie: String?
    var csrf: String?
    var bearer: String?
    var isSecure = false
    var remote = "192.0.2.1"
    var authority = "school.example"
    var headers: HTTPFields = [:]

    init(_ school: School, bearer: String? = nil) {
        self.school = school
        self.bearer = bearer
    }

    func send(
        _ method: HTTPRequest.Method, _ target: String, _ json: JSONValue? = nil,
        headers added: HTTPFields = [:]
    ) async throws -> Answer {
        let parts = target.split(separator: "?", maxSplits: 1)
        var request = WebRequest(method: method, path: String(parts[0]), id: "test-request")
        if parts.count > 1 {
            request.query = try FormFields(parsing: Array(parts[1].utf8).span).fields.map {
                WebRequest.Item($0.name, $0.value)
            }
        }
        request.authority = authority
        request.headers = headers
        for field in added { request.headers.append(field) }
        request.remote = remote
        request.isSecure = isSecure
        if let json {
            request.body = RawJSON(json).bytes
            request.headers[.contentType] = "application/json"
        }
        if let cookie { request.headers[.cookie] = "cohort_session=\(cookie)" }
        if let csrf { request.headers[.csrfToken] = csrf }
        if let bearer { request.headers[.authorization] = "Bearer \(bearer)" }
        return try await school.answer(request)
    }

    /// Signs in and keeps cookie and token of the answer.
    mutating func signIn(_ login: String, _ password: String = "correct horse") async throws -> Answer {
        let answer = try await send(
            .post, "/api/v1/session", ["login": .string(school.login(login)), "password": .string(password)])
        keep(answer)
        return answer
    }

    mutating func keep(_ answer: Answer) {
        if let cookie = answer.cookie { self.cookie = cookie.isEmpty ? nil : cookie }
        if let csrf = answer.json["csrf_token"]?.string { self.csrf = csrf }
    }
}

extension School {
    /// Makes an institution with one user per login, all with the password `correct horse`.
    func institution(
        _ name: String = "Test School", _ users: [String: Set<Role>], shard: Int = 0
    ) async throws -> (id: InstitutionID, users: [String: User]) {
        let hash = PasswordHash.make("correct horse", cost: .forTests)?.text
        return try await onLoop { context in
            let directory = Directory(pool: context.pool)
            let institution = try await directory.createInstitution(name: name, shard: shard)
            let logins = users.keys.sorted()
            let made = try await directory.createUsers(
                logins.map {
                    NewUser(
                        login: self.login($0), name: "User \($0)", roles: users[$0] ?? [], passwordHash: hash)
                },
                in: institution.id)
            return (institution.id, Dictionary(uniqueKeysWithValues: zip(logins, made)))
        }
    }
}
