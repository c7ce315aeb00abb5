import JSON

/// Entries below what they reply to.
struct DiscussionTree: Sendable {
    /// Entries that one answer shows at most: the newest.
    static let most = 2_000

    /// The entries at the top, oldest first; also those whose parent is not among the entries shown.
    private let tops: [DiscussionEntry]
    private let replies: [Int64: [DiscussionEntry]]

    /// Builds the tree.
    init(_ entries: [DiscussionEntry]) {
        let sorted = entries.sorted { $0.id < $1.id }
        let known = Set(sorted.map(\.id))
        var tops: [DiscussionEntry] = []
        var replies: [Int64: [DiscussionEntry]] = [:]
        for entry in sorted {
            if let parent = entry.parent, known.contains(parent) {
                replies[parent, default: []].append(entry)
            } else {
                tops.append(entry)
            }
        }
        (self.tops, self.replies) = (tops, replies)
    }

    /// Writes the array of all.
    func write(_ json: inout JSONWriter) {
        json.array(of: tops) { write($1, &$0) }
    }

    /// A reply has a greater id than its parent, so this ends, as deep as topics go.
    private func write(_ entry: DiscussionEntry, _ json: inout JSONWriter) {
        json.object { json in
            entry.writeMembers(&json)
            if let below = replies[entry.id] { json.array("replies", of: below) { write($1, &$0) } }
        }
    }
}
