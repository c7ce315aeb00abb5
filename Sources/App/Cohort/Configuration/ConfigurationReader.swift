import EventLoop
import Glibc
import Mail
import Postgres
import Redis
import Sockets
import Telemetry
import WebClient
import WebServer

/// Turns what was given into typed values, and says what is wrong with it.
struct ConfigurationReader {
    /// A secret shorter than this can be guessed; HS256 demands as much (RFC 7518 §3.2).
    static let secretBytes = 32

    private let sources: ConfigurationSources

    init(_ sources: ConfigurationSources) { self.sources = sources }

    static var usableCPUs: Int { EventLoopGroup.usableCPUs }

    static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "cohort" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    // MARK: Simple values

    func given(_ key: ConfigurationKey) throws(ConfigurationProblem) -> ConfigurationSources.Given {
        try sources.value(of: key)
            ?? ConfigurationSources.Given(values: key.split(key.standard), origin: "its default")
    }

    func bad(
        _ key: ConfigurationKey, _ given: ConfigurationSources.Given, _ reason: String? = nil
    ) -> ConfigurationProblem {
        .bad(
            key: key.name, origin: given.origin,
            reason: reason ?? "must be \(key.demand), not \"\(given.text)\"")
    }

    /// A text; `nil` when it is empty.
    func text(_ key: ConfigurationKey) throws(ConfigurationProblem) -> String? {
        let text = try given(key).text
        return text.isEmpty ? nil : text
    }

    func number(_ key: ConfigurationKey) throws(ConfigurationProblem) -> Int {
        let given = try given(key)
        guard case .number(let range) = key.kind, let number = Int(given.text), range.contains(number) else {
            throw bad(key, given)
        }
        return number
    }

    /// A number for which 0 stands for `zero`.
    func count(_ key: ConfigurationKey, zero: Int) throws(ConfigurationProblem) -> Int {
        let number = try number(key)
        return number == 0 ? zero : number
    }

    func flag(_ key: ConfigurationKey) throws(ConfigurationProblem) -> Bool {
        let given = try given(key)
        switch given.text.lowercased() {
        case "true", "yes", "1": return true
        case "false", "no", "0": return false
        default: throw bad(key, given)
        }
    }

    func word(_ key: ConfigurationKey) throws(ConfigurationProblem) -> String {
        let given = try given(key)
        guard case .oneOf(let words) = key.kind, words.contains(given.text) else { throw bad(key, given) }
        return given.text
    }

    func list(_ key: ConfigurationKey) throws(ConfigurationProblem) -> [String] { try given(key).values }

    // MARK: Values with a meaning

    func roles() throws(ConfigurationProblem) -> Set<Configuration.Role> {
        let given = try given(ConfigurationKeys.roles)
        var roles: Set<Configuration.Role> = []
        for text in given.values {
            guard let role = Configuration.Role(rawValue: text) else {
                throw bad(
                    ConfigurationKeys.roles, given,
                    "must be web, worker or both, or channels; \"\(text)\" is none of them")
            }
            roles.insert(role)
        }
        guard !roles.contains(.channels) || roles.count == 1 else {
            throw bad(
                ConfigurationKeys.roles, given, "must not have channels beside others: web serves them, too")
        }
        guard !roles.isEmpty else {
            throw bad(ConfigurationKeys.roles, given, "must be web, worker or both")
        }
        return roles
    }

    func address() throws(ConfigurationProblem) -> SocketAddress {
        let port = try number(ConfigurationKeys.listenPort)
        let host = try given(ConfigurationKeys.listenHost)
        do {
            return try SocketAddress(host: host.text, port: UInt16(clamping: port))
        } catch {
            throw bad(
                ConfigurationKeys.listenHost, host,
                "must be an IP address such as 127.0.0.1 or ::1, not \"\(host.text)\"")
        }
    }

    func database(_ key: ConfigurationKey) throws(ConfigurationProblem) -> PostgresConfiguration? {
        let given = try given(key)
        guard !given.text.isEmpty else { return nil }
        return try database(given.text, key, given)
    }

    /// Databases by number.
    func databases(_ key: ConfigurationKey) throws(ConfigurationProblem) -> [Int: PostgresConfiguration] {
        let given = try given(key)
        var found: [Int: PostgresConfiguration] = [:]
        for (number, url) in ConfigurationReader.numbered(given.values) {
            guard let number, (1...ShardMap.highest).contains(number) else {
                // What it is may hold a password.
                throw bad(key, given, "must be \(key.demand), with numbers from 1 to \(ShardMap.highest)")
            }
            guard found[number] == nil else { throw bad(key, given, "names \(number) twice") }
            found[number] = try database(url, key, given)
        }
        return found
    }

