import EventLoop
import HTTPTypes
package import Postgres
package import WebServer

/// Changes, each one transaction.
extension Call {

    /// Makes a change as one transaction, and its answer with it.
    ///
    /// A `POST` with an `Idempotency-Key` is made once: the key is written in the same transaction, so that a process
    /// that dies in the middle leaves neither. A way whose row says so looks at the caller anew first: see ``Standing``. The same request again gets the first answer, with
    /// `Idempotency-Replayed: true`; one that comes while the first is under way waits for it.
    ///
    /// - Parameter body: The change; it throws to have none of it, and the key is free again.
    /// - Returns: The answer, after the commit.
    /// - Throws: What the body throws; 401 or 403 for a caller who may no more; 422 (`key_reused`) when the key stands for another request; 400 for a key that is
    ///   none.
    package func commit(
        _ body: (PostgresTransaction) async throws -> WebResponse
    ) async throws -> WebResponse {
        let standing = Standing(principal, care)
        // A server always has the services; tests of single features may do without, and without a secret.
        let secret = context.find(TenancyServices.self)?.repetitions ?? IdempotencyKey.Secret(secret: [])
        guard let key = try IdempotencyKey(request, secret) else {
            return try await pool.transaction(tenant: institution, options: origin.options) {
                try await standing?.check($0)
                return try await body($0)
            }
        }
        do {
            let response = try await pool.transaction(tenant: institution, options: origin.options) {
                transaction in
                try await standing?.check(transaction)
                let repetition = Repetition(of: principal.user, in: institution, key)
                if let response = try await repetition.begin(transaction) { throw Replay(response: response) }
                let response = try await body(transaction)
                try await repetition.note(response, transaction)
                return response
            }
            FaultPoint.pass(.afterRequestCommit)
            return response
        } catch let replay as Replay {
            return replay.response
        }
    }

    /// The same, with what the database refuses told in words.
    ///
    /// - Parameters:
    ///   - body: The change.
    ///   - refusal: What to answer to an error of the database, such as a violated constraint; `nil` leaves it as it is.
    /// - Returns: The answer, after the commit.
    /// - Throws: As ``commit(_:)`` does, and what `refusal` gives.
    package func commit(
        _ body: (PostgresTransaction) async throws -> WebResponse,
        mapping refusal: (PostgresError) -> WebError?
    ) async throws -> WebResponse {
        do {
            return try await commit(body)
        } catch let error as PostgresError {
            throw refusal(error) ?? error as any Error
        }
    }

    /// Whether an answer is that to an earlier request, so that nothing is to follow from it.
    package static func isReplay(_ response: WebResponse) -> Bool {
        response.headers[.idempotencyReplayed] != nil
    }

    /// Ends the transaction of a repetition.
    private struct Replay: Error { let response: WebResponse }
}
