import Postgres

/// Ends sessions in other databases after a password was changed at home.
///
/// Home notes them in the transaction that changes the password, so that a crash in between loses none: whoever changed it
/// has them ended at once, and every node's ``ShardKeeper`` those that are left.
struct SessionEnds {
    let services: TenancyServices?

    /// Ends what is noted for a database: one person's sessions, or those that were left for some seconds.
    func carryOut(of person: Int64?, in member: PostgresPool) async throws(PostgresError) {
        let shard = PostgresValue.int(Int64(member.shard))
        for row in try await member.home.query(ShardQueries.dueEnds, [shard, .int(person)], tenant: nil) {
            let (person, note) = (try row.int(0), try row.text(1))
            let ended = try await member.query(
                ShardQueries.end,
                [
                    .int(person), .text(try row.textOrNil(2)), .text(try row.textOrNil(3)),
                    .text(try row.textOrNil(4)),
                ], tenant: nil)
            try await member.home.query(ShardQueries.didEnd, [shard, .int(person), .text(note)], tenant: nil)
            for user in ended {
                services?.didRevoke(of: try user.int(1), in: InstitutionID(rawValue: try user.int(0)))
            }
        }
    }
}
