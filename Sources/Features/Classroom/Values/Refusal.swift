import Assessment
package import LiveHub

/// Why a rule forbids a change; the raw value is a result's `reason`.
package struct RefusalReason: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    static let locked = RefusalReason(rawValue: "locked")
    static let muted = RefusalReason(rawValue: "muted")
    static let notAllowed = RefusalReason(rawValue: "not_allowed")
    static let notFound = RefusalReason(rawValue: "not_found")
    static let tooLong = RefusalReason(rawValue: "too_long")
    static let classEnded = RefusalReason(rawValue: "class_ended")
    static let classNotLive = RefusalReason(rawValue: "class_not_live")
    static let alreadyStarted = RefusalReason(rawValue: "already_started")
    static let rateLimited = RefusalReason(rawValue: "rate_limited")
    static let keyReused = RefusalReason(rawValue: "key_reused")
    /// Another question is open.
    static let alreadyOpen = RefusalReason(rawValue: QuizRuns.Refusal.alreadyOpen.rawValue)
    static let alreadyClosed = RefusalReason(rawValue: QuizRuns.Refusal.alreadyClosed.rawValue)
    static let alreadyRevealed = RefusalReason(rawValue: QuizRuns.Refusal.alreadyRevealed.rawValue)
    /// An element of that id is on the board already.
    static let idTaken = RefusalReason(rawValue: "id_taken")
    /// An operation does not fit the element that it is about.
    static let badOperation = RefusalReason(rawValue: "bad_op")
    static let boardFull = RefusalReason(rawValue: "board_full")
    static let nothingToUndo = RefusalReason(rawValue: "nothing_to_undo")
    static let nothingToRedo = RefusalReason(rawValue: "nothing_to_redo")
    /// As many messages are pinned as may be.
    static let tooManyPinned = RefusalReason(rawValue: "too_many_pinned")
    /// It cannot be written now; the same key may be sent again.
    static let unavailable = RefusalReason(rawValue: "unavailable")
}

/// A refused change: nothing was made.
package struct Refusal: Hashable, Sendable {
    package let reason: RefusalReason
    /// When the same key may be sent again; `nil` where the refusal is final.
    package let retryAfterMilliseconds: Int64?
    /// The limit that was met, where one was.
    package let limit: LiveLimit?

    package init(_ reason: RefusalReason, retryAfterMilliseconds: Int64? = nil, limit: LiveLimit? = nil) {
        self.reason = reason
        self.retryAfterMilliseconds = retryAfterMilliseconds
        self.limit = limit
    }

    static let unavailable = Refusal(.unavailable, retryAfterMilliseconds: 500)
}
