import Configuration
import Glibc
import Synchronization

/// Where settings come from, asked in this order: flags, environment, file, the command's own defaults.
struct ConfigurationSources {
    /// A value as it was given, and where.
    struct Given: Equatable {
        let values: [String]
        let origin: String
    }

    private struct Source {
        /// Names the place of one key for messages.
        let origin: (ConfigurationKey) -> String
        /// The value as the place has it; `nil` when it has none.
        let look: (ConfigurationKey) throws -> ConfigValue?
    }

    private var sources: [Source] = []

    /// Reads everything and refuses what the table does not name.
    ///
    /// - Parameters:
    ///   - arguments: What stands on the command line: `--key value`, `--key=value`, `--flag`.
    ///   - environment: The process's variables.
    ///   - file: A YAML file; `nil` for none, then `COHORT_CONFIG` may name one.
    ///   - defaults: What the command sets, by key; it counts less than all others.
    /// - Throws: ``ConfigurationProblem``.
    init(
        arguments: [String], environment: [String: String], file: String?, defaults: [String: String]
    ) throws(ConfigurationProblem) {
        let flags = try ConfigurationSources.flags(arguments)
        add(CommandLineArgumentsProvider(arguments: ["cohort"] + flags)) { "the flag \($0.flag)" }
        try ConfigurationSources.check(environment)
        let variables = EnvironmentVariablesProvider(environmentVariables: environment)
            .prefixKeys(with: ["cohort"])
        add(variables) { "the environment variable \($0.variable)" }
        if let path = file ?? environment["COHORT_CONFIG"] {
            if let snapshot = try ConfigurationSources.yaml(path) {
                sources.append(
                    Source(origin: { _ in "the file \(path)" }) { key in
                        try snapshot.value(
                            forKey: AbsoluteConfigKey(ConfigKey(key.name)), type: key.valueType
                        ).value
                    })
            }
        }
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for (name, value) in defaults {
            values[AbsoluteConfigKey(ConfigKey(name))] = ConfigValue(.string(value), isSecret: false)
        }
        let memory = InMemoryProvider(name: "defaults", values: values)
        sources.append(
            Source(origin: { _ in "this command's defaults" }) { key in
                try memory.value(forKey: AbsoluteConfigKey(ConfigKey(key.name)), type: .string).value
            })
    }

    private mutating func add(_ provider: some ConfigProvider, origin: @escaping (ConfigurationKey) -> String)
    {
        sources.append(
            Source(origin: origin) { key in
                try provider.value(forKey: AbsoluteConfigKey(ConfigKey(key.name)), type: .stringArray).value
            })
    }

    /// The value that counts; `nil` when nobody sets the key.
    func value(of key: ConfigurationKey) throws(ConfigurationProblem) -> Given? {
        for source in sources {
            let origin = source.origin(key)
            let found: ConfigValue?
            do {
                found = try source.look(key)
            } catch {
                throw .bad(key: key.name, origin: origin, reason: "must be \(key.demand)")
            }
            guard let found else { continue }
            switch found.content {
            case .string(let text): return Given(values: key.split(text), origin: origin)
            // A value with commas that is no list is put together again.
            case .stringArray(let texts):
                return Given(
                    values: key.isList
                        ? key.split(texts.joined(separator: ",")) : [texts.joined(separator: ",")],
                    origin: origin)
            default: throw .bad(key: key.name, origin: origin, reason: "must be \(key.demand)")
            }
        }
        return nil
    }

    // MARK: Flags

