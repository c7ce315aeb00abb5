import EventLoop
import HTTP
import HTTPTypes
import WebServer

/// The read-mostly part of the surface: which routes keep their answers, and which changes end them.
///
/// Whatever changes something ends what is kept of its institution, after its commit, unless it is listed as leaving the
/// catalogue alone: a way in that is forgotten here costs a little speed, never a wrong answer.
package enum Catalogue {
    /// Ways whose answers are kept: they depend on the user, on what is in the request, and on the catalogue.
    package static let kept: Set<String> = [
        "GET /api/v1/courses",
        "GET /api/v1/users/:user_id/courses",
        "GET /api/v1/accounts/:account_id/courses",
        "GET /api/v1/courses/:id",
        "GET /api/v1/courses/:course_id/settings",
        "GET /api/v1/courses/:course_id/tabs",
        "GET /api/v1/courses/:course_id/pages",
        "GET /api/v1/courses/:course_id/pages/:url_or_id",
        "GET /api/v1/courses/:course_id/front_page",
    ]

    /// Segments of ways that change nothing of what is kept: how people are signed in, what they write and hand in, and
    /// what the operators do.
    ///
    /// Pages that modules keep from somebody are not kept, so that progress may change.
    private static let apart: Set<String> = [
        "session", "sessions", "live_token", "tokens", "password_resets", "oidc_provider",
        "observer_pairing_codes",
        "progress", "discussion_topics", "files", "folders", "answers", "quizzes", "done", "mark_read",
        "search",
        "sis_imports", "ops",
    ]

    /// Whether a way may change something of what is kept.
    package static func isChanged(by way: String) -> Bool {
        let parts = way.split { $0 == " " || $0 == "/" }
        return parts.first != "GET" && !parts.contains { apart.contains(String($0)) }
    }

    /// What answers the requests of a way: from what is kept, or by the handler, with the ids as the client wants them.
    static func answering(
        _ way: String, _ method: HTTPRequest.Method, _ handler: @escaping Route.Handler
    ) -> Route.Handler {
        let written = writing(handler)
        if kept.contains(way) {
            return { request, context in
                guard let principal = request.principal, let store = context.find(SnapshotStore.self) else {
                    return try await written(request, context)
                }
                return try await store.answer(key(request, principal), request, context) {
                    try await written(request, context)
                }
            }
        }
        return isChanged(by: way) ? changing(written) : written
    }

    private static func writing(_ handler: @escaping Route.Handler) -> Route.Handler {
        { request, context in
            var response = try await handler(request, context)
            if StringIDs.areWanted(request.headers) { StringIDs.apply(to: &response) }
            return response
        }
    }

    /// Gives a caller what is kept for a request, and charges for it, each time that it is asked; what is stale is read anew
    /// by the handler meanwhile.
    static func echo(
        _ request: WebRequest, _ principal: Principal, _ context: WebContext,
        _ handler: @escaping Route.Handler
    ) -> Route.Echo? {
        guard let store = context.find(SnapshotStore.self), let services = context.find(TenancyServices.self)
        else { return nil }
        let (key, charge, loop) = (key(request, principal), PromptCharge(principal, services), context.loop)
        let written = writing(handler)
        let conditions = Preconditions.areSet(in: request.headers) ? request.headers : nil
        return {
            let began = loop.now
            guard
                let snapshot = store.ready(
                    key, request, context, at: began, read: { try await written(request, context) }),
                let own = charge.pay(from: began, to: loop.now)
            else { return nil }
            return snapshot.keptAnswer(conditions, own: own)
        }
    }

    private static func key(_ request: WebRequest, _ principal: Principal) -> SnapshotKey {
        SnapshotKey(request, principal, hasStringIDs: StringIDs.areWanted(request.headers))
    }

    /// Ends what is kept when the handler is done, and also when it is not known what it did.
    private static func changing(_ handler: @escaping Route.Handler) -> Route.Handler {
        { request, context in
            let end = {
                guard let institution = request.principal?.institution else { return }
                context.find(SnapshotStore.self)?.didChange(institution)
            }
            do {
                let response = try await handler(request, context)
                end()
                return response
            } catch {
                if ErrorAnswers.judged(error).0.status.kind != .clientError { end() }
                throw error
            }
        }
    }
}
