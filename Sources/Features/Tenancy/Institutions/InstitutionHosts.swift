import EventLoop
import Postgres

/// Which institution a host name belongs to; one per loop.
///
/// Names are read all at once and again after ``age``, so that most requests cost a look into a dictionary. A host that no
/// institution has is everybody's. While the database does not answer, the names of before hold.
final class InstitutionHosts {
    /// For how long names hold.
    static let age = Duration.seconds(2)
    /// They are read again this long before, beside the requests: a crowd that comes at once is not to find that they have ended.
    private static let renewal = Duration.milliseconds(500)

    private var hosts: [String: InstitutionID] = [:]
    private(set) var readAt: ContinuousClock.Instant?
    private var hasRead = false

    /// The institution of a host, with or without a port; `nil` for one that is everybody's.
    func institution(of authority: String, _ pool: PostgresPool) async throws(PostgresError) -> InstitutionID?
    {
        let now = pool.loop.now
        if readAt.map({ now - $0 > InstitutionHosts.age }) ?? true {
            // Before the question, so that those who come meanwhile do not ask, too.
            let isFirst = readAt == nil
            readAt = now
            do {
                try await read(pool)
            } catch {
                guard !isFirst else {
                    readAt = nil
                    throw error
                }
            }
        }
        return hosts.isEmpty ? nil : hosts[InstitutionHosts.name(in: authority)]
    }

    private func read(_ pool: PostgresPool) async throws(PostgresError) {
        var read: [String: InstitutionID] = [:]
        for row in try await pool.home.query(DirectoryQueries.hosts, tenant: nil) {
            read[try row.text(0)] = InstitutionID(rawValue: try row.int(1))
        }
        hosts = read
        hasRead = true
    }

    /// The same without waiting: `nil` when the names have to be read first.
    func recall(_ authority: String, _ pool: PostgresPool) -> InstitutionID?? {
        let now = pool.loop.now
        guard hasRead, let readAt, now - readAt <= InstitutionHosts.age else { return .none }
        if isDue(at: now) {
            self.readAt = now
            pool.loop.run { try? await self.read(pool) }
        }
        return .some(hosts.isEmpty ? nil : hosts[InstitutionHosts.name(in: authority)])
    }

    /// Whether the names should be read again.
    func isDue(at now: ContinuousClock.Instant) -> Bool {
        readAt.map { now - $0 > InstitutionHosts.age - InstitutionHosts.renewal } ?? true
    }

    /// The name in an authority, in lower case and without the port.
    static func name(in authority: String) -> String {
        let lowered = authority.lowercased()
        guard !lowered.hasPrefix("[") else { return lowered }
        return lowered.split(separator: ":", maxSplits: 1).first.map(String.init) ?? lowered
    }
}
