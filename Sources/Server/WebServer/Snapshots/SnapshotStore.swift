import EventLoop
package import Postgres
import Synchronization
package import Telemetry

/// The kept answers of a node: carries out what ``SnapshotCache`` decides.
///
/// One for all loops, behind a lock that is held for a look-up: an answer is in memory once, however many loops there are,
/// and a change that one loop has made ends it for all of them before its author gets an answer.
package final class SnapshotStore: Sendable {
    /// How a reading has ended for those who waited.
    private enum End: Sendable {
        case snapshot(Snapshot)
        case failure(any Error)
        /// Not to be kept, so not to be shared: each reads for itself.
        case unfit
    }

    private struct State {
        var cache: SnapshotCache
        /// Those who wait, by the number of the flight; a flight that has ended has no line.
        var waiting: [UInt64: [CheckedContinuation<End?, Never>]] = [:]

        mutating func find(_ key: SnapshotKey, at now: ContinuousClock.Instant) -> SnapshotCache.Finding {
            let finding = cache.find(key, at: now)
            note(finding)
            return finding
        }

        mutating func ready(_ key: SnapshotKey, at now: ContinuousClock.Instant) -> SnapshotCache.Finding? {
            let finding = cache.ready(key, at: now)
            if let finding { note(finding) }
            return finding
        }

        private mutating func note(_ finding: SnapshotCache.Finding) {
            switch finding {
            case .read(let flight), .stale(_, let flight?): waiting[flight.number] = []
            case .fresh, .stale, .wait, .full: break
            }
        }
    }

    private let state: Mutex<State>
    private let meters: SnapshotMeters
    private let listener = Mutex<(@Sendable (TenantID) -> Void)?>(nil)

    /// Makes an empty store.
    package init(_ limits: SnapshotCache.Limits = SnapshotCache.Limits(), metrics: Metrics) {
        state = Mutex(State(cache: SnapshotCache(limits)))
        meters = SnapshotMeters(metrics)
        metrics.gauge("cohort_snapshot_entries", "Kept answers.") { [weak self] in
            Double(self?.state.withLock { $0.cache.count } ?? 0)
        }
        metrics.gauge("cohort_snapshot_bytes", "Bytes of kept answers.") { [weak self] in
            Double(self?.state.withLock { $0.cache.bytes } ?? 0)
        }
    }

    /// What can be given without waiting, if anything; where it is stale, it is read anew beside the request.
    ///
    /// As ``answer(_:_:_:read:)``, on the loop of `context`.
    package func ready(
        _ key: SnapshotKey, _ request: WebRequest, _ context: WebContext, at now: ContinuousClock.Instant,
        read: @escaping () async throws -> WebResponse
    ) -> Snapshot? {
        switch state.withLock({ $0.ready(key, at: now) }) {
        case .fresh(let snapshot)?:
            meters.hits.add()
            return snapshot
        case .stale(let snapshot, let flight)?:
            return stale(snapshot, flight, request, context, read)
        case .read?, .wait?, .full?, nil: return nil
        }
    }

    private func stale(
        _ snapshot: Snapshot, _ flight: SnapshotCache.Flight?, _ request: WebRequest, _ context: WebContext,
        _ read: @escaping () async throws -> WebResponse
    ) -> Snapshot {
        meters.stale.add()
        if let flight { context.loop.run { _ = try? await self.fly(flight, request, read) } }
        return snapshot
    }

    /// Answers a request from what is kept, or reads it: however many ask for the same, one reads.
    ///
    /// Called on the loop of `context`, and returns there. A caller whose task is cancelled while it waits goes on waiting:
    /// a reading ends when its statements do, which have limits.
    ///
    /// - Parameters:
    ///   - key: What the answer depends on.
    ///   - request: The request.
    ///   - context: Its loop.
    ///   - read: Makes the answer; what it throws is everybody's who waits for it.
    /// - Returns: The answer, 304 where the client has it.
    /// - Throws: What `read` throws; 503 when too many wait already.
    package func answer(
        _ key: SnapshotKey, _ request: WebRequest, _ context: WebContext,
        read: @escaping () async throws -> WebResponse
    ) async throws -> WebResponse {
        while true {
            switch state.withLock({ $0.find(key, at: context.loop.now) }) {
            case .fresh(let snapshot):
                meters.hits.add()
                return snapshot.answer(request)
            case .stale(let snapshot, let flight):
                return stale(snapshot, flight, request, context, read).answer(request)
            case .read(let flight):
                meters.misses.add()
                return try await fly(flight, request, read)
            case .full:
                meters.refused.add()
                throw WebError.unavailable()
            case .wait(let flight):
                meters.waits.add()
                switch await end(of: flight) {
                case .snapshot(let snapshot)?: return snapshot.answer(request)
                case .failure(let error)?: throw error
                case .unfit?: return try await read()
                // It ended between the two looks: what it has left is found by another.
                case nil: continue
                }
            }
        }
    }

    private func fly(
        _ flight: SnapshotCache.Flight, _ request: WebRequest, _ read: () async throws -> WebResponse
    ) async throws -> WebResponse {
        do {
            let response = try await read()
            guard let snapshot = Snapshot(response) else {
                land(flight, .unfit)
                return response
            }
            land(flight, .snapshot(snapshot))
            return snapshot.answer(request)
        } catch {
            land(flight, error is CancellationError ? .unfit : .failure(error))
            throw error
        }
    }

    /// Waits until a flight has ended; `nil` when it has ended already.
    private func end(of flight: SnapshotCache.Flight) async -> End? {
        await withCheckedContinuation { (continuation: CheckedContinuation<End?, Never>) in
            let isFlying = state.withLock { state in
                state.waiting[flight.number]?.append(continuation) != nil
            }
            if !isFlying { continuation.resume(returning: nil) }
        }
    }

    private func land(_ flight: SnapshotCache.Flight, _ end: End) {
        let waiting = state.withLock { state in
            if case .snapshot(let snapshot) = end {
                state.cache.land(flight, snapshot)
            } else {
                state.cache.land(flight, nil)
            }
            return state.waiting.removeValue(forKey: flight.number) ?? []
        }
        for waiter in waiting { waiter.resume(returning: end) }
    }

    /// Callers that wait for a reading.
    var waitingCount: Int { state.withLock { $0.waiting.values.reduce(0) { $0 + $1.count } } }

    // MARK: Changes

    /// Ends all kept answers of an institution, after a commit here: at once on all loops of this node, and others are told.
    package func didChange(_ institution: TenantID) {
        meters.own.add()
        state.withLock { $0.cache.invalidate(institution) }
        listener.withLock { $0 }?(institution)
    }

    /// Ends all kept answers of an institution, because another node says so.
    package func heardChange(_ institution: TenantID) {
        meters.heard.add()
        state.withLock { $0.cache.invalidate(institution) }
    }

    /// Has `tell` called for each change made here, on the thread that made it: it tells the other nodes.
    package func onChange(_ tell: @escaping @Sendable (TenantID) -> Void) { listener.withLock { $0 = tell } }
}

/// What is counted.
private struct SnapshotMeters: Sendable {
    let hits: Counter
    let stale: Counter
    let misses: Counter
    let waits: Counter
    let refused: Counter
    let own: Counter
    let heard: Counter

    init(_ metrics: Metrics) {
        let requests = metrics.counters(
            "cohort_snapshot_requests_total", "Requests of routes that keep their answers, by what was done.",
            labels: ["result"])
        hits = requests.with("hit")
        stale = requests.with("stale")
        misses = requests.with("miss")
        waits = requests.with("wait")
        refused = requests.with("refused")
        let changes = metrics.counters(
            "cohort_snapshot_invalidations_total", "Times that an institution's kept answers were ended.",
            labels: ["by"])
        own = changes.with("own")
        heard = changes.with("node")
    }
}
