import Postgres

/// Finds whose password may be meant by a login or an address, and where to write, over all databases.
///
/// Confined to the loop of its pool.
struct ResetSearch {
    /// A person, and the address for the letter, where there is a safe one.
    struct Found {
        let person: Int64
        let login: String
        let passwordHash: String?
        let address: String?
    }

    /// People that one search finds at most.
    private static let most = 5

    let pool: PostgresPool

    /// The few people behind a login or an address.
    ///
    /// A database that is away is left out: whoever is known by an address there alone gets a letter later.
    func people(_ name: String) async throws(PostgresError) -> [Found] {
        let home = try await here(name, pool.home)
        guard pool.isSharded else { return home }
        var people = Set(home.map(\.person))
        for member in pool.members.dropFirst() where member.obstacle == nil {
            for found in (try? await here(name, member)) ?? [] { people.insert(found.person) }
        }
        var all: [Found] = []
        for person in people.sorted().prefix(Self.most) {
            if let found = try await complete(person, home.first { $0.person == person }?.address) {
                all.append(found)
            }
        }
        return all
    }

    /// What one database knows.
    private func here(_ name: String, _ pool: PostgresPool) async throws(PostgresError) -> [Found] {
        var all: [Found] = []
        for row in try await pool.query(ResetQueries.people, [.text(name)], tenant: nil) {
            all.append(
                Found(
                    person: try row.int(0), login: try row.text(1), passwordHash: try row.textOrNil(2),
                    address: try row.textOrNil(3)))
        }
        return all
    }

    /// A person with the address, which only home can judge: it knows all the places.
    private func complete(_ person: Int64, _ atHome: String?) async throws(PostgresError) -> Found? {
        guard
            let row = try await pool.home.query(ShardQueries.resetPlaces, [.int(person)], tenant: nil).first
        else { return nil }
        let login = try row.text(0)
        let places = ResetPlaces(
            login: login, shards: try row.intArray(2).map { Int($0) }, isAtHome: try row.bool(3))
        var address: String?
        switch places.source {
        case .login: address = login
        case .home: address = atHome
        case .shard(let shard):
            let found = try? await here(login, try pool.member(shard))
            address = found?.first { $0.person == person }?.address
        case nil: break
        }
        return Found(
            person: person, login: login, passwordHash: try row.textOrNil(1), address: address)
    }
}

/// Where a person may be known, and whose word on the address counts.
struct ResetPlaces: Equatable {
    /// Where the address comes from.
    enum Source: Equatable {
        case login
        case home
        case shard(Int)
    }

    let login: String
    /// Other databases where the person may have users.
    let shards: [Int]
    /// Whether the person has users at home.
    let isAtHome: Bool

    /// The login where it is an address, else the one database that the person is in, which knows whether it is one
    /// institution; `nil` where there are several, of which none may speak for the others.
    var source: Source? {
        if let at = login.dropFirst().firstIndex(of: "@"), login.index(after: at) < login.endIndex {
            return .login
        }
        switch (isAtHome, shards.count) {
        case (true, 0): return .home
        case (false, 1): return shards.first.map { .shard($0) }
        default: return nil
        }
    }
}
