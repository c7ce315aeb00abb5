import HTTPTypes
import Sockets
import TestKit
import Testing

@testable import WebServer

/// Clients that are slow, gone or half gone, and the server's own end.
@Suite(.ownThread)
struct `HTTP connection with difficult clients` {
    private let hello = Route(.get, "/hello", access: .anyone) { _, _ in .text("hello\n") }
    private let request = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"

    private func gated(_ gate: Gate) -> Route {
        Route(.get, "/slow", access: .anyone) { _, _ in
            await gate.pass()
            return .text("done\n")
        }
    }

    // MARK: Slow ones

    @Test(arguments: ["G", "GET /hello HTTP/1.1\r\n", "GET /hello HTTP/1.1\r\nHost: a\r\nX:"])
    func `does not wait for a header without end`(start: String) throws {
        let site = try TestSite([hello]) { $0.headTimeout = .milliseconds(100) }
        let client = try site.client()
        try client.send(start)
        let response = try client.readResponse()
        #expect(response.status == 408)
        #expect(response["connection"] == "close")
        #expect(try client.readToEnd().isEmpty)
    }

    @Test func `does not let single bytes keep a header alive`() throws {
        let site = try TestSite([hello]) { $0.headTimeout = .milliseconds(100) }
        let client = try site.client()
        let answered = Result {
            // Without a limit this would be a header of ever more fields. The kernel takes many before the server looks.
            for _ in 0..<100_000_000 { try client.send("X") }
        }
        let rest = try? client.textToEnd()
        #expect(throws: (any Error).self) { try answered.get() }
        #expect(rest?.hasPrefix("HTTP/1.1 4") ?? true)
    }

    @Test func `does not wait for a body that comes too slowly`() throws {
        let site = try TestSite([Route(.post, "/a", access: .anyone) { _, _ in .noContent }]) {
            $0.bodyGrace = .milliseconds(100)
        }
        let client = try site.client()
        try client.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab")
        #expect(try client.readResponse().status == 408)
        #expect(try client.readToEnd().isEmpty)
    }

    @Test func `closes idle connections without a word`() throws {
        let site = try TestSite([hello]) { $0.idleTimeout = .seconds(2) }
        let silent = try site.client()
        #expect(try silent.readToEnd().isEmpty)
        let client = try site.client()
        #expect(try client.exchange(request).status == 200)
        #expect(try client.readToEnd().isEmpty)
    }

    @Test func `gives up a client that never reads`() throws {
        let large = [UInt8](repeating: 7, count: 1 << 20)
        let site = try TestSite([
            Route(.get, "/large", access: .anyone) { _, _ in WebResponse(body: .bytes(large)) }
        ]) {
            $0.writeTimeout = .milliseconds(200)
        }
        let client = try site.client(receiveBuffer: 4096)
        try client.send(String(repeating: "GET /large HTTP/1.1\r\nHost: a\r\n\r\n", count: 100))
        #expect(site.waits { $0.context.streams.totals.sentBytes > 0 && $0.openConnections == 0 })
        // One answer at a time was in memory, not a hundred.
        #expect(site.onLoop { $0.context.streams.totals.sentBytes } < 32 << 20)
    }

    // MARK: Half gone

    @Test func `answers a client that has finished sending`() throws {
        let gate = Gate()
        let site = try TestSite([gated(gate), hello])
        let client = try site.client()
        try client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n" + request)
        client.finishSending()
        #expect(gate.awaitArrival())
        gate.open()
        #expect(try client.readResponse().text == "done\n")
        let last = try client.readResponse()
        #expect(last.text == "hello\n")
        #expect(try client.readToEnd().isEmpty)
        #expect(site.waits { $0.openConnections == 0 })
    }

    @Test func `does not answer half a request`() throws {
        let site = try TestSite([hello])
        for start in ["GET /hel", "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", ""] {
            let client = try site.client()
            try client.send(start)
            client.finishSending()
            #expect(try client.readToEnd().isEmpty)
        }
        #expect(site.waits { $0.openConnections == 0 })
    }

    // MARK: Gone

    @Test(arguments: [true, false])
    func `lets a handler finish when its client has gone`(byReset: Bool) throws {
        let gate = Gate()
        let finished = Flag()
        let slow = Route(.get, "/slow", access: .anyone) { _, _ in
            await gate.pass()
            finished.raise()
            return .text("done\n")
        }
        let site = try TestSite([slow, hello])
        let client = try site.client()
        try client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(gate.awaitArrival())
        if byReset { client.reset() } else { client.close() }
        if byReset { #expect(site.waits { $0.openConnections == 0 }) }
        gate.open()
        #expect(site.waits { _ in finished.isRaised })
        #expect(site.waits { $0.openConnections == 0 })
        #expect(try site.client().exchange(request).status == 200)
    }

    // MARK: The server's end

    @Test func `finishes what has begun and closes what is idle`() throws {
        let gate = Gate()
        let site = try TestSite([gated(gate), hello])
        let busy = try site.client()
        let idle = try site.client()
        #expect(try idle.exchange(request).status == 200)
        try busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n" + request)
        #expect(gate.awaitArrival())
        let drained = Flag()
        site.onLoop { server in server.drain { drained.raise() } }
        #expect(try idle.readToEnd().isEmpty)
        #expect(throws: TestClient.Failure.self) { try site.client() }
        #expect(!drained.isRaised)
        gate.open()
        let response = try busy.readResponse()
        #expect(response.text == "done\n")
        #expect(response["connection"] == "close")
        #expect(try busy.readToEnd().isEmpty)
        #expect(site.waits { _ in drained.isRaised })
    }

    @Test func `closes connections beyond the limit`() throws {
        let site = try TestSite([hello]) { $0.connectionLimit = 1 }
        let first = try site.client()
        #expect(try first.exchange(request).status == 200)
        let second = try site.client()
        #expect((try? second.readToEnd()) ?? [] == [])
        #expect(try first.exchange(request).status == 200)
    }
}
