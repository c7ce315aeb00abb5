import HTTPTypes
import Postgres
import Synchronization
import TestKit
import Testing
import WebSocket

@testable import WebServer

/// Says what it hears into a list that tests look at.
private final class Recorder: WebSocketHandler {
    let events: EventList
    private let greeting: (WebSocketConnection) -> Void
    private var connection: WebSocketConnection?

    init(_ events: EventList, greeting: @escaping (WebSocketConnection) -> Void = { _ in }) {
        self.events = events
        self.greeting = greeting
    }

    func webSocketDidOpen(_ connection: WebSocketConnection) {
        self.connection = connection
        events.add("open")
        greeting(connection)
    }

    func webSocketDidReceiveText(_ text: Span<UInt8>) {
        let text = text.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        events.add("text \(text)")
        if text == "close" { connection?.close(.policyViolation, "enough") }
        if text == "abort" { connection?.abort() }
    }

    func webSocketDidReceiveBinary(_ bytes: Span<UInt8>) { events.add("binary \(bytes.count)") }
    func webSocketDidReceivePong() { events.add("pong") }
    func webSocketDidClose(_ code: CloseCode, _ reason: String) {
        events.add("closed \(code.rawValue) \(reason)")
    }
}

private final class EventList: Sendable {
    private let list = Mutex<[String]>([])

    func add(_ event: String) { list.withLock { $0.append(event) } }

    var all: [String] { list.withLock { $0 } }
}

private struct CookieAuthenticator: Authenticator {
    func authenticate(_ request: WebRequest, _ context: WebContext) async throws -> Principal? {
        guard request.cookie("cohort_session") == "s1" else { return nil }
        return Principal(
            institution: TenantID(rawValue: 7), user: 42, person: 1, name: "Ada", login: "ada", roles: [],
            credential: .cookie(session: 1, csrf: "c1"))
    }
}

@Suite(.ownThread)
struct `WebSocket connection` {
    private func recording(
        _ events: EventList, limits: WebSocketLimits = WebSocketLimits(),
        greeting: @escaping @Sendable (WebSocketConnection) -> Void = { _ in }
    ) -> Route {
        .webSocket("/live", access: .maybeSignedIn, limits: limits) { _, _ in
            WebSocketAcceptance(handler: Recorder(events, greeting: greeting))
        }
    }

    // MARK: The handshake

    @Test func `opens as the standard's example has it`() throws {
        let site = try TestSite([EchoEndpoint.route])
        let client = try WebSocketClient(port: site.port, path: "/echo")
        #expect(client.response.status == 101)
        #expect(client.response["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(client.response["upgrade"] == "websocket")
        #expect(client.response["connection"]?.lowercased() == "upgrade")
        #expect(client.response["content-length"] == nil)
        #expect(site.onLoop { $0.openConnections } == 0)
        #expect(site.onLoop { $0.openWebSockets } == 1)
    }

    // MARK: Compressed messages

    private static let offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"

