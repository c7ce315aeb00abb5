import CHiredis
import Glibc

/// Writes commands as servers read them, with hiredis' formatter: an array of bulk strings in either protocol.
enum CommandFormatter {
    /// The bytes of one command; `nil` when there is no memory.
    static func bytes(of command: RedisCommand) -> [UInt8]? { bytes(of: command.words) }

    /// The bytes of one command given by its words.
    static func bytes(of words: [RedisArgument]) -> [UInt8]? {
        let lengths = words.map(\.bytes.count)
        var joined: [UInt8] = []
        joined.reserveCapacity(lengths.reduce(1, +))
        for word in words { joined.append(contentsOf: word.bytes) }
        // One byte more, so that even empty words have an address.
        joined.append(0)
        return joined.withUnsafeBytes { (buffer: UnsafeRawBufferPointer) -> [UInt8]? in
            guard let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self) else { return nil }
            var pointers: [UnsafePointer<CChar>?] = []
            pointers.reserveCapacity(lengths.count)
            var offset = 0
            for length in lengths {
                pointers.append(base + offset)
                offset += length
            }
            var target: UnsafeMutablePointer<CChar>?
            let count = redisFormatCommandArgv(&target, CInt(lengths.count), &pointers, lengths)
            guard count >= 0, let target else { return nil }
            // Safety: the formatter's buffer is `malloc`'s and ours, `count` bytes long; it is copied, then freed.
            defer { redisFreeCommand(target) }
            return Array(UnsafeRawBufferPointer(start: target, count: Int(count)))
        }
    }
}
