import EventLoop
import Logging
import Postgres

extension JobWorker {
    /// Extends the leases of what runs, tells handlers what they must know, and gives up attempts that take too long.
    func beat() async {
        let sentAt = loop.now
        let runs = running.values.filter { !$0.isOver }
        guard !runs.isEmpty else { return }
        do throws(PostgresError) {
            let rows = try await pool.query(
                JobStatements.heartbeat,
                [
                    .intArray(runs.map(\.institution.rawValue)), .intArray(runs.map(\.id)),
                    .intArray(runs.map(\.fence)), .int(settings.lease.wholeMilliseconds),
                ], tenant: nil)
            // By the fence, too: a worker may have a job twice, once as the late one.
            var answers: [Hold: (isExtended: Bool, isCancelled: Bool)] = [:]
            for row in rows {
                let hold = Hold(id: try row.int(0), fence: try row.int(1))
                answers[hold] = (try row.bool(2), try row.bool(3))
            }
            for run in runs where !run.isEnding {
                hear(answers[Hold(id: run.id, fence: run.fence)], run, sentAt: sentAt)
            }
        } catch {
            complain("leases cannot be extended", error)
        }
        let now = loop.now
        for run in running.values where !run.isOver && !run.isEnding {
            switch run.lease.standing(at: now) {
            case .held: break
            case .doubtful: run.tell(.lost)
            case .overdue: giveUp(run)
            }
        }
    }

    private func hear(
        _ answer: (isExtended: Bool, isCancelled: Bool)?, _ run: JobRun, sentAt: ContinuousClock.Instant
    ) {
        guard let answer else { return run.tell(.lost) }
        if answer.isExtended { run.lease.extended(at: sentAt) }
        if answer.isCancelled { run.tell(.cancelled) }
    }

    /// The attempt has failed, whatever its handler still does; that one keeps the slot until it returns.
    private func giveUp(_ run: JobRun) {
        run.isOver = true
        run.tell(.overdue)
        let limit = run.kind.policy.timeLimit
        let failure = JobFailure(.timeout, "the attempt took longer than \(limit)")
        loop.run { [self] in await settle(run, failure: failure) }
    }
}

/// A job as one claim has it.
private struct Hold: Hashable {
    let id: Int64
    let fence: Int64
}
