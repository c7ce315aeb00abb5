/// What a frame carries (RFC 6455 §5.2); the other ten values are reserved and refused.
package enum Opcode: UInt8, Sendable {
    /// The message under way goes on.
    case continuation = 0x0
    /// A message of UTF-8, or its first fragment.
    case text = 0x1
    /// A message of any octets, or its first fragment.
    case binary = 0x2
    /// The last frame of its sender.
    case close = 0x8
    /// Asks for a pong.
    case ping = 0x9
    /// Answers a ping, or just says that the sender lives.
    case pong = 0xA

    /// Control frames are short, never fragmented, and may stand between the fragments of a message (§5.5).
    package var isControl: Bool { rawValue & 0x8 != 0 }
}
