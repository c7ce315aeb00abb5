package import Postgres

/// A file as the database has it.
package struct StoredFile: Hashable, Sendable {
    /// What is known of malicious content.
    package enum ScanState: String, Sendable, CaseIterable {
        case unscanned, clean, infected
        /// Too large or too strange to be scanned: never clean.
        case unscannable
    }

    package var id: Int64
    package var uuid: PostgresUUID
    package var folder: Int64
    package var context: FileContext
    /// Who brought it; `nil` for files that nobody did, as imports.
    package var owner: Int64?
    package var displayName: String
    /// The name that it had when it was uploaded.
    package var filename: String
    package var contentType: String
    package var size: Int64
    package var sha256: String
    package var scanState: ScanState
    package var availability: Availability
    /// Milliseconds since 1970.
    package var createdAt: Int64
    package var updatedAt: Int64
}

/// When, and to whom, a file or folder is to be seen, as its staff has set it.
package struct Availability: Hashable, Sendable {
    package var isHidden = false
    package var isLocked = false
    /// Milliseconds since 1970.
    package var unlockAt: Int64?
    package var lockAt: Int64?

    package init(isHidden: Bool = false, isLocked: Bool = false, unlockAt: Int64? = nil, lockAt: Int64? = nil)
    {
        self.isHidden = isHidden
        self.isLocked = isLocked
        self.unlockAt = unlockAt
        self.lockAt = lockAt
    }

    /// Whether those who are not staff may not read it at that time.
    package func isLocked(at now: Int64) -> Bool {
        isLocked || (unlockAt.map { now < $0 } ?? false) || (lockAt.map { now >= $0 } ?? false)
    }
}
