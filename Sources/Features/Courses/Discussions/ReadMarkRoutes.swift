import JSON
import Postgres
import Tenancy
import WebServer

/// What the caller has read; each answers 204.
enum ReadMarkRoutes {
    /// `PUT` and `DELETE …/discussion_topics/:topic_id/read`: the topic's own text.
    static func topic(_ isRead: Bool) -> Route.CourseHandler {
        { call in
            let desk = try await TopicDesk.open(call)
            return try await call.commit { transaction in
                let topic = try await desk.topic(in: transaction)
                try await transaction.query(
                    TopicQueries.markTopic,
                    [call.tenant, .int(call.principal.user), .int(topic.id), .bool(isRead)])
                return .noContent
            }
        }
    }

    /// `PUT` and `DELETE …/subscribed`: whether the caller follows the topic.
    static func follow(_ isFollowed: Bool) -> Route.CourseHandler {
        { call in
            let desk = try await TopicDesk.open(call)
            return try await call.commit { transaction in
                let topic = try await desk.topic(in: transaction)
                // Whoever may not read it yet cannot follow it either.
                if isFollowed { try desk.requireEntries(of: topic) }
                try await transaction.query(
                    TopicQueries.follow,
                    [call.tenant, .int(call.principal.user), .int(topic.id), .bool(isFollowed)])
                return .noContent
            }
        }
    }

    /// `POST …/entries/:entry_id/rating`: `rating`, 1 or 0, where the topic allows it.
    static func rate(_ call: CourseCall) async throws -> WebResponse {
        let rating = try call.request.fields().int("rating", in: 0...1)
        let desk = try await TopicDesk.open(call)
        return try await call.commit { transaction in
            let topic = try await desk.readable(in: transaction)
            let entry = try await EntryRoutes.find(topic, call, in: transaction)
            guard entry.deletedAt == nil else { throw WebError.notFound }
            guard topic.takesRatings(of: call.membership) else { throw WebError.forbidden }
            try await transaction.query(
                EntryQueries.rate,
                [
                    call.tenant, .int(call.principal.user), .int(topic.id), .int(entry.id),
                    .int(Int64(rating)),
                ])
            return .noContent
        }
    }

    /// `PUT` and `DELETE …/read_all`: the text and all entries.
    static func all(_ isRead: Bool) -> Route.CourseHandler {
        { call in
            let desk = try await TopicDesk.open(call)
            return try await call.commit { transaction in
                // Without what is being said at this moment, which is not read by that.
                let topic = try await desk.readable(in: transaction)
                let user = PostgresValue.int(call.principal.user)
                try await transaction.query([
                    (TopicQueries.markAll, [call.tenant, user, .int(topic.id), .bool(isRead)]),
                    (TopicQueries.forgetMarks, [call.tenant, user, .int(topic.id)]),
                ])
                return .noContent
            }
        }
    }

    /// `PUT` and `DELETE …/entries/:entry_id/read`; `forced_read_state` says that it is to stay so.
    static func entry(_ isRead: Bool) -> Route.CourseHandler {
        { call in
            let isForced = try call.request.fields().optionalBool("forced_read_state")
            let desk = try await TopicDesk.open(call)
            return try await call.commit { transaction in
                let topic = try await desk.readable(in: transaction)
                let entry = try await EntryRoutes.find(topic, call, in: transaction)
                try await transaction.query(
                    TopicQueries.markEntry,
                    [
                        call.tenant, .int(call.principal.user), .int(topic.id), .int(entry.id), .bool(isRead),
                        .bool(isForced),
                    ])
                return .noContent
            }
        }
    }
}
