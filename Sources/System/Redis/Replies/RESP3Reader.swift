/// A reader of RESP3, and with it of RESP2, whose types are among RESP3's.
///
/// For connections that said `HELLO 3`: hiredis 0.14 knows the five types of RESP2 only. Pure; it goes on where it
/// stopped, so that a reply that comes in many pieces is read once. Streamed strings and aggregates, which no server
/// sends, are refused.
final class RESP3Reader: ReplyReader {
    /// An aggregate whose elements are being read.
    private struct Frame {
        enum Kind { case array, set, map, push, attribute }
        let kind: Kind
        var left: Int
        var elements: [RedisValue] = []
    }

    /// Longest line: a simple string, an error or a number.
    private static let lineLimit = 1 << 16

    private let limits: ReplyLimits
    private var buffer: [UInt8] = []
    private var position = 0
    private var frames: [Frame] = []
    /// Bytes and elements of the reply that is being read, up to `position`.
    private var consumed = 0
    private var elements = 0

    init(limits: ReplyLimits) { self.limits = limits }

    func feed(_ bytes: UnsafeRawBufferPointer) throws(RedisProtocolError) {
        if position == buffer.count {
            // A large reply's room is not kept for ever.
            buffer.removeAll(keepingCapacity: buffer.capacity <= 1 << 18)
            position = 0
        } else if position > 1 << 16, position > buffer.count / 2 {
            buffer.removeSubrange(..<position)
            position = 0
        }
        guard consumed + buffer.count - position + bytes.count <= limits.bytes else { throw .tooManyBytes }
        buffer.append(contentsOf: bytes)
    }

    func next() throws(RedisProtocolError) -> RedisValue? {
        while true {
            let start = position
            guard let item = try readItem() else {
                position = start
                return nil
            }
            consumed += position - start
            switch item {
            case .value(let value):
                if let reply = fold(value) { return reply }
            case .aggregate(let kind, let count):
                if let reply = try begin(kind, count) { return reply }
            }
        }
    }

    // MARK: Aggregates

    /// Opens an aggregate; an empty one is whole at once.
    private func begin(_ kind: Frame.Kind, _ count: Int) throws(RedisProtocolError) -> RedisValue? {
        let isPaired = kind == .map || kind == .attribute
        guard count <= limits.elements else { throw .tooManyElements }
        elements += isPaired ? count * 2 : count
        guard elements <= limits.elements else { throw .tooManyElements }
        guard frames.count < limits.depth else { throw .tooDeep }
        guard kind != .push || frames.isEmpty else { throw .garbage("a push inside a reply") }
        var frame = Frame(kind: kind, left: isPaired ? count * 2 : count)
        // What is announced is not believed before it comes.
        frame.elements.reserveCapacity(min(frame.left, 1024))
        frames.append(frame)
        return count == 0 ? close() : nil
    }

    /// Ends the innermost aggregate; the whole reply when it was the outermost.
    private func close() -> RedisValue? {
        guard let frame = frames.popLast() else { return nil }
        switch frame.kind {
        case .array: return fold(.array(frame.elements))
        case .set: return fold(.set(frame.elements))
        case .push: return fold(.push(frame.elements))
        case .map:
            let pairs = stride(from: 0, to: frame.elements.count - 1, by: 2).map {
                RedisPair(key: frame.elements[$0], value: frame.elements[$0 + 1])
            }
            return fold(.map(pairs))
        // Data about the value that follows, which takes its place.
        case .attribute: return nil
        }
    }

    /// Puts a value into the innermost aggregate; returns it when there is none.
    private func fold(_ value: RedisValue) -> RedisValue? {
        guard let last = frames.indices.last else {
            consumed = 0
            elements = 0
            return value
        }
        frames[last].elements.append(value)
        frames[last].left -= 1
        return frames[last].left == 0 ? close() : nil
    }

    // MARK: Items

    private enum Item {
        case value(RedisValue)
        case aggregate(Frame.Kind, Int)
    }

    /// Reads one value or the head of an aggregate; `nil` while it is incomplete.
    private func readItem() throws(RedisProtocolError) -> Item? {
        guard position < buffer.count else { return nil }
        let type = buffer[position]
        switch type {
        case UInt8(ascii: "$"), UInt8(ascii: "="), UInt8(ascii: "!"): return try readBlob(type)
        case UInt8(ascii: "*"): return try readHead(.array)
        case UInt8(ascii: "~"): return try readHead(.set)
        case UInt8(ascii: "%"): return try readHead(.map)
        case UInt8(ascii: ">"): return try readHead(.push)
        case UInt8(ascii: "|"): return try readHead(.attribute)
        default: return try readScalar(type)
        }
    }

