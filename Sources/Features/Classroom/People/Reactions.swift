/// Reactions since the last event, counted; so that a class that claps costs two events a second and not thousands.
struct Reactions: Hashable, Sendable {
    /// Different emoji in one event; more are dropped.
    static let mostKinds = 20

    private(set) var counts: [String: Int] = [:]

    mutating func add(_ emoji: String) {
        guard counts[emoji] != nil || counts.count < Reactions.mostKinds else { return }
        counts[emoji, default: 0] += 1
    }

    /// Hands out what was counted, the most frequent first, and begins anew.
    mutating func take() -> [(emoji: String, count: Int)] {
        defer { counts = [:] }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }
}
