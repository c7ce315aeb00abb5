import EventLoop
import Postgres
import Telemetry
import Tenancy

/// The intake's queues, one for each database that answers went to.
///
/// Confined to the intake's loop.
final class AnswerIntakeCores {
    private let pool: PostgresPool
    private let counters: IntakeCounters
    private let backlog: Int
    private var observers: [AnswerIntake.Observer] = []
    private var cores: [Int: AnswerIntakeCore] = [:]

    init(pool: PostgresPool, counters: IntakeCounters, backlog: Int) {
        self.pool = pool
        self.counters = counters
        self.backlog = backlog
    }

    func observe(_ observer: @escaping AnswerIntake.Observer) {
        observers.append(observer)
        for core in cores.values { core.observers.append(observer) }
    }

    /// Puts an answer into the queue of its institution's database; while that cannot be used, the client may come again.
    func enqueue(_ submission: AnswerSubmission, _ reply: AnswerIntakeCore.Reply) {
        pool.withMember(of: submission.institution) { [self] member in
            guard let member = try? member.get() else {
                counters.unavailable.add(1)
                let outcome = AnswerOutcome.unavailable(retryAfter: AnswerIntakeCore.retryAfter)
                return reply.loop.execute { reply.value(outcome) }
            }
            core(of: member).enqueue(submission, reply)
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

    private func core(of member: PostgresPool) -> AnswerIntakeCore {
        if let core = cores[member.shard] { return core }
        let core = AnswerIntakeCore(loop: member.loop, pool: member, counters: counters, backlog: backlog)
        core.observers = observers
        cores[member.shard] = core
        return core
    }
}
