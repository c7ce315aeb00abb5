/// Letters that wait for the relay: in order, bounded, tried again while they are worth it.
///
/// A decision: the time is handed in. At the bound a further letter is refused.
struct MailQueue: Sendable {
    /// Letters that wait or are under way at most.
    static let bound = 1000
    /// The pauses between tries; the last one repeats.
    static let pauses: [Duration] = [.seconds(5), .seconds(30), .seconds(120), .seconds(600)]

    /// One letter.
    struct Entry: Sendable {
        let number: Int
        let message: MailMessage
        fileprivate let end: ContinuousClock.Instant
        fileprivate var due: ContinuousClock.Instant
        fileprivate var tries = 0
    }

    /// What there is to do.
    enum Step {
        case deliver(Entry)
        /// Nothing before this time.
        case wait(ContinuousClock.Instant)
        case idle
    }

    private var entries: [Entry] = []
    private var next = 0
    private var underWay: Int?

    /// Letters that wait or are under way.
    var count: Int { entries.count }

    /// Takes a letter; `false` when the queue is full.
    mutating func add(_ message: MailMessage, at now: ContinuousClock.Instant) -> Bool {
        guard entries.count < Self.bound else { return false }
        next += 1
        entries.append(Entry(number: next, message: message, end: now + message.usefulFor, due: now))
        return true
    }

    /// What to do now; a letter that is given out is under way until it is delivered or has failed.
    mutating func step(at now: ContinuousClock.Instant) -> Step {
        guard underWay == nil, !entries.isEmpty else { return .idle }
        if let entry = entries.first(where: { $0.due <= now }) {
            underWay = entry.number
            return .deliver(entry)
        }
        return entries.map(\.due).min().map { .wait($0) } ?? .idle
    }

    /// The letter under way has arrived.
    mutating func delivered() {
        entries.removeAll { $0.number == underWay }
        underWay = nil
    }

    /// The letter under way has not arrived.
    ///
    /// - Returns: How long until it is tried again; `nil` when it is given up.
    mutating func failed(_ failure: MailFailure, at now: ContinuousClock.Instant) -> Duration? {
        defer { underWay = nil }
        guard let place = entries.firstIndex(where: { $0.number == underWay }) else { return nil }
        let pause = Self.pauses[min(entries[place].tries, Self.pauses.count - 1)]
        guard case .passing = failure, now + pause < entries[place].end else {
            entries.remove(at: place)
            return nil
        }
        entries[place].tries += 1
        entries[place].due = now + pause
        return pause
    }
}
