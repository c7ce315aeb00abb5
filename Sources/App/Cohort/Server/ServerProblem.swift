package import Postgres

/// Why the server does not start: a sentence for the person who starts it.
package enum ServerProblem: Error, Sendable, CustomStringConvertible {
    /// The settings do not suffice.
    case configuration(ConfigurationProblem)
    /// The database cannot be used.
    case database(String, PostgresError)
    /// The schema is older than the program.
    case schema(String)
    /// The address is taken or forbidden.
    case listen(String)
    /// A certificate or a key cannot be used.
    case tls(String)
    /// The folder of the pages is missing or broken.
    case pages(String)
    /// Something of the system's: loops, descriptors.
    case system(String)

    package var description: String {
        switch self {
        case .configuration(let problem): return "\(problem)"
        case .database(let place, let error): return "the database \(place) cannot be used: \(error)"
        case .schema(let text): return text
        case .listen(let text): return text
        case .tls(let text): return "HTTPS cannot be spoken: \(text)"
        case .pages(let text): return text
        case .system(let text): return text
        }
    }
}
