/// Makes whole frames: a server's as they are, a client's masked.
package enum FrameEncoder {
    /// The longest reason that fits a close frame beside its code.
    package static let maxReasonBytes = FrameHeader.maxControlPayload - 2

    /// One frame around `payload`; with `mask` as a client sends it.
    ///
    /// Control frames must be final and hold at most 125 octets: anything else is a programmer's mistake.
    package static func frame(
        _ opcode: Opcode, _ payload: Span<UInt8>, isFinal: Bool = true, reserved: ReservedBits = [],
        mask: MaskingKey? = nil
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        append(opcode, payload, isFinal: isFinal, reserved: reserved, mask: mask, to: &bytes)
        return bytes
    }

    /// Appends one frame around `payload` to `bytes`, as ``frame(_:_:isFinal:reserved:mask:)`` makes it.
    package static func append(
        _ opcode: Opcode, _ payload: Span<UInt8>, isFinal: Bool = true, reserved: ReservedBits = [],
        mask: MaskingKey? = nil, to bytes: inout [UInt8]
    ) {
        let header = FrameHeader(
            opcode, payloadLength: payload.count, isFinal: isFinal, reserved: reserved, mask: mask)
        // Growth stays geometric when frames are appended one after another.
        if bytes.isEmpty { bytes.reserveCapacity(header.encodedLength + payload.count) }
        header.encode(into: &bytes)
        let start = bytes.count
        // Safety: the buffer is read within the closure only.
        unsafe payload.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
        if let mask {
            // Safety: the buffer is the array's own and stays within the closure.
            unsafe bytes.withUnsafeMutableBytes { all in
                unsafe mask.apply(to: UnsafeMutableRawBufferPointer(rebasing: all[start...]))
            }
        }
    }

    /// The header alone, for a payload that follows by itself.
    package static func header(
        _ opcode: Opcode, payloadLength: Int, isFinal: Bool = true, reserved: ReservedBits = [],
        mask: MaskingKey? = nil
    ) -> [UInt8] {
        let header = FrameHeader(
            opcode, payloadLength: payloadLength, isFinal: isFinal, reserved: reserved, mask: mask)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(header.encodedLength)
        header.encode(into: &bytes)
        return bytes
    }

    /// A text message in one frame; the caller answers for `payload` being UTF-8.
    package static func text(_ payload: Span<UInt8>, mask: MaskingKey? = nil) -> [UInt8] {
        frame(.text, payload, mask: mask)
    }

    /// A text message in one frame.
    package static func text(_ text: String, mask: MaskingKey? = nil) -> [UInt8] {
        let payload = Array(text.utf8)
        return frame(.text, payload.span, mask: mask)
    }

    /// A binary message in one frame.
    package static func binary(_ payload: Span<UInt8>, mask: MaskingKey? = nil) -> [UInt8] {
        frame(.binary, payload, mask: mask)
    }

    /// A ping; `payload` has at most 125 octets.
    package static func ping(_ payload: Span<UInt8>, mask: MaskingKey? = nil) -> [UInt8] {
        frame(.ping, payload, mask: mask)
    }

    /// The answer to a ping, with the ping's own payload (RFC 6455 §5.5.3).
    package static func pong(_ payload: Span<UInt8>, mask: MaskingKey? = nil) -> [UInt8] {
        frame(.pong, payload, mask: mask)
    }

    /// A close frame; without a code it is empty.
    ///
    /// A reason longer than ``maxReasonBytes`` is cut between characters. A code that must not travel is a
    /// programmer's mistake.
    package static func close(_ code: CloseCode?, reason: String = "", mask: MaskingKey? = nil) -> [UInt8] {
        var payload: [UInt8] = []
        guard let code else { return frame(.close, payload.span, mask: mask) }
        precondition(code.mayTravel, "close code \(code.rawValue) must not be sent")
        payload = [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xFF)]
        for scalar in reason.unicodeScalars {
            let octets = UTF8.encode(scalar)
            guard let octets, payload.count + octets.count <= FrameHeader.maxControlPayload else { break }
            payload.append(contentsOf: octets)
        }
        return frame(.close, payload.span, mask: mask)
    }
}
