import EventLoop
import Glibc

/// Turns the names in a connection's parameters into addresses, because libpq would block on them.
enum HostResolver {
    /// Look-ups of the whole process; `getaddrinfo` may take many seconds when a name server is silent.
    static let lane = WorkLane(label: "postgres-names", width: 2, backlog: 256)

    /// Whether the parameters name hosts that must be looked up first.
    static func needsLookup(_ parameters: [String: String]) -> Bool {
        guard parameters["hostaddr"] == nil else { return false }
        return hosts(parameters).contains { !isPath($0) && !isNumeric($0) }
    }

    /// Adds `hostaddr`, one entry for each address of each host.
    ///
    /// Blocks.
    ///
    /// Names stay in `host`, since certificates are checked against them.
    static func resolve(_ parameters: [String: String]) -> Result<[String: String], PostgresError> {
        let names = hosts(parameters)
        let ports = (parameters["port"] ?? "").split(separator: ",", omittingEmptySubsequences: false).map(
            String.init)
        guard ports.count <= 1 || ports.count == names.count else {
            return .failure(.configuration("there are \(ports.count) ports for \(names.count) hosts"))
        }
        var entries: [(host: String, address: String, port: String)] = []
        var unknown: [String] = []
        for (position, name) in names.enumerated() {
            let port = ports.isEmpty ? "" : ports.count == 1 ? ports[0] : ports[position]
            if isPath(name) {
                entries.append((name, "", port))
            } else {
                let found = NameLookup.addresses(of: name)
                if found.isEmpty { unknown.append(name) }
                entries += found.map { (name, $0, port) }
            }
        }
        guard !entries.isEmpty else {
            return .failure(.unavailable("no address for \(unknown.joined(separator: ", "))"))
        }
        var resolved = parameters
        resolved["host"] = entries.map(\.host).joined(separator: ",")
        resolved["hostaddr"] = entries.map(\.address).joined(separator: ",")
        if !ports.isEmpty { resolved["port"] = entries.map(\.port).joined(separator: ",") }
        return .success(resolved)
    }

    private static func hosts(_ parameters: [String: String]) -> [String] {
        guard let host = parameters["host"], !host.isEmpty else { return [] }
        return host.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    /// Unix sockets: a folder, an abstract name, or libpq's default folder.
    private static func isPath(_ host: String) -> Bool {
        host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@")
    }

    private static func isNumeric(_ host: String) -> Bool {
        var address = in6_addr()
        return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1
    }
}
