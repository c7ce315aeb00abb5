/// Ranks with room between them: what is moved gets another, and the others keep theirs.
///
/// A list that is read in pages goes on behind the rank of the last one; were the others counted anew, it would miss some of
/// them and show others twice. What people see as a position is counted when it is shown.
enum SparseOrder {
    /// The room behind one rank: forty times something fits between the same two neighbours before all are ranked anew.
    static let step: Int64 = 1 << 40
    /// Ranks beyond are made smaller.
    private static let most: Int64 = 1 << 61

    /// Something in an order.
    struct Ranked: Hashable, Sendable {
        let id: Int64
        var rank: Int64
    }

    /// The rank of what comes last.
    static func end(of ranks: [Int64]) -> Int64 { min(ranks.max() ?? 0, most) + step }

    /// What has to be ranked otherwise so that one stands at a position.
    ///
    /// - Parameters:
    ///   - id: The one; it may be new.
    ///   - position: Where it is to be, as ``ModuleOrder/placing(_:at:in:)`` takes it.
    ///   - all: The others, and it, by rank and id.
    /// - Returns: New ranks: of the one alone, unless there is no room.
    static func placing(_ id: Int64, at position: Int?, in all: [Ranked]) -> [Ranked] {
        let ids = all.map(\.id)
        let order = ModuleOrder.placing(id, at: position, in: ids)
        guard order != ids, let place = order.firstIndex(of: id) else { return [] }
        let rest = all.filter { $0.id != id }
        let before = place > 0 ? rest[place - 1].rank : 0
        if place == rest.count, before <= most { return [Ranked(id: id, rank: before + step)] }
        if place < rest.count, rest[place].rank - before >= 2 {
            return [Ranked(id: id, rank: before + (rest[place].rank - before) / 2)]
        }
        return order.enumerated().map { Ranked(id: $1, rank: Int64($0 + 1) * step) }
    }
}
