import CLibPQ
import DequeModule
import EventLoop

/// Hears what becomes of a connection, on its loop.
protocol ConnectionOwner: AnyObject {
    /// The connection takes statements from now on.
    func connectionDidOpen(_ connection: PostgresConnection)
    /// Something in flight ended and its caller was told.
    func connectionHasRoom(_ connection: PostgresConnection)
    /// The connection is gone, everything in flight was told; it is never open again.
    func connectionDidClose(_ connection: PostgresConnection, _ error: PostgresError)
}

/// One connection to the server for one life: it opens, works and closes.
///
/// Confined to its loop, never blocks.
///
/// A pipelined connection takes ``Flight``s, several at once; a simple one takes texts of several statements,
/// one at a time. Reconnecting is its owner's affair.
final class PostgresConnection: ReadinessHandler {
    enum Mode { case pipelined, simple }

    enum Phase { case new, connecting, preparing, ready, closed }

    /// What the next result of libpq belongs to.
    enum Expectation {
        case prepare(PreparedStatements.Variant)
        case prepareSync
        case step
        case sync
    }

    let loop: EventLoop
    let configuration: PostgresConfiguration
    let mode: Mode
    weak var owner: (any ConnectionOwner)?

    var phase = Phase.new
    /// libpq's connection while there is one; `handle` owns it.
    var raw: OpaquePointer?
    private var handle: ConnectionHandle?
    private var registration: Registration?
    private var interest: Readiness = []
    private var connectTimer: LoopTimer?
    private var silenceTimer: LoopTimer?
    private let noticeSink: NoticeSink

    var buffer = ParameterBuffer()
    var prepared: PreparedStatements
    var expected = Deque<Expectation>()
    var flights = Deque<Flight>()
    /// Results of the flight at the front that came so far, errors included.
    var stepsDone = 0
    var simpleFlight: SimpleFlight?
    /// The server's last words, when it ended the connection with an error.
    var lastWords: String?
    var lastProgress: ContinuousClock.Instant

    init(loop: EventLoop, configuration: PostgresConfiguration, mode: Mode = .pipelined) {
        self.loop = loop
        self.configuration = configuration
        self.mode = mode
        prepared = PreparedStatements(limit: configuration.preparedLimit)
        noticeSink = NoticeSink(handler: configuration.onNotice)
        lastProgress = loop.now
    }

    /// Flights that were sent and not yet answered.
    var inFlight: Int { flights.count + (simpleFlight == nil ? 0 : 1) }

    var isReady: Bool { phase == .ready }

    /// Whether the server is outside of any transaction, as of the last answer.
    var isOutsideTransaction: Bool { raw.map { PQtransactionStatus($0) == PQTRANS_IDLE } ?? false }

    /// The server process's number, for `pg_terminate_backend`.
    var backendPID: Int32 { raw.map { PQbackendPID($0) } ?? 0 }

    // MARK: Opening

    /// Begins to connect; the owner hears how it went.
    func open() {
        loop.preconditionCurrent()
        precondition(phase == .new, "a connection opens once")
        phase = .connecting
        connectTimer = loop.schedule(after: configuration.connectTimeout) { [weak self] in
            self?.close(.unavailable("connecting took longer than it may"))
        }
        let parameters = configuration.effectiveParameters
        guard HostResolver.needsLookup(parameters) else { return connect(parameters) }
        let isAdmitted = HostResolver.lane.submit(on: loop) {
            HostResolver.resolve(parameters)
        } then: { [weak self] result in
            guard let self, phase == .connecting else { return }
            switch result {
            case .success(let resolved): connect(resolved)
            case .failure(let error): close(error)
            }
        }
        if !isAdmitted {
            later { [weak self] in self?.close(.unavailable("too many names are being looked up")) }
        }
    }

    private func connect(_ parameters: [String: String]) {
        handle = ConnectionHandle(parameters: parameters)
        raw = PostgresConnection.pointer(of: handle)
        guard let raw else { return later { [weak self] in self?.close(.unavailable("out of memory")) } }
        PQsetNoticeProcessor(raw, noticeProcessor, Unmanaged.passUnretained(noticeSink).toOpaque())
        guard PQstatus(raw) != CONNECTION_BAD else {
            let message = errorText
            return later { [weak self] in self?.close(.unavailable(message)) }
        }
        watch(.writable)
    }

    private static func pointer(of handle: borrowing ConnectionHandle?) -> OpaquePointer? {
        switch handle {
        case .some(let handle): handle.raw
        case .none: nil
        }
    }

    /// One step of connecting.
    ///
    /// libpq may open another socket in any step, even with the same number: the old one is never left
    /// registered.
    private func pollConnect() {
        guard let raw else { return }
        unwatch()
        switch PQconnectPoll(raw) {
        case PGRES_POLLING_READING: watch(.readable)
        case PGRES_POLLING_WRITING: watch(.writable)
        case PGRES_POLLING_OK: prepareSession(raw)
        default: close(.unavailable(errorText))
        }
    }

