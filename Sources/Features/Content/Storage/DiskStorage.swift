package import EventLoop
import Glibc
import Postgres

/// Content in a folder of this machine, or of one that all nodes share.
///
/// A file arrives under another name in the same file system, is on the disk (`fsync`) before it gets its own, and its
/// folder after: a crash leaves a file that is whole, or none. All work is done in the lane.
package struct DiskStorage: ContentStorage {
    /// The folder of everything.
    package let root: String
    private let lane: WorkLane

    /// Uses a folder, which must exist.
    ///
    /// - Parameters:
    ///   - root: The folder, without a slash at its end.
    ///   - lane: Where the disk is waited for.
    package init(root: String, lane: WorkLane) {
        self.root = root
        self.lane = lane
    }

    /// Where files arrive: in the same file system, so that a rename does not copy.
    package var incoming: String { root + "/incoming" }

    package func store(_ file: String, size: Int, as key: ContentKey) async throws(StorageError) {
        let (root, incoming) = (root, incoming)
        try await run { DiskStorage.store(file, size: size, as: key, root: root, incoming: incoming) }
    }

    package func size(of key: ContentKey) async throws(StorageError) -> Int? {
        let path = path(of: key)
        return try await run { DiskStorage.size(path) }
    }

    package func remove(_ key: ContentKey) async throws(StorageError) {
        let path = path(of: key)
        try await run { () -> Result<Void, StorageError> in
            guard unlink(path) == 0 || errno == ENOENT else { return DiskStorage.failure("unlink", path) }
            return .success(())
        }
    }

    package func read(_ key: ContentKey, _ range: Range<Int>) async throws(StorageError) -> [UInt8]? {
        precondition(!range.isEmpty && range.count <= ContentPiece.most, "a piece has 1 byte to 1 MiB")
        let path = path(of: key)
        return try await run { DiskStorage.read(path, range) }
    }

    package func place(of key: ContentKey, as presentation: Presentation, at now: Int64) -> ContentPlace {
        .file(path(of: key))
    }

    private func path(of key: ContentKey) -> String { "\(root)/\(key.path)" }

    private func run<Value: Sendable>(
        _ work: @escaping @Sendable () -> Result<Value, StorageError>
    ) async throws(StorageError) -> Value {
        guard let result = await lane.run(work) else { throw .busy }
        return try result.get()
    }

    // MARK: Blocking work

    private static func store(
        _ file: String, size: Int, as key: ContentKey, root: String, incoming: String
    ) -> Result<Void, StorageError> {
        let path = "\(root)/\(key.path)"
        switch self.size(path) {
        case .success(size): return .success(())
        case .failure(let error): return .failure(error)
        // Nothing is there, or something that a broken disk has cut: it is replaced.
        case .success: break
        }
        if case .failure(let error) = makeFolders(key, root: root) { return .failure(error) }
        guard sync(file) else { return failure("fsync", file) }
        if rename(file, path) != 0 {
            guard errno == EXDEV else { return failure("rename", path) }
            // The file lies in another file system: a copy arrives in ours first.
            let copy = "\(incoming)/\(key.institution.rawValue)-\(key.sha256)"
            if case .failure(let error) = self.copy(file, to: copy) { return .failure(error) }
            guard sync(copy) else { return failure("fsync", copy) }
            guard rename(copy, path) == 0 else { return failure("rename", path) }
        }
        guard sync("\(root)/\(key.folder)") else { return failure("fsync", key.folder) }
        return .success(())
    }

    /// Makes the three folders of a key, each of them safe on the disk.
    private static func makeFolders(_ key: ContentKey, root: String) -> Result<Void, StorageError> {
        var folder = root
        for part in key.folder.split(separator: "/") {
            let parent = folder
            folder += "/" + part
            if mkdir(folder, 0o750) == 0 {
                guard sync(parent) else { return failure("fsync", parent) }
            } else if errno != EEXIST {
                return failure("mkdir", folder)
            }
        }
        return .success(())
    }

    private static func size(_ path: String) -> Result<Int?, StorageError> {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return errno == ENOENT || errno == ENOTDIR ? .success(nil) : failure("stat", path)
        }
        return .success(status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil)
    }

    private static func read(_ path: String, _ range: Range<Int>) -> Result<[UInt8]?, StorageError> {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno == ENOENT ? .success(nil) : failure("open", path) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: range.count)
        var filled = 0
        while filled < range.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                pread(
                    descriptor, buffer.baseAddress.map { $0 + filled }, range.count - filled,
                    off_t(range.lowerBound + filled))
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return failure("pread", path) }
            if count == 0 { break }
            filled += count
        }
        return .success(Array(bytes.prefix(filled)))
    }

    private static func sync(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }

    private static func copy(_ source: String, to target: String) -> Result<Void, StorageError> {
        let input = open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { return failure("open", source) }
        defer { close(input) }
        let output = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard output >= 0 else { return failure("open", target) }
        defer { close(output) }
        while true {
            let count = sendfile(output, input, nil, 1 << 24)
            if count == 0 { return .success(()) }
            guard count > 0 || errno == EINTR else { return failure("sendfile", target) }
        }
    }

    static func failure<Value>(_ call: String, _ path: String) -> Result<Value, StorageError> {
        .failure(
            errno == ENOSPC || errno == EDQUOT
                ? .full : .failed("\(call) \(path): \(String(cString: strerror(errno)))"))
    }
}
