import Glibc

/// A file that is open for reading; closed when nobody needs it any more.
///
/// Any thread may read.
final class OpenFile: Sendable {
    private let descriptor: CInt

    /// Opens a plain file; blocks.
    init?(path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// Reads up to `count` bytes from `offset` on; blocks.
    ///
    /// Empty at the end of the file and on an error.
    func read(from offset: Int, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            var result = pread(descriptor, buffer.baseAddress, count, off_t(offset))
            while result < 0, errno == EINTR {
                result = pread(descriptor, buffer.baseAddress, count, off_t(offset))
            }
            filled = max(0, result)
        }
    }
}
