import JSON
import TestKit
import WebSocket

/// One session of the live protocol over a real socket, for tests.
// Safety: one test uses it, one call after the other; every call waits for the one before.
final class LiveClient: @unchecked Sendable {
    private let client: TestClient
    private var mask: UInt8 = 0
    private var lastID = 0
    /// Lines that came while something else was waited for.
    private var waiting: [JSONValue] = []

    /// Connects with a live token.
    init(port: UInt16, token: String) throws {
        client = try TestClient(port: port)
        let handshake = ClientHandshake()
        try client.send(
            """
            GET /connection/websocket HTTP/1.1\r
            Host: 127.0.0.1:\(port)\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Key: \(handshake.key)\r
            Sec-WebSocket-Version: 13\r
            \r\n
            """)
        let response = try client.readResponse()
        guard response.status == 101 else { throw TestClient.Failure.malformed("status \(response.status)") }
        _ = try exchange("connect", ["token": .string(token)])
    }

    /// Sends a command and returns its whole reply.
    func command(_ name: String, _ data: JSONValue) async throws -> JSONValue {
        try await offPool { try self.exchange(name, data) }
    }

    private func exchange(_ name: String, _ data: JSONValue) throws -> JSONValue {
        lastID += 1
        let id = lastID
        var command = JSONObject()
        command.set("id", .int(id))
        command.set(name, data)
        mask &+= 1
        let text = RawJSON(JSONValue.object(command)).text
        try client.send(FrameEncoder.text(text, mask: MaskingKey(mask, 1, 2, 3)))
        return try next { $0["id"]?.int == id }
    }

    /// Calls a method and returns its result's data.
    func call(_ method: String, _ data: JSONValue) async throws -> JSONValue {
        let reply = try await command("rpc", ["method": .string(method), "data": data])
        guard let result = reply["rpc"]?["data"] else {
            throw TestClient.Failure.malformed(RawJSON(reply).text)
        }
        return result
    }

    /// Waits for the next event of a type in a channel.
    func event(_ type: String, in channel: String) async throws -> JSONValue {
        let push = try await offPool {
            try self.next { line in
                line["push"]?["channel"]?.string == channel
                    && line["push"]?["pub"]?["data"]?["type"]?.string == type
            }
        }
        return push["push"]?["pub"]?["data"] ?? .null
    }

    /// Reads on until the server ends the session.
    func end() async throws {
        try await offPool {
            do {
                _ = try self.next { _ in false }
            } catch TestClient.Failure.ended {}
        }
    }

    private func next(where fits: (JSONValue) -> Bool) throws -> JSONValue {
        while true {
            if let place = waiting.firstIndex(where: fits) { return waiting.remove(at: place) }
            let payload = try frame()
            for line in payload.split(separator: UInt8(ascii: "\n")) {
                waiting.append(try JSONReader.read(Array(line)))
            }
        }
    }

    private func frame() throws -> [UInt8] {
        var bytes = try client.read(2)
        while true {
            if let (header, _) = try FrameHeader.decode(bytes.span, from: .server, maxPayload: 1 << 24) {
                let payload = try client.read(header.payloadLength)
                guard header.opcode == .text else { throw TestClient.Failure.ended }
                return payload
            }
            bytes += try client.read(1)
        }
    }
}
