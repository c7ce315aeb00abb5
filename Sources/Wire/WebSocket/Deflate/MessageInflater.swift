import CZlib

/// Expands compressed messages (RFC 7692 §7.2.2), each by itself, to a bounded size.
///
/// Holds about 45 KiB, once used; one for a whole loop. Not to be shared between threads.
@safe package final class MessageInflater {
    /// What is given room for at first, and at most at a time: a bomb costs what it may cost, not what it would.
    private static let step = 1 << 14
    /// What the sender has left out (§7.2.1).
    private static let tail: [UInt8] = [0, 0, 0xFF, 0xFF]

    /// Where it stays: zlib remembers its address.
    private let stream: UnsafeMutablePointer<z_stream> = .allocate(capacity: 1)
    private var isOpen = false

    package init() { unsafe stream.initialize(to: z_stream()) }

    deinit {
        if isOpen { _ = unsafe inflateEnd(stream) }
        unsafe stream.deallocate()
    }

    /// A message's payload as it was before it was compressed.
    ///
    /// - Parameters:
    ///   - payload: The whole compressed message.
    ///   - limit: The most octets that it may become.
    /// - Returns: The octets; not checked to be UTF-8.
    /// - Throws: ``FrameError/tooLarge(limit:)``, or ``FrameError/invalidDeflate`` for what is no compressed message.
    package func inflate(_ payload: Span<UInt8>, limit: Int) throws(FrameError) -> [UInt8] {
        guard begin() else { throw .invalidDeflate }
        var content: [UInt8] = []
        // Safety: zlib reads from the buffers only, within these calls, although its field says otherwise.
        try unsafe payload.withUnsafeBufferPointer { bytes throws(FrameError) in
            try unsafe take(bytes, into: &content, limit)
        }
        try unsafe MessageInflater.tail.span.withUnsafeBufferPointer { bytes throws(FrameError) in
            try unsafe take(bytes, into: &content, limit)
        }
        // A whole message ends between two blocks, where zlib sets this bit.
        guard unsafe stream.pointee.data_type & 128 != 0 else { throw .invalidDeflate }
        return content
    }

    private func begin() -> Bool {
        if isOpen { return unsafe inflateReset(stream) == Z_OK }
        // The largest window reads what any smaller one has written.
        isOpen =
            unsafe inflateInit2_(stream, -15, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK
        return isOpen
    }

    private func take(
        _ input: UnsafeBufferPointer<UInt8>, into content: inout [UInt8], _ limit: Int
    ) throws(FrameError) {
        unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        unsafe stream.pointee.avail_in = uInt(input.count)
        while true {
            // One octet of room beyond the limit shows whether there is more than there may be.
            let room = min(MessageInflater.step, limit + 1 - content.count)
            guard room > 0 else { throw .tooLarge(limit: limit) }
            var result = Z_OK
            let part = unsafe [UInt8](unsafeUninitializedCapacity: room) { output, count in
                unsafe stream.pointee.next_out = output.baseAddress
                unsafe stream.pointee.avail_out = uInt(output.count)
                result = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
                count = unsafe output.count - Int(stream.pointee.avail_out)
            }
            content += part
            guard content.count <= limit else { throw .tooLarge(limit: limit) }
            switch result {
            case Z_STREAM_END:
                // A block may say that it is the last one; what follows begins anew (§7.2.3.4).
                guard unsafe inflateReset(stream) == Z_OK else { throw .invalidDeflate }
                if unsafe stream.pointee.avail_in == 0 { return }
            case Z_OK where part.count == room: continue
            case Z_OK, Z_BUF_ERROR:
                if unsafe stream.pointee.avail_in == 0 { return }
                if part.isEmpty { throw .invalidDeflate }
            default: throw .invalidDeflate
            }
        }
    }
}
