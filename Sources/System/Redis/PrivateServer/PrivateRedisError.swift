import Processes

/// Why a private server does not run: a sentence for the person who started it.
package enum PrivateRedisError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No server is installed.
    case notInstalled
    /// A system call failed.
    case system(call: String, path: String, errno: CInt)
    /// The server did not take connections in time; the last lines that it wrote.
    case notReady(String)
    /// The servers did not become a cluster.
    case notFormed(String)

    init(_ error: ProcessError) { self = .system(call: error.call, path: error.path, errno: error.errno) }

    package var description: String {
        switch self {
        case .notInstalled: "Redis 7 or later is not installed (Debian: apt-get install redis-tools)"
        case .system(let call, let path, let code): "\(call) of \(path) failed: errno \(code)"
        case .notReady(let output): "Redis does not take connections: \(output)"
        case .notFormed(let reason): "the Redis servers do not form a cluster: \(reason)"
        }
    }
}
