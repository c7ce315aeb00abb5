import EventLoop
import JSON
import Logging
import Postgres

extension JobWorker {
    /// Does one attempt, from its beginning until what came of it is written.
    func perform(_ run: JobRun) async {
        if run.isCancelled { return await put(run, .cancelled) }
        let policy = run.kind.policy
        guard run.attempt <= policy.attempts else {
            let failure = JobFailure(.workerLost, isPermanent: true, "workers ended in the middle of it")
            return await settle(run, failure: failure)
        }
        run.report()
        do {
            let outcome = try await run.kind.run(run)
            guard !run.isOver else { return }
            try await end(run, outcome)
        } catch {
            guard !run.isOver else { return }
            await end(run, error)
        }
    }

    private func end(_ run: JobRun, _ outcome: JobOutcome) async throws {
        switch outcome {
        case .completed(let results, let effects):
            run.isEnding = true
            if results == nil, effects == nil, run.progress == nil {
                await insist(run, as: .completed) { try await self.completions.add(run) }
            } else {
                try await commit(run, results, effects)
            }
        case .snoozed(let pause):
            guard run.kind.policy.maySnooze(after: run.snoozes) else {
                let failure = JobFailure(
                    .snoozedOut, isPermanent: true, "it was snoozed \(run.snoozes) times")
                return await settle(run, failure: failure)
            }
            await put(run, .snoozed(pause))
        case .cancelled: await put(run, .cancelled)
        }
    }

    private func end(_ run: JobRun, _ error: any Error) async {
        if let stopped = error as? JobStopped {
            switch stopped.reason {
            case .cancelled: return await put(run, .cancelled)
            // Whoever has it now goes on; the statement finds out whether that is so.
            case .lost, .overdue, .released: return await put(run, .handedBack)
            }
        }
        await settle(run, failure: JobFailure(error))
    }

    /// What becomes of a failed attempt, by the kind's policy.
    func settle(_ run: JobRun, failure: JobFailure) async {
        let verdict = run.kind.policy.verdict(
            on: failure, attempt: run.attempt, fraction: .random(in: 0...1))
        switch verdict {
        case .retry(let pause): await put(run, .retry(failure, pause))
        case .dead:
            logger.error(
                "a job is a dead letter",
                metadata: [
                    "kind": "\(run.kind.name)", "job": "\(run.id)",
                    "institution": "\(run.institution)", "class": "\(failure.errorClass.rawValue)",
                ])
            await put(run, .dead(failure))
        }
    }

    // MARK: Writing

    /// The job's effects and its completion, in one transaction that the fence guards.
    private func commit(_ run: JobRun, _ results: RawJSON?, _ effects: JobOutcome.Effects?) async throws {
        var failed: (any Error)?
        await insist(run, as: .completed) {
            failed = nil
            do {
                try await self.pool.transaction(tenant: run.institution) { transaction in
                    // First, so that the row stays ours until the commit, and nobody works in vain.
                    let held = try await transaction.query(
                        JobStatements.complete, [.intArray([run.id]), .intArray([run.fence])])
                    guard !held.isEmpty else { throw FenceBroken() }
                    try await effects?(transaction)
                    let end = JobEnd.completed(run, results)
                    if !end.isEmpty { _ = try await transaction.query(end) }
                }
                return true
            } catch is FenceBroken {
                return false
            } catch let error as PostgresError where error.mayPass {
                throw error
            } catch {
                // The effects do not go, at this attempt at least.
                failed = error
                return nil
            }
        }
        run.isEnding = false
        if let failed { throw failed }
    }

    /// Puts a job back or aside; nothing happens when another worker has it.
    private func put(_ run: JobRun, _ end: JobEnd) async {
        run.isEnding = true
        await insist(run, as: end.outcome, end.failure) {
            var batch = TransactionBatch(statementTimeout: JobWorker.statementTimeout)
            for (statement, values) in end.statements(run) {
                batch.append(statement, values, tenant: run.institution)
            }
            return try await self.pool.run(batch)[0].first?.bool(0) ?? false
        }
    }

    /// Tries until the database has answered, or the lease must be taken for lost: then another worker has the job.
    ///
    /// - Parameters:
    ///   - run: The attempt.
    ///   - outcome: What it is counted as when the fence held.
    ///   - failure: What had failed.
    ///   - body: Returns whether the fence held; `nil` for something else, which is not counted here.
    private func insist(
        _ run: JobRun, as outcome: JobOutcomeKind, _ failure: JobFailure? = nil,
        _ body: () async throws -> Bool?
    ) async {
        let backoff = Backoff(base: .milliseconds(50), limit: .seconds(2))
        var failures = 0
        while true {
            do {
                guard let isHeld = try await body() else { return }
                let busy = run.lease.age(at: loop.now)
                meters.count(
                    run.kind.name, isHeld ? outcome : .lost, failure: isHeld ? failure?.errorClass : nil,
                    busy: busy)
                meters.count(run.institution.rawValue, failed: isHeld && failure != nil)
                if !isHeld {
                    logger.notice(
                        "a job was lost to another worker",
                        metadata: [
                            "kind": "\(run.kind.name)", "job": "\(run.id)",
                            "institution": "\(run.institution)",
                        ])
                }
                return
            } catch {
                complain("what came of a job cannot be written", error)
                guard run.lease.standing(at: loop.now) != .doubtful, !isStopped else {
                    return meters.count(run.kind.name, .lost)
                }
                let pause = backoff.pause(afterFailures: failures, fraction: .random(in: 0.5...1))
                failures += 1
                await withCheckedContinuation { continuation in
                    _ = loop.schedule(after: pause) { continuation.resume() }
                }
            }
        }
    }
}

/// The transaction found that another worker has the job.
private struct FenceBroken: Error {}

extension PostgresError {
    /// Whether the same transaction may go through a little later.
    fileprivate var mayPass: Bool {
        switch self {
        case .connectionLost, .unavailable, .timeout(.waiting), .timeout(.silence): true
        case .server, .timeout(.statement), .decoding, .encoding, .cancelled, .configuration: isTransient
        }
    }
}
