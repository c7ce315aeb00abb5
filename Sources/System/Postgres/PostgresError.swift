/// Why a statement, a batch or a transaction has no result.
///
/// Each case says what is known of its effects: whoever retries must know whether the first try counted.
package enum PostgresError: Error, Equatable, Sendable {
    /// The server refused a statement; the transaction was rolled back as a whole.
    case server(ServerError)
    /// The connection went away while the work was in flight: whether it was committed is unknown.
    ///
    /// The text is libpq's, for the log.
    case connectionLost(String)
    /// No connection could be had, or too many callers wait already. Nothing was sent.
    case unavailable(String)
    /// A time limit passed; the value says which one.
    case timeout(TimeLimit)
    /// A value of a row is not what the caller asked for; it is a mistake in the program or the schema.
    case decoding(DecodingFailure)
    /// A parameter cannot be sent at all. Nothing was sent.
    case encoding(String)
    /// The caller's task was cancelled while it waited for a connection. Nothing was sent.
    case cancelled
    /// The configuration cannot work: a sentence that names the part.
    case configuration(String)

    /// The limits that can pass.
    package enum TimeLimit: Equatable, Sendable {
        /// Waiting for a free connection. Nothing was sent.
        case waiting
        /// The server cancelled the statement; the transaction was rolled back.
        case statement
        /// The server was silent longer than it may be; the connection was dropped, whether the work was
        /// committed is unknown.
        case silence
    }

    /// The server's report of an error.
    package struct ServerError: Equatable, Sendable {
        /// The code that programs decide by.
        package var state: SQLState
        /// The primary message, for the log unless it is about a value.
        package var message: String
        /// More detail; it may hold values of the row, so it is for tests and never for the log.
        package var detail: String?
        /// The constraint that was violated.
        package var constraint: String?
        /// The table that the error is about.
        package var table: String?
        /// The column that the error is about.
        package var column: String?
        /// The statement's place among the statements that were handed over, from 0; `nil` for the commit
        /// itself.
        package var statement: Int?

        package init(
            state: SQLState, message: String, detail: String? = nil, constraint: String? = nil,
            table: String? = nil,
            column: String? = nil, statement: Int? = nil
        ) {
            self.state = state
            self.message = message
            self.detail = detail
            self.constraint = constraint
            self.table = table
            self.column = column
            self.statement = statement
        }
    }

    /// What did not fit when a row was read.
    package struct DecodingFailure: Equatable, Sendable {
        /// The column's name in the result, or its number when there is no such column.
        package var column: String
        /// What was asked for, or what the bytes lack.
        package var expected: String
        /// The type's OID as the server told it, 0 when there is no such column.
        package var type: UInt32

        package init(column: String, expected: String, type: UInt32) {
            self.column = column
            self.expected = expected
            self.type = type
        }
    }
}

extension PostgresError {
    /// The server's code, when the server refused.
    package var state: SQLState? {
        if case .server(let error) = self { error.state } else { nil }
    }

    /// The violated constraint's name, when there is one.
    package var constraint: String? {
        if case .server(let error) = self { error.constraint } else { nil }
    }

    /// Whether the same transaction may succeed when it is run again from its start.
    package var isTransient: Bool {
        guard let state else { return false }
        return state == .serializationFailure || state == .deadlockDetected || isStalePlan
    }

    /// Whether a prepared statement no longer fits the schema or is not known to the server.
    var isStalePlan: Bool {
        guard case .server(let error) = self else { return false }
        if error.state == .invalidStatementName { return true }
        return error.state == .featureNotSupported && error.message.hasPrefix("cached plan must not change")
    }
}

extension PostgresError: CustomStringConvertible {
    /// A sentence for the log, without values of rows; never meant for a client.
    package var description: String {
        switch self {
        case .server(let error):
            let place = error.statement.map { " in statement \($0)" } ?? ""
            // Details hold values of rows, and so do messages about values: people's names and addresses.
            let message = error.state.errorClass == "22" ? "a value is not what it must be" : error.message
            let column = error.column.map { " (column \($0))" } ?? ""
            return "Postgres refused\(place): \(error.state) \(message)\(column)"
        case .connectionLost(let text): return "the connection to Postgres was lost: \(text)"
        case .unavailable(let text): return "Postgres is unavailable: \(text)"
        case .timeout(.waiting): return "no connection to Postgres became free in time"
        case .timeout(.statement): return "Postgres cancelled the statement, which took too long"
        case .timeout(.silence): return "Postgres did not answer in time"
        case .decoding(let failure):
            return "column \(failure.column) (type \(failure.type)) is not \(failure.expected)"
        case .encoding(let text): return "a parameter cannot be sent: \(text)"
        case .cancelled: return "the wait for a connection to Postgres was cancelled"
        case .configuration(let text): return "Postgres is configured wrongly: \(text)"
        }
    }
}
