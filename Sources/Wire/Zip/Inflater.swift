import CZlib

/// Raw deflate (RFC 1951) and CRC-32, as zlib has them.
enum Inflater {
    /// Bytes that zlib is given room for at a time.
    private static let step = 1 << 20

    /// Inflates a range of bytes that must become exactly `size` bytes; `nil` for anything else.
    static func inflate(_ bytes: [UInt8], _ packed: Range<Int>, to size: Int) -> [UInt8]? {
        var stream = unsafe z_stream()
        // No frame around it: negative window bits.
        let begun = unsafe inflateInit2_(&stream, -15, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
        guard begun == Z_OK else { return nil }
        defer { _ = unsafe inflateEnd(&stream) }
        var source = Array(bytes[packed])
        // One byte of room beyond the size shows whether there is more than it should be.
        var content: [UInt8] = []
        content.reserveCapacity(size + 1)
        return unsafe source.withUnsafeMutableBufferPointer { input in
            unsafe stream.next_in = input.baseAddress
            unsafe stream.avail_in = uInt(input.count)
            while true {
                let room = min(step, size + 1 - content.count)
                guard room > 0 else { return nil }
                var part = [UInt8](repeating: 0, count: room)
                let result = unsafe part.withUnsafeMutableBufferPointer { output in
                    unsafe stream.next_out = output.baseAddress
                    unsafe stream.avail_out = uInt(output.count)
                    return unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
                }
                let made = unsafe room - Int(stream.avail_out)
                content += part.prefix(made)
                switch result {
                case Z_STREAM_END:
                    return unsafe content.count == size && stream.avail_in == 0 ? content : nil
                case Z_OK where made > 0: continue
                default: return nil
                }
            }
        }
    }

    /// The CRC-32 of bytes.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        unsafe UInt32(
            truncatingIfNeeded: bytes.withUnsafeBufferPointer {
                unsafe crc32_z(0, $0.baseAddress, $0.count)
            })
    }
}
