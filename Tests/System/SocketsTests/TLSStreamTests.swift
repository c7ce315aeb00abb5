import EventLoop
import Glibc
import Sockets
import TestKit
import Testing

/// A listener that speaks TLS, and what its connections told.
///
/// Confined to the loop.
private final class TLSSide {
    let streams: StreamContext
    var accepted: [(stream: TLSStream, heard: Recorder)] = []
    private(set) var address: SocketAddress
    private var listener: Listener?
    private var waiting: [() -> Void] = []

    init(
        _ tls: TLSContext, on loop: EventLoop, outputLimit: Int = 16 << 20, handshake: Duration = .seconds(60)
    ) throws {
        streams = StreamContext(loop: loop)
        address = try SocketAddress(host: "127.0.0.1", port: 0)
        let made = try Listener(on: address, loop: loop) { [unowned self] descriptor in
            guard let tcp = try? TCPStream(adopting: descriptor, context: streams),
                let stream = try? TLSStream(
                    over: tcp, tls: tls, serverName: nil, streams: streams, outputLimit: outputLimit,
                    handshakeLimit: handshake)
            else { return }
            let heard = Recorder()
            stream.handler = heard
            accepted.append((stream, heard))
            let told = waiting
            waiting = []
            for one in told { one() }
        }
        listener = made
        address = made.address
    }

    func first() async -> (stream: TLSStream, heard: Recorder) {
        if accepted.isEmpty { await withCheckedContinuation { go in waiting.append { go.resume() } } }
        return accepted[0]
    }

    func connect(
        _ tls: TLSContext, name: String = "localhost", within limit: Duration = .seconds(60)
    ) async -> Result<(stream: TLSStream, heard: Recorder), SocketError> {
        let loop = streams.loop
        let result = await withCheckedContinuation { go in
            TLSConnector.connect(
                to: address, serverName: name, tls: tls, context: streams, within: limit
            ) { result in
                let pair = result.map { stream in
                    let heard = Recorder()
                    stream.handler = heard
                    return (stream: stream, heard: heard)
                }
                go.resume(returning: LoopBound(pair, loop: loop))
            }
        }
        return result.value
    }

    func plain() async throws -> (stream: TCPStream, heard: Recorder) {
        let loop = streams.loop
        let result = await withCheckedContinuation { go in
            TCPConnector.connect(to: address, context: streams) {
                go.resume(returning: LoopBound($0, loop: loop))
            }
        }
        let stream = try result.value.get()
        let heard = Recorder()
        stream.handler = heard
        return (stream, heard)
    }

    func stop() {
        listener?.close()
        for one in accepted { one.stream.close() }
    }
}

/// Bytes that differ from place to place.
private func pattern(_ count: Int, seed: Int = 0) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 31) ^ ($0 >> 8) &+ seed) }
}

struct `TLS stream` {
    private let loop: EventLoop
    private let certificates: TestCertificates
    private let client: TLSContext
    private let server: TLSContext

    init() throws {
        loop = try EventLoop(index: 0, label: "test")
        certificates = try TestCertificates()
        client = try .client(trusting: .file(certificates.authorityFile))
        let identity = try certificates.issue()
        server = try .server(certificateFile: identity.certificateFile, keyFile: identity.keyFile)
    }

    private func other(_ names: [String] = ["DNS:localhost"], days: ClosedRange<Int> = -1...30) throws
        -> TLSContext
    {
        let identity = try certificates.issue(for: names, days: days)
        return try .server(certificateFile: identity.certificateFile, keyFile: identity.keyFile)
    }

