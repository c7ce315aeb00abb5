import EventLoop
package import Logging
package import Postgres

/// Keeps what a process knows of several databases: reads the routing table, admits databases that can be used, and has
/// them do what home has promised.
///
/// Confined to the loop of its pool; one for each process, where there are several databases. Each database has a timer of
/// its own, so that one that is away holds up nothing of the others'. While home is away, what was read last holds.
package final class ShardKeeper {
    /// How often it looks: an institution that was placed elsewhere is known everywhere after this.
    package static let period: Duration = .seconds(2)

    /// Says why a database cannot be used; `nil` when it can.
    ///
    /// It is asked until it is admitted.
    package typealias Admit = (PostgresPool) async -> String?

    private let pool: PostgresPool
    private let directory: ShardDirectory
    private let admit: Admit
    private let show: (_ shard: Int, _ obstacle: String?) -> Void
    private let services: TenancyServices?
    private let logger: Logger
    private var admitted: Set<Int> = []
    private var shown: [Int: String] = [:]
    private var isStopped = false

    /// Makes the keeper.
    ///
    /// - Parameters:
    ///   - pool: Home's pool on this loop.
    ///   - directory: What it keeps.
    ///   - services: Who hears of sessions that were ended; `nil` on a node without any.
    ///   - logger: Where it complains.
    ///   - admit: Looks at a database before it is used for the first time.
    ///   - show: Hears at each look whether a database can be used.
    package init(
        pool: PostgresPool, directory: ShardDirectory, services: TenancyServices?, logger: Logger,
        admit: @escaping Admit, show: @escaping (_ shard: Int, _ obstacle: String?) -> Void
    ) {
        self.pool = pool
        self.directory = directory
        self.services = services
        self.logger = logger
        self.admit = admit
        self.show = show
        for member in pool.members.dropFirst() {
            directory.refuse(member.shard, because: "it was not looked at yet")
        }
    }

    /// Looks at everything once; afterwards what can be used is in use.
    ///
    /// - Throws: ``PostgresError`` when home cannot be asked.
    package func begin() async throws(PostgresError) {
        try await readTable()
        for member in pool.members.dropFirst() { await look(at: member) }
    }

    /// Begins to look again and again.
    package func start() {
        repeatedly {
            do throws(PostgresError) {
                try await self.readTable()
            } catch {
                self.logger.warning("the routing table cannot be read", metadata: ["error": "\(error)"])
            }
        }
        for member in pool.members.dropFirst() { repeatedly { await self.look(at: member) } }
    }

    /// Ends; before the pool is closed.
    package func stop() { isStopped = true }

    private func repeatedly(_ body: @escaping () async -> Void) {
        guard !isStopped else { return }
        pool.loop.schedule(after: ShardKeeper.period) { [weak self] in
            guard let self, !isStopped else { return }
            pool.loop.run {
                await body()
                self.repeatedly(body)
            }
        }
    }

    private func readTable() async throws(PostgresError) {
        var rows: [TenantID: Int] = [:]
        for row in try await pool.home.query(ShardQueries.table, tenant: nil) {
            rows[TenantID(rawValue: try row.int(0))] = Int(try row.int(1))
        }
        directory.replace(with: rows)
    }

    private func look(at member: PostgresPool) async {
        if !admitted.contains(member.shard) {
            let reason = await admit(member)
            directory.refuse(member.shard, because: reason)
            if reason == nil { admitted.insert(member.shard) }
        }
        let obstacle = member.obstacle
        show(member.shard, obstacle)
        if shown[member.shard] != obstacle {
            shown[member.shard] = obstacle
            let fields: Logger.Metadata = ["shard": "\(member.shard)", "error": "\(obstacle ?? "none")"]
            if obstacle == nil {
                logger.notice("a shard is in use", metadata: fields)
            } else {
                logger.warning("a shard cannot be used", metadata: fields)
            }
        }
        guard obstacle == nil else { return }
        do throws(PostgresError) {
            try await SessionEnds(services: services).carryOut(of: nil, in: member)
        } catch {
            logger.warning("sessions of a shard cannot be ended", metadata: ["error": "\(error)"])
        }
        do throws(PostgresError) {
            try await Departures().settle(with: member)
        } catch {
            logger.warning("people who have left a shard cannot be settled", metadata: ["error": "\(error)"])
        }
    }
}
