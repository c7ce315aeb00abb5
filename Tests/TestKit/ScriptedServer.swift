import EventLoop
import Glibc
package import Sockets
import Synchronization

/// A server that says literal bytes, in plain or through TLS, on a loop of its own and a port of this machine.
///
/// Any thread may use it; ``stop()`` closes it.
package final class ScriptedServer: Sendable {
    /// What the server does about a request.
    package enum Answer: Sendable {
        /// Says these bytes and ends the connection.
        case bytes([UInt8])
        /// Says these bytes and breaks off, without TLS's closing alert.
        case cutOff([UInt8])
        /// Says nothing, and waits for the client to leave.
        case silence
        /// Says these bytes again and again, until the client leaves.
        case endless([UInt8])
    }

    /// Where it listens.
    package let address: SocketAddress
    private let core: LoopBound<ScriptedServerCore>
    private let heard: Mutex<[String]>

    private init(address: SocketAddress, core: LoopBound<ScriptedServerCore>) {
        self.address = address
        self.core = core
        heard = Mutex([])
    }

    /// Starts a server, with TLS when there is an identity; `answer` is given each request's text.
    package static func start(
        _ identity: TestCertificates.Identity? = nil, answer: @escaping @Sendable (String) -> Answer
    ) async throws -> ScriptedServer {
        let loop = try EventLoop(index: 0, label: "scripted-server")
        let tls = try identity.map {
            try TLSContext.server(certificateFile: $0.certificateFile, keyFile: $0.keyFile)
        }
        return try await loop.perform {
            let core = ScriptedServerCore(loop: loop, tls: tls)
            let listener = try Listener(on: SocketAddress(host: "127.0.0.1", port: 0), loop: loop) {
                [unowned core] descriptor in core.accept(descriptor)
            }
            core.listener = listener
            let server = ScriptedServer(address: listener.address, core: LoopBound(core, loop: loop))
            core.answer = { [weak server] text in
                server?.heard.withLock { $0.append(text) }
                return answer(text)
            }
            return server
        }
    }

    /// The requests so far.
    package var requests: [String] { heard.withLock { $0 } }

    /// Stops listening, and closes what is open.
    package func stop() { core.loop.execute { [core] in core.value.stop() } }
}

/// A server's connections, confined to its loop.
private final class ScriptedServerCore {
    let streams: StreamContext
    let tls: TLSContext?
    var listener: Listener?
    var answer: (String) -> ScriptedServer.Answer = { _ in .silence }
    private var connections: [ObjectIdentifier: Connection] = [:]

    init(loop: EventLoop, tls: TLSContext?) {
        streams = StreamContext(loop: loop)
        self.tls = tls
    }

    func accept(_ descriptor: consuming Descriptor) {
        guard let tcp = try? TCPStream(adopting: descriptor, context: streams) else { return }
        var stream: any ByteStream = tcp
        if let tls {
            guard
                let secure = try? TLSStream(
                    over: tcp, tls: tls, serverName: nil, streams: streams, handshakeLimit: .seconds(60))
            else {
                return
            }
            stream = secure
        }
        let connection = Connection(stream, below: tcp, core: self)
        stream.handler = connection
        connections[ObjectIdentifier(connection)] = connection
    }

    func forget(_ connection: Connection) { connections[ObjectIdentifier(connection)] = nil }

    func stop() {
        listener?.close()
        listener = nil
        for connection in connections.values { connection.stream.close() }
    }

    /// One connection; a request is whole when its empty line has come, and the body that its length announces.
    final class Connection: StreamHandler {
        let stream: any ByteStream
        private let tcp: TCPStream
        private unowned let core: ScriptedServerCore
        private var text = ""
        private var endless: [UInt8]?

        init(_ stream: any ByteStream, below tcp: TCPStream, core: ScriptedServerCore) {
            self.stream = stream
            self.tcp = tcp
            self.core = core
        }

        func streamDidReceive(_ bytes: UnsafeMutableRawBufferPointer) {
            text += String(decoding: bytes, as: UTF8.self)
            guard let whole = wholeRequest else { return }
            text = ""
            switch core.answer(whole) {
            case .silence: return
            case .bytes(let bytes):
                stream.send(bytes)
                stream.finish(within: .seconds(5))
            case .cutOff(let bytes):
                stream.send(bytes)
                let below = LoopBound(tcp, loop: core.streams.loop)
                // After the round in which the bytes leave.
                core.streams.loop.schedule(after: .milliseconds(20)) {
                    below.value.finish(within: .seconds(5))
                }
            case .endless(let bytes):
                endless = bytes
                pour()
            }
        }

        private var wholeRequest: String? {
            guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
            let head = text[..<end.upperBound]
            let length =
                head.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length: ") }
                .flatMap { Int($0.dropFirst(16)) } ?? 0
            return text[end.upperBound...].utf8.count >= length ? text : nil
        }

        private func pour() {
            guard let endless else { return }
            while stream.queuedBytes < 1 << 20, stream.send(endless) {}
        }

        func streamDidReceiveEnd() { stream.finish(within: .seconds(5)) }
        func streamDidDrain() { pour() }
        func streamDidClose(_ reason: StreamClosure) { core.forget(self) }
    }
}