    /// Connected: sets the session's limits, then it is ready.
    private func prepareSession(_ raw: OpaquePointer) {
        guard PQsetnonblocking(raw, 1) == 0 else { return close(.unavailable(errorText)) }
        phase = .preparing
        watch(.readable)
        guard phase == .preparing else { return }
        let limit = configuration.statementTimeout.wholeMilliseconds
        let idleLimit = limit == 0 ? 0 : limit + 30_000
        switch mode {
        case .pipelined:
            guard PQenterPipelineMode(raw) == 1 else { return close(.unavailable(errorText)) }
            let step = Step(
                statement: Statement(
                    """
                    SELECT set_config('statement_timeout', $1, false), set_config('TimeZone', 'UTC', false),
                        set_config('idle_in_transaction_session_timeout', $2, false)
                    """, isPrepared: false),
                values: [.text(String(limit)), .text(String(idleLimit))], place: nil)
            fly(
                Flight(steps: [step], isWholeTransaction: true) { [weak self] in self?.sessionIsPrepared($0) }
            )
        case .simple:
            runSimple(
                "SET statement_timeout = \(limit); SET TimeZone = 'UTC'; SET client_min_messages = warning"
            ) {
                [weak self] in self?.sessionIsPrepared($0)
            }
        }
    }

    private func sessionIsPrepared(_ result: Result<[Rows], PostgresError>) {
        switch result {
        case .success:
            guard phase == .preparing else { return }
            phase = .ready
            connectTimer?.cancel()
            owner?.connectionDidOpen(self)
        case .failure(let error): close(error)
        }
    }

    // MARK: Events

    func descriptorIsReady(_ readiness: Readiness) {
        switch phase {
        case .connecting: pollConnect()
        case .preparing, .ready:
            if readiness.contains(.writable) { flush() }
            if !readiness.isDisjoint(with: [.readable, .hangup, .error]) { receive() }
        case .new, .closed: break
        }
    }

    private func receive() {
        guard let raw else { return }
        let isAlive = PQconsumeInput(raw) == 1
        if isAlive { lastProgress = loop.now }
        switch mode {
        case .pipelined: drainPipeline(raw)
        case .simple: drainSimple(raw)
        }
        guard phase != .closed else { return }
        if isAlive { flush() } else { close(.connectionLost(lastWords ?? errorText)) }
    }

    /// Writes what libpq holds; asks for writability only while something is left.
    func flush() {
        guard let raw else { return }
        switch PQflush(raw) {
        case 0: if interest.contains(.writable) { watch(.readable) }
        case 1: watch([.readable, .writable])
        default:
            // What the server said before it went is read first; the end of the stream follows.
            if interest.contains(.writable) { watch(.readable) }
        }
    }

    private func watch(_ wanted: Readiness) {
        guard let raw, wanted != interest || registration == nil else { return }
        interest = wanted
        do {
            if let registration {
                try loop.modify(registration, wanted)
            } else {
                registration = try loop.register(PQsocket(raw), wanted, edgeTriggered: false, handler: self)
            }
        } catch {
            let reason = "the kernel does not watch the socket: \(error)"
            later { [weak self] in self?.close(.unavailable(reason)) }
        }
    }

    private func unwatch() {
        if let registration { loop.cancel(registration) }
        registration = nil
        interest = []
    }

    // MARK: Silence

    /// Makes sure that somebody looks when the server falls silent; called after each send.
    func watchSilence() {
        guard silenceTimer == nil, let limit = silenceLimit else { return }
        scheduleSilenceCheck(after: limit)
    }

    private func scheduleSilenceCheck(after delay: Duration) {
        silenceTimer = loop.schedule(after: delay) { [weak self] in
            guard let self else { return }
            silenceTimer = nil
            guard phase != .closed, let limit = silenceLimit else { return }
            let silent = loop.now - lastProgress
            if silent >= limit {
                close(.timeout(.silence))
            } else {
                scheduleSilenceCheck(after: limit - silent)
            }
        }
    }

    /// How long the server may be silent now; `nil` while nothing is in flight or without a limit.
    private var silenceLimit: Duration? {
        guard inFlight > 0 else { return nil }
        let limit = flights.first?.statementTimeout ?? configuration.statementTimeout
        return limit > .zero ? limit + configuration.silenceGrace : nil
    }

    // MARK: Closing

    /// Ends the connection; everything in flight fails with `error`.
    ///
    /// Harmless when it is closed already.
    func close(_ error: PostgresError) {
        guard phase != .closed else { return }
        let wasConnected = phase == .ready
        phase = .closed
        unwatch()
        connectTimer?.cancel()
        silenceTimer?.cancel()
        raw = nil
        handle = nil
        expected.removeAll()
        let failed = flights
        flights.removeAll()
        let simple = simpleFlight
        simpleFlight = nil
        if wasConnected {
            for flight in failed { flight.then(.failure(error)) }
            simple?.then(.failure(error))
        }
        owner?.connectionDidClose(self, error)
    }

    /// What libpq says went wrong.
    var errorText: String { raw.map { String(cString: PQerrorMessage($0)).trimmedLine } ?? "not connected" }

    /// Calls `work` when the present call stack is gone, so that nobody is told of a failure before a call
    /// returned.
    func later(_ work: @escaping () -> Void) { loop.later(work) }
}

/// Where libpq's notices go; the connection keeps it alive longer than libpq's connection.
private final class NoticeSink {
    let handler: (@Sendable (String) -> Void)?

    init(handler: (@Sendable (String) -> Void)?) { self.handler = handler }
}

/// libpq's C callback; without it notices would be printed.
private func noticeProcessor(_ context: UnsafeMutableRawPointer?, _ message: UnsafePointer<CChar>?) {
    guard let context, let message else { return }
    let sink = Unmanaged<NoticeSink>.fromOpaque(context).takeUnretainedValue()
    sink.handler?(String(cString: message).trimmedLine)
}
