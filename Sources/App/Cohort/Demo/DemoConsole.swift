import Dispatch
import Glibc
import Synchronization

/// Says on standard output what the demo is doing; whatever takes longer than two seconds shows that it goes on.
package final class DemoConsole: Sendable {
    private struct Step {
        var text = ""
        var began: ContinuousClock.Instant = .now
        var isOpen = false
    }

    private let step = Mutex(Step())
    private let isTerminal: Bool
    private let clock = DispatchQueue(label: "cohort.console", qos: .utility)
    private let write: @Sendable (String) -> Void

    /// Makes a console that hands its text to `write`, by default standard output.
    package init(
        isTerminal: Bool = isatty(1) == 1,
        write: @escaping @Sendable (String) -> Void = DemoConsole.standardOutput
    ) {
        self.isTerminal = isTerminal
        self.write = write
        pulse()
    }

    package static let standardOutput: @Sendable (String) -> Void = { StandardOutput.write($0) }

    /// Runs a step and says how long it took.
    package func step<Value>(_ text: String, _ body: () async throws -> Value) async rethrows -> Value {
        begin(text)
        do {
            let value = try await body()
            finish("done")
            return value
        } catch {
            finish("failed")
            throw error
        }
    }

    /// Says something between steps, or within one.
    package func say(_ text: String) {
        step.withLock { step in
            if step.isOpen, isTerminal { write("\n") }
            write("\(text)\n")
        }
    }

    private func begin(_ text: String) {
        step.withLock { step in
            step = Step(text: text, began: .now, isOpen: true)
            write(isTerminal ? "  \(text) …" : "  \(text) …\n")
        }
    }

    private func finish(_ outcome: String) {
        step.withLock { step in
            let took = DemoConsole.seconds(.now - step.began)
            write(
                isTerminal
                    ? "\r  \(step.text) … \(outcome) (\(took))\u{1B}[K\n"
                    : "  \(step.text): \(outcome) (\(took))\n")
            step.isOpen = false
        }
    }

    /// Every two seconds an open step says that it goes on.
    private func pulse() {
        clock.asyncAfter(deadline: .now() + 2) { [weak self] in
            guard let self else { return }
            step.withLock { step in
                let passed = ContinuousClock.now - step.began
                guard step.isOpen, passed >= .seconds(2) else { return }
                let took = DemoConsole.seconds(passed)
                self.write(
                    self.isTerminal ? "\r  \(step.text) … \(took)\u{1B}[K" : "    still at it (\(took))\n")
            }
            pulse()
        }
    }

    /// A duration with one digit after the point: `1.4 s`.
    static func seconds(_ duration: Duration) -> String {
        let tenths =
            duration.components.seconds * 10 + duration.components.attoseconds / 100_000_000_000_000_000
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
