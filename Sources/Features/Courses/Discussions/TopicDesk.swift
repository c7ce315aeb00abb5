import Postgres
import Tenancy
import WebServer

/// Finds the topic that a call is about, and says what the caller may not do with it.
///
/// Confined to the loop of its call.
struct TopicDesk {
    let call: CourseCall
    /// The time that decides what is shown and what has ended.
    let now: Int64
    /// Whether modules keep the topic that the path names from the caller.
    let isLocked: Bool

    private init(_ call: CourseCall, isLocked: Bool) {
        self.call = call
        self.isLocked = isLocked
        now = call.request.receivedAt
    }

    /// For a call whose path names no topic.
    init(_ call: CourseCall) { self.init(call, isLocked: false) }

    /// For a call whose path names a topic; before its transaction.
    static func open(_ call: CourseCall) async throws -> TopicDesk {
        let topic = try call.request.id("topic_id")
        return TopicDesk(
            call, isLocked: try await ContentLocks.isLocked(.discussion, topic, for: call))
    }

    private var role: CourseRole { call.membership.role }

    /// The topic that the path names.
    ///
    /// - Parameter transaction: Where to look; `nil` for a look of its own.
    /// - Returns: The topic.
    /// - Throws: 404 for one that the caller may not know of.
    func topic(in transaction: PostgresTransaction? = nil) async throws -> DiscussionTopic {
        try await topic(try call.request.id("topic_id"), in: transaction)
    }

    /// A topic by its id.
    func topic(_ id: Int64, in transaction: PostgresTransaction? = nil) async throws -> DiscussionTopic {
        let values: [PostgresValue] = [.int(call.principal.user), call.courseValue, .int(id)]
        let rows =
            if let transaction {
                try await transaction.query(TopicQueries.find, [call.tenant] + values)
            } else {
                try await call.query(TopicQueries.find, values)
            }
        guard let topic = try rows.first.flatMap(TopicQueries.topic), topic.isVisible(to: role, at: now)
        else {
            throw WebError.notFound
        }
        return topic
    }

    /// The topic, held until the transaction ends.
    func held(in transaction: PostgresTransaction) async throws -> DiscussionTopic {
        let id = try call.request.id("topic_id")
        try await transaction.query(TopicQueries.lock, [call.tenant, call.courseValue, .int(id)])
        return try await topic(id, in: transaction)
    }

    /// The topic whose entries the caller may see.
    func readable(in transaction: PostgresTransaction? = nil) async throws -> DiscussionTopic {
        let topic = try await topic(in: transaction)
        try requireEntries(of: topic)
        return topic
    }

    /// Lets pass who may see what others say.
    ///
    /// - Throws: 403.
    func requireEntries(of topic: DiscussionTopic) throws(WebError) {
        guard !isLocked else { throw ContentLocks.refusal }
        guard topic.showsEntries(to: role) else {
            throw .forbidden(
                "What others say here is shown to those who have said something.",
                code: "require_initial_post")
        }
    }

    /// Lets pass who may say something.
    ///
    /// - Throws: 403 when the topic has ended; 400 when it is full.
    func requireOpen(_ topic: DiscussionTopic) throws(WebError) {
        guard !isLocked else { throw ContentLocks.refusal }
        guard topic.takesEntries(of: role, at: now) else { throw .forbidden }
        guard topic.entries < DiscussionTopic.mostEntries else {
            throw .invalid("The discussion has \(DiscussionTopic.mostEntries) entries, and takes no more.")
        }
    }
}
