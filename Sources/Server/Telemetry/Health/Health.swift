import Synchronization

/// Whether the process can take work, and what keeps it from that.
///
/// Any thread may use it.
///
/// `/healthz` says that the process lives and needs none of this; `/readyz` shows ``obstacles`` and ``degraded``.
package final class Health: Sendable {
    /// A part that is not ready, and why, in words for operators.
    package struct Obstacle: Sendable, Hashable {
        package let name: String
        package let reason: String
    }

    private struct State {
        var checks: [(name: String, check: @Sendable () -> String?)] = []
        var states: [String: String?] = [:]
        var draining: String?
        var degraded: Set<String> = []
    }

    private let state = Mutex(State())
    private let gauges: Labelled<Gauge>?

    /// Makes a process' health; `metrics` get a gauge for each part that was ever degraded.
    package init(metrics: Metrics? = nil) {
        gauges = metrics?.gauges(
            "cohort_degraded", "Whether a part does without something that it should have.", labels: ["part"])
    }

    /// Has `check` asked whenever readiness is; it returns the reason why not, or `nil`, without waiting.
    package func register(_ name: String, _ check: @escaping @Sendable () -> String?) {
        state.withLock { $0.checks.append((name, check)) }
    }

    /// Says that a part is ready (`nil`) or why not, until it is said anew.
    package func set(_ name: String, notReady reason: String?) {
        state.withLock { $0.states[name] = .some(reason) }
    }

    /// From now on nothing is ready: the process is about to stop.
    package func drain(_ reason: String = "the server is shutting down") {
        state.withLock { $0.draining = reason }
    }

    /// Says that a part works with less than it should have, or no more so: the process stays ready.
    package func setDegraded(_ part: String, _ isDegraded: Bool) {
        state.withLock { state in
            if isDegraded { state.degraded.insert(part) } else { state.degraded.remove(part) }
            gauges?.with(part).set(isDegraded ? 1 : 0)
        }
    }

    /// Parts that are degraded, in the order of their names.
    package var degraded: [String] { state.withLock { $0.degraded }.sorted() }

    /// Whether ``drain(_:)`` was called.
    package var isDraining: Bool { state.withLock { $0.draining != nil } }

    /// What stands in the way; empty when the process is ready.
    ///
    /// In the order of the names, draining first.
    package var obstacles: [Obstacle] {
        let (checks, states, draining) = state.withLock { ($0.checks, $0.states, $0.draining) }
        var found = checks.compactMap { name, check in check().map { Obstacle(name: name, reason: $0) } }
        found += states.compactMap { name, reason in reason.map { Obstacle(name: name, reason: $0) } }
        found.sort { $0.name < $1.name }
        if let draining { found.insert(Obstacle(name: "draining", reason: draining), at: 0) }
        return found
    }
}
