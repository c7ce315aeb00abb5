/// Decides how long a connection may take over what it is doing.
///
/// Time is handed in.
struct ConnectionPace: Sendable {
    /// What the other side is being waited for.
    enum Wait: Sendable, Equatable {
        /// Nobody waits for it: the answer is being made.
        case nothing
        /// The next request.
        case idle
        /// The rest of a request's head.
        case head
        /// The rest of a body.
        case body
        /// Room for output.
        case room
    }

    private let settings: ServerSettings
    private(set) var wait = Wait.nothing
    private var began: ContinuousClock.Instant
    private var bodyBytes = 0

    /// When the patience ends; `nil` for never.
    private(set) var deadline: ContinuousClock.Instant?

    init(_ settings: ServerSettings, at now: ContinuousClock.Instant) {
        self.settings = settings
        began = now
    }

    /// The connection is in this state now; waiting on for the same does not begin the time anew.
    mutating func waits(for next: Wait, at now: ContinuousClock.Instant) {
        guard next != wait else { return }
        wait = next
        began = now
        bodyBytes = 0
        deadline =
            switch next {
            case .nothing: nil
            case .idle: now + settings.idleTimeout
            case .head: now + settings.headTimeout
            case .body: now + settings.bodyGrace
            case .room: now + settings.writeTimeout
            }
    }

    /// A piece of the body has come: a slow line is given time in proportion to what it brings.
    mutating func receivedBody(_ count: Int) {
        guard wait == .body else { return }
        bodyBytes += count
        let earned = Duration.milliseconds(bodyBytes * 1000 / max(settings.bodyBytesPerSecond, 1))
        deadline = began + settings.bodyGrace + earned
    }

    /// The client has taken some output.
    mutating func madeRoom(at now: ContinuousClock.Instant) {
        guard wait == .room else { return }
        deadline = now + settings.writeTimeout
    }
}
