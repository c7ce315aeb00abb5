import EventLoop

/// A TLS connection on a loop, over a TCP stream, for either role.
///
/// Bytes that wait for a slow peer wait as plain text, shared with other streams, but for ``window``; together they
/// are bounded by `outputLimit`, at which ``send(_:)`` refuses. What is sent before the handshake is complete waits for
/// it. An idle connection owns OpenSSL's session and no buffer.
package final class TLSStream: ByteStream, StreamHandler {
    /// Encrypted bytes that wait for the kernel at a time; further output is encrypted when they have left.
    static let window = 128 << 10
    /// How long a failed connection stays to let its alert leave.
    private static let alertLimit: Duration = .seconds(1)

    package var handler: (any StreamHandler)?
    /// Called once, on the loop, when the handshake is complete; it may set ``handler``, which hears of all bytes.
    package var whenOpen: (() -> Void)?

    private let tcp: TCPStream
    private let streams: StreamContext
    private let outputLimit: Int
    private var session: TLSSession?
    private var timer: LoopTimer?
    private var finishLimit: Duration?

    private var pending: [[UInt8]] = []
    private var pendingBytes = 0
    private var sentOfFirst = 0

    private var isOpen = false
    private var isClosed = false
    private var isNoted = false
    private var isPaused = false
    private var receivedEnd = false
    private var sentEnd = false

    /// Takes over a connected stream and begins the handshake; called on the loop.
    ///
    /// - Parameters:
    ///   - tcp: The stream below, of which nobody else may be the handler; its own limit must be at least 256 KiB.
    ///   - tls: Trust or certificate.
    ///   - serverName: For a client, the host's name or IP address, which the certificate must bear; `nil` for a server.
    ///   - streams: The loop's streams.
    ///   - outputLimit: Bytes that may wait for a slow peer.
    ///   - handshakeLimit: How long the handshake may take.
    /// - Throws: ``TLSFailure`` when no session can be made; the stream below is then closed.
    package init(
        over tcp: TCPStream, tls: TLSContext, serverName: String?, streams: StreamContext,
        outputLimit: Int = 16 << 20, handshakeLimit: Duration = .seconds(10)
    ) throws(TLSFailure) {
        precondition(
            tls.isClient == (serverName != nil), "a client names its server, a server has no name to check")
        self.tcp = tcp
        self.streams = streams
        self.outputLimit = outputLimit
        do throws(TLSFailure) {
            session = try TLSSession(tls, serverName: serverName)
        } catch {
            tcp.close()
            throw error
        }
        tcp.handler = self
        timer = streams.loop.schedule(after: handshakeLimit) { [weak self] in
            self?.end(.tls(.handshakeTimedOut))
        }
        if serverName != nil { advanceHandshake() }
    }

    package var peer: SocketAddress? { isClosed ? nil : tcp.peer }

    // MARK: Output

    package var queuedBytes: Int { pendingBytes + (isClosed ? 0 : tcp.queuedBytes) }

    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        guard !isClosed, finishLimit == nil else { return false }
        guard !bytes.isEmpty else { return true }
        guard queuedBytes + bytes.count <= outputLimit else { return false }
        pending.append(bytes)
        pendingBytes += bytes.count
        streams.totals.frames += 1
        noteOutput()
        return true
    }

    private func noteOutput() {
        guard !isNoted, isOpen else { return }
        isNoted = true
        streams.noteOutput(of: self)
    }

    /// Encrypts what is pending and hands it on, until it is gone or the kernel's buffer is full.
    func encrypt() {
        isNoted = false
        guard isOpen, let session else { return }
        repeat {
            while pendingBytes > 0, tcp.queuedBytes + session.output.count < TLSStream.window {
                if let failure = encryptRecord(session) { return end(.tls(failure)) }
            }
            if finishLimit != nil, pendingBytes == 0, !sentEnd {
                sentEnd = true
                session.sayEnd()
            }
            guard pushOutput(session) else { return }
            tcp.flush()
        } while !isClosed && tcp.queuedBytes == 0 && pendingBytes > 0
        if sentEnd, !isClosed, let finishLimit { tcp.finish(within: finishLimit) }
    }

    /// Encrypts one record's worth: straight from a large piece, small pieces together.
    private func encryptRecord(_ session: TLSSession) -> TLSFailure? {
        let wanted = min(TLSSession.recordSize, pendingBytes)
        if pending[0].count - sentOfFirst >= wanted {
            let start = sentOfFirst
            let failure = pending[0].withUnsafeBytes {
                session.write(UnsafeRawBufferPointer(rebasing: $0[start..<(start + wanted)]))
            }
            sentOfFirst += wanted
            if sentOfFirst == pending[0].count { dropPieces(1) }
            pendingBytes -= wanted
            return failure
        }
        let record = streams.tls.record
        var filled = 0
        var done = 0
        for piece in pending {
            let count = min(piece.count - sentOfFirst, wanted - filled)
            let start = sentOfFirst
            piece.withUnsafeBytes { bytes in
                UnsafeMutableRawBufferPointer(rebasing: record[filled..<(filled + count)])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<(start + count)]))
            }
            filled += count
            sentOfFirst += count
            guard sentOfFirst == piece.count else { break }
            sentOfFirst = 0
            done += 1
        }
        let rest = sentOfFirst
        dropPieces(done)
        sentOfFirst = rest
        pendingBytes -= filled
        return session.write(UnsafeRawBufferPointer(rebasing: record[0..<filled]))
    }

    private func dropPieces(_ count: Int) {
        sentOfFirst = 0
        if count == pending.count { pending = [] } else { pending.removeFirst(count) }
    }

    /// Hands on what OpenSSL wants to send; `false` when that ended the stream.
    @discardableResult
    private func pushOutput(_ session: TLSSession) -> Bool {
        let output = session.takeOutput()
        guard !isClosed else { return false }
        // Refused only when a peer provokes answers that it does not read.
        if !output.isEmpty, !tcp.send(output) { end(.tls(.violation("too many answers wait"))) }
        return !isClosed
    }

    package func streamDidDrain() {
        guard isOpen, !isClosed else { return }
        encrypt()
        if !isClosed, finishLimit == nil, pendingBytes == 0 { handler?.streamDidDrain() }
    }

    // MARK: Input

    package func streamDidReceive(_ bytes: UnsafeMutableRawBufferPointer) {
        session?.feed(UnsafeRawBufferPointer(bytes)) { process() }
    }

    private func process() {
        if !isOpen, !advanceHandshake() { return }
        deliver()
    }

    /// Goes on with the handshake; `true` when it is complete.
    @discardableResult
    private func advanceHandshake() -> Bool {
        guard let session, !isClosed else { return false }
        let progress = session.handshake()
        guard pushOutput(session) else { return false }
        switch progress {
        case .needsInput: return false
        case .failed(let failure):
            end(.tls(failure))
            return false
        case .done:
            isOpen = true
            if finishLimit == nil {
                timer?.cancel()
                timer = nil
            }
            let told = whenOpen
            whenOpen = nil
            told?()
            if !isClosed, pendingBytes > 0 || finishLimit != nil { noteOutput() }
            if isPaused { tcp.pauseReading() }
            return !isClosed
        }
    }

    /// Decrypts what there is, as much as the loop's buffer holds at a time, and hands it on.
    private func deliver() {
        let buffer = streams.tls.plaintext
        while let session, !isPaused {
            guard finishLimit == nil, !receivedEnd else { return session.discardInput() }
            var filled = 0
            var last = TLSSession.Reading.bytes(0)
            while case .bytes = last, filled + TLSSession.recordSize <= buffer.count {
                last = session.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
                if case .bytes(let count) = last { filled += count }
            }
            if filled > 0 {
                handler?.streamDidReceive(UnsafeMutableRawBufferPointer(rebasing: buffer[0..<filled]))
            }
            // OpenSSL tells an end or a failure again, once somebody reads on.
            guard pushOutput(session), !isPaused else { return }
            switch last {
            case .bytes: continue
            case .needsInput: return
            case .ended:
                receivedEnd = true
                if finishLimit == nil { handler?.streamDidReceiveEnd() }
            case .failed(let failure): return end(.tls(failure))
            }
        }
    }

    package func streamDidReceiveEnd() {
        guard isOpen else { return end(.tls(.endedEarly)) }
        // An end that was announced, or that comes when nobody listens any more, cuts nothing off.
        if !receivedEnd, finishLimit == nil { end(.tls(.truncated)) }
    }

    package func pauseReading() {
        isPaused = true
        if isOpen { tcp.pauseReading() }
    }

    package func resumeReading() {
        guard isPaused else { return }
        isPaused = false
        let again = LoopBound(self, loop: streams.loop)
        streams.loop.execute { again.value.readAgain() }
    }

    /// Hands on what was kept, then reads from the network again.
    private func readAgain() {
        guard isOpen, !isPaused else { return }
        session?.feedKept { deliver() }
        if !isPaused, !isClosed { tcp.resumeReading() }
    }

    // MARK: End

    package func finish(within limit: Duration) {
        guard !isClosed, finishLimit == nil else { return }
        finishLimit = limit
        timer?.cancel()
        timer = streams.loop.schedule(after: limit) { [weak self] in self?.end(.timedOut) }
        isPaused = false
        tcp.resumeReading()
        if isOpen { session?.discardInput() }
        if isOpen { noteOutput() } else if pendingBytes == 0 { tcp.finish(within: limit) }
    }

    package func close() { end(.finished) }

    package func streamDidClose(_ reason: StreamClosure) {
        end(!isOpen && reason == .finished && finishLimit == nil ? .tls(.endedEarly) : reason)
    }

    private func end(_ reason: StreamClosure) {
        guard !isClosed else { return }
        isClosed = true
        timer?.cancel()
        timer = nil
        session = nil
        pending = []
        pendingBytes = 0
        whenOpen = nil
        tcp.handler = nil
        if case .tls = reason { tcp.finish(within: TLSStream.alertLimit) } else { tcp.close() }
        let told = handler
        handler = nil
        told?.streamDidClose(reason)
    }
}

/// Buffers that the TLS streams of one loop share, for no stream uses one longer than a call.
final class TLSScratch {
    /// What was decrypted and is being handed on.
    let plaintext = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 64)
    /// Small pieces that become one record.
    let record = UnsafeMutableRawBufferPointer.allocate(byteCount: TLSSession.recordSize, alignment: 64)

    deinit {
        plaintext.deallocate()
        record.deallocate()
    }
}
