import LiveProtocol
import Testing

struct `Protocol codes` {
    @Test(
        arguments: [
            (0, true), (3000, true), (3001, true), (3499, true), (3500, false), (3999, false), (4000, true),
            (4499, true),
            (4500, false), (4999, false), (5000, true),
        ] as [(UInt16, Bool)])
    func `tell by range whether to connect again`(code: UInt16, expected: Bool) {
        #expect(DisconnectCode(rawValue: code).shouldReconnect == expected)
    }

    @Test func `are each listed once`() {
        #expect(Set(DisconnectCode.known.map(\.code)).count == DisconnectCode.known.count)
        #expect(Set(ProtocolErrorCode.known.map(\.code)).count == ProtocolErrorCode.known.count)
        #expect(ProtocolErrorCode.known.map(\.code.rawValue) == Array(100...113))
        #expect(
            DisconnectCode.known.allSatisfy {
                !$0.reason.isEmpty && $0.reason.utf8.count <= Disconnect.longestReason
            })
    }

    @Test func `give errors their message and nature`() {
        #expect(
            ProtocolError(.tooManyRequests)
                == ProtocolError(.tooManyRequests, message: "too many requests", isTemporary: true))
        #expect(!ProtocolError(.permissionDenied).isTemporary)
        #expect(ProtocolError(ProtocolErrorCode(rawValue: 400)).message == "error 400")
    }

    @Test func `never put more into a close frame than fits`() {
        #expect(Disconnect(.shutdown, reason: String(repeating: "é", count: 62)).reason == "shutdown")
        #expect(Disconnect(.slow).reason == "slow")
        #expect(
            Disconnect.shutdown(retryAfterMilliseconds: 1500).reason
                == #"{"reason":"shutdown","retry_after_ms":1500}"#)
    }

    @Test func `tell whether to subscribe again`() {
        #expect(!UnsubscribeCode.server.shouldResubscribe)
        #expect(UnsubscribeCode.insufficientState.shouldResubscribe)
        #expect(UnsubscribeCode.expired.shouldResubscribe)
    }
}