    /// The arguments as `--key=value`; refuses whatever is no flag of the table.
    private static func flags(_ arguments: [String]) throws(ConfigurationProblem) -> [String] {
        var flags: [String] = []
        var seen: Set<String> = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--"), argument.count > 2 else {
                throw .arguments("\"\(argument)\" is neither a flag nor the value of one")
            }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init)
            guard let key = ConfigurationKeys.all.first(where: { $0.flag == parts[0] }) else {
                throw .unknown(
                    key: parts[0], origin: "the command line",
                    nearest: nearest(to: parts[0], among: ConfigurationKeys.all.map(\.flag)))
            }
            guard seen.insert(key.flag).inserted || key.isList else {
                throw .arguments("\(key.flag) is given twice")
            }
            if parts.count == 2 {
                flags.append("\(key.flag)=\(parts[1])")
            } else if let value = rest.first, !value.hasPrefix("--") {
                rest = rest.dropFirst()
                flags.append("\(key.flag)=\(value)")
            } else if key.kind == .flag {
                flags.append("\(key.flag)=true")
            } else {
                throw .arguments("\(key.flag) has no value: it must be \(key.demand)")
            }
        }
        return flags
    }

    // MARK: Environment

    private static func check(_ environment: [String: String]) throws(ConfigurationProblem) {
        let known = Set(ConfigurationKeys.all.map(\.variable)).union(ConfigurationKeys.otherVariables)
        for name in environment.keys.sorted() where name.hasPrefix(ConfigurationKeys.variablePrefix) {
            guard !known.contains(name) else { continue }
            throw .unknown(
                key: name, origin: "the environment", nearest: nearest(to: name, among: known.sorted()))
        }
    }

    // MARK: File

    /// Reads a YAML file; `nil` when it holds nothing but comments.
    private static func yaml(_ path: String) throws(ConfigurationProblem) -> YAMLSnapshot? {
        let bytes = try contents(of: path)
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        let isBlank = lines.allSatisfy { line in
            let first = line.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") && $0 != 13 }
            return first == nil || first == UInt8(ascii: "#")
        }
        guard !isBlank else { return nil }
        // The snapshot does not list its keys, but asks of each whether it is a secret.
        let keys = KeyList()
        let options = YAMLSnapshot.ParsingOptions(
            secretsSpecifier: .dynamic { key, _ in
                keys.add(key)
                return false
            })
        let snapshot: YAMLSnapshot
        do {
            snapshot = try YAMLSnapshot(data: bytes.span.bytes, providerName: path, parsingOptions: options)
        } catch {
            throw .file(path: path, reason: "\(error)".split(separator: "\n").joined(separator: " "))
        }
        let known = ConfigurationKeys.all.map(\.name)
        for key in keys.all.sorted() where !known.contains(key) {
            throw .unknown(key: key, origin: "the file \(path)", nearest: nearest(to: key, among: known))
        }
        return snapshot
    }

    private static func contents(of path: String) throws(ConfigurationProblem) -> [UInt8] {
        guard let file = fopen(path, "re") else {
            throw .file(path: path, reason: String(cString: strerror(errno)))
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { break }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= 1 << 20 else { throw .file(path: path, reason: "it is larger than 1 MiB") }
        }
        if ferror(file) != 0 { throw .file(path: path, reason: String(cString: strerror(errno))) }
        return bytes
    }

    // MARK: Hints

    /// The name that a mistyped one was probably meant to be; `nil` when none is near.
    static func nearest(to text: String, among names: [String]) -> String? {
        let scored = names.map { (name: $0, distance: distance(text, $0)) }
        guard let best = scored.min(by: { $0.distance < $1.distance }), best.distance <= 3 else { return nil }
        return best.name
    }

    /// Levenshtein's distance: insertions, deletions and replacements from one text to the other.
    private static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        var row = Array(0...right.count)
        for (i, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let replaced = diagonal + (byte == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}

/// The keys that a file holds, collected while it is parsed.
private final class KeyList: Sendable {
    private let keys = Mutex<[String]>([])

    func add(_ key: String) { keys.withLock { $0.append(key) } }

    var all: [String] { keys.withLock { $0 } }
}

extension ConfigurationKey {
    /// How a YAML value is read.
    var valueType: ConfigType { isList ? .stringArray : .string }

    /// A text as values: a list's parts without the spaces around them, any other text as it is.
    func split(_ text: String) -> [String] {
        guard isList else { return [text] }
        return text.split(separator: ",").map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }.filter { !$0.isEmpty }
    }
}
