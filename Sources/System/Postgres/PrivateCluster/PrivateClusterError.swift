import Processes

/// Why a private cluster does not run: a sentence for the person who started it.
package enum PrivateClusterError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No server of version 15 or later is installed.
    case notInstalled
    /// The data was made by another major version than those installed.
    case wrongVersion(data: String, installed: [String])
    /// Another running program uses the folder.
    case inUse(String)
    /// A system call failed.
    case system(call: String, path: String, errno: CInt)
    /// A program of Postgres failed; the last lines that it wrote.
    case programFailed(String, output: String)
    /// The server did not take connections in time.
    case notReady(String)

    /// Runs `body` and says its error in this module's words.
    static func translating<Value>(
        _ body: () throws(ProcessError) -> Value
    ) throws(PrivateClusterError) -> Value {
        do throws(ProcessError) {
            return try body()
        } catch {
            throw .system(call: error.call, path: error.path, errno: error.errno)
        }
    }

    package var description: String {
        switch self {
        case .notInstalled:
            return "PostgreSQL 15 or later is not installed (Debian: apt-get install postgresql)"
        case .wrongVersion(let data, let installed):
            return "the data is of PostgreSQL \(data), installed is \(installed.joined(separator: ", "))"
        case .inUse(let folder): return "another program uses \(folder)"
        case .system(let call, let path, let code): return "\(call) of \(path) failed: errno \(code)"
        case .programFailed(let program, let output): return "\(program) failed: \(output)"
        case .notReady(let output): return "PostgreSQL does not take connections: \(output)"
        }
    }
}
