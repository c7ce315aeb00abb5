/// The 2 to 14 octets before a frame's payload (RFC 6455 §5.2).
package struct FrameHeader: Equatable, Sendable {
    /// The longest header: two octets, a 64-bit length, a key.
    package static let maxLength = 14
    /// The longest payload of a control frame (§5.5).
    package static let maxControlPayload = 125

    /// Octets of payload after the header.
    package var payloadLength: Int
    /// What the payload is combined with; `nil` in the frames of a server.
    package var mask: MaskingKey?
    /// FIN: whether the message ends with this frame.
    package var isFinal: Bool
    /// RSV1–RSV3.
    package var reserved: ReservedBits
    /// What the payload is.
    package var opcode: Opcode

    /// Describes a frame of `payloadLength` octets; nothing is checked before ``encode(into:)``.
    package init(
        _ opcode: Opcode, payloadLength: Int, isFinal: Bool = true, reserved: ReservedBits = [],
        mask: MaskingKey? = nil
    ) {
        self.payloadLength = payloadLength
        self.mask = mask
        self.isFinal = isFinal
        self.reserved = reserved
        self.opcode = opcode
    }

    /// How many octets ``encode(into:)`` writes.
    package var encodedLength: Int {
        let lengthOctets = payloadLength < 126 ? 0 : payloadLength <= 0xFFFF ? 2 : 8
        return 2 + lengthOctets + (mask == nil ? 0 : 4)
    }

    /// Appends the header to `bytes`, the length in its shortest form.
    package func encode(into bytes: inout [UInt8]) {
        precondition(payloadLength >= 0)
        precondition(!opcode.isControl || (isFinal && payloadLength <= Self.maxControlPayload))
        bytes.append((isFinal ? 0x80 : 0) | reserved.rawValue | opcode.rawValue)
        let maskBit: UInt8 = mask == nil ? 0 : 0x80
        switch payloadLength {
        case ..<126:
            bytes.append(maskBit | UInt8(payloadLength))
        case ...0xFFFF:
            bytes.append(maskBit | 126)
            bytes.append(UInt8(payloadLength >> 8))
            bytes.append(UInt8(payloadLength & 0xFF))
        default:
            bytes.append(maskBit | 127)
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: payloadLength >> shift))
            }
        }
        if let mask {
            for index in 0..<4 { bytes.append(mask[index]) }
        }
    }
}

extension FrameHeader {
    /// Reads one header from the front of `bytes` (§5.2).
    ///
    /// Returns `nil` while it is incomplete; the caller retries with more. What is wrong already in the
    /// octets that are there is told at once. `peer` is who sent them, `allowing` the reserved bits that an
    /// extension explains.
    package static func decode(
        _ bytes: Span<UInt8>, from peer: Peer = .client, allowing: ReservedBits = [], maxPayload: Int
    ) throws(FrameError) -> (header: FrameHeader, length: Int)? {
        guard bytes.count >= 1 else { return nil }
        let (opcode, reserved, isFinal) = try decodeFirst(bytes[0], allowing: allowing)
        guard bytes.count >= 2 else { return nil }
        let isMasked = bytes[1] & 0x80 != 0
        switch peer {
        case .client: guard isMasked else { throw .unmaskedClientFrame }
        case .server: guard !isMasked else { throw .maskedServerFrame }
        }
        let short = Int(bytes[1] & 0x7F)
        guard !opcode.isControl || short <= maxControlPayload else { throw .controlTooLong }
        guard let payload = try decodeLength(bytes, short: short) else { return nil }
        guard payload.length <= maxPayload || opcode.isControl else { throw .tooLarge(limit: maxPayload) }
        var end = payload.end
        var mask: MaskingKey?
        if isMasked {
            guard bytes.count >= end + 4 else { return nil }
            mask = MaskingKey(bytes[end], bytes[end + 1], bytes[end + 2], bytes[end + 3])
            end += 4
        }
        let header = FrameHeader(
            opcode, payloadLength: payload.length, isFinal: isFinal, reserved: reserved, mask: mask)
        return (header, end)
    }

    private static func decodeFirst(
        _ octet: UInt8, allowing: ReservedBits
    ) throws(FrameError) -> (opcode: Opcode, reserved: ReservedBits, isFinal: Bool) {
        let reserved = ReservedBits(rawValue: octet)
        guard reserved.isSubset(of: allowing) else { throw .reservedBits(reserved) }
        guard let opcode = Opcode(rawValue: octet & 0x0F) else { throw .unknownOpcode(octet & 0x0F) }
        // RFC 7692 §6.1: only the first frame of a data message may carry RSV1; others have no meaning at
        // all.
        guard reserved.isEmpty || opcode == .text || opcode == .binary else { throw .reservedBits(reserved) }
        let isFinal = octet & 0x80 != 0
        guard isFinal || !opcode.isControl else { throw .fragmentedControl }
        return (opcode, reserved, isFinal)
    }

    private static func decodeLength(
        _ bytes: Span<UInt8>, short: Int
    ) throws(FrameError) -> (length: Int, end: Int)? {
        switch short {
        case 126:
            guard bytes.count >= 4 else { return nil }
            let length = Int(bytes[2]) << 8 | Int(bytes[3])
            guard length >= 126 else { throw .lengthNotMinimal }
            return (length, 4)
        case 127:
            guard bytes.count >= 3 else { return nil }
            guard bytes[2] & 0x80 == 0 else { throw .lengthOutOfRange }
            guard bytes.count >= 10 else { return nil }
            var length = 0
            for index in 2..<10 { length = length << 8 | Int(bytes[index]) }
            guard length > 0xFFFF else { throw .lengthNotMinimal }
            return (length, 10)
        default:
            return (short, 2)
        }
    }
}
