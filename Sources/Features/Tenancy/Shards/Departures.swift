import Postgres

/// Tells home of people who have left a shard, so that whoever is nowhere any more is forgotten there, too.
///
/// The shard notes it in the transaction that erases its last user of a person; home notes, when its own last one is erased,
/// that the shards are to be asked. Every node's ``ShardKeeper`` does what is noted, so a crash in between loses none, and
/// doing it twice is harmless.
struct Departures {
    /// Settles what is noted of a shard.
    func settle(with member: PostgresPool) async throws(PostgresError) {
        let shard = PostgresValue.int(Int64(member.shard))
        var left: [Int64] = []
        for row in try await member.query(ShardQueries.dueDepartures, tenant: nil) {
            left.append(try row.int(0))
        }
        let claims = try await member.home.query(
            ShardQueries.claimsInDoubt, [shard, .intArray(left)], tenant: nil)
        for row in claims {
            let (person, claim) = (try row.int(0), try row.int(1))
            let closed = try await member.query(
                ShardQueries.closeDeparture, [.int(person), .int(claim)], tenant: nil)
            let hasLeft = try closed.first?.bool(0) ?? false
            try await member.home.query(
                ShardQueries.settleDeparture, [.int(person), shard, .int(claim), .bool(hasLeft)], tenant: nil)
            if hasLeft { left.append(person) }
        }
        guard !left.isEmpty else { return }
        try await member.query(ShardQueries.didDepart, [.intArray(left)], tenant: nil)
    }
}
