import EventLoop
import JSON
import Sockets
import WebSocket

/// A client of the live protocol for tests: sends lines, collects what comes back.
///
/// Confined to its loop.
final class LiveClient: StreamHandler {
    /// Every message that has arrived, in order; pings are left out.
    private(set) var messages: [JSONValue] = []
    private(set) var pings = 0
    /// What the answer to the upgrade says, as it came.
    private(set) var response = ""
    /// The bytes on the way of each message that came compressed, by its text.
    private(set) var compressed: [(text: String, bytes: Int)] = []
    private(set) var closeCode: UInt16?
    private(set) var closeReason = ""
    private(set) var isClosed = false
    /// Whether pings are answered.
    var answersPings = true

    private let stream: TCPStream
    private let handshake = ClientHandshake()
    private var head: [UInt8] = []
    private var isUpgraded = false
    private var decoder = MessageDecoder(
        limits: .init(maxMessageBytes: 16 << 20), from: .server, allowing: .rsv1)
    private let inflater = MessageInflater()
    private var waiters: [(condition: () -> Bool, then: () -> Void)] = []
    private var nextID = 1

    private init(stream: TCPStream) { self.stream = stream }

    /// Connects and upgrades.
    static func open(_ address: SocketAddress, context: StreamContext, fields: [(String, String)] = [])
        async throws
        -> LiveClient
    {
        let result = await withCheckedContinuation { continuation in
            TCPConnector.connect(to: address, context: context) {
                continuation.resume(returning: LoopBound($0, loop: context.loop))
            }
        }
        let client = LiveClient(stream: try result.value.get())
        client.stream.handler = client
        client.stream.send(
            client.handshake.request(
                target: "/connection/websocket", host: address.description, fields: fields))
        await client.until { client.isUpgraded || client.isClosed }
        return client
    }

    // MARK: Sending

    func sendRaw(_ text: String) {
        var generator = SystemRandomNumberGenerator()
        stream.send(FrameEncoder.frame(.text, Array(text.utf8).span, mask: .random(using: &generator)))
    }

    /// Sends a text message with these bytes as its payload, and RSV1 where it is compressed.
    func sendBytes(_ bytes: [UInt8], compressed: Bool) {
        var generator = SystemRandomNumberGenerator()
        stream.send(
            FrameEncoder.frame(
                .text, bytes.span, reserved: compressed ? .rsv1 : [], mask: .random(using: &generator)))
    }

    /// Sends one command and returns its reply.
    func command(_ name: String, _ body: String) async -> JSONValue {
        let id = nextID
        nextID += 1
        sendRaw(#"{"id":\#(id),"\#(name)":\#(body)}"#)
        await until { self.reply(id) != nil || self.isClosed }
        return reply(id) ?? .null
    }

    private func reply(_ id: Int) -> JSONValue? { messages.first { $0["id"]?.int == id } }

    func pauseReading() { stream.pauseReading() }
    func resumeReading() { stream.resumeReading() }
    func close() { stream.close() }

    // MARK: What has come

    /// Publications of a channel that were pushed.
    func pushes(_ channel: String) -> [JSONValue] {
        messages.compactMap { message in
            guard let push = message["push"], push["channel"]?.string == channel else { return nil }
            return push["pub"]
        }
    }

    func offsets(_ channel: String) -> [Int] { pushes(channel).compactMap { $0["offset"]?.int } }

    /// Waits for a condition that bytes or the end may fulfil.
    func until(_ condition: @escaping () -> Bool) async {
        if condition() { return }
        await withCheckedContinuation { continuation in
            waiters.append((condition, { continuation.resume() }))
        }
    }

    private func wake() {
        let ready = waiters.filter { $0.condition() }
        waiters.removeAll { $0.condition() }
        for waiter in ready { waiter.then() }
    }

    // MARK: StreamHandler

    func streamDidReceive(_ bytes: UnsafeMutableRawBufferPointer) {
        if isUpgraded { take(bytes) } else { upgrade(bytes) }
        wake()
    }

    private func upgrade(_ bytes: UnsafeMutableRawBufferPointer) {
        head += Array(bytes)
        let length: Int
        do {
            guard let verified = try handshake.verify(head) else { return }
            length = verified.length
        } catch {
            // The server refused the upgrade and keeps the connection for other requests: we have none.
            return stream.close()
        }
        isUpgraded = true
        response = String(decoding: head[..<length], as: UTF8.self)
        var rest = Array(head[length...])
        head = []
        rest.withUnsafeMutableBytes { take($0) }
    }

    private func take(_ bytes: UnsafeMutableRawBufferPointer) {
        var input = FrameInput(bytes)
        while let event = try? decoder.next(&input) {
            switch event {
            case .text(let payload): read(input.copy(payload))
            case .compressed(.text, let payload):
                let bytes = input.copy(payload)
                guard let text = try? inflater.inflate(bytes.span, limit: 16 << 20) else {
                    return stream.close()
                }
                compressed.append((String(decoding: text, as: UTF8.self), bytes.count))
                read(text)
            case .close(let code, let reason):
                closeCode = code?.rawValue
                closeReason = reason
            default: break
            }
        }
    }

    private func read(_ frame: [UInt8]) {
        for line in frame.split(separator: UInt8(ascii: "\n")) {
            guard let message = try? JSONReader.read(Array(line)) else { continue }
            if message.object?.members.isEmpty == true {
                pings += 1
                if answersPings { sendRaw("{}") }
            } else {
                messages.append(message)
            }
        }
    }

    func streamDidReceiveEnd() { stream.close() }
    func streamDidDrain() {}
    func streamDidClose(_ reason: StreamClosure) {
        isClosed = true
        wake()
    }
}
