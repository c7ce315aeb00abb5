import HTTPTypes
import TestKit
import Testing
import WebSocket

@testable import WebServer

/// Reproducible noise; the seed is printed, so that a failure can be had again.
private struct Noise: RandomNumberGenerator {
    private var state: UInt64

    init() {
        state = UInt64.random(in: 0...UInt64.max)
        print("seed \(state)")
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// `bytes` with a few of them changed, doubled or left out.
    mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &self) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &self)
            switch Int.random(in: 0..<4, using: &self) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &self)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(contentsOf: bytes[place...].prefix(8), at: place)
            default: bytes.insert(UInt8.random(in: 0...31, using: &self), at: place)
            }
        }
        return bytes
    }
}

@Suite(.ownThread)
struct `Random input` {
    @Test func `gets answers or a closed connection, and harms nobody else`() throws {
        var noise = Noise()
        let site = try TestSite([
            Route(.get, "/things/:id", access: .anyone) { request, _ in .text("\(try request.id("id"))") },
            Route(.post, "/echo", access: .anyone, bodyLimit: 1000) { request, _ in
                _ = try request.fields()
                return WebResponse(body: .bytes(request.body))
            },
        ])
        let requests = [
            "GET /things/7?a=b&c[]=d HTTP/1.1\r\nHost: a\r\nCookie: a=b; c=d\r\n\r\n",
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{\"a\":[1]}",
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                + "Content-Length: 14\r\n\r\na[b]=1&a[c]=%20",
        ]
        for _ in 0..<400 {
            let client = try site.client()
            let bytes = (0..<3).flatMap { _ in Array((requests.randomElement(using: &noise) ?? "").utf8) }
            try? client.send(noise.damaged(bytes))
            client.finishSending()
            let text = try client.textToEnd()
            #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 "))
            #expect(!text.contains("HTTP/1.1 500"))
        }
        #expect(site.waits { $0.openConnections == 0 })
        #expect(try site.client().exchange(requests[0]).text == "7")
    }

    @Test func `closes WebSockets with a code, and harms nobody else`() throws {
        var noise = Noise()
        let site = try TestSite([EchoEndpoint.route])
        for _ in 0..<200 {
            let client = try WebSocketClient(port: site.port, path: "/echo")
            var bytes: [UInt8] = []
            for _ in 0..<4 {
                let count = Int.random(in: 0...300, using: &noise)
                let payload = (0..<count).map { UInt8($0 & 0x7F) }
                bytes += client.frame(Bool.random(using: &noise) ? .text : .binary, payload)
            }
            try? client.client.send(noise.damaged(bytes))
            client.client.finishSending()
            _ = try client.client.readToEnd()
        }
        #expect(site.waits { $0.openWebSockets == 0 })
        let client = try WebSocketClient(port: site.port, path: "/echo")
        try client.send("still there")
        #expect(try client.read().payload == Array("still there".utf8))
    }
}
