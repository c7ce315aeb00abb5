import EventLoop
import HTTP
import HTTPTypes
import Sockets
import WebSocket

/// One client's HTTP/1.1 connection.
///
/// Confined to its loop.
///
/// Requests are answered one at a time and in their order. While one is being answered, what the client sends
/// meanwhile is held (64 KiB at most: then reading pauses). The extensions hold the other halves: what happens to one
/// request (`+Requests`), how answers leave (`+Answers`), the change to WebSocket (`+Upgrade`).
final class HTTPConnection: StreamHandler {
    enum Stage {
        /// Between requests, or in a request's head.
        case reading
        /// The body is still coming, or it is being found out who asks.
        case collecting
        /// The body is not read on: its receiver is being made, or is behind.
        case holding
        /// The handler runs.
        case answering
        /// The answer waits for the client to take it.
        case sending
        /// The last answer waits for the client to take it.
        case closing
        /// The stream sends what little is left, and closes.
        case ending
        /// Closed, or given to another protocol.
        case gone
    }

    /// The next request is not looked at while more than this waits to be taken by the client.
    private static let outputHighWater = 1 << 18

    let stream: any ByteStream
    let server: HTTPServer
    var stage = Stage.reading
    var parser: RequestParser
    var exchange: Exchange?
    /// Counts requests, so that what comes back late is not taken for the present one's.
    var number = 0
    /// Bytes behind the request at hand.
    var held: [UInt8] = []
    var transfer: FileTransfer?
    /// The last request, where it may be answered again without being read again.
    var repetition: Repetition?
    var peerHasEnded = false

    private var pace: ConnectionPace
    private var timer: LoopTimer?
    private var timerDue: ContinuousClock.Instant?
    private var isPaused = false
    /// Output that waited when it was last looked at, to see whether the client takes any.
    private var waitingOutput = -1
    private(set) lazy var peer: String = stream.peer?.host ?? ""

    init(_ stream: any ByteStream, server: HTTPServer) {
        self.stream = stream
        self.server = server
        parser = RequestParser(limits: server.application.settings.request)
        pace = ConnectionPace(server.application.settings, at: server.context.loop.now)
    }

    var context: WebContext { server.context }
    var application: WebApplication { server.application }
    var now: ContinuousClock.Instant { server.context.loop.now }

    func begin() { keepPace() }

    // MARK: Input

    func streamDidReceive(_ bytes: UnsafeMutableRawBufferPointer) {
        // Safety: the stream's buffer is valid until this returns, and nothing of the span is kept.
        let span = Span<UInt8>(_unsafeBytes: UnsafeRawBufferPointer(bytes))
        if held.isEmpty {
            if stage == .reading, parser.phase == .idle {
                if answersAgain(span) { return }
                let before = number
                repetition = nil
                consume(span)
                keepRepetition(of: span, isOnlyOne: number == before + 1)
            } else {
                consume(span)
            }
            advance()
        } else {
            hold(span)
            advance()
        }
    }

    /// Reads what is held as far as requests can be answered; the way on after each answer.
    func advance() {
        while !held.isEmpty, stage == .reading || stage == .collecting {
            let bytes = held
            held = []
            consume(bytes.span)
        }
        if stage == .reading || stage == .collecting, held.isEmpty, isPaused {
            isPaused = false
            stream.resumeReading()
        }
        if peerHasEnded, held.isEmpty { endAfterPeer() }
        keepPace()
    }

    /// Takes bytes until they are used up or a request keeps the connection busy; the rest is held.
    private func consume(_ bytes: Span<UInt8>) {
        var position = 0
        while stage == .reading || stage == .collecting {
            do throws(HTTPError) {
                guard let event = try parser.next(bytes, from: &position) else { return }
                switch event {
                case .head(let head): try begin(head)
                case .body(let range): take(bytes.extracting(range))
                case .end: completeBody()
                }
            } catch {
                return refuse(error)
            }
        }
        if position < bytes.count, stage == .answering || stage == .sending || stage == .holding {
            hold(bytes.extracting(position..<bytes.count))
        }
    }

    private func hold(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { held.append(contentsOf: $0) }
        guard !isPaused else { return }
        isPaused = true
        stream.pauseReading()
    }

    private func take(_ bytes: Span<UInt8>) {
        exchange?.hasBodyBytes = true
        pace.receivedBody(bytes.count)
        if let receiver = exchange?.receiver { return hand(bytes, to: receiver) }
        guard case .settled = exchange?.clearance else {
            bytes.withUnsafeBufferPointer { exchange?.request.body.append(contentsOf: $0) }
            return
        }
    }

    /// Gives a piece of the body to its receiver, and stops reading while that is behind.
    private func hand(_ bytes: Span<UInt8>, to receiver: any BodyReceiver) {
        receiver.receive(bytes.withUnsafeBufferPointer { Array($0) })
        if receiver.refusal != nil { return refuseBody() }
        if receiver.isBehind { stage = .holding }
    }

