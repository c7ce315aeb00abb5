/// What is wrong with the settings: a sentence that names the key and the reason.
package enum ConfigurationProblem: Error, Equatable, Sendable, CustomStringConvertible {
    /// A setting that no row of the table names.
    case unknown(key: String, origin: String, nearest: String?)
    /// A value that the key does not take.
    case bad(key: String, origin: String, reason: String)
    /// A setting without which this cannot be done.
    case missing(key: String, reason: String)
    /// A flag without its value, or a word that is no flag.
    case arguments(String)
    /// The file cannot be read.
    case file(path: String, reason: String)

    package var description: String {
        switch self {
        case .unknown(let key, let origin, let nearest):
            let hint = nearest.map { "did you mean \($0)?" } ?? "cohort serve --help lists all there are"
            return "there is no setting \(key), which \(origin) sets; \(hint)"
        case .bad(let key, let origin, let reason): return "\(key), set by \(origin), \(reason)"
        case .missing(let key, let reason): return "\(key) is not set: \(reason)"
        case .arguments(let text): return text
        case .file(let path, let reason): return "the configuration file \(path) cannot be read: \(reason)"
        }
    }
}
