package import EventLoop

/// How jobs of a kind are treated.
package struct JobPolicy: Sendable {
    /// How long a unique key is held.
    package enum Uniqueness: Sendable {
        /// Until the job is completed or cancelled; a dead letter keeps it, since it can be redriven.
        case untilOver
        /// As long as the job is kept: whoever asks again within that time gets what was done.
        case untilSwept
    }

    /// Kinds of a lower lane are taken first.
    package var lane: Int
    /// Attempts, the first among them, before the job is a dead letter.
    package var attempts: Int
    /// Pauses between attempts; a pause is half to all of what it gives, so that not all come back at once.
    package var backoff: Backoff
    /// The longest time of one attempt: what takes longer has failed with ``ErrorClass/timeout``.
    ///
    /// It is not the lease: that one says whether the worker lives, this one whether the work gets anywhere.
    package var timeLimit: Duration
    /// Jobs of the kind that run at a time on all nodes together; `nil` for as many as workers have room for.
    package var cap: Int?
    /// Snoozes before the job is a dead letter.
    package var snoozes: Int
    package var uniqueness: Uniqueness

    /// Makes a policy.
    ///
    /// - Parameters:
    ///   - lane: Kinds of a lower lane are taken first.
    ///   - attempts: Attempts, the first among them.
    ///   - backoff: Pauses between attempts.
    ///   - timeLimit: The longest time of one attempt.
    ///   - cap: Jobs that run at a time on all nodes.
    ///   - snoozes: The most snoozes.
    ///   - uniqueness: How long a unique key is held.
    package init(
        lane: Int = 1, attempts: Int = 10,
        backoff: Backoff = Backoff(base: .seconds(5), limit: .seconds(3600)),
        timeLimit: Duration = .seconds(300), cap: Int? = nil, snoozes: Int = 1000,
        uniqueness: Uniqueness = .untilOver
    ) {
        precondition(attempts > 0 && snoozes >= 0 && (cap ?? 1) > 0, "a policy lets jobs run")
        self.lane = lane
        self.attempts = attempts
        self.backoff = backoff
        self.timeLimit = timeLimit
        self.cap = cap
        self.snoozes = snoozes
        self.uniqueness = uniqueness
    }

    /// What becomes of a job after an attempt.
    enum Verdict: Equatable {
        /// Another attempt after this pause.
        case retry(after: Duration)
        /// A dead letter.
        case dead
    }

    /// Decides what becomes of a job whose attempt failed.
    ///
    /// - Parameters:
    ///   - failure: Why.
    ///   - attempt: Which attempt that was, from 1.
    ///   - fraction: The jitter, 0...1.
    /// - Returns: The verdict.
    func verdict(on failure: JobFailure, attempt: Int, fraction: Double) -> Verdict {
        guard !failure.isPermanent, attempt < attempts else { return .dead }
        let longest = backoff.pause(afterFailures: attempt - 1, fraction: 1)
        let own = longest * (0.5 + 0.5 * fraction)
        return .retry(after: max(own, failure.retryAfter ?? .zero))
    }

    /// Whether a job that was snoozed so often may be snoozed again.
    func maySnooze(after snoozes: Int) -> Bool { snoozes < self.snoozes }
}
