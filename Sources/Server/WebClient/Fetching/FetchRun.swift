import EventLoop
import HTTP
import HTTPTypes
import Sockets

/// One fetch from its first name to its last byte.
///
/// Confined to the loop. Connects to exactly the addresses that the policy has let pass: the name is not looked up a
/// second time.
final class FetchRun: StreamHandler {
    /// Addresses of one host that are tried, one after the other.
    private static let mostAddresses = 4
    /// What connecting to one address may take while there are others.
    private static let patience: Duration = .seconds(3)

    /// How long a connection may stay after its response.
    private static let farewell: Duration = .seconds(1)

    private let core: FetcherCore
    private var request: OutgoingRequest
    private var then: ((Result<OutgoingResponse, FetchError>) -> Void)?
    private let deadline: ContinuousClock.Instant
    private var timer: LoopTimer?

    private var candidates: [SocketAddress] = []
    private var stream: (any ByteStream)?
    private var parser = ResponseParser()
    private var head: ResponseHead?
    private var body: [UInt8] = []
    private var hasFollowed = false
    /// Of the request's file.
    private var sent = 0
    private var isReading = false

    private var loop: EventLoop { core.streams.loop }

    init(
        _ request: OutgoingRequest, core: FetcherCore,
        then: @escaping (Result<OutgoingResponse, FetchError>) -> Void
    ) {
        self.request = request
        self.core = core
        self.then = then
        deadline = core.streams.loop.now + request.limits.time
    }

    func start() {
        timer = loop.schedule(after: request.limits.time) { self.end(.failure(.timedOut)) }
        begin()
    }

    // MARK: Where to

    private func begin() {
        guard request.url.isSecure || request.allowsPlainHTTP else { return end(.failure(.notSecure)) }
        if let address = request.url.address { return choose([address]) }
        let name = request.url.host
        let isAdmitted = FetcherCore.lane.submit(on: loop) {
            NameLookup.addresses(of: name)
        } then: { [self] found in
            if then != nil { choose(found.compactMap { IPAddress($0) }) }
        }
        if !isAdmitted { end(.failure(.tooMany)) }
    }

    private func choose(_ found: [IPAddress]) {
        guard !found.isEmpty else { return end(.failure(.unknownHost(request.url.host))) }
        var refusal: FetchError?
        candidates = []
        for address in found where candidates.count < FetchRun.mostAddresses {
            if let reason = core.policy.refusal(of: address, port: request.url.port) {
                refusal = reason
            } else if let place = try? SocketAddress(host: address.description, port: request.url.port) {
                candidates.append(place)
            }
        }
        guard !candidates.isEmpty else {
            return end(.failure(refusal ?? .unknownHost(request.url.host)))
        }
        connect()
    }

    private func connect() {
        let address = candidates.removeFirst()
        let left = max(.zero, deadline - loop.now)
        let limit = candidates.isEmpty ? left : min(left, FetchRun.patience)
        if request.url.isSecure {
            TLSConnector.connect(
                to: address, serverName: request.url.host, tls: core.tls, context: core.streams, within: limit
            ) { [self] result in connected(result.map { $0 as any ByteStream }) }
        } else {
            TCPConnector.connect(to: address, context: core.streams, within: limit) { [self] result in
                connected(result.map { $0 as any ByteStream })
            }
        }
    }

    private func connected(_ result: Result<any ByteStream, SocketError>) {
        switch result {
        case .success(let stream):
            guard then != nil else { return stream.close() }
            exchange(stream)
        case .failure(let error):
            guard then != nil else { return }
            // A host that cannot prove who it is does not get another chance at its next address.
            if case .tls = error { return end(.failure(.unreachable(error))) }
            if candidates.isEmpty { end(.failure(.unreachable(error))) } else { connect() }
        }
    }

    // MARK: The exchange

