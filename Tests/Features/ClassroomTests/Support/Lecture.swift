import Assessment
import Courses
import EventLoop
import HTTPTypes
import JSON
import LiveProtocol
import LiveTestKit
import Postgres
import Search
import Sockets
import Synchronization
import Telemetry
import Tenancy
import TestKit
import WebServer

@testable import Classroom
@testable import LiveHub

/// One node of two loops: the live layer with its classes, on a database.
final class Node: Sendable {
    let group: EventLoopGroup
    let hub: LiveHub
    let feature: ClassroomFeature
    let lives: [LoopBound<LiveLoop>]
    let contexts: [LoopBound<WebContext>]

    private init(
        group: EventLoopGroup, hub: LiveHub, feature: ClassroomFeature, lives: [LoopBound<LiveLoop>],
        contexts: [LoopBound<WebContext>]
    ) {
        self.group = group
        self.hub = hub
        self.feature = feature
        self.lives = lives
        self.contexts = contexts
    }

    static func start(
        _ database: TestDatabase, bus: any NodeBus = SilentBus(), broker: any Broker = MemoryBroker(),
        limits: ClassLimits = ClassLimits()
    ) async throws -> Node {
        let metrics = Metrics()
        let group = try EventLoopGroup(count: 2)
        let first = group.loops[0]
        let intake = try await first.perform {
            let pool = PostgresPool(loop: first, configuration: database.app, size: 1, waiters: 1000)
            return AnswerIntake(loop: first, pool: pool, metrics: metrics)
        }
        let feature = ClassroomFeature(loops: group, intake: intake, limits: limits)
        let hub = LiveHub(
            features: [feature], broker: broker, bus: bus, authenticator: NoTokens(),
            settings: LiveSettings(), metrics: metrics)
        var lives: [LoopBound<LiveLoop>] = []
        var contexts: [LoopBound<WebContext>] = []
        for loop in group.loops {
            let (live, context) = try await loop.perform {
                let pool = PostgresPool(loop: loop, configuration: database.app, size: 3, waiters: 1000)
                if loop.index == 0 {
                    hub.use(
                        log: EventLog(loop: loop, pool: pool, broker: hub.broker),
                        epoch: try await LiveHub.readEpoch(pool))
                }
                let streams = StreamContext(loop: loop)
                let live = hub.open(on: loop, streams: streams, pool: pool)
                feature.open(on: live)
                let context = WebContext(
                    loop: loop, streams: streams, pool: pool,
                    disk: WorkLane(label: "test-disk", width: 1, backlog: 10), metrics: metrics,
                    health: Health(),
                    logger: Log.silent)
                return (LoopBound(live, loop: loop), LoopBound(context, loop: loop))
            }
            lives.append(live)
            contexts.append(context)
        }
        return Node(group: group, hub: hub, feature: feature, lives: lives, contexts: contexts)
    }
}

/// A course with a class and its people, on a node of its own.
final class Lecture: Sendable {
    let database: TestDatabase
    let node: Node
    let institution: InstitutionID
    let course: Int64
    let section: Int64
    let id: Int64
    /// The people by login, as `teacher`, `ta`, `admin`, `parent`, `stranger`, `foreigner` (of another school), `s0`.
    let people: [String: Principal]

    static func open(
        students: Int = 3, isLive: Bool = true, bus: any NodeBus = SilentBus(),
        limits: ClassLimits = ClassLimits()
    ) async throws -> Lecture {
        let loop = try EventLoop(index: 7, label: "test-lecture")
        let database = try await loop.perform {
            let database = try await PrivatePostgres.shared().makeDatabase(on: loop)
            let all =
                TenancyMigrations.all + LiveHubMigrations.all + CourseMigrations.all
                + SearchMigrations.outbox + AssessmentMigrations.all
                + ClassroomMigrations.all
            try await Migrator(all).run(on: loop, configuration: database.owner)
            return database
        }
        let node = try await Node.start(database, bus: bus, limits: limits)
        let first = node.contexts[0]
        let lecture = try await first.loop.perform {
            try await Lecture.make(database, node, pool: first.value.pool, students: students)
        }
        if isLive { _ = await lecture.call("teacher", .start) }
        return lecture
    }

