package import JSON
package import Postgres

/// One kind of jobs: its name, how it is treated, and what it does.
///
/// A feature makes its kinds as values; the program's catalogue lists all of them in one file.
package protocol JobKind: Sendable {
    /// Lower-case letters, digits, underscores and dots, a letter first, 64 at most: `assessment.autograde`.
    ///
    /// It stands in the database: a kind that is renamed leaves its waiting jobs behind.
    var name: String { get }
    /// Attempts, pauses, limits.
    var policy: JobPolicy { get }

    /// Does one attempt; on the worker's loop, so blocking work goes into a lane.
    ///
    /// The same job may be attempted again, and while a lease is lost even twice at the same time: effects outside of the
    /// database must bear that. What it writes to the database belongs into the outcome's effects.
    ///
    /// - Throws: ``JobFailure`` for what the kind can name; anything else is read by one table.
    func run(_ run: JobRun) async throws -> JobOutcome
}

/// What an attempt came to, when it did not fail.
package enum JobOutcome {
    /// Writes of a job, within the transaction that completes it.
    package typealias Effects = (PostgresTransaction) async throws -> Void

    /// Done.
    ///
    /// The effects and the completion are one transaction: when the job was lost to another worker, neither happens.
    /// The results go to the job's progress.
    case completed(results: RawJSON?, effects: Effects?)
    /// Not yet: come again after a pause; the attempt does not count.
    case snoozed(Duration)
    /// The handler has heard that it is cancelled, and has stopped.
    case cancelled

    /// Done, without anything to write.
    package static var completed: JobOutcome { .completed(results: nil, effects: nil) }

    /// Done, together with what is written.
    package static func completed(results: RawJSON? = nil, _ effects: @escaping Effects) -> JobOutcome {
        .completed(results: results, effects: effects)
    }
}

/// Why an attempt failed.
package struct JobFailure: Error, Sendable, Equatable {
    /// Characters of a message that are kept.
    package static let messageLength = 1000

    /// For counting and redriving.
    package let errorClass: ErrorClass
    /// Whether another attempt is pointless.
    package let isPermanent: Bool
    /// For people of the job's institution who look for the cause; cut at ``messageLength``.
    package let message: String
    /// The pause that somebody asked for, such as a vendor's `Retry-After`; it counts when it is longer than our own.
    package let retryAfter: Duration?

    /// Names a failure.
    ///
    /// - Parameters:
    ///   - errorClass: For counting and redriving.
    ///   - isPermanent: Whether another attempt is pointless.
    ///   - message: The cause, in words.
    ///   - retryAfter: The shortest pause before another attempt.
    package init(
        _ errorClass: ErrorClass, isPermanent: Bool = false, _ message: String, retryAfter: Duration? = nil
    ) {
        self.errorClass = errorClass
        self.isPermanent = isPermanent
        let kept = message.unicodeScalars.filter { $0.value != 0 }.prefix(JobFailure.messageLength)
        self.message = String(String.UnicodeScalarView(kept))
        self.retryAfter = retryAfter
    }

    /// The one table of errors that no kind has named.
    package init(_ error: any Error) {
        switch error {
        case let failure as JobFailure: self = failure
        case let error as JSONError: self.init(.badPayload, isPermanent: true, "\(error)")
        case let error as FieldError: self.init(.badPayload, isPermanent: true, error.message)
        case let error as PostgresError:
            switch error {
            case .connectionLost, .unavailable, .timeout, .cancelled: self.init(.database, "\(error)")
            case .server where error.isTransient || JobFailure.isServersOwn(error):
                self.init(.database, "\(error)")
            case .server, .decoding, .encoding, .configuration:
                self.init(.databaseRefused, isPermanent: true, "\(error)")
            }
        default: self.init(.unexpected, "\(error)")
        }
    }

    /// Whether the server's state is to blame, not the statement: connections, resources, intervention, the system.
    private static func isServersOwn(_ error: PostgresError) -> Bool {
        guard let state = error.state else { return false }
        return ["08", "53", "55", "57", "58"].contains(String(state.errorClass))
    }
}
