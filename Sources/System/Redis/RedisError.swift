/// Why a command has no reply, or a subscription is not there.
///
/// Each case says what is known of the command's effects: whoever retries must know whether the first try counted.
package enum RedisError: Error, Equatable, Sendable {
    /// The server refused the command, which had no effect.
    case server(RedisServerError)
    /// The connection went away, or was given up, while the command was in flight.
    ///
    /// With `maybeExecuted` nobody knows whether it had its effect; without, it had none.
    case disconnected(maybeExecuted: Bool)
    /// A bound of ``RedisSettings`` is reached: commands in flight or in line, bytes of output, channels. Nothing was
    /// sent.
    case overloaded
    /// A time limit passed; the value says which one.
    case timeout(TimeLimit)
    /// No connection can be had. Nothing was sent.
    case unavailable(String)
    /// The server sent what is no reply; the connection is closed.
    case garbage(RedisProtocolError)
    /// The client is closed. Nothing was sent.
    case closed
    /// The settings cannot work: a sentence that names the part.
    case configuration(String)

    /// The limits that can pass.
    package enum TimeLimit: Equatable, Sendable {
        /// From opening a socket until the server takes commands.
        case connecting
        /// Waiting in line for a connection, or for a subscription's confirmation. Nothing was sent, or it is undone.
        case waiting
        /// The server owed a reply for too long; the connection is closed.
        case answer
    }
}

extension RedisError {
    /// Whether it is certain that the command had no effect.
    package var hadNoEffect: Bool {
        switch self {
        case .server, .overloaded, .unavailable, .closed, .configuration, .timeout(.connecting),
            .timeout(.waiting):
            true
        case .disconnected(let maybeExecuted): !maybeExecuted
        case .timeout(.answer), .garbage: false
        }
    }

    /// What the error means for the next attempt to connect.
    var consequence: RedisServerError.Consequence {
        if case .server(let error) = self { error.consequence } else { .none }
    }
}

extension RedisError: CustomStringConvertible {
    /// A sentence for the log; never meant for a client.
    package var description: String {
        switch self {
        case .server(.other(let code, let message)): "Redis refused: \(code) \(message)"
        case .server(.noAuthentication): "Redis wants a password and none is configured"
        case .server(.wrongPassword): "Redis does not know this user and password"
        case .server(.noPermission(let text)): "the Redis user may not do this: \(text)"
        case .server(let error): "Redis refused: \(error.code)"
        case .disconnected(true): "the connection to Redis was lost with the command in flight"
        case .disconnected(false): "the connection to Redis was lost before the command was sent"
        case .overloaded: "too much waits for Redis already"
        case .timeout(.connecting): "connecting to Redis took longer than it may"
        case .timeout(.waiting): "Redis could not be reached in time"
        case .timeout(.answer): "Redis did not answer in time"
        case .unavailable(let text): "Redis is unavailable: \(text)"
        case .garbage(let error): "Redis sent \(error)"
        case .closed: "the Redis client is closed"
        case .configuration(let text): "Redis is configured wrongly: \(text)"
        }
    }
}
