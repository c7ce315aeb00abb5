import Courses
import HTTPTypes
import JSON
import Postgres
import Tenancy
import WebServer

/// Folders as those see them who may.
enum FolderRoutes {
    /// `GET …/folders` of a course, a user or a folder: in pages by id.
    static func list(
        _ call: Call, _ place: FileQueries.Place, _ id: Int64, _ standing: FileAccess.Standing
    ) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let now = call.context.nowMilliseconds
        let rows = try await call.query(
            FolderQueries.list(place),
            [
                .int(id), paging.start, paging.limit, paging.skip, .timestamp(milliseconds: now),
                .bool(standing >= .overseer),
            ])
        let found = try rows.map(FolderQueries.found)
        return .page(found, paging, for: call.request, id: \.folder.id) {
            write($1.folder, standing, call, &$0)
        }
    }

    /// `GET …/folders/by_path/*`: the root and each folder on the way, as far as the path leads.
    ///
    /// - Throws: 404 for a path that leads nowhere, or to what is hidden from the caller.
    static func listPath(
        _ call: Call, in context: FileContext, _ standing: FileAccess.Standing
    ) async throws -> WebResponse {
        let names = (call.request.parameters["*"] ?? "").split(separator: "/").map(String.init)
        guard names.count < Folder.deepest else { throw WebError.notFound }
        _ = try await root(of: context, call)
        let rows = try await call.query(
            FolderQueries.path,
            [
                .int(context.course), .int(context.user), .textArray(names),
                .timestamp(milliseconds: call.context.nowMilliseconds),
            ])
        let found = try rows.map(FolderQueries.found)
        guard found.count == names.count + 1,
            standing == .keeper || found.allSatisfy({ !$0.above.isHidden })
        else { throw WebError.notFound }
        return .json { json in
            json.array(of: found) { write($1.folder, standing, call, &$0) }
        }
    }

    /// `GET /api/v1/folders/:id`, and with its context before it, where `root` will do.
    static func show(_ call: Call, in context: FileContext? = nil) async throws -> WebResponse {
        let id: Int64
        if let context, call.request.parameters["id"] == "root" {
            guard try await ContentAccess(call).standing(context) >= .member else { throw WebError.forbidden }
            id = try await root(of: context, call)
        } else {
            id = try call.request.id("id")
        }
        return try await answer(id, call, in: context)
    }

    /// `POST …/folders` of a course or a user: `name`, `parent_folder_id` or `parent_folder_path`.
    static func create(_ call: Call, in context: FileContext) async throws -> WebResponse {
        let fields = try call.request.fields()
        let path = try fields.optionalString("parent_folder_path", max: 4096)
        let given = try fields.optionalID("parent_folder_id")
        if let given, try await ContentAccess(call).changeableFolder(given).context != context {
            throw WebError.notFound
        }
        return try await make(call, fields) { store in
            if let given { return given }
            if let path { return try await store.folder(at: path, in: context) }
            return try await store.root(of: context)
        }
    }

    /// `POST /api/v1/folders/:folder_id/folders`.
    static func createBelow(_ call: Call) async throws -> WebResponse {
        let parent = try await ContentAccess(call).changeableFolder(try call.request.id("folder_id"))
        return try await make(call, try call.request.fields()) { _ in parent.id }
    }

    private static func make(
        _ call: Call, _ fields: JSONFields, in parent: (FolderStore) async throws -> Int64
    ) async throws -> WebResponse {
        guard let name = try fields.fileName("name") else { throw fields.error("name", .missing) }
        let availability = try fields.availability()
        let position = try fields.optionalInt("position", in: 0...1_000_000)
        return try await call.commit { transaction in
            let store = FolderStore(transaction, call.institution)
            let id = try await store.child(
                name, of: try await parent(store), availability, position: position, mayExist: false)
            let row = try await transaction.query(
                FolderQueries.show,
                [call.tenant, .int(id), .timestamp(milliseconds: call.context.nowMilliseconds)]
            ).first
            guard let made = try row.map(FolderQueries.found) else { throw WebError.notFound }
            return .json(status: .created) { write(made.folder, .keeper, call, &$0) }
        }
    }

    /// `PUT /api/v1/folders/:id`: `name`, `parent_folder_id`, `hidden`, `locked`, `unlock_at`, `lock_at`, `position`.
    static func update(_ call: Call) async throws -> WebResponse {
        let access = ContentAccess(call)
        let folder = try await access.changeableFolder(try call.request.id("id"))
        let fields = try call.request.fields()
        let name = try fields.fileName("name") ?? FileName(folder.name)
        guard let name else { throw WebError.invalid("It is no name of a folder.", field: "name") }
        let parentID = try fields.optionalID("parent_folder_id") ?? folder.parent
        guard folder.parent != nil || (name.text == folder.name && parentID == nil) else {
            throw WebError.badRequest("The root folder keeps its name and its place.", field: "name")
        }
        var parent: Folder?
        if let parentID {
            let found = try await access.changeableFolder(parentID)
            guard found.context == folder.context else {
                throw WebError.badRequest("The folder belongs to others.", field: "parent_folder_id")
            }
            parent = found
        }
        let availability = try fields.availability(after: folder.availability)
        let position = try fields.optionalInt("position", in: 0...1_000_000) ?? folder.position
        let above = parent
        _ = try await call.commit { transaction in
            try await FolderStore(transaction, call.institution)
                .update(folder, name: name, parent: above, availability, position: position)
            return .noContent
        }
        return try await answer(folder.id, call)
    }

    /// `DELETE /api/v1/folders/:id`: one that is not empty needs `force=true`.
    static func delete(_ call: Call) async throws -> WebResponse {
        let folder = try await ContentAccess(call).changeableFolder(try call.request.id("id"))
        guard folder.parent != nil else {
            throw WebError.badRequest("The root folder cannot be removed.", field: "id")
        }
        let isForced =
            try call.request.fields().optionalBool("force")
            ?? call.request.queryFields().optionalBool("force")
        guard folder.filesCount + folder.foldersCount == 0 || isForced == true else {
            throw WebError.badRequest(
                "The folder is not empty: say force=true.", code: "not_empty", field: "force")
        }
        return try await call.commit { transaction in
            let usage = ContentUsage(
                transaction: transaction, institution: call.institution, settings: call.content.settings)
            try await FolderStore(transaction, call.institution).delete(folder, usage: usage)
            return .json { write(folder, .keeper, call, &$0) }
        }
    }

    /// The root folder of a context, made where it is missing.
    static func root(of context: FileContext, _ call: Call) async throws -> Int64 {
        try await call.pool.transaction(tenant: call.institution) { transaction in
            try await FolderStore(transaction, call.institution).root(of: context)
        }
    }

    private static func answer(_ id: Int64, _ call: Call, in context: FileContext? = nil) async throws
        -> WebResponse
    {
        let (folder, standing) = try await ContentAccess(call).folder(id, in: context)
        return .json { write(folder, standing, call, &$0) }
    }

    private static func write(
        _ folder: Folder, _ standing: FileAccess.Standing, _ call: Call, _ json: inout JSONWriter
    ) {
        let base = "\(ContentServices.address(of: call.request))/api/v1/folders/\(folder.id)"
        json.object { json in
            json.member("id", folder.id)
            json.member("name", folder.name)
            json.member("full_name", folder.fullName)
            json.member("context_type", folder.context.type)
            json.member("context_id", folder.context.id)
            json.number("parent_folder_id", folder.parent)
            json.number("position", folder.position.map { Int64($0) })
            json.member("created_at", ISO8601.text(milliseconds: folder.createdAt))
            json.member("updated_at", ISO8601.text(milliseconds: folder.updatedAt))
            json.time("unlock_at", folder.availability.unlockAt)
            json.time("lock_at", folder.availability.lockAt)
            json.member("locked", folder.availability.isLocked)
            json.member("hidden", folder.availability.isHidden)
            json.member("hidden_for_user", false)
            json.member(
                "locked_for_user",
                standing < .overseer && folder.availability.isLocked(at: call.context.nowMilliseconds))
            json.member("for_submissions", false)
            json.member("files_count", folder.filesCount)
            json.member("folders_count", folder.foldersCount)
            json.member("files_url", "\(base)/files")
            json.member("folders_url", "\(base)/folders")
        }
    }
}
