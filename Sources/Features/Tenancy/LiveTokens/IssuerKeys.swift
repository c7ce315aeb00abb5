package import EventLoop
import HTTP
import HTTPTypes
package import Logging
import Synchronization
package import WebClient

/// The public keys of an issuer, fetched from where it publishes them (RFC 7517) and kept up to date.
///
/// Any task may use it. Asked for a key that it does not hold, it fetches the set again, at the pace of
/// ``KeySetSchedule``; whoever asks meanwhile waits for that same fetch, which takes 5 seconds at most. At most
/// ``mostWaiting`` wait; the others are told to come again.
package final class IssuerKeys: Sendable {
    /// Bytes of a key set: some dozens of RSA keys with their certificates.
    static let largestSet = 256 << 10
    static let mostWaiting = 100_000

    private struct State {
        var schedule = KeySetSchedule()
        var keys: PublishedKeys?
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let url: WebURL
    private let fetcher: Fetcher
    private let timer: LoopBound<TimerSlot>
    private let logger: Logger
    private let fetchLimit: Duration
    private let allowsPlainHTTP: Bool
    private let now: @Sendable () -> ContinuousClock.Instant

    /// Makes the keys of one issuer; nothing is fetched yet.
    ///
    /// - Parameters:
    ///   - url: Where the key set is.
    ///   - fetcher: What fetches it.
    ///   - loop: Where the timer for the next fetch lives.
    ///   - logger: Where failures are told, once a minute at most.
    ///   - fetchLimit: How long a fetch, and with it whoever waits, may take.
    ///   - allowsPlainHTTP: Whether `http` will do: for tests, whose issuers have no certificate.
    ///   - now: The monotonic clock.
    package init(
        url: WebURL, fetcher: Fetcher, loop: EventLoop, logger: Logger,
        fetchLimit: Duration = .seconds(5), allowsPlainHTTP: Bool = false,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.url = url
        self.fetcher = fetcher
        self.logger = logger
        self.fetchLimit = fetchLimit
        self.allowsPlainHTTP = allowsPlainHTTP
        self.now = now
        timer = LoopBound(TimerSlot(), loop: loop)
    }

    /// Fetches for the first time, and returns when that went well or not: a server starts without its issuer, too.
    package func start() async { await refresh() }

    /// The set that holds this key; `nil` when the issuer has been asked and has no such key.
    ///
    /// Without a name it is the set in force, of whatever keys: an issuer that has one key need not name it.
    /// - Throws: ``LiveTokenError/keysUnavailable`` when the issuer cannot be asked now.
    func keys(for id: String?) async throws(LiveTokenError) -> PublishedKeys? {
        if let keys = known(id) { return keys }
        switch state.withLock({ $0.schedule.want(at: now()) }) {
        case .fetch:
            Task { await self.fetch() }
            await wait()
        case .join: await wait()
        case .later: throw .keysUnavailable
        }
        if let keys = known(id) { return keys }
        // A fetch that is still under way means that too many wait for it.
        guard state.withLock({ !$0.schedule.isUnderWay && $0.schedule.failures == 0 }) else {
            throw .keysUnavailable
        }
        return nil
    }

    private func known(_ id: String?) -> PublishedKeys? {
        state.withLock { state in
            guard let keys = state.keys, id.map({ keys.holds($0) }) ?? true,
                state.schedule.isInForce(at: now())
            else {
                return nil
            }
            return keys
        }
    }

    /// Returns when the fetch under way has ended; at once when there is none, or too many wait.
    private func wait() async {
        await withCheckedContinuation { continuation in
            let isWaiting = state.withLock { state in
                guard state.schedule.isUnderWay, state.waiting.count < IssuerKeys.mostWaiting else {
                    return false
                }
                state.waiting.append(continuation)
                return true
            }
            if !isWaiting { continuation.resume() }
        }
    }

    // MARK: Fetching

    private func refresh() async {
        if state.withLock({ $0.schedule.want(at: now()) }) == .fetch { await fetch() }
    }

    private func fetch() async {
        do throws(Failure) {
            let (keys, control) = try await read()
            let isBack = state.withLock { state in
                let isBack = state.schedule.failures > 0
                state.keys = keys
                state.schedule.succeeded(
                    maxAge: control.maxAge, mustAskAgain: control.mustAskAgain, at: now())
                return isBack
            }
            if isBack { logger.notice("an issuer's keys are fetched again", metadata: ["url": "\(url)"]) }
        } catch {
            let (isTold, counts) = state.withLock { state in
                (state.schedule.failed(at: now()), state.keys != nil && state.schedule.isInForce(at: now()))
            }
            if isTold {
                logger.warning(
                    "an issuer's keys cannot be fetched",
                    metadata: ["url": "\(url)", "reason": "\(error)", "old_keys_in_force": "\(counts)"])
            }
        }
        let waiting = state.withLock { state in
            let waiting = state.waiting
            state.waiting = []
            return waiting
        }
        for one in waiting { one.resume() }
        scheduleNext()
    }

    /// Why a set is not taken; the one that was there stays.
    private enum Failure: Error, CustomStringConvertible {
        case fetch(FetchError)
        case status(Int)
        case content

        var description: String {
            switch self {
            case .fetch(let error): error.description
            case .status(let code): "the status is \(code)"
            case .content: "what is there is no set of public keys"
            }
        }
    }

    private func read() async throws(Failure) -> (PublishedKeys, CacheControl) {
        let request = OutgoingRequest(
            .get, url, fields: [.accept: "application/jwk-set+json, application/json"],
            limits: .init(body: IssuerKeys.largestSet, time: fetchLimit), allowsPlainHTTP: allowsPlainHTTP)
        let response: OutgoingResponse
        do throws(FetchError) {
            response = try await fetcher.fetch(request)
        } catch {
            throw .fetch(error)
        }
        guard response.status == .ok else { throw .status(response.status.code) }
        do throws(LiveTokenError) {
            let text = String(decoding: response.body, as: UTF8.self)
            return (try await PublishedKeys.select(from: text), CacheControl(response.fields))
        } catch {
            throw .content
        }
    }

    private func scheduleNext() {
        let delay = state.withLock { $0.schedule.untilNext(at: now()) }
        timer.loop.execute { [weak self, timer] in
            let slot = timer.value
            slot.timer?.cancel()
            slot.timer = timer.loop.schedule(after: delay) { [weak self] in
                guard let self else { return }
                Task { await self.refresh() }
            }
        }
    }
}

/// Where a loop keeps the timer of the next fetch.
private final class TimerSlot {
    var timer: LoopTimer?
}
