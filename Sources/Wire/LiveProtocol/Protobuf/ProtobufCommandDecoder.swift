import LiveProtobuf
import SwiftProtobuf

/// Takes the commands out of one frame of the binary form of the client protocol.
///
/// A frame holds one or more Protobuf messages, each behind its length as a varint. Unknown fields are ignored.
struct ProtobufCommandDecoder: Sendable {
    private let frame: [UInt8]
    private var position = 0

    /// Makes a decoder for the payload of one binary message.
    init(frame: [UInt8]) { self.frame = frame }

    /// Takes the next command; `nil` when the frame is used up.
    ///
    /// A frame without any command is malformed.
    mutating func next() throws(CommandError) -> Command? {
        guard position < frame.count else {
            if frame.isEmpty { throw .undecodable }
            return nil
        }
        guard let length = length(), length <= frame.count - position else { throw .undecodable }
        let bytes = Array(frame[position..<position + length])
        position += length
        guard let message = try? ProtoCommand(serializedBytes: bytes) else { throw .undecodable }
        return try CommandEnvelope(message).command()
    }

    /// Reads a varint of at most five octets; `nil` when there is none.
    private mutating func length() -> Int? {
        var value = 0
        for shift in stride(from: 0, to: 35, by: 7) {
            guard position < frame.count else { return nil }
            let octet = Int(frame[position])
            position += 1
            value |= (octet & 0x7F) << shift
            if octet < 0x80 { return value }
        }
        return nil
    }
}
