/// Distributes what is to be told over messages that are small enough.
enum PresencePacking {
    /// Bytes of a body's lists; the rest of its bound is for the members around them.
    static let room = PresenceMessage.longestBody - 1024

    /// Fills one part after the other, first with `first`, then with `second`, in their order; none when both are empty.
    static func pack<First, Second>(
        _ first: [First], _ second: [Second], weight: (First) -> Int, second weigh: (Second) -> Int
    ) -> [(first: [First], second: [Second])] {
        var parts: [(first: [First], second: [Second])] = []
        var left = 0
        func open(_ weight: Int) -> Int {
            if parts.isEmpty || left < weight {
                parts.append(([], []))
                left = room
            }
            left -= weight
            return parts.count - 1
        }
        for element in first { parts[open(weight(element))].first.append(element) }
        for element in second { parts[open(weigh(element))].second.append(element) }
        return parts
    }
}
