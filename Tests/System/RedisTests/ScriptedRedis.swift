import EventLoop
@testable import Redis
import Sockets
import Testing

/// A server that answers literal bytes, to show what real ones show rarely.
///
/// Confined to its loop.
final class ScriptedRedis {
    enum Reply {
        case bytes(String)
        case raw([UInt8])
        case silence
        case hangUp
        /// What a healthy server without data would say.
        case usual
    }

    /// The commands that came, each as its words, those of the handshake included.
    private(set) var heard: [[String]] = []
    /// Connections that were accepted so far.
    private(set) var accepted = 0
    private(set) var endpoint = RedisEndpoint(host: "127.0.0.1", port: 0)

    private let script: (_ words: [String], _ connection: Int) -> Reply
    private let context: StreamContext
    private var listener: Listener?
    private var peers: [Peer] = []

    init(_ place: Place, _ script: @escaping (_ words: [String], _ connection: Int) -> Reply) throws {
        self.script = script
        context = StreamContext(loop: place.loop)
        let address = try SocketAddress(host: "127.0.0.1", port: 0)
        let listener = try Listener(on: address, loop: place.loop) { [weak self] descriptor in
            guard let self, let stream = try? TCPStream(adopting: descriptor, context: context) else {
                return
            }
            accepted += 1
            let peer = Peer(stream: stream, number: accepted, server: self)
            stream.handler = peer
            peers.append(peer)
        }
        self.listener = listener
        endpoint = RedisEndpoint(host: "127.0.0.1", port: listener.address.port)
    }

    var settings: RedisSettings { RedisSettings(endpoint: endpoint).hasty() }

    /// Says something unasked to every connection.
    func say(_ text: String) { for peer in peers { peer.stream.send(Array(text.utf8)) } }

    func close() {
        listener?.close()
        for peer in peers { peer.stream.close() }
        peers = []
    }

    /// How often a command came, by its first word.
    func count(of name: String) -> Int { heard.count { $0.first == name } }

    private func answer(_ words: [String], _ peer: Peer) {
        heard.append(words)
        switch script(words, peer.number) {
        case .bytes(let text): peer.stream.send(Array(text.utf8))
        case .raw(let bytes): peer.stream.send(bytes)
        case .silence: break
        case .hangUp: peer.stream.close()
        case .usual: peer.stream.send(Array((words[0] == "PING" ? "+PONG\r\n" : "+OK\r\n").utf8))
        }
    }

    private final class Peer: StreamHandler {
        let stream: TCPStream
        let number: Int
        private weak var server: ScriptedRedis?
        // A command is an array of strings, so the reader of replies reads it.
        private let reader = RESP3Reader(limits: ReplyLimits())

        init(stream: TCPStream, number: Int, server: ScriptedRedis) {
            self.stream = stream
            self.number = number
            self.server = server
        }

        func streamDidReceive(_ bytes: UnsafeMutableRawBufferPointer) {
            do {
                try reader.feed(UnsafeRawBufferPointer(bytes))
                while let value = try reader.next() {
                    server?.answer(value.elements?.compactMap(\.text) ?? [], self)
                }
            } catch {
                Issue.record("the client sent what is no command: \(error)")
            }
        }
        func streamDidReceiveEnd() { stream.close() }
        func streamDidDrain() {}
        func streamDidClose(_ reason: StreamClosure) {}
    }
}
