import Content
package import EventLoop
import Glibc
import Synchronization
import Zip

/// A zip archive that is written to a file of this machine, piece by piece, in a lane for blocking work.
///
/// One task at a time; memory holds a piece and the directory. A file that nobody keeps is removed with this object.
package final class ArchiveFile: Sendable {
    /// Why an archive cannot be written.
    package enum Problem: Error, Hashable, Sendable, CustomStringConvertible {
        /// Too much waits for the disk.
        case busy
        /// What the system said.
        case failed(String)
        /// Too many entries for one archive.
        case tooManyEntries

        package var description: String {
            switch self {
            case .busy: "too much is waiting for the disk"
            case .failed(let cause): cause
            case .tooManyEntries: "an archive has at most \(ZipWriter.mostEntries) entries"
            }
        }
    }

    /// An entry that is over.
    package struct Entry: Hashable, Sendable {
        package let size: Int64
        /// SHA-256 of its content in hexadecimal digits.
        package let sha256: String
    }

    private struct State: ~Copyable {
        let descriptor: CInt
        var writer: ZipWriter
        /// Of the whole file.
        var digest = ContentDigest()
        var length: Int64 = 0
        var entryDigest = ContentDigest()
        var entrySize: Int64 = 0
        var isKept = false

        init(_ descriptor: CInt, _ writer: consuming ZipWriter) {
            self.descriptor = descriptor
            self.writer = writer
        }

        deinit { close(descriptor) }
    }

    /// Where it is.
    package let path: String
    private let lane: WorkLane
    private let state: Mutex<State>

    private init(path: String, lane: WorkLane, descriptor: CInt, now: Int64) {
        self.path = path
        self.lane = lane
        state = Mutex(State(descriptor, ZipWriter(at: ZipTime(milliseconds: now))))
    }

    deinit { if !state.withLock({ $0.isKept }) { unlink(path) } }

    /// Begins an archive in a new file that its owner alone may read.
    ///
    /// - Parameters:
    ///   - path: Where nothing is yet.
    ///   - lane: Where the disk is waited for.
    ///   - now: Milliseconds since 1970.
    /// - Returns: The archive.
    /// - Throws: ``Problem``.
    package static func create(at path: String, lane: WorkLane, now: Int64) async throws(Problem)
        -> ArchiveFile
    {
        let opened = await lane.run { () -> Result<CInt, Problem> in
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { return .failure(failure("open", path)) }
            guard AbandonedArchives.claim(descriptor) else {
                close(descriptor)
                unlink(path)
                return .failure(.failed("\(path) was taken for abandoned"))
            }
            return .success(descriptor)
        }
        guard let opened else { throw .busy }
        return ArchiveFile(path: path, lane: lane, descriptor: try opened.get(), now: now)
    }

    /// Begins an entry.
    package func begin(_ name: String, isDeflated: Bool = true) async throws(Problem) {
        try await work { (state) -> Result<Void, Problem> in
            guard state.writer.count < ZipWriter.mostEntries else { return .failure(.tooManyEntries) }
            state.entryDigest = ContentDigest()
            state.entrySize = 0
            return ArchiveFile.write(state.writer.begin(name, isDeflated: isDeflated), &state)
        }
    }

    /// Adds to the entry.
    package func add(_ bytes: [UInt8]) async throws(Problem) {
        guard !bytes.isEmpty else { return }
        try await work { (state) -> Result<Void, Problem> in
            state.entryDigest.add(bytes)
            state.entrySize += Int64(bytes.count)
            return ArchiveFile.write(state.writer.add(bytes), &state)
        }
    }

    /// Ends the entry.
    package func end() async throws(Problem) -> Entry {
        try await work { state in
            let entry = Entry(size: state.entrySize, sha256: state.entryDigest.finish())
            return ArchiveFile.write(state.writer.end(), &state).map { entry }
        }
    }

    /// Adds a whole entry.
    @discardableResult
    package func add(_ name: String, _ bytes: [UInt8]) async throws(Problem) -> Entry {
        try await begin(name)
        try await add(bytes)
        return try await end()
    }

    /// Ends the archive, safe on the disk.
    package func finish() async throws(Problem) -> Entry {
        let path = path
        return try await work { state in
            if case .failure(let problem) = ArchiveFile.write(state.writer.finish(), &state) {
                return .failure(problem)
            }
            guard fsync(state.descriptor) == 0 else { return .failure(ArchiveFile.failure("fsync", path)) }
            return .success(Entry(size: state.length, sha256: state.digest.finish()))
        }
    }

    /// Gives the finished file its last name, in the same file system; from now on it stays.
    package func keep(as name: String) async throws(Problem) {
        let path = path
        try await work { (state) -> Result<Void, Problem> in
            guard rename(path, name) == 0 else { return .failure(ArchiveFile.failure("rename", name)) }
            state.isKept = true
            return .success(())
        }
    }

    private func work<Value: Sendable>(
        _ body: @escaping @Sendable (inout State) -> Result<Value, Problem>
    ) async throws(Problem) -> Value {
        guard let result = await lane.run({ self.state.withLock { body(&$0) } }) else { throw .busy }
        return try result.get()
    }

    private static func write(_ bytes: [UInt8], _ state: inout State) -> Result<Void, Problem> {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(state.descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return .failure(failure("write", "the archive")) }
            written += count
        }
        state.digest.add(bytes)
        state.length += Int64(bytes.count)
        return .success(())
    }

    private static func failure(_ call: String, _ path: String) -> Problem {
        .failed("\(call) \(path): \(String(cString: strerror(errno)))")
    }
}