    @Test func `carries pieces of any size both ways`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed of random sizes: \(seed)")
        try await loop.perform {
            var random = SeededGenerator(seed: seed)
            let side = try TLSSide(server, on: loop)
            let near = try await side.connect(client).get()
            let far = await side.first()
            var said: [UInt8] = []
            var answered: [UInt8] = []
            for round in 0..<60 {
                let size = [1, 2, 100, 16_383, 16_384, 16_385, 40_000].randomElement(using: &random) ?? 1
                let piece = pattern(Int.random(in: 1...size, using: &random), seed: round)
                if Bool.random(using: &random) {
                    #expect(near.stream.send(piece))
                    said += piece
                } else {
                    #expect(far.stream.send(piece))
                    answered += piece
                }
                if round % 7 == 0 {
                    await withCheckedContinuation { go in loop.execute { go.resume() } }
                }
            }
            let (saidAll, answeredAll) = (said, answered)
            await far.heard.until { far.heard.received.count >= saidAll.count }
            await near.heard.until { near.heard.received.count >= answeredAll.count }
            #expect(far.heard.received == saidAll)
            #expect(near.heard.received == answeredAll)
            #expect(near.stream.queuedBytes == 0)
            #expect(near.stream.peer == side.address)
            near.stream.close()
            side.stop()
        }
    }

    @Test func `sends what was queued before the handshake`() async throws {
        try await loop.perform {
            let side = try TLSSide(server, on: loop)
            let tcp = try await side.plain().stream
            let stream = try TLSStream(over: tcp, tls: client, serverName: "127.0.0.1", streams: side.streams)
            #expect(stream.send(Array("early".utf8)))
            #expect(stream.queuedBytes == 5 + tcp.queuedBytes)
            let far = await side.first()
            await far.heard.until { far.heard.received == Array("early".utf8) }
            stream.close()
            side.stop()
        }
    }

    @Test func `ends one direction and leaves the other open`() async throws {
        try await loop.perform {
            let side = try TLSSide(server, on: loop)
            let near = try await side.connect(client).get()
            let far = await side.first()
            near.stream.send(Array("question".utf8))
            near.stream.finish(within: .seconds(60))
            #expect(!near.stream.send([1]))
            await far.heard.until { far.heard.ended }
            #expect(far.heard.received == Array("question".utf8))
            #expect(far.heard.closure == nil)
            #expect(far.stream.send(pattern(100_000)))
            far.stream.finish(within: .seconds(60))
            await near.heard.until { near.heard.closure != nil }
            await far.heard.until { far.heard.closure != nil }
            #expect(near.heard.closure == .finished)
            #expect(far.heard.closure == .finished)
            #expect(side.streams.totals.open == 0)
            side.stop()
        }
    }

    @Test func `gives up on a peer that never ends its direction`() async throws {
        try await loop.perform {
            let side = try TLSSide(server, on: loop)
            let near = try await side.connect(client).get()
            near.stream.finish(within: .milliseconds(60))
            await near.heard.until { near.heard.closure != nil }
            #expect(near.heard.closure == .timedOut)
            side.stop()
        }
    }

    @Test func `tells an end that was not announced`() async throws {
        try await loop.perform {
            let side = try TLSSide(server, on: loop)
            let tcp = try await side.plain().stream
            let stream = try TLSStream(over: tcp, tls: client, serverName: "localhost", streams: side.streams)
            stream.send([1, 2, 3])
            let far = await side.first()
            await far.heard.until { far.heard.received == [1, 2, 3] }
            // The socket's end, behind the back of TLS.
            tcp.finish(within: .seconds(60))
            await far.heard.until { far.heard.closure != nil }
            #expect(far.heard.closure == .tls(.truncated))
            stream.close()
            side.stop()
        }
    }

    @Test func `refuses output beyond its limit and goes on when there is room`() async throws {
        try await loop.perform {
            let side = try TLSSide(server, on: loop, outputLimit: 1 << 20)
            let near = try await side.connect(client).get()
            let far = await side.first()
            near.stream.pauseReading()
            let chunk = pattern(200_000)
            var accepted = 0
            for _ in 0..<200 {
                if far.stream.send(chunk) { accepted += 1 }
                await withCheckedContinuation { go in loop.execute { go.resume() } }
            }
            #expect(accepted < 200)
            #expect(far.stream.queuedBytes <= 1 << 20)
            let expected = accepted * chunk.count
            near.stream.resumeReading()
            await near.heard.until { near.heard.received.count >= expected }
            #expect(near.heard.received.count == expected)
            #expect(far.heard.drained >= 1)
            #expect(far.stream.send([1]))
            near.stream.close()
            side.stop()
        }
    }

    @Test func `holds bytes back while reading is paused, then hands on all of them`() async throws {
        try await loop.perform {
            let side = try TLSSide(server, on: loop)
            let near = try await side.connect(client).get()
            let far = await side.first()
            let pauser = PausingRecorder(far.stream, on: loop)
            far.stream.handler = pauser
            let bytes = pattern(3_000_000)
            near.stream.send(bytes)
            near.stream.finish(within: .seconds(60))
            await pauser.until { pauser.ended }
            #expect(pauser.received == bytes)
            #expect(pauser.pauses > 10)
            side.stop()
        }
    }

    @Test func `carries many megabytes in both directions at once`() async throws {
        try await loop.perform {
            let side = try TLSSide(server, on: loop, outputLimit: 32 << 20)
            let near = try await side.connect(client).get()
            let far = await side.first()
            let bytes = pattern(12 << 20)
            #expect(near.stream.send(bytes))
            #expect(far.stream.send(bytes))
            await far.heard.until { far.heard.received.count == bytes.count }
            await near.heard.until { near.heard.received.count == bytes.count }
            #expect(far.heard.received == bytes)
            #expect(near.heard.received == bytes)
            near.stream.close()
            side.stop()
        }
    }

    // MARK: Whom it does not trust

    @Test(arguments: [
        (["DNS:other.example"], -1...30, "localhost", CertificateFault.wrongName),
        (["DNS:localhost"], -1...30, "127.0.0.1", .wrongName),
        (["IP:127.0.0.2"], -1...30, "127.0.0.1", .wrongName),
        (["DNS:*.school.example"], -1...30, "a.b.school.example", .wrongName),
        (["DNS:localhost"], -30 ... -2, "localhost", .expired),
        (["DNS:localhost"], 2...30, "localhost", .notYetValid),
    ])
    func `refuses a certificate that does not fit`(
        names: [String], days: ClosedRange<Int>, asked: String, fault: CertificateFault
    ) async throws {
        let wrong = try other(names, days: days)
        try await loop.perform {
            let side = try TLSSide(wrong, on: loop)
            let result = await side.connect(client, name: asked)
            #expect(failure(of: result) == .tls(.certificate(fault)))
            let far = await side.first()
            await far.heard.until { far.heard.closure != nil }
            guard case .tls(.violation) = far.heard.closure else {
                Issue.record("the server heard \(String(describing: far.heard.closure))")
                return side.stop()
            }
            side.stop()
        }
    }

    @Test(arguments: [
        (["DNS:localhost"], "localhost"), (["IP:127.0.0.1"], "127.0.0.1"),
        (["DNS:*.school.example"], "a.school.example"),
        (["DNS:LocalHost"], "localhost"),
    ])
    func `accepts a certificate that does`(names: [String], asked: String) async throws {
        let fitting = try other(names)
        try await loop.perform {
            let side = try TLSSide(fitting, on: loop)
            let near = try await side.connect(client, name: asked).get()
            near.stream.close()
            side.stop()
        }
    }

    @Test func `refuses an authority that it does not know`() async throws {
        let strangers = try TestCertificates()
        let stranger = try TLSContext.client(trusting: .file(strangers.authorityFile))
        let system = try TLSContext.client()
        try await loop.perform {
            let side = try TLSSide(server, on: loop)
            #expect(failure(of: await side.connect(stranger)) == .tls(.certificate(.unknownAuthority)))
            #expect(failure(of: await side.connect(system)) == .tls(.certificate(.unknownAuthority)))
            side.stop()
        }
    }

    // MARK: Who does not speak it

    @Test func `tells a peer that leaves during the handshake`() async throws {
        try await loop.perform {
            let side = try TLSSide(server, on: loop)
            let plain = try await side.plain()
            let far = await side.first()
            plain.stream.finish(within: .seconds(60))
            await far.heard.until { far.heard.closure != nil }
            #expect(far.heard.closure == .tls(.endedEarly))
            side.stop()
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n", String(repeating: "\u{16}\u{3}\u{1}", count: 9000),
        "\0\0\0\0\0\0\0\0\0",
    ])
    func `refuses what is not TLS`(text: String) async throws {
        try await loop.perform {
            let side = try TLSSide(server, on: loop)
            let plain = try await side.plain()
            plain.stream.send(Array(text.utf8))
            let far = await side.first()
            await far.heard.until { far.heard.closure != nil }
            switch far.heard.closure {
            case .tls(.violation) where !text.hasPrefix("GET"), .tls(.plainHTTP) where text.hasPrefix("GET"):
                break
            default: Issue.record("heard \(String(describing: far.heard.closure))")
            }
            plain.stream.close()
            side.stop()
        }
    }

    @Test func `does not wait for a silent peer, in either role`() async throws {
        try await loop.perform {
            let side = try TLSSide(server, on: loop, handshake: .milliseconds(60))
            let plain = try await side.plain()
            let far = await side.first()
            await far.heard.until { far.heard.closure != nil }
            #expect(far.heard.closure == .tls(.handshakeTimedOut))
            plain.stream.close()
            side.stop()
            let silent = StreamContext(loop: loop)
            let listener = try Listener(on: try SocketAddress(host: "127.0.0.1", port: 0), loop: loop) {
                descriptor in
                _ = descriptor.release()
            }
            let result = await withCheckedContinuation { go in
                TLSConnector.connect(
                    to: listener.address, serverName: "localhost", tls: client, context: silent,
                    within: .milliseconds(60)
                ) { result in
                    go.resume(returning: failure(of: result))
                }
            }
            #expect(result == .tls(.handshakeTimedOut))
            listener.close()
        }
    }

    @Test func `breaks off when a byte was changed on the way`() async throws {
        try await loop.perform {
            let side = try TLSSide(server, on: loop)
            let tcp = try await side.plain().stream
            let stream = try TLSStream(over: tcp, tls: client, serverName: "localhost", streams: side.streams)
            stream.send([1, 2, 3])
            let far = await side.first()
            await far.heard.until { far.heard.received == [1, 2, 3] }
            // A record of application data that no key has made.
            tcp.send([23, 3, 3, 0, 32] + pattern(32))
            await far.heard.until { far.heard.closure != nil }
            guard case .tls(.violation) = far.heard.closure else {
                Issue.record("heard \(String(describing: far.heard.closure))")
                return
            }
            stream.close()
            side.stop()
        }
    }
}

