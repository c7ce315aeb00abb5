/// What kind of failure it was, for counting and for redriving: `vendor_unavailable`.
///
/// It stands in a global table and in labels of metrics, so it names a class of errors, never a thing or a person.
package struct ErrorClass: Hashable, Sendable, RawRepresentable, ExpressibleByStringLiteral {
    /// Lower-case letters, digits and underscores, a letter first, 64 at most.
    package let rawValue: String

    /// Takes a name; `nil` when it is none.
    package init?(rawValue: String) {
        let bytes = rawValue.utf8
        guard (1...64).contains(bytes.count), let first = bytes.first, (97...122).contains(first),
            bytes.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 95 })
        else { return nil }
        self.rawValue = rawValue
    }

    package init(stringLiteral value: String) {
        guard let known = ErrorClass(rawValue: value) else {
            preconditionFailure("\(value) names no error class")
        }
        self = known
    }

    /// The attempt took longer than its kind allows.
    package static let timeout: ErrorClass = "timeout"
    /// Workers ended in the middle, as often as the job may be tried.
    package static let workerLost: ErrorClass = "worker_lost"
    /// The job waited longer than its kind allows.
    package static let snoozedOut: ErrorClass = "snoozed_out"
    /// Its payload is not what its kind reads.
    package static let badPayload: ErrorClass = "bad_payload"
    /// Postgres could not be reached, or asked for another try.
    package static let database: ErrorClass = "database"
    /// Postgres refused what the job wanted to write.
    package static let databaseRefused: ErrorClass = "database_refused"
    /// An error that its kind does not name.
    package static let unexpected: ErrorClass = "unexpected"
}
