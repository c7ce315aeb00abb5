import EventLoop

/// A TLS connection on a loop, over a TCP stream, for either role.
///
/// Bytes that wait for a slow peer wait as plain text, shared with other streams, but for the one record that OpenSSL has
/// sealed and the kernel has not taken; they are bounded by `outputLimit`, at which ``send(_:)`` refuses. What is sent
/// before the handshake is complete waits for it. An idle connection owns OpenSSL's session and no buffer.
package final class TLSStream: ByteStream, StreamHandler {
    /// Records that are sealed in one go before other streams have their turn.
    private static let recordsPerTurn = 64
    /// How long a failed connection stays to let its alert leave.
    private static let alertLimit: Duration = .seconds(1)

    package var handler: (any StreamHandler)?

    private let tcp: TCPStream
    private let streams: StreamContext
    private var session: TLSSession?
    private var opening: Opening?
    private var timer: LoopTimer?
    private var finishLimit: Duration?

    // Output: almost always one frame, so that one costs no allocation.
    private var first: [UInt8] = []
    private var rest: [[UInt8]] = []
    private var sentOfFirst = 0
    private let outputLimit: Int32
    private var pendingBytes: Int32 = 0
    /// Bytes of the record that the kernel has not taken whole; they must be given to OpenSSL again.
    private var stuckBytes: Int32 = 0

    private var isOpen = false
    private var isClosed = false
    package var isPatient = false
    private var isNoted = false
    private var isPaused = false
    /// Reading waits until an answer of TLS's own has left.
    private var waitsForRoom = false
    private var receivedEnd = false
    private var sentEnd = false

    /// What matters until the handshake is complete, and is gone then.
    private struct Opening {
        var told: (() -> Void)?
        let plainAnswer: [UInt8]
    }

    /// Called once, on the loop, when the handshake is complete; it may set ``handler``, which hears of all bytes.
    package var whenOpen: (() -> Void)? {
        get { opening?.told }
        set { opening?.told = newValue }
    }

    /// What the handshake led to; `nil` before it is complete and after the end.
    package var agreement: TLSAgreement? { isOpen ? session?.agreement : nil }

    package var isSecure: Bool { true }

    /// Takes over a connected stream and begins the handshake; called on the loop.
    ///
    /// - Parameters:
    ///   - tcp: The stream below, of which nobody else may be the handler.
    ///   - tls: Trust or certificates.
    ///   - serverName: For a client, the host's name or IP address, which the certificate must bear; `nil` for a server.
    ///   - streams: The loop's streams.
    ///   - outputLimit: Bytes that may wait for a slow peer.
    ///   - handshakeLimit: How long the handshake may take.
    ///   - plainAnswer: What a server tells a client that speaks HTTP without TLS, as it is.
    /// - Throws: ``TLSFailure`` when no session can be made; the stream below is then closed.
    package init(
        over tcp: TCPStream, tls: TLSContext, serverName: String?, streams: StreamContext,
        outputLimit: Int = 16 << 20, handshakeLimit: Duration = .seconds(10), plainAnswer: [UInt8] = []
    ) throws(TLSFailure) {
        precondition(
            tls.isClient == (serverName != nil), "a client names its server, a server has no name to check")
        self.tcp = tcp
        self.streams = streams
        self.outputLimit = Int32(clamping: outputLimit)
        opening = Opening(plainAnswer: plainAnswer)
        do throws(TLSFailure) {
            session = try TLSSession(tls, serverName: serverName, tcp: tcp)
        } catch {
            tcp.close()
            throw error
        }
        tcp.handler = self
        timer = streams.loop.schedule(after: handshakeLimit) { [unowned self] in
            end(.tls(.handshakeTimedOut))
        }
        if serverName != nil { advanceHandshake() }
    }

    package var peer: SocketAddress? { isClosed ? nil : tcp.peer }

    // MARK: Output

    package var queuedBytes: Int { Int(pendingBytes) }

    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        guard !isClosed, finishLimit == nil else { return false }
        guard !bytes.isEmpty else { return true }
        guard Int(pendingBytes) + bytes.count <= Int(outputLimit) else { return false }
        if pendingBytes == 0 { first = bytes } else { rest.append(bytes) }
        pendingBytes += Int32(bytes.count)
        streams.noteFrame(isPatient: isPatient)
        noteOutput()
        if isPatient, queuedBytes > StreamContext.bulk, isOpen, !tcp.isBlocked { streams.hurry() }
        return true
    }

    private func noteOutput() {
        guard !isNoted, isOpen else { return }
        isNoted = true
        streams.noteOutput(of: self)
    }

    /// Seals what is pending and writes it, until it is gone or the kernel's buffer is full.
    func encrypt() {
        isNoted = false
        guard isOpen, !isClosed, !tcp.isBlocked, let session else { return }
        for _ in 0..<TLSStream.recordsPerTurn where pendingBytes > 0 {
            switch writeRecord(session) {
            case .done, .needsInput: continue
            case .needsRoom: return
            case .failed(let reason): return end(reason)
            }
        }
        guard pendingBytes == 0 else {
            let again = LoopBound(self, loop: streams.loop)
            return streams.loop.execute {
                again.value.encrypt()
                again.value.tellDrained()
            }
        }
        guard let finishLimit else { return }
        if !sentEnd, session.sayEnd() == .needsRoom { return }
        sentEnd = true
        tcp.finish(within: finishLimit)
    }

    /// Tells the handler that there is room, where that is so.
    func tellDrained() {
        if isOpen, !isClosed, finishLimit == nil, pendingBytes == 0 { handler?.streamDidDrain() }
    }

    /// Writes one record's worth: straight from a large piece, small pieces together.
    private func writeRecord(_ session: TLSSession) -> TLSSession.Progress {
        let wanted = stuckBytes > 0 ? Int(stuckBytes) : min(TLSSession.recordSize, Int(pendingBytes))
        let result: TLSSession.Progress
        if first.count - sentOfFirst >= wanted {
            let range = sentOfFirst..<(sentOfFirst + wanted)
            result = first.withUnsafeBytes { session.write(UnsafeRawBufferPointer(rebasing: $0[range])) }
        } else {
            result = session.write(joined(wanted))
        }
        switch result {
        case .done:
            stuckBytes = 0
            pendingBytes -= Int32(wanted)
            drop(wanted)
        case .needsRoom: stuckBytes = Int32(wanted)
        case .needsInput, .failed: break
        }
        return result
    }

    /// The first `wanted` bytes of several pieces, in the loop's buffer.
    private func joined(_ wanted: Int) -> UnsafeRawBufferPointer {
        let record = streams.tls.record
        var filled = 0
        func add(_ piece: [UInt8], from start: Int) {
            let count = min(piece.count - start, wanted - filled)
            piece.withUnsafeBytes { bytes in
                UnsafeMutableRawBufferPointer(rebasing: record[filled..<(filled + count)])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<(start + count)]))
            }
            filled += count
        }
        add(first, from: sentOfFirst)
        for piece in rest where filled < wanted { add(piece, from: 0) }
        return UnsafeRawBufferPointer(rebasing: record[0..<filled])
    }

    /// Forgets bytes that have been written.
    private func drop(_ count: Int) {
        guard pendingBytes > 0 else {
            first = []
            rest = []
            sentOfFirst = 0
            return
        }
        sentOfFirst += count
        guard sentOfFirst >= first.count else { return }
        var used = 0
        sentOfFirst -= first.count
        while sentOfFirst >= rest[used].count {
            sentOfFirst -= rest[used].count
            used += 1
        }
        first = rest[used]
        rest.removeFirst(used + 1)
    }

    package func streamDidDrain() {
        guard !isClosed else { return }
        guard isOpen else {
            session?.feedKept { process() }
            return
        }
        let before = pendingBytes
        encrypt()
        if !isClosed, finishLimit == nil, pendingBytes > 0, pendingBytes < before {
            handler?.streamDidAdvance()
        }
        guard !isClosed, !tcp.isBlocked else { return }
        if waitsForRoom {
            waitsForRoom = false
            readAgain()
        }
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
        switch session.handshake() {
        case .needsInput, .needsRoom: return false
        case .failed(let reason):
            if reason == .tls(.plainHTTP), let opening { tcp.send(opening.plainAnswer) }
            end(reason)
            return false
        case .done:
            isOpen = true
            if finishLimit == nil {
                timer?.cancel()
                timer = nil
            }
            let told = opening?.told
            opening = nil
            told?()
            if !isClosed, pendingBytes > 0 || finishLimit != nil { noteOutput() }
            if isPaused { tcp.pauseReading() }
            return !isClosed
        }
    }

    /// Decrypts what there is, as much as the loop's buffer holds at a time, and hands it on.
    private func deliver() {
        let buffer = streams.tls.plaintext
        while let session, !isPaused, !waitsForRoom {
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
            guard !isClosed, !isPaused else { return }
            switch last {
            case .bytes: continue
            case .needsInput: return
            case .needsRoom:
                waitsForRoom = true
                tcp.pauseReading()
            case .ended:
                receivedEnd = true
                if finishLimit == nil { handler?.streamDidReceiveEnd() }
            case .failed(let reason): return end(reason)
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
        guard isOpen, !isPaused, !waitsForRoom else { return }
        session?.feedKept { deliver() }
        if !isPaused, !waitsForRoom, !isClosed { tcp.resumeReading() }
    }

    // MARK: End

    package func finish(within limit: Duration) {
        guard !isClosed, finishLimit == nil else { return }
        finishLimit = limit
        timer?.cancel()
        timer = streams.loop.schedule(after: limit) { [unowned self] in end(.timedOut) }
        isPaused = false
        waitsForRoom = false
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
        first = []
        rest = []
        pendingBytes = 0
        opening = nil
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
