import EventLoop
import Sockets
import Testing

@testable import Redis

/// A Redis that takes publications and subscriptions as a real one does, or is in a bad mood; it carries nothing.
///
/// Confined to its loop.
final class MoodyRedis {
    enum Mood: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case good
        /// What listens here is no Redis.
        case garbage
        case silence
        case loading
        /// What refuses publications alone.
        case readOnly, outOfMemory, moved

        var testDescription: String { rawValue }

        /// Whether no connection stays open for long.
        var cutsOff: Bool { [.garbage, .silence, .loading].contains(self) }

        fileprivate var refusal: String? {
            switch self {
            case .good, .garbage, .silence: nil
            case .loading: "-LOADING Redis is loading the dataset in memory\r\n"
            case .readOnly: "-READONLY You can't write against a read only replica.\r\n"
            case .outOfMemory: "-OOM command not allowed when used memory > 'maxmemory'.\r\n"
            case .moved: "-MOVED 7 127.0.0.1:1\r\n"
            }
        }
    }

    var mood = Mood.good
    private(set) var endpoint = RedisEndpoint(host: "127.0.0.1", port: 0)
    private let context: StreamContext
    private var listener: Listener?
    private var peers: [Peer] = []

    init(on loop: EventLoop) throws {
        context = StreamContext(loop: loop)
        let address = try SocketAddress(host: "127.0.0.1", port: 0)
        let listener = try Listener(on: address, loop: loop) { [weak self] descriptor in
            guard let self, let stream = try? TCPStream(adopting: descriptor, context: context) else {
                return
            }
            let peer = Peer(stream: stream, server: self)
            stream.handler = peer
            peers.append(peer)
        }
        self.listener = listener
        endpoint = RedisEndpoint(host: "127.0.0.1", port: listener.address.port)
    }

    func close() {
        listener?.close()
        for peer in peers { peer.stream.close() }
        peers = []
    }

    private func answer(_ words: [String]) -> String {
        switch mood {
        case .garbage: return "HTTP/1.1 400 Bad Request\r\n\r\n"
        case .silence: return ""
        case .loading: return mood.refusal ?? ""
        case .good, .readOnly, .outOfMemory, .moved: break
        }
        switch words[0] {
        case "PUBLISH": return mood.refusal ?? ":0\r\n"
        case "SUBSCRIBE":
            return words.dropFirst().enumerated()
                .map { "*3\r\n$9\r\nsubscribe\r\n$\($1.utf8.count)\r\n\($1)\r\n:\($0 + 1)\r\n" }.joined()
        case "PING": return "+PONG\r\n"
        default: return "+OK\r\n"
        }
    }

    private final class Peer: StreamHandler {
        let stream: TCPStream
        private weak var server: MoodyRedis?
        // A command is an array of strings, so the reader of replies reads it.
        private let reader = RESP3Reader(limits: ReplyLimits())
        private var hasSubscribed = false

        init(stream: TCPStream, server: MoodyRedis) {
            self.stream = stream
            self.server = server
        }

        func streamDidReceive(_ bytes: UnsafeMutableRawBufferPointer) {
            do {
                try reader.feed(UnsafeRawBufferPointer(bytes))
                while let value = try reader.next() {
                    let words = value.elements?.compactMap(\.text) ?? []
                    var answer = server?.answer(words) ?? ""
                    if words[0] == "SUBSCRIBE" { hasSubscribed = true }
                    // RESP2 wraps it where a connection has subscribed.
                    if hasSubscribed, answer == "+PONG\r\n" { answer = "*2\r\n$4\r\npong\r\n$0\r\n\r\n" }
                    if !answer.isEmpty { stream.send(Array(answer.utf8)) }
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