    /// Splits `1=url` at the first sign; a part without a number goes on with the URL before it, which had a comma.
    static func numbered(_ parts: [String]) -> [(number: Int?, url: String)] {
        var found: [(number: Int?, url: String)] = []
        for part in parts {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if sides.count == 2, let number = Int(sides[0]) {
                found.append((number, String(sides[1])))
            } else if found.isEmpty {
                found.append((nil, part))
            } else {
                found[found.count - 1].url += "," + part
            }
        }
        return found
    }

    private func database(
        _ url: String, _ key: ConfigurationKey, _ given: ConfigurationSources.Given
    ) throws(ConfigurationProblem) -> PostgresConfiguration {
        do {
            var configuration = try PostgresConfiguration(url: url)
            // libpq would find out when it connects.
            let ports = (configuration.parameters["port"] ?? "5432").split(separator: ",").map { Int($0) }
            guard ports.allSatisfy({ $0.map((1...65_535).contains) ?? false }) else {
                throw bad(key, given, "must be \(key.demand)")
            }
            configuration.statementTimeout = .seconds(try number(ConfigurationKeys.databaseStatementSeconds))
            return configuration
        } catch let problem as ConfigurationProblem {
            throw problem
        } catch {
            // libpq's sentence may repeat the text, and with it the password.
            throw bad(key, given, "must be \(key.demand)")
        }
    }

    func redis(_ key: ConfigurationKey) throws(ConfigurationProblem) -> RedisSettings? {
        let given = try given(key)
        guard !given.text.isEmpty else { return nil }
        do {
            return try RedisSettings(url: given.text)
        } catch {
            // The sentence does not repeat the URL, which may hold a password.
            throw bad(key, given, "must be \(key.demand): \(error)")
        }
    }

    /// A secret that is long enough; `nil` when it is not set.
    func secret(_ key: ConfigurationKey) throws(ConfigurationProblem) -> Redacted<[UInt8]>? {
        let given = try given(key)
        guard !given.text.isEmpty else { return nil }
        let bytes = Array(given.text.utf8)
        guard bytes.count >= ConfigurationReader.secretBytes else {
            throw bad(
                key, given,
                "must have at least \(ConfigurationReader.secretBytes) bytes; it has \(bytes.count)")
        }
        return Redacted(bytes)
    }

    func networks(_ key: ConfigurationKey) throws(ConfigurationProblem) -> ProxyTrust {
        let given = try given(key)
        do {
            return try ProxyTrust(given.values)
        } catch {
            throw bad(key, given, "holds what is no address: \(error)")
        }
    }

    func outgoingNetworks() throws(ConfigurationProblem) -> [IPNetwork] {
        let key = ConfigurationKeys.outgoingAllowedNetworks
        let given = try given(key)
        var networks: [IPNetwork] = []
        for text in given.values {
            do throws(BadNetwork) {
                networks.append(try IPNetwork(text))
            } catch {
                throw bad(key, given, "holds what is no address: \(error)")
            }
        }
        return networks
    }

    /// An `https` URL.
    func secureURL(_ key: ConfigurationKey) throws(ConfigurationProblem) -> WebURL? {
        let given = try given(key)
        guard !given.text.isEmpty else { return nil }
        do throws(BadURL) {
            let url = try WebURL(given.text)
            guard url.isSecure else { throw .scheme }
            return url
        } catch {
            throw bad(key, given, "must be a URL such as https://issuer.example/keys")
        }
    }

    /// An origin, as browsers write it.
    func publicURL() throws(ConfigurationProblem) -> String? {
        let key = ConfigurationKeys.webPublicURL
        let given = try given(key)
        guard !given.text.isEmpty else { return nil }
        let text = given.text.hasSuffix("/") ? String(given.text.dropLast()) : given.text
        guard let url = try? WebURL(text), url.target == "/",
            text == "\(url.isSecure ? "https" : "http")://\(url.authority)"
        else { throw bad(key, given, "must be an origin such as https://cohort.example, without a path") }
        return text
    }

