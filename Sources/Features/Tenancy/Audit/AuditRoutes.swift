import JSON
import Postgres
import WebServer

/// The audit log for the institution's admins.
enum AuditRoutes {
    /// One event as it was written.
    struct Entry {
        let id: Int64
        let at: Int64
        let kind: String
        let actor: Int64?
        let subject: Int64?
        let address: String?
        let request: String?
        let details: JSONValue

        init(_ row: Row) throws {
            id = try row.int(0)
            at = try row.timestampMilliseconds(1)
            kind = try row.text(2)
            actor = try row.intOrNil(3)
            subject = try row.intOrNil(4)
            address = try row.textOrNil(5)
            request = try row.textOrNil(6)
            details = try JSONReader.read(try row.text(7))
        }
    }

    /// `GET /api/v1/audit/events`: newest first, by `kind`, `user_id`, `from` and `to`.
    static func list(_ call: Call) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let query = try call.request.queryFields()
        let kind = try query.optionalString("kind", in: 1...64)
        if let kind, !AuditKind.isName(kind) { throw query.error("kind", .other("is no kind of event")) }
        var user: Int64?
        if let text = try query.optionalString("user_id", in: 1...300) {
            // Who is gone is found by the id.
            if case .id(let id) = ObjectReference(text) {
                user = id
            } else {
                user = try await UserLookup(call).find(text)
            }
        }
        let from = query.has("from") ? try query.time("from") : nil
        let to = query.has("to") ? try query.time("to") : nil
        var mark: Int64?
        if let first = paging.bookmark?.first {
            guard let time = Int64(first) else {
                throw WebError.badRequest(
                    "page must be taken from a Link of an earlier answer.", field: "page")
            }
            mark = time
        }
        var values: [PostgresValue] = [
            .timestamp(milliseconds: from), .timestamp(milliseconds: to), .timestamp(milliseconds: mark),
            try paging.markID(1), paging.limit, paging.skip, .text(kind),
        ]
        if let user { values.append(.int(user)) }
        let rows = try await call.query(
            AuditQueries.page(ofKind: kind != nil, aboutUser: user != nil), values)
        return .page(
            try rows.map(Entry.init), paging, for: call.request,
            bookmark: { [String($0.at), String($0.id)] }, in: "events", write)
    }

    private static func write(_ json: inout JSONWriter, _ entry: Entry) {
        json.object { json in
            json.member("id", entry.id)
            json.member("at", entry.at)
            json.member("kind", entry.kind)
            json.nullable("actor_id", entry.actor)
            json.nullable("user_id", entry.subject)
            json.nullable("remote_address", entry.address)
            json.nullable("request_id", entry.request)
            json.member("details", entry.details)
        }
    }
}