    private func exchange(_ stream: any ByteStream) {
        let bytes: [UInt8]
        do throws(ResponseError) {
            let length = request.file?.size ?? request.body.count
            bytes = try RequestWriter.head(
                request.method.method, target: request.url.target, host: request.url.authority,
                fields: request.fields, length: length)
        } catch {
            stream.close()
            return end(.failure(.badField))
        }
        self.stream = stream
        stream.handler = self
        parser = ResponseParser(
            toHead: request.method == .head, limits: ResponseLimits(body: request.limits.body))
        head = nil
        body = []
        if request.file == nil {
            if !stream.send(bytes + request.body) { end(.failure(.tooLarge)) }
        } else {
            sent = 0
            if stream.send(bytes) { sendFile() } else { end(.failure(.tooLarge)) }
        }
    }

    /// Reads and sends the next piece of the file, once the peer has taken enough of what was sent.
    private func sendFile() {
        guard let file = request.file, let stream, !isReading, sent < file.size, then != nil,
            stream.queuedBytes <= OutgoingFile.piece
        else { return }
        isReading = true
        let (offset, count) = (sent, min(file.size - sent, OutgoingFile.piece))
        let isAdmitted = file.lane.submit(on: loop) {
            OutgoingFile.read(file.path, from: offset, count: count)
        } then: { [self] bytes in
            isReading = false
            guard then != nil, self.stream != nil else { return }
            guard !bytes.isEmpty else { return end(.failure(.badFile)) }
            sent += bytes.count
            guard self.stream?.send(bytes) == true else { return end(.failure(.tooLarge)) }
            // What was just queued leaves at the end of the round.
            let again = LoopBound(self, loop: loop)
            loop.execute { again.value.sendFile() }
        }
        // The lane is full: a little later it may not be. The fetch's own limit ends this.
        if !isAdmitted {
            loop.schedule(after: .milliseconds(20)) { [self] in
                isReading = false
                sendFile()
            }
        }
    }

    func streamDidReceive(_ bytes: UnsafeMutableRawBufferPointer) {
        // Safety: the stream's buffer is valid until this returns, and nothing of the span is kept.
        let span = Span<UInt8>(_unsafeBytes: UnsafeRawBufferPointer(bytes))
        var position = 0
        do throws(BadResponse) {
            while then != nil, stream != nil, let event = try parser.next(span, from: &position) {
                if case .body(let range) = event {
                    body.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[range]))
                } else {
                    take(event)
                }
            }
        } catch {
            end(.failure(error == .message(.bodyTooLarge) ? .tooLarge : .badResponse(error)))
        }
    }

    private func take(_ event: ResponseParser.Event) {
        switch event {
        case .head(let head): self.head = head
        case .body: break
        case .end: complete()
        }
    }

    func streamDidReceiveEnd() {
        do throws(BadResponse) {
            if let event = try parser.connectionDidEnd() { take(event) }
        } catch {
            end(.failure(.badResponse(error)))
        }
    }

    func streamDidDrain() { sendFile() }

    func streamDidClose(_ reason: StreamClosure) {
        stream = nil
        end(.failure(reason == .finished ? .badResponse(.endedEarly) : .broken(reason)))
    }

    /// The response is whole: it is the answer, or leads elsewhere.
    private func complete() {
        guard let head else { return }
        // Everything has come: the end is said properly, and nobody waits for it.
        if let stream {
            self.stream = nil
            stream.handler = nil
            stream.finish(within: FetchRun.farewell)
        }
        let response = OutgoingResponse(
            status: head.status, fields: head.fields, body: body, url: request.url)
        guard request.limits.redirects > 0 || hasFollowed, request.file == nil else {
            return end(.success(response))
        }
        do throws(FetchError) {
            guard let next = try request.redirected(by: response) else { return end(.success(response)) }
            hasFollowed = true
            request = next
            begin()
        } catch {
            end(.failure(error))
        }
    }

    /// Lets go of the connection; what it says from here on is not heard.
    private func release() {
        guard let stream else { return }
        self.stream = nil
        stream.handler = nil
        stream.close()
    }

    private func end(_ result: Result<OutgoingResponse, FetchError>) {
        guard let told = then else { return }
        then = nil
        timer?.cancel()
        timer = nil
        release()
        told(result)
    }
}
