import WebServer

/// Which discussions a list holds: `scope=locked,pinned`.
struct TopicScope: Hashable, Sendable {
    /// `nil` for both.
    private(set) var isLocked: Bool?
    /// `nil` for both.
    private(set) var isPinned: Bool?

    /// Reads the query.
    ///
    /// - Throws: 400 for another word, and for two that exclude one another.
    init(_ request: WebRequest) throws(WebError) {
        for word in (request.queryValue("scope") ?? "").split(separator: ",") {
            switch word {
            case "locked" where isLocked != false: isLocked = true
            case "unlocked" where isLocked != true: isLocked = false
            case "pinned" where isPinned != false: isPinned = true
            case "unpinned" where isPinned != true: isPinned = false
            default:
                throw .badRequest(
                    "scope must be locked or unlocked, pinned or unpinned, with a comma between them.",
                    field: "scope")
            }
        }
    }
}

/// Whether a list holds what was read, too.
enum ReadFilter: String, Hashable, Sendable, CaseIterable {
    case all
    case unread
}