    private func readHead(_ kind: Frame.Kind) throws(RedisProtocolError) -> Item? {
        guard let line = try readLine() else { return nil }
        let count = try number(line)
        if count == -1, kind == .array { return .value(.null) }
        guard count >= 0 else { throw .garbage("a negative count") }
        return .aggregate(kind, count)
    }

    private func readBlob(_ type: UInt8) throws(RedisProtocolError) -> Item? {
        guard let line = try readLine() else { return nil }
        let count = try number(line)
        if count == -1, type == UInt8(ascii: "$") { return .value(.null) }
        guard count >= 0 else { throw .garbage("a negative length") }
        guard count <= limits.bytes else { throw .tooManyBytes }
        guard buffer.count - position >= count + 2 else { return nil }
        let bytes = buffer[position..<position + count]
        position += count
        guard buffer[position] == 13, buffer[position + 1] == 10 else {
            throw .garbage("no line end behind a string")
        }
        position += 2
        switch type {
        case UInt8(ascii: "!"):
            return .value(.error(RedisServerError(line: String(decoding: bytes, as: UTF8.self))))
        case UInt8(ascii: "="):
            guard bytes.count >= 4, bytes[bytes.startIndex + 3] == UInt8(ascii: ":") else {
                throw .garbage("a verbatim string without its format")
            }
            return .value(
                .verbatim(format: String(decoding: bytes.prefix(3), as: UTF8.self), Array(bytes.dropFirst(4)))
            )
        default: return .value(.bulk(Array(bytes)))
        }
    }

    private func readScalar(_ type: UInt8) throws(RedisProtocolError) -> Item? {
        guard Array("+-:,#(_".utf8).contains(type) else { throw .garbage("the type byte \(type)") }
        guard let line = try readLine() else { return nil }
        switch type {
        case UInt8(ascii: ":"): return .value(.integer(Int64(try number(line))))
        case UInt8(ascii: "_"):
            guard line.isEmpty else { throw .garbage("a null with content") }
            return .value(.null)
        case UInt8(ascii: "#"):
            switch line.first {
            case UInt8(ascii: "t") where line.count == 1: return .value(.boolean(true))
            case UInt8(ascii: "f") where line.count == 1: return .value(.boolean(false))
            default: throw .garbage("a boolean that is neither t nor f")
            }
        case UInt8(ascii: ","): return .value(.double(try double(line)))
        case UInt8(ascii: "("):
            let digits = line.first == UInt8(ascii: "-") ? line.dropFirst() : line
            guard !digits.isEmpty, digits.allSatisfy({ (48...57).contains($0) }) else {
                throw .garbage("a big number that is none")
            }
            return .value(.bigNumber(String(decoding: line, as: UTF8.self)))
        case UInt8(ascii: "-"):
            return .value(.error(RedisServerError(line: String(decoding: line, as: UTF8.self))))
        default: return .value(.simple(String(decoding: line, as: UTF8.self)))
        }
    }

    // MARK: Lines

    /// The line behind the type byte, without its end; `nil` while the end is missing.
    private func readLine() throws(RedisProtocolError) -> ArraySlice<UInt8>? {
        let start = position + 1
        let limit = min(buffer.count, start + RESP3Reader.lineLimit)
        guard let end = buffer[start..<limit].firstIndex(of: 13) else {
            guard limit == buffer.count else { throw .garbage("a line without end") }
            return nil
        }
        guard end + 1 < buffer.count else { return nil }
        guard buffer[end + 1] == 10 else { throw .garbage("a carriage return within a line") }
        position = end + 2
        return buffer[start..<end]
    }

    private func number(_ line: ArraySlice<UInt8>) throws(RedisProtocolError) -> Int {
        guard let number = Int(String(decoding: line, as: UTF8.self)) else { throw .garbage("no number") }
        return number
    }

    private func double(_ line: ArraySlice<UInt8>) throws(RedisProtocolError) -> Double {
        switch String(decoding: line, as: UTF8.self) {
        case "inf": return .infinity
        case "-inf": return -.infinity
        case "nan", "-nan": return .nan
        case let text:
            guard text.utf8.allSatisfy({ Array("+-.0123456789eE".utf8).contains($0) }),
                let number = Double(text)
            else { throw .garbage("no floating point number") }
            return number
        }
    }
}
