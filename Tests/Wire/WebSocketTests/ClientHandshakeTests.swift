import TestKit
import Testing
import WebSocket

struct `Client handshake` {
    private func respond(
        _ fields: [(name: String, value: String)], status: String = "101 Switching Protocols"
    ) -> [UInt8] {
        let lines = ["HTTP/1.1 \(status)"] + fields.map { "\($0.name): \($0.value)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    private func answer(_ client: ClientHandshake) throws -> HandshakeAcceptance {
        try Handshake(protocols: ["chat.v1"], origins: .any).answer(
            HandshakeRequest(
                method: "GET", upgrade: ["websocket"], connection: ["Upgrade"], key: [client.key],
                version: ["13"],
                protocols: [client.protocols.joined(separator: ", ")]))
    }

    @Test(arguments: [["chat.v1"], ["chat.v2", "chat.v1"], []])
    func `agrees with the server, wherever the answer is cut`(protocols: [String]) throws {
        let client = ClientHandshake(protocols: protocols)
        let octets = respond(try answer(client).fields)
        for count in 0..<octets.count { #expect(try client.verify(Array(octets[..<count])) == nil) }
        let verified = try #require(try client.verify(octets + [0x81, 0x00]))
        #expect(verified.length == octets.count)
        #expect(verified.subprotocol == (protocols.isEmpty ? nil : "chat.v1"))
    }

    @Test func `writes a whole request`() {
        var generator = SeededGenerator(seed: 1)
        let client = ClientHandshake(protocols: ["a", "b"], using: &generator)
        let request = String(
            decoding: client.request(target: "/live?x=1", host: "h:1", fields: [("Cookie", "c=d")]),
            as: UTF8.self)
        #expect(request.hasPrefix("GET /live?x=1 HTTP/1.1\r\nHost: h:1\r\n"))
        #expect(request.contains("\r\nSec-WebSocket-Key: \(client.key)\r\n"))
        #expect(request.contains("\r\nSec-WebSocket-Protocol: a, b\r\n"))
        #expect(request.hasSuffix("\r\nCookie: c=d\r\n\r\n"))
        #expect(client.key.count == 24)
        #expect(client.key != ClientHandshake(using: &generator).key)
    }

    @Test func `refuses answers that are none`() throws {
        let client = ClientHandshake(protocols: ["chat.v1"])
        let fields = try answer(client).fields
        #expect(throws: ClientHandshakeError.status(403)) {
            try client.verify(respond([], status: "403 Forbidden"))
        }
        #expect(throws: ClientHandshakeError.malformed) { try client.verify(Array("SSH-2.0\r\n\r\n".utf8)) }
        #expect(throws: ClientHandshakeError.malformed) {
            try client.verify([UInt8](repeating: 0x41, count: 20_000))
        }
        #expect(throws: ClientHandshakeError.notUpgraded) {
            try client.verify(respond(Array(fields.dropFirst())))
        }
        let other = ClientHandshake(protocols: ["chat.v1"])
        #expect(throws: ClientHandshakeError.wrongAccept) { try other.verify(respond(fields)) }
        let unasked = ClientHandshake()
        let forced = try answer(unasked).fields + [("Sec-WebSocket-Protocol", "chat.v1")]
        #expect(throws: ClientHandshakeError.unknownProtocol) { try unasked.verify(respond(forced)) }
    }
}
