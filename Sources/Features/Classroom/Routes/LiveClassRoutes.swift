import Assessment
import Courses
import HTTPTypes
import JSON
import LiveHub
import LiveProtocol
import Postgres
import Tenancy
import WebServer

/// Live classes over HTTP.
///
/// Starting and ending pass through the class's room, so that everybody there hears of it.
struct LiveClassRoutes: Sendable {
    let feature: ClassroomFeature

    private static let titleLength = 255

    /// `GET /api/v1/courses/:id/live_classes`.
    func list(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let principal = try request.signedIn()
        let course = try request.id("id")
        let membership = try await CourseAccess(pool: context.pool).membership(of: principal, in: course)
        try ClassroomPermissions.require(.list, membership.role)
        let paging = try Paging(request)
        // One more than asked for tells whether there is a next page.
        let found = try await LiveClassStore(pool: context.pool).list(
            courses: [course], after: paging.after ?? 0, count: paging.size + 1, in: principal.institution)
        let shown = found.prefix(paging.size)
        var response = WebResponse.json { json in json.array(of: shown) { $1.write(&$0) } }
        response.setLink(paging.link(for: request, next: found.count > paging.size ? shown.last?.id : nil))
        return response
    }

    /// `POST /api/v1/courses/:id/live_classes`.
    func create(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let principal = try request.signedIn()
        let course = try request.id("id")
        let membership = try await CourseAccess(pool: context.pool).membership(of: principal, in: course)
        try ClassroomPermissions.require(.create, membership.role)
        let fields = try request.fields()
        let title = try fields.string("title", in: 1...Self.titleLength)
        try Self.check(title: title, fields)
        let store = LiveClassStore(pool: context.pool)
        let id = try await store.create(
            title: title, course: course, scheduledAt: try Self.time(fields), by: principal.user,
            at: request.receivedAt, in: principal.institution)
        guard let made = try await store.find(id, in: principal.institution) else { throw WebError.notFound }
        return .json(status: .created) { made.write(&$0) }
    }

    /// `GET /api/v1/live_classes/:c`.
    func show(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let (found, _) = try await authorized(.show, request, context)
        return .json { found.write(&$0) }
    }

    /// `PUT /api/v1/live_classes/:c`.
    func update(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let (found, principal) = try await authorized(.update, request, context)
        let fields = try request.fields()
        let title = try fields.optionalString("title", in: 1...Self.titleLength)
        if let title { try Self.check(title: title, fields) }
        let scheduledAt: Int64?? = fields.object["scheduled_at"] == nil ? .none : .some(try Self.time(fields))
        let store = LiveClassStore(pool: context.pool)
        try await store.update(found.id, title: title, scheduledAt: scheduledAt, in: principal.institution)
        guard let changed = try await store.find(found.id, in: principal.institution) else {
            throw WebError.notFound
        }
        let key = RoomKey(institution: principal.institution, id: found.id)
        feature.withShelf(found.id) { $0.didChange(changed, key) }
        return .json { changed.write(&$0) }
    }

    /// `DELETE /api/v1/live_classes/:c`.
    func delete(_ request: WebRequest, _ context: WebContext) async throws -> WebResponse {
        let (found, principal) = try await authorized(.delete, request, context)
        guard try await LiveClassStore(pool: context.pool).delete(found.id, in: principal.institution) else {
            throw WebError.conflict(
                "A class that is live cannot be deleted; end it first.", code: "class_live")
        }
        let key = RoomKey(institution: principal.institution, id: found.id)
        feature.withShelf(found.id) { $0.didDelete(key) }
        return .noContent
    }

    /// `POST /api/v1/live_classes/:c/start` and `…/end`: what is so already is no error.
    func change(
        _ method: ClassMethod, _ request: WebRequest, _ context: WebContext
    ) async throws -> WebResponse {
        let isStart = method == .start
        let (found, principal) = try await authorized(isStart ? .start : .end, request, context)
        let key = try Self.key(request)
        let wish = ClassRequest(method: method, id: found.id, key: key, command: isStart ? .start : .end)
        let outcome = await perform(wish, by: principal, at: request.receivedAt)
        guard case .result(let data) = outcome else { throw WebError.unavailable(retryAfter: 1) }
        let result = LogEntry(data, offset: 0)
        guard
            let changed = try await LiveClassStore(pool: context.pool).find(
                found.id, in: principal.institution)
        else { throw WebError.notFound }
        let isDone = changed.phase == (isStart ? .live : .ended)
        guard isDone || result.text("status") != "refused" else {
            let reason = result.text("reason") ?? "refused"
            switch RefusalReason(rawValue: reason) {
            case .unavailable: throw WebError.unavailable(retryAfter: 1)
            case .rateLimited: throw WebError.tooManyRequests(retryAfter: 1)
            case .notAllowed: throw WebError.forbidden
            default: break
            }
            throw WebError.conflict("The class is \(changed.phase.rawValue).", code: reason)
        }
        return .json { changed.write(&$0) }
    }

    // MARK: Parts

    private func perform(_ wish: ClassRequest, by principal: Principal, at now: Int64) async -> LiveOutcome {
        await withCheckedContinuation { continuation in
            feature.perform(
                wish, in: principal.institution,
                RoomCall(user: principal.user, name: principal.name, receivedAt: now) {
                    continuation.resume(returning: $0)
                })
        }
    }

    /// The class, for whom the table lets do this.
    private func authorized(
        _ action: ClassroomPermissions.Action, _ request: WebRequest, _ context: WebContext
    ) async throws -> (LiveClass, Principal) {
        let principal = try request.signedIn()
        let store = LiveClassStore(pool: context.pool)
        guard let found = try await store.find(try request.id("c"), in: principal.institution) else {
            throw WebError.notFound
        }
        let membership = try await CourseAccess(pool: context.pool).membership(
            of: principal, in: found.course)
        try ClassroomPermissions.require(action, membership.role)
        return (found, principal)
    }

    private static func check(title: String, _ fields: JSONFields) throws(FieldError) {
        guard NewUser.isName(title) else {
            throw fields.error("title", .other("must have letters and no control characters"))
        }
    }

    private static func time(_ fields: JSONFields) throws(FieldError) -> Int64? {
        guard let text = try fields.optionalString("scheduled_at", max: 40), !text.isEmpty else { return nil }
        guard let time = ISO8601.milliseconds(text) else {
            throw fields.error("scheduled_at", .other("must be a time such as 2026-11-22T10:00:00Z"))
        }
        return time
    }

    /// The client's key, from the header; one of our own when there is none.
    private static func key(_ request: WebRequest) throws(WebError) -> PostgresUUID {
        guard let name = HTTPField.Name("Idempotency-Key"), let text = request.headers[name] else {
            return PostgresUUID(high: .random(in: 0 ... .max), low: .random(in: 0 ... .max))
        }
        guard let key = PostgresUUID(text) else {
            throw .invalid("The header Idempotency-Key must be a UUID.", field: "Idempotency-Key")
        }
        return key
    }
}
