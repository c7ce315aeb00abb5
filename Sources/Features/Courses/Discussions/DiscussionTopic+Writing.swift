import JSON
import Tenancy
import WebServer

extension DiscussionTopic {
    /// The state as the database has it.
    var state: String { isPublished ? "active" : "unpublished" }

    /// A topic that does not exist yet.
    static func blank(title: String, isAnnouncement: Bool, by call: CourseCall) -> DiscussionTopic {
        DiscussionTopic(
            id: 0, course: call.course, title: title, message: "",
            author: Author(id: call.principal.user, name: call.principal.name),
            isAnnouncement: isAnnouncement,
            type: .sideComment, isPublished: true, isPinned: false, isLocked: false, lockAt: nil,
            delayedPostAt: nil, requiresInitialPost: false, allowsRating: false, isRatedByGraders: false,
            isSortedByRating: false, liveClass: nil, postedAt: nil, createdAt: 0, lastReplyAt: nil,
            entries: 0, isRead: true, livingEntries: 0, unreadEntries: 0, hasPosted: false, isFollowed: true)
    }

    /// Writes the topic's members for somebody of that standing; without its text where modules lock it.
    func writeMembers(_ json: inout JSONWriter, for role: CourseRole, at now: Int64, isLocked: Bool = false) {
        func time(_ name: String, _ value: Int64?) {
            if let value {
                json.member(name, ISO8601.text(milliseconds: value))
            } else {
                json.nullMember(name)
            }
        }
        json.member("id", id)
        json.member("title", title)
        if !isLocked { json.member("message", message) }
        json.member("discussion_type", type.rawValue)
        json.member("is_announcement", isAnnouncement)
        json.member("context_code", "course_\(course)")
        json.name("author")
        author.write(&json)
        json.member("user_name", author.name)
        json.member("published", isPublished)
        json.member("pinned", isPinned)
        json.member("locked", isClosed(at: now))
        json.member("locked_for_user", isLocked || (role != .staff && isClosed(at: now)))
        if isLocked { json.member("lock_explanation", ContentLocks.explanation) }
        time("lock_at", lockAt)
        time("delayed_post_at", delayedPostAt)
        time("posted_at", shownAt)
        time("created_at", createdAt)
        time("last_reply_at", lastReplyAt)
        json.member("require_initial_post", requiresInitialPost)
        json.member("user_can_see_posts", !isLocked && showsEntries(to: role))
        json.member("discussion_subentry_count", livingEntries)
        json.member("read_state", isRead ? "read" : "unread")
        json.member("unread_count", unreadEntries)
        json.member("subscribed", isFollowed && showsEntries(to: role))
        if !showsEntries(to: role) { json.member("subscription_hold", "initial_post_required") }
        json.member("allow_rating", allowsRating)
        json.member("only_graders_can_rate", isRatedByGraders)
        json.member("sort_by_rating", isSortedByRating)
        json.nullable("live_class_id", liveClass)
        // Where an ended class shows its chat.
        json.nullable("live_class_url", liveClass.map { "/courses/\(course)/classes/\($0)" })
        json.nullMember("assignment_id")
        json.object("permissions") { json in
            json.member("update", role == .staff)
            json.member("delete", role == .staff)
            json.member("reply", !isLocked && takesEntries(of: role, at: now))
            json.member("attach", false)
        }
    }
}
