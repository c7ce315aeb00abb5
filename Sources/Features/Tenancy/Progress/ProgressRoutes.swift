import JobQueue
import WebServer

/// How far something is that goes on in the background, in Canvas's shape: for who has started it, and for admins.
enum ProgressRoutes {
    /// `GET /api/v1/progress/:id`.
    static func show(_ call: Call) async throws -> WebResponse {
        let id = try call.request.id("id")
        let found = try await ProgressStore(pool: call.pool).read(id, in: call.institution)
        return try answer(found, call)
    }

    /// `POST /api/v1/progress/:id/cancel`: what waits is cancelled at once, what runs when it hears of it.
    static func cancel(_ call: Call) async throws -> WebResponse {
        let id = try call.request.id("id")
        return try await call.commit { transaction in
            // Before anything is changed.
            _ = try answer(try await transaction.progress(id, in: call.institution), call)
            return try answer(try await transaction.cancelProgress(id, in: call.institution), call)
        }
    }

    /// - Throws: 404 for what is not there for the caller, whoever else it is there for.
    private static func answer(_ found: Progress?, _ call: Call) throws(WebError) -> WebResponse {
        guard let found, call.isAdmin || found.request.user == call.principal.user else {
            throw WebError.notFound
        }
        return call.answer(found)
    }
}
