import Glibc
package import Processes

/// A Redis server of this process alone: on a free port of the loopback, in memory only, gone with the process.
///
/// Everything here blocks: call it from a thread or a `WorkLane`, never on a loop.
package final class PrivateRedis: Sendable {
    /// How a server is run.
    package struct Options: Sendable {
        /// The folder of its settings and log, by its absolute path; made when it is missing, its parent must exist.
        package var folder: String
        /// What clients must say; `nil` for nothing.
        ///
        /// Letters, digits, `-` and `_`.
        package var password: String?
        /// Whether it is a node of a cluster, without slots at first.
        package var isCluster = false
        /// The port; `nil` takes a free one.
        package var port: UInt16?
        /// Further lines of `redis.conf`.
        package var extraSettings: [String] = []
        /// How long the server may take until it takes connections.
        package var startTimeout: Duration = .seconds(20)

        package init(folder: String) { self.folder = folder }
    }

    /// Where it listens.
    package let endpoint: RedisEndpoint
    /// Where other nodes of its cluster reach it; 0 without one.
    package let busPort: UInt16
    /// What the server writes.
    package let logFile: String

    private let password: String?
    private let isCluster: Bool
    private let server: ChildProcess

    private init(endpoint: RedisEndpoint, busPort: UInt16, options: Options, server: ChildProcess) {
        self.endpoint = endpoint
        self.busPort = busPort
        logFile = options.folder + "/redis.log"
        password = options.password
        isCluster = options.isCluster
        self.server = server
    }

    deinit { server.signal(SIGKILL) }

    /// How to connect.
    package var settings: RedisSettings {
        var settings = RedisSettings(endpoint: endpoint)
        settings.password = password
        settings.isCluster = isCluster
        return settings
    }

    /// A connection URL for programs that are started.
    package var url: String {
        let account = password.map { ":\($0)@" } ?? ""
        return "redis://\(account)\(endpoint)\(isCluster ? "?cluster=true" : "")"
    }

    /// Whether the server still runs.
    package var isRunning: Bool { server.isRunning }
    /// The server's process number.
    package var processID: Int32 { server.pid }
    /// The server's process, to hear of its end; whoever stops it does so here.
    package var process: ChildProcess { server }

    /// Starts a server.
    ///
    /// - Parameters:
    ///   - options: The folder and the settings.
    ///   - report: Hears, in sentences, what is being done.
    /// - Returns: The server, which takes connections.
    /// - Throws: ``PrivateRedisError``, a sentence for the person who started it.
    package static func start(
        _ options: Options, report: (String) -> Void = { _ in }
    ) throws(PrivateRedisError) -> PrivateRedis {
        if mkdir(options.folder, 0o700) != 0, errno != EEXIST {
            throw .system(call: "mkdir", path: options.folder, errno: errno)
        }
        let binary = try program(in: options.folder)
        // A free port may be taken by somebody else before the server has it.
        var triesLeft = options.port == nil ? 5 : 1
        while true {
            triesLeft -= 1
            do throws(PrivateRedisError) {
                return try startOnce(binary, options)
            } catch {
                guard triesLeft > 0, case .notReady = error else { throw error }
                report("\(error); trying another port")
            }
        }
    }

    /// The server's program.
    ///
    /// Debian's package of that name also runs a service. The program itself is in `redis-tools`, as
    /// `redis-check-rdb`, and is the server when it is called so: a link in our folder does that.
    private static func program(in folder: String) throws(PrivateRedisError) -> String {
        for path in ["/usr/bin/redis-server", "/usr/local/bin/redis-server"] where access(path, X_OK) == 0 {
            return path
        }
        let tools = "/usr/bin/redis-check-rdb"
        guard access(tools, X_OK) == 0 else { throw .notInstalled }
        let link = folder + "/redis-server"
        unlink(link)
        guard symlink(tools, link) == 0 else { throw .system(call: "symlink", path: link, errno: errno) }
        return link
    }

    private static func startOnce(
        _ binary: String, _ options: Options
    ) throws(PrivateRedisError) -> PrivateRedis {
        guard let port = options.port ?? freePort(), let busPort = options.isCluster ? freePort() : 0 else {
            throw .system(call: "bind", path: "127.0.0.1", errno: errno)
        }
        let log = options.folder + "/redis.log"
        unlink(log)
        try write(settings(options, port: port, busPort: busPort), to: options.folder + "/redis.conf")
        let command = [
            "/usr/bin/env", "-C", options.folder, "/usr/bin/setpriv", "--pdeathsig", "KILL", binary,
            options.folder + "/redis.conf",
        ]
        let child: ChildProcess
        do throws(ProcessError) {
            child = try ChildProcess.start(command, output: log)
        } catch {
            throw PrivateRedisError(error)
        }
        let server = PrivateRedis(
            endpoint: RedisEndpoint(host: "127.0.0.1", port: port), busPort: busPort, options: options,
            server: child)
        let deadline = ContinuousClock.now + options.startTimeout
        while !server.answers() {
            guard child.isRunning, ContinuousClock.now < deadline else {
                server.kill()
                throw .notReady(lastLines(of: log))
            }
            // Redis tells nobody that it answers: it is asked, until the deadline.
            usleep(5_000)
        }
        // Who answers may be somebody else, who had the port first.
        guard child.isRunning else { throw .notReady(lastLines(of: log)) }
        return server
    }

    private static func settings(_ options: Options, port: UInt16, busPort: UInt16) -> String {
        var lines = [
            "# Written at each start; changes are lost.", "bind 127.0.0.1", "port \(port)",
            "protected-mode yes",
            "daemonize no", "save \"\"", "appendonly no", "dir \"\(options.folder)\"", "loglevel notice",
        ]
        if let password = options.password {
            lines += ["requirepass \"\(password)\"", "masterauth \"\(password)\""]
        }
        if options.isCluster {
            unlink(options.folder + "/nodes.conf")
            lines += [
                "cluster-enabled yes", "cluster-config-file nodes.conf", "cluster-port \(busPort)",
                "cluster-node-timeout 2000",
            ]
        }
        return (lines + options.extraSettings).joined(separator: "\n") + "\n"
    }

    // MARK: Ending and worse

    /// Stops the server; what it held is gone.
    ///
    /// Harmless when it has stopped.
    package func stop() {
        for (signal, patience) in [(SIGTERM, Duration.seconds(5)), (SIGKILL, .seconds(5))] {
            // A suspended process hears of nothing but this.
            server.signal(SIGCONT)
            server.signal(signal)
            if server.waitForEnd(atMost: patience) { break }
        }
    }

    /// Ends the server without warning.
    package func kill() {
        server.signal(SIGKILL)
        _ = server.waitForEnd(atMost: .seconds(5))
    }

    /// Suspends the server: its connections stay open, and silent.
    package func suspend() { server.signal(SIGSTOP) }

    /// Lets a suspended server go on.
    package func resume() { server.signal(SIGCONT) }

    // MARK: Sockets and files

    /// Whether the server answers `PING`, be it with a refusal.
    private func answers() -> Bool {
        let number = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | 0o2000000 /* SOCK_CLOEXEC */, 0)
        guard number >= 0 else { return false }
        defer { close(number) }
        var patience = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = PrivateRedis.loopback(port: endpoint.port)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(number, $0, size) }
        }
        guard code == 0 else { return false }
        let ping = Array("PING\r\n".utf8)
        guard send(number, ping, ping.count, CInt(MSG_NOSIGNAL)) == ping.count else { return false }
        var reply = [UInt8](repeating: 0, count: 64)
        let count = recv(number, &reply, reply.count, 0)
        return count > 0 && (reply[0] == UInt8(ascii: "+") || reply.starts(with: "-NOAUTH".utf8))
    }

    /// A port that nobody listens on at this moment.
    private static func freePort() -> UInt16? {
        let number = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | 0o2000000 /* SOCK_CLOEXEC */, 0)
        guard number >= 0 else { return nil }
        defer { close(number) }
        var address = loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(number, pointer, size) == 0 ? getsockname(number, pointer, &size) : -1
            }
        }
        return code == 0 ? UInt16(bigEndian: address.sin_port) : nil
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func write(_ text: String, to path: String) throws(PrivateRedisError) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw .system(call: "open", path: path, errno: errno) }
        defer { close(file) }
        var text = text
        let isWhole = text.withUTF8 { Glibc.write(file, $0.baseAddress, $0.count) == $0.count }
        guard isWhole else { throw .system(call: "write", path: path, errno: errno) }
    }

    /// The end of a log, for a message.
    private static func lastLines(of path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "no output" }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = max(0, read(file, &bytes, bytes.count))
        let lines = String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
        return lines.isEmpty ? "no output" : lines.suffix(3).joined(separator: " | ")
    }
}
