package import EventLoop
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
        trying(on: context.loop, resolve: resolve) { address, _, limit, then in
            TCPConnector.connect(to: address, context: context, within: limit) { result in
                then(result.map { $0 as any ByteStream })
            }
        }
    }

    /// Opens one stream to an address of an endpoint within a limit, and calls back once, on the loop.
    package typealias Attempt = (
        _ address: SocketAddress, _ endpoint: RedisEndpoint, _ limit: Duration,
        _ then: @escaping (Result<any ByteStream, SocketError>) -> Void
    ) -> Void

    /// Opens streams as `attempt` does, to each address of a name in turn until one answers.
    ///
    /// - Parameters:
    ///   - loop: The loop that uses the dialer.
    ///   - isEncrypted: Whether the streams are encrypted.
    ///   - resolve: Looks names up.
    ///   - attempt: Tries one address.
    /// - Returns: The dialer.
    package static func trying(
        on loop: EventLoop, isEncrypted: Bool = false, resolve: @escaping Resolve, attempt: @escaping Attempt
    ) -> RedisDialer {
        RedisDialer(isEncrypted: isEncrypted) { endpoint, limit, then in
            let deadline = loop.now + limit
            resolve(endpoint) { result in
                switch result {
                case .success(let addresses):
                    connect(addresses[...], of: endpoint, by: attempt, on: loop, deadline, then)
                case .failure(let error): then(.failure(error))
                }
            }
        }
    }

    private static func connect(
        _ addresses: ArraySlice<SocketAddress>, of endpoint: RedisEndpoint, by attempt: @escaping Attempt,
        on loop: EventLoop, _ deadline: ContinuousClock.Instant, _ then: @escaping Opened
    ) {
        guard let first = addresses.first else { return then(.failure(.unavailable("no address"))) }
        let rest = addresses.dropFirst()
        // One silent address must not use up the time of those behind it.
        let share = max(.milliseconds(10), (deadline - loop.now) / (rest.count + 1))
        attempt(first, endpoint, share) { result in
            switch result {
            case .success(let stream): then(.success(stream))
            case .failure(let error) where rest.isEmpty: then(.failure(.unavailable("\(first): \(error)")))
            case .failure: connect(rest, of: endpoint, by: attempt, on: loop, deadline, then)
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
