package import Postgres
package import Tenancy
import WebServer

/// Something that the program made for one user to fetch, such as an export: private, and gone after days.
package struct Artifact: Hashable, Sendable {
    package let id: Int64
    /// Whose it is; nobody else gets a link.
    package let user: Int64
    package let filename: String
    package let contentType: String
    package let size: Int64
    package let sha256: String
    /// Milliseconds since 1970.
    package let createdAt: Int64
    package let expiresAt: Int64

    /// The columns that ``init(_:)`` reads.
    package static let columns =
        "a.id, a.user_id, a.filename, a.content_type, a.size, a.sha256, a.created_at, a.expires_at"

    /// Reads a row that has ``columns``.
    package init(_ row: Row) throws(PostgresError) { try self.init(row, at: 0) }

    /// Reads a row whose columns begin at a place.
    package init(_ row: Row, at place: Int) throws(PostgresError) {
        id = try row.int(place)
        user = try row.int(place + 1)
        filename = try row.text(place + 2)
        contentType = try row.text(place + 3)
        size = try row.int(place + 4)
        sha256 = try row.text(place + 5)
        createdAt = try row.timestampMilliseconds(place + 6)
        expiresAt = try row.timestampMilliseconds(place + 7)
    }

    /// A signed address to fetch it from, valid for minutes; `nil` for whoever it does not belong to, and when it is over.
    package func url(for call: Call) -> String? {
        guard user == call.principal.user, expiresAt > call.context.nowMilliseconds else { return nil }
        let link = ContentLink(
            institution: call.institution, file: id, sha256: sha256, isDownload: true, filename: filename)
        return call.content.base(for: call.request)
            + call.content.links.sign(link, at: call.context.nowMilliseconds)
    }
}

/// Keeps artifacts: their bytes in the storage, their rows within their callers' transactions.
package enum Artifacts {
    /// Notes an artifact whose bytes are stored.
    ///
    /// - Parameters:
    ///   - key: What is stored.
    ///   - size: Its bytes.
    ///   - filename: What its file is called.
    ///   - contentType: What it is.
    ///   - user: Whose it is.
    ///   - days: How long it is kept.
    ///   - transaction: A transaction of the institution.
    /// - Returns: Its id.
    /// - Throws: What the database throws.
    package static func add(
        _ key: ContentKey, size: Int64, filename: String, contentType: String, user: Int64, days: Int64,
        _ transaction: PostgresTransaction
    ) async throws(PostgresError) -> Int64 {
        let tenant = PostgresValue.int(key.institution.rawValue)
        try await transaction.query(ContentSweepQueries.hold, [tenant, .text(key.sha256)])
        let rows = try await transaction.query(
            ArtifactQueries.add,
            [
                tenant, .int(user), .text(filename), .text(contentType), .int(size), .text(key.sha256),
                .int(days),
            ])
        return try rows[0].int(0)
    }

    /// Has an artifact go with the next sweep, and no link lead to it from now on.
    package static func expire(
        _ id: Int64, in institution: InstitutionID, _ transaction: PostgresTransaction
    ) async throws(PostgresError) {
        try await transaction.query(ArtifactQueries.expire, [.int(institution.rawValue), .int(id)])
    }
}

/// The SQL of artifacts; `$1` is the institution throughout.
enum ArtifactQueries {
    /// $2 artifact, $3 now.
    static let show = Statement(
        """
        SELECT \(Artifact.columns) FROM artifacts a WHERE a.institution_id = $1 AND a.id = $2 AND a.expires_at > $3
        """)

    /// $2 user, $3 filename, $4 type, $5 size, $6 sha256, $7 days.
    static let add: Statement = """
        INSERT INTO artifacts (institution_id, user_id, filename, content_type, size, sha256, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, now() + $7::bigint * interval '1 day') RETURNING id
        """

    /// $2 artifact.
    static let expire: Statement = """
        UPDATE artifacts SET expires_at = least(expires_at, now()) WHERE institution_id = $1 AND id = $2
        """
}
