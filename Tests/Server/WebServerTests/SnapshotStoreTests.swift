import EventLoop
import HTTPTypes
import Postgres
import Synchronization
import Telemetry
import TestKit
import Testing

@testable import WebServer

/// A node's kept answers, over a real connection.
@Suite(.timeLimit(.minutes(2)), .ownThread)
struct `Snapshot store` {
    private static let institution = TenantID(rawValue: 1)

    /// A handler that waits at a gate each time it reads, and counts.
    private final class Source: Sendable {
        struct State {
            var reads = 0
            var gate: [CheckedContinuation<Void, Never>] = []
            var isOpen = false
            var answer: Result<String, WebError> = .success("[]")
        }
        let state = Mutex(State())

        var reads: Int { state.withLock { $0.reads } }

        func read() async throws -> WebResponse {
            state.withLock { $0.reads += 1 }
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    if !state.isOpen { state.gate.append(continuation) }
                    return state.isOpen
                }
                if isOpen { continuation.resume() }
            }
            return .text(try state.withLock { $0.answer }.get())
        }

        func open() {
            let waiting = state.withLock { state in
                state.isOpen = true
                defer { state.gate = [] }
                return state.gate
            }
            for waiter in waiting { waiter.resume() }
        }
    }

    private let source = Source()
    private let store: SnapshotStore
    private let site: TestSite

    init() throws {
        var limits = SnapshotCache.Limits()
        // Nothing here is to grow old on a slow machine.
        limits.fresh = .seconds(600)
        limits.usable = .seconds(1200)
        limits.waiters = 10
        let (source, store) = (source, SnapshotStore(limits, metrics: Metrics()))
        self.store = store
        site = try TestSite([
            Route(.get, "/list", access: .anyone) { request, context in
                try await store.answer(Self.key(request), request, context) { try await source.read() }
            }
        ])
    }

    private static func key(_ request: WebRequest) -> SnapshotKey {
        let principal = Principal(
            institution: institution, user: 1, person: 1, name: "N", login: "n", roles: [],
            credential: .bearer(token: 1))
        return SnapshotKey(request, principal, hasStringIDs: false)
    }

    private func ask(_ fields: String = "") async throws -> RawHTTPResponse {
        try TestClient(port: site.port).exchange(
            "GET /list HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(fields)\r\n")
    }

    /// Waits until so many requests have come to the store.
    private func arrived(_ count: Int) -> Bool {
        site.waits { [store] _ in store.waitingCount + 1 >= count }
    }

    private func hasRead(_ count: Int) -> Bool {
        site.waits { [source] _ in source.reads == count }
    }

    @Test func `reads once for a herd`() async throws {
        let answers = try await withThrowingTaskGroup(of: RawHTTPResponse.self) { group in
            for _ in 0..<8 { group.addTask { try await ask() } }
            #expect(arrived(8))
            source.open()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count == 8 && answers.allSatisfy { $0.status == 200 && $0.text == "[]" })
        #expect(Set(answers.compactMap { $0["etag"] }).count == 1)
        #expect(source.reads == 1)
        #expect(try await ask("If-None-Match: \(answers[0]["etag"] ?? "")\r\n").status == 304)
        #expect(source.reads == 1)
    }

    @Test func `turns away what is beyond the herd's bound`() async throws {
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<11 { group.addTask { try await ask().status } }
            #expect(arrived(11))
            #expect(try await ask().status == 503)
            source.open()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 200, count: 11))
    }

    @Test func `gives everybody who waits the same error, and keeps none`() async throws {
        source.state.withLock { $0.answer = .failure(.unavailable()) }
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 { group.addTask { try await ask().status } }
            #expect(arrived(4))
            source.open()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == [503, 503, 503, 503])
        source.state.withLock { $0.answer = .success("better") }
        #expect(try await ask().text == "better")
        #expect(source.reads == 2)
    }

    @Test func `reads again for whoever asks after a change, though an older reading is under way`()
        async throws
    {
        async let old = ask()
        #expect(hasRead(1))
        store.didChange(Self.institution)
        async let new = ask()
        #expect(hasRead(2))
        source.state.withLock { $0.answer = .success("new") }
        source.open()
        _ = try await old
        #expect(try await new.text == "new")
        #expect(try await ask().text == "new")
        #expect(source.reads == 2)
    }

    @Test func `tells others of a change made here, and not of one that it has heard`() async throws {
        let told = Mutex<[TenantID]>([])
        store.onChange { institution in told.withLock { $0.append(institution) } }
        store.heardChange(Self.institution)
        #expect(told.withLock { $0 } == [])
        store.didChange(Self.institution)
        #expect(told.withLock { $0 } == [Self.institution])
    }
}
