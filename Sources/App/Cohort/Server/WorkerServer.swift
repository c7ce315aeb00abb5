import EventLoop
import JobQueue
import LiveHub
import Logging
import Postgres
package import Sockets
import Telemetry
import WebServer

/// A node that only does jobs: it answers `/healthz`, `/readyz` and `/metrics`, and nobody else.
package final class WorkerServer: Sendable {
    /// Where it answers.
    package let address: SocketAddress
    private let configuration: Configuration
    private let jobs: BackgroundJobs
    private let carrier: Carrier
    private let server: LoopBound<HTTPServer>
    private let health: Health
    private let sink: LogSink
    private let shards: Shards

    private init(
        address: SocketAddress, configuration: Configuration, jobs: BackgroundJobs, carrier: Carrier,
        server: LoopBound<HTTPServer>, health: Health, sink: LogSink, shards: Shards
    ) {
        self.address = address
        self.configuration = configuration
        self.jobs = jobs
        self.carrier = carrier
        self.server = server
        self.health = health
        self.sink = sink
        self.shards = shards
    }

    /// Starts the node: it works when this returns.
    ///
    /// One loop, whatever the settings say: jobs wait for Postgres and for others, and blocking work has lanes of its own.
    ///
    /// - Throws: ``ServerProblem``, a sentence for the person who starts it.
    package static func start(
        _ configuration: Configuration, extras: Server.Extras = Server.Extras()
    ) async throws -> WorkerServer {
        guard let database = configuration.database else {
            throw ServerProblem.configuration(
                .missing(key: ConfigurationKeys.databaseURL.name, reason: "jobs are kept in Postgres"))
        }
        let loop: EventLoop
        do {
            loop = try EventLoop(index: 0, label: "cohort.worker")
        } catch {
            throw ServerProblem.system("the kernel grants no event loop: \(error)")
        }
        let metrics = Metrics()
        let health = Health(metrics: metrics)
        NodeMetrics.registerProcess(metrics, loops: [loop])
        let carrier = try await Server.carrier(on: loop, configuration, metrics)
        let shards = Shards(configuration)
        let place = try Server.exportPlace(configuration, loop: loop)
        let jobs = try await loop.carryOut {
            BackgroundJobs(
                on: loop, configuration, database, shards.plan,
                hasTestEndpoints: extras.hasTestEndpoints, place: place, bus: carrier.bus, metrics: metrics
            ) { carrier.bus.tellChange(of: $0) }
        }
        let application: WebApplication
        do {
            application = try WebApplication(
                routes: ProbeRoutes.all(watchers: configuration.metricsReaders), metrics: metrics)
        } catch {
            preconditionFailure("two probes want the same requests: \(error)")
        }
        try PortProbe.check(configuration.address)
        let (server, address) = try await loop.carryOut {
            let pool = jobs.pool.value
            do throws(PostgresError) {
                try await pool.waitUntilOpen(atMost: extras.databaseWait)
            } catch {
                throw ServerProblem.database(database.display, error)
            }
            try await Schema.check(pool)
            _ = try await Server.indexNotes(jobs, configuration, wait: min(extras.databaseWait, .seconds(3)))
            health.watch(pool)
            let context = WebContext(
                loop: loop, streams: StreamContext(loop: loop), pool: pool,
                disk: WorkLane(label: "disk", width: 1, backlog: 16), metrics: metrics, health: health,
                logger: Log.logger("web"))
            let server = HTTPServer(application, context: context)
            do {
                let address = try server.listen(on: configuration.address)
                return (LoopBound(server, loop: loop), address)
            } catch {
                throw ServerProblem.listen(
                    "\(configuration.address) cannot be listened at: \(PortProbe.reason(error))")
            }
        }
        _ = try await shards.begin([jobs.pool], health, nil, wait: extras.databaseWait)
        carrier.start { health.setDegraded("redis", !$0) }
        shards.start { jobs.start(in: $0) }
        Log.logger("server").notice(
            "working on jobs",
            metadata: [
                "address": "\(address)", "slots": "\(configuration.jobs.slots)", "version": "\(Version.text)",
            ])
        return WorkerServer(
            address: address, configuration: configuration, jobs: jobs, carrier: carrier, server: server,
            health: health, sink: extras.sink, shards: shards)
    }

    /// Ends the node in good order: what runs may end within the limit, the rest is given back at once.
    package func drain() async {
        health.drain()
        await jobs.stop(within: configuration.drainLimit)
        let closed = DrainWait(count: 1)
        server.loop.execute { [server] in
            server.value.abort()
            closed.arrive()
        }
        _ = await closed.wait(atMost: .seconds(5))
        shards.stop()
        jobs.close()
        carrier.close()
        Log.logger("server").info("drained")
        sink.flush()
    }
}
