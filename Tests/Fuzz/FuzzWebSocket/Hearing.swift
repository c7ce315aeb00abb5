import FuzzKit
import WebSocket

/// What a decoder makes of one way to cut the bytes.
struct Hearing {
    enum Event: Equatable {
        case text([UInt8])
        case binary([UInt8])
        case compressed(Opcode, [UInt8])
        case ping([UInt8])
        case pong([UInt8])
        case close(CloseCode?, reason: String)
    }

    private let terms: Terms
    private(set) var events: [Event] = []
    private(set) var error: FrameError?
    private(set) var isFinished = false

    init(_ bytes: [UInt8], _ pieces: [Range<Int>], _ terms: Terms) {
        self.terms = terms
        var decoder = MessageDecoder(limits: terms.limits, from: terms.peer, allowing: terms.allowed)
        for range in pieces {
            var piece = Array(bytes[range])
            let held = decoder.heldBytes
            piece.withUnsafeMutableBytes { memory in
                // Safety: the memory is the array's own, and the input is used within the closure only.
                var input = unsafe FrameInput(memory)
                take(&input, &decoder)
            }
            // A message under way, a control frame between its frames, and the front of a header.
            let bound = terms.limits.maxMessageBytes + FrameHeader.maxControlPayload + FrameHeader.maxLength
            hold(decoder.heldBytes <= bound, "more is held than a message may have")
            hold(decoder.heldBytes <= held + range.count, "more is held than has come")
            hold(!decoder.isFinished || decoder.heldBytes == 0, "a stream that is over holds something")
        }
        isFinished = decoder.isFinished
        if error != nil { hold(isFinished, "an error does not end the stream") }
        if let error { hold(!error.reason.isEmpty && error.closeCode.mayTravel, "an error has no name") }
    }

    private mutating func take(_ input: inout FrameInput, _ decoder: inout MessageDecoder) {
        do throws(FrameError) {
            while let event = try decoder.next(&input) {
                hold(error == nil, "something is heard after an error")
                if case .close? = events.last { fatalError("something is heard after the close") }
                events.append(Hearing.copy(event, input))
            }
            hold(input.remaining == 0, "an input is not taken whole")
        } catch {
            hold(self.error == nil, "an error is told twice")
            self.error = error
        }
    }

    private static func copy(_ event: MessageDecoder.Event, _ input: FrameInput) -> Event {
        switch event {
        case .text(let payload):
            let bytes = input.copy(payload)
            hold(String(validating: bytes, as: UTF8.self) != nil, "a text is not UTF-8")
            return .text(bytes)
        case .binary(let payload): return .binary(input.copy(payload))
        case .compressed(let kind, let payload): return .compressed(kind, input.copy(payload))
        case .ping(let payload): return .ping(input.copy(payload))
        case .pong(let payload): return .pong(input.copy(payload))
        case .close(let code, let reason):
            hold(code?.mayTravel ?? true, "a code was taken that must not travel")
            return .close(code, reason: reason)
        }
    }

    /// Sends every event as one frame: it is heard as the same.
    func sendAgain() {
        var bytes: [UInt8] = []
        for (number, event) in events.enumerated() {
            let mask =
                terms.peer == .client ? MaskingKey(UInt8(truncatingIfNeeded: number), 0x37, 0, 0xFF) : nil
            switch event {
            case .text(let payload): bytes += FrameEncoder.text(payload.span, mask: mask)
            case .binary(let payload): bytes += FrameEncoder.binary(payload.span, mask: mask)
            case .compressed(let kind, let payload):
                hold(terms.allowed.contains(.rsv1), "RSV1 was taken that nobody agreed to")
                bytes += FrameEncoder.frame(kind, payload.span, reserved: .rsv1, mask: mask)
            case .ping(let payload): bytes += FrameEncoder.ping(payload.span, mask: mask)
            case .pong(let payload): bytes += FrameEncoder.pong(payload.span, mask: mask)
            case .close(let code, let reason):
                bytes += FrameEncoder.close(code, reason: reason, mask: mask)
            }
        }
        let again = Hearing(bytes, [bytes.indices], terms)
        agree(again.events, events, "what was sent again is heard as something else")
        agree(again.error, nil, "what was sent again is refused")
    }
}