struct `TLS context` {
    @Test func `says which file cannot be used`() throws {
        let certificates = try TestCertificates()
        let one = try certificates.issue()
        let other = try certificates.issue()
        #expect(throws: TLSFailure.settings("/nowhere holds no authorities that can be read")) {
            try TLSContext.client(trusting: .file("/nowhere"))
        }
        #expect(throws: TLSFailure.settings("/nowhere cannot be read: No such file or directory")) {
            try TLSContext.server(certificateFile: "/nowhere", keyFile: one.keyFile)
        }
        #expect(
            throws: TLSFailure.settings(
                "\(other.keyFile) holds no key of the certificate in \(one.certificateFile)")
        ) {
            try TLSContext.server(certificateFile: one.certificateFile, keyFile: other.keyFile)
        }
    }
}

/// The error of a result that is none of success.
private func failure<Value>(of result: Result<Value, SocketError>) -> SocketError? {
    if case .failure(let error) = result { error } else { nil }
}

/// Pauses at every delivery and goes on in the loop's next turn.
private final class PausingRecorder: StreamHandler {
    var received: [UInt8] = []
    var ended = false
    var pauses = 0
    private let stream: TLSStream
    private let loop: EventLoop
    private let inner = Recorder()
    private var isPaused = false

    init(_ stream: TLSStream, on loop: EventLoop) {
        self.stream = stream
        self.loop = loop
    }

    func until(_ condition: @escaping () -> Bool) async { await inner.until(condition) }

    func streamDidReceive(_ bytes: UnsafeMutableRawBufferPointer) {
        #expect(!isPaused)
        received += Array(bytes)
        pauses += 1
        isPaused = true
        stream.pauseReading()
        loop.schedule(after: .milliseconds(1)) { [self] in
            isPaused = false
            stream.resumeReading()
        }
    }
    func streamDidReceiveEnd() {
        ended = true
        inner.streamDidReceiveEnd()
    }
    func streamDidDrain() {}
    func streamDidClose(_ reason: StreamClosure) { inner.streamDidClose(reason) }
}
