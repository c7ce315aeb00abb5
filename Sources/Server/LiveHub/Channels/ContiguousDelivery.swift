/// Turns publications that arrive in any order, repeated or with holes, into one contiguous run.
///
/// A subscriber is never told event N+2 before N+1: what arrives early is held back, and a hole that stays open is
/// asked for at the log.
struct ContiguousDelivery {
    enum Action: Equatable {
        /// Deliver these now, in this order.
        case deliver([ChannelPublication])
        /// Seen before, or held back: nothing to deliver.
        case wait
        /// As `wait`, and a hole has opened: ask the log for what follows `after` soon.
        case fill(after: UInt64)
        /// More is held back than the bound allows: ask the log now; what was held is dropped and comes from there.
        case overflow(after: UInt64)
    }

    /// Publications that may wait for an earlier one.
    static let mostHeld = 4096

    /// The last offset that was delivered.
    private(set) var position: UInt64
    private var held: [UInt64: ChannelPublication] = [:]

    /// Begins after `position`.
    init(position: UInt64) { self.position = position }

    /// Whether a hole is open.
    var isWaiting: Bool { !held.isEmpty }

    mutating func accept(_ publication: ChannelPublication) -> Action {
        guard publication.offset > position else { return .wait }
        guard publication.offset == position + 1 else { return hold(publication) }
        position = publication.offset
        var run = [publication]
        while !held.isEmpty, let next = held.removeValue(forKey: position + 1) {
            position = next.offset
            run.append(next)
        }
        return .deliver(run)
    }

    /// Takes what the log holds after ``position``, in order.
    mutating func fill(_ publications: [ChannelPublication]) -> [ChannelPublication] {
        var run: [ChannelPublication] = []
        for publication in publications {
            if case .deliver(let more) = accept(publication) { run += more }
        }
        return run
    }

    private mutating func hold(_ publication: ChannelPublication) -> Action {
        guard held.count < ContiguousDelivery.mostHeld else {
            held.removeAll()
            return .overflow(after: position)
        }
        let isFirst = held.isEmpty
        held[publication.offset] = publication
        return isFirst ? .fill(after: position) : .wait
    }
}
