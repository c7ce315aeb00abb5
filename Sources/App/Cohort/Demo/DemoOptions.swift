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
    /// Flags that are settings.
    package var settings: [String] = []

    package init() {}
}

/// Why the demo does not run: a sentence for the person who started it.
package enum DemoProblem: Error, Sendable, CustomStringConvertible {
    /// The demo prints secrets, so it serves this machine alone.
    case notLoopback(String)
    /// `COHORT_FAULT_POINT` names no point, or is set without test endpoints.
    case faultPoint(String)

    package var description: String {
        switch self {
        case .notLoopback(let host):
            return
                "the demo listens at loopback addresses only, since it prints its secrets; listen.host is \(host)"
        case .faultPoint(let text): return text
        }
    }
}
