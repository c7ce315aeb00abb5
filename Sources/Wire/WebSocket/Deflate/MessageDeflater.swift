import CZlib

/// Compresses messages (RFC 7692 §7.2.1), each by itself.
///
/// Holds about 260 KiB for each window size that was used; one for a whole loop. Not to be shared between threads.
package final class MessageDeflater {
    /// What a deflater has compressed.
    package struct Totals: Sendable {
        /// Messages that became shorter.
        package private(set) var messages: UInt64 = 0
        /// Their bytes before.
        package private(set) var bytesBefore: UInt64 = 0
        /// Their bytes after.
        package private(set) var bytesAfter: UInt64 = 0

        /// Nothing yet.
        package init() {}

        fileprivate mutating func count(_ before: Int, _ after: Int) {
            messages += 1
            bytesBefore += UInt64(before)
            bytesAfter += UInt64(after)
        }

        /// Both together.
        package static func + (left: Totals, right: Totals) -> Totals {
            var sum = left
            sum.messages += right.messages
            sum.bytesBefore += right.bytesBefore
            sum.bytesAfter += right.bytesAfter
            return sum
        }
    }

    /// So much so far.
    package private(set) var totals = Totals()
    private var streams: [Int: Stream] = [:]

    package init() {}

    /// Compresses a message's payload.
    ///
    /// - Parameters:
    ///   - payload: The whole message.
    ///   - window: One of ``DeflateAgreement/windows``.
    /// - Returns: `nil` when it saves nothing, or zlib has no memory.
    package func deflate(_ payload: Span<UInt8>, window: Int) -> [UInt8]? {
        precondition(DeflateAgreement.windows.contains(window), "no such window: \(window)")
        if streams[window] == nil { streams[window] = Stream(window: window) }
        guard let made = streams[window]?.deflate(payload) else { return nil }
        totals.count(payload.count, made.count)
        return made
    }

    @safe private final class Stream {
        /// Where it stays: zlib remembers its address.
        private let stream: UnsafeMutablePointer<z_stream> = .allocate(capacity: 1)

        init?(window: Int) {
            unsafe stream.initialize(to: z_stream())
            // No frame around it: negative window bits.
            let begun = unsafe deflateInit2_(
                stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, CInt(-window), 8, Z_DEFAULT_STRATEGY,
                ZLIB_VERSION,
                CInt(MemoryLayout<z_stream>.size))
            guard begun == Z_OK else { return nil }
        }

        deinit {
            _ = unsafe deflateEnd(stream)
            unsafe stream.deallocate()
        }

        func deflate(_ payload: Span<UInt8>) -> [UInt8]? {
            guard unsafe deflateReset(stream) == Z_OK else { return nil }
            // An empty block ends the flush; what stands behind it says only how long it is, and is left out.
            let room = Int(unsafe deflateBound(stream, uLong(payload.count))) + 16
            let made = unsafe [UInt8](unsafeUninitializedCapacity: room) { output, count in
                // Safety: zlib reads from the input only, within this call, although its field says otherwise.
                count = unsafe payload.withUnsafeBufferPointer { input in
                    unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                    unsafe stream.pointee.avail_in = uInt(input.count)
                    unsafe stream.pointee.next_out = output.baseAddress
                    unsafe stream.pointee.avail_out = uInt(output.count)
                    let result = unsafe CZlib.deflate(stream, Z_SYNC_FLUSH)
                    let isWhole =
                        unsafe result == Z_OK && stream.pointee.avail_in == 0 && stream.pointee.avail_out > 0
                    return unsafe isWhole ? output.count - Int(stream.pointee.avail_out) : 0
                }
            }
            guard made.count >= 4, made.suffix(4).elementsEqual([0, 0, 0xFF, 0xFF]) else { return nil }
            return made.count - 4 < payload.count ? Array(made.dropLast(4)) : nil
        }
    }
}
