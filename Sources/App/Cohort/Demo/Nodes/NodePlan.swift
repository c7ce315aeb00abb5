/// One node of the demo, before it is started: its name, where it listens and what it is told.
struct NodePlan: Sendable {
    let name: String
    let port: UInt16
    /// Its environment variables; secrets are among them.
    let variables: [String: String]
    /// Variables of its first start alone.
    let firstVariables: [String: String]

    var baseURL: String { "http://127.0.0.1:\(port)" }
    var liveURL: String { "ws://127.0.0.1:\(port)/connection/websocket" }

    /// The name of the node with this index, counted from 0.
    static func name(_ index: Int) -> String { "node-\(index + 1)" }

    /// Plans all nodes.
    ///
    /// - Parameters:
    ///   - ports: One for each node.
    ///   - common: What all of them are told: settings, and what else is in the demo's own environment.
    ///   - redisURL: What they share; `nil` where `hooks` say it.
    ///   - hooks: What a test changes.
    /// - Returns: The plans, in the order of the ports.
    static func all(
        ports: [UInt16], common: [String: String], redisURL: String?, hooks: DemoTestHooks
    ) -> [NodePlan] {
        ports.enumerated().map { index, port in
            let name = name(index)
            var variables = common
            variables["COHORT_LISTEN_HOST"] = "127.0.0.1"
            variables["COHORT_LISTEN_PORT"] = String(port)
            variables["COHORT_NODE_NAME"] = name
            variables["COHORT_REDIS_URL"] = redisURL
            let proxies = common["COHORT_WEB_TRUSTED_PROXIES"].map { "\($0)," } ?? ""
            variables["COHORT_WEB_TRUSTED_PROXIES"] = proxies + "127.0.0.1"
            variables.merge(hooks.variables(of: name)) { $1 }
            // The first node alone, and once: all of them, or each time, would be no fault but an end.
            let fault = index == 0 ? hooks.faultPoint : nil
            return NodePlan(
                name: name, port: port, variables: variables,
                firstVariables: fault.map { [DemoTestHooks.faultVariable: $0] } ?? [:])
        }
    }

    /// How many loops each node gets when nobody says: together as many as there are CPUs, and one at least.
    static func loops(nodes: Int, cpus: Int) -> Int { max(1, (cpus + nodes - 1) / nodes) }
}