    @Test func `expands what a client has compressed, whole or in frames`() throws {
        let site = try TestSite([EchoEndpoint.route])
        let client = try WebSocketClient(port: site.port, path: "/echo", fields: [Self.offer])
        #expect(
            client.response["sec-websocket-extensions"]
                == "permessage-deflate; server_no_context_takeover; client_no_context_takeover")
        let hello: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
        try client.send(.text, hello, reserved: .rsv1)
        #expect(try client.read() == (.text, Array("Hello".utf8)))
        // RSV1 stands on the first frame alone (RFC 7692 §6.1).
        try client.send(.binary, Array(hello.prefix(3)), isFinal: false, reserved: .rsv1)
        try client.send(.continuation, Array(hello.dropFirst(3)))
        #expect(try client.read() == (.binary, Array("Hello".utf8)))
        try client.send("plain")
        #expect(try client.read() == (.text, Array("plain".utf8)))
    }

    @Test(
        arguments: [
            (Opcode.text, [0xFF, 0xFF], ReservedBits.rsv1, 1007, "compressed message is malformed"),
            // One octet, 0xFF, compressed: no text.
            (.text, [0xFA, 0x0F, 0x00], .rsv1, 1007, "text is not UTF-8"),
            (.ping, [0], .rsv1, 1002, "reserved bits are set"),
            (.continuation, [0], .rsv1, 1002, "reserved bits are set"),
            (.text, [0], .rsv2, 1002, "reserved bits are set"),
        ] as [(Opcode, [UInt8], ReservedBits, UInt16, String)])
    func `closes on what cannot be a compressed message`(
        opcode: Opcode, payload: [UInt8], reserved: ReservedBits, code: UInt16, reason: String
    ) throws {
        let site = try TestSite([EchoEndpoint.route])
        let client = try WebSocketClient(port: site.port, path: "/echo", fields: [Self.offer])
        if opcode == .continuation { try client.send(.text, [0xF2], isFinal: false, reserved: .rsv1) }
        try client.send(opcode, payload, reserved: reserved)
        #expect(try client.readClose() == (code, reason))
    }

    @Test func `leaves a bomb as soon as it is larger than a message may be`() throws {
        let limits = WebSocketLimits(messageBytes: 1 << 16, allowsDeflate: true)
        let events = EventList()
        let site = try TestSite([recording(events, limits: limits)])
        let client = try WebSocketClient(port: site.port, path: "/live", fields: [Self.offer])
        let bomb = MessageDeflater().deflate([UInt8](repeating: 0x20, count: 32 << 20).span, window: 15)
        try client.send(.text, try #require(bomb), reserved: .rsv1)
        #expect(try client.readClose() == (1009, "message exceeds 65536 bytes"))
        #expect(!events.all.contains { $0.hasPrefix("text") })
    }

    @Test func `refuses RSV1 where nothing was agreed, and a list of extensions that is none`() throws {
        let site = try TestSite([recording(EventList())])
        let client = try WebSocketClient(port: site.port, path: "/live", fields: [Self.offer])
        #expect(client.response["sec-websocket-extensions"] == nil)
        try client.send(.text, [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], reserved: .rsv1)
        #expect(try client.readClose() == (1002, "reserved bits are set"))
        let wrong = try WebSocketClient(
            port: site.port, path: "/live", fields: ["Sec-WebSocket-Extensions: permessage-deflate;;"])
        #expect(wrong.response.status == 400)
    }

    @Test(arguments: [
        (["GET /live HTTP/1.1", "Host: a"], 426),
        (["POST /live HTTP/1.1", "Host: a", "Content-Length: 0"], 405),
        (["GET /live HTTP/1.1", "Host: a", "Upgrade: h2c", "Connection: Upgrade"], 426),
        (
            [
                "GET /live HTTP/1.1", "Host: a", "Upgrade: websocket", "Connection: Upgrade",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 8",
            ], 426
        ),
        (
            [
                "GET /live HTTP/1.1", "Host: a", "Upgrade: websocket", "Connection: Upgrade",
                "Sec-WebSocket-Version: 13",
            ], 400
        ),
        (
            [
                "GET /live HTTP/1.1", "Host: a", "Upgrade: websocket", "Connection: Upgrade",
                "Sec-WebSocket-Key: short", "Sec-WebSocket-Version: 13",
            ], 400
        ),
    ])
    func `refuses what is no handshake`(lines: [String], status: Int) throws {
        let site = try TestSite([recording(EventList())])
        let response = try site.client().exchange(lines.joined(separator: "\r\n") + "\r\n\r\n")
        #expect(response.status == status)
        if status == 426 {
            #expect(response["sec-websocket-version"] == "13")
            #expect(response["upgrade"] == "websocket")
        }
    }

    @Test(
        arguments: [
            ([], 101), (["Origin: http://school.example"], 101), (["Origin: http://evil.example"], 403),
            (["Cookie: cohort_session=s1"], 403), (["Cookie: cohort_session=old"], 101),
            (["Cookie: cohort_session=s1", "Origin: http://school.example"], 101),
            (["Cookie: cohort_session=s1", "Origin: http://evil.example"], 403),
        ] as [([String], Int)])
    func `knows where pages come from before it changes the protocol`(fields: [String], status: Int) throws {
        let events = EventList()
        let site = try TestSite([recording(events)], authenticator: CookieAuthenticator())
        let client = try WebSocketClient(port: site.port, path: "/live", fields: fields)
        #expect(client.response.status == status)
        #expect(site.waits { _ in events.all == (status == 101 ? ["open"] : []) })
    }

    @Test func `takes frames that come in the same packet as the handshake`() throws {
        let site = try TestSite([EchoEndpoint.route])
        let early = FrameEncoder.text("early", mask: MaskingKey(1, 2, 3, 4))
        let client = try WebSocketClient(port: site.port, path: "/echo", early: early)
        #expect(try client.read().payload == Array("early".utf8))
    }

    // MARK: Messages

    @Test(arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 1 << 20, 16 << 20])
    func `echoes a message of any size`(size: Int) throws {
        let site = try TestSite([EchoEndpoint.route])
        let client = try WebSocketClient(port: site.port, path: "/echo")
        let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
        try client.send(.binary, payload)
        let (opcode, echoed) = try client.read()
        #expect(opcode == .binary)
        #expect(echoed == payload)
    }

    @Test func `puts fragments together, however many, with control frames between them`() throws {
        let site = try TestSite([EchoEndpoint.route])
        let client = try WebSocketClient(port: site.port, path: "/echo")
        var bytes: [UInt8] = []
        for index in 0..<65_536 {
            bytes += client.frame(index == 0 ? .text : .continuation, [0x61], isFinal: index == 65_535)
            if index == 100 { bytes += client.frame(.ping, [1, 2, 3]) }
        }
        try client.client.send(bytes)
        let pong = try client.read()
        #expect(pong.opcode == .pong)
        #expect(pong.payload == [1, 2, 3])
        let message = try client.read()
        #expect(message.opcode == .text)
        #expect(message.payload == [UInt8](repeating: 0x61, count: 65_536))
    }

    @Test func `understands frames that come byte by byte`() throws {
        let site = try TestSite([EchoEndpoint.route])
        let client = try WebSocketClient(port: site.port, path: "/echo")
        for byte in client.frame(.text, Array("grüße".utf8)) + client.frame(.ping, []) {
            try client.client.send([byte])
        }
        #expect(try client.read().payload == Array("grüße".utf8))
        #expect(try client.read().opcode == .pong)
    }

    // MARK: Breaking the rules

    @Test(
        arguments: [
            ([0x81, 0x05, 1, 2, 3, 4, 5], 1002), ([0xF1, 0x80, 0, 0, 0, 0], 1002),
            ([0x83, 0x80, 0, 0, 0, 0], 1002),
            ([0x80, 0x80, 0, 0, 0, 0], 1002), ([0x09, 0x80, 0, 0, 0, 0], 1002),
            ([0x89, 0xFE, 0, 126, 0, 0, 0, 0], 1002),
            ([0x81, 0x81, 0, 0, 0, 0, 0xFF], 1007), ([0x82, 0xFE, 0, 200, 0, 0, 0, 0], 1009),
            ([0x88, 0x81, 0, 0, 0, 0, 3], 1002), ([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xED], 1002),
        ] as [([UInt8], UInt16)])
    func `closes with the code for what the peer did`(bytes: [UInt8], code: UInt16) throws {
        let events = EventList()
        let site = try TestSite([recording(events, limits: WebSocketLimits(messageBytes: 199, fragments: 4))])
        let client = try WebSocketClient(port: site.port, path: "/live")
        try client.client.send(bytes)
        #expect(try client.readClose().code == code)
        #expect(try client.client.readToEnd().isEmpty)
        #expect(site.waits { _ in events.all == ["open", "closed \(code) "] })
    }

    @Test func `counts fragments`() throws {
        let site = try TestSite([recording(EventList(), limits: WebSocketLimits(fragments: 4))])
        let client = try WebSocketClient(port: site.port, path: "/live")
        try client.send(.text, [0x61], isFinal: false)
        for _ in 0..<4 { try client.send(.continuation, [0x61], isFinal: false) }
        #expect(try client.readClose().code == 1008)
    }

    // MARK: Ends

    @Test func `answers a close frame and tells its handler`() throws {
        let events = EventList()
        let site = try TestSite([recording(events)])
        let client = try WebSocketClient(port: site.port, path: "/live")
        try client.send("hello")
        try client.send(.pong, [])
        try client.send(.binary, [1, 2])
        try client.send(.close, [0x0F, 0xA0] + Array("bye".utf8))
        try client.send("too late")
        let close = try client.readClose()
        #expect(close.code == 4000)
        #expect(try client.client.readToEnd().isEmpty)
        #expect(site.waits { $0.openWebSockets == 0 })
        #expect(events.all == ["open", "text hello", "pong", "binary 2", "closed 4000 bye"])
    }

    @Test func `closes when the handler wants to, and hears no more messages`() throws {
        let events = EventList()
        let site = try TestSite([recording(events)])
        let client = try WebSocketClient(port: site.port, path: "/live")
        try client.send("close")
        try client.send("ignored")
        let close = try client.readClose()
        #expect(close.code == 1008)
        #expect(close.reason == "enough")
        try client.send(.close, [0x03, 0xF0])
        #expect(try client.client.readToEnd().isEmpty)
        #expect(site.waits { $0.openWebSockets == 0 })
        #expect(events.all == ["open", "text close", "closed 1008 "])
    }

    @Test func `does not wait for ever for the peer's close frame`() throws {
        let events = EventList()
        let limits = WebSocketLimits(closeWait: .milliseconds(100))
        let site = try TestSite([recording(events, limits: limits)])
        let client = try WebSocketClient(port: site.port, path: "/live")
        try client.send("close")
        #expect(try client.readClose().code == 1008)
        #expect(site.waits { $0.openWebSockets == 0 })
        #expect(events.all.last == "closed 1006 ")
    }

    @Test(arguments: ["abort", "half", "reset", "vanish"])
    func `tells its handler of every end once`(how: String) throws {
        let events = EventList()
        let site = try TestSite([recording(events)])
        let client = try WebSocketClient(port: site.port, path: "/live")
        #expect(site.waits { _ in events.all == ["open"] })
        switch how {
        case "abort": try client.send("abort")
        case "half": client.client.finishSending()
        case "reset": client.client.reset()
        default: client.client.close()
        }
        #expect(site.waits { $0.openWebSockets == 0 })
        #expect(events.all.filter { $0.hasPrefix("closed") } == ["closed 1006 "])
    }

    @Test func `may be closed by the handler as soon as it opens`() throws {
        let events = EventList()
        let site = try TestSite([
            recording(events, greeting: { $0.close(CloseCode(rawValue: 4001), "not you") })
        ])
        let client = try WebSocketClient(port: site.port, path: "/live")
        #expect(try client.readClose().code == 4001)
    }

    @Test func `ends with the server`() throws {
        let site = try TestSite([EchoEndpoint.route])
        let client = try WebSocketClient(port: site.port, path: "/echo")
        let drained = Flag()
        site.onLoop { server in
            server.drain { drained.raise() }
            server.closeWebSockets(.goingAway, "restart")
        }
        let close = try client.readClose()
        #expect(close.code == 1001)
        #expect(close.reason == "restart")
        try client.send(.close, [0x03, 0xE9])
        #expect(try client.client.readToEnd().isEmpty)
        #expect(site.waits { _ in drained.isRaised })
    }

    @Test func `stops listening to a client that does not read its echoes`() throws {
        let site = try TestSite([EchoEndpoint.route])
        let client = try WebSocketClient(port: site.port, path: "/echo")
        let message = [UInt8](repeating: 1, count: 1 << 20)
        let frames = (0..<24).map { _ in client.frame(.binary, message) }
        // More than the kernel's buffers hold: a second thread would be needed to send all of it without reading.
        var sent = 0
        for frame in frames {
            try client.client.send(frame)
            sent += 1
            guard sent > 2 else { continue }
            #expect(try client.read().payload.count == message.count)
        }
        for _ in 0..<2 { #expect(try client.read().payload.count == message.count) }
    }
}
