import EventLoop
package import Sockets
package import WebSocket

/// One open WebSocket on a byte stream.
///
/// Confined to its loop.
///
/// It owns no buffer while nothing is under way: tens of thousands of them may idle on a loop.
package final class WebSocketConnection: StreamHandler {
    /// Pings are not answered while more than this waits: a peer that does not read does not need pongs.
    private static let pongHighWater = 1 << 16

    private let stream: any ByteStream
    private unowned let server: HTTPServer
    private var handler: (any WebSocketHandler)?
    /// What has come of a message that is not whole; there is none while nothing is under way.
    private var begunMessage: BegunMessage?
    /// How it ends, once that has begun.
    private var begunEnding: Ending?
    /// How long the peer may take to answer a close frame, in milliseconds.
    private let closeWait: Int32
    private var isClosed = false
    private var readLimit: Int32 = -1
    private let messageBytes: Int32
    private let fragments: Int32
    /// The window of messages that are compressed for the peer, as its binary logarithm; 0 when none may be.
    package let deflateWindow: UInt8

    init(
        _ stream: any ByteStream, server: HTTPServer, limits: WebSocketLimits, deflate: DeflateAgreement?,
        handler: any WebSocketHandler
    ) {
        self.stream = stream
        self.server = server
        self.handler = handler
        deflateWindow = UInt8(deflate?.serverWindow ?? 0)
        messageBytes = Int32(clamping: limits.messageBytes)
        fragments = Int32(clamping: limits.fragments)
        closeWait = Int32(clamping: Int64(limits.closeWait / .milliseconds(1)))
    }

    /// The decoder of a message that comes in pieces; most come in one.
    private final class BegunMessage {
        var decoder: MessageDecoder

        init(_ decoder: MessageDecoder) { self.decoder = decoder }
    }

    /// The closing handshake of a connection, which most do without for a long time.
    private final class Ending {
        var handshake: CloseHandshake
        var timer: LoopTimer?
        var peerReason = ""

        init(patience: Duration) { handshake = CloseHandshake(patience: patience) }
    }

    private var ending: Ending {
        if let begunEnding { return begunEnding }
        let begun = Ending(patience: .milliseconds(closeWait))
        begunEnding = begun
        return begun
    }

    /// Begins, with what the client has sent too early for the HTTP side to leave it in the socket.
    func begin(_ early: [UInt8], peerHasEnded: Bool) {
        // What is said goes to many as a rule.
        stream.isPatient = true
        handler?.webSocketDidOpen(self)
        if !early.isEmpty {
            var early = early
            early.withUnsafeMutableBytes { receive($0) }
        }
        if peerHasEnded { streamDidReceiveEnd() }
    }

    private var now: ContinuousClock.Instant { server.context.loop.now }

    // MARK: Output

    /// Whether messages may be sent: no close frame has passed in either direction.
    package var isOpen: Bool { !isClosed && begunEnding?.handshake.isOpen ?? true }

    /// Bytes that the kernel has not taken yet.
    package var queuedBytes: Int { stream.queuedBytes }

    /// Queues a frame that is already encoded; the array is shared, never copied.
    ///
    /// - Returns: `false`, with nothing queued, when the connection is closing or the stream's bound is reached.
    @discardableResult
    package func send(_ frame: [UInt8]) -> Bool { isOpen && stream.send(frame) }

    /// Queues a text message; the caller answers for its being UTF-8.
    ///
    /// Returns as ``send(_:)`` does.
    @discardableResult
    package func sendText(_ text: [UInt8]) -> Bool { send(FrameEncoder.text(text.span)) }

    /// Queues a binary message.
    ///
    /// Returns as ``send(_:)`` does.
    @discardableResult
    package func sendBinary(_ bytes: [UInt8]) -> Bool { send(FrameEncoder.binary(bytes.span)) }

    /// A message as a frame, compressed where that was agreed to and saves something.
    func frame(_ kind: Opcode, _ bytes: Span<UInt8>) -> [UInt8] {
        guard deflateWindow > 0, let short = server.deflater.deflate(bytes, window: Int(deflateWindow))
        else { return FrameEncoder.frame(kind, bytes) }
        return FrameEncoder.frame(kind, short.span, reserved: .rsv1)
    }

    /// Queues a ping of at most 125 bytes.
    ///
    /// Returns as ``send(_:)`` does.
    @discardableResult
    package func ping(_ bytes: [UInt8] = []) -> Bool { send(FrameEncoder.ping(bytes.span)) }

    /// Stops reading: the peer meets a full window.
    ///
    /// Calls do not nest.
    package func pauseReading() { stream.pauseReading() }

    /// Reads again.
    package func resumeReading() { stream.resumeReading() }

    /// Stops reading for as long as more than `limit` bytes wait for the peer: who does not read is not listened to.
    package func pauseReading(whileQueuedAbove limit: Int) {
        guard stream.queuedBytes > limit else { return }
        stream.pauseReading()
        readLimit = Int32(clamping: limit)
        // What was just queued leaves at the end of the round; only then it shows whether the peer keeps up.
        let again = LoopBound(self, loop: server.context.loop)
        server.context.loop.execute { again.value.resumeIfPossible() }
    }

    private func resumeIfPossible() {
        guard readLimit >= 0, stream.queuedBytes <= Int(readLimit) else { return }
        readLimit = -1
        stream.resumeReading()
    }

    // MARK: Input

    package func streamDidReceive(_ bytes: UnsafeMutableRawBufferPointer) { receive(bytes) }

    private func receive(_ bytes: UnsafeMutableRawBufferPointer) {
        // Safety: the buffer is valid, and ours to write to, until this returns; the input does not outlive it.
        var input = FrameInput(bytes)
        if let begunMessage {
            decode(&input, &begunMessage.decoder)
            if begunMessage.decoder.isIdle { self.begunMessage = nil }
        } else {
            var decoder = MessageDecoder(
                limits: .init(maxMessageBytes: Int(messageBytes), maxFragments: Int(fragments)),
                allowing: deflateWindow == 0 ? [] : .rsv1)
            decode(&input, &decoder)
            if !decoder.isIdle { begunMessage = BegunMessage(decoder) }
        }
    }

    private func decode(_ input: inout FrameInput, _ decoder: inout MessageDecoder) {
        do throws(FrameError) {
            while !isClosed, let event = try decoder.next(&input) { try take(event, input) }
        } catch {
            perform(ending.handshake.failed(error, at: now))
        }
    }

    private func take(_ event: MessageDecoder.Event, _ input: FrameInput) throws(FrameError) {
        switch event {
        case .text(let payload):
            guard isOpen else { return }
            input.withBytes(of: payload) { handler?.webSocketDidReceiveText($0) }
        case .binary(let payload):
            guard isOpen else { return }
            input.withBytes(of: payload) { handler?.webSocketDidReceiveBinary($0) }
        case .compressed(let kind, let payload):
            guard isOpen else { return }
            let message = try input.withBytes(of: payload) { bytes throws(FrameError) in
                try server.inflater.inflate(bytes, limit: Int(messageBytes))
            }
            guard kind == .text else { return handler?.webSocketDidReceiveBinary(message.span) ?? () }
            guard UTF8Validator.isValid(message.span) else { throw .invalidUTF8 }
            handler?.webSocketDidReceiveText(message.span)
        case .ping(let payload):
            guard isOpen, stream.queuedBytes <= WebSocketConnection.pongHighWater else { return }
            send(input.withBytes(of: payload) { FrameEncoder.pong($0) })
        case .pong: if isOpen { handler?.webSocketDidReceivePong() }
        case .close(let code, let reason):
            ending.peerReason = reason
            perform(ending.handshake.received(code, at: now))
        }
    }

    package func streamDidReceiveEnd() { perform(ending.handshake.peerEnded()) }

    package func streamDidDrain() {
        resumeIfPossible()
        handler?.webSocketDidAdvance()
    }

    package func streamDidAdvance() { streamDidDrain() }

    // MARK: The end

    /// Sends a close frame and waits, for so long as the limits say, for the peer's.
    package func close(_ code: CloseCode, _ reason: String = "") {
        perform(ending.handshake.close(code, reason: reason, at: now))
    }

    /// Closes at once, without a word.
    package func abort() { stream.close() }

    private func perform(_ action: CloseHandshake.Action) {
        let wait = (ending.handshake.deadline ?? now) - now
        switch action {
        case .wait: break
        case .send(let code, let reason):
            guard stream.send(FrameEncoder.close(code, reason: reason)) else { return stream.close() }
            setTimer(after: wait)
        case .sendAndEnd(let code, let reason):
            stream.send(FrameEncoder.close(code, reason: reason))
            finish(within: wait)
        case .end: finish(within: wait)
        // What is queued may still be wanted: the peer has only ended its own direction.
        case .drop: finish(within: .seconds(1))
        }
    }

    private func setTimer(after wait: Duration) {
        ending.timer = server.context.loop.schedule(after: wait) { [weak self] in
            guard let self, let deadline = ending.handshake.deadline else { return }
            guard now >= deadline else { return setTimer(after: deadline - now) }
            perform(ending.handshake.tick(at: now))
        }
    }

    private func finish(within limit: Duration) {
        tellClosed()
        stream.finish(within: limit)
    }

    package func streamDidClose(_ reason: StreamClosure) {
        _ = ending.handshake.peerEnded()
        tellClosed()
        server.remove(self)
    }

    /// Tells the handler that it is over, once.
    private func tellClosed() {
        guard !isClosed else { return }
        isClosed = true
        ending.timer?.cancel()
        ending.timer = nil
        let told = handler
        handler = nil
        told?.webSocketDidClose(ending.handshake.outcome ?? .abnormal, ending.peerReason)
    }
}
