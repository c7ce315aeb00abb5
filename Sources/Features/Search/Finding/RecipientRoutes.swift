import Courses
import JSON
import Postgres
import Tenancy
import WebServer

/// Whom the caller may see: a student the staff of their courses, staff the people of theirs, an admin everybody.
enum RecipientRoutes {
    /// Courses that stand before the people where both are asked for.
    private static let firstContexts = 5
    /// People that only look like what was asked for, before those whom the caller may not see are left out.
    private static let mostGuesses = 100

    /// `GET /api/v1/search/recipients`: `search`, `context`, `exclude[]`, `type`, `user_id`.
    ///
    /// Who may see whom is decided by the primary alone, for every page. The index finds names in a large institution, and
    /// those that are written wrongly; without it, names that hold the text are found all the same.
    static func list(_ call: Call) async throws -> WebResponse {
        let search = try RecipientSearch(try call.request.queryFields())
        let paging = try Paging(call.request)
        guard paging.after == nil, paging.offset == 0 else {
            throw WebError.badRequest("page must be taken from a Link of an earlier answer.", field: "page")
        }
        if let course = search.course {
            _ = try await CourseAccess(pool: call.pool).membership(of: call.principal, in: course)
        }
        if search.kind == .context { return try await contexts(search, paging, call) }
        if search.text != nil, call.isAdmin, search.course == nil, search.user == nil,
            paging.bookmark?.count != 2,
            let response = try await ranked(search, paging, call)
        {
            return response
        }
        return try await byName(search, paging, call)
    }

    /// Of all people of the institution, by way of the index; `nil` where it does not answer.
    private static func ranked(
        _ search: RecipientSearch, _ paging: Paging, _ call: Call
    ) async throws -> WebResponse? {
        guard let text = search.text else { return nil }
        let skip = try paging.rank()
        let ids = try await call.context.service(SearchServices.self).ask { index throws(PostgresError) in
            try await index.names(
                text, kind: SearchSources.users.kind, in: call.institution, skip: skip, count: paging.size)
        }
        guard let ids else {
            guard paging.bookmark == nil else { throw SearchServices.unavailable }
            return nil
        }
        let shown = Array(ids.prefix(paging.size))
        let found = try await people(search, pattern: nil, ids: shown, limit: shown.count, call)
        let byID = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
        var response = answer([], shown.compactMap { byID[$0] })
        response.setLink(
            paging.link(
                for: call.request,
                bookmark: ids.count > paging.size ? Paging.bookmark(ofRank: skip + paging.size) : nil))
        return response
    }

    private static func byName(
        _ search: RecipientSearch, _ paging: Paging, _ call: Call
    ) async throws -> WebResponse {
        let isFirst = paging.bookmark == nil
        var courses: [RecipientContext] = []
        if isFirst, search.kind == nil, search.user == nil, search.course == nil {
            courses = try await contexts(search, after: nil, limit: min(firstContexts, paging.size - 1), call)
        }
        let size = paging.size - courses.count
        var found = try await people(
            search, pattern: search.text?.pattern, ids: search.user.map { [$0] }, after: paging,
            limit: size + 1, call)
        if found.isEmpty, isFirst, let text = search.text {
            found = Array(try await guesses(text, search, call).prefix(size))
        }
        var response = answer(courses, found.prefix(size))
        let last = found.count > size ? found.prefix(size).last : nil
        response.setLink(
            paging.link(for: call.request, bookmark: last.map { [$0.sortableName, String($0.id)] }))
        return response
    }

    /// People whose names look like a text, and whom the caller may see.
    private static func guesses(
        _ text: SearchTerm, _ search: RecipientSearch, _ call: Call
    ) async throws -> [Recipient] {
        let ids = try await call.context.service(SearchServices.self).ask { index throws(PostgresError) in
            try await index.names(
                text, kind: SearchSources.users.kind, in: call.institution, skip: 0, count: mostGuesses,
                guesses: mostGuesses)
        }
        guard let ids, !ids.isEmpty else { return [] }
        let found = try await people(search, pattern: nil, ids: ids, limit: ids.count, call)
        let byID = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
        return ids.compactMap { byID[$0] }
    }

    private static func contexts(
        _ search: RecipientSearch, _ paging: Paging, _ call: Call
    ) async throws -> WebResponse {
        let found = try await contexts(search, after: paging, limit: paging.size + 1, call)
        return .page(found, paging, for: call.request, bookmark: { [$0.name, String($0.id)] }) {
            $1.write(&$0)
        }
    }

    // MARK: Queries

    private static func people(
        _ search: RecipientSearch, pattern: String?, ids: [Int64]?, after paging: Paging? = nil, limit: Int,
        _ call: Call
    ) async throws -> [Recipient] {
        try await call.query(
            RecipientQueries.people,
            scope(search, call) + [
                .text(pattern), ids.map { .intArray($0) } ?? .null, .intArray(search.excludedUsers),
                paging?.mark(0) ?? .null, try paging?.markID(1) ?? .int(nil), .int(Int64(limit)),
            ]
        ).map { row throws(PostgresError) in try Recipient(row) }
    }

    private static func contexts(
        _ search: RecipientSearch, after paging: Paging?, limit: Int, _ call: Call
    ) async throws -> [RecipientContext] {
        guard limit > 0 else { return [] }
        return try await call.query(
            RecipientQueries.contexts,
            scope(search, call) + [
                .text(search.text?.pattern), .intArray(search.excludedCourses), paging?.mark(0) ?? .null,
                try paging?.markID(1) ?? .int(nil), .int(Int64(limit)),
            ]
        ).map { row throws(PostgresError) in try RecipientContext(row) }
    }

    private static func scope(_ search: RecipientSearch, _ call: Call) -> [PostgresValue] {
        [.int(call.principal.user), .bool(call.isAdmin), .int(search.course)]
    }

    private static func answer(
        _ courses: [RecipientContext], _ people: some Sequence<Recipient>
    ) -> WebResponse {
        .json { json in
            json.array { json in
                for course in courses { course.write(&json) }
                for person in people { person.write(&json) }
            }
        }
    }
}
