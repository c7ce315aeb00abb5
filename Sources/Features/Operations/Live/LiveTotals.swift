/// Running totals at one moment, as rates are made from.
package struct LiveTotals: Sendable, Equatable {
    /// When, in seconds of a clock that only goes forward.
    package var at: Double
    package var joins: UInt64 = 0
    package var messages: UInt64 = 0
    package var answers: UInt64 = 0
    package var deliveries: UInt64 = 0

    package init(at: Double) { self.at = at }
}

/// What happened each second.
package struct LiveRates: Sendable, Hashable {
    package var joins: Double
    package var messages: Double
    package var answers: Double
    /// `nil` where nobody counts them apart.
    package var deliveries: Double?

    package init(joins: Double = 0, messages: Double = 0, answers: Double = 0, deliveries: Double? = nil) {
        self.joins = joins
        self.messages = messages
        self.answers = answers
        self.deliveries = deliveries
    }

    /// Both together; deliveries stay unknown where one of them is.
    package static func + (left: LiveRates, right: LiveRates) -> LiveRates {
        var deliveries: Double?
        if let one = left.deliveries, let other = right.deliveries { deliveries = one + other }
        return LiveRates(
            joins: left.joins + right.joins, messages: left.messages + right.messages,
            answers: left.answers + right.answers, deliveries: deliveries)
    }

    /// The rates from `old` to `new`; `nil` when no time has passed.
    package init?(from old: LiveTotals, to new: LiveTotals) {
        let seconds = new.at - old.at
        guard seconds > 0 else { return nil }
        func rate(_ member: KeyPath<LiveTotals, UInt64>) -> Double {
            let (before, after) = (old[keyPath: member], new[keyPath: member])
            return after > before ? Double(after - before) / seconds : 0
        }
        joins = rate(\.joins)
        messages = rate(\.messages)
        answers = rate(\.answers)
        deliveries = rate(\.deliveries)
    }
}

/// The totals of the last few seconds, one sample a second.
package struct RateSamples: Sendable {
    private var samples: [LiveTotals] = []
    private let seconds: Int

    /// Averages over so many seconds.
    package init(seconds: Int = 5) { self.seconds = seconds }

    /// Takes the totals of this second.
    package mutating func add(_ totals: LiveTotals) {
        samples.append(totals)
        if samples.count > seconds + 1 { samples.removeFirst(samples.count - seconds - 1) }
    }

    /// The rates over the window; `nil` before there are two samples.
    package var rates: LiveRates? {
        guard let first = samples.first, let last = samples.last, samples.count > 1 else { return nil }
        return LiveRates(from: first, to: last)
    }
}
