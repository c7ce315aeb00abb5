import Courses
import EventLoop
import HTTPTypes
import JSON
import Logging
import Postgres
import Tenancy
import WebServer

/// The three steps of an upload, as Canvas's clients take them.
enum UploadRoutes {
    /// Where the second step goes.
    static let path = "/files/upload"
    /// What a form may have besides its file.
    static let formBytes = 1 << 18

    /// The first step, `POST …/files`: `name`, `size`, `content_type`, `parent_folder_id` or `parent_folder_path`,
    /// `on_duplicate`; the answer says where to send the file, with which parameters, within half an hour.
    static func begin(_ call: Call, in context: FileContext, folder given: Folder? = nil) async throws
        -> WebResponse
    {
        let services = call.content
        guard services.storage != nil else { throw noStorage }
        let fields = try call.request.fields()
        guard let name = try fields.fileName("name") ?? fields.fileName("filename") else {
            throw fields.error("name", .missing)
        }
        let size = try fields.optionalInt("size", in: 0...(1 << 50))
        guard size ?? 0 <= services.settings.largestFile else {
            throw WebError.badRequest(
                "A file has at most \(services.settings.largestFile) bytes.", code: "file_too_large",
                field: "size")
        }
        let type = try fields.optionalString("content_type", max: 255) ?? MediaTypeGuess.of(name)
        guard !type.isEmpty, type.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
            throw fields.error("content_type", .other("must be a media type"))
        }
        let onDuplicate = try fields.duplicatePolicy() ?? .overwrite
        let path = try fields.optionalString("parent_folder_path", max: 4096)
        let folderID = try given?.id ?? fields.optionalID("parent_folder_id")
        if let folderID, given == nil,
            try await ContentAccess(call).changeableFolder(folderID).context != context
        {
            throw WebError.notFound
        }
        return try await call.commit { transaction in
            let store = FolderStore(transaction, call.institution)
            let folder: Int64
            if let folderID {
                folder = folderID
            } else if let path {
                folder = try await store.folder(at: path, in: context)
            } else {
                folder = try await store.root(of: context)
            }
            var generator = SystemRandomNumberGenerator()
            var ticket = UploadTicket(
                uuid: PostgresUUID(high: generator.next(), low: generator.next()),
                institution: call.institution,
                user: call.principal.user, context: context, folder: folder, filename: name,
                contentType: type,
                size: size ?? services.settings.largestFile, isSizeKnown: size != nil,
                onDuplicate: onDuplicate,
                expiresAt: call.context.nowMilliseconds + UploadTicket.lifetime)
            // Who has no room is told before they send anything.
            let room = try await FileStore(transaction, call.institution, services.settings).room(for: ticket)
            if let room {
                guard size ?? 1 <= room else { throw ContentUsage.exceeded }
                ticket.size = min(ticket.size, Int(clamping: room))
            }
            return answer(ticket, call)
        }
    }

    private static func answer(_ ticket: UploadTicket, _ call: Call) -> WebResponse {
        .json { json in
            json.object { json in
                json.member("upload_url", ContentServices.address(of: call.request) + path)
                json.object("upload_params") { json in
                    json.member("token", ticket.token(call.content.ticketKey))
                    json.member("filename", ticket.filename.text)
                    json.member("content_type", ticket.contentType)
                }
                json.member("file_param", "file")
            }
        }
    }

    /// The second step, `POST /files/upload`: a form with the parameters as they were given and `file` as its last part; no
    /// credentials but the parameters.
    static func receive(_ request: WebRequest, _ context: WebContext) async throws -> any BodyReceiver {
        let services = context.service(ContentServices.self)
        guard let storage = services.storage else { throw noStorage }
        guard let form = UploadForm(contentType: request.headers[.contentType], key: services.ticketKey)
        else {
            throw WebError(
                .unsupportedMediaType, code: "unsupported_media_type",
                message: "The content type must be multipart/form-data.")
        }
        guard services.beginUpload() else { throw WebError.unavailable(retryAfter: 5) }
        return UploadReceiver(
            form, folder: services.incoming, context: context, onEnd: { services.endUpload() }
        ) {
            ticket, file, sha256 in
            try await keep(ticket, file, sha256, storage, request, context)
        }
    }

    /// A whole file has come: it is stored, then the database knows of it.
    private static func keep(
        _ ticket: UploadTicket, _ file: IncomingFile, _ sha256: String, _ storage: any ContentStorage,
        _ request: WebRequest, _ context: WebContext
    ) async throws -> WebResponse {
        guard let key = ContentKey(institution: ticket.institution, sha256: sha256) else {
            throw WebError.unavailable()
        }
        let services = context.service(ContentServices.self)
        try await checkStanding(ticket, context)
        try await PictureCheck.check(file, ticket, context)
        let settings = services.settings
        try await context.pool.transaction(tenant: ticket.institution) { transaction in
            let room = try await FileStore(transaction, ticket.institution, settings).room(for: ticket)
            guard room.map({ ticket.size <= $0 }) ?? true else { throw ContentUsage.exceeded }
        }
        do throws(StorageError) {
            try await storage.store(file.path, size: ticket.size, as: key)
        } catch {
            context.logger.error(
                "content cannot be stored",
                metadata: ["institution": "\(ticket.institution)", "cause": "\(error)"])
            throw WebError.unavailable(retryAfter: error == .busy ? 1 : 30)
        }
        let (id, row): (Int64, Row?)
        do {
            (id, row) = try await add(ticket, key, storage, settings, context)
        } catch let refusal as WebError {
            // Others may have taken the room meanwhile: nothing is kept of what nobody may have.
            try? await ContentSweep(pool: context.pool, storage: storage, institution: ticket.institution)
                .drop(key)
            throw refusal
        }
        guard let found = try row.map(FileQueries.found) else { throw WebError.notFound }
        let principal = Principal(
            institution: ticket.institution, user: ticket.user, person: 0, name: "", login: "", roles: [],
            credential: .bearer(token: 0))
        let call = Call(request: request, context: context, principal: principal)
        let access = ContentAccess(call).decide(found, .keeper)
        var response = WebResponse.json(status: .created) { FileJSON(call).write(found.file, access, &$0) }
        response.headers[.location] =
            "\(ContentServices.address(of: request))/api/v1/files/\(id)/create_success"
        return response
    }

    /// Makes the file of content that is stored, and reads it where it was written: a moment later another upload may have
    /// taken its name and its place.
    private static func add(
        _ ticket: UploadTicket, _ key: ContentKey, _ storage: any ContentStorage,
        _ settings: ContentServices.Settings, _ context: WebContext
    ) async throws -> (Int64, Row?) {
        let tenant = PostgresValue.int(ticket.institution.rawValue)
        return try await context.pool.transaction(tenant: ticket.institution) { transaction in
            // What removes bytes that nobody names may have looked before this row was there.
            try await transaction.query(ContentSweepQueries.hold, [tenant, .text(key.sha256)])
            guard try await storage.size(of: key) != nil else { throw WebError.unavailable() }
            let id = try await FileStore(transaction, ticket.institution, settings).add(
                ticket, sha256: key.sha256)
            let rows = try await transaction.query(
                FileQueries.show, [tenant, .int(id), .timestamp(milliseconds: context.nowMilliseconds)])
            return (id, rows.first)
        }
    }

    /// Whether the ticket's holder still may: half an hour is long enough to lose a course.
    static func checkStanding(_ ticket: UploadTicket, _ context: WebContext) async throws {
        // Those who may still be here at all: neither the user nor the institution is suspended.
        let users = try await Revocation(pool: context.pool).roles(of: [ticket.user], in: ticket.institution)
        guard users[ticket.user] != nil else { throw WebError.forbidden }
        guard case .course(let course) = ticket.context else { return }
        let pair = CourseAccess.Pair(course: course, user: ticket.user)
        let roles = try await CourseAccess(pool: context.pool).roles(of: [pair], in: ticket.institution)
        guard roles[pair] == .staff else { throw WebError.forbidden }
    }

    static var noStorage: WebError {
        WebError(
            .serviceUnavailable, code: "no_storage",
            message: "This server keeps no files: its operator has named no place.",
            retryAfter: 3600)
    }
}
