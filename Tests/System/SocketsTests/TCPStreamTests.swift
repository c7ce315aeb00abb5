import EventLoop
import Glibc
@testable import Sockets
import TestKit
import Testing

/// Collects what a stream tells, and wakes a waiting test.
///
/// Confined to the loop.
final class Recorder: StreamHandler {
    var received: [UInt8] = []
    var ended = false
    var drained = 0
    var advanced = 0
    var closure: StreamClosure?
    var onClose: (() -> Void)?
    private var waiters: [(condition: () -> Bool, then: () -> Void)] = []

    func streamDidReceive(_ bytes: UnsafeMutableRawBufferPointer) {
        received += Array(bytes)
        wake()
    }
    func streamDidReceiveEnd() {
        ended = true
        wake()
    }
    func streamDidDrain() {
        drained += 1
        wake()
    }
    func streamDidAdvance() { advanced += 1 }
    func streamDidClose(_ reason: StreamClosure) {
        closure = reason
        onClose?()
        wake()
    }

    func until(_ condition: @escaping () -> Bool) async {
        if condition() { return }
        await withCheckedContinuation { continuation in
            waiters.append((condition, { continuation.resume() }))
        }
    }

    private func wake() {
        let ready = waiters.filter { $0.condition() }
        waiters.removeAll { $0.condition() }
        for waiter in ready { waiter.then() }
    }
}

/// Two connected streams on one loop.
struct StreamPair {
    let near: TCPStream
    let far: TCPStream
    let nearSide = Recorder()
    let farSide = Recorder()
    let context: StreamContext

    /// Not an initializer: an `async` one would leave the loop.
    static func connected(
        on loop: EventLoop, sharing shared: StreamContext? = nil, outputLimit: Int = 16 << 20
    ) async throws -> StreamPair {
        let context = shared ?? StreamContext(loop: loop)
        var accepted: CInt = -1
        var listener: Listener?
        let address = try SocketAddress(host: "127.0.0.1", port: 0)
        var onAccept: (() -> Void)?
        listener = try Listener(on: address, loop: loop) { descriptor in
            accepted = descriptor.release()
            onAccept?()
        }
        let port = try #require(listener?.address)
        let connected = await withCheckedContinuation { continuation in
            TCPConnector.connect(to: port, context: context) { result in
                continuation.resume(returning: LoopBound(result, loop: loop))
            }
        }
        let far = try connected.value.get()
        if accepted < 0 {
            await withCheckedContinuation { continuation in onAccept = { continuation.resume() } }
        }
        onAccept = nil
        listener?.close()
        let near = try TCPStream(
            adopting: Descriptor(owning: accepted), context: context, outputLimit: outputLimit)
        let pair = StreamPair(near: near, far: far, context: context)
        near.handler = pair.nearSide
        far.handler = pair.farSide
        return pair
    }

    /// Has the kernel hold less than 128 KiB in each of the buffers between the two.
    func limitKernelBuffers() {
        var size: CInt = 32 << 10
        for (socket, option) in [(near.socket, SO_SNDBUF), (far.socket, SO_RCVBUF)] {
            setsockopt(socket, SOL_SOCKET, option, &size, socklen_t(MemoryLayout<CInt>.size))
        }
    }
}

struct `TCP stream` {
    private let loop: EventLoop

    init() throws { loop = try EventLoop(index: 0, label: "test") }

    @Test func `carries bytes both ways and tells the peer's end`() async throws {
        try await loop.perform {
            let pair = try await StreamPair.connected(on: loop)
            pair.near.send(Array("hello".utf8))
            await pair.farSide.until { pair.farSide.received == Array("hello".utf8) }
            pair.far.send(Array("there".utf8))
            await pair.nearSide.until { pair.nearSide.received == Array("there".utf8) }
            pair.near.finish(within: .seconds(5))
            await pair.farSide.until { pair.farSide.ended }
            #expect(pair.farSide.closure == nil)
            pair.far.send(Array("still open".utf8))
            pair.far.finish(within: .seconds(5))
            await pair.nearSide.until { pair.nearSide.closure != nil }
            #expect(pair.nearSide.closure == .finished)
            await pair.farSide.until { pair.farSide.closure != nil }
            #expect(pair.farSide.closure == .finished)
            #expect(pair.context.totals.open == 0)
        }
    }

