import Glibc
import Synchronization

/// Keeps the ready file up to date while process numbers change.
///
/// Any thread may use it.
final class ReadyRegister: Sendable {
    private let path: String?
    private let content = Mutex<(@Sendable () -> ReadyFile)?>(nil)

    /// Names the file; `nil` for none.
    init(path: String?) { self.path = path }

    /// From now on `content` is what stands in the file.
    func begin(_ content: @escaping @Sendable () -> ReadyFile) { self.content.withLock { $0 = content } }

    /// Writes the file as things are now; nothing before `begin` and after `end`.
    ///
    /// - Returns: Whether it could be written, or need not be.
    @discardableResult
    func write() -> Bool {
        guard let path else { return true }
        return content.withLock { content in
            guard let content else { return true }
            do {
                try content().write(to: path)
                return true
            } catch {
                return false
            }
        }
    }

    /// Takes the file away; it is not written again.
    func end() {
        content.withLock { content in
            content = nil
            if let path { unlink(path) }
        }
    }
}
