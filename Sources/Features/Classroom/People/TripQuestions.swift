import LiveHub

/// Questions to other nodes how long the way to some users' browsers takes.
///
/// Asked when staff read the roster, and not told all along: of what changes with every ping, nobody reads most.
struct TripQuestions: Sendable {
    /// How long an answer is waited for, in milliseconds; the roster then does without.
    static let patience = 300
    /// Questions that may be open at once; further ones are not asked.
    static let mostOpen = 64

    private struct Question {
        var awaited: Set<NodeID>
        var times: [Int64: Int] = [:]
    }

    private var open: [UInt64: Question] = [:]
    private var last: UInt64 = 0

    /// Opens a question to some nodes; `nil` where none is to be asked, or too many are open.
    mutating func ask(_ nodes: [NodeID]) -> UInt64? {
        guard !nodes.isEmpty, open.count < TripQuestions.mostOpen else { return nil }
        last += 1
        open[last] = Question(awaited: Set(nodes))
        return last
    }

    /// Takes an answer; whether it was the last one.
    mutating func take(_ times: [Int64: Int], to question: UInt64, from node: NodeID) -> Bool {
        guard var asked = open[question], asked.awaited.remove(node) != nil else { return false }
        asked.times.merge(times, uniquingKeysWith: min)
        open[question] = asked
        return asked.awaited.isEmpty
    }

    /// Ends a question; what was answered, by user.
    mutating func close(_ question: UInt64) -> [Int64: Int] {
        open.removeValue(forKey: question)?.times ?? [:]
    }
}