    @Test func `sends all frames of one round with one system call, in order`() async throws {
        try await loop.perform {
            let pair = try await StreamPair.connected(on: loop)
            let before = pair.context.totals.sendCalls
            for number in UInt8(0)..<16 { pair.near.send([number, number]) }
            await pair.farSide.until { pair.farSide.received.count == 32 }
            #expect(pair.farSide.received == (UInt8(0)..<16).flatMap { [$0, $0] })
            #expect(pair.context.totals.sendCalls - before == 1)
            pair.near.close()
        }
    }

    @Test func `waits for more where it is patient, and nowhere else`() async throws {
        try await loop.perform {
            let patient = try await StreamPair.connected(on: loop)
            let prompt = try await StreamPair.connected(on: loop, sharing: patient.context)
            patient.near.isPatient = true
            patient.context.pace = FlushPace(step: 5)
            patient.near.send([1])
            prompt.near.send([2])
            patient.near.send([3])
            await withCheckedContinuation { continuation in loop.execute { continuation.resume() } }
            #expect(prompt.near.queuedBytes == 0 && patient.near.queuedBytes == 2)
            prompt.near.send([4])
            await prompt.farSide.until { prompt.farSide.received == [2, 4] }
            await patient.farSide.until { patient.farSide.received == [1, 3] }
            patient.near.close()
            prompt.near.close()
        }
    }

    @Test func `does not wait until many others have output, too`() async throws {
        try await loop.perform {
            let first = try await StreamPair.connected(on: loop)
            var pairs = [first]
            for _ in 0..<StreamContext.together {
                pairs.append(try await StreamPair.connected(on: loop, sharing: first.context))
            }
            for (number, pair) in pairs.enumerated() { pair.near.send([UInt8(number), 1]) }
            #expect(pairs.map(\.near.queuedBytes) == pairs.dropLast().map { _ in 0 } + [2])
            // What left early and what comes now are two things, in their order.
            for pair in pairs { pair.near.send([2]) }
            for (number, pair) in pairs.enumerated() {
                await pair.farSide.until { pair.farSide.received == [UInt8(number), 1, 2] }
                pair.near.close()
            }
        }
    }

    @Test func `keeps what many are given while others' output leaves`() async throws {
        try await loop.perform {
            let broken = try await StreamPair.connected(on: loop)
            var pairs: [StreamPair] = []
            for _ in 0..<StreamContext.together + 4 {
                pairs.append(try await StreamPair.connected(on: loop, sharing: broken.context))
            }
            // Its output cannot leave; whoever hears of that has something for all the others.
            shutdown(broken.near.socket, CInt(SHUT_WR))
            broken.near.send([0])
            broken.nearSide.onClose = {
                for (number, pair) in pairs.enumerated() { pair.near.send([UInt8(number), 1]) }
            }
            for (number, pair) in pairs.enumerated() {
                await pair.farSide.until { pair.farSide.received == [UInt8(number), 1] }
                pair.near.close()
            }
            #expect(broken.nearSide.closure == .failed(errno: EPIPE))
        }
    }

    @Test func `shares a joined run among streams that are owed the same frames`() async throws {
        try await loop.perform {
            let first = try await StreamPair.connected(on: loop)
            let second = try await StreamPair.connected(on: loop)
            let frames: [[UInt8]] = [[1, 2], [3], [4, 5, 6]]
            for frame in frames {
                first.near.send(frame)
                second.near.send(frame)
            }
            second.near.send([7])
            await first.farSide.until { first.farSide.received == [1, 2, 3, 4, 5, 6] }
            await second.farSide.until { second.farSide.received == [1, 2, 3, 4, 5, 6, 7] }
            first.near.close()
            second.near.close()
        }
    }

