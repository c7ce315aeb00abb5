import HTTPTypes
import Postgres
import WebServer

/// One use of an `Idempotency-Key` by a user: the first, which is noted, or another one.
///
/// Confined to the loop of its transaction.
struct Repetition {
    private let tenant: PostgresValue
    private let user: PostgresValue
    private let key: IdempotencyKey

    init(of user: Int64, in institution: InstitutionID, _ key: IdempotencyKey) {
        tenant = .int(institution.rawValue)
        self.user = .int(user)
        self.key = key
    }

    /// Takes the key; waits for a request with the same one that is under way.
    ///
    /// - Parameter transaction: The change's transaction.
    /// - Returns: `nil` for the first request; else the answer to that, marked as such.
    /// - Throws: 422 when the key stands for another request; what the database throws.
    func begin(_ transaction: PostgresTransaction) async throws -> WebResponse? {
        let results = try await transaction.query([
            (RepetitionQueries.sweep, [tenant, user]),
            (RepetitionQueries.begin, [tenant, user, .text(key.text), .bytes(key.digest)]),
        ])
        guard results[1].isEmpty else { return nil }
        let found = try await transaction.query(RepetitionQueries.find, [tenant, user, .text(key.text)])
        // Swept between the two statements: the client may try again.
        guard let row = found.first else { throw WebError.unavailable() }
        guard Digest.isEqual(try row.bytes(0), key.digest) else { throw WebError.keyReused }
        let status = HTTPResponse.Status(code: Int(try row.int(1)))
        var response = WebResponse(status: status, headers: [.idempotencyReplayed: "true"])
        if let location = try row.textOrNil(2) { response.headers[.location] = location }
        if let bytes = try row.bytesOrNil(3) {
            response.headers[.contentType] = "application/json; charset=utf-8"
            response.body = .bytes(bytes)
        }
        return response
    }

    /// Keeps the answer.
    func note(_ response: WebResponse, _ transaction: PostgresTransaction) async throws {
        var bytes: [UInt8]?
        if case .bytes(let body) = response.body { bytes = body }
        try await transaction.query(
            RepetitionQueries.note,
            [
                tenant, user, .text(key.text), .int(Int64(response.status.code)),
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
