/// Where a job stands.
package enum JobState: String, Sendable, CaseIterable {
    /// It waits for a worker, or for its time.
    case available
    /// A worker has it.
    case running
    /// It is done, and what it did is committed.
    case completed
    /// Somebody did not want it any more.
    case cancelled
    /// A dead letter: it failed for good, and waits for somebody to redrive it.
    case dead
}

/// What one attempt came to, as it is counted.
package enum JobOutcomeKind: String, Sendable, CaseIterable {
    case completed, retried, snoozed, cancelled, dead
    /// The worker lost the job to another before it could commit.
    case lost
    /// Stopping, the worker gave the job back.
    case released
    /// Another worker's lease had run out.
    case rescued
}
