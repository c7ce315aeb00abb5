import Courses
import HTTPTypes
import JSON
import Postgres
import Tenancy
import WebServer

/// Files as those see them who may.
enum FileRoutes {
    /// `GET …/files` of a course, a user or a folder, by name unless `sort` and `order` say otherwise; `search_term`,
    /// `content_types[]`, `exclude_content_types[]`, `only[]=names`, `include[]=user`.
    static func list(
        _ call: Call, _ place: FileQueries.Place, _ id: Int64, _ standing: FileAccess.Standing,
        in course: CourseCall? = nil
    ) async throws -> WebResponse {
        let (paging, request) = (try Paging(call.request), call.request)
        let wishes = try FileWishes(
            try request.queryFields(), include: request.queryValues("include[]"),
            only: request.queryValues("only[]"))
        let order = wishes.sort.order(wishes.direction)
        let term = request.queryValue("search_term").flatMap { $0.isEmpty ? nil : $0 }
        guard term.map({ $0.utf8.count <= 255 && $0.isStorableInPostgres }) ?? true else {
            throw WebError.badRequest("The filter is too long.", field: "search_term")
        }
        let access = ContentAccess(call)
        let rows = try await call.query(
            FileQueries.list(place, by: order),
            [.int(id)] + (try order.values(paging)) + [
                paging.limit, paging.skip, .timestamp(milliseconds: access.now),
                .bool(standing >= .overseer), .int(call.principal.user),
                .bool(call.content.settings.requiresScan),
                .text(term), try types("content_types[]", request),
                try types("exclude_content_types[]", request),
            ])
        let found = try rows.map {
            Listed(found: try FileQueries.found($0), mark: try $0.text(21), owner: try $0.textOrNil(22))
        }
        var locked: Set<Int64> = []
        if let context = found.first?.file.context {
            locked = try await access.lockedByModules(
                found.map(\.file.id), in: context, standing, known: course)
        }
        let writer = FileJSON(call)
        return .page(found, paging, for: request, bookmark: { [$0.mark, "\($0.file.id)"] }) { json, item in
            let access = access.decide(
                item.found, standing, isInLockedModule: locked.contains(item.file.id))
            json.object { json in
                writer.writeNames(item.file, &json)
                guard !wishes.isOfNames else { return }
                writer.writeRest(item.file, access, &json)
                if wishes.includesUser { writer.writeUser(item.file.owner, name: item.owner, &json) }
            }
        }
    }

    /// One line of a list.
    private struct Listed {
        let found: FileQueries.Found
        /// What it is sorted by.
        let mark: String
        let owner: String?

        var file: StoredFile { found.file }
    }

    /// Types that a list is narrowed by, as a parameter; null for none.
    private static func types(_ name: String, _ request: WebRequest) throws(WebError) -> PostgresValue {
        let types = request.queryValues(name)
        guard types.count <= 20, types.allSatisfy({ $0.utf8.count <= 255 && $0.isStorableInPostgres }) else {
            throw .badRequest("There are too many types.", field: name)
        }
        return types.isEmpty ? .null : .textArray(types)
    }

    /// `GET /api/v1/files/:id`, and with its context before it.
    static func show(_ call: Call, in context: FileContext? = nil) async throws -> WebResponse {
        let (file, access) = try await ContentAccess(call).file(try call.request.id("id"), in: context)
        return .json { FileJSON(call).write(file, access, &$0) }
    }

    /// `GET /api/v1/files/:id/public_url`: an address that needs no credentials, for a few minutes.
    static func publicURL(_ call: Call) async throws -> WebResponse {
        let (file, access) = try await ContentAccess(call).file(try call.request.id("id"))
        guard access.isReadable else { throw WebError.forbidden }
        return .json { json in
            json.object { $0.member("public_url", FileJSON(call).url(file, isDownload: false)) }
        }
    }

