import JSON
import Postgres
import Tenancy
import WebServer

/// Discussions and announcements: staff make them, everybody reads those whose time has come.
enum TopicRoutes {
    /// `GET /api/v1/courses/:course_id/discussion_topics`, with `only_announcements`, `order_by`, `scope`, `filter_by`
    /// and `search_term`.
    static func list(_ call: CourseCall) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let areAnnouncements = try call.request.flag("only_announcements") ?? false
        let sort = try call.request.choice("order_by", TopicQueries.Sort.self)
        let order =
            areAnnouncements && sort == nil ? TopicQueries.newest : TopicQueries.order(sort ?? .position)
        let scope = try TopicScope(call.request)
        let filter = try call.request.choice("filter_by", ReadFilter.self)
        let rows = try await call.query(
            TopicQueries.list(order),
            [.int(call.principal.user)] + order.values(paging) + [
                paging.limit, paging.skip, call.courseValue, .bool(areAnnouncements),
                .timestamp(milliseconds: call.request.receivedAt), .bool(call.isStaff),
                .text(try call.request.searchTerm()), .bool(scope.isLocked), .bool(scope.isPinned),
                .bool(filter == .unread),
            ])
        let locked = try await ContentLocks.locked(
            .discussion, among: try rows.map { try $0.int(0) }, for: call)
        let role = call.membership.role
        return try page(rows, paging, call.request, locked: locked) { _ in role }
    }

    /// `POST /api/v1/courses/:course_id/discussion_topics`: `{"title", "message", "is_announcement", …}`.
    static func create(_ call: CourseCall) async throws -> WebResponse {
        let fields = try call.request.fields()
        let change = try TopicChange(fields)
        let now = call.request.receivedAt
        let blank = DiscussionTopic.blank(
            title: try fields.title("title"),
            isAnnouncement: try fields.optionalBool("is_announcement") ?? false, by: call)
        let topic = try change.applied(to: blank, at: now)
        try await requireClass(change, call)
        return try await call.commit { transaction in
            let rows = try await transaction.query(
                TopicQueries.create,
                [
                    call.tenant, .int(call.principal.user), call.courseValue, .text(topic.title),
                    .text(topic.message), .bool(topic.isAnnouncement), .text(topic.type.rawValue),
                    .text(topic.state), .bool(topic.isPinned), .bool(topic.isLocked),
                    .timestamp(milliseconds: topic.lockAt), .timestamp(milliseconds: topic.delayedPostAt),
                    .bool(topic.requiresInitialPost), .timestamp(milliseconds: topic.postedAt),
                ] + extras(topic))
            guard let id = try rows.first?.int(0) else { throw WebError.notFound }
            return answer(try await TopicDesk(call).topic(id, in: transaction), call)
        }
    }

    /// `GET /api/v1/courses/:course_id/discussion_topics/:topic_id`.
    static func show(_ call: CourseCall) async throws -> WebResponse {
        let desk = try await TopicDesk.open(call)
        return answer(try await desk.topic(), call, isLocked: desk.isLocked)
    }

    /// `PUT /api/v1/courses/:course_id/discussion_topics/:topic_id`.
    static func update(_ call: CourseCall) async throws -> WebResponse {
        let change = try TopicChange(try call.request.fields())
        let desk = TopicDesk(call)
        try await requireClass(change, call)
        return try await call.commit { transaction in
            let topic = try change.applied(to: try await desk.held(in: transaction), at: desk.now)
            try await transaction.query(
                TopicQueries.update,
                [
                    call.tenant, call.courseValue, .int(topic.id), .text(topic.title), .text(topic.message),
                    .text(topic.type.rawValue), .text(topic.state), .bool(topic.isPinned),
                    .bool(topic.isLocked), .timestamp(milliseconds: topic.lockAt),
                    .timestamp(milliseconds: topic.delayedPostAt), .bool(topic.requiresInitialPost),
                    .timestamp(milliseconds: topic.postedAt),
                ] + extras(topic))
            return answer(try await desk.topic(topic.id, in: transaction), call)
        }
    }

    /// `DELETE /api/v1/courses/:course_id/discussion_topics/:topic_id`.
    static func delete(_ call: CourseCall) async throws -> WebResponse {
        let desk = TopicDesk(call)
        return try await call.changeContents { transaction in
            let topic = try await desk.held(in: transaction)
            try await transaction.query(
                TopicQueries.delete, [call.tenant, call.courseValue, .int(topic.id)])
            try await ItemShelf(call, transaction).deleteItems(of: .discussion, topic.id)
            return .json { json in
                json.object { json in
                    topic.writeMembers(&json, for: call.membership.role, at: desk.now)
                    json.member("deleted_at", ISO8601.text(milliseconds: desk.now))
                }
            }
        }
    }

    /// A page of topics.
    static func page(
        _ rows: Rows, _ paging: Paging, _ request: WebRequest, locked: Set<Int64> = [],
        role: (DiscussionTopic) -> CourseRole
    ) throws -> WebResponse {
        var topics: [(topic: DiscussionTopic, key: String)] = []
        for row in rows {
            if let topic = try TopicQueries.topic(row) {
                topics.append((topic, try row.text(TopicQueries.columnCount)))
            }
        }
        return .page(topics, paging, for: request, bookmark: { [$0.key, String($0.topic.id)] }) {
            json, item in
            json.object {
                item.topic.writeMembers(
                    &$0, for: role(item.topic), at: request.receivedAt,
                    isLocked: locked.contains(item.topic.id))
            }
        }
    }

    /// What ``TopicQueries/create`` and ``TopicQueries/update`` end with.
    private static func extras(_ topic: DiscussionTopic) -> [PostgresValue] {
        [
            .bool(topic.allowsRating), .bool(topic.isRatedByGraders), .bool(topic.isSortedByRating),
            .int(topic.liveClass),
        ]
    }

    /// Lets pass a change that names no class, or one of the course.
    private static func requireClass(_ change: TopicChange, _ call: CourseCall) async throws {
        guard let id = change.liveClass ?? nil else { return }
        guard try await call.context.service(CoursesServices.self).classes.isThere(id, for: call) else {
            throw WebError.invalid("The course has no such class.", field: "live_class_id")
        }
    }

    private static func answer(
        _ topic: DiscussionTopic, _ call: CourseCall, isLocked: Bool = false
    ) -> WebResponse {
        .json { json in
            json.object {
                topic.writeMembers(
                    &$0, for: call.membership.role, at: call.request.receivedAt, isLocked: isLocked)
            }
        }
    }
}
