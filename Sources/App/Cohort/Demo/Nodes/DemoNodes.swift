import EventLoop
import Glibc
import Postgres
import Processes
import Redis
import Sockets
import Synchronization

/// The demo's nodes, the Redis between them and the balancer before them: all of them programs of their own, which are
/// started again when they end, and which end with this process whatever happens to it.
///
/// Any thread may use it; `start` and `stop` block, so call them from a `WorkLane`.
final class DemoNodes: Sendable {
    /// What is started, and where its files are.
    struct Plan: Sendable {
        /// The demo's folder, absolute.
        let folder: String
        /// The program that serves.
        let program: String
        let nodes: [NodePlan]
        /// The Redis of our own; `nil` where a test brings one.
        let redis: PrivateRedis.Options?
        /// Where the balancer listens.
        let address: SocketAddress
        let hasTestEndpoints: Bool
        /// How long a node may take to drain.
        let patience: Duration

        var haproxy: HAProxySettings {
            HAProxySettings(
                bind: address.description,
                servers: nodes.map { .init(name: $0.name, address: "127.0.0.1:\($0.port)") })
        }
    }

    /// How long a program may take until it answers.
    private static let startLimit: Duration = .seconds(60)

    let plan: Plan
    private let redis: KeptProcess?
    private let nodes: [KeptProcess]
    private let balancer: KeptProcess
    private let isCancelled: @Sendable () -> Bool

    /// Prepares everything; nothing is started yet.
    ///
    /// - Parameters:
    ///   - plan: What is started.
    ///   - isCancelled: Whether waiting for it has become pointless.
    ///   - report: Hears a sentence when a program ends or is started again.
    init(
        _ plan: Plan, isCancelled: @escaping @Sendable () -> Bool,
        report: @escaping @Sendable (String) -> Void
    ) {
        self.plan = plan
        self.isCancelled = isCancelled
        redis = plan.redis.map { options in
            KeptProcess("redis", report: report) { _ in
                let server = try PrivateRedis.start(options)
                return .init(process: server.process, owner: server)
            }
        }
        nodes = plan.nodes.map { node in
            KeptProcess(node.name, report: report) { isFirst in
                let command = DemoNodes.tied(
                    [plan.program, "serve"] + (plan.hasTestEndpoints ? ["--test-endpoints"] : []))
                let variables = isFirst ? node.variables.merging(node.firstVariables) { $1 } : node.variables
                return .init(
                    process: try ChildProcess.start(
                        command, output: DemoNodes.log(plan, node.name), environment: variables))
            }
        }
        balancer = KeptProcess("haproxy", report: report) { _ in
            let file = plan.folder + "/haproxy.cfg"
            try PrivateFile.write(Array(plan.haproxy.text.utf8), to: file)
            let command = DemoNodes.tied([try DemoNodes.balancerProgram(), "-db", "-f", file])
            return .init(process: try ChildProcess.start(command, output: DemoNodes.log(plan, "haproxy")))
        }
    }

    /// Sees whether everything is installed that several nodes need.
    ///
    /// - Throws: A sentence that says what to install.
    static func checkPrograms(needsRedis: Bool) throws {
        _ = try balancerProgram()
        let redis = ["/usr/bin/redis-server", "/usr/local/bin/redis-server", "/usr/bin/redis-check-rdb"]
        guard !needsRedis || redis.contains(where: { access($0, X_OK) == 0 }) else {
            throw PrivateRedisError.notInstalled
        }
    }

    private static func balancerProgram() throws(DemoProblem) -> String {
        for path in ["/usr/sbin/haproxy", "/usr/local/sbin/haproxy", "/usr/bin/haproxy"]
        where access(path, X_OK) == 0 {
            return path
        }
        throw .notInstalled("HAProxy, which stands before several nodes,", package: "haproxy")
    }

    /// A command whose process the kernel ends as soon as this one has ended, however that came about (prctl(2),
    /// `PR_SET_PDEATHSIG`).
    private static func tied(_ command: [String]) -> [String] {
        ["/usr/bin/setpriv", "--pdeathsig", "KILL"] + command
    }

    private static func log(_ plan: Plan, _ name: String) -> String { "\(plan.folder)/\(name).log" }

    // MARK: Starting and stopping

    /// Starts one after the other, until everything answers.
    ///
    /// - Throws: A sentence; what was started stays until `stop`.
    func start() throws {
        try redis?.start()
        for node in nodes { try node.start() }
        for (node, kept) in zip(plan.nodes, nodes) { try awaitReadiness(kept, "127.0.0.1", node.port) }
        try balancer.start()
        try awaitReadiness(balancer, plan.address.host, plan.address.port)
        redis?.keep()
        for node in nodes { node.keep() }
        balancer.keep()
    }

    private func awaitReadiness(_ kept: KeptProcess, _ host: String, _ port: UInt16) throws(DemoProblem) {
        let deadline = ContinuousClock.now + DemoNodes.startLimit
        while !LoopbackPort.isReady(host, port) {
            guard kept.isRunning, ContinuousClock.now < deadline, !isCancelled() else {
                throw .notReady(kept.name, log: DemoNodes.log(plan, kept.name))
            }
            // A node tells nobody that it serves: it is asked, until the deadline.
            usleep(20_000)
        }
        // Who answers may be somebody else, who had the port first.
        guard kept.isRunning else { throw .notReady(kept.name, log: DemoNodes.log(plan, kept.name)) }
    }

    /// Drains one node after the other; then the balancer ends, then Redis.
    ///
    /// - Parameter step: Hears what is being stopped.
    func stop(_ step: (String) -> Void) {
        for node in nodes where node.isRunning {
            step("draining \(node.name)")
            if !node.stop(within: plan.patience) { step("\(node.name) did not end by itself") }
        }
        // Also those that wait to be started again.
        for node in nodes { node.stop(within: plan.patience) }
        balancer.stop(within: .seconds(5))
        redis?.stop(within: .seconds(5))
    }

    // MARK: Who is there

    var balancerPid: Int32? { balancer.pid }
    /// `nil` also where a test brings the Redis.
    var redisPid: Int32? { redis?.pid }

    /// The nodes as the ready file names them.
    var list: [ReadyFile.Node] {
        zip(plan.nodes, nodes).map { plan, kept in
            ReadyFile.Node(name: plan.name, pid: kept.pid, baseURL: plan.baseURL, liveURL: plan.liveURL)
        }
    }
}
