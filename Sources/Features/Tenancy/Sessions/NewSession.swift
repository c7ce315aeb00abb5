import Postgres

/// A session that is about to be opened: its secrets, and the statement that opens it.
struct NewSession {
    let statement = SessionQueries.open
    let values: [PostgresValue]
    private let secret: BearerSecret
    private let csrf: String

    init(user: Int64, in institution: InstitutionID, at place: SessionPlace) {
        secret = BearerSecret.random(in: institution)
        csrf = Base64.encode(Digest.random(Digest.length), .url)
        values = [
            .int(institution.rawValue), .int(user), .bytes(secret.hash), .text(csrf), .text(place.browser),
            .text(place.address), .text(place.method.rawValue),
        ]
    }

    /// The session, from what the statement gave back.
    func opened(_ rows: Rows) throws(PostgresError) -> SessionStore.Opened {
        guard let row = rows.first else { throw .unavailable("the session was not opened") }
        return SessionStore.Opened(secret: secret, csrf: csrf, session: try row.int(0))
    }
}
