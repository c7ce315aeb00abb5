import Dispatch
import EventLoop
import Foundation
import HTTPTypes
import Synchronization
import TestKit
import Testing

@testable import WebServer

/// What a receiver has seen, for the test's thread to look at.
private final class Seen: Sendable {
    struct State {
        var bytes = 0
        var largest = 0
        var sum: UInt64 = 0
        var isFinished = false
        var isAbandoned = false
        var ready: (@Sendable () -> Void)?
    }

    let state = Mutex(State())
}

/// Counts what it is given; it is behind after each `stop` bytes until the test lets it go on.
private final class CountingReceiver: BodyReceiver {
    private let seen: Seen
    private let stop: Int
    private let refuseAfter: Int?
    private(set) var isBehind = false
    private(set) var refusal: WebError?
    var whenReady: (() -> Void)?
    private var waiting = 0

    init(_ seen: Seen, stop: Int, refuseAfter: Int?, context: WebContext) {
        self.seen = seen
        self.stop = stop
        self.refuseAfter = refuseAfter
        let loop = context.loop
        seen.state.withLock { state in
            let own = LoopOwned(self)
            state.ready = { loop.execute { own.value.goOn() } }
        }
    }

    func receive(_ bytes: [UInt8]) {
        waiting += bytes.count
        let total = seen.state.withLock { state in
            state.bytes += bytes.count
            state.largest = max(state.largest, bytes.count)
            state.sum = bytes.reduce(state.sum) { ($0 &* 31) &+ UInt64($1) }
            return state.bytes
        }
        if let refuseAfter, total > refuseAfter { refusal = .invalid("That is enough.") }
        if waiting >= stop { isBehind = true }
    }

    private func goOn() {
        waiting = 0
        isBehind = false
        whenReady?()
    }

    func finish(_ request: WebRequest) async throws -> WebResponse {
        seen.state.withLock { $0.isFinished = true }
        return .text("\(seen.state.withLock { $0.bytes }) of \(request.body.count)")
    }

    func abandon() { seen.state.withLock { $0.isAbandoned = true } }
}

// Safety: only ever used on the loop that the receiver belongs to.
private struct LoopOwned: @unchecked Sendable {
    let value: CountingReceiver
    init(_ value: CountingReceiver) { self.value = value }
}

@Suite(.ownThread)
struct `Body receiver` {
    private func makeSite(
        _ seen: Seen, stop: Int = .max, refuseAfter: Int? = nil, limit: Int = 64 << 20,
        access: Access = .anyone,
        _ before: @escaping @Sendable () async throws -> Void = {}
    ) throws -> TestSite {
        try TestSite([
            .receiving(.post, "/take", access: access, bodyLimit: limit) { _, context in
                try await before()
                return CountingReceiver(seen, stop: stop, refuseAfter: refuseAfter, context: context)
            },
            Route(.get, "/hello", access: .anyone) { _, _ in .text("hello") },
        ])
    }

    private func head(_ length: Int, _ more: String = "") -> String {
        "POST /take HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\(more)\r\n"
    }

    @Test(arguments: [0, 1, 70_000, 3 << 20])
    func `gets a body piece by piece, and the request none of it`(count: Int) throws {
        let seen = Seen()
        let site = try makeSite(seen)
        let client = try site.client()
        let body = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try client.send(head(count))
        try client.send(body)
        let response = try client.readResponse()
        #expect(response.status == 200)
        #expect(response.text == "\(count) of 0")
        let state = seen.state.withLock { $0 }
        #expect(state.sum == body.reduce(0) { ($0 &* 31) &+ UInt64($1) })
        #expect(state.isFinished && !state.isAbandoned)
        // The connection goes on.
        #expect(try client.exchange("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n").text == "hello")
    }

