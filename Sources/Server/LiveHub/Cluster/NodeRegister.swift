import Postgres

/// Where every node writes each second how well it hears: what a node without the bus can still know of the others.
///
/// Confined to the pool's loop.
struct NodeRegister {
    private static let statementTimeout: Duration = .seconds(3)

    /// Writes one's own line and counts others that heard within the last moments.
    ///
    /// Those who wrote it before Redis went away do not count for long: the one who asks has heard nothing for longer.
    private static let note: Statement = """
        WITH own AS (
            INSERT INTO live_nodes (node, name, seen_at, unheard) VALUES ($1, $2, clock_timestamp(), $3)
            ON CONFLICT (node) DO UPDATE SET seen_at = excluded.seen_at, unheard = excluded.unheard
        )
        SELECT count(*) FROM live_nodes
        WHERE node <> $1 AND unheard <= 1 AND seen_at > clock_timestamp() - interval '3 seconds'
        """
    private static let remove: Statement = """
        DELETE FROM live_nodes WHERE node = $1 OR seen_at < clock_timestamp() - interval '1 hour'
        """

    let pool: PostgresPool
    let node: NodeID
    let name: String

    /// Notes that this node lives and when it heard last.
    ///
    /// - Parameter unheard: Rounds since it heard all shards.
    /// - Returns: How many other nodes hear at present; `nil` when Postgres cannot be reached.
    func note(unheard: Int) async -> Int? {
        var batch = TransactionBatch(statementTimeout: NodeRegister.statementTimeout)
        batch.append(
            NodeRegister.note, [.text(node.description), .text(name), .int(Int64(min(unheard, 10_000)))],
            tenant: nil)
        guard let rows = try? await pool.home.run(batch).first, let count = try? rows.first?.int(0) else {
            return nil
        }
        return Int(count)
    }

    /// Takes this node's line out, and those of nodes that died long ago.
    func remove() async {
        _ = try? await pool.home.query(NodeRegister.remove, [.text(node.description)], tenant: nil)
    }
}
