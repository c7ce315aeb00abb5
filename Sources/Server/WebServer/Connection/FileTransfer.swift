import EventLoop
import Sockets

/// Sends a part of a file, never more of it in memory than the client is about to take.
///
/// Confined to its loop.
final class FileTransfer {
    enum End { case sent, failed }

    /// One read and one send.
    private static let piece = 1 << 18
    /// The next piece is read when no more than this is waiting for the client.
    private static let lowWater = 1 << 18

    private let stream: any ByteStream
    private let context: WebContext
    private let file: OpenFile
    private var rest: Range<Int>
    private let then: (End) -> Void
    private var isReading = false
    private var isOver = false

    /// Prepares a transfer; `then` is called once, unless the transfer is dropped.
    init(
        _ file: OpenFile, range: Range<Int>, stream: any ByteStream, context: WebContext,
        then: @escaping (End) -> Void
    ) {
        self.file = file
        rest = range
        self.stream = stream
        self.context = context
        self.then = then
    }

    /// Reads the next piece when there is room; called to begin, and whenever output has left.
    func proceed() {
        guard !isReading, !isOver else { return }
        guard !rest.isEmpty else { return finish(.sent) }
        guard stream.queuedBytes <= FileTransfer.lowWater else { return }
        isReading = true
        let (file, offset, count) = (file, rest.lowerBound, min(rest.count, FileTransfer.piece))
        let isTaken = context.disk.submit(on: context.loop) {
            file.read(from: offset, count: count)
        } then: { [weak self] bytes in
            self?.took(bytes)
        }
        if !isTaken { tryLater() }
    }

    /// The disk's lane is full: the client waits a little.
    private func tryLater() {
        context.loop.schedule(after: .milliseconds(20)) { [weak self] in
            self?.isReading = false
            self?.proceed()
        }
    }

    private func took(_ bytes: [UInt8]) {
        isReading = false
        guard !isOver else { return }
        // A file that has become shorter cannot keep the length that was promised.
        guard !bytes.isEmpty, stream.send(bytes) else { return finish(.failed) }
        rest = (rest.lowerBound + bytes.count)..<rest.upperBound
        guard !rest.isEmpty else { return finish(.sent) }
        // What was just queued leaves at the end of the round; only then it shows whether the client keeps up.
        let again = LoopBound(self, loop: context.loop)
        context.loop.execute { again.value.proceed() }
    }

    private func finish(_ end: End) {
        isOver = true
        then(end)
    }

    /// Stops; `then` is not called.
    func drop() { isOver = true }
}
