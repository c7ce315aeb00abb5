package import EventLoop
package import Logging
package import Postgres
package import Sockets
package import Telemetry

/// What handlers may use on one loop.
///
/// Confined to that loop.
package final class WebContext {
    /// The loop that everything here belongs to.
    package let loop: EventLoop
    /// The loop's streams.
    package let streams: StreamContext
    /// The lane for reading and writing files.
    package let disk: WorkLane
    package let metrics: Metrics
    package let health: Health
    package let logger: Logger

    private let database: PostgresPool?
    private var services: [ObjectIdentifier: Any] = [:]

    /// Makes the context of one loop; called on the loop or before it is used at all.
    ///
    /// A server without a database, in tests, has no `pool`.
    package init(
        loop: EventLoop, streams: StreamContext, pool: PostgresPool?, disk: WorkLane, metrics: Metrics,
        health: Health, logger: Logger
    ) {
        self.loop = loop
        self.streams = streams
        database = pool
        self.disk = disk
        self.metrics = metrics
        self.health = health
        self.logger = logger
    }

    /// The loop's connections to the database.
    package var pool: PostgresPool {
        guard let database else { preconditionFailure("this server has no database") }
        return database
    }

    /// Milliseconds since 1970, now.
    package var nowMilliseconds: Int64 { WallClock.milliseconds }

    /// Adds an object that the loop's handlers ask for by its type; each type once.
    package func provide<Service>(_ service: Service) {
        let before = services.updateValue(service, forKey: ObjectIdentifier(Service.self))
        precondition(before == nil, "\(Service.self) is provided twice")
    }

    /// The object of that type; `nil` when nobody provides one.
    package func find<Service>(_ type: Service.Type = Service.self) -> Service? {
        services[ObjectIdentifier(type)] as? Service
    }

    /// The object of that type; traps when the wiring forgot it.
    package func service<Service>(_ type: Service.Type = Service.self) -> Service {
        guard let service = services[ObjectIdentifier(type)] as? Service else {
            preconditionFailure("nobody provides \(type)")
        }
        return service
    }
}
