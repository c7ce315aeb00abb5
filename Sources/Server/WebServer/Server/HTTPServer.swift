import EventLoop
import HTTP
import Logging
package import Sockets
import Telemetry
package import WebSocket

/// The web server of one loop: its listening sockets and everything that is connected to it.
///
/// Confined to the loop.
package final class HTTPServer {
    let application: WebApplication
    package let context: WebContext

    /// Expands compressed messages of all connections here.
    let inflater = MessageInflater()
    /// Compresses messages for those whose handlers leave it to their connection.
    let deflater = MessageDeflater()

    private var listeners: [Listener] = []
    /// Connections over TLS that have not agreed on anything yet.
    var handshakes: [ObjectIdentifier: PendingHandshake] = [:]
    private var entrance: TLSEntrance?
    /// Where clients that came without TLS find it; `nil` for a server that has none, or serves them as they are.
    package var securePort: UInt16?

    private var connections: [ObjectIdentifier: HTTPConnection] = [:]
    private var webSockets: [ObjectIdentifier: WebSocketConnection] = [:]
    private var whenDrained: (() -> Void)?
    private var clock = DateText()

    /// Whether ``drain(then:)`` was called: no new connection, and no connection longer than its request.
    package private(set) var isDraining = false

    /// Makes the server of the context's loop; it listens nowhere yet.
    package init(_ application: WebApplication, context: WebContext) {
        self.application = application
        self.context = context
    }

    /// Listens at an address; called on the loop, any number of times.
    ///
    /// - Returns: The address with its port, which the kernel chose when 0 was asked for.
    /// - Throws: `SocketError` when the address is taken or forbidden.
    package func listen(on address: SocketAddress) throws(SocketError) -> SocketAddress {
        try listen(on: address, isSecure: false)
    }

    /// Listens at an address for TLS, else as ``listen(on:)``.
    ///
    /// All such addresses have the entrance that was named last.
    package func listen(on address: SocketAddress, entrance: TLSEntrance) throws(SocketError) -> SocketAddress
    {
        self.entrance = entrance
        return try listen(on: address, isSecure: true)
    }

    /// Has new connections shown other certificates; those that are open, or shake hands, go on as they began.
    package func renew(_ context: TLSContext) { entrance?.context = context }

    private func listen(on address: SocketAddress, isSecure: Bool) throws(SocketError) -> SocketAddress {
        let listener = try Listener(on: address, loop: context.loop) { [unowned self] descriptor in
            accept(descriptor, isSecure: isSecure)
        }
        listeners.append(listener)
        return listener.address
    }

    private func accept(_ descriptor: consuming Descriptor, isSecure: Bool) {
        guard connections.count + webSockets.count + handshakes.count < application.settings.connectionLimit
        else {
            application.meters.overload.add()
            return
        }
        do {
            let stream = try TCPStream(
                adopting: descriptor, context: context.streams,
                outputLimit: application.settings.outputLimit)
            guard isSecure, let entrance else { return adopt(stream) }
            admit(stream, to: entrance)
        } catch {
            context.logger.warning("a connection could not be watched", metadata: ["error": "\(error)"])
        }
    }

    /// Serves a stream that is connected already.
    package func adopt(_ stream: any ByteStream) {
        let connection = HTTPConnection(stream, server: self)
        connections[ObjectIdentifier(connection)] = connection
        application.meters.connections.add(1)
        stream.handler = connection
        connection.begin()
    }

    /// Connections that speak HTTP.
    package var openConnections: Int { connections.count }
    /// Connections that were upgraded.
    package var openWebSockets: Int { webSockets.count }

    func remove(_ connection: HTTPConnection) {
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        application.meters.connections.add(-1)
        checkDrained()
    }

    func add(_ webSocket: WebSocketConnection) {
        webSockets[ObjectIdentifier(webSocket)] = webSocket
        application.meters.webSockets.add(1)
    }

    func remove(_ webSocket: WebSocketConnection) {
        guard webSockets.removeValue(forKey: ObjectIdentifier(webSocket)) != nil else { return }
        application.meters.webSockets.add(-1)
        checkDrained()
    }

    // MARK: The end

    /// Stops accepting, lets requests that have begun finish, closes what is idle.
    ///
    /// WebSockets stay open: their owners say goodbye in their own words, then ``closeWebSockets(_:_:)`` ends those
    /// that are left. `then` is called once, on the loop, when nothing is connected any more.
    package func drain(then: @escaping () -> Void) {
        isDraining = true
        whenDrained = then
        for listener in listeners { listener.close() }
        listeners = []
        for pending in Array(handshakes.values) { pending.stream.close() }
        for connection in connections.values { connection.drain() }
        checkDrained()
    }

    /// Ends all WebSockets with a close frame.
    package func closeWebSockets(_ code: CloseCode = .goingAway, _ reason: String = "") {
        for webSocket in webSockets.values { webSocket.close(code, reason) }
    }

    /// Closes everything at once.
    package func abort() {
        isDraining = true
        for listener in listeners { listener.close() }
        listeners = []
        for pending in Array(handshakes.values) { pending.stream.close() }
        for connection in connections.values { connection.abort() }
        for webSocket in webSockets.values { webSocket.abort() }
    }

    func checkDrained() {
        guard isDraining, handshakes.isEmpty, connections.isEmpty, webSockets.isEmpty, let then = whenDrained
        else { return }
        whenDrained = nil
        then()
    }

    // MARK: What answers share

    /// The present second as `Date` has it.
    var date: String { clock.text(at: WallClock.seconds) }
}

/// The text of a date, made once a second.
private struct DateText {
    private var second: Int64 = -1
    private var text = ""

    mutating func text(at now: Int64) -> String {
        if now != second {
            second = now
            text = HTTPDate.format(now)
        }
        return text
    }
}
