import JSON
import LiveProtocol
import Testing

struct `Frame joiner` {
    @Test func `separates messages by line feeds`() {
        var joiner = FrameJoiner(capacity: 100)
        #expect(joiner.isEmpty)
        joiner.append(Reply(id: 1, .ping))
        joiner.append(Push(.message(.null)))
        joiner.append(encoded: JSONMessageEncoder.ping)
        let expected = Array("{\"id\":1,\"ping\":{}}\n{\"push\":{\"message\":{\"data\":null}}}\n{}".utf8)
        #expect(joiner.count == expected.count)
        #expect(joiner.takeFrame() == expected)
        #expect(joiner.isEmpty)
        #expect(joiner.takeFrame().isEmpty)
    }
}
