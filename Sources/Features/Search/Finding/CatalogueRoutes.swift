import JSON
import Postgres
import Tenancy
import WebServer

/// The courses of an institution that anybody there may know of.
enum CatalogueRoutes {
    /// $1 institution, $2 user, $3 whether public ones only, $4 whether only those that one can join, $5 a pattern or null,
    /// $6 ids or null, $7 after, $8 count, $9 left out.
    private static let courses: Statement = """
        SELECT c.id, c.name, c.course_code, c.is_public, c.self_enrollment, c.start_at, c.end_at,
            EXISTS (
                SELECT 1 FROM enrollments e
                WHERE e.institution_id = $1 AND e.course_id = c.id AND e.user_id = $2
                    AND e.workflow_state IN ('active', 'invited'))
        FROM courses c
        WHERE c.institution_id = $1 AND c.workflow_state = 'available' AND (c.is_public OR c.self_enrollment)
            AND (NOT $3 OR c.is_public) AND (NOT $4 OR c.self_enrollment)
            AND ($5::text IS NULL OR c.name ILIKE $5 OR c.course_code ILIKE $5)
            AND ($6::bigint[] IS NULL OR c.id = ANY ($6)) AND c.id > $7
        ORDER BY c.id LIMIT $8 OFFSET $9
        """

    /// `GET /api/v1/search/all_courses`: `search`, `public_only`, `open_enrollment_only`.
    ///
    /// Published courses that are public or that one can join by oneself. With `search`, best first, by way of the index; where
    /// that does not answer, those whose names hold the text, by id.
    static func list(_ call: Call) async throws -> WebResponse {
        let query = try call.request.queryFields()
        let paging = try Paging(call.request)
        let filter = Filter(
            isPublicOnly: try query.optionalBool("public_only") ?? false,
            isOpenOnly: try query.optionalBool("open_enrollment_only") ?? false)
        guard let text = try query.sought("search") else {
            return try await plain(nil, filter, paging, call)
        }
        // A cursor by id belongs to a list that was begun without the index.
        guard paging.after == nil else { return try await plain(text, filter, paging, call) }
        let skip = try paging.rank()
        let services = call.context.service(SearchServices.self)
        let ids = try await services.ask { index throws(PostgresError) in
            try await index.names(
                text, kind: SearchSources.courses.kind, isOpen: true, in: call.institution, skip: skip,
                count: paging.size)
        }
        guard let ids else {
            guard paging.bookmark == nil else { throw SearchServices.unavailable }
            return try await plain(text, filter, paging, call)
        }
        let shown = Array(ids.prefix(paging.size))
        let rows = try await call.query(
            courses,
            filter.values(call) + [.null, .intArray(shown), .int(0), .int(Int64(shown.count)), .int(0)])
        let found = Dictionary(uniqueKeysWithValues: try rows.map(Entry.init).map { ($0.id, $0) })
        var response = WebResponse.json { json in
            json.array(of: shown.compactMap { found[$0] }) { $1.write(&$0) }
        }
        response.setLink(
            paging.link(
                for: call.request,
                bookmark: ids.count > paging.size ? Paging.bookmark(ofRank: skip + paging.size) : nil))
        return response
    }

    private static func plain(
        _ text: SearchTerm?, _ filter: Filter, _ paging: Paging, _ call: Call
    ) async throws -> WebResponse {
        let rows = try await call.query(
            courses,
            filter.values(call) + [.text(text?.pattern), .null, paging.start, paging.limit, paging.skip])
        return .page(try rows.map(Entry.init), paging, for: call.request, id: \.id) { $1.write(&$0) }
    }

    private struct Filter {
        let isPublicOnly: Bool
        let isOpenOnly: Bool

        func values(_ call: Call) -> [PostgresValue] {
            [.int(call.principal.user), .bool(isPublicOnly), .bool(isOpenOnly)]
        }
    }

    /// One course of the catalogue.
    private struct Entry {
        let id: Int64
        let name: String
        let code: String
        let isPublic: Bool
        let isOpen: Bool
        let startAt: Int64?
        let endAt: Int64?
        let isEnrolled: Bool

        init(_ row: Row) throws(PostgresError) {
            id = try row.int(0)
            name = try row.text(1)
            code = try row.text(2)
            isPublic = try row.bool(3)
            isOpen = try row.bool(4)
            startAt = try row.timestampMillisecondsOrNil(5)
            endAt = try row.timestampMillisecondsOrNil(6)
            isEnrolled = try row.bool(7)
        }

        func write(_ json: inout JSONWriter) {
            json.object { json in
                json.object("course") { json in
                    json.member("id", id)
                    json.member("name", name)
                    json.member("course_code", code)
                    json.member("workflow_state", "available")
                    json.member("is_public", isPublic)
                    json.member("self_enrollment", isOpen)
                    json.timeOrNull("start_at", startAt)
                    json.timeOrNull("end_at", endAt)
                }
                json.member("enrolled", isEnrolled)
            }
        }
    }
}
