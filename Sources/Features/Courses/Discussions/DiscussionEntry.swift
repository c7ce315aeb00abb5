import JSON
import Tenancy

/// Something that was said in a discussion; what was removed leaves its place behind.
struct DiscussionEntry: Hashable, Sendable {
    /// The largest text of an entry, in bytes.
    static let messageBytes = 64 << 10

    /// Unique in the deployment; greater than those of all entries that the topic had before.
    let id: Int64
    /// What it replies to; `nil` at the top.
    let parent: Int64?
    /// The entry at the top that it stands under; `nil` at the top.
    let root: Int64?
    /// 0 at the top.
    let depth: Int64
    let author: Author
    /// Markup that was made safe; empty once removed.
    let message: String
    let createdAt: Int64
    let updatedAt: Int64
    let deletedAt: Int64?
    /// Who else changed it, where somebody has.
    let editor: Int64?
    /// Whether the user who asks has read it.
    let isRead: Bool
    /// Whether the user has said that this is to stay so.
    let isForced: Bool
    /// How many have rated it.
    let ratings: Int64
    /// What their ratings come to.
    let ratingSum: Int64
    /// What the user who asks has rated it; `nil` without a rating.
    let ownRating: Int64?

    /// Whether a user may change or remove it.
    func isEditable(by user: Int64, _ role: CourseRole) -> Bool {
        deletedAt == nil && (role == .staff || (role == .student && author.id == user))
    }

    /// Writes the entry's members; a removed one has neither text nor author.
    func writeMembers(_ json: inout JSONWriter) {
        json.member("id", id)
        if let parent { json.member("parent_id", parent) } else { json.nullMember("parent_id") }
        json.member("created_at", ISO8601.text(milliseconds: createdAt))
        json.member("updated_at", ISO8601.text(milliseconds: updatedAt))
        if let deletedAt {
            json.member("deleted", true)
            json.member("deleted_at", ISO8601.text(milliseconds: deletedAt))
        } else {
            json.member("user_id", author.id)
            json.member("user_name", author.name)
            json.member("message", message)
            json.member("editor_id", editor)
        }
        json.member("read_state", isRead ? "read" : "unread")
        json.member("forced_read_state", isForced)
        json.member("rating_count", ratings)
        json.member("rating_sum", ratingSum)
    }
}

/// Where a new entry stands.
struct EntryPlace: Hashable, Sendable {
    var parent: Int64?
    var root: Int64?
    var depth: Int64

    /// At the top of its topic.
    static let top = EntryPlace(parent: nil, root: nil, depth: 0)

    /// Below what it replies to; where that is as deep as the topic goes, beside it.
    static func reply(to entry: DiscussionEntry, in type: DiscussionType) -> EntryPlace {
        let root = entry.root ?? entry.id
        guard entry.depth >= type.depth else {
            return EntryPlace(parent: entry.id, root: root, depth: entry.depth + 1)
        }
        // A topic may have been deeper once.
        guard type.depth > 1 else { return EntryPlace(parent: root, root: root, depth: 1) }
        return EntryPlace(parent: entry.parent ?? root, root: root, depth: entry.depth)
    }
}
