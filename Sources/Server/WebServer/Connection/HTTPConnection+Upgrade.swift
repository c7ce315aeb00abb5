import HTTP
import HTTPTypes
import Sockets
import WebSocket

/// The change to WebSocket (RFC 6455 §4.2).
extension HTTPConnection {
    /// Refuses what is no proper handshake, before anybody is asked.
    func checkHandshake() throws(WebError) { _ = try handshake(allowsDeflate: false) }

    private func handshake(allowsDeflate: Bool) throws(WebError) -> HandshakeAcceptance {
        guard let head = exchange?.head else { throw .notFound }
        let request = HandshakeRequest(
            method: head.method.rawValue, isAtLeastHTTP11: head.version == .http11, host: head.host,
            upgrade: head.fields[values: .upgrade], connection: head.fields[values: .connection],
            key: head.fields[values: .secWebSocketKey], version: head.fields[values: .secWebSocketVersion],
            protocols: head.fields[values: .secWebSocketProtocol],
            extensions: head.fields[values: .secWebSocketExtensions])
        do throws(HandshakeRefusal) {
            // Origins are the request guard's matter, which also knows about cookies.
            return try Handshake(allowsDeflate: allowsDeflate, origins: .any).answer(request)
        } catch {
            throw HTTPConnection.refusal(error)
        }
    }

    private static func refusal(_ refusal: HandshakeRefusal) -> WebError {
        var error = WebError(
            HTTPResponse.Status(code: refusal.status), code: "bad_handshake", message: refusal.message)
        if refusal.status == 426 {
            error = WebError(.upgradeRequired, code: "upgrade_required", message: refusal.message)
        }
        for field in refusal.fields where field.name != "Connection" {
            error.headers[.known(field.name)] = field.value
        }
        return error
    }

    /// Answers 101 and hands the stream over.
    func upgrade(_ acceptance: WebSocketAcceptance, _ limits: WebSocketLimits) {
        guard let id = exchange?.request.id else { return }
        guard !server.isDraining else {
            return answer(refusal(WebError.unavailable(retryAfter: 2), id: id), closing: true)
        }
        guard let agreed = try? handshake(allowsDeflate: limits.allowsDeflate), let head = exchange?.head
        else { return abort() }
        var fields: HTTPFields = [.requestID: id]
        for field in agreed.fields where field.name != "Connection" {
            fields[.known(field.name)] = field.value
        }
        if let subprotocol = acceptance.subprotocol { fields[.secWebSocketProtocol] = subprotocol }
        var writer = ResponseWriter(answering: head)
        var bytes: [UInt8] = []
        do {
            try writer.head(
                .switchingProtocols, fields, framing: .length(0), date: server.date, into: &bytes)
        } catch {
            return abort()
        }
        note(.switchingProtocols, bytes: 0)
        stream.send(bytes)
        let (stream, server, hasEnded) = (stream, server, peerHasEnded)
        let early = releaseHeld()
        let webSocket = WebSocketConnection(
            stream, server: server, limits: limits, deflate: agreed.deflate, handler: acceptance.handler)
        stream.handler = webSocket
        server.add(webSocket)
        leave()
        webSocket.begin(early, peerHasEnded: hasEnded)
    }
}
