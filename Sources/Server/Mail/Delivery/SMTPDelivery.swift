import EventLoop
import Sockets

/// One letter's way to the relay: name, connection, TLS, dialogue, within one limit of time.
///
/// Confined to its loop.
final class SMTPDelivery: StreamHandler {
    /// Names that all mailers of the process look up.
    private static let lane = WorkLane(label: "mail-names", width: 1, backlog: 16)
    /// Addresses of the relay that are tried, one after the other.
    private static let mostAddresses = 3
    private static let patience: Duration = .seconds(10)
    private static let farewell: Duration = .seconds(2)

    private let settings: SMTPSettings
    private let tls: TLSContext
    private let streams: StreamContext
    private let limit: Duration
    private var dialogue: SMTPDialogue
    private var parser = SMTPReplyParser()
    private var then: ((MailFailure?) -> Void)?
    private var timer: LoopTimer?
    private var addresses: [SocketAddress] = []
    private var plain: TCPStream?
    private var stream: (any ByteStream)?

    private var loop: EventLoop { streams.loop }

    /// Prepares a delivery; `then` is called once, on the loop, with `nil` when the relay has the letter.
    init(
        _ settings: SMTPSettings, to: MailAddress, letter: [UInt8], tls: TLSContext, streams: StreamContext,
        within limit: Duration, then: @escaping (MailFailure?) -> Void
    ) {
        self.settings = settings
        self.tls = tls
        self.streams = streams
        self.limit = limit
        self.then = then
        dialogue = SMTPDialogue(settings, to: to, letter: letter)
    }

    func start() {
        timer = loop.schedule(after: limit) { self.end(.passing("the relay took too long")) }
        let host = settings.host
        let isAdmitted = Self.lane.submit(on: loop) {
            NameLookup.addresses(of: host)
        } then: { [self] found in
            addresses = found.prefix(Self.mostAddresses)
                .compactMap { try? SocketAddress(host: $0, port: settings.port) }
            connect()
        }
        if !isAdmitted { end(.passing("too many names are being looked up")) }
    }

    // MARK: Connecting

    private func connect() {
        guard then != nil else { return }
        guard !addresses.isEmpty else { return end(.passing("the relay cannot be reached")) }
        let address = addresses.removeFirst()
        if settings.security == .tls {
            TLSConnector.connect(
                to: address, serverName: settings.host, tls: tls, context: streams, within: Self.patience
            ) { [self] result in connected(result.map { ($0, nil) }) }
        } else {
            TCPConnector.connect(to: address, context: streams, within: Self.patience) { [self] result in
                connected(result.map { ($0, $0) })
            }
        }
    }

    private func connected(_ result: Result<(any ByteStream, TCPStream?), SocketError>) {
        switch result {
        case .success(let (stream, plain)):
            guard then != nil else { return stream.close() }
            self.stream = stream
            self.plain = plain
            stream.handler = self
        case .failure(let error):
            // A relay that cannot prove who it is does not get another chance at its next address.
            if case .tls = error { return end(.passing(error.description)) }
            connect()
        }
    }

    private func secure() {
        guard let plain, parser.isEmpty else { return end(.passing("the relay spoke before TLS")) }
        self.plain = nil
        stream = nil
        do throws(TLSFailure) {
            let secure = try TLSStream(
                over: plain, tls: tls, serverName: settings.host, streams: streams,
                handshakeLimit: Self.patience)
            stream = secure
            secure.handler = self
            secure.whenOpen = { [self] in take(dialogue.didSecure()) }
        } catch {
            end(.passing(error.description))
        }
    }

    // MARK: Talking

    func streamDidReceive(_ bytes: UnsafeMutableRawBufferPointer) {
        do throws(SMTPReplyParser.Malformed) {
            for reply in try parser.read(bytes) where then != nil { take(dialogue.heard(reply)) }
        } catch {
            end(.passing("what the relay says is no reply"))
        }
    }

    private func take(_ step: SMTPDialogue.Step) {
        switch step {
        case .send(let bytes):
            if stream?.send(bytes) != true { end(.passing("the connection broke")) }
        // After this call stack: the handshake gets the stream for itself, with nothing of it read any more.
        case .secure: loop.later { [self] in if then != nil { secure() } }
        case .delivered(let goodbye):
            if let stream {
                self.stream = nil
                stream.handler = nil
                stream.send(goodbye)
                stream.finish(within: Self.farewell)
            }
            end(nil)
        case .fail(let failure): end(failure)
        }
    }

    func streamDidReceiveEnd() { end(.passing("the relay ended the connection")) }
    func streamDidDrain() {}

    func streamDidClose(_ reason: StreamClosure) {
        stream = nil
        plain = nil
        if case .tls(let failure) = reason { return end(.passing(failure.description)) }
        end(.passing("the connection broke"))
    }

    private func end(_ failure: MailFailure?) {
        guard let told = then else { return }
        then = nil
        timer?.cancel()
        timer = nil
        if let stream {
            self.stream = nil
            stream.handler = nil
            stream.close()
        }
        plain = nil
        told(failure)
    }
}
