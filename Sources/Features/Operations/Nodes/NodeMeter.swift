/// Rates and loads of this node, made from running totals.
///
/// It reads no clock: each sample says when it was taken.
struct NodeMeter: Sendable {
    private var samples = RateSamples()
    private var busy: [(at: Double, nanoseconds: [UInt64])] = []

    init() {}

    /// Takes the totals of this second, and how many nanoseconds each loop was busy so far.
    mutating func note(_ totals: LiveTotals, busy nanoseconds: [UInt64]) {
        samples.add(totals)
        busy.append((totals.at, nanoseconds))
        if busy.count > 6 { busy.removeFirst() }
    }

    /// What happened each second of the last five; `nil` before there are two samples.
    var rates: LiveRates? { samples.rates }

    /// The share of the last five seconds that each loop was busy, from 0 to 1; empty before there are two samples.
    var loads: [Double] {
        guard let first = busy.first, let last = busy.last, last.at > first.at,
            first.nanoseconds.count == last.nanoseconds.count
        else { return [] }
        return zip(first.nanoseconds, last.nanoseconds).map { before, after in
            let seconds = Double(after > before ? after - before : 0) / 1e9
            return min(1, seconds / (last.at - first.at))
        }
    }
}
