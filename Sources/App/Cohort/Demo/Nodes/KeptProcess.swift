import Dispatch
import Glibc
import Processes
import Synchronization

/// A program that is started again when it ends by itself, until it is stopped.
///
/// Any thread may use it; `start` and `stop` block, so call them from a `WorkLane`.
final class KeptProcess: Sendable {
    /// The program as it runs now; `owner` is what must live as long as it does.
    struct Running: Sendable {
        let process: ChildProcess
        var owner: (any Sendable)?
    }

    private struct State {
        var running: Running?
        var since: ContinuousClock.Instant = .now
        var pause = RestartPause()
        var isKept = false
    }

    let name: String
    private let queue: DispatchQueue
    private let state = Mutex(State())
    private let launch: @Sendable (_ isFirst: Bool) throws -> Running
    private let report: @Sendable (String) -> Void

    /// Names a program; nothing is started yet.
    ///
    /// - Parameters:
    ///   - name: What people read.
    ///   - report: Hears a sentence whenever the program ends or is started again, on a thread of its own.
    ///   - launch: Starts the program; blocks. `isFirst` is false when it is started again.
    init(
        _ name: String, report: @escaping @Sendable (String) -> Void,
        launch: @escaping @Sendable (_ isFirst: Bool) throws -> Running
    ) {
        self.name = name
        self.report = report
        self.launch = launch
        queue = DispatchQueue(label: "cohort.keep-\(name)", qos: .utility)
    }

    /// The process's number; `nil` while there is none.
    var pid: Int32? {
        state.withLock { $0.running?.process.isRunning == true ? $0.running?.process.pid : nil }
    }

    /// Whether it runs at this moment.
    var isRunning: Bool { pid != nil }

    /// Starts the program; it is not kept yet, so that an end at once can be seen.
    func start() throws {
        let running = try launch(true)
        state.withLock { state in
            state.running = running
            state.since = .now
        }
    }

    /// From now on the program is started again when it ends.
    func keep() {
        let running = state.withLock { state in
            state.isKept = true
            return state.running
        }
        if let running { watch(running.process) }
    }

    /// Stops the program for good: SIGTERM, and SIGKILL when it has not ended within `patience`.
    ///
    /// - Returns: Whether it ended by itself.
    @discardableResult
    func stop(within patience: Duration) -> Bool {
        let process = state.withLock { state in
            state.isKept = false
            return state.running?.process
        }
        guard let process, process.isRunning else { return true }
        // A suspended process hears of nothing but this.
        process.signal(SIGCONT)
        process.signal(SIGTERM)
        if process.waitForEnd(atMost: patience) { return true }
        process.signal(SIGKILL)
        _ = process.waitForEnd(atMost: .seconds(5))
        return false
    }

    private func watch(_ process: ChildProcess) {
        process.whenEnded(on: queue) { [weak self] in self?.ended(process) }
    }

    private func ended(_ process: ChildProcess) {
        let pause = state.withLock { state -> Duration? in
            guard state.isKept else { return nil }
            return state.pause.next(afterRunningFor: .now - state.since)
        }
        guard let pause else { return }
        let how = KeptProcess.sentence(status: process.exitStatus ?? 0)
        report("\(name) (pid \(process.pid)) \(how); it is started again in \(pause.components.seconds) s")
        startAgain(after: pause)
    }

    private func startAgain(after pause: Duration) {
        queue.asyncAfter(deadline: .now() + .seconds(Int(pause.components.seconds))) { [weak self] in
            guard let self, state.withLock({ $0.isKept }) else { return }
            do {
                let running = try launch(false)
                let isWanted = state.withLock { state in
                    state.running = running
                    state.since = .now
                    return state.isKept
                }
                // Stopped meanwhile: nobody else would end it.
                guard isWanted else { return running.process.signal(SIGKILL) }
                watch(running.process)
                report("\(name) is started again (pid \(running.process.pid))")
            } catch {
                let next = state.withLock { $0.pause.next(afterRunningFor: .zero) }
                report(
                    "\(name) cannot be started: \(error); it is tried again in \(next.components.seconds) s")
                startAgain(after: next)
            }
        }
    }

    /// How a process ended, from the status of `waitpid`.
    static func sentence(status: Int32) -> String {
        let signal = status & 0x7F
        return signal == 0 ? "ended with status \((status >> 8) & 0xFF)" : "was ended by signal \(signal)"
    }
}
