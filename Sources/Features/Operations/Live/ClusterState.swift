import LiveHub
import Postgres

/// What a monitor knows: this node, the others, and what they come to.
///
/// It reads no clock: `now` is of one that only goes forward.
struct ClusterState: Sendable {
    /// What may become of an operator's wish to take a node out of rotation.
    enum Verdict: Sendable {
        case may
        /// No such node is alive.
        case unknown
        /// No other node takes sessions.
        case lastOne
    }

    /// What others are told besides how this node is.
    struct Telling: Sendable {
        let peak: DayPeak
        let rows: NodeRows
        let gone: [NodeNews.Departed]
    }

    private(set) var meter = NodeMeter()
    private var book: ClusterBook
    private var monitor = MonitorState()
    private var own: MonitorState.Look?
    /// Whether another node has said something since the last look at all.
    private var hasNews = false

    /// Of the node `owner`.
    init(of owner: NodeID? = nil) { book = ClusterBook(of: owner) }

    // MARK: Taking

    /// Takes this node's totals of this second.
    mutating func measure(_ totals: LiveTotals, busy: [UInt64]) { meter.note(totals, busy: busy) }

    /// Takes this node's look of this second.
    ///
    /// - Returns: What it tells the others of it.
    @discardableResult
    mutating func note(_ look: MonitorState.Look, at now: Duration) -> Telling {
        own = look
        monitor.note(merged(look, at: now))
        return Telling(
            peak: monitor.dayPeak, rows: monitor.rows(of: look), gone: book.departed(at: now))
    }

    /// Takes what another node says.
    mutating func hear(_ news: NodeNews, from node: NodeID, at now: Duration) {
        if book.hear(news, from: node, at: now) { hasNews = true }
    }

    private mutating func merged(_ look: MonitorState.Look, at now: Duration) -> MonitorState.Look {
        book.expire(at: now)
        hasNews = false
        var all = look.merged(with: book.living)
        all.isCertain = book.isCertain(at: now)
        return all
    }

    // MARK: Telling

    /// What is known now of what may be seen.
    mutating func picture(of scope: LiveScope, at now: Duration) -> LivePicture {
        // Not only at the next look: another node's numbers are up to a second old as they come.
        if hasNews, let own { monitor.show(merged(own, at: now)) }
        return monitor.picture(of: scope)
    }

    /// The nodes' cards: the node itself, which is now like `own`, then the others by name.
    mutating func reports(own: NodeBeat, id: NodeID, at now: Duration) -> [NodeReport] {
        book.expire(at: now)
        let others = (Array(book.living) + Array(book.silent)).map { NodeReport($0, at: now) }
        return [NodeReport(own: own, id: id)] + others.sorted(by: NodeReport.isBefore)
    }

    /// Whether `node` may be taken out of rotation (`isAside`), or back.
    static func verdict(on node: NodeID, isAside: Bool, among reports: [NodeReport]) -> Verdict {
        guard let report = reports.first(where: { $0.id == node && $0.state == .alive }) else {
            return .unknown
        }
        guard isAside, report.takesSessions else { return .may }
        return reports.contains { $0.id != node && $0.takesSessions } ? .may : .lastOne
    }
}
