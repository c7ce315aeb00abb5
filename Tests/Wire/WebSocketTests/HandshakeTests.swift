import Testing
import WebSocket

struct `Opening handshake` {
    private static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    private let endpoint = Handshake(
        protocols: ["chat.v2", "chat.v1"], origins: .sameHost(orAnyOf: ["https://lms.example"]))

    private static func make(
        method: String = "GET", isAtLeastHTTP11: Bool = true, upgrade: [String] = ["websocket"],
        connection: [String] = ["Upgrade"], key: [String] = [key], version: [String] = ["13"],
        protocols: [String] = [], origin: [String] = [], host: String? = "live.example:8080"
    ) -> HandshakeRequest {
        HandshakeRequest(
            method: method, isAtLeastHTTP11: isAtLeastHTTP11, host: host, upgrade: upgrade,
            connection: connection,
            key: key, version: version, protocols: protocols, origin: origin)
    }

    @Test func `answers the standard's example`() throws {
        let answer = try endpoint.answer(Self.make())
        #expect(answer.accept == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(answer.subprotocol == nil)
        #expect(answer.fields.map(\.name) == ["Upgrade", "Connection", "Sec-WebSocket-Accept"])
    }

    @Test(arguments: [
        make(upgrade: ["WebSocket"], connection: ["UPGRADE"]),
        make(upgrade: ["h2c, websocket"], connection: ["keep-alive, Upgrade"]),
        make(upgrade: ["h2c", " websocket\t"], connection: ["keep-alive", "upgrade,"]),
        make(key: [" \(key) "], version: [" 13"]),
        make(protocols: [""]),
        make(protocols: [" , "]),
    ])
    func `reads tokens in any case, in lists, over several lines`(request: HandshakeRequest) throws {
        #expect(try endpoint.answer(request).accept == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    struct Refused: Sendable {
        let request: HandshakeRequest
        let refusal: HandshakeRefusal
        let status: Int

        init(_ request: HandshakeRequest, _ refusal: HandshakeRefusal, _ status: Int) {
            self.request = request
            self.refusal = refusal
            self.status = status
        }
    }

    @Test(arguments: [
        Refused(make(method: "POST"), .method, 405),
        Refused(make(method: "get"), .method, 405),
        Refused(make(isAtLeastHTTP11: false), .noUpgrade, 426),
        Refused(make(upgrade: []), .noUpgrade, 426),
        Refused(make(upgrade: ["h2c"]), .noUpgrade, 426),
        Refused(make(upgrade: ["websocket2"]), .noUpgrade, 426),
        Refused(make(connection: []), .noUpgrade, 426),
        Refused(make(connection: ["close"]), .noUpgrade, 426),
        Refused(make(version: []), .malformedVersion, 400),
        Refused(make(version: ["13", "13"]), .malformedVersion, 400),
        Refused(make(version: ["12"]), .unsupportedVersion, 426),
        Refused(make(version: ["14"]), .unsupportedVersion, 426),
        Refused(make(version: ["013"]), .unsupportedVersion, 426),
        Refused(make(version: ["13, 8"]), .unsupportedVersion, 426),
        Refused(make(version: [""]), .unsupportedVersion, 426),
        Refused(make(key: []), .malformedKey, 400),
        Refused(make(key: [key, key]), .malformedKey, 400),
        Refused(make(key: [""]), .malformedKey, 400),
        Refused(make(key: ["dGhlIHNhbXBsZSBub25j"]), .malformedKey, 400),
        Refused(make(key: ["dGhlIHNhbXBsZSBub25jZWU="]), .malformedKey, 400),
        Refused(make(key: ["dGhlIHNhbXBsZSBub25jZQ"]), .malformedKey, 400),
        Refused(make(key: ["dGhlIHNhbXBsZSBub25j-Q=="]), .malformedKey, 400),
        Refused(make(key: ["dGhlIHNhbXBsZSBub25jZQ==dGhlIHNhbXBsZSBub25jZQ=="]), .malformedKey, 400),
        Refused(make(protocols: ["chat.v1, two words"]), .malformedProtocols, 400),
        Refused(make(protocols: ["chat@v1"]), .malformedProtocols, 400),
        Refused(make(origin: ["https://evil.example"]), .foreignOrigin, 403),
        Refused(make(origin: ["http://live.example:8080", "http://live.example:8080"]), .foreignOrigin, 403),
    ])
    func `refuses what is not one, with the status that says why`(row: Refused) {
        #expect(throws: row.refusal) { try endpoint.answer(row.request) }
        #expect(row.refusal.status == row.status)
        #expect(!row.refusal.message.isEmpty)
        let fields = row.refusal.fields
        if row.status == 426 {
            #expect(fields.contains { $0.name == "Sec-WebSocket-Version" && $0.value == "13" })
            #expect(fields.contains { $0.name == "Upgrade" && $0.value == "websocket" })
        }
        if row.status == 405 { #expect(fields.contains { $0.name == "Allow" && $0.value == "GET" }) }
    }

    @Test(arguments: [
        (["chat.v1"], "chat.v1"), (["chat.v1, chat.v2"], "chat.v1"), (["other", "chat.v2"], "chat.v2"),
        (["Chat.V1"], nil), (["other"], nil), ([""], nil), ([], nil),
    ])
    func `takes the subprotocol that the client prefers`(offered: [String], chosen: String?) throws {
        let answer = try endpoint.answer(Self.make(protocols: offered))
        #expect(answer.subprotocol == chosen)
        #expect(answer.fields.first { $0.name == "Sec-WebSocket-Protocol" }?.value == chosen)
    }

    @Test(arguments: [
        ("http://live.example:8080", "live.example:8080", true),
        ("HTTPS://LIVE.example:8080", "live.example:8080", true),
        ("http://live.example", "live.example:80", true), ("https://live.example:443", "live.example", true),
        ("https://live.example", "live.example:443", true), ("https://lms.example", "live.example", true),
        ("http://[::1]:8080", "[::1]:8080", true),
        ("http://live.example:8081", "live.example:8080", false),
        ("http://live.example", "live.example:443", false),
        ("http://lms.example", "live.example", false), ("https://lms.example.evil", "live.example", false),
        ("null", "live.example", false), ("", "live.example", false), ("live.example", "live.example", false),
        ("file://live.example", "live.example", false), ("https://", "", false),
        ("https://live.example", nil, false),
    ])
    func `lets pages of its own host and of the named origins in`(
        origin: String, host: String?, isLetIn: Bool
    ) {
        #expect(endpoint.origins.allows(origin, host: host) == isLetIn)
        #expect(OriginRule.any.allows(origin, host: host))
    }
}
