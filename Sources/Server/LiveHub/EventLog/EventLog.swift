package import EventLoop
package import Postgres

/// The log of a node: appends events, in batches, and publishes what was committed.
///
/// Commit first, publish after, acknowledge last: a crash between any two lines leaves no phantom. There is no timer
/// on the way: an idle log commits one event at once, a busy one hundreds with one fsync. At most `backlog` events
/// wait; beyond that the outcome is ``AppendOutcome/unavailable`` at once. Each database has a queue of its own, so that one
/// that is away holds up nothing of the others'.
package final class EventLog: Sendable {
    private let cores: LoopBound<EventLogCores>

    /// Makes the node's log; called on `loop`, whose `pool` it uses.
    package init(loop: EventLoop, pool: PostgresPool, broker: any Broker, backlog: Int = 20_000) {
        cores = LoopBound(EventLogCores(pool: pool, broker: broker, backlog: backlog), loop: loop)
    }

    /// Appends an event, once for its key; from any loop.
    ///
    /// `then` is called on `loop`, after commit and publication.
    package func append(_ event: LogAppend, loop: EventLoop, then: @escaping (AppendOutcome) -> Void) {
        let reply = LoopBound(then, loop: loop)
        cores.loop.execute { [cores] in
            cores.value.use(of: event.channel.institution) { core in
                guard let core else { return reply.loop.execute { reply.value(.unavailable) } }
                core.enqueue(event, reply: reply)
            }
        }
    }

    /// Appends an event together with other changes; from any loop.
    ///
    /// `then` is called on `loop`.
    ///
    /// Transactions of this kind run one at a time and hold up the batches meanwhile: they are for what a person does
    /// now and then, such as opening a question.
    package func transact(
        _ transaction: LogTransaction, loop: EventLoop, then: @escaping (AppendOutcome) -> Void
    ) {
        let reply = LoopBound(then, loop: loop)
        cores.loop.execute { [cores] in
            cores.value.use(of: transaction.head.channel.institution) { core in
                guard let core else { return reply.loop.execute { reply.value(.unavailable) } }
                core.enqueue(transaction, reply: reply)
            }
        }
    }

    /// Calls `then`, on `loop`, once everything that was handed in before has its outcome.
    package func drained(loop: EventLoop, then: @escaping () -> Void) {
        let reply = LoopBound(then, loop: loop)
        cores.loop.execute { [cores] in cores.value.whenIdle { reply.loop.execute { reply.value() } } }
    }
}

/// The log's queues, one for each database that was written to.
///
/// Confined to the log's loop.
private final class EventLogCores {
    private let pool: PostgresPool
    private let broker: any Broker
    private let backlog: Int
    private var cores: [Int: EventLogCore] = [:]

    init(pool: PostgresPool, broker: any Broker, backlog: Int) {
        self.pool = pool
        self.broker = broker
        self.backlog = backlog
    }

    /// Hands over the queue of an institution's database; `nil` while that cannot be used.
    func use(of institution: TenantID, _ then: @escaping (EventLogCore?) -> Void) {
        pool.withMember(of: institution) { [self] member in
            guard let member = try? member.get() else { return then(nil) }
            if let core = cores[member.shard] { return then(core) }
            let core = EventLogCore(loop: member.loop, pool: member, broker: broker, backlog: backlog)
            cores[member.shard] = core
            then(core)
        }
    }

    func whenIdle(_ call: @escaping () -> Void) {
        var left = cores.count
        guard left > 0 else { return call() }
        for core in cores.values {
            core.whenIdle {
                left -= 1
                if left == 0 { call() }
            }
        }
    }
}

extension EventLog {
    /// Appends an event and waits for its outcome; called on `loop`.
    package func append(_ event: LogAppend, loop: EventLoop) async -> AppendOutcome {
        await withCheckedContinuation { continuation in
            append(event, loop: loop) { continuation.resume(returning: $0) }
        }
    }

    /// Appends an event together with other changes and waits for the outcome; called on `loop`.
    package func transact(_ transaction: LogTransaction, loop: EventLoop) async -> AppendOutcome {
        await withCheckedContinuation { continuation in
            transact(transaction, loop: loop) { continuation.resume(returning: $0) }
        }
    }
}