    private static func make(
        _ database: TestDatabase, _ node: Node, pool: PostgresPool, students: Int
    ) async throws -> Lecture {
        let directory = Directory(pool: pool)
        let home = try await directory.createInstitution(name: "School").id
        let abroad = try await directory.createInstitution(name: "Other School").id
        var people: [String: Principal] = [:]
        func add(_ logins: [(String, Role)], to institution: InstitutionID) async throws {
            let users = try await directory.createUsers(
                logins.map { NewUser(login: $0, name: "User \($0)", roles: [$1], passwordHash: nil) },
                in: institution)
            for ((login, _), user) in zip(logins, users) {
                people[login] = Principal(
                    institution: institution, user: user.id, person: user.person, name: user.name,
                    login: login,
                    roles: Set(user.roles.map(\.rawValue)), credential: .bearer(token: 1))
            }
        }
        let pupils = (0..<students).map { "s\($0)" }
        let staff: [(String, Role)] = [("teacher", .instructor), ("ta", .student), ("admin", .admin)]
        try await add(
            staff + [("parent", .parent), ("stranger", .student)] + pupils.map { ($0, .student) }, to: home)
        try await add([("foreigner", .admin)], to: abroad)
        let registry = CourseRegistry(pool: pool)
        let made = try await registry.create(name: "Biology", code: "BIO", in: home)
        for (logins, type) in [
            (["teacher"], EnrollmentType.teacher), (["ta"], .ta), (["parent"], .observer), (pupils, .student),
        ] {
            try await registry.enroll(
                logins.compactMap { people[$0]?.user }, as: type, course: made.course.id,
                section: made.section,
                in: home)
        }
        let id = try await LiveClassStore(pool: pool).create(
            title: "Cells", course: made.course.id, scheduledAt: nil, by: people["teacher"]?.user ?? 0, at: 1,
            in: home)
        return Lecture(
            database: database, node: node, institution: home, course: made.course.id, section: made.section,
            id: id,
            people: people)
    }

    private init(
        database: TestDatabase, node: Node, institution: InstitutionID, course: Int64, section: Int64,
        id: Int64,
        people: [String: Principal]
    ) {
        self.database = database
        self.node = node
        self.institution = institution
        self.course = course
        self.section = section
        self.id = id
        self.people = people
    }

    func user(_ login: String) -> Int64 { people[login]?.user ?? 0 }

    private func caller(_ login: String) -> LiveCaller {
        LiveCaller(
            institution: people[login]?.institution ?? institution, user: people[login]?.user, subject: login,
            name: people[login]?.name ?? "", roles: people[login]?.roles ?? [])
    }

    // MARK: What a session does

    /// A new key.
    static func key() -> String {
        PostgresUUID(high: .random(in: 0 ... .max), low: .random(in: 0 ... .max)).description
    }

    /// Calls a method over the second loop's share; an error comes back as `{"error":code,"message":…}`.
    func call(
        _ login: String, _ method: ClassMethod, _ members: String = "", key: String = key(),
        class id: Int64? = nil,
        on node: Node? = nil
    ) async -> JSONValue {
        let data = #"{"class":\#(id ?? self.id),"key":"\#(key)"\#(members.isEmpty ? "" : ",")\#(members)}"#
        let (node, caller) = (node ?? self.node, caller(login))
        let live = node.lives[1]
        let outcome = await withCheckedContinuation { continuation in
            live.loop.execute {
                guard let raw = try? RawJSON(validating: Array(data.utf8)) else {
                    return continuation.resume(returning: LiveOutcome.result(.null))
                }
                let call = LiveCall(
                    caller: caller, client: ClientID(), method: method.rawValue, data: raw,
                    receivedAt: WallTime.milliseconds(), loop: live.value
                ) { continuation.resume(returning: $0) }
                node.feature.methods[method.rawValue]?(call)
            }
        }
        switch outcome {
        case .result(let data): return value(data)
        case .error(let error):
            return ["error": .int(Int(error.code.rawValue)), "message": .string(error.message)]
        }
    }

    /// Sends a signal over the second loop's share.
    func signal(_ login: String, _ signal: ClassSignal, _ members: String) {
        let (node, caller) = (node, caller(login))
        let data = #"{"type":"\#(signal.rawValue)","class":\#(id),\#(members)}"#
        let live = node.lives[1]
        live.loop.execute {
            guard let raw = try? RawJSON(validating: Array(data.utf8)) else { return }
            let call = LiveCall(
                caller: caller, client: ClientID(), method: signal.rawValue, data: raw,
                receivedAt: WallTime.milliseconds(), loop: live.value
            ) { _ in }
            node.feature.signals[signal.rawValue]?(call)
        }
    }

