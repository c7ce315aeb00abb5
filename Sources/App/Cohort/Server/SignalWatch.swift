import Dispatch
import Glibc
import Synchronization

/// Waits for SIGTERM or SIGINT: the first ends the server in good order, one that comes a second later at once.
///
/// What comes within that second is the same wish: supervisors tell both the process and its group.
package final class SignalWatch: Sendable {
    private struct State {
        var caught: ContinuousClock.Instant?
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    // Safety: the sources are set once, before `init` returns, and only kept alive from then on.
    private nonisolated(unsafe) var sources: [any DispatchSourceSignal] = []

    /// Begins to watch; from now on these signals do not end the process by themselves.
    package init() {
        let queue = DispatchQueue(label: "cohort.signals", qos: .userInitiated)
        for number in [SIGTERM, SIGINT] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { [weak self] in self?.caught(number) }
            source.activate()
            sources.append(source)
        }
    }

    /// Has `reload` called on a queue of its own at each SIGHUP, which from now on does not end the process.
    ///
    /// Called once, before anybody waits.
    package func onReload(_ reload: @escaping @Sendable () -> Void) {
        signal(SIGHUP, SIG_IGN)
        let queue = DispatchQueue(label: "cohort.reload", qos: .utility)
        let source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: queue)
        source.setEventHandler { reload() }
        // Before it is registered a signal would be lost, as it is ignored otherwise; that takes a moment only.
        let registered = DispatchSemaphore(value: 0)
        source.setRegistrationHandler { registered.signal() }
        source.activate()
        _ = registered.wait(timeout: .now() + 5)
        hangup.withLock { $0 = LoadedSource(source: source) }
    }

    // Safety: the source is only kept alive.
    private struct LoadedSource: @unchecked Sendable { let source: any DispatchSourceSignal }
    private let hangup = Mutex<LoadedSource?>(nil)

    private func caught(_ number: CInt) {
        let now = ContinuousClock.now
        let (isSecond, waiter) = state.withLock { state in
            if let first = state.caught {
                return (now - first > .seconds(1), nil as CheckedContinuation<Void, Never>?)
            }
            state.caught = now
            defer { state.waiter = nil }
            return (false, state.waiter)
        }
        if isSecond { _exit(128 + number) }
        waiter?.resume()
    }

    /// Returns when a signal has come, also when that was before the call.
    package func wait() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.caught == nil { state.waiter = continuation }
                return state.caught != nil
            }
            if isOver { continuation.resume() }
        }
    }

    /// Whether a signal has come.
    package var hasCaught: Bool { state.withLock { $0.caught != nil } }
}
