import Tenancy

/// A discussion or an announcement, as one user finds it; times are milliseconds since 1970.
struct DiscussionTopic: Hashable, Sendable {
    /// Entries of one topic at most, removed ones counted; then nothing more can be said.
    static let mostEntries: Int64 = 10_000
    /// The largest text of a topic, in bytes.
    static let messageBytes = 256 << 10

    /// Unique in the deployment.
    let id: Int64
    let course: Int64
    var title: String
    /// Markup that was made safe.
    var message: String
    let author: Author
    let isAnnouncement: Bool
    var type: DiscussionType
    /// Whether students and observers see it, once its time has come.
    var isPublished: Bool
    var isPinned: Bool
    /// Whether staff have ended it.
    var isLocked: Bool
    /// When it ends by itself.
    var lockAt: Int64?
    /// Before then only staff see it.
    var delayedPostAt: Int64?
    /// Whether students must say something before they see what others say.
    var requiresInitialPost: Bool
    /// Whether entries can be rated.
    var allowsRating: Bool
    /// Whether only who grades rates.
    var isRatedByGraders: Bool
    /// Whether pages show the entries that are rated highest first.
    var isSortedByRating: Bool
    /// The live class that it goes on from: whoever reads it finds what was said there.
    var liveClass: Int64?
    /// When it was published; `nil` for a draft.
    var postedAt: Int64?
    let createdAt: Int64
    let lastReplyAt: Int64?
    /// Entries, removed ones counted.
    let entries: Int64

    // What the user who asks has to do with it.

    /// Whether the user has read its text.
    let isRead: Bool
    /// Entries that are not removed.
    let livingEntries: Int64
    /// Of these, the ones that the user has not read.
    let unreadEntries: Int64
    /// Whether the user, or a child that the user is linked to, has said something.
    let hasPosted: Bool
    /// Whether the user follows it.
    let isFollowed: Bool

    /// Whether somebody of that standing may know of it.
    func isVisible(to role: CourseRole, at now: Int64) -> Bool {
        role == .staff || (isPublished && (delayedPostAt ?? now) <= now)
    }

    /// Whether it has ended.
    func isClosed(at now: Int64) -> Bool { isLocked || (lockAt ?? .max) <= now }

    /// Whether somebody of that standing sees what others say.
    func showsEntries(to role: CourseRole) -> Bool {
        role == .staff || !requiresInitialPost || hasPosted
    }

    /// Whether somebody of that standing may say something.
    func takesEntries(of role: CourseRole, at now: Int64) -> Bool {
        switch role {
        case .staff: true
        case .student: !isClosed(at: now)
        case .observer: false
        }
    }

    /// Whether somebody of that standing may rate what others say.
    func takesRatings(of membership: CourseMembership) -> Bool {
        guard allowsRating, membership.role != .observer else { return false }
        return !isRatedByGraders || !membership.kinds.isDisjoint(with: [.admin, .teacher, .assistant])
    }

    /// When others have begun, or will begin, to see it.
    var shownAt: Int64? { postedAt.map { max($0, delayedPostAt ?? $0) } }
}