    /// The relay; letters lead back here, so they need to know where that is.
    func mail() throws(ConfigurationProblem) -> Redacted<SMTPSettings>? {
        guard let host = try text(ConfigurationKeys.mailHost) else { return nil }
        guard try publicURL() != nil else {
            throw .missing(
                key: ConfigurationKeys.webPublicURL.name,
                reason: "letters hold links that lead to this server")
        }
        let given = try given(ConfigurationKeys.mailFrom)
        guard let from = MailAddress(given.text) else {
            throw bad(ConfigurationKeys.mailFrom, given, "must be an address such as cohort@school.example")
        }
        let security = SMTPSettings.Security(rawValue: try word(ConfigurationKeys.mailSecurity)) ?? .startTLS
        let password = try text(ConfigurationKeys.mailPassword)
        let user = try text(ConfigurationKeys.mailUser)
        if (user == nil) != (password == nil) {
            let missing = user == nil ? ConfigurationKeys.mailUser : ConfigurationKeys.mailPassword
            throw .missing(key: missing.name, reason: "the relay takes a user with a password, or neither")
        }
        if security == .none, user != nil {
            throw bad(
                ConfigurationKeys.mailSecurity, try self.given(ConfigurationKeys.mailSecurity),
                "must not be none where there is a password: it would travel in clear")
        }
        let credentials: (user: String, password: String)? =
            if let user, let password { (user, password) } else { nil }
        return Redacted(
            SMTPSettings(
                host: host, port: UInt16(clamping: try number(ConfigurationKeys.mailPort)),
                security: security,
                credentials: credentials, from: from, clientName: Self.mailName))
    }

    /// This host in EHLO: its name where that is one (RFC 5321 §4.1.1.1).
    private static var mailName: String {
        MailAddress("x@\(hostName)") == nil ? "[127.0.0.1]" : hostName
    }

    func origins() throws(ConfigurationProblem) -> Set<String> {
        let given = try given(ConfigurationKeys.webAllowedOrigins)
        for origin in given.values {
            let rest = origin.hasPrefix("https://") ? origin.dropFirst(8) : origin.dropFirst(7)
            guard origin.hasPrefix("https://") || origin.hasPrefix("http://"), !rest.isEmpty,
                !rest.contains("/")
            else {
                throw bad(
                    ConfigurationKeys.webAllowedOrigins, given,
                    "must hold origins such as https://school.example, without a path; \"\(origin)\" is none")
            }
        }
        return Set(given.values.map { $0.lowercased() })
    }

    func live() throws(ConfigurationProblem) -> Configuration.Live {
        Configuration.Live(
            pingSeconds: try number(ConfigurationKeys.livePing),
            pongSeconds: try number(ConfigurationKeys.livePong),
            messageBytes: try number(ConfigurationKeys.liveMessageBytes),
            compresses: try flag(ConfigurationKeys.liveCompression),
            subscriptions: try number(ConfigurationKeys.liveSubscriptions),
            commandsPerSecond: try number(ConfigurationKeys.liveCommandRate),
            commandBurst: try number(ConfigurationKeys.liveCommandBurst),
            admissionsPerSecond: try number(ConfigurationKeys.liveAdmissions),
            userLimits: try userLimits(),
            classBounds: try classLimits(),
            institutionLimits: try institutionLimits(),
            sessionBytes: try number(ConfigurationKeys.liveSessionBytes))
    }

    // MARK: Printing

    func printed() throws(ConfigurationProblem) -> [Configuration.Printed] {
        var lines: [Configuration.Printed] = []
        for key in ConfigurationKeys.all {
            let set = try sources.value(of: key)
            let text = try given(key).text
            lines.append(.init(key: key.name, value: printable(key, text), origin: set?.origin))
        }
        return lines
    }

    private func printable(_ key: ConfigurationKey, _ text: String) -> String {
        guard !text.isEmpty else { return "-" }
        switch key.kind {
        case .secret: return "[hidden]"
        case .logins: return "[\(key.split(text).count) hidden]"
        case .databaseURL: return (try? PostgresConfiguration(url: text))?.display ?? "[hidden]"
        case .databaseURLs:
            return ConfigurationReader.numbered(key.split(text)).map { number, url in
                let place = (try? PostgresConfiguration(url: url))?.display ?? "[hidden]"
                return "\(number.map(String.init) ?? "?")=\(place)"
            }.joined(separator: ",")
        case .redisURL: return (try? RedisSettings(url: text))?.display ?? "[hidden]"
        default: return text
        }
    }

    // MARK: Handing on

    func variables() throws(ConfigurationProblem) -> [String: String] {
        var variables: [String: String] = [:]
        for key in ConfigurationKeys.all {
            if let set = try sources.value(of: key) { variables[key.variable] = set.text }
        }
        return variables
    }
}

extension ConfigurationSources.Given {
    /// The value as one text.
    var text: String { values.joined(separator: ",") }
}
