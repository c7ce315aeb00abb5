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

    /// `GET /api/v1/courses/:course_id/live_classes`.
    @Sendable func list(_ call: CourseCall) async throws -> WebResponse {
        let paging = try Paging(call.request)
        let found = try await LiveClassStore(pool: call.pool).list(
            courses: [call.course], after: paging.after ?? 0, count: paging.size + 1,
            leavingOut: paging.offset,
            in: call.institution)
        return .page(found, paging, for: call.request, id: \.id) { $1.write(&$0) }
    }

    /// `POST /api/v1/courses/:course_id/live_classes`.
    @Sendable func create(_ call: CourseCall) async throws -> WebResponse {
        let fields = try call.request.fields()
        let title = try fields.string("title", in: 1...Self.titleLength)
        try Self.check(title: title, fields)
        let scheduledAt = try Self.time(fields)
        return try await call.commit { transaction in
            let id = try await LiveClassStore.create(
                title: title, course: call.course, scheduledAt: scheduledAt, by: call.principal.user,
                at: call.request.receivedAt, in: call.institution, transaction)
            let made = try await LiveClassStore.find(id, in: call.institution, transaction)
            guard let made else { throw WebError.notFound }
            return .json(status: .created) { made.write(&$0) }
        }
    }

    /// `GET /api/v1/live_classes/:id`.
    func show(_ call: Call) async throws -> WebResponse {
        let (found, _) = try await authorized("GET /api/v1/live_classes/:id", call)
        return .json { found.write(&$0) }
    }

    /// `PUT /api/v1/live_classes/:id`.
    func update(_ call: Call) async throws -> WebResponse {
        let (request, context) = (call.request, call.context)
        let (found, principal) = try await authorized("PUT /api/v1/live_classes/:id", call)
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

    /// `DELETE /api/v1/live_classes/:id`.
    func delete(_ call: Call) async throws -> WebResponse {
        let context = call.context
        let (found, principal) = try await authorized("DELETE /api/v1/live_classes/:id", call)
        guard try await LiveClassStore(pool: context.pool).delete(found.id, in: principal.institution) else {
            throw WebError.conflict(
                "A class that is live cannot be deleted; end it first.", code: "class_live")
        }
        let key = RoomKey(institution: principal.institution, id: found.id)
        feature.withShelf(found.id) { $0.didDelete(key) }
        return .noContent
    }

    /// `POST /api/v1/live_classes/:id/start` and `…/end`: what is so already is no error.
    func change(
        _ method: ClassMethod, _ call: Call
    ) async throws -> WebResponse {
        let (request, context) = (call.request, call.context)
        let isStart = method == .start
        let (found, principal) = try await authorized(
            "POST /api/v1/live_classes/:id/\(isStart ? "start" : "end")", call)
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
            case .rateLimited: throw WebError.tooManyRequests(after: .seconds(1))
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
        _ way: String, _ call: Call
    ) async throws -> (LiveClass, Principal) {
        let store = LiveClassStore(pool: call.pool)
        guard let found = try await store.find(try call.request.id("id"), in: call.institution) else {
            throw WebError.notFound
        }
        _ = try await CourseAccess(pool: call.pool).membership(
            of: call.principal, in: found.course, for: way)
        return (found, call.principal)
    }

    private static func check(title: String, _ fields: JSONFields) throws(FieldError) {
        guard NewUser.isName(title) else {
            throw fields.error("title", .other("must have letters and no control characters"))
        }
    }

    private static func time(_ fields: JSONFields) throws(FieldError) -> Int64? {
        try fields.timeChange("scheduled_at") ?? nil
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
