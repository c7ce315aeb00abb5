package import JSON

/// A job as somebody asks for it.
package struct JobRequest: Sendable {
    /// Bytes of a payload at most: what is larger belongs into a table or a file, and its id into the payload.
    package static let payloadBytes = 65_536
    /// Characters of a unique key at most.
    package static let keyLength = 200
    /// Jobs that one statement adds at most.
    package static let mostAtOnce = 1000

    /// The name of its ``JobKind``.
    package let kind: String
    /// What it is about, as its kind reads it.
    package let payload: RawJSON
    /// No second job of the kind gets this key, as long as the kind's ``JobPolicy/Uniqueness`` says; `nil` for none.
    package let uniqueKey: String?
    /// When it may run, in milliseconds since 1970; `nil` for as soon as it is committed.
    package let runAt: Int64?
    /// What people who wait for it are shown; `nil` for nothing.
    package let progress: ProgressRequest?

    /// Asks for a job.
    ///
    /// - Parameters:
    ///   - kind: The name of a kind of the catalogue.
    ///   - payload: A JSON value of at most ``payloadBytes`` bytes.
    ///   - uniqueKey: Of 1 to ``keyLength`` characters that Postgres can store.
    ///   - runAt: The earliest time, in milliseconds since 1970.
    ///   - progress: What people are shown.
    /// - Throws: ``JobRequestError`` when something is too large.
    package init(
        kind: String, payload: RawJSON, uniqueKey: String? = nil, runAt: Int64? = nil,
        progress: ProgressRequest? = nil
    ) throws(JobRequestError) {
        guard payload.bytes.count <= JobRequest.payloadBytes else {
            throw .payloadTooLarge(payload.bytes.count)
        }
        if let uniqueKey {
            guard (1...JobRequest.keyLength).contains(uniqueKey.unicodeScalars.count),
                !uniqueKey.utf8.contains(0)
            else { throw .badKey }
        }
        self.kind = kind
        self.payload = payload
        self.uniqueKey = uniqueKey
        self.runAt = runAt
        self.progress = progress
    }
}

/// Why a job cannot be asked for.
package enum JobRequestError: Error, Equatable, Sendable {
    /// The payload has so many bytes, more than ``JobRequest/payloadBytes``.
    case payloadTooLarge(Int)
    /// The unique key is empty, too long, or holds U+0000.
    case badKey
}

/// What came of asking for a job.
package struct EnqueuedJob: Sendable, Equatable {
    /// The job's id: the new one's, or that of the job that has the unique key already.
    package let id: Int64
    /// Whether it was added by this request.
    package let isNew: Bool
    /// Where it stands: an existing one may run, be over or be dead.
    package let state: JobState
    /// The id of its progress; `nil` when it has none.
    package internal(set) var progress: Int64?
}