    /// Reads the body on, after a stop.
    func resumeBody() {
        guard stage == .holding else { return }
        stage = .collecting
        // The body's end may be all that is left: it comes with no bytes.
        if held.isEmpty { consume([UInt8]().span) }
        advance()
    }

    /// Bytes for whoever takes the stream over; the connection forgets them.
    func releaseHeld() -> [UInt8] {
        defer { held = [] }
        if isPaused {
            isPaused = false
            stream.resumeReading()
        }
        return held
    }

    func streamDidReceiveEnd() {
        peerHasEnded = true
        if held.isEmpty { endAfterPeer() }
    }

    /// The client sends no more: what it has asked gets its answer, what it has not finished asking does not.
    private func endAfterPeer() {
        switch stage {
        case .reading: finish()
        case .collecting where exchange?.isWhole != true: abort()
        case .collecting, .holding, .answering, .sending, .closing, .ending, .gone: break
        }
    }

    // MARK: Output

    func streamDidDrain() {
        pace.madeRoom(at: now)
        if let transfer { return transfer.proceed() }
        resumeAfterOutput()
    }

    /// Has ``resumeAfterOutput()`` called when what was just queued has left as far as the client keeps up.
    private func lookAtOutputLater() {
        let again = LoopBound(self, loop: context.loop)
        context.loop.execute { again.value.resumeAfterOutput() }
    }

    /// An answer has been queued whole: goes on to the next request, once the client has taken enough of it.
    func answered() {
        exchange = nil
        transfer = nil
        guard !server.isDraining else { return finish() }
        guard stream.queuedBytes > HTTPConnection.outputHighWater else {
            stage = .reading
            return
        }
        stage = .sending
        lookAtOutputLater()
    }

    private func resumeAfterOutput() {
        guard transfer == nil, stage == .sending || stage == .closing else { return }
        let limit = stage == .closing ? 0 : HTTPConnection.outputHighWater
        guard stream.queuedBytes <= limit else { return keepPace() }
        if stage == .closing { return end() }
        stage = .reading
        advance()
    }

    // MARK: Time

    /// Tells the pace what is waited for, and sets the timer by it.
    func keepPace() {
        let wait: ConnectionPace.Wait =
            switch stage {
            case .reading: parser.phase == .idle ? .idle : .head
            case .collecting: exchange?.isWhole == true ? .nothing : .body
            case .sending, .closing: .room
            case .holding, .answering, .ending, .gone: .nothing
            }
        pace.waits(for: wait, at: now)
        guard let deadline = pace.deadline else { return }
        // A timer that fires early finds the new deadline and is set again: that is cheaper than one per request.
        if let timerDue, timer?.isPending == true, timerDue <= deadline { return }
        setTimer(for: deadline)
    }

    /// The client has asked for something and has been answered: it has its whole time again.
    func renewPace() {
        pace.waits(for: .nothing, at: now)
        keepPace()
    }

    private func setTimer(for deadline: ContinuousClock.Instant) {
        timer?.cancel()
        timerDue = deadline
        timer = context.loop.schedule(after: max(.zero, deadline - now)) { [weak self] in
            self?.timeHasPassed()
        }
    }

    private func timeHasPassed() {
        guard let deadline = pace.deadline else { return }
        guard now >= deadline else { return setTimer(for: deadline) }
        switch pace.wait {
        case .nothing: break
        case .idle: finish()
        case .head, .body:
            let error = WebError(
                .requestTimeout, code: "timeout", message: "The request took too long to arrive.")
            answer(refusal(error, id: exchange?.request.id ?? RequestID.make()), closing: true)
        case .room: giveUpUnlessTaking()
        }
    }

    /// Ends the connection of a client that has taken nothing at all since this was last asked.
    private func giveUpUnlessTaking() {
        guard stream.queuedBytes != waitingOutput else { return abort() }
        waitingOutput = stream.queuedBytes
        pace.madeRoom(at: now)
        keepPace()
    }

    // MARK: The end

    /// Ends an idle connection; a busy one says `Connection: close` in its answer.
    func drain() {
        if stage == .reading, parser.phase == .idle, held.isEmpty { finish() }
    }

    /// Sends what is queued, then closes.
    func finish() {
        guard stage != .gone, stage != .ending, stage != .closing else { return }
        held = []
        // The stream's own end is bounded in time: a long answer to a slow client must have left before it begins.
        guard stream.queuedBytes > 0 else { return end() }
        stage = .closing
        lookAtOutputLater()
    }

    private func end() {
        stage = .ending
        stream.finish(within: application.settings.lingering)
    }

    /// Closes at once.
    func abort() {
        guard stage != .gone else { return }
        stage = .ending
        held = []
        stream.close()
    }

    func streamDidClose(_ reason: StreamClosure) {
        transfer?.drop()
        leave()
    }

    /// Lets go of everything: the stream is closed or belongs to somebody else.
    func leave() {
        stage = .gone
        number += 1
        dropReceiver()
        exchange = nil
        transfer = nil
        repetition = nil
        held = []
        timer?.cancel()
        server.remove(self)
    }
}