    /// `GET /files/:id/preview` and `/download`, also with a course before them: leads to a signed address.
    ///
    /// Pages and what people write name files so, since signed addresses end. A token needs the scope of
    /// `public_url`.
    static func lead(_ request: WebRequest, _ context: WebContext, isDownload: Bool) async throws
        -> WebResponse
    {
        let call = Call(request: request, context: context, principal: try request.signedIn())
        let scope = Permissions.of("GET /api/v1/files/:id/public_url").scope
        if let scopes = call.principal.scopes, let scope, !scopes.contains(scope) {
            throw WebError.forbidden("The access token lacks the scope \(scope).", code: "insufficient_scope")
        }
        let course = request.parameters["course_id"] == nil ? nil : try request.id("course_id")
        let (file, access) = try await ContentAccess(call).file(
            try request.id("id"), in: course.map { .course($0) })
        guard access.isReadable else { throw WebError.forbidden }
        return .redirect(to: FileJSON(call).url(file, isDownload: isDownload), status: .found)
    }

    /// `PUT /api/v1/files/:id`: `name`, `parent_folder_id`, `on_duplicate`, `hidden`, `locked`, `unlock_at`,
    /// `lock_at`.
    static func update(_ call: Call) async throws -> WebResponse {
        let access = ContentAccess(call)
        let file = try await access.changeableFile(try call.request.id("id"))
        let fields = try call.request.fields()
        let name = try fields.fileName("name") ?? FileName(file.displayName)
        guard let name else { throw WebError.invalid("It is no name of a file.", field: "name") }
        let folder = try fields.optionalID("parent_folder_id") ?? file.folder
        if folder != file.folder {
            // A file stays in its context: its quota and its readers are that one's.
            guard try await access.changeableFolder(folder).context == file.context else {
                throw WebError.badRequest("The folder belongs to others.", field: "parent_folder_id")
            }
        }
        let availability = try fields.availability(after: file.availability)
        let policy = try fields.duplicatePolicy()
        _ = try await call.commit { transaction in
            try await FileStore(transaction, call.institution, call.content.settings)
                .update(file, name: name, folder: folder, availability, policy)
            return .noContent
        }
        return try await show(call)
    }

    /// `DELETE /api/v1/files/:id`: the answer is the file as it was.
    static func delete(_ call: Call) async throws -> WebResponse {
        let file = try await ContentAccess(call).changeableFile(try call.request.id("id"))
        return try await call.commit { transaction in
            try await FileStore(transaction, call.institution, call.content.settings).delete(file)
            let gone = FileAccess(
                file, in: Availability(), user: 0, standing: .stranger, requiresScan: true, now: 0)
            return .json { FileJSON(call).write(file, gone, &$0) }
        }
    }

    /// `GET …/files/quota`: what the files of a context may have, and have.
    static func quota(_ call: Call, _ context: FileContext) async throws -> WebResponse {
        guard try await ContentAccess(call).standing(context) >= .overseer else { throw WebError.forbidden }
        let row = try await call.query(UsageQueries.show, [.int(context.course), .int(context.user)]).first
        let settings = call.content.settings
        let standard = context.course == nil ? settings.userQuota : settings.courseQuota
        let quota = try row?.intOrNil(1) ?? standard
        let used = try row?.int(0) ?? 0
        return .json { json in
            json.object { json in
                json.member("quota", quota)
                json.member("quota_used", used)
            }
        }
    }
}

extension JSONFields {
    /// A member that names a file or folder.
    func fileName(_ name: String) throws -> FileName? {
        guard has(name) else { return nil }
        guard let made = FileName(try string(name, in: 1...1024)) else {
            throw error(name, .other("must be a name of 1 to 255 bytes without control characters"))
        }
        return made
    }

    /// `on_duplicate`.
    func duplicatePolicy() throws -> DuplicatePolicy? {
        try optionalString("on_duplicate", oneOf: DuplicatePolicy.allCases.map(\.rawValue))
            .flatMap(DuplicatePolicy.init(rawValue:))
    }

    /// The members `hidden`, `locked`, `unlock_at` and `lock_at`, those that are there.
    func availability(after before: Availability = Availability()) throws -> Availability {
        var result = before
        if let isHidden = try optionalBool("hidden") { result.isHidden = isHidden }
        if let isLocked = try optionalBool("locked") { result.isLocked = isLocked }
        if let time = try timeChange("unlock_at") { result.unlockAt = time }
        if let time = try timeChange("lock_at") { result.lockAt = time }
        return result
    }
}
