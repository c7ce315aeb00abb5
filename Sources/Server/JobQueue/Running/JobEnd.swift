import EventLoop
import JSON
import Postgres

/// How an attempt ends in the database.
enum JobEnd {
    case retry(JobFailure, Duration)
    case dead(JobFailure)
    case snoozed(Duration)
    case cancelled
    /// Given back at once, as if it had not been begun.
    case handedBack

    var outcome: JobOutcomeKind {
        switch self {
        case .retry: .retried
        case .dead: .dead
        case .snoozed: .snoozed
        case .cancelled: .cancelled
        case .handedBack: .released
        }
    }

    var failure: JobFailure? {
        switch self {
        case .retry(let failure, _), .dead(let failure): failure
        case .snoozed, .cancelled, .handedBack: nil
        }
    }

    /// The statements, in one transaction of the job's institution; the first says whether the fence held, and the others
    /// do nothing when it did not.
    func statements(_ run: JobRun) -> [(Statement, [PostgresValue])] {
        let state: JobState
        var pause: Duration = .zero
        var isSnooze = false
        switch self {
        case .retry(_, let after): (state, pause) = (.available, after)
        case .snoozed(let after): (state, pause, isSnooze) = (.available, after, true)
        case .handedBack: (state, isSnooze) = (.available, true)
        case .dead: state = .dead
        case .cancelled: state = .cancelled
        }
        let institution = run.institution.rawValue
        var found: [(Statement, [PostgresValue])] = [
            (
                JobStatements.settle,
                [
                    .int(run.id), .int(run.fence), .text(state.rawValue), .int(pause.wholeMilliseconds),
                    .bool(isSnooze), .text(failure?.errorClass.rawValue),
                ]
            )
        ]
        if let failure {
            found.append(
                (
                    JobStatements.noteError,
                    [
                        .int(institution), .int(run.id), .int(run.fence),
                        .json(JobEnd.entry(failure, attempt: run.attempt).bytes),
                    ]
                ))
        }
        // What was to be put back may turn out to be cancelled: the statements look at the job's state themselves.
        if state != .dead, run.givesUpKey {
            found.append((JobStatements.giveUpKeys, [.int(institution), .intArray([run.id])]))
        }
        if run.progress != nil, state == .available {
            found.append(
                (ProgressStatements.settleCancelled, [.int(institution), .int(run.id), .int(run.fence)]))
        }
        if run.progress != nil, state != .available {
            let message = failure.map { "failed: \($0.errorClass.rawValue)" } ?? "cancelled"
            found.append(
                (
                    ProgressStatements.settle,
                    [
                        .int(institution), .int(run.id), .int(run.fence),
                        .text(Progress.WorkflowState.failed.rawValue), .text(message), .json(nil),
                    ]
                ))
        }
        return found
    }

    /// What belongs to a completion besides the head: the key, and the progress.
    static func completed(_ run: JobRun, _ results: RawJSON?) -> [(Statement, [PostgresValue])] {
        let institution = run.institution.rawValue
        var found: [(Statement, [PostgresValue])] = []
        if run.givesUpKey {
            found.append((JobStatements.giveUpKeys, [.int(institution), .intArray([run.id])]))
        }
        if run.progress != nil {
            found.append(
                (
                    ProgressStatements.settle,
                    [
                        .int(institution), .int(run.id), .int(run.fence),
                        .text(Progress.WorkflowState.completed.rawValue), .text(nil), .json(results?.bytes),
                    ]
                ))
        }
        return found
    }

    /// One entry of the job's errors.
    private static func entry(_ failure: JobFailure, attempt: Int) -> RawJSON {
        RawJSON { json in
            json.array { json in
                json.object { json in
                    json.member("at", WallTime.milliseconds())
                    json.member("attempt", attempt)
                    json.member("class", failure.errorClass.rawValue)
                    json.member("permanent", failure.isPermanent)
                    json.member("message", failure.message)
                }
            }
        }
    }
}

extension JobRun {
    /// Whether completing it gives up a unique key.
    var givesUpKey: Bool {
        guard hasKey, case .untilOver = kind.policy.uniqueness else { return false }
        return true
    }
}
