import Assessment
import Dispatch
package import EventLoop
import Glibc
import LiveHub
import Logging
import Operations
import Postgres
package import Sockets
import Telemetry
import Tenancy
import WebServer

/// A running node: every loop's share, and what the loops have in common.
package final class Server: Sendable {
    /// Where it listens, with the port that the kernel chose when 0 was asked for.
    package let address: SocketAddress
    /// Where it speaks HTTPS; `nil` where it does not.
    package let secureAddress: SocketAddress?
    /// Its loops.
    package let loops: [EventLoop]
    /// What was found at start that operators should read.
    package let notes: [String]

    let node: Node
    let shares: [LoopBound<LoopShare>]

    init(
        address: SocketAddress, secureAddress: SocketAddress?, node: Node,
        shares: [LoopBound<LoopShare>], notes: [String]
    ) {
        self.secureAddress = secureAddress
        self.address = address
        self.node = node
        self.shares = shares
        self.notes = notes
        loops = shares.map(\.loop)
    }

    /// The URL of its pages.
    package var baseURL: String { "http://\(Server.display(address))" }
    /// The URL of its pages over HTTPS; `nil` where it does not speak it.
    package var secureURL: String? { secureAddress.map { "https://\(Server.display($0))" } }
    /// The URL of its live endpoint.
    package var liveURL: String { "ws://\(Server.display(address))/connection/websocket" }

    /// An address that one can connect to: a wildcard is reached by the loopback address.
    private static func display(_ address: SocketAddress) -> String {
        switch address.host {
        case "0.0.0.0": "127.0.0.1:\(address.port)"
        case "::": "[::1]:\(address.port)"
        default: address.description
        }
    }

    /// Runs something on the first loop with its share; for what is done once at start.
    func onFirstShare<Value: Sendable>(
        _ body: @escaping @Sendable (LoopShare) async throws -> Value
    ) async throws -> Value {
        let share = shares[0]
        return try await share.loop.carryOut { try await body(share.value) }
    }

    // MARK: The end

    /// Ends the server in good order: readiness off, listeners closed, open batches committed, live connections closed
    /// over a while, requests finished; whatever is left when the limit has passed is cut off.
    ///
    /// - Returns: Whether everything ended by itself.
    @discardableResult
    package func drain() async -> Bool {
        let configuration = node.configuration
        node.health.drain()
        node.leaveCluster()
        async let jobsEnded: Void = node.jobs.stop(within: configuration.drainLimit)
        node.logger.info("draining")
        let wait = DrainWait(count: shares.count)
        for share in shares {
            share.loop.execute { share.value.server.drain { wait.arrive() } }
        }
        await settle()
        node.hub.drain(over: node.hub.closingWindow)
        let isComplete = await wait.wait(atMost: configuration.drainLimit)
        await jobsEnded
        await settle()
        node.stopShards()
        let closed = DrainWait(count: shares.count)
        for share in shares {
            share.loop.execute {
                share.value.server.abort()
                share.value.pool.close()
                share.value.searchPool?.close()
                closed.arrive()
            }
        }
        _ = await closed.wait(atMost: .seconds(5))
        node.closeOwnPools()
        node.logger.info("drained", metadata: ["complete": "\(isComplete)"])
        node.sink.flush()
        return isComplete
    }

    /// Waits, within bounds, until what was handed to the log and the intake is committed.
    private func settle() async {
        guard let loop = loops.first else { return }
        let node = node
        let wait = DrainWait(count: 2)
        loop.execute {
            node.log.drained(loop: loop) { wait.arrive() }
            node.intake.drained(loop: loop) { wait.arrive() }
        }
        _ = await wait.wait(atMost: .seconds(10))
    }
}
