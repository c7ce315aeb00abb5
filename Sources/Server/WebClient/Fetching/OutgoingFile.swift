package import EventLoop
import Glibc

/// A file that is sent as a request's body, read piece by piece in a lane of its own.
package struct OutgoingFile: Sendable {
    /// One read and one send.
    static let piece = 1 << 18

    let path: String
    /// Bytes that are sent.
    package let size: Int
    let lane: WorkLane

    /// A file of exactly `size` bytes; when it turns out shorter, the request breaks off.
    package init(path: String, size: Int, lane: WorkLane) {
        self.path = path
        self.size = size
        self.lane = lane
    }

    /// Reads a piece; blocks.
    ///
    /// - Returns: Empty where there is nothing, or nothing more.
    static func read(_ path: String, from offset: Int, count: Int) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            var result = pread(descriptor, buffer.baseAddress, count, off_t(offset))
            while result < 0, errno == EINTR {
                result = pread(descriptor, buffer.baseAddress, count, off_t(offset))
            }
            filled = max(0, result)
        }
    }
}
