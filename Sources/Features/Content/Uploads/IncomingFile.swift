import Glibc
import Synchronization

/// A file that is arriving: written piece by piece, its digest made on the way.
///
/// Everything blocks, so it is called in the disk lane, and by one job at a time. A file that is not kept is removed when
/// nobody needs it any more.
final class IncomingFile: Sendable {
    let path: String
    private let content: Mutex<Content>

    private struct Content: ~Copyable {
        let descriptor: CInt
        let digest = ContentDigest()
        var size = 0

        init(_ descriptor: CInt) { self.descriptor = descriptor }

        deinit { close(descriptor) }
    }

    /// Makes a file of its own in a folder, which is made where it is missing.
    static func make(in folder: String, name: String) -> Result<IncomingFile, StorageError> {
        if mkdir(folder, 0o750) != 0, errno != EEXIST { return DiskStorage.failure("mkdir", folder) }
        let path = "\(folder)/\(name)"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { return DiskStorage.failure("open", path) }
        return .success(IncomingFile(path, descriptor))
    }

    private init(_ path: String, _ descriptor: CInt) {
        self.path = path
        content = Mutex(Content(descriptor))
    }

    /// A file that was stored has another name by now: then there is nothing to remove.
    deinit { unlink(path) }

    func append(_ bytes: [UInt8]) -> Result<Void, StorageError> {
        content.withLock { content in
            var written = 0
            while written < bytes.count {
                let count = bytes.withUnsafeBytes { buffer in
                    write(content.descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
                }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return DiskStorage.failure("write", path) }
                written += count
            }
            content.digest.add(bytes)
            content.size += bytes.count
            return .success(())
        }
    }

    /// All that was written, if it is not more than `limit`; `nil` when it is or cannot be read.
    func bytes(atMost limit: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= limit {
            let count = part.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            guard count > 0 else { return bytes }
            bytes += part[..<count]
        }
        return nil
    }

    /// The digest and the size of all that was written; called once.
    func finish() -> (sha256: String, size: Int) {
        content.withLock { ($0.digest.finish(), $0.size) }
    }
}
