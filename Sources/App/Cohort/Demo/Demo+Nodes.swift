import EventLoop
import Glibc
import Logging
import Postgres
import Redis
import Sockets
import Telemetry

/// `cohort demo --nodes N`: the same demo, served by several processes behind a balancer.
extension Demo {
    /// Serves with several nodes until a signal comes; everything before that is done by this process.
    func serveNodes(
        _ count: Int, _ place: Place, _ configuration: Configuration, _ cluster: PrivateCluster,
        _ state: inout DemoState, _ sink: LogSink, _ signals: SignalWatch
    ) async throws {
        try await migrate(cluster)
        let cast = try await seed(place, cluster, &state)
        guard !signals.hasCaught else { return }
        let hooks = try hooks()
        var variables = configuration.variables.secret
        variables["COHORT_DATABASE_URL"] = cluster.url(
            user: Demo.app, database: Demo.database)
        variables["COHORT_SEARCH_DATABASE_URL"] = cluster.url(user: Demo.app, database: Demo.searchDatabase)
        if variables["COHORT_LOOPS"] == nil {
            variables["COHORT_LOOPS"] = String(NodePlan.loops(nodes: count, cpus: configuration.loops))
        }
        let classes = try await openClassesAlone(place, variables, sink, cast, &state)
        guard !signals.hasCaught else { return }
        let plan = try nodesPlan(count, place, configuration, variables, hooks)
        let console = console
        let register = ReadyRegister(path: options.readyFile)
        let nodes = DemoNodes(plan, isCancelled: { signals.hasCaught }) { sentence in
            console.say("  \(sentence)")
            Log.logger("demo").warning("\(sentence)")
            register.write()
        }
        let lane = WorkLane(label: "demo-nodes", width: 1, backlog: 16)
        do {
            try await console.step("Starting \(count) nodes and the balancer") {
                try await lane.run { Result { try nodes.start() } }?.get()
            }
            register.begin { [options] in
                Demo.ready(
                    nodes, configuration, cluster, cast, classes, hasTestEndpoints: options.hasTestEndpoints)
            }
            register.write()
            console.say(banner(nodes, place, cast, classes))
            await signals.wait()
            console.say("")
        } catch {
            register.end()
            await stop(nodes, lane)
            guard signals.hasCaught else { throw error }
            return
        }
        register.end()
        await console.step("Draining the nodes") { await stop(nodes, lane) }
    }

    private func stop(_ nodes: DemoNodes, _ lane: WorkLane) async {
        let console = console
        _ = await lane.run { nodes.stop { console.say("    \($0)") } }
    }

    /// Starts the classes by a server that only this process knows, before the nodes are there.
    private func openClassesAlone(
        _ place: Place, _ variables: [String: String], _ sink: LogSink, _ cast: DemoCast,
        _ state: inout DemoState
    ) async throws -> [Int64] {
        var own = variables
        own["COHORT_LISTEN_HOST"] = "127.0.0.1"
        own["COHORT_LISTEN_PORT"] = "0"
        own["COHORT_LOOPS"] = "1"
        own["COHORT_REDIS_URL"] = nil
        own["COHORT_ROLES"] = "web"
        let configuration = try Configuration(arguments: [], environment: own, file: nil)
        var extras = Server.Extras()
        extras.sink = sink
        let plan = extras
        let server = try await Server.start(configuration, extras: plan)
        do {
            let classes = try await openClasses(place, server, cast, &state)
            try await fillCourses(place, server, cast, &state)
            await server.drain()
            return classes
        } catch {
            await server.drain()
            throw error
        }
    }

    private func nodesPlan(
        _ count: Int, _ place: Place, _ configuration: Configuration, _ settings: [String: String],
        _ hooks: DemoTestHooks
    ) throws -> DemoNodes.Plan {
        guard let program = ProcessSetup.programPath else { throw DemoProblem.noProgram }
        let ports = LoopbackPort.free(count + 2)
        guard ports.count == count + 2 else { throw DemoProblem.noPorts }
        var redis: PrivateRedis.Options?
        var redisURL: String?
        if !hooks.hasRedis {
            var wanted = PrivateRedis.Options(folder: place.folder + "/redis")
            wanted.port = ports[count]
            let password = DemoState.randomText()
            wanted.password = password
            redis = wanted
            redisURL = "redis://:\(password)@127.0.0.1:\(ports[count])"
        }
        // What else this process was given, such as where libraries are, its nodes are given too.
        var variables = environment.filter { !$0.key.hasPrefix(ConfigurationKeys.variablePrefix) }
        variables.merge(settings) { $1 }
        var address = configuration.address
        if address.port == 0 { address = try SocketAddress(host: address.host, port: ports[count + 1]) }
        return DemoNodes.Plan(
            folder: place.folder, program: program,
            nodes: NodePlan.all(
                ports: Array(ports[..<count]), common: variables, redisURL: redisURL, hooks: hooks),
            redis: redis, address: address, hasTestEndpoints: options.hasTestEndpoints,
            patience: configuration.drainLimit + .seconds(10))
    }

    // MARK: While serving

    private static func ready(
        _ nodes: DemoNodes, _ configuration: Configuration, _ cluster: PrivateCluster, _ cast: DemoCast,
        _ classes: [Int64], hasTestEndpoints: Bool
    ) -> ReadyFile {
        let address = nodes.plan.address
        var file = ReadyFile(
            baseURL: "http://\(address)", liveURL: "ws://\(address)/connection/websocket", pid: getpid(),
            tokenSecret: String(decoding: configuration.tokenSecret?.secret ?? [], as: UTF8.self),
            course: cast.courses[0], liveClass: classes[0], quiz: cast.quizzes[0], schools: cast.schools)
        if hasTestEndpoints {
            file.database = .init(
                socketFolder: cluster.socketFolder, name: Demo.database, superuser: PrivateCluster.superuser)
        }
        file.nodes = nodes.list
        file.redisURL = nodes.plan.nodes.first?.variables["COHORT_REDIS_URL"]
        file.redisPid = nodes.redisPid
        file.balancerPid = nodes.balancerPid
        return file
    }

    private func banner(_ nodes: DemoNodes, _ place: Place, _ cast: DemoCast, _ classes: [Int64]) -> String {
        let places = nodes.list.map { "\($0.name) at \($0.baseURL) (pid \($0.pid ?? 0))" }
        return DemoBanner(
            baseURL: "http://\(nodes.plan.address)", cast: cast, liveClass: classes[0], folder: place.folder,
            logFile: place.folder + "/node-1.log …",
            notes: ["\(places.count) nodes behind HAProxy:"] + places.map { "  \($0)" }
                + ["A node that ends is started again."]
        ).text
    }
}
