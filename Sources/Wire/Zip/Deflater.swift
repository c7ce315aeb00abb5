import CZlib

/// A running raw deflate (RFC 1951), as zlib has it.
///
/// One owner at a time.
@safe final class Deflater {
    /// Bytes that zlib is given room for at a time.
    private static let step = 1 << 16
    /// Quick: exports are large, and what is in them shrinks well in any case.
    private static let level: CInt = 4

    // Safety: zlib keeps the stream's address, so that it must not move; it is this object's alone and goes with it.
    private let stream: UnsafeMutablePointer<z_stream>

    init() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // No frame around it: negative window bits.
        let begun = unsafe deflateInit2_(
            stream, Deflater.level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            CInt(MemoryLayout<z_stream>.size))
        precondition(begun == Z_OK, "zlib cannot begin")
    }

    deinit {
        _ = unsafe deflateEnd(stream)
        unsafe stream.deinitialize(count: 1)
        unsafe stream.deallocate()
    }

    /// Takes bytes and gives what comes out; the last call ends the stream.
    func add(_ bytes: [UInt8], isLast: Bool) -> [UInt8] {
        precondition(bytes.count <= Int(UInt32.max), "a piece has less than 4 GiB")
        var source = bytes
        var packed: [UInt8] = []
        unsafe source.withUnsafeMutableBufferPointer { input in
            unsafe stream.pointee.next_in = input.baseAddress
            unsafe stream.pointee.avail_in = uInt(input.count)
            var room = [UInt8](repeating: 0, count: Deflater.step)
            while true {
                let left = unsafe room.withUnsafeMutableBufferPointer { output in
                    unsafe stream.pointee.next_out = output.baseAddress
                    unsafe stream.pointee.avail_out = uInt(output.count)
                    _ = unsafe deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                    return unsafe Int(stream.pointee.avail_out)
                }
                packed += room.prefix(Deflater.step - left)
                // Room that is left says that nothing waits within.
                if left > 0 { break }
            }
            unsafe stream.pointee.next_in = nil
        }
        return packed
    }

    /// The CRC-32 of what has the CRC-32 `before`, followed by bytes.
    static func checksum(_ before: UInt32, _ bytes: [UInt8]) -> UInt32 {
        // Without an address zlib would begin anew.
        guard !bytes.isEmpty else { return before }
        return unsafe UInt32(
            truncatingIfNeeded: bytes.withUnsafeBufferPointer {
                unsafe crc32_z(uLong(before), $0.baseAddress, $0.count)
            })
    }
}
