import EventLoop
import Postgres
import Synchronization
import Telemetry
import Tenancy

/// A process's several databases: what its pools know of them, and what keeps that true.
///
/// Any thread may use it. With one database it does nothing at all.
final class Shards: Sendable {
    /// What pools are made with.
    let plan: ShardPlan
    private let directory = ShardDirectory()
    private let state = Mutex(State())

    private struct State {
        var keeper: LoopBound<ShardKeeper>?
        /// Databases that have been found fit.
        var admitted: Set<Int> = [ShardMap.home]
        var use: (@Sendable (Int) -> Void)?
        /// Places in `pools` whose connections to a database are gone, by the database.
        var away: [Int: Set<Int>] = [:]
    }

    /// Takes the databases from the settings.
    init(_ configuration: Configuration) {
        plan = ShardPlan(configuration.shards, directory: directory, lookup: ShardQueries.lookup)
    }

    /// Reads the routing table and looks at every database; whatever can be used is in use when this returns.
    ///
    /// One that is away is told of and used as soon as it is back; the others go on without it.
    ///
    /// - Parameters:
    ///   - pools: All pools of the process; the keeper lives on the first one's loop.
    ///   - health: Where a database that cannot be used is named: degraded, since the others can.
    ///   - services: Who hears of ended sessions; `nil` on a node without any.
    ///   - wait: How long databases may take until they answer.
    /// - Returns: What operators should read.
    /// - Throws: ``ServerProblem`` for a database whose schema does not fit.
    func begin(
        _ pools: [LoopBound<PostgresPool>], _ health: Health, _ services: TenancyServices?, wait: Duration
    ) async throws -> [String] {
        guard !plan.configurations.isEmpty, let pool = pools.first else { return [] }
        let (made, notes) = try await pool.loop.carryOut { [self] in
            let own = pool.value
            for member in own.members.dropFirst() {
                guard (try? await member.waitUntilOpen(atMost: wait)) != nil else { continue }
                do {
                    try await Schema.check(member)
                } catch let error as ServerProblem {
                    // What went away just now may come back; what does not fit stays unfit.
                    guard case .schema = error else { continue }
                    throw error
                } catch is PostgresError {}
            }
            let keeper = ShardKeeper(
                pool: own, directory: directory, services: services, logger: Log.logger("shards")
            ) { member in
                await Shards.obstacle(of: member)
            } show: { [self] shard, obstacle in
                note(0, shard, isAway: obstacle != nil, health)
                if obstacle == nil { admit(shard) }
            }
            do throws(PostgresError) {
                try await keeper.begin()
            } catch {
                throw ServerProblem.database(own.configuration.display, error)
            }
            let notes = own.members.dropFirst().map { member in
                let place = "shard \(member.shard): \(member.configuration.display)"
                return member.obstacle.map { "warning: \(place) cannot be used now: \($0)" } ?? place
            }
            return (LoopBound(keeper, loop: own.loop), notes)
        }
        state.withLock { $0.keeper = made }
        for (place, pool) in pools.enumerated() {
            pool.loop.execute { [self] in watch(pool.value, place, health) }
        }
        return notes
    }

    /// Begins to look again and again.
    ///
    /// - Parameter use: Begins what works in a database by itself; called once for each, home first, others as soon as they
    ///   have been found fit.
    func start(_ use: @escaping @Sendable (_ shard: Int) -> Void) {
        let (admitted, keeper) = state.withLock { state in
            state.use = use
            return (state.admitted, state.keeper)
        }
        for shard in admitted.sorted() { use(shard) }
        guard let keeper else { return }
        keeper.loop.execute { keeper.value.start() }
    }

    /// Looks once a second whether a pool has lost a database, as long as the pool lives; on its loop.
    private func watch(_ pool: PostgresPool, _ place: Int, _ health: Health) {
        for member in pool.members.dropFirst() {
            note(place, member.shard, isAway: member.obstacle != nil, health)
        }
        pool.loop.schedule(after: .seconds(1)) { [weak self, weak pool] in
            if let self, let pool { watch(pool, place, health) }
        }
    }

    /// A database is whole when every pool can use it.
    private func note(_ place: Int, _ shard: Int, isAway: Bool, _ health: Health) {
        state.withLock { state in
            if isAway {
                state.away[shard, default: []].insert(place)
            } else {
                state.away[shard]?.remove(place)
            }
            health.setDegraded("shard-\(shard)", state.away[shard]?.isEmpty == false)
        }
    }

    private func admit(_ shard: Int) {
        let use = state.withLock { $0.admitted.insert(shard).inserted ? $0.use : nil }
        use?(shard)
    }

    /// Ends it.
    func stop() {
        guard let keeper = state.withLock({ $0.keeper }) else { return }
        keeper.loop.execute { keeper.value.stop() }
    }

    private static func obstacle(of member: PostgresPool) async -> String? {
        do {
            try await member.waitUntilOpen(atMost: .seconds(1))
            try await Schema.check(member)
            return nil
        } catch {
            return "\(error)"
        }
    }
}
