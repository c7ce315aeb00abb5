package import EventLoop

/// What the streams of one loop share: the list of those with output, and the frame run that was joined last.
package final class StreamContext: RoundEndWork {
    /// The loop that all these streams belong to.
    package let loop: EventLoop
    /// Streams that are open now.
    package internal(set) var openStreams = 0
    /// `send` system calls so far.
    package internal(set) var sendCalls: UInt64 = 0
    /// Bytes that the kernel has taken so far.
    package internal(set) var sentBytes: UInt64 = 0
    /// Bytes that were read so far.
    package internal(set) var receivedBytes: UInt64 = 0

    /// Made with the first TLS stream.
    private(set) lazy var tls = TLSScratch()

    private var isNoted = false
    private var plain: [TLSStream] = []
    private var dirty: [TCPStream] = []
    private var joined = JoinedRun()

    /// Makes the context of one loop.
    package init(loop: EventLoop) { self.loop = loop }

    func noteOutput(of stream: TCPStream) {
        noteRound()
        dirty.append(stream)
    }

    func noteOutput(of stream: TLSStream) {
        noteRound()
        plain.append(stream)
    }

    private func noteRound() {
        guard !isNoted else { return }
        isNoted = true
        loop.atRoundEnd(self)
    }

    package func roundDidEnd() {
        // What is encrypted now leaves in this same round.
        let encrypting = plain
        plain.removeAll(keepingCapacity: true)
        for stream in encrypting { stream.encrypt() }
        isNoted = false
        let streams = dirty
        dirty.removeAll(keepingCapacity: true)
        for stream in streams { stream.flush() }
        joined = JoinedRun()
    }

    /// The bytes of `first` and `rest` in one array; members of one cohort, which are all owed the same run, share it.
    func join(_ first: [UInt8], _ rest: [[UInt8]]) -> [UInt8] {
        if joined.matches(first, rest) { return joined.bytes }
        joined = JoinedRun(first, rest)
        return joined.bytes
    }
}

/// A run of frames that was joined into one array, kept for the next stream that is owed the same run.
private struct JoinedRun {
    private var parts: [[UInt8]] = []
    let bytes: [UInt8]

    init() { bytes = [] }

    init(_ first: [UInt8], _ rest: [[UInt8]]) {
        parts = [first] + rest
        var bytes: [UInt8] = []
        bytes.reserveCapacity(parts.reduce(0) { $0 + $1.count })
        for part in parts { bytes.append(contentsOf: part) }
        self.bytes = bytes
    }

    /// Whether the run is made of the very same arrays; their storage is compared, never their content.
    func matches(_ first: [UInt8], _ rest: [[UInt8]]) -> Bool {
        guard parts.count == rest.count + 1, JoinedRun.same(parts[0], first) else { return false }
        for index in rest.indices where !JoinedRun.same(parts[index + 1], rest[index]) { return false }
        return true
    }

    private static func same(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.withUnsafeBufferPointer { left in
            right.withUnsafeBufferPointer { right in
                left.baseAddress == right.baseAddress && left.count == right.count
            }
        }
    }
}
