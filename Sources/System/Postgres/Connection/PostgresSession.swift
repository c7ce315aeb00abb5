package import EventLoop

/// One connection of one's own that runs texts of several statements: for migrations and for setting up
/// databases.
///
/// Confined to its loop; one caller at a time. It does not come back when it is lost.
package final class PostgresSession: ConnectionOwner {
    private let connection: PostgresConnection
    private var opened: ((Result<Void, PostgresError>) -> Void)?

    private init(loop: EventLoop, configuration: PostgresConfiguration) {
        connection = PostgresConnection(loop: loop, configuration: configuration, mode: .simple)
    }

    /// Connects; called on `loop`.
    package static func open(
        loop: EventLoop, configuration: PostgresConfiguration
    ) async throws(PostgresError) -> PostgresSession {
        let session = PostgresSession(loop: loop, configuration: configuration)
        session.connection.owner = session
        let result = await withCheckedContinuation { continuation in
            session.opened = { continuation.resume(returning: $0) }
            session.connection.open()
        }
        try result.get()
        return session
    }

    /// Runs a text of one or more statements; without `BEGIN` in it, all of it is one transaction.
    ///
    /// - Returns: The result of each statement, up to the last.
    @discardableResult
    package func run(_ sql: String) async throws(PostgresError) -> [Rows] {
        let result = await withCheckedContinuation { continuation in
            connection.runSimple(sql) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Closes the connection; what is open in it is rolled back.
    package func close() { connection.close(.unavailable("the session is closed")) }

    /// Whether the last text left a transaction open.
    package var isInTransaction: Bool { connection.isReady && !connection.isOutsideTransaction }

    func connectionDidOpen(_ connection: PostgresConnection) { tell(.success(())) }

    func connectionHasRoom(_ connection: PostgresConnection) {}

    func connectionDidClose(_ connection: PostgresConnection, _ error: PostgresError) {
        tell(.failure(error))
    }

    private func tell(_ result: Result<Void, PostgresError>) {
        let told = opened
        opened = nil
        told?(result)
    }
}
