import Dispatch
import EventLoop
import HTTPTypes
import Postgres
import Sockets
import Synchronization
import Telemetry
import Tenancy
import TestKit
import Testing
import WebServer

@testable import Content

/// An upload on a loop of its own, with a disk that the test can stop.
private final class Incoming: Sendable {
    let folder: ScratchFolder
    let loop: EventLoop
    let lane: WorkLane
    let context: LoopBound<WebContext>
    /// The digest of the file that was kept.
    let kept = Mutex<String?>(nil)
    let ends = Atomic<Int>(0)

    init(backlog: Int = 8) async throws {
        let (loop, lane) = (
            try EventLoop(index: 0, label: "test-upload"), WorkLane(label: "test", width: 1, backlog: backlog)
        )
        folder = try ScratchFolder()
        self.loop = loop
        self.lane = lane
        context = try await loop.perform {
            LoopBound(
                WebContext(
                    loop: loop, streams: StreamContext(loop: loop), pool: nil, disk: lane, metrics: Metrics(),
                    health: Health(), logger: Log.silent), loop: loop)
        }
    }

    static let key = UploadTicket.Key(secret: [UInt8](repeating: 7, count: 32))

    /// The form of a file of so many bytes.
    static func body(_ content: [UInt8], announced: Int? = nil) throws -> [UInt8] {
        let ticket = UploadTicket(
            uuid: PostgresUUID(high: 1, low: 2), institution: InstitutionID(rawValue: 3), user: 4,
            context: .course(5),
            folder: 6, filename: try #require(FileName("a")), contentType: "text/plain",
            size: announced ?? content.count, onDuplicate: .rename, expiresAt: .max)
        let head =
            "--b\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n\(ticket.token(key))\r\n--b\r\n"
            + "Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n"
        return Array(head.utf8) + content + Array("\r\n--b--".utf8)
    }

    /// Makes a receiver; on the loop.
    func receiver() throws -> UploadReceiver {
        let form = try #require(UploadForm(contentType: "multipart/form-data; boundary=b", key: Incoming.key))
        return UploadReceiver(
            form, folder: folder.path + "/incoming", context: context.value,
            onEnd: { self.ends.add(1, ordering: .relaxed) }
        ) { _, file, sha256 in
            self.kept.withLock { $0 = sha256 }
            return .text(file.path)
        }
    }

    /// Runs something on the loop.
    func perform<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value
    {
        try await loop.perform { try await body() }
    }
}

struct `Upload receiver` {
    private func pieces(_ bytes: [UInt8], of size: Int) -> [[UInt8]] {
        stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
    }

    @Test(arguments: [0, 1, 100_000])
    func `writes what comes and knows its digest`(size: Int) async throws {
        let incoming = try await Incoming()
        let content = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 13) }
        let pieces = pieces(try Incoming.body(content), of: 1500)
        try await incoming.perform {
            let receiver = try incoming.receiver()
            for piece in pieces { receiver.receive(piece) }
            _ = try await receiver.finish(WebRequest())
        }
        #expect(incoming.kept.withLock { $0 } == Hexadecimal.text(Digest.sha256(content)))
        #expect(incoming.ends.load(ordering: .relaxed) == 1)
    }

    @Test func `is behind while the disk stands still, and holds little more than its bound`() async throws {
        let incoming = try await Incoming()
        let gate = DispatchSemaphore(value: 0)
        let content = [UInt8](repeating: 5, count: 8 << 20)
        let pieces = pieces(try Incoming.body(content), of: 1 << 16)
        async let blocked: Void? = incoming.lane.run { gate.wait() }
        let taken = try await incoming.perform {
            let receiver = try incoming.receiver()
            var place = 0
            while place < pieces.count, !receiver.isBehind {
                receiver.receive(pieces[place])
                place += 1
            }
            let before = place
            let ready = Mutex<CheckedContinuation<Void, Never>?>(nil)
            receiver.whenReady = { ready.withLock { $0.take() }?.resume() }
            gate.signal()
            while place < pieces.count {
                if receiver.isBehind {
                    await withCheckedContinuation { continuation in ready.withLock { $0 = continuation } }
                } else {
                    receiver.receive(pieces[place])
                    place += 1
                }
            }
            _ = try await receiver.finish(WebRequest())
            return before
        }
        _ = await blocked
        #expect(taken << 16 <= (1 << 20) + (2 << 16))
        #expect(incoming.kept.withLock { $0 } == Hexadecimal.text(Digest.sha256(content)))
    }

    @Test func `tries a full lane again, and loses nothing`() async throws {
        let incoming = try await Incoming(backlog: 1)
        let gate = DispatchSemaphore(value: 0)
        let content = (0..<50_000).map { UInt8(truncatingIfNeeded: $0) }
        let pieces = pieces(try Incoming.body(content), of: 9000)
        async let blocked: Void? = incoming.lane.run { gate.wait() }
        // Once it runs, the lane takes nothing more.
        while incoming.lane.depth == 0 { await Task.yield() }
        try await incoming.perform {
            let receiver = try incoming.receiver()
            for piece in pieces { receiver.receive(piece) }
            gate.signal()
            _ = try await receiver.finish(WebRequest())
        }
        _ = await blocked
        #expect(incoming.kept.withLock { $0 } == Hexadecimal.text(Digest.sha256(content)))
    }

    @Test func `leaves nothing when it is given up, or refused`() async throws {
        let incoming = try await Incoming()
        let body = try Incoming.body([UInt8](repeating: 1, count: 100_000), announced: 50_000)
        let code = try await incoming.perform {
            let abandoned = try incoming.receiver()
            abandoned.receive(Array(body.prefix(20_000)))
            abandoned.abandon()
            let refused = try incoming.receiver()
            refused.receive(body)
            let code = refused.refusal?.code
            refused.abandon()
            return code
        }
        #expect(code == "wrong_size")
        // Whatever was begun in the lane has ended when a later job has.
        while await incoming.lane.run({}) == nil || incoming.lane.depth > 0 { await Task.yield() }
        try await incoming.perform {}
        while await incoming.lane.run({}) == nil || incoming.lane.depth > 0 { await Task.yield() }
        #expect(incoming.folder.files.isEmpty)
        #expect(incoming.ends.load(ordering: .relaxed) == 2)
    }

    @Test func `says that it cannot when the disk cannot`() async throws {
        let incoming = try await Incoming()
        let file = try incoming.folder.write("incoming", [])
        let body = try Incoming.body([1, 2, 3])
        let code = try await incoming.perform {
            let receiver = try incoming.receiver()
            receiver.receive(body)
            do {
                _ = try await receiver.finish(WebRequest())
                return "done"
            } catch {
                return (error as? WebError)?.code ?? "\(error)"
            }
        }
        #expect(code == "unavailable")
        #expect(incoming.folder.files == ["incoming"] && !file.isEmpty)
    }
}
