import EventLoop
import Glibc
import Logging
import Postgres
import Search
import Sockets
import Telemetry
import Tenancy

/// `cohort demo`: a private Postgres, a school in it, and a server, in one process, or several nodes.
package struct Demo: Sendable {
    static let database = "cohort"
    static let searchDatabase = "cohort_search"
    static let owner = "cohort_owner"
    static let app = "cohort_app"

    let options: DemoOptions
    let environment: [String: String]
    let console: DemoConsole

    /// Prepares the demo; nothing is started yet.
    package init(
        options: DemoOptions, environment: [String: String], console: DemoConsole = DemoConsole()
    ) {
        self.options = options
        self.environment = environment
        self.console = console
    }

    /// Runs the demo until a signal comes.
    ///
    /// - Throws: A sentence for the person who started it, whatever its type.
    package func run(signals: SignalWatch) async throws {
        let place = try place()
        var state = try DemoState.read(place.stateFile) ?? DemoState.fresh()
        try state.write(place.stateFile)
        let configuration = try configuration(place, secret: state.secret)
        let hooks = try hooks()
        // Before Postgres is started for nothing.
        try PortProbe.check(configuration.address)
        if options.nodes > 1 {
            try DemoNodes.checkPrograms(needsRedis: !hooks.hasRedis)
        } else {
            try hooks.armFaultPoint()
        }
        let sink = try logSink(place)
        Log.start(level: configuration.logLevel, sink: sink)
        Log.logger("configuration").notice("settings", metadata: configuration.metadata)
        if let path = options.readyFile { unlink(path) }

        let lane = WorkLane(label: "demo", width: 1, backlog: 16)
        console.say("Cohort \(Version.number), demo in \(place.folder)")
        let cluster = try await startCluster(place, configuration, lane)
        do {
            if options.nodes > 1 {
                try await serveNodes(options.nodes, place, configuration, cluster, &state, sink, signals)
            } else {
                try await serve(place, configuration, cluster, &state, sink, signals)
            }
        } catch {
            await stop(cluster, lane)
            throw error
        }
        if let path = options.readyFile { unlink(path) }
        await console.step("Stopping Postgres") { await stop(cluster, lane) }
        console.say("Stopped. The data stays in \(place.folder).")
    }

    private func serve(
        _ place: Place, _ configuration: Configuration, _ cluster: PrivateCluster, _ state: inout DemoState,
        _ sink: LogSink, _ signals: SignalWatch
    ) async throws {
        try await migrate(cluster)
        let cast = try await seed(place, cluster, &state)
        guard !signals.hasCaught else { return }
        var own = configuration
        own.database = cluster.configuration(user: Demo.app, database: Demo.database)
        own.search.database = cluster.configuration(user: Demo.app, database: Demo.searchDatabase)
        var extras = Server.Extras()
        extras.hasTestEndpoints = options.hasTestEndpoints
        extras.sink = sink
        let settings = own
        let plan = extras
        let server = try await console.step("Starting the server") {
            try await Server.start(settings, extras: plan)
        }
        let classes = try await openClasses(place, server, cast, &state)
        if let path = options.readyFile {
            try ready(server, configuration, cluster, cast, classes).write(to: path)
        }
        console.say(banner(server, place, cast, classes))
        // Nobody waits for it: it is there before somebody has signed in.
        try await fillCourses(place, server, cast, &state)
        await signals.wait()
        console.say("")
        _ = await console.step("Closing connections") { await server.drain() }
    }

    // MARK: Before serving

    private func configuration(_ place: Place, secret: String) throws -> Configuration {
        var variables = environment
        // The demo has a Postgres of its own.
        variables["COHORT_DATABASE_URL"] = nil
        variables["COHORT_DATABASE_OWNER_URL"] = nil
        variables["COHORT_SEARCH_DATABASE_URL"] = nil
        variables["COHORT_SEARCH_DATABASE_OWNER_URL"] = nil
        // And of several nodes, a Redis.
        variables["COHORT_REDIS_URL"] = nil
        let operators = DemoSchool.northfield.login(of: DemoSchool.northfield.admin)
        var flags = options.settings
        if let port = options.port { flags.append("--listen-port=\(port)") }
        let configuration = try Configuration(
            arguments: flags, environment: variables, file: options.configurationFile,
            // Nobody scans a demo's files. Whoever plays a whole class does it with the tokens of the few people of a demo.
            defaults: [
                "live.user-limits": "none",
                "token.secret": secret, "operators": operators, "node.name": "demo",
                "content.folder": place.folder + "/content", "content.requires-scan": "false",
            ])
        guard configuration.address.isLoopback else {
            throw DemoProblem.notLoopback(configuration.address.host)
        }
        return configuration
    }

    /// What tests change.
    func hooks() throws(DemoProblem) -> DemoTestHooks {
        try DemoTestHooks(environment: environment, isAllowed: options.hasTestEndpoints)
    }

    private func logSink(_ place: Place) throws -> LogSink {
        let descriptor = open(place.logFile, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw PrivateFile.Failure(path: place.logFile, reason: String(cString: strerror(errno)))
        }
        return LogSink(descriptor: descriptor)
    }

    private func startCluster(
        _ place: Place, _ configuration: Configuration, _ lane: WorkLane
    ) async throws -> PrivateCluster {
        var options = PrivateCluster.Options(folder: place.clusterFolder)
        // Migrations, seeding and somebody's psql fit beside the server's own.
        options.maxConnections =
            self.options.nodes * (configuration.connectionSum + configuration.searchConnections)
            + 40
        options.sharedBuffers = 128
        let wanted = options
        let console = console
        return try await console.step("Starting Postgres") {
            let result = await lane.run { () -> Result<PrivateCluster, PrivateClusterError> in
                do throws(PrivateClusterError) {
                    return .success(try PrivateCluster.start(wanted) { console.say("    \($0)") })
                } catch {
                    return .failure(error)
                }
            }
            guard let result else { throw PrivateClusterError.notReady("too much is being started") }
            return try result.get()
        }
    }

    private func stop(_ cluster: PrivateCluster, _ lane: WorkLane) async {
        _ = await lane.run { cluster.stop() }
    }

    func migrate(_ cluster: PrivateCluster) async throws {
        let loop = try EventLoop(index: 0, label: "cohort.demo")
        try await console.step("Preparing the database") {
            try await loop.carryOut {
                try await cluster.prepareDatabase(
                    named: Demo.database, owner: Demo.owner, app: Demo.app, on: loop)
                try await Migrator(Schema.migrations).run(
                    on: loop, configuration: cluster.configuration(user: Demo.owner, database: Demo.database))
                try await cluster.prepareDatabase(
                    named: Demo.searchDatabase, owner: Demo.owner, app: Demo.app, on: loop)
                try await Migrator(SearchMigrations.index).run(
                    on: loop,
                    configuration: cluster.configuration(user: Demo.owner, database: Demo.searchDatabase))
            }
        }
    }

    func seed(_ place: Place, _ cluster: PrivateCluster, _ state: inout DemoState) async throws
        -> DemoCast
    {
        let loop = try EventLoop(index: 0, label: "cohort.demo")
        let known = state
        let (cast, seeded) = try await console.step("Bringing people and courses") {
            try await loop.carryOut {
                let pool = PostgresPool(
                    loop: loop, configuration: cluster.configuration(user: Demo.app, database: Demo.database),
                    size: 1,
                    waiters: 16)
                defer { pool.close() }
                var changed = known
                let cast = try await DemoSeed(pool: pool).run(&changed) { try $0.write(place.stateFile) }
                return (cast, changed)
            }
        }
        state = seeded
        return cast
    }

    func openClasses(
        _ place: Place, _ server: Server, _ cast: DemoCast, _ state: inout DemoState
    ) async throws -> [Int64] {
        let known = state
        let classroom = server.node.classroom
        let (classes, opened) = try await console.step("Opening the live class") {
            try await server.onFirstShare { share in
                var changed = known
                let demo = DemoClasses(context: share.context, classroom: classroom)
                let classes = try await demo.run(cast, &changed) {
                    try $0.write(place.stateFile)
                }
                return (classes, changed)
            }
        }
        state = opened
        return classes
    }

    /// Puts something into the courses; tests make what they look at themselves.
    func fillCourses(
        _ place: Place, _ server: Server, _ cast: DemoCast, _ state: inout DemoState
    ) async throws {
        guard !options.hasTestEndpoints else { return }
        let known = state
        state = try await server.onFirstShare { share in
            var changed = known
            try await DemoContent(context: share.context).run(cast, &changed) {
                try $0.write(place.stateFile)
            }
            return changed
        }
    }

    // MARK: While serving

    private func ready(
        _ server: Server, _ configuration: Configuration, _ cluster: PrivateCluster, _ cast: DemoCast,
        _ classes: [Int64]
    ) -> ReadyFile {
        ReadyFile(
            baseURL: server.baseURL, liveURL: server.liveURL, secureURL: server.secureURL, pid: getpid(),
            tokenSecret: String(decoding: configuration.tokenSecret?.secret ?? [], as: UTF8.self),
            course: cast.courses[0], liveClass: classes[0], quiz: cast.quizzes[0], schools: cast.schools,
            database: options.hasTestEndpoints
                ? .init(
                    socketFolder: cluster.socketFolder, name: Demo.database,
                    superuser: PrivateCluster.superuser)
                : nil)
    }

    private func banner(_ server: Server, _ place: Place, _ cast: DemoCast, _ classes: [Int64]) -> String {
        DemoBanner(
            baseURL: server.baseURL, cast: cast, liveClass: classes[0], folder: place.folder,
            logFile: place.logFile,
            notes: server.notes
        ).text
    }

    // MARK: Files

    /// Where the demo keeps what it has.
    struct Place: Sendable {
        let folder: String

        var clusterFolder: String { folder + "/postgres" }
        var stateFile: String { folder + "/demo.json" }
        var logFile: String { folder + "/cohort.log" }
    }

    private func place() throws(PrivateFile.Failure) -> Place {
        try PrivateFile.makeFolder(options.dataFolder)
        return Place(folder: try PrivateFile.absolute(options.dataFolder))
    }
}
