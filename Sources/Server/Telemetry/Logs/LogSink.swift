import Dispatch
import Glibc
import Synchronization

/// Writes lines to a descriptor without ever making a caller wait.
///
/// Any thread may use it.
///
/// Lines wait in a bounded backlog for a queue of their own. When the backlog is full (the reader of the pipe is
/// stuck), new lines are dropped and counted; the next line that gets through is preceded by one that says how many.
package final class LogSink: Sendable {
    /// The most lines that wait.
    package static let usualBacklog = 8192

    private struct State {
        var waiting: [[UInt8]] = []
        var isWriting = false
        var dropped = 0
    }

    private let write: @Sendable ([UInt8]) -> Void
    private let backlog: Int
    private let queue = DispatchQueue(label: "cohort.log", qos: .utility)
    private let state = Mutex(State())
    private let droppedLines = Atomic<UInt64>(0)

    /// Makes a sink that hands whole lines, several at a time, to `write`, one call after the other.
    package init(backlog: Int = usualBacklog, write: @escaping @Sendable ([UInt8]) -> Void) {
        self.backlog = backlog
        self.write = write
    }

    /// Makes a sink that writes to a descriptor, which must stay open as long as the sink lives.
    package convenience init(descriptor: CInt, backlog: Int = usualBacklog) {
        self.init(backlog: backlog) { bytes in
            var written = 0
            while written < bytes.count {
                let count = bytes.withUnsafeBytes { buffer in
                    Glibc.write(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
                }
                if count > 0 {
                    written += count
                } else if errno == EAGAIN {
                    // The descriptor is someone's non-blocking pipe: this queue may wait for it, loops never do.
                    var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&poller, 1, 1000)
                } else if errno != EINTR {
                    return
                }
            }
        }
    }

    /// Lines that were dropped so far.
    package var dropped: UInt64 { droppedLines.load(ordering: .relaxed) }

    /// Queues one line, its line feed included.
    package func append(_ line: [UInt8]) {
        let mustStart = state.withLock { state in
            guard state.waiting.count < backlog else {
                state.dropped += 1
                droppedLines.add(1, ordering: .relaxed)
                return false
            }
            if state.dropped > 0 {
                state.waiting.append(LogSink.notice(dropped: state.dropped))
                state.dropped = 0
            }
            state.waiting.append(line)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if mustStart { queue.async { [self] in drain() } }
    }

    /// Waits until everything queued so far is written; for the end of the process and for tests, never on a loop.
    package func flush() { queue.sync {} }

    private func drain() {
        while true {
            let lines = state.withLock { state in
                let lines = state.waiting
                state.waiting = []
                if lines.isEmpty { state.isWriting = false }
                return lines
            }
            guard !lines.isEmpty else { return }
            write(Array(lines.joined()))
        }
    }

    private static func notice(dropped: Int) -> [UInt8] {
        JSONLine.bytes(
            level: "warning", part: "log", message: "lines were dropped", fields: [("dropped", "\(dropped)")])
    }
}