    /// The reason of a refused call.
    func reason(_ login: String, _ method: ClassMethod, _ members: String = "") async -> String? {
        await call(login, method, members)["reason"]?.string
    }

    /// Whether somebody may subscribe: `nil`, or the error's code.
    func refusal(_ login: String, _ channel: String, on other: Node? = nil) async -> Int? {
        let node = other ?? node
        let (key, caller) = (
            ChannelKey(institution: people[login]?.institution ?? institution, name: channel), caller(login)
        )
        let (live, feature) = (node.lives[1], node.feature)
        let admission = await withCheckedContinuation { continuation in
            live.loop.execute {
                feature.admit(caller, to: key, loop: live.value) { continuation.resume(returning: $0) }
            }
        }
        if case .refused(let error) = admission { return Int(error.code.rawValue) }
        return nil
    }

    /// What a subscriber is granted; `nil` for nothing.
    func grant(_ login: String, _ channel: ClassChannel, id: Int64? = nil) async -> Admission.Grant? {
        let (key, caller) = (channel.key(id ?? self.id, in: institution), caller(login))
        let (live, feature) = (node.lives[1], node.feature)
        let admission = await withCheckedContinuation { continuation in
            live.loop.execute {
                feature.admit(caller, to: key, loop: live.value) { continuation.resume(returning: $0) }
            }
        }
        guard case .granted(let grant) = admission else { return nil }
        return grant
    }

    /// Joins or leaves a channel, as a session would.
    func join(_ login: String, _ channel: ClassChannel, leaves: Bool = false, on other: Node? = nil) {
        let node = other ?? node
        let (key, caller) = (channel.key(id, in: institution), caller(login))
        let (live, feature) = (node.lives[1], node.feature)
        live.loop.execute {
            if leaves {
                feature.didLeave(caller, client: ClientID(), channel: key, loop: live.value)
            } else {
                feature.didJoin(
                    caller, client: ClientID(), channel: key, isReturning: false, loop: live.value)
            }
        }
    }

    func snapshot(_ channel: ClassChannel, on node: Node? = nil) async -> (offset: UInt64, data: JSONValue) {
        let node = node ?? self.node
        let (live, key) = (node.lives[1], channel.key(id, in: institution))
        let snapshot = await withCheckedContinuation { continuation in
            live.loop.execute {
                node.feature.snapshot(of: key, loop: live.value) { continuation.resume(returning: $0) }
            }
        }
        return (snapshot?.offset ?? 0, snapshot.map { value($0.data) } ?? .null)
    }

    /// What the log holds after an offset.
    func log(_ channel: ClassChannel, after offset: UInt64 = 0, of user: Int64? = nil) async -> [JSONValue] {
        let (live, key) = (node.lives[1], channel.key(user ?? id, in: institution))
        let found = await withCheckedContinuation { continuation in
            live.loop.execute {
                live.value.readLog(key, after: offset, limit: 1000) { continuation.resume(returning: $0) }
            }
        }
        return (found ?? []).map { value($0.data.json ?? .null) }
    }

    /// Hears everything that is said in a channel from now on.
    func listen(_ channel: ClassChannel, of user: Int64? = nil, on other: Node? = nil) throws -> Listener {
        let node = other ?? node
        let listener = Listener()
        let loop = try EventLoop(index: 9, label: "test-listener")
        node.hub.broker.join(channel.key(user ?? id, in: institution), loop: loop, sink: listener)
        return listener
    }

    /// Runs a body with the room, on its loop.
    func withRoom(on other: Node? = nil, _ body: @escaping @Sendable (Room) -> Void) async {
        let node = other ?? node
        let key = RoomKey(institution: institution, id: id)
        await withCheckedContinuation { continuation in
            node.feature.withRoom(key) { found in
                if case .room(let room) = found { body(room) }
                continuation.resume()
            }
        }
    }

    // MARK: REST

