import CLibPQ
package import EventLoop

/// How connections are made and what limits they keep.
package struct PostgresConfiguration: Sendable {
    /// libpq's connection parameters by keyword (PostgreSQL documentation, "Parameter Key Words").
    ///
    /// What is missing here libpq takes from its environment variables (`PGHOST` and so on).
    package var parameters: [String: String]
    /// From opening a socket, the look-up of its name included, until the server takes statements.
    package var connectTimeout: Duration = .seconds(10)
    /// The server cancels a statement that takes longer; zero sets no limit.
    package var statementTimeout: Duration = .seconds(15)
    /// How long beyond ``statementTimeout`` the server may be silent before the connection is dropped.
    package var silenceGrace: Duration = .seconds(5)
    /// How long a caller of a pool waits for a free connection.
    package var waitTimeout: Duration = .seconds(5)
    /// Pauses between attempts to connect.
    package var backoff = Backoff()
    /// Batches that a pool may have in flight on one connection; 1 never puts a batch behind a slow one.
    package var pipelineDepth = 1
    /// Statements that one connection keeps prepared; further ones are parsed each time.
    package var preparedLimit = 1000
    /// Hears the server's notices, on the connection's loop.
    ///
    /// Without one they are dropped.
    package var onNotice: (@Sendable (String) -> Void)?

    /// Takes libpq's parameters as they are.
    package init(parameters: [String: String]) { self.parameters = parameters }

    /// Reads a connection URI (`postgres://user:password@host:port/database?sslmode=…`) or a `key=value`
    /// string.
    ///
    /// - Throws: ``PostgresError/configuration(_:)`` with libpq's sentence.
    package init(url: String) throws(PostgresError) {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(url, &message) else {
            let reason = message.map { String(cString: $0) } ?? "out of memory"
            PQfreemem(message)
            throw .configuration("the database URL cannot be read: \(reason.trimmedLine)")
        }
        defer { PQconninfoFree(options) }
        var found: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { found[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        parameters = found
    }

    /// Makes the configuration for a server on a unix socket.
    ///
    /// - Parameters:
    ///   - socketFolder: The absolute path of the folder that holds the socket.
    ///   - user: The role that logs in.
    ///   - database: The database.
    package init(socketFolder: String, user: String, database: String) {
        parameters = ["host": socketFolder, "user": user, "dbname": database]
    }

    /// The same server and limits with another role or database.
    package func with(user: String? = nil, password: String? = nil, database: String? = nil)
        -> PostgresConfiguration
    {
        var changed = self
        if let user { changed.parameters["user"] = user }
        if let password { changed.parameters["password"] = password }
        if let database { changed.parameters["dbname"] = database }
        return changed
    }

    /// Where it leads, without secrets: `postgres://user@host:port/database`.
    package var display: String {
        let host = parameters["host"] ?? parameters["hostaddr"] ?? "localhost"
        let port = parameters["port"].map { ":\($0)" } ?? ""
        let user = parameters["user"].map { "\($0)@" } ?? ""
        return "postgres://\(user)\(host)\(port)/\(parameters["dbname"] ?? "")"
    }

    /// What libpq is given: our defaults, under what the configuration says.
    var effectiveParameters: [String: String] {
        let defaults = [
            "application_name": "cohort", "client_encoding": "UTF8",
            // Negotiating GSS encryption may block on a ticket cache and a name service.
            "gssencmode": "disable",
            // A peer that vanished is found within about 30 s, also while nothing is sent.
            "keepalives_idle": "15", "keepalives_interval": "5", "keepalives_count": "3",
            "tcp_user_timeout": "30000",
        ]
        return parameters.merging(defaults) { given, _ in given }
    }
}

extension String {
    /// The text without line breaks at its end, as libpq's messages have them.
    var trimmedLine: String {
        var text = self[...]
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
