import EventLoop
package import Sockets

/// Opens the streams that connections speak over: plain here, encrypted or scripted elsewhere.
///
/// Confined to its loop.
package struct RedisDialer {
    package typealias Opened = (Result<any ByteStream, RedisError>) -> Void
    /// Turns an endpoint's name into addresses, off the loop; calls back on it.
    package typealias Resolve = (
        _ endpoint: RedisEndpoint, _ then: @escaping (Result<[SocketAddress], RedisError>) -> Void
    ) -> Void

    /// Opens a stream to the endpoint within the limit, and calls back once, on the loop.
    package var open: (_ endpoint: RedisEndpoint, _ limit: Duration, _ then: @escaping Opened) -> Void

    /// Whether its streams are encrypted; settings that ask for that are refused without.
    package let isEncrypted: Bool

    /// Makes a dialer.
    ///
    /// - Parameters:
    ///   - isEncrypted: Whether the streams are encrypted.
    ///   - open: Opens one; the endpoint's host is the name that a certificate must bear.
    package init(
        isEncrypted: Bool = false, open: @escaping (RedisEndpoint, Duration, @escaping Opened) -> Void
    ) {
        self.isEncrypted = isEncrypted
        self.open = open
    }

    /// Opens TCP connections, to each address of a name in turn until one answers.
    ///
    /// - Parameters:
    ///   - context: The streams' context, of the loop that uses the dialer.
    ///   - resolve: Looks names up; without it endpoints must be numeric.
    /// - Returns: The dialer.
    package static func tcp(
        context: StreamContext, resolve: @escaping Resolve = RedisDialer.numericOnly
    ) -> RedisDialer {
        RedisDialer { endpoint, limit, then in
            let deadline = context.loop.now + limit
            resolve(endpoint) { result in
                switch result {
                case .success(let addresses): connect(addresses[...], context, deadline, then)
                case .failure(let error): then(.failure(error))
                }
            }
        }
    }

    private static func connect(
        _ addresses: ArraySlice<SocketAddress>, _ context: StreamContext, _ deadline: ContinuousClock.Instant,
        _ then: @escaping Opened
    ) {
        guard let first = addresses.first else { return then(.failure(.unavailable("no address"))) }
        let rest = addresses.dropFirst()
        // One silent address must not use up the time of those behind it.
        let share = (deadline - context.loop.now) / (rest.count + 1)
        TCPConnector.connect(to: first, context: context, within: max(.milliseconds(10), share)) { result in
            switch result {
            case .success(let stream): then(.success(stream))
            case .failure(let error) where rest.isEmpty: then(.failure(.unavailable("\(first): \(error)")))
            case .failure: connect(rest, context, deadline, then)
            }
        }
    }

    /// Takes numeric addresses and refuses names.
    package static let numericOnly:
        @Sendable (
            RedisEndpoint, @escaping (Result<[SocketAddress], RedisError>) -> Void
        ) -> Void = { endpoint, then in
            do throws(SocketError) {
                then(.success([try SocketAddress(host: endpoint.host, port: endpoint.port)]))
            } catch {
                then(.failure(.unavailable("\(error)")))
            }
        }
}