    /// Calls a route's handler as somebody.
    func rest(
        _ login: String, _ method: HTTPRequest.Method, _ pattern: String, _ parameters: [String: String],
        body: String = "", on other: Node? = nil
    ) async throws -> (status: Int, body: JSONValue) {
        let node = other ?? node
        let (context, feature, principal) = (node.contexts[1], node.feature, people[login])
        return try await context.loop.perform {
            var request = WebRequest(method: method, path: pattern)
            request.parameters = parameters
            request.principal = principal
            request.receivedAt = WallTime.milliseconds()
            if !body.isEmpty {
                request.body = Array(body.utf8)
                request.headers[.contentType] = "application/json"
            }
            let routes =
                ClassroomRoutes.all(feature) + AssessmentRoutes.all(classes: CourseOfLiveClass(feature))
            guard let route = routes.first(where: { $0.method == method && $0.pattern == pattern }),
                case .answer(let handler) = route.action
            else { return (0, .null) }
            do {
                let response = try await handler(request, context.value)
                guard case .bytes(let bytes) = response.body else { return (response.status.code, .null) }
                return (response.status.code, try JSONReader.read(bytes))
            } catch let error as WebError {
                return (error.status.code, ["code": .string(error.code)])
            } catch let error as FieldError {
                return (400, ["code": .string(error.message)])
            }
        }
    }
}

/// Collects what a channel says.
final class Listener: BrokerSink {
    private struct State {
        var heard: [JSONValue] = []
        var waiters:
            [(test: @Sendable (JSONValue) -> Bool, continuation: CheckedContinuation<JSONValue, Never>)] = []
    }
    private let state = Mutex(State())

    func brokerMayHaveMissed(_ key: ChannelKey) {}

    func brokerDidCarry(_ publication: ChannelPublication, to key: ChannelKey) {
        let said = value(publication.publication.data.json ?? .null)
        let ready = state.withLock { state in
            state.heard.append(said)
            let ready = state.waiters.filter { $0.test(said) }.map(\.continuation)
            state.waiters.removeAll { $0.test(said) }
            return ready
        }
        for continuation in ready { continuation.resume(returning: said) }
    }

    var heard: [JSONValue] { state.withLock { $0.heard } }

    /// The first thing said, already or later, that passes the test.
    func first(_ test: @escaping @Sendable (JSONValue) -> Bool) async -> JSONValue {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state -> JSONValue? in
                if let known = state.heard.first(where: test) { return known }
                state.waiters.append((test, continuation))
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    func first(_ type: String) async -> JSONValue { await first { $0["type"]?.string == type } }
}

extension Lecture {
    /// Ends somebody's enrolment, as a route of the course's would.
    func unenroll(_ login: String) async throws {
        let (context, institution, course, user) = (node.contexts[0], institution, course, user(login))
        try await context.loop.perform {
            try await CourseRegistry(pool: context.value.pool).unenroll(user, course: course, in: institution)
        }
    }

    /// Gives somebody's enrolment an end so many days from now, and leaves no other trace.
    func end(_ login: String, inDays days: Int64) async throws {
        let (context, institution, user) = (node.contexts[0], institution, user(login))
        try await context.loop.perform {
            _ = try await context.value.pool.query(
                """
                UPDATE enrollments SET start_at = now() - interval '9 days', end_at = now() + $3::int * interval '1 day'
                WHERE institution_id = $1 AND user_id = $2
                """, [.int(institution.rawValue), .int(user), .int(days)], tenant: institution)
        }
    }

    /// Stores the board, as the room does after every 1,000 events.
    func keepBoard() async {
        let key = RoomKey(institution: institution, id: id)
        await withCheckedContinuation { continuation in
            node.feature.withShelf(id) { shelf in
                guard let room = shelf.existing(key) else { return continuation.resume() }
                shelf.live.loop.run {
                    await room.keepBoard()
                    continuation.resume()
                }
            }
        }
    }

    func statistics() async -> [ClassStatistics] {
        let (loop, feature) = (node.group.loops[0], node.feature)
        return await withCheckedContinuation { continuation in
            loop.execute { feature.statistics(on: loop) { continuation.resume(returning: $0) } }
        }
    }

    /// Has the class's enrolments looked at now, instead of within two seconds.
    func sweep() async {
        await withCheckedContinuation { continuation in
            node.feature.withShelf(id) { shelf in
                shelf.live.loop.run {
                    await shelf.sweepNow()
                    continuation.resume()
                }
            }
        }
    }
}
