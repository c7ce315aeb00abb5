import Glibc
import Synchronization

/// A lock that the kernel gives back when the process ends, however it ends.
final class FolderLock: Sendable {
    private let descriptor: Mutex<CInt>

    /// Takes the lock.
    ///
    /// - Throws: ``PrivateClusterError/inUse(_:)`` when another process has it.
    init(_ path: String) throws(PrivateClusterError) {
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw .system(call: "open", path: path, errno: errno) }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            close(opened)
            throw .inUse(path)
        }
        descriptor = Mutex(opened)
    }

    deinit { release() }

    /// Gives the lock back; harmless when that was done.
    func release() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
    }
}
