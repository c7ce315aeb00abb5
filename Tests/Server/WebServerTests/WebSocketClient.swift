import TestKit
import WebSocket

/// A WebSocket client over the plain test client: says frames as they are wanted, reads what comes.
final class WebSocketClient {
    let client: TestClient
    private(set) var response: RawHTTPResponse
    private var mask: UInt8 = 0

    /// Connects, and asks for the change of protocol; `response` tells what became of it.
    init(port: UInt16, path: String, fields: [String] = [], early: [UInt8] = []) throws {
        client = try TestClient(port: port)
        let lines =
            [
                "GET \(path) HTTP/1.1", "Host: school.example", "Upgrade: websocket", "Connection: Upgrade",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
            ] + fields
        try client.send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + early)
        response = try client.readResponse()
    }

    /// Sends one frame, masked as a client must.
    func send(
        _ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true, reserved: ReservedBits = []
    ) throws {
        try client.send(frame(opcode, payload, isFinal: isFinal, reserved: reserved))
    }

    func send(_ text: String) throws { try send(.text, Array(text.utf8)) }

    func frame(
        _ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true, reserved: ReservedBits = []
    ) -> [UInt8] {
        mask &+= 1
        return FrameEncoder.frame(
            opcode, payload.span, isFinal: isFinal, reserved: reserved,
            mask: MaskingKey(mask, mask &+ 1, mask &+ 2, mask &+ 3))
    }

    /// Reads one frame.
    func read() throws -> (opcode: Opcode, payload: [UInt8]) {
        var bytes = try client.read(2)
        while true {
            if let (header, length) = try FrameHeader.decode(bytes.span, from: .server, maxPayload: 1 << 30) {
                precondition(length == bytes.count)
                return (header.opcode, try client.read(header.payloadLength))
            }
            bytes += try client.read(1)
        }
    }

    /// Reads a close frame: its code and its reason.
    func readClose() throws -> (code: UInt16, reason: String) {
        let (opcode, payload) = try read()
        guard opcode == .close, payload.count >= 2 else { return (0, "") }
        return (UInt16(payload[0]) << 8 | UInt16(payload[1]), String(decoding: payload[2...], as: UTF8.self))
    }
}
