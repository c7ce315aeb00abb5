import Testing

@testable import WebSocket

struct `Deflate agreement` {
    private static let plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

    @Test(
        arguments: [
            ("permessage-deflate", 15, plain),
            ("permessage-deflate; client_max_window_bits", 15, plain),
            ("permessage-deflate; client_max_window_bits=8", 15, plain),
            ("permessage-deflate; client_max_window_bits=15", 15, plain),
            ("permessage-deflate;server_no_context_takeover;client_no_context_takeover", 15, plain),
            ("Permessage-Deflate ; Server_Max_Window_Bits = 10", 10, "\(plain); server_max_window_bits=10"),
            ("permessage-deflate; server_max_window_bits=\"9\"", 9, "\(plain); server_max_window_bits=9"),
            (
                "permessage-deflate; server_max_window_bits=\"1\\2\"", 12,
                "\(plain); server_max_window_bits=12"
            ),
            // The first that can be agreed to.
            ("permessage-bzip2, permessage-deflate; server_max_window_bits=8, permessage-deflate", 15, plain),
            (
                ", ,permessage-deflate; unknown, permessage-deflate; server_max_window_bits=11,", 11,
                "\(plain); server_max_window_bits=11"
            ),
        ])
    func `takes the first offer that it can keep`(header: String, window: Int, answer: String) throws {
        let agreement = try #require(try DeflateAgreement.choose([header]))
        #expect(agreement.serverWindow == window)
        #expect(agreement.field == answer)
    }

    @Test(arguments: [
        "", "x-webkit-deflate-frame", "permessage-deflate; server_max_window_bits=8",
        "permessage-deflate; server_max_window_bits", "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; server_max_window_bits=09", "permessage-deflate; server_max_window_bits=+9",
        "permessage-deflate; client_max_window_bits=7", "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
        "permessage-deflate; unknown=1",
    ])
    func `goes on without compression where it cannot`(header: String) throws {
        #expect(try DeflateAgreement.choose([header]) == nil)
    }

    @Test(arguments: [
        "permessage-deflate; =1", "permessage-deflate;", "; x", "permessage-deflate x", "a=1", "a; b=\"",
        "a; b=\"\"", "a; b=\"x y\"", "a; b=\"\\", "\u{7F}", "a; b=,", "é",
    ])
    func `refuses what is no list of extensions`(header: String) {
        #expect(throws: HandshakeRefusal.malformedExtensions) { try DeflateAgreement.choose([header]) }
        #expect(HandshakeRefusal.malformedExtensions.status == 400)
    }

    @Test func `looks at several lines, and at sixteen offers`() throws {
        let lines = ["permessage-bzip2", "permessage-deflate"]
        #expect(try DeflateAgreement.choose(lines) != nil)
        let many = Array(repeating: "x", count: 16).joined(separator: ",")
        #expect(try DeflateAgreement.choose([many, "permessage-deflate"]) == nil)
    }

    @Test func `is made in a handshake where the endpoint allows it, and nowhere else`() throws {
        let request = HandshakeRequest(
            method: "GET", upgrade: ["websocket"], connection: ["Upgrade"], key: ["dGhlIHNhbXBsZSBub25jZQ=="],
            version: ["13"], extensions: ["permessage-deflate"])
        let with = try Handshake(allowsDeflate: true, origins: .any).answer(request)
        #expect(with.deflate?.serverWindow == 15)
        #expect(with.fields.contains { $0 == ("Sec-WebSocket-Extensions", Self.plain) })
        let without = try Handshake(origins: .any).answer(request)
        #expect(without.deflate == nil)
        #expect(!without.fields.contains { $0.name == "Sec-WebSocket-Extensions" })
    }
}
