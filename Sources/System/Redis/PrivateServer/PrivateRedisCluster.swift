package import EventLoop
import Sockets

/// Three masters that share the slots: a cluster of this process alone.
package struct PrivateRedisCluster: Sendable {
    /// The masters, each with a third of the slots.
    package let servers: [PrivateRedis]

    /// How to connect.
    package var settings: RedisSettings {
        var settings = servers[0].settings
        settings.endpoints = servers.map(\.endpoint)
        return settings
    }

    /// Starts three servers in folders below `options.folder`; they are no cluster yet.
    ///
    /// Blocks.
    ///
    /// - Throws: ``PrivateRedisError``; those that were started are stopped then.
    package static func start(_ options: PrivateRedis.Options) throws(PrivateRedisError)
        -> PrivateRedisCluster
    {
        var servers: [PrivateRedis] = []
        for number in 0..<3 {
            var options = options
            options.folder += "-\(number)"
            options.isCluster = true
            options.port = nil
            servers.append(try PrivateRedis.start(options))
        }
        return PrivateRedisCluster(servers: servers)
    }

    /// Stops all servers.
    ///
    /// Blocks.
    package func stop() { for server in servers { server.stop() } }

    /// Deals out the slots and makes the servers meet.
    ///
    /// Called on `loop`; returns when all of them say that the cluster works.
    ///
    /// - Throws: ``PrivateRedisError/notFormed(_:)`` after `limit`.
    package func form(on loop: EventLoop, within limit: Duration = .seconds(30))
        async throws(PrivateRedisError)
    {
        let dialer = RedisDialer.tcp(context: StreamContext(loop: loop))
        let clients = servers.map { RedisNode(loop: loop, settings: $0.settings, dialer: dialer) }
        defer { for client in clients { client.close() } }
        do throws(RedisError) {
            for (number, client) in clients.enumerated() {
                let first = number * KeySlot.count / clients.count
                let last = (number + 1) * KeySlot.count / clients.count - 1
                try await client.run(
                    RedisCommand(
                        "CLUSTER", ["ADDSLOTSRANGE", RedisArgument(first), RedisArgument(last)], key: nil))
                try await client.run(
                    RedisCommand("CLUSTER", ["SET-CONFIG-EPOCH", RedisArgument(number + 1)], key: nil))
            }
            for server in servers.dropFirst() {
                try await clients[0].run(
                    RedisCommand(
                        "CLUSTER",
                        [
                            "MEET", "127.0.0.1", RedisArgument(server.endpoint.port),
                            RedisArgument(server.busPort),
                        ],
                        key: nil))
            }
            let deadline = loop.now + limit
            for (server, client) in zip(servers, clients) {
                while true {
                    let slots = try await client.run(RedisCommand("CLUSTER", ["SLOTS"], key: nil))
                    let info = try await client.run(RedisCommand("CLUSTER", ["INFO"], key: nil)).text ?? ""
                    let topology = ClusterTopology(slots: slots, from: server.endpoint)
                    if topology?.isComplete == true, info.contains("cluster_state:ok") { break }
                    guard loop.now < deadline else { throw .unavailable("not all slots are served") }
                    await withCheckedContinuation { continuation in
                        loop.schedule(after: .milliseconds(20)) { continuation.resume() }
                    }
                }
            }
        } catch {
            throw .notFormed(error.description)
        }
    }
}