    @Test func `gets chunks, and what follows is another request`() throws {
        let seen = Seen()
        let site = try makeSite(seen)
        let client = try site.client()
        try client.send(
            "POST /take HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
                + "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.readResponse().text == "5 of 0")
        #expect(try client.readResponse().text == "hello")
    }

    @Test func `is given no more while it is behind, and the client has to wait`() throws {
        let seen = Seen()
        let site = try makeSite(seen, stop: 100_000)
        let client = try site.client()
        let count = 32 << 20
        let body = [UInt8](repeating: 1, count: count)
        // Sending blocks once everything between the two is full, so it is done beside.
        let sender = Sender(client, Array(head(count).utf8) + body)
        #expect(site.waits { _ in seen.state.withLock { $0.bytes } >= 100_000 })
        var last = -1
        // It stands still for as long as nobody lets it go on.
        for _ in 0..<5 {
            let now = seen.state.withLock { $0.bytes }
            #expect(last < 0 || now == last)
            #expect(now < 100_000 + (1 << 18))
            last = now
            #expect(site.waits { _ in true })
        }
        while !seen.state.withLock({ $0.isFinished }) {
            let before = seen.state.withLock { ($0.bytes, $0.ready) }
            before.1?()
            #expect(site.waits { _ in seen.state.withLock { $0.isFinished || $0.bytes > before.0 } })
        }
        #expect(try sender.response().text == "\(count) of 0")
    }

    @Test func `can refuse in the middle`() throws {
        let seen = Seen()
        let site = try makeSite(seen, refuseAfter: 10)
        let client = try site.client()
        try client.send(head(1 << 20) + String(repeating: "x", count: 1000))
        let response = try client.readResponse()
        #expect(response.status == 400)
        #expect(response["connection"] == "close")
        #expect(seen.state.withLock { $0.isAbandoned && !$0.isFinished })
    }

    @Test func `can refuse a short body, and the connection goes on`() throws {
        let seen = Seen()
        let site = try makeSite(seen, refuseAfter: 10)
        let client = try site.client()
        try client.send(head(1000) + String(repeating: "x", count: 1000))
        #expect(try client.readResponse().status == 400)
        #expect(try client.exchange("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n").text == "hello")
    }

    @Test func `is told when the client goes away`() throws {
        let seen = Seen()
        let site = try makeSite(seen)
        let client = try site.client()
        try client.send(head(1000) + "abc")
        #expect(site.waits { _ in seen.state.withLock { $0.bytes } == 3 })
        client.close()
        #expect(site.waits { _ in seen.state.withLock { $0.isAbandoned } })
        #expect(!seen.state.withLock { $0.isFinished })
    }

    @Test func `is not made for what is not allowed`() throws {
        let seen = Seen()
        let small = try makeSite(seen, limit: 10)
        let refused = try small.client()
        #expect(try refused.exchange(head(11) + "01234567890").status == 413)
        let closed = try makeSite(seen, access: .signedIn)
        let stranger = try closed.client()
        #expect(try stranger.exchange(head(3) + "abc").status == 401)
        #expect(try stranger.exchange("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n").text == "hello")
        let broken = try makeSite(seen) { throw WebError.forbidden }
        let failing = try broken.client()
        #expect(try failing.exchange(head(3) + "abc").status == 403)
        #expect(try failing.exchange("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n").text == "hello")
        let large = try broken.client()
        try large.send(head(1 << 20) + "abc")
        #expect(try large.readResponse().status == 403)
        #expect(seen.state.withLock { $0.bytes } == 0)
    }

    @Test func `lets a client that waits send its body`() throws {
        let seen = Seen()
        let site = try makeSite(seen)
        let client = try site.client()
        try client.send(head(3, "Expect: 100-continue\r\n"))
        #expect(try client.readResponse().status == 100)
        try client.send("abc")
        #expect(try client.readResponse().text == "3 of 0")
    }

    @Test func `holds what comes while it is being made`() throws {
        let seen = Seen()
        let gate = Gate()
        let site = try makeSite(seen) { await gate.pass() }
        let client = try site.client()
        try client.send(head(5) + "ab")
        #expect(gate.awaitArrival())
        try client.send("cde")
        gate.open()
        #expect(try client.readResponse().text == "5 of 0")
    }
}

/// Sends on a thread of its own and reads the response.
private final class Sender: Sendable {
    private let result = Mutex<Result<RawHTTPResponse, any Error>?>(nil)
    private let done = DispatchSemaphore(value: 0)

    init(_ client: sending TestClient, _ bytes: [UInt8]) {
        let own = Own(client)
        Thread.detachNewThread { [self] in
            let response = Result {
                try own.client.send(bytes)
                return try own.client.readResponse()
            }
            result.withLock { $0 = response }
            done.signal()
        }
    }

    func response() throws -> RawHTTPResponse {
        done.wait()
        guard let result = result.withLock({ $0 }) else { throw TestClient.Failure.ended }
        return try result.get()
    }

    // Safety: the thread alone uses the client from here on.
    private struct Own: @unchecked Sendable {
        let client: TestClient
        init(_ client: TestClient) { self.client = client }
    }
}
