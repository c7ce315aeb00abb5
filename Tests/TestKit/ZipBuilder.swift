import CZlib

/// Makes zip archives for tests, sound ones and others: every number of a header can be set to something else.
package struct ZipBuilder {
    /// One entry.
    package struct Entry {
        package var name: String
        package var content: [UInt8]
        package var isDeflated = true
        package var flags: UInt16 = 0
        /// What the headers say instead of the truth.
        package var method: UInt16?
        package var size: UInt32?
        package var packedSize: UInt32?
        package var checksum: UInt32?
        package var offset: UInt32?
        package var localName: String?

        /// A sound entry.
        package init(_ name: String, _ content: [UInt8], isDeflated: Bool = true) {
            self.name = name
            self.content = content
            self.isDeflated = isDeflated
        }

        /// A sound entry of a text.
        package init(_ name: String, _ text: String) { self.init(name, Array(text.utf8)) }
    }

    package var entries: [Entry]
    package var comment = ""
    /// What the end record says instead of the truth.
    package var count: UInt16?
    package var volume: UInt16 = 0
    /// Bytes between the directory and its end record.
    package var beforeEnd: [UInt8] = []

    /// An archive of these entries.
    package init(_ entries: [Entry]) { self.entries = entries }

    /// The archive's bytes.
    package func bytes() -> [UInt8] {
        var out: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let packed = entry.isDeflated ? ZipBuilder.deflated(entry.content) : entry.content
            let method = entry.method ?? (entry.isDeflated ? 8 : 0)
            let checksum =
                entry.checksum
                ?? UInt32(
                    truncatingIfNeeded: entry.content.withUnsafeBufferPointer {
                        crc32_z(0, $0.baseAddress, $0.count)
                    })
            let size = entry.size ?? UInt32(entry.content.count)
            let packedSize = entry.packedSize ?? UInt32(packed.count)
            let start = entry.offset ?? UInt32(out.count)
            let local = Array((entry.localName ?? entry.name).utf8)
            out += four(0x0403_4B50) + two(20) + two(entry.flags) + two(method) + four(0)
            out +=
                four(checksum) + four(packedSize) + four(size) + two(UInt16(local.count)) + two(0) + local
                + packed
            let name = Array(entry.name.utf8)
            directory += four(0x0201_4B50) + two(20) + two(20) + two(entry.flags) + two(method) + four(0)
            directory +=
                four(checksum) + four(packedSize) + four(size) + two(UInt16(name.count)) + two(0) + two(0)
            directory += two(0) + two(0) + four(0) + four(start) + name
        }
        let place = out.count
        out += directory + beforeEnd
        let number = count ?? UInt16(entries.count)
        out += four(0x0605_4B50) + two(volume) + two(volume) + two(number) + two(number)
        out += four(UInt32(directory.count)) + four(UInt32(place))
        return out + two(UInt16(comment.utf8.count)) + Array(comment.utf8)
    }

    private func two(_ value: UInt16) -> [UInt8] { [UInt8(truncatingIfNeeded: value), UInt8(value >> 8)] }

    private func four(_ value: UInt32) -> [UInt8] {
        two(UInt16(truncatingIfNeeded: value)) + two(UInt16(value >> 16))
    }

    /// Raw deflate (RFC 1951).
    private static func deflated(_ content: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        precondition(
            deflateInit2_(
                &stream, Z_BEST_COMPRESSION, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                CInt(MemoryLayout<z_stream>.size)) == Z_OK, "zlib refuses")
        defer { deflateEnd(&stream) }
        var input = content
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, uLong(content.count))) + 16)
        let done = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = uInt(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = uInt(target.count)
                return deflate(&stream, Z_FINISH)
            }
        }
        precondition(done == Z_STREAM_END, "there was room for all of it")
        return Array(output[..<Int(stream.total_out)])
    }
}
