import HTTPTypes
import JSON
import Postgres
import Tenancy
import WebServer

/// What is said in discussions: everybody reads it, staff and students say it.
enum EntryRoutes {
    /// Replies that come with each entry of a list.
    static let recentReplies = 10
    /// Entries that may be asked for by their ids at once.
    static let mostIDs = 100

    /// `GET …/entries`: those at the top, the newest first, each with its newest replies.
    static func list(_ call: CourseCall) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let topic = try await TopicDesk.open(call).readable()
        let rows = try await call.query(
            EntryQueries.tops,
            [.int(call.principal.user), .int(topic.id), .int(paging.after), paging.limit, paging.skip])
        let entries = try rows.map(EntryQueries.entry)
        let recent = try await call.query(
            EntryQueries.recentReplies,
            [
                .int(call.principal.user), .int(topic.id), .intArray(entries.map(\.id)),
                .int(Int64(recentReplies + 1)),
            ])
        var replies: [Int64: [DiscussionEntry]] = [:]
        for row in recent {
            let reply = try EntryQueries.entry(row)
            replies[reply.root ?? 0, default: []].append(reply)
        }
        return .page(entries, paging, for: call.request, id: \.id) { json, entry in
            json.object { json in
                entry.writeMembers(&json)
                guard let below = replies[entry.id] else { return }
                json.array("recent_replies", of: below.prefix(recentReplies)) { json, reply in
                    json.object { reply.writeMembers(&$0) }
                }
                json.member("has_more_replies", below.count > recentReplies)
            }
        }
    }

    /// `GET …/entries/:entry_id/replies`, the newest first: all that stands under an entry at the top; of another one
    /// what replies to it.
    static func replies(_ call: CourseCall) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let topic = try await TopicDesk.open(call).readable()
        let entry = try await find(topic, call)
        let rows = try await call.query(
            EntryQueries.replies,
            [
                .int(call.principal.user), .int(topic.id), .int(paging.after), paging.limit, paging.skip,
                .int(entry.id), .bool(entry.parent == nil),
            ])
        return page(try rows.map(EntryQueries.entry), paging, call)
    }

    /// `GET …/entry_list?ids[]=1`: by id.
    static func byID(_ call: CourseCall) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let texts = call.request.queryValues("ids[]") + call.request.queryValues("ids")
        let ids = texts.compactMap { Int64($0) }
        guard ids.count == texts.count, ids.count <= mostIDs else {
            throw WebError.badRequest("ids[] must name at most \(mostIDs) entries.", field: "ids[]")
        }
        let topic = try await TopicDesk.open(call).readable()
        let rows = try await call.query(
            EntryQueries.list,
            [
                .int(call.principal.user), .int(topic.id), .intArray(ids), paging.start, paging.limit,
                paging.skip,
            ])
        return page(try rows.map(EntryQueries.entry), paging, call)
    }

    /// `GET …/view`: the newest entries as a tree, with who said them and which are not read.
    static func view(_ call: CourseCall) async throws -> WebResponse {
        let topic = try await TopicDesk.open(call).readable()
        let rows = try await call.query(
            EntryQueries.newest,
            [.int(call.principal.user), .int(topic.id), .int(Int64(DiscussionTree.most))])
        let entries = try rows.map(EntryQueries.entry)
        let living = entries.filter { $0.deletedAt == nil }
        let people = Set(living.map(\.author)).sorted { $0.id < $1.id }
        let unread = living.filter { !$0.isRead }.map(\.id).sorted()
        let forced = living.filter(\.isForced).map(\.id).sorted()
        return .json { json in
            json.object { json in
                json.array("participants", of: people) { $1.write(&$0) }
                json.array("unread_entries", of: unread) { $0.int($1) }
                json.array("forced_entries", of: forced) { $0.int($1) }
                json.object("entry_ratings") { json in
                    for entry in living { if let own = entry.ownRating { json.member("\(entry.id)", own) } }
                }
                json.name("view")
                DiscussionTree(entries).write(&json)
                json.array("new_entries") { _ in }
            }
        }
    }

    // MARK: Changes

    /// `POST …/entries`: `{"message"}`.
    static func create(_ call: CourseCall) async throws -> WebResponse {
        let message = try message(call.request)
        let desk = try await TopicDesk.open(call)
        return try await call.commit { transaction in
            let topic = try await desk.held(in: transaction)
            try desk.requireOpen(topic)
            return try await add(message, at: .top, to: topic, call, transaction)
        }
    }

    /// `POST …/entries/:entry_id/replies`: `{"message"}`; 404 for a reply to what was removed.
    static func reply(_ call: CourseCall) async throws -> WebResponse {
        let message = try message(call.request)
        let desk = try await TopicDesk.open(call)
        return try await call.commit { transaction in
            let topic = try await desk.held(in: transaction)
            try desk.requireOpen(topic)
            try desk.requireEntries(of: topic)
            let entry = try await find(topic, call, in: transaction)
            guard entry.deletedAt == nil else { throw WebError.notFound }
            return try await add(message, at: .reply(to: entry, in: topic.type), to: topic, call, transaction)
        }
    }

    /// `PUT …/entries/:entry_id`, by its author while the topic is open, and by staff.
    static func update(_ call: CourseCall) async throws -> WebResponse {
        let message = try message(call.request)
        return try await change(call) { topic, entry, transaction in
            try await transaction.query(
                EntryQueries.update,
                [call.tenant, .int(call.principal.user), .int(topic.id), .int(entry.id), .text(message)])
        }
    }

    /// `DELETE …/entries/:entry_id`, by the same; its place stays, with what was replied to it.
    static func delete(_ call: CourseCall) async throws -> WebResponse {
        try await change(call) { topic, entry, transaction in
            try await transaction.query(
                EntryQueries.delete,
                [call.tenant, .int(call.principal.user), .int(topic.id), .int(entry.id)])
        }
    }

    // MARK: Shared

    private static func message(_ request: WebRequest) throws -> String {
        let fields = try request.fields()
        guard
            let message = try RichText.optional(
                "message", in: fields, bytes: DiscussionEntry.messageBytes)
        else { throw fields.error("message", .missing) }
        guard !message.isEmpty else { throw fields.error("message", .tooShort(1)) }
        return message
    }

    static func find(
        _ topic: DiscussionTopic, _ call: CourseCall, in transaction: PostgresTransaction? = nil
    ) async throws -> DiscussionEntry {
        try await find(try call.request.id("entry_id"), topic, call, in: transaction)
    }

    private static func find(
        _ id: Int64, _ topic: DiscussionTopic, _ call: CourseCall, in transaction: PostgresTransaction?
    ) async throws -> DiscussionEntry {
        let values: [PostgresValue] = [.int(call.principal.user), .int(topic.id), .int(id)]
        let rows =
            if let transaction {
                try await transaction.query(EntryQueries.find, [call.tenant] + values)
            } else {
                try await call.query(EntryQueries.find, values)
            }
        guard let entry = try rows.first.map(EntryQueries.entry) else { throw WebError.notFound }
        return entry
    }

    private static func add(
        _ message: String, at place: EntryPlace, to topic: DiscussionTopic, _ call: CourseCall,
        _ transaction: PostgresTransaction
    ) async throws -> WebResponse {
        let results = try await transaction.query([
            (
                EntryQueries.create,
                [
                    call.tenant, .int(call.principal.user), .int(topic.id), .int(place.parent),
                    .int(place.root), .int(place.depth), .text(message),
                ]
            ),
            (EntryQueries.count, [call.tenant, .int(topic.id)]),
        ])
        guard let id = try results[0].first?.int(0) else { throw WebError.notFound }
        let entry = try await find(id, topic, call, in: transaction)
        return .json(status: .created) { json in json.object { entry.writeMembers(&$0) } }
    }

    private static func change(
        _ call: CourseCall,
        _ body: (DiscussionTopic, DiscussionEntry, PostgresTransaction) async throws -> Void
    ) async throws -> WebResponse {
        let desk = try await TopicDesk.open(call)
        return try await call.commit { transaction in
            let topic = try await desk.held(in: transaction)
            let entry = try await find(topic, call, in: transaction)
            guard entry.deletedAt == nil else { throw WebError.notFound }
            guard !desk.isLocked else { throw ContentLocks.refusal }
            guard entry.isEditable(by: call.principal.user, call.membership.role),
                topic.takesEntries(of: call.membership.role, at: desk.now)
            else { throw WebError.forbidden }
            try await body(topic, entry, transaction)
            let changed = try await find(entry.id, topic, call, in: transaction)
            return .json { json in json.object { changed.writeMembers(&$0) } }
        }
    }

    private static func page(
        _ entries: [DiscussionEntry], _ paging: Paging, _ call: CourseCall
    ) -> WebResponse {
        .page(entries, paging, for: call.request, id: \.id) { json, entry in
            json.object { entry.writeMembers(&$0) }
        }
    }
}
