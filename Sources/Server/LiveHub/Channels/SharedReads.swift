/// A range of a channel's past.
struct PastRange: Hashable {
    /// Where it begins, itself not in it; `nil` for the one end or the other.
    let since: UInt64?
    /// Newest first.
    let isReverse: Bool
    let limit: Int
    /// Bytes with which it ends, whatever the limit; a stream is not bounded by them.
    let bytes: Int

    /// What follows `offset`, oldest first.
    static func after(_ offset: UInt64, limit: Int, bytes: Int = .max) -> PastRange {
        PastRange(since: offset, isReverse: false, limit: limit, bytes: bytes)
    }

    /// What stands before `offset`, newest first.
    static func before(_ offset: UInt64, limit: Int, bytes: Int = .max) -> PastRange {
        PastRange(since: offset, isReverse: true, limit: limit, bytes: bytes)
    }

    /// The newest one alone.
    static let newest = PastRange(since: nil, isReverse: true, limit: 1, bytes: .max)

    /// Whether it holds nothing after `position`, whenever it is read.
    func isWithin(_ position: UInt64) -> Bool {
        guard let since else { return false }
        return isReverse ? since <= position + 1 : since <= position && position - since >= UInt64(limit)
    }
}

/// Has one range of the past read once for all who ask for it in a short while: a cohort whose connections broke in one moment
/// comes back with one wish.
///
/// Time is handed in, in milliseconds of any clock that does not go back. What is kept is bounded in number, in weight and in
/// time; what does not fit is still shared among those who wait for it.
struct SharedReads<Found> {
    typealias Then = (Found?) -> Void

    /// What to do for somebody who asks.
    enum Step {
        case answer(Found)
        /// Somebody else's read answers.
        case wait
        /// Read, and say what was found to ``finish(_:_:weight:now:)``.
        case read(Ticket)
    }

    /// A read that is under way.
    struct Ticket: Hashable {
        let range: PastRange
        fileprivate let generation: UInt32
    }

    private struct Kept {
        let found: Found
        let weight: Int
        let until: Int64
    }

    /// How long an answer is kept.
    static var lifetime: Int64 { 2000 }
    /// Answers at most.
    static var maxCount: Int { 8 }
    /// Bytes of answers at most.
    static var maxWeight: Int { 1 << 20 }

    private var kept: [PastRange: Kept] = [:]
    private var waiting: [Ticket: [Then]] = [:]
    private var generation: UInt32 = 0

    /// Asks for a range; `then` is among what ``finish(_:_:weight:now:)`` returns unless it is answered at once.
    mutating func ask(_ range: PastRange, now: Int64, then: @escaping Then) -> Step {
        if let answer = kept[range], answer.until > now { return .answer(answer.found) }
        let ticket = Ticket(range: range, generation: generation)
        waiting[ticket, default: []].append(then)
        return waiting[ticket]?.count == 1 ? .read(ticket) : .wait
    }

    /// Takes what was found, `nil` when it could not be read.
    ///
    /// - Returns: All who wait for it; the first asked for the read.
    mutating func finish(_ ticket: Ticket, _ found: Found?, weight: Int, now: Int64) -> [Then] {
        let told = waiting.removeValue(forKey: ticket) ?? []
        if let found, ticket.generation == generation { keep(found, weight, as: ticket.range, now) }
        return told
    }

    private mutating func keep(_ found: Found, _ weight: Int, as range: PastRange, _ now: Int64) {
        drop(before: now)
        guard weight <= Self.maxWeight else { return }
        while !kept.isEmpty,
            kept.count >= Self.maxCount || kept.values.reduce(weight, { $0 + $1.weight }) > Self.maxWeight
        {
            guard let oldest = kept.min(by: { $0.value.until < $1.value.until }) else { break }
            kept[oldest.key] = nil
        }
        kept[range] = Kept(found: found, weight: weight, until: now + Self.lifetime)
    }

    /// Lets go of answers whose time is over.
    mutating func drop(before now: Int64) {
        guard !kept.isEmpty else { return }
        kept = kept.filter { $0.value.until > now }
    }

    /// Whether nothing is kept or waited for.
    var isEmpty: Bool { kept.isEmpty && waiting.isEmpty }

    /// Something of the past is not what it was: nothing that was read before, or is being read, answers who asks from now on.
    mutating func forget() {
        generation &+= 1
        kept = [:]
    }
}
