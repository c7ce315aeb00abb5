package import EventLoop
package import Postgres

/// The log of a node: appends events, in batches, and publishes what was committed.
///
/// Commit first, publish after, acknowledge last: a crash between any two lines leaves no phantom. There is no timer
/// on the way: an idle log commits one event at once, a busy one hundreds with one fsync. At most `backlog` events
/// wait; beyond that the outcome is ``AppendOutcome/unavailable`` at once.
package final class EventLog: Sendable {
    private let core: LoopBound<EventLogCore>

    /// Makes the node's log; called on `loop`, whose `pool` it uses.
    package init(loop: EventLoop, pool: PostgresPool, broker: any Broker, backlog: Int = 20_000) {
        core = LoopBound(EventLogCore(loop: loop, pool: pool, broker: broker, backlog: backlog), loop: loop)
    }

    /// Appends an event, once for its key; from any loop.
    ///
    /// `then` is called on `loop`, after commit and publication.
    package func append(_ event: LogAppend, loop: EventLoop, then: @escaping (AppendOutcome) -> Void) {
        let reply = LoopBound(then, loop: loop)
        core.loop.execute { [core] in core.value.enqueue(event, reply: reply) }
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
        core.loop.execute { [core] in core.value.enqueue(transaction, reply: reply) }
    }

    /// Calls `then`, on `loop`, once everything that was handed in before has its outcome.
    package func drained(loop: EventLoop, then: @escaping () -> Void) {
        let reply = LoopBound(then, loop: loop)
        core.loop.execute { [core] in core.value.whenIdle { reply.loop.execute { reply.value() } } }
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
