import LiveHub

/// What a node tells the others, and when.
///
/// How it is, and who fell silent, every second; its rows as often, but less often the more pages they take, so that no more than a page a
/// second goes out on the average.
struct NodeTeller: Sendable {
    private var number: UInt64 = 0
    private var round: UInt64 = 0
    /// Seconds until the next round.
    private var pause = 0

    init() {}

    /// What is to be told this second; called once a second, `at` milliseconds since 1970.
    mutating func messages(
        _ beat: NodeBeat, _ rows: NodeRows, gone: [NodeNews.Departed], at time: Int64
    ) -> [NodeMessage] {
        number += 1
        var messages = [NodeNews.beat(beat, number: number, at: time).message]
        messages += gone.map { NodeNews.gone($0).message }
        if pause > 0 {
            pause -= 1
            return messages
        }
        round += 1
        let pages = rows.pages(round: round)
        pause = pages.count - 1
        messages += pages.map { NodeNews.rows($0).message }
        return messages
    }
}
