import EventLoop
import HTTP
import HTTPTypes
import Postgres
import Synchronization
import Telemetry
import TestKit
import Testing

@testable import WebServer

/// Requests that come again word for word, and are answered without being read anew.
@Suite(.timeLimit(.minutes(2)), .ownThread)
struct `A request that comes again` {
    /// What the route and the authenticator of a test know.
    private final class Scene: Sendable {
        struct State {
            var text = "[1]"
            /// Whether there is something to be given at once.
            var isReady = true
            /// Whether the caller is still who they were.
            var isKnown = true
            var recalled = 0
            var echoed = 0
            var handled = 0
        }
        let state = Mutex(State())
    }

    private struct Gate: Authenticator {
        let scene: Scene

        private static let principal = Principal(
            institution: TenantID(rawValue: 1), user: 1, person: 1, name: "N", login: "n", roles: [],
            credential: .bearer(token: 1))

        func authenticate(_ request: WebRequest, _ context: WebContext) async throws -> Principal? {
            guard scene.state.withLock({ $0.isKnown }) else { throw WebError.badToken }
            return Gate.principal
        }

        func recall(_ request: WebRequest, _ context: WebContext) -> KnownCaller? {
            guard scene.state.withLock({ $0.isKnown }) else { return nil }
            let scene = scene
            return KnownCaller(principal: Gate.principal) { _ in scene.state.withLock { $0.isKnown } }
        }
    }

    private let scene = Scene()
    private let site: TestSite

    init() throws {
        let scene = scene
        var route = Route(.get, "/list", access: .signedIn) { _, _ in
            scene.state.withLock { $0.handled += 1 }
            return .text("handled")
        }
        route.recall = { request, _ in
            scene.state.withLock { $0.recalled += 1 }
            let conditions = Preconditions.areSet(in: request.headers) ? request.headers : nil
            return {
                scene.state.withLock { state in
                    guard state.isReady, let snapshot = Snapshot(.text(state.text)) else { return nil }
                    state.echoed += 1
                    return snapshot.keptAnswer(
                        conditions, own: EncodedFields(ownLines: Array("X-Own: \(state.echoed)\r\n".utf8)))
                }
            }
        }
        site = try TestSite([route], authenticator: Gate(scene: scene))
    }

    private static let words = "GET /list HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\n\r\n"

    private var counts: [Int] {
        scene.state.withLock { [$0.recalled, $0.echoed, $0.handled] }
    }

    /// Waits until so many of the requests are in the log, which is written by another thread.
    private func hasLogged(_ count: Int) -> Bool {
        site.waits { [site] _ in
            site.log.all.split(separator: "\n").filter { $0.contains("/list") }.count == count
        }
    }

    @Test func `is answered each time with what there is then`() throws {
        let client = try TestClient(port: site.port)
        var ids: Set<String> = []
        for number in 1...4 {
            scene.state.withLock { $0.text = "[\(number)]" }
            let answer = try client.exchange(Self.words)
            #expect(answer.status == 200 && answer.text == "[\(number)]")
            #expect(answer["x-own"] == "\(number)" && answer["content-type"] == "text/plain; charset=utf-8")
            #expect(answer["x-content-type-options"] == "nosniff" && answer["date"] != nil)
            #expect(answer["cache-control"] == Snapshot.cacheControl && answer["etag"] != nil)
            ids.insert(answer["x-request-id"] ?? "")
        }
        #expect(ids.count == 4)
        #expect(counts == [1, 4, 0])
        let counted = site.metrics.counters(
            "cohort_http_requests_total", "", labels: ["route", "method", "status"])
        #expect(counted.with("/list", "GET", "200").value == 4)
        #expect(hasLogged(4))
    }

    @Test func `is read anew when a word is another, and keeps the client's own name for it`() throws {
        let client = try TestClient(port: site.port)
        let named = Self.words.replacing("Host: a", with: "Host: a\r\nX-Request-Id: mine-1")
        for words in [Self.words, named, named, Self.words] {
            let answer = try client.exchange(words)
            #expect((answer["x-request-id"] == "mine-1") == (words == named))
        }
        #expect(counts == [3, 4, 0])
        #expect(try client.exchange(Self.words.replacing("/list", with: "/lost")).status == 404)
    }

    @Test func `goes to the handler when there is nothing ready`() throws {
        let client = try TestClient(port: site.port)
        #expect(try client.exchange(Self.words).text == "[1]")
        scene.state.withLock { $0.isReady = false }
        #expect(try client.exchange(Self.words).text == "handled")
        scene.state.withLock { $0.isReady = true }
        #expect(try client.exchange(Self.words).text == "[1]")
        #expect(try client.exchange(Self.words).text == "[1]")
    }

    @Test func `is refused when its caller is no more who they were`() throws {
        let client = try TestClient(port: site.port)
        #expect(try client.exchange(Self.words).status == 200)
        #expect(try client.exchange(Self.words).status == 200)
        scene.state.withLock { $0.isKnown = false }
        #expect(try client.exchange(Self.words).status == 401)
        #expect(try client.exchange(Self.words).status == 401)
    }

    @Test func `is answered 304 as long as the client has what there is`() throws {
        let client = try TestClient(port: site.port)
        let tag = try #require(try client.exchange(Self.words)["etag"])
        let words = Self.words.replacing("Host: a", with: "Host: a\r\nIf-None-Match: \(tag)")
        for _ in 1...3 {
            let answer = try client.exchange(words)
            #expect(answer.status == 304 && answer["etag"] == tag && answer["content-type"] == nil)
        }
        scene.state.withLock { $0.text = "[2]" }
        #expect(try client.exchange(words).text == "[2]")
        let counted = site.metrics.counters(
            "cohort_http_requests_total", "", labels: ["route", "method", "status"])
        #expect(counted.with("/list", "GET", "304").value == 3)
    }

    @Test func `is answered in its order among others that come at once, and when it comes in pieces`() throws
    {
        let client = try TestClient(port: site.port)
        try client.send(Self.words + Self.words + Self.words)
        for number in 1...3 { #expect(try client.readResponse()["x-own"] == "\(number)") }
        #expect(try client.exchange(Self.words)["x-own"] == "4")
        for place in [1, 20, Self.words.utf8.count - 1] {
            try client.send(String(Self.words.prefix(place)))
            #expect(site.waits { $0.openConnections == 1 })
            try client.send(String(Self.words.dropFirst(place)))
            #expect(try client.readResponse().status == 200)
            #expect(try client.exchange(Self.words).status == 200)
        }
        #expect(counts[2] == 0)
    }

    @Test func `ends the connection when the client wants that, or the server goes`() throws {
        let closing = Self.words.replacing("Host: a", with: "Host: a\r\nConnection: close")
        let first = try TestClient(port: site.port)
        try first.send(closing)
        #expect(try first.textToEnd().contains("[1]"))
        let second = try TestClient(port: site.port)
        #expect(try second.exchange(Self.words).status == 200)
        site.onLoop { $0.drain {} }
        #expect(try second.textToEnd().isEmpty)
    }

    @Test func `has its whole time again after each answer`() {
        // The rule itself: a connection that has been answered waits anew.
        var pace = ConnectionPace(ServerSettings(), at: .now)
        let start = ContinuousClock.now
        pace.waits(for: .idle, at: start)
        pace.waits(for: .nothing, at: start + .seconds(70))
        pace.waits(for: .idle, at: start + .seconds(70))
        #expect(pace.deadline == start + .seconds(145))
    }
}
