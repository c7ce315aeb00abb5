/// Turns what arrives on a connection into messages and control frames (RFC 6455 §5–§8).
///
/// The caller makes a ``FrameInput`` over each read and calls ``next(_:)`` until it returns `nil`; then the
/// whole input has been taken and its memory may be used again. A message that stands whole in one frame and
/// one read is not copied. Anything else is gathered in a buffer that grows with what really arrived (never
/// with what a header announces), holds at most `maxMessageBytes`, and is given up with the message: an idle
/// connection holds nothing.
///
/// A value, to be used by whoever owns the connection. After a close frame or an error it swallows all
/// further input and returns `nil`.
package struct MessageDecoder: Sendable {
    /// What a peer may make us hold.
    package struct Limits: Equatable, Sendable {
        /// Octets of one message, over all its frames; a larger one fails with close code 1009.
        package var maxMessageBytes: Int
        /// Frames of one message; more of them fail with close code 1008.
        package var maxFragments: Int

        /// Both limits are inclusive.
        package init(maxMessageBytes: Int, maxFragments: Int = 1024) {
            self.maxMessageBytes = maxMessageBytes
            self.maxFragments = maxFragments
        }
    }

    /// What the peer said.
    package enum Event: Equatable, Sendable {
        /// A message of valid UTF-8.
        case text(Payload)
        /// A message of any octets.
        case binary(Payload)
        /// A message whose first frame had RSV1, as it was sent: not inflated and not checked to be UTF-8.
        /// It comes only where RSV1 was allowed.
        case compressed(Opcode, Payload)
        /// To be answered by a pong with the same payload, unless a close frame was sent (§5.5.2).
        case ping(Payload)
        /// An answer to a ping, or unasked for; needs no reaction.
        case pong(Payload)
        /// The last event; `nil` when the frame has no code. The reason is the peer's: not to be trusted.
        case close(CloseCode?, reason: String)
    }

    /// What the peer may make us hold.
    package let limits: Limits

    // In an order that leaves no gaps: there is one of these for each of very many connections.

    /// The frame under way, its key turned to where its payload goes on, and what is missing of it.
    private var frame: FrameHeader?
    private let peer: Peer
    private let allowed: ReservedBits
    /// The message under way: its kind, its frames so far, its octets unless they are still in the input.
    private var kind: Opcode?
    private var isCompressed = false
    /// Whether a close frame or an error ended the stream.
    package private(set) var isFinished = false
    /// The front of a header that the last input cut short.
    private var cutCount: UInt8 = 0
    private var cut: InlineArray<14, UInt8> = .init(repeating: 0)
    private var fragments: Int32 = 0
    private var text = UTF8Validator()
    private var missing = 0
    private var message: [UInt8] = []
    private var control: [UInt8] = []

    /// Begins a connection; `peer` is who sends, `allowing` the bits of an agreed extension.
    package init(limits: Limits, from peer: Peer = .client, allowing: ReservedBits = []) {
        self.limits = limits
        self.peer = peer
        self.allowed = allowing
    }

    /// Octets kept from earlier inputs, for budgets; 0 between messages.
    package var heldBytes: Int { message.count + control.count + Int(cutCount) }

    /// Whether nothing is under way: it goes on as one would that has just been made.
    package var isIdle: Bool { frame == nil && kind == nil && cutCount == 0 && !isFinished }

    /// The next event of `input`; `nil` when all of it has been taken.
    ///
    /// Throws once, with the reason to fail the connection (§7.1.7); what was decoded before stands.
    package mutating func next(_ input: inout FrameInput) throws(FrameError) -> Event? {
        do throws(FrameError) {
            while !isFinished {
                guard let header = try currentFrame(&input) else { return nil }
                let event =
                    header.opcode.isControl
                    ? try takeControl(header, &input) : try takeData(header, &input)
                if let event { return event }
                guard frame == nil else { return nil }
            }
        } catch {
            finish()
            throw error
        }
        _ = input.take(input.remaining)
        return nil
    }

    private mutating func finish() {
        isFinished = true
        (message, control, cutCount, missing) = ([], [], 0, 0)
        (frame, kind) = (nil, nil)
    }
}

// MARK: - Headers

extension MessageDecoder {
    /// The frame under way, or the next one, once its header is whole.
    private mutating func currentFrame(_ input: inout FrameInput) throws(FrameError) -> FrameHeader? {
        if let frame { return frame }
        guard let header = try readHeader(&input) else { return nil }
        if !header.opcode.isControl { try beginData(header) }
        frame = header
        missing = header.payloadLength
        return header
    }

