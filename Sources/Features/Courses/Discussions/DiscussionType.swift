/// How deep replies go, in Canvas's words.
enum DiscussionType: String, Hashable, Sendable, CaseIterable {
    /// One level of replies.
    case sideComment = "side_comment"
    /// The newer word for the same.
    case notThreaded = "not_threaded"
    /// Replies to replies.
    case threaded

    /// Levels of replies below an entry at the top; deeper ones stand beside what they reply to.
    var depth: Int64 {
        switch self {
        case .sideComment, .notThreaded: 1
        case .threaded: 20
        }
    }
}
