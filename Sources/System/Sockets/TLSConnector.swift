import EventLoop

/// Opens TLS connections to servers without blocking.
///
/// Confined to its loop.
package final class TLSConnector: StreamHandler {
    private let stream: TLSStream
    private var then: ((Result<TLSStream, SocketError>) -> Void)?

    private init(_ stream: TLSStream, then: @escaping (Result<TLSStream, SocketError>) -> Void) {
        self.stream = stream
        self.then = then
    }

    /// Connects to `address` and verifies that the peer is `serverName`, a host's name or IP address.
    ///
    /// `then` is called once, on the loop, with the stream after its handshake or the reason; it sets the stream's
    /// handler before it returns. Connecting and the handshake may take `limit` together; `outputLimit` bytes may wait
    /// for a slow peer.
    package static func connect(
        to address: SocketAddress, serverName: String, tls: TLSContext, context: StreamContext,
        within limit: Duration = .seconds(10), outputLimit: Int = 16 << 20,
        then: @escaping (Result<TLSStream, SocketError>) -> Void
    ) {
        let deadline = context.loop.now + limit
        TCPConnector.connect(to: address, context: context, within: limit) { result in
            do throws(SocketError) {
                let tcp = try result.get()
                let stream: TLSStream
                do throws(TLSFailure) {
                    stream = try TLSStream(
                        over: tcp, tls: tls, serverName: serverName, streams: context,
                        outputLimit: outputLimit,
                        handshakeLimit: max(.zero, deadline - context.loop.now))
                } catch {
                    throw SocketError.tls(error)
                }
                let connector = TLSConnector(stream, then: then)
                stream.handler = connector
                stream.whenOpen = { connector.open() }
            } catch {
                then(.failure(error))
            }
        }
    }

    private func open() {
        stream.handler = nil
        let told = then
        then = nil
        told?(.success(stream))
    }

    package func streamDidReceive(_ bytes: UnsafeMutableRawBufferPointer) {}
    package func streamDidReceiveEnd() {}
    package func streamDidDrain() {}

    package func streamDidClose(_ reason: StreamClosure) {
        let told = then
        then = nil
        told?(.failure(SocketError(reason)))
    }
}
