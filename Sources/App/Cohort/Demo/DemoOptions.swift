/// What the command line asks of the demo.
package struct DemoOptions: Sendable {
    /// The port; 0 for any free one, `nil` for the setting's.
    package var port: Int?
    /// Where database, secrets and log are kept.
    package var dataFolder = ".cohort"
    /// A file of settings, laid over the demo's.
    package var configurationFile: String?
    /// Whether `/echo` exists and fault points may be armed.
    package var hasTestEndpoints = false
    /// Where to write what scripts need, once everything runs.
    package var readyFile: String?
    /// Processes that serve; with more than one, behind a balancer and with a Redis between them.
    package var nodes = 1
    /// Flags that are settings.
    package var settings: [String] = []

    package init() {}
}

/// Why the demo does not run: a sentence for the person who started it.
package enum DemoProblem: Error, Sendable, CustomStringConvertible {
    /// The demo prints secrets, so it serves this machine alone.
    case notLoopback(String)
    /// A variable for tests cannot be read, or is set without test endpoints.
    case testHook(String)
    /// A program that is needed is not there, and Debian's package that has it.
    case notInstalled(String, package: String)
    /// A program that was started does not answer; the file that tells why.
    case notReady(String, log: String)
    /// The kernel does not tell which program this is.
    case noProgram
    /// No ports are left for the nodes.
    case noPorts

    package var description: String {
        switch self {
        case .notLoopback(let host):
            return
                "the demo listens at loopback addresses only, since it prints its secrets; listen.host is \(host)"
        case .testHook(let text): return text
        case .notInstalled(let what, let package):
            return "\(what) is not installed (Debian: apt-get install --no-install-recommends \(package))"
        case .notReady(let name, let log): return "\(name) does not answer; \(log) may tell why"
        case .noProgram: return "the kernel does not tell which program this is, so it cannot start nodes"
        case .noPorts: return "there are not enough free ports on the loopback for the nodes"
        }
    }
}
