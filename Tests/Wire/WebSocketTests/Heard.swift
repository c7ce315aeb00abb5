import TestKit
import WebSocket

/// An event with its octets copied out of the input, so that it can be compared and kept.
enum Heard: Equatable, Sendable {
    case text([UInt8])
    case binary([UInt8])
    case compressed(Opcode, [UInt8])
    case ping([UInt8])
    case pong([UInt8])
    case close(UInt16?, String)
    case failed(FrameError)

    static func text(_ string: String) -> Heard { .text(Array(string.utf8)) }

    init(_ event: MessageDecoder.Event, in input: FrameInput) {
        switch event {
        case .text(let payload): self = .text(input.copy(payload))
        case .binary(let payload): self = .binary(input.copy(payload))
        case .compressed(let opcode, let payload): self = .compressed(opcode, input.copy(payload))
        case .ping(let payload): self = .ping(input.copy(payload))
        case .pong(let payload): self = .pong(input.copy(payload))
        case .close(let code, let reason): self = .close(code?.rawValue, reason)
        }
    }
}

extension MessageDecoder {
    /// Feeds one read and returns all that came of it; the memory is spoilt afterwards, as a scratch buffer's
    /// is.
    mutating func hear(_ read: some Collection<UInt8>) -> [Heard] {
        var heard: [Heard] = []
        var scratch = Array(read)
        scratch.withUnsafeMutableBytes { bytes in
            var input = FrameInput(bytes)
            do throws(FrameError) {
                while let event = try next(&input) { heard.append(Heard(event, in: input)) }
            } catch {
                heard.append(.failed(error))
            }
            if !isFinished { precondition(input.remaining == 0) }
            for index in bytes.indices { bytes[index] = 0xAA }
        }
        return heard
    }

    /// Feeds several reads.
    mutating func hear(reads: some Sequence<ArraySlice<UInt8>>) -> [Heard] {
        reads.flatMap { hear($0) }
    }
}

extension [UInt8] {
    /// The octets in pieces of `size`.
    func chopped(_ size: Int) -> [ArraySlice<UInt8>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }

    /// The octets in pieces of random sizes up to `largest`.
    func chopped(upTo largest: Int, using generator: inout SeededGenerator) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var rest = self[...]
        while !rest.isEmpty {
            let size = Int.random(in: 1...largest, using: &generator)
            pieces.append(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return pieces
    }
}