    @Test func `refuses output beyond its limit and goes on when there is room`() async throws {
        try await loop.perform {
            let pair = try await StreamPair.connected(on: loop, outputLimit: 1 << 20)
            pair.limitKernelBuffers()
            pair.far.pauseReading()
            let chunk = [UInt8](repeating: 7, count: 256 << 10)
            var accepted = 0
            // The kernel's buffers take some of it; then our own bound is met.
            for _ in 0..<200 {
                if pair.near.send(chunk) { accepted += 1 }
                await withCheckedContinuation { continuation in loop.execute { continuation.resume() } }
            }
            #expect(accepted < 200)
            #expect(pair.near.queuedBytes <= 1 << 20)
            pair.far.resumeReading()
            await pair.farSide.until { pair.farSide.received.count == accepted * chunk.count }
            #expect(pair.nearSide.drained >= 1)
            // The kernel never has room for a whole chunk, so that it took parts of it on the way.
            #expect(pair.nearSide.advanced >= 1)
            #expect(pair.near.send([1]))
            pair.near.close()
        }
    }

    @Test func `holds bytes back while reading is paused, then hands on all of them`() async throws {
        try await loop.perform {
            let pair = try await StreamPair.connected(on: loop)
            pair.far.pauseReading()
            pair.near.send(Array("first".utf8))
            await withCheckedContinuation { continuation in
                loop.schedule(after: .milliseconds(30)) { continuation.resume() }
            }
            #expect(pair.farSide.received.isEmpty)
            pair.far.resumeReading()
            await pair.farSide.until { pair.farSide.received == Array("first".utf8) }
            pair.near.close()
        }
    }

    @Test func `gives up on a peer that never ends its direction`() async throws {
        try await loop.perform {
            let pair = try await StreamPair.connected(on: loop)
            pair.near.finish(within: .milliseconds(50))
            await pair.nearSide.until { pair.nearSide.closure != nil }
            #expect(pair.nearSide.closure == .timedOut)
            #expect(!pair.near.send([1]))
            pair.far.close()
        }
    }

    @Test func `tells a reset`() async throws {
        try await loop.perform {
            let pair = try await StreamPair.connected(on: loop)
            pair.far.send([1])
            await pair.nearSide.until { !pair.nearSide.received.isEmpty }
            // Unread bytes in the buffer of a socket that is closed make the kernel send a reset.
            pair.near.pauseReading()
            pair.far.pauseReading()
            pair.near.send([2, 3, 4])
            await withCheckedContinuation { continuation in
                loop.schedule(after: .milliseconds(30)) { continuation.resume() }
            }
            pair.far.close()
            pair.near.resumeReading()
            await pair.nearSide.until { pair.nearSide.closure != nil }
            #expect(pair.nearSide.closure == .failed(errno: ECONNRESET))
        }
    }
}

struct `TCP connector` {
    @Test func `tells why a connection was refused`() async throws {
        let loop = try EventLoop(index: 0, label: "test")
        try await loop.perform {
            let context = StreamContext(loop: loop)
            let listener = try Listener(on: try SocketAddress(host: "127.0.0.1", port: 0), loop: loop) { _ in
            }
            let address = listener.address
            listener.close()
            let result = await withCheckedContinuation { continuation in
                TCPConnector.connect(to: address, context: context) { result in
                    if case .failure(let error) = result { continuation.resume(returning: error) }
                }
            }
            #expect(result == .system(call: "connect", errno: ECONNREFUSED))
        }
    }
}

struct `Socket address` {
    @Test(arguments: [("127.0.0.1", true), ("::1", true), ("10.0.0.1", false), ("0.0.0.0", false)])
    func `knows what only this machine reaches`(host: String, loopback: Bool) throws {
        #expect(try SocketAddress(host: host, port: 1).isLoopback == loopback)
    }

    @Test(arguments: ["localhost", "", "256.0.0.1", "1.2.3", "example.org"])
    func `resolves no names`(host: String) {
        #expect(throws: SocketError.badAddress(host)) { try SocketAddress(host: host, port: 1) }
    }
}
