package import Sockets
import Telemetry

/// How connections over TLS are let in.
package struct TLSEntrance: Sendable {
    /// Certificates and what else is agreed on.
    package var context: TLSContext
    /// How long a handshake may take.
    package var limit: Duration = .seconds(10)
    /// Handshakes of one loop that may be under way; connections beyond are closed at once and counted.
    package var atOnce = 2000

    package init(_ context: TLSContext) { self.context = context }

    /// What is told to a client that speaks HTTP without TLS.
    static let plainAnswer: [UInt8] = {
        let body = "This port speaks HTTPS: the address begins with https://\n"
        return Array(
            """
            HTTP/1.1 400 Bad Request\r
            Content-Type: text/plain; charset=utf-8\r
            Content-Length: \(body.utf8.count)\r
            Connection: close\r
            \r
            \(body)
            """.utf8)
    }()
}

/// A connection whose handshake is under way.
///
/// Confined to its loop.
final class PendingHandshake: StreamHandler {
    let stream: TLSStream
    private unowned let server: HTTPServer

    init(_ stream: TLSStream, server: HTTPServer) {
        self.stream = stream
        self.server = server
        stream.handler = self
        stream.whenOpen = { [unowned self] in self.server.handshakeDidEnd(self, nil) }
    }

    func streamDidReceive(_ bytes: UnsafeMutableRawBufferPointer) {}
    func streamDidReceiveEnd() {}
    func streamDidDrain() {}
    func streamDidClose(_ reason: StreamClosure) { server.handshakeDidEnd(self, reason) }
}

extension HTTPServer {
    /// Begins the handshake on a connection that was accepted.
    func admit(_ tcp: TCPStream, to entrance: TLSEntrance) {
        guard handshakes.count < entrance.atOnce else {
            application.meters.tls.refused.add()
            return tcp.close()
        }
        do throws(TLSFailure) {
            let stream = try TLSStream(
                over: tcp, tls: entrance.context, serverName: nil, streams: context.streams,
                outputLimit: application.settings.outputLimit, handshakeLimit: entrance.limit,
                plainAnswer: TLSEntrance.plainAnswer)
            let pending = PendingHandshake(stream, server: self)
            handshakes[ObjectIdentifier(pending)] = pending
            application.meters.tls.underWay.add(1)
        } catch {
            application.meters.tls.failures.with(error.kind).add()
        }
    }

    /// A handshake is complete, or the connection is closed for a reason.
    func handshakeDidEnd(_ pending: PendingHandshake, _ reason: StreamClosure?) {
        guard handshakes.removeValue(forKey: ObjectIdentifier(pending)) != nil else { return }
        let meters = application.meters.tls
        meters.underWay.add(-1)
        guard reason == nil, let agreement = pending.stream.agreement else {
            meters.failures.with(HTTPServer.kind(reason)).add()
            return checkDrained()
        }
        meters.handshakes.with(
            agreement.version, agreement.isResumed ? "yes" : "no", agreement.usesKernel ? "yes" : "no"
        ).add()
        // The place where another protocol than HTTP/1.1 begins, by `agreement.applicationProtocol`.
        adopt(pending.stream)
    }

    private static func kind(_ reason: StreamClosure?) -> String {
        switch reason {
        case .tls(let failure): failure.kind
        case .failed: "network"
        case .timedOut: "timeout"
        case .finished, nil: "drained"
        }
    }
}
