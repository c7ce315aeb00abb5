import WebSocket

// Spans cannot go through the macros of the test library; these take arrays.

extension FrameEncoder {
    static func frame(
        _ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true, mask: MaskingKey? = nil
    ) -> [UInt8] {
        frame(opcode, payload.span, isFinal: isFinal, mask: mask)
    }

    static func binary(_ payload: [UInt8], mask: MaskingKey? = nil) -> [UInt8] {
        binary(payload.span, mask: mask)
    }
    static func ping(_ payload: [UInt8]) -> [UInt8] { ping(payload.span) }
    static func pong(_ payload: [UInt8]) -> [UInt8] { pong(payload.span) }
}

extension UTF8Validator {
    static func isValid(_ octets: [UInt8]) -> Bool { isValid(octets.span) }

    mutating func consume(_ octets: [UInt8]) -> Bool { consume(octets.span) }
}

extension FrameHeader {
    static func decode(
        _ octets: [UInt8], from peer: Peer = .client, allowing: ReservedBits = [], maxPayload: Int
    ) throws(FrameError) -> (header: FrameHeader, length: Int)? {
        try decode(octets.span, from: peer, allowing: allowing, maxPayload: maxPayload)
    }
}
