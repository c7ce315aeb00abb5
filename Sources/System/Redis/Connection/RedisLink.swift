import EventLoop
import Sockets

/// Hears of a link's events, on its loop; the link is never used again after the close.
protocol RedisLinkOwner: AnyObject {
    /// The handshake is over: the server takes commands.
    func linkDidOpen()
    func linkDidReceive(_ value: RedisValue)
    func linkDidClose(_ error: RedisError)
}

/// One life of a connection: a stream, the handshake and a reader, from opening to closing.
///
/// Confined to its loop. It knows nothing of whom a reply belongs to.
final class RedisLink: StreamHandler {
    enum Phase { case new, connecting, preparing, ready, closed }

    weak var owner: (any RedisLinkOwner)?
    private(set) var phase = Phase.new
    /// When bytes came last.
    private(set) var lastHeard: ContinuousClock.Instant

    private let loop: EventLoop
    private let endpoint: RedisEndpoint
    private let settings: RedisSettings
    private let dialer: RedisDialer
    private let counters: RedisCounters
    private var handshake: Handshake
    private var stream: (any ByteStream)?
    private var reader: (any ReplyReader)?
    private var timer: LoopTimer?

    init(
        loop: EventLoop, endpoint: RedisEndpoint, settings: RedisSettings, dialer: RedisDialer,
        counters: RedisCounters
    ) {
        self.loop = loop
        self.endpoint = endpoint
        self.settings = settings
        self.dialer = dialer
        self.counters = counters
        handshake = Handshake(settings)
        lastHeard = loop.now
    }

    /// Bytes that the kernel has not taken yet.
    var queuedBytes: Int { stream?.queuedBytes ?? 0 }

    /// Begins to connect; the owner hears how it went, never before this returns.
    func open() {
        loop.preconditionCurrent()
        precondition(phase == .new, "a link opens once")
        phase = .connecting
        timer = loop.schedule(after: settings.connectTimeout) { [weak self] in
            self?.close(.timeout(.connecting))
        }
        loop.later { [weak self] in self?.dial() }
    }

    private func dial() {
        guard phase == .connecting else { return }
        // A password never leaves in the clear because somebody handed over the wrong dialer.
        guard dialer.isEncrypted || !settings.isEncrypted else {
            return close(.configuration("the connection is to be encrypted, and the dialer does not encrypt"))
        }
        dialer.open(endpoint, settings.connectTimeout) { [weak self] result in
            guard let self, phase == .connecting else {
                if case .success(let stream) = result { stream.close() }
                return
            }
            switch result {
            case .success(let stream): begin(stream)
            case .failure(let error): close(error)
            }
        }
    }

    private func begin(_ stream: any ByteStream) {
        switch settings.protocolVersion {
        case .resp2: reader = HiredisReader(limits: settings.replyLimits)
        case .resp3: reader = RESP3Reader(limits: settings.replyLimits)
        }
        self.stream = stream
        stream.handler = self
        phase = .preparing
        lastHeard = loop.now
        for words in handshake.commands {
            guard let bytes = CommandFormatter.bytes(of: words), send(bytes) else {
                return close(.unavailable("the handshake cannot be sent"))
            }
        }
    }

    /// Queues bytes; `false`, with nothing queued, when the link is not open or its output is full.
    func send(_ bytes: [UInt8]) -> Bool {
        guard phase == .ready || phase == .preparing, let stream, stream.send(bytes) else { return false }
        counters.totals.bytesSent += UInt64(bytes.count)
        return true
    }

    /// Closes; the owner hears of it before this returns.
    ///
    /// Harmless when it is closed already.
    func close(_ error: RedisError) {
        guard phase != .closed else { return }
        phase = .closed
        timer?.cancel()
        let closing = stream
        stream = nil
        reader = nil
        closing?.close()
        owner?.linkDidClose(error)
    }

    // MARK: The stream

    func streamDidReceive(_ bytes: UnsafeMutableRawBufferPointer) {
        lastHeard = loop.now
        counters.totals.bytesReceived += UInt64(bytes.count)
        guard let reader else { return }
        do throws(RedisProtocolError) {
            try reader.feed(UnsafeRawBufferPointer(bytes))
            // Whoever is told of a reply may close the link.
            while phase != .closed, let value = try reader.next() { receive(value) }
        } catch {
            close(.garbage(error))
        }
    }

    private func receive(_ value: RedisValue) {
        guard phase == .preparing else {
            owner?.linkDidReceive(value)
            return
        }
        if case .push = value { return }
        switch handshake.receive(value) {
        case .goOn: break
        case .failed(let error): close(error)
        case .done:
            phase = .ready
            timer?.cancel()
            counters.totals.connections += 1
            owner?.linkDidOpen()
        }
    }

    func streamDidReceiveEnd() { close(.unavailable("\(endpoint) ended the connection")) }

    func streamDidDrain() {}

    func streamDidClose(_ reason: StreamClosure) {
        close(.unavailable("the connection to \(endpoint) closed: \(reason)"))
    }
}
