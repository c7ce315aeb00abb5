import Glibc
import Processes

/// Where the parts of a private cluster lie, and how they are made.
struct ClusterLayout {
    /// The folder of everything; belongs to the server's account.
    let base: String
    let socketFolder: String

    var dataFolder: String { base + "/data" }
    var logFile: String { base + "/server.log" }

    /// `sun_path` holds 108 bytes with the final zero; the socket is `/.s.PGSQL.5432` in its folder.
    private static let socketFolderLimit = 107 - "/.s.PGSQL.5432".utf8.count

    // MARK: Folders

    /// Makes the folders, elsewhere when the account cannot reach the wanted one.
    static func prepare(
        folder: String, account: ServerAccount, report: (String) -> Void
    ) throws(PrivateClusterError) -> ClusterLayout {
        var base = folder
        if !account.canReach(folder) {
            base = "/var/lib/cohort-private-\(fingerprint(folder))"
            report(
                "\(folder) cannot be reached by the account that Postgres runs under: the data lies in \(base)"
            )
            _ = symlink(base, folder)
        }
        try account.makeFolder(base)
        var socketFolder = base + "/socket"
        if socketFolder.utf8.count > socketFolderLimit {
            socketFolder = "/tmp/cohort-\(account.user)-\(fingerprint(folder))"
            report("the path is too long for a socket, which lies in \(socketFolder)")
        }
        try account.makeFolder(socketFolder)
        return ClusterLayout(base: base, socketFolder: socketFolder)
    }

    /// The beginning of a text's SHA-256.
    private static func fingerprint(_ text: String) -> String {
        String(SHA256.hexadecimal(of: text).prefix(16))
    }

    /// The major version that made the data; `nil` when there is no data yet.
    func dataVersion() -> String? {
        ClusterLayout.read(dataFolder + "/PG_VERSION")?.split(separator: "\n").first.map(String.init)
    }

    // MARK: A server that outlived its parent

    /// Ends a server that still uses the data, and removes a stale note of one.
    ///
    /// The caller holds the folder's lock, so whoever started that server is gone: it is shutting down
    /// already, or its parent's death was not told to it.
    func endEarlierServer() throws(PrivateClusterError) {
        let note = dataFolder + "/postmaster.pid"
        guard let text = ClusterLayout.read(note), let line = text.split(separator: "\n").first,
            let pid = pid_t(line)
        else { return }
        let deadline = ContinuousClock.now + .seconds(30)
        while isOurServer(pid) {
            guard ContinuousClock.now < deadline else { throw .inUse(dataFolder) }
            kill(pid, SIGINT)
            // It is nobody's child here, so its end cannot be waited for: it is looked for, until the deadline.
            usleep(50_000)
        }
        // The number may belong to another process by now, which Postgres would take for a server.
        unlink(note)
    }

    private func isOurServer(_ pid: pid_t) -> Bool {
        guard kill(pid, 0) == 0 || errno == EPERM, let command = ClusterLayout.read("/proc/\(pid)/cmdline")
        else {
            return false
        }
        return command.contains("postgres") && command.contains(dataFolder)
    }

    // MARK: Making and configuring

    /// Runs `initdb`; a run that is cut short leaves nothing that looks like data.
    func initialize(
        _ binaries: PostgresBinaries, account: ServerAccount, isDurable: Bool
    ) throws(PrivateClusterError) {
        let fresh = base + "/data.new"
        try remove(fresh, account: account)
        var command = [
            binaries.initdb, "-D", fresh, "-U", PrivateCluster.superuser, "-A", "trust", "-E", "UTF8",
            "--locale=C.UTF-8", "--data-checksums", "--no-instructions",
        ]
        if !isDurable { command.append("--no-sync") }
        try run(command, account: account, limit: .seconds(120))
        var settings = ClusterLayout.read(fresh + "/postgresql.conf") ?? ""
        settings += "\ninclude_if_exists = 'cohort.conf'\n"
        try write(settings, to: fresh + "/postgresql.conf", account: account)
        guard rename(fresh, dataFolder) == 0 else { throw .system(call: "rename", path: fresh, errno: errno) }
    }

    /// Writes the settings, which a start reads anew.
    func configure(_ options: PrivateCluster.Options, account: ServerAccount) throws(PrivateClusterError) {
        let flag = options.isDurable ? "on" : "off"
        let settings = """
            # Written at each start; changes are lost.
            listen_addresses = ''
            unix_socket_directories = '\(ClusterLayout.quoted(socketFolder, with: "'"))'
            unix_socket_permissions = 0700
            port = 5432
            max_connections = \(options.maxConnections)
            shared_buffers = \(options.sharedBuffers)MB
            fsync = \(flag)
            synchronous_commit = \(flag)
            full_page_writes = \(flag)
            wal_level = minimal
            max_wal_senders = 0
            max_wal_size = 1GB
            log_destination = 'stderr'
            logging_collector = off
            log_line_prefix = '%m [%p] '
            log_min_messages = warning
            log_min_error_statement = panic
            log_error_verbosity = terse
            log_timezone = 'UTC'
            timezone = 'UTC'
            lc_messages = 'C'

            """
        // A log that grew over many starts begins anew.
        var status = stat()
        if stat(logFile, &status) == 0, status.st_size > 16 << 20 { unlink(logFile) }
        try write(settings, to: dataFolder + "/cohort.conf", account: account)
    }

    private func remove(_ folder: String, account: ServerAccount) throws(PrivateClusterError) {
        guard access(folder, F_OK) == 0 else { return }
        try run(["/bin/rm", "-rf", folder], account: account, limit: .seconds(60))
    }

    private func run(_ command: [String], account: ServerAccount, limit: Duration) throws(PrivateClusterError)
    {
        let child = try PrivateClusterError.translating { () throws(ProcessError) in
            try ChildProcess.start(account.command(command, dyingWithParentBy: "KILL"), output: logFile)
        }
        if !child.waitForEnd(atMost: limit) {
            child.signal(SIGKILL)
            _ = child.waitForEnd(atMost: .seconds(5))
        }
        guard child.exitStatus == 0 else {
            throw .programFailed(command[0], output: ClusterLayout.lastLines(of: logFile))
        }
    }

    // MARK: Files

    /// The text with `mark` before each quote and backslash, for settings and connection strings.
    static func quoted(_ text: String, with mark: Character) -> String {
        var quoted = ""
        for character in text {
            if character == "'" || (character == "\\" && mark == "\\") { quoted.append(mark) }
            quoted.append(character)
        }
        return quoted
    }

    private func write(_ text: String, to path: String, account: ServerAccount) throws(PrivateClusterError) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw .system(call: "open", path: path, errno: errno) }
        defer { close(file) }
        var text = text
        let isWhole = text.withUTF8 { Glibc.write(file, $0.baseAddress, $0.count) == $0.count }
        guard isWhole else { throw .system(call: "write", path: path, errno: errno) }
        if account.name != nil, fchown(file, account.user, account.group) != 0 {
            throw .system(call: "fchown", path: path, errno: errno)
        }
    }

    /// A small file's text; `nil` when it cannot be read.
    private static func read(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 18)
        let count = Glibc.read(file, &bytes, bytes.count)
        return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// The end of a log, for a message.
    static func lastLines(of path: String) -> String {
        guard let text = read(path) else { return "no output" }
        return text.split(separator: "\n").suffix(5).joined(separator: " | ")
    }
}
