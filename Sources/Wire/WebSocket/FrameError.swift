/// Everything that fails a connection because of what the peer sent; each has one close code.
package enum FrameError: Error, Equatable, Sendable {
    /// Bits that no agreed extension explains, or RSV1 on a control or continuation frame.
    case reservedBits(ReservedBits)
    /// One of 0x3–0x7 and 0xB–0xF.
    case unknownOpcode(UInt8)
    /// A client must mask every frame (RFC 6455 §5.1).
    case unmaskedClientFrame
    /// A server must not mask any frame (§5.1).
    case maskedServerFrame
    /// A control frame without FIN (§5.5).
    case fragmentedControl
    /// A control frame that announces more than 125 octets (§5.5).
    case controlTooLong
    /// A length that a shorter form could have told (§5.2).
    case lengthNotMinimal
    /// A 64-bit length with its first bit set (§5.2).
    case lengthOutOfRange
    /// The frame, or the message with it, would exceed the limit, which is told in octets.
    case tooLarge(limit: Int)
    /// The message has more frames than the limit allows.
    case tooManyFragments(limit: Int)
    /// A continuation where no message is under way (§5.4).
    case nothingToContinue
    /// A new text or binary frame while another message is unfinished (§5.4).
    case messageUnfinished
    /// A text message, or a close reason, that is not UTF-8 (§8.1).
    case invalidUTF8
    /// A compressed message that cannot be expanded (RFC 7692 §7.2.2).
    case invalidDeflate
    /// A close payload of one octet (§5.5.1).
    case closePayloadTooShort
    /// A close code that must not travel (§7.4).
    case invalidCloseCode(UInt16)

    /// What the peer is told; the one table from errors to codes.
    package var closeCode: CloseCode {
        switch self {
        case .tooLarge: .messageTooBig
        case .tooManyFragments: .policyViolation
        case .invalidUTF8, .invalidDeflate: .invalidPayload
        case .reservedBits, .unknownOpcode, .unmaskedClientFrame, .maskedServerFrame, .fragmentedControl,
            .controlTooLong, .lengthNotMinimal, .lengthOutOfRange, .nothingToContinue, .messageUnfinished,
            .closePayloadTooShort, .invalidCloseCode:
            .protocolError
        }
    }

    /// A sentence for the close frame's reason; short enough for one, and it holds nothing of ours.
    package var reason: String {
        switch self {
        case .reservedBits: "reserved bits are set"
        case .unknownOpcode: "unknown opcode"
        case .unmaskedClientFrame: "frame is not masked"
        case .maskedServerFrame: "frame is masked"
        case .fragmentedControl: "control frame is fragmented"
        case .controlTooLong: "control frame is too long"
        case .lengthNotMinimal: "length is not in its shortest form"
        case .lengthOutOfRange: "length is out of range"
        case .tooLarge(let limit): "message exceeds \(limit) bytes"
        case .tooManyFragments(let limit): "message exceeds \(limit) fragments"
        case .nothingToContinue: "nothing to continue"
        case .messageUnfinished: "previous message is unfinished"
        case .invalidUTF8: "text is not UTF-8"
        case .invalidDeflate: "compressed message is malformed"
        case .closePayloadTooShort: "close payload is too short"
        case .invalidCloseCode: "invalid close code"
        }
    }
}