    private mutating func readHeader(_ input: inout FrameInput) throws(FrameError) -> FrameHeader? {
        let held = Int(cutCount)
        if held == 0 {
            let decoded = try input.withRemaining { bytes throws(FrameError) in try decodeHeader(bytes) }
            if let decoded {
                _ = input.take(decoded.length)
                return decoded.header
            }
        }
        // Cut short: gather what a header can need at most, and take only what it did need.
        let added = min(cut.count - held, input.remaining)
        input.withRemaining { bytes in
            for index in 0..<added { cut[held + index] = bytes[index] }
        }
        let gathered = held + added
        guard let decoded = try decodeHeader(cut.span.extracting(first: gathered)) else {
            _ = input.take(added)
            cutCount = UInt8(gathered)
            return nil
        }
        _ = input.take(decoded.length - held)
        cutCount = 0
        return decoded.header
    }

    private func decodeHeader(
        _ bytes: Span<UInt8>
    ) throws(FrameError) -> (header: FrameHeader, length: Int)? {
        try FrameHeader.decode(bytes, from: peer, allowing: allowed, maxPayload: limits.maxMessageBytes)
    }

    /// Judges a data frame by its header and what came before (§5.4).
    private mutating func beginData(_ header: FrameHeader) throws(FrameError) {
        if header.opcode == .continuation {
            guard kind != nil else { throw .nothingToContinue }
        } else {
            guard kind == nil else { throw .messageUnfinished }
            kind = header.opcode
            isCompressed = header.reserved.contains(.rsv1)
            fragments = 0
            text = UTF8Validator()
        }
        guard header.payloadLength <= limits.maxMessageBytes - message.count else {
            throw .tooLarge(limit: limits.maxMessageBytes)
        }
        guard Int(fragments) < limits.maxFragments else {
            throw .tooManyFragments(limit: limits.maxFragments)
        }
        fragments += 1
    }
}

// MARK: - Payloads

extension MessageDecoder {
    /// Takes and unmasks what is there of the frame's payload.
    private mutating func takePayload(
        _ header: FrameHeader, _ input: inout FrameInput
    ) -> (range: Range<Int>, isWhole: Bool) {
        let isWhole = missing == header.payloadLength && missing <= input.remaining
        let range = input.take(min(missing, input.remaining))
        if let mask = header.mask {
            input.unmask(range, with: mask)
            frame?.mask = mask.advanced(by: range.count)
        }
        missing -= range.count
        return (range, isWhole)
    }

    private mutating func takeControl(
        _ header: FrameHeader, _ input: inout FrameInput
    ) throws(FrameError) -> Event? {
        let (range, isWhole) = takePayload(header, &input)
        let payload: Payload
        if isWhole {
            payload = .inPlace(range)
        } else {
            input.append(range, to: &control)
            guard missing == 0 else { return nil }
            payload = .assembled(control)
            control = []
        }
        frame = nil
        switch header.opcode {
        case .ping: return .ping(payload)
        case .pong: return .pong(payload)
        default:
            let event = try input.withBytes(of: payload) { bytes throws(FrameError) in try Self.close(bytes) }
            finish()
            return event
        }
    }

    private mutating func takeData(
        _ header: FrameHeader, _ input: inout FrameInput
    ) throws(FrameError) -> Event? {
        let (range, isWhole) = takePayload(header, &input)
        let isLast = header.isFinal && missing == 0
        if kind == .text, !isCompressed {
            let isPossible = input.withBytes(range) { bytes in text.consume(bytes) }
            guard isPossible, !isLast || text.isComplete else { throw .invalidUTF8 }
        }
        if isLast, isWhole, header.opcode != .continuation {
            return endMessage(.inPlace(range))
        }
        input.append(range, to: &message)
        guard missing == 0 else { return nil }
        frame = nil
        guard isLast else { return nil }
        let whole = message
        message = []
        return endMessage(.assembled(whole))
    }

    private mutating func endMessage(_ payload: Payload) -> Event? {
        defer { (frame, kind) = (nil, nil) }
        guard let kind else { return nil }
        if isCompressed { return .compressed(kind, payload) }
        return kind == .text ? .text(payload) : .binary(payload)
    }

    /// Reads a close frame's payload: nothing, or a code and a reason (§5.5.1).
    private static func close(_ bytes: Span<UInt8>) throws(FrameError) -> Event {
        guard bytes.count > 0 else { return .close(nil, reason: "") }
        guard bytes.count >= 2 else { throw .closePayloadTooShort }
        let code = CloseCode(rawValue: UInt16(bytes[0]) << 8 | UInt16(bytes[1]))
        guard code.mayTravel else { throw .invalidCloseCode(code.rawValue) }
        let reason = bytes.extracting(droppingFirst: 2)
        guard UTF8Validator.isValid(reason) else { throw .invalidUTF8 }
        // Safety: the buffer is read within the closure only.
        return .close(
            code, reason: unsafe reason.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
        )
    }
}
