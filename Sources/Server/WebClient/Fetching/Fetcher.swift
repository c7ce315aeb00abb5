package import EventLoop
package import Sockets

/// The one way in which the server fetches something itself: a request, one connection, a bounded response.
///
/// Any task may call it; the work is done on one loop. Every fetch is bounded in size and time, and so is their number:
/// beyond it a fetch is refused at once.
package final class Fetcher: Sendable {
    private let loop: EventLoop
    private let core: LoopBound<FetcherCore>

    /// Makes the fetcher of a loop, on that loop or before it is used.
    ///
    /// - Parameters:
    ///   - loop: Where the connections live.
    ///   - tls: Whom to trust.
    ///   - policy: Where connections may lead.
    ///   - concurrency: Fetches under way at a time.
    package init(
        loop: EventLoop, tls: TLSContext, policy: OutgoingPolicy = OutgoingPolicy(), concurrency: Int = 16
    ) {
        self.loop = loop
        core = LoopBound(
            FetcherCore(loop: loop, tls: tls, policy: policy, concurrency: concurrency), loop: loop)
    }

    /// Fetches; returns once the response is complete, whatever its status.
    package func fetch(_ request: OutgoingRequest) async throws(FetchError) -> OutgoingResponse {
        let result: Result<OutgoingResponse, FetchError> = await withCheckedContinuation { continuation in
            loop.execute { [core] in
                core.value.start(request) { continuation.resume(returning: $0) }
            }
        }
        return try result.get()
    }
}

/// The fetches of one loop.
///
/// Confined to it.
final class FetcherCore {
    /// Names that all fetchers of the process look up.
    static let lane = WorkLane(label: "web-names", width: 2, backlog: 64)

    let streams: StreamContext
    let tls: TLSContext
    let policy: OutgoingPolicy
    private let concurrency: Int
    private var running = 0

    init(loop: EventLoop, tls: TLSContext, policy: OutgoingPolicy, concurrency: Int) {
        streams = StreamContext(loop: loop)
        self.tls = tls
        self.policy = policy
        self.concurrency = concurrency
    }

    func start(_ request: OutgoingRequest, then: @escaping (Result<OutgoingResponse, FetchError>) -> Void) {
        guard running < concurrency else { return then(.failure(.tooMany)) }
        running += 1
        FetchRun(request, core: self) { [self] result in
            running -= 1
            then(result)
        }.start()
    }
}
