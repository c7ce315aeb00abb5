import Dispatch
import EventLoop
import Logging
import Sockets
import Synchronization
import Telemetry
import TestKit

@testable import WebServer

/// A server on a loop and a port of its own, stopped when the test lets go of it.
final class TestSite: Sendable {
    let loop: EventLoop
    let port: UInt16
    let metrics = Metrics()
    let health = Health()
    let log = LogLines()
    private let server: LoopBound<HTTPServer>

    /// Listens for TLS too; the port.
    func listen(_ entrance: TLSEntrance) throws -> UInt16 {
        let address = try SocketAddress(host: "127.0.0.1", port: 0)
        return try onLoop { server in Result { try server.listen(on: address, entrance: entrance) } }.get()
            .port
    }

    init(
        _ routes: [Route], authenticator: any Authenticator = NoAuthenticator(),
        settings change: (inout ServerSettings) -> Void = { _ in }
    ) throws {
        var settings = ServerSettings()
        change(&settings)
        let loop = try EventLoop(index: 0, label: "test.web")
        let application = try WebApplication(
            routes: routes, authenticator: authenticator, settings: settings, metrics: metrics)
        let lines = log
        let sink = LogSink { bytes in lines.add(bytes) }
        let context = WebContext(
            loop: loop, streams: StreamContext(loop: loop), pool: nil,
            disk: WorkLane(label: "test.disk", width: 1, backlog: 16), metrics: metrics, health: health,
            logger: Log.logger("web", level: .debug, sink: sink))
        let server = LoopBound(HTTPServer(application, context: context), loop: loop)
        let address = try SocketAddress(host: "127.0.0.1", port: 0)
        let bound = TestSite.on(loop) { Result { try server.value.listen(on: address) } }
        self.loop = loop
        self.server = server
        port = try bound.get().port
    }

    deinit {
        let server = server
        loop.execute { server.value.abort() }
    }

    /// Runs something on the loop and waits for it.
    func onLoop<Value: Sendable>(_ body: @escaping @Sendable (HTTPServer) -> Value) -> Value {
        let server = server
        return TestSite.on(loop) { body(server.value) }
    }

    private static func on<Value: Sendable>(_ loop: EventLoop, _ body: @escaping @Sendable () -> Value)
        -> Value
    {
        let done = DispatchSemaphore(value: 0)
        let slot = Mutex<Value?>(nil)
        loop.execute {
            let value = body()
            slot.withLock { $0 = value }
            done.signal()
        }
        done.wait()
        guard let value = slot.withLock({ $0 }) else { preconditionFailure("the loop has signalled") }
        return value
    }

    /// Looks on the loop again and again until it is so; `false` when it is not within the limit.
    func waits(
        for condition: @escaping @Sendable (HTTPServer) -> Bool, within limit: Duration = .seconds(60)
    ) -> Bool {
        let done = DispatchSemaphore(value: 0)
        let server = server
        let end = ContinuousClock.now + limit
        let fulfilled = Flag()
        @Sendable func look() {
            if condition(server.value) {
                fulfilled.raise()
                done.signal()
            } else if ContinuousClock.now > end {
                done.signal()
            } else {
                server.value.context.loop.schedule(after: .milliseconds(10)) { look() }
            }
        }
        loop.execute { look() }
        done.wait()
        return fulfilled.isRaised
    }

    func client(seconds: Int = 60, receiveBuffer: CInt? = nil) throws -> TestClient {
        try TestClient(port: port, seconds: seconds, receiveBuffer: receiveBuffer)
    }
}

/// What was logged.
final class LogLines: Sendable {
    private let text = Mutex("")

    func add(_ bytes: [UInt8]) { text.withLock { $0 += String(decoding: bytes, as: UTF8.self) } }

    var all: String { text.withLock { $0 } }
}

/// Something that has happened.
final class Flag: Sendable {
    private let state = Atomic<Bool>(false)

    func raise() { state.store(true, ordering: .releasing) }

    var isRaised: Bool { state.load(ordering: .acquiring) }
}

/// Stops handlers until the test lets them go on.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let arrivals = DispatchSemaphore(value: 0)

    /// Waits in a handler until the gate is open.
    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            arrivals.signal()
            if isOpen { continuation.resume() }
        }
    }

    /// Waits in a test until a handler has come to the gate; `false` when none comes within a minute.
    func awaitArrival() -> Bool { arrivals.wait(timeout: .now() + 60) == .success }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
