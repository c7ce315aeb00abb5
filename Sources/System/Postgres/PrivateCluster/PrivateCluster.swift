import CLibPQ
import Glibc
import Processes

/// A Postgres server of this process alone: its data in a folder, reached by a unix socket, gone with the
/// process.
///
/// Everything here blocks: call it from a thread or a `WorkLane`, never on a loop.
package final class PrivateCluster: Sendable {
    /// How a cluster is made and run.
    package struct Options: Sendable {
        /// The folder of the cluster; made when it is missing, its parent must exist.
        ///
        /// A second start goes on with it.
        package var folder: String
        /// Whether a commit survives a crash of the machine; tests may do without.
        package var isDurable = true
        /// Connections that the server takes.
        package var maxConnections = 100
        /// The server's page cache in MB.
        package var sharedBuffers = 64
        /// How long the server may take until it takes connections, recovery included.
        package var startTimeout: Duration = .seconds(60)

        /// Makes the options for a folder, given by its absolute path.
        package init(folder: String) { self.folder = folder }
    }

    /// The folder that holds the socket; also the `host` of connections.
    package let socketFolder: String
    /// The folder that holds the data.
    package let dataFolder: String
    /// What the server writes.
    package let logFile: String

    private let server: ChildProcess
    private let lock: FolderLock

    private init(layout: ClusterLayout, server: ChildProcess, lock: FolderLock) {
        socketFolder = layout.socketFolder
        dataFolder = layout.dataFolder
        logFile = layout.logFile
        self.server = server
        self.lock = lock
    }

    deinit { server.signal(SIGINT) }

    /// The superuser, who needs no password on this socket.
    package static let superuser = "postgres"

    /// Whether the server still runs.
    package var isRunning: Bool { server.isRunning }

    /// The server's process number.
    package var processID: Int32 { server.pid }

    /// The configuration to connect as `user` to `database`.
    package func configuration(
        user: String = PrivateCluster.superuser, database: String = "postgres"
    ) -> PostgresConfiguration {
        PostgresConfiguration(socketFolder: socketFolder, user: user, database: database)
    }

    /// A connection URL for programs that are started, as `user` to `database`.
    package func url(user: String, database: String) -> String {
        // RFC 3986 §2.3: what may stand as it is.
        let host = socketFolder.utf8.map { byte in
            let isPlain =
                (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
                || [45, 46, 95, 126].contains(byte)
            let digits = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + digits
        }
        return "postgres://\(user)@\(host.joined())/\(database)"
    }

    /// Makes the cluster when the folder has none, and starts it.
    ///
    /// Under root the server runs as `postgres` or `nobody`. A folder that this account cannot reach holds a
    /// link to the data below `/var/lib` instead; `report` is told so.
    ///
    /// - Parameters:
    ///   - options: The folder and the settings.
    ///   - report: Hears, in sentences, what is being done.
    /// - Returns: The cluster, which takes connections.
    /// - Throws: ``PrivateClusterError``, a sentence for the person who started it.
    package static func start(
        _ options: Options, report: (String) -> Void = { _ in }
    ) throws(PrivateClusterError) -> PrivateCluster {
        let account = ServerAccount.current()
        let installed = PostgresBinaries.installed()
        guard let newest = installed.first else { throw .notInstalled }
        let layout = try ClusterLayout.prepare(folder: options.folder, account: account, report: report)
        let lock = try FolderLock(layout.base + "/lock")
        try layout.endEarlierServer()
        var binaries = newest
        if let version = layout.dataVersion() {
            guard let fitting = installed.first(where: { String($0.version) == version }) else {
                throw .wrongVersion(data: version, installed: installed.map { String($0.version) })
            }
            binaries = fitting
        } else {
            report("making a database cluster in \(layout.dataFolder)")
            try layout.initialize(binaries, account: account, isDurable: options.isDurable)
        }
        try layout.configure(options, account: account)
        let command = account.command(
            [binaries.server, "-D", layout.dataFolder], dyingWithParentBy: options.isDurable ? "INT" : "QUIT")
        let server = try PrivateClusterError.translating { () throws(ProcessError) in
            try ChildProcess.start(command, output: layout.logFile)
        }
        let cluster = PrivateCluster(layout: layout, server: server, lock: lock)
        try cluster.awaitReadiness(atMost: options.startTimeout)
        return cluster
    }

    private func awaitReadiness(atMost limit: Duration) throws(PrivateClusterError) {
        let deadline = ContinuousClock.now + limit
        let host = ClusterLayout.quoted(socketFolder, with: "\\")
        let conninfo = "host='\(host)' port=5432 dbname=postgres user=postgres connect_timeout=2"
        while PQping(conninfo) != PQPING_OK {
            guard server.isRunning, ContinuousClock.now < deadline else {
                server.signal(SIGQUIT)
                throw .notReady(ClusterLayout.lastLines(of: logFile))
            }
            // Postgres tells nobody that it answers: it is asked, until the deadline.
            usleep(10_000)
        }
    }

    /// Stops the server: open transactions are rolled back, the data is written.
    ///
    /// Harmless when it has stopped.
    package func stop() {
        // Fast, then immediate, then by force: the data survives each of them.
        for (signal, patience) in [
            (SIGINT, Duration.seconds(20)), (SIGQUIT, .seconds(5)), (SIGKILL, .seconds(5)),
        ] {
            server.signal(signal)
            if server.waitForEnd(atMost: patience) { break }
        }
        lock.release()
    }
}
