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
        guard let key = try IdempotencyKey(request) else {
            return try await pool.transaction(tenant: institution, options: origin.options) {
                try await standing?.check($0)
                return try await body($0)
            }
        }
        do {
            return try await pool.transaction(tenant: institution, options: origin.options) { transaction in
                try await standing?.check(transaction)
                try await begin(key, transaction)
                let response = try await body(transaction)
                try await note(response, of: key, transaction)
                return response
            }
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

    private func begin(_ key: IdempotencyKey, _ transaction: PostgresTransaction) async throws {
        let results = try await transaction.query([
            (RepetitionQueries.sweep, [tenant, .int(principal.user)]),
            (
                RepetitionQueries.begin,
                [tenant, .int(principal.user), .text(key.text), .bytes(key.digest)]
            ),
        ])
        guard results[1].isEmpty else { return }
        let found = try await transaction.query(
            RepetitionQueries.find, [tenant, .int(principal.user), .text(key.text)])
        // Swept between the two statements: the client may try again.
        guard let row = found.first else { throw WebError.unavailable() }
        guard Digest.isEqual(try row.bytes(0), key.digest) else {
            throw WebError(
                .unprocessableContent, code: "key_reused",
                message: "The Idempotency-Key stands for another request.", field: "Idempotency-Key")
        }
        let status = HTTPResponse.Status(code: Int(try row.int(1)))
        var response = WebResponse(status: status, headers: [.idempotencyReplayed: "true"])
        if let location = try row.textOrNil(2) { response.headers[.location] = location }
        if let bytes = try row.bytesOrNil(3) {
            response.headers[.contentType] = "application/json; charset=utf-8"
            response.body = .bytes(bytes)
        }
        throw Replay(response: response)
    }

    private func note(
        _ response: WebResponse, of key: IdempotencyKey, _ transaction: PostgresTransaction
    ) async throws {
        var bytes: [UInt8]?
        if case .bytes(let body) = response.body { bytes = body }
        try await transaction.query(
            RepetitionQueries.note,
            [
                tenant, .int(principal.user), .text(key.text), .int(Int64(response.status.code)),
                .text(response.headers[.location]), .bytes(bytes),
            ])
    }
}

/// The SQL of repeated requests.
enum RepetitionQueries {
    /// $1 institution, $2 user.
    static let sweep: Statement = """
        DELETE FROM idempotency_keys
        WHERE institution_id = $1 AND user_id = $2 AND created_at < now() - interval '24 hours'
        """

    /// $1 institution, $2 user, $3 key, $4 digest; no row for a key that is taken.
    static let begin: Statement = """
        INSERT INTO idempotency_keys (institution_id, user_id, key, digest) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING RETURNING 1::bigint
        """

    /// $1 institution, $2 user, $3 key.
    static let find: Statement = """
        SELECT digest, status::bigint, location, body FROM idempotency_keys
        WHERE institution_id = $1 AND user_id = $2 AND key = $3
        """

    /// $1 institution, $2 user, $3 key, $4 status, $5 location, $6 body.
    static let note: Statement = """
        UPDATE idempotency_keys SET status = $4, location = $5, body = $6
        WHERE institution_id = $1 AND user_id = $2 AND key = $3
        """
}
