import EventLoop
import Postgres
import Telemetry

extension Health {
    /// Tells readiness once a second whether a pool has a connection to Postgres, as long as the pool lives; on its loop.
    func watch(_ pool: PostgresPool) {
        let isDown = pool.openConnections == 0
        set("database-\(pool.loop.index)", notReady: isDown ? "no connection to Postgres is open" : nil)
        pool.loop.schedule(after: .seconds(1)) { [weak self, weak pool] in
            if let self, let pool { watch(pool) }
        }
    }
}
