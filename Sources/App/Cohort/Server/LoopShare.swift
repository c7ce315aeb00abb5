import EventLoop
import LiveHub
import Postgres
import Sockets
import Telemetry
import WebServer

/// One loop's complete little server: its connections to Postgres, its listeners, its share of the live layer.
///
/// Confined to the loop.
final class LoopShare {
    let pool: PostgresPool
    /// Connections to the search index, where there is one.
    let searchPool: PostgresPool?
    let context: WebContext
    let server: HTTPServer
    let live: LiveLoop

    init(
        pool: PostgresPool, searchPool: PostgresPool?, context: WebContext, server: HTTPServer, live: LiveLoop
    ) {
        self.pool = pool
        self.searchPool = searchPool
        self.context = context
        self.server = server
        self.live = live
    }
}
