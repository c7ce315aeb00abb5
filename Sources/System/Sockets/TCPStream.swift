import CLinux
package import EventLoop
import Glibc

/// A TCP connection on a loop.
///
/// Registered once, edge-triggered, for both directions, so that neither back-pressure nor blocked output costs a
/// system call of its own. Output is bounded by `outputLimit`; at the bound ``send(_:)`` refuses.
package final class TCPStream: ByteStream, ReadinessHandler {
    private enum State { case open, finishing, discarding, closed }

    /// Reads in one go before other streams have their turn.
    private static let readsPerTurn = 4
    /// Made once, for it is looked at with each event.
    private static let ends: Readiness = [.peerFinished, .hangup, .error]

    package var handler: (any StreamHandler)?
    package private(set) var queuedBytes = 0

    private let context: StreamContext
    private let descriptor: CInt
    private var registration: Registration?
    private let outputLimit: Int32

    // Output: what the kernel has not taken of earlier rounds, then this round's frames, which the loop's streams share.
    private var first: [UInt8] = []
    private var sentOfFirst: Int32 = 0
    private var place = RoundFrames.Place()
    /// Frames that are not among the round's: those of a stream that waits for its peer, which outlive it.
    private var rest: [[UInt8]] = []

    private var state = State.open
    package var isPatient = false
    private var isNoted = false
    private(set) var isBlocked = false
    private var isPaused = false
    private var readableWhilePaused = false
    private var receivedEnd = false
    private var deadline: LoopTimer?

    /// Takes over a connected, non-blocking socket; called on the loop.
    ///
    /// - Parameters:
    ///   - descriptor: The socket; closed by the stream.
    ///   - context: The loop's streams.
    ///   - outputLimit: Bytes that may wait for a slow peer.
    /// - Throws: ``SocketError`` when the kernel refuses to watch it.
    package init(
        adopting descriptor: consuming Descriptor, context: StreamContext, outputLimit: Int = 16 << 20
    ) throws(SocketError) {
        self.context = context
        self.outputLimit = Int32(clamping: outputLimit)
        self.descriptor = descriptor.release()
        do {
            registration = try context.loop.register(
                self.descriptor, [.readable, .writable, .peerFinished], edgeTriggered: true, handler: self)
        } catch {
            Glibc.close(self.descriptor)
            throw .system(call: "epoll_ctl", errno: ENOSPC)
        }
        var one: CInt = 1
        setsockopt(self.descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
        context.totals.open += 1
    }

    package var peer: SocketAddress? {
        guard state != .closed else { return nil }
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) }
        }
        return result == 0 ? SocketAddress(storage) : nil
    }

    package var isSecure: Bool { false }

    // MARK: Output

    /// The socket, for OpenSSL to write to while the stream is open.
    var socket: CInt { descriptor }

    /// Hands bytes to the kernel at once; for a layer above that queues by itself and never calls ``send(_:)`` too.
    ///
    /// - Returns: How many it took, which may be none: then the handler is told when there is room. On an error -1, with
    ///   `errno`.
    func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard state == .open, !isBlocked else { return 0 }
        while true {
            let sent = clinux_send(descriptor, bytes.baseAddress, bytes.count)
            context.totals.sendCalls += 1
            if sent >= 0 {
                context.totals.sentBytes += UInt64(sent)
                return sent
            }
            if errno == EINTR { continue }
            guard errno == EAGAIN else { return -1 }
            isBlocked = true
            return 0
        }
    }

    /// Notes that somebody who writes to ``socket`` himself found no room.
    func noteBlocked() { isBlocked = true }

    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        guard state == .open, !bytes.isEmpty else { return state == .open }
        guard queuedBytes + bytes.count <= Int(outputLimit) else { return false }
        queuedBytes += bytes.count
        context.noteFrame(isPatient: isPatient)
        if isBlocked || !rest.isEmpty || !context.frames.add(bytes, to: &place) {
            if !place.isEmpty { rest = context.frames.take(&place) }
            rest.append(bytes)
        }
        noteOutput()
        if isPatient, queuedBytes > StreamContext.bulk, !isBlocked { context.hurry() }
        return true
    }

    private func noteOutput() {
        guard !isNoted, !isBlocked else { return }
        isNoted = true
        context.noteOutput(of: self)
    }

    /// Writes what is queued until it is gone or the kernel's buffer is full.
    func flush() {
        isNoted = false
        guard state != .closed, !isBlocked else { return }
        gatherOutput()
        while sentOfFirst < first.count {
            let done = Int(sentOfFirst)
            let sent = first.withUnsafeBytes { bytes in
                clinux_send(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
            }
            context.totals.sendCalls += 1
            if sent < 0 {
                if errno == EINTR { continue }
                guard errno == EAGAIN else { return end(.failed(errno: errno)) }
                isBlocked = true
                return
            }
            context.totals.sentBytes += UInt64(sent)
            sentOfFirst += Int32(sent)
            queuedBytes -= sent
        }
        first = []
        sentOfFirst = 0
        if state == .finishing { finishOutput() }
    }

    /// Makes one array of what is to leave.
    private func gatherOutput() {
        // Where there is a place, nothing is left of earlier rounds, and nothing stands beside it.
        if !place.isEmpty { return first = context.frames.joined(&place) }
        guard !rest.isEmpty else { return }
        var all: [UInt8] = []
        all.reserveCapacity(queuedBytes)
        all.append(contentsOf: first[Int(sentOfFirst)...])
        for frame in rest { all.append(contentsOf: frame) }
        (first, rest, sentOfFirst) = (all, [], 0)
    }

    // MARK: Input

    package func descriptorIsReady(_ readiness: Readiness) {
        if readiness.contains(.writable), isBlocked { unblock() }
        guard state != .closed else { return }
        let ended = !readiness.isDisjoint(with: TCPStream.ends)
        if ended || readiness.contains(.readable) { readSome(untilEnd: ended) }
    }

    private func unblock() {
        let before = queuedBytes
        isBlocked = false
        flush()
        if state == .open, isBlocked, queuedBytes < before { handler?.streamDidAdvance() }
        tellDrained()
    }

    /// Tells the handler that there is room, where that is so.
    func tellDrained() { if state == .open, !isBlocked { handler?.streamDidDrain() } }

    /// Reads what has arrived.
    ///
    /// Fewer bytes than asked for mean that the kernel's buffer was empty, and whatever comes next is an edge of its
    /// own. Only behind an end of file that was already reported (`untilEnd`) there is no further edge.
    private func readSome(untilEnd: Bool) {
        let scratch = context.loop.scratch
        for _ in 0..<TCPStream.readsPerTurn {
            guard state != .closed, !receivedEnd else { return }
            if isPaused {
                readableWhilePaused = true
                return
            }
            let count = read(descriptor, scratch.baseAddress, scratch.count)
            if count > 0 {
                context.totals.receivedBytes += UInt64(count)
                if state == .open {
                    handler?.streamDidReceive(UnsafeMutableRawBufferPointer(rebasing: scratch[0..<count]))
                }
                if count < scratch.count, !untilEnd { return }
            } else if count == 0 {
                return receiveEnd()
            } else if errno != EINTR {
                if errno != EAGAIN { end(.failed(errno: errno)) }
                return
            }
        }
        readAgainLater()
    }

    private func readAgainLater() {
        let again = LoopBound(self, loop: context.loop)
        context.loop.execute { again.value.readSome(untilEnd: true) }
    }

    private func receiveEnd() {
        receivedEnd = true
        switch state {
        case .open: handler?.streamDidReceiveEnd()
        case .discarding: end(.finished)
        case .finishing, .closed: break
        }
    }

    package func pauseReading() { isPaused = true }

    package func resumeReading() {
        guard isPaused else { return }
        isPaused = false
        guard readableWhilePaused else { return }
        readableWhilePaused = false
        readAgainLater()
    }

    // MARK: End

    package func finish(within limit: Duration) {
        guard state == .open else { return }
        state = .finishing
        resumeReading()
        deadline = context.loop.schedule(after: limit) { [weak self] in self?.end(.timedOut) }
        if queuedBytes == 0 { finishOutput() }
    }

    private func finishOutput() {
        shutdown(descriptor, CInt(SHUT_WR))
        state = .discarding
        if receivedEnd { end(.finished) }
    }

    package func close() { end(.finished) }

    private func end(_ reason: StreamClosure) {
        guard state != .closed else { return }
        state = .closed
        deadline?.cancel()
        deadline = nil
        if let registration { context.loop.cancel(registration) }
        Glibc.close(descriptor)
        context.totals.open -= 1
        (first, rest, place) = ([], [], RoundFrames.Place())
        queuedBytes = 0
        let told = handler
        handler = nil
        told?.streamDidClose(reason)
    }
}
