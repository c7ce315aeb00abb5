/// How long to wait before a program that ended is started again: longer each time when it does not last.
struct RestartPause: Equatable, Sendable {
    /// The first pause.
    static let first: Duration = .seconds(1)
    /// The longest.
    static let longest: Duration = .seconds(30)
    /// Whoever lasted so long begins anew.
    static let lasting: Duration = .seconds(10)

    private var failures = 0

    /// The pause after a program that ran for `lifetime`.
    mutating func next(afterRunningFor lifetime: Duration) -> Duration {
        if lifetime >= RestartPause.lasting { failures = 0 }
        let pause = RestartPause.first * (1 << min(failures, 10))
        failures += 1
        return min(pause, RestartPause.longest)
    }
}
