import JSON
import Tenancy
import WebServer

/// What a request wants of a topic: what it does not name stays as it is.
struct TopicChange: Hashable, Sendable {
    var title: String?
    var message: String?
    var type: DiscussionType?
    var isPublished: Bool?
    var isPinned: Bool?
    var isLocked: Bool?
    var lockAt: Int64??
    var delayedPostAt: Int64??
    var requiresInitialPost: Bool?
    var allowsRating: Bool?
    var isRatedByGraders: Bool?
    var isSortedByRating: Bool?
    var liveClass: Int64??

    /// Reads the members.
    init(_ fields: JSONFields) throws(FieldError) {
        title = try fields.optionalTitle("title")
        message = try RichText.optional("message", in: fields, bytes: DiscussionTopic.messageBytes)
        let types = DiscussionType.allCases.map(\.rawValue)
        type = try fields.optionalString("discussion_type", oneOf: types).flatMap(
            DiscussionType.init(rawValue:))
        isPublished = try fields.optionalBool("published")
        isPinned = try fields.optionalBool("pinned")
        isLocked = try fields.optionalBool("locked")
        lockAt = try fields.timeChange("lock_at")
        delayedPostAt = try fields.timeChange("delayed_post_at")
        requiresInitialPost = try fields.optionalBool("require_initial_post")
        allowsRating = try fields.optionalBool("allow_rating")
        isRatedByGraders = try fields.optionalBool("only_graders_can_rate")
        isSortedByRating = try fields.optionalBool("sort_by_rating")
        if let value = fields.object["live_class_id"] {
            liveClass = .some(value.isNull || value.string == "" ? nil : try fields.id("live_class_id"))
        }
    }

    /// The topic after the change.
    ///
    /// - Parameters:
    ///   - topic: The topic as it is.
    ///   - now: The time, which is when a draft that becomes published was posted.
    /// - Returns: The topic as it is to be.
    /// - Throws: 400 for an announcement that is not published, and for one that would end before it begins.
    func applied(to topic: DiscussionTopic, at now: Int64) throws(WebError) -> DiscussionTopic {
        var topic = topic
        if let title { topic.title = title }
        if let message { topic.message = message }
        if let type { topic.type = type }
        if let isPublished { topic.isPublished = isPublished }
        if let isPinned { topic.isPinned = isPinned }
        if let isLocked { topic.isLocked = isLocked }
        if let lockAt { topic.lockAt = lockAt }
        if let delayedPostAt { topic.delayedPostAt = delayedPostAt }
        if let requiresInitialPost { topic.requiresInitialPost = requiresInitialPost }
        if let allowsRating { topic.allowsRating = allowsRating }
        if let isRatedByGraders { topic.isRatedByGraders = isRatedByGraders }
        if let isSortedByRating { topic.isSortedByRating = isSortedByRating }
        if let liveClass { topic.liveClass = liveClass }
        guard topic.isPublished || !topic.isAnnouncement else {
            throw .invalid(
                "An announcement is published: give it a delayed_post_at, or remove it.", field: "published")
        }
        if let lock = topic.lockAt, let post = topic.delayedPostAt, lock <= post {
            throw .invalid(
                "lock_at must come after delayed_post_at.",
                field: lockAt == nil ? "delayed_post_at" : "lock_at")
        }
        topic.postedAt = topic.isPublished ? topic.postedAt ?? now : nil
        return topic
    }
}
