import Postgres

/// What the monitor remembers.
///
/// Decides everything from the looks that it is handed; it reads no clock.
struct MonitorState: Sendable {
    /// What one look has found, on this node or on all.
    struct Look: Sendable {
        var connections: Int
        var institutions: [TenantID: Int]
        var classes: [ClassRow]
        var rates: LiveRates?
        var acknowledgement: LiveLatency?
        var fanOut: LiveLatency?
        /// Milliseconds since 1970.
        var at: Int64
        /// The most connections today that other nodes know of.
        var peak = 0
        var institutionPeaks: [TenantID: Int] = [:]
        /// Whether nobody is counted twice: who comes from a node that has died is, until that node's lease is over.
        var isCertain = true

        /// Days since 1970 (UTC).
        var day: Int64 { at / 86_400_000 }
    }

    /// Institutions, and classes, whose peaks are remembered at most; there are fewer by far.
    private static let rowLimit = 50_000

    private var latest: Look?
    private var peak = 0
    private var institutionPeaks: [TenantID: Int] = [:]
    private var classPeaks: [ClassRow.Key: Int] = [:]
    private var history = LiveHistory()
    private var institutionSeries: [TenantID: LiveSeries] = [:]
    /// The step of the series that the latest point is of; all nodes begin their steps at the same time.
    private var step: Int64?
    private var day: Int64 = 0

    init() {}

    /// Takes the look of this second.
    mutating func note(_ look: Look) {
        // Peaks are the day's (UTC).
        if look.day != day {
            day = look.day
            peak = 0
            institutionPeaks = [:]
            classPeaks = [:]
        }
        show(look)
        let step = look.at / LiveSeries.step
        // The first step has begun before the first look, which may know nothing of other nodes.
        if let last = self.step, step != last { addPoint(look, at: step * LiveSeries.step) }
        self.step = step
    }

    /// Takes what is known better than at the last look, in between.
    mutating func show(_ look: Look) {
        latest = look
        peak = max(peak, look.peak)
        MonitorState.raise(&institutionPeaks, look.institutionPeaks)
        guard look.isCertain else { return }
        peak = max(peak, look.connections)
        MonitorState.raise(&institutionPeaks, look.institutions)
        MonitorState.raise(&classPeaks, look.classes.lazy.map { ($0.key, $0.numbers.connections) })
    }

    private static func raise<Key>(_ peaks: inout [Key: Int], _ counts: some Sequence<(key: Key, value: Int)>)
    {
        for (key, count) in counts {
            if let peak = peaks[key] {
                if count > peak { peaks[key] = count }
            } else if peaks.count < rowLimit {
                peaks[key] = count
            }
        }
    }

    private mutating func addPoint(_ look: Look, at time: Int64) {
        history.add(
            at: time, connections: look.connections, deliveries: look.rates?.deliveries,
            acknowledgement: look.acknowledgement?.p99, fanOut: look.fanOut?.p99)
        for institution in look.institutions.keys where institutionSeries[institution] == nil {
            guard institutionSeries.count < MonitorState.rowLimit else { break }
            var series = LiveSeries()
            // It had no connections before.
            for _ in 1..<max(1, min(history.count, LiveSeries.most)) { series.add(0) }
            institutionSeries[institution] = series
        }
        for institution in institutionSeries.keys {
            institutionSeries[institution]?.add(Double(look.institutions[institution] ?? 0))
        }
    }

    /// The most connections to all nodes today.
    var dayPeak: DayPeak { DayPeak(day: day, connections: peak) }

    /// What this node tells others of who is there, with the peaks that it knows of all nodes.
    func rows(of own: Look) -> NodeRows {
        var rows = NodeRows(day: day)
        for (id, connections) in own.institutions {
            rows.institutions[id] = .init(connections: connections, peak: institutionPeaks[id] ?? connections)
        }
        rows.classes = own.classes
        for index in rows.classes.indices { raisePeak(of: &rows.classes[index]) }
        return rows
    }

    /// A node has counted what comes and goes between two looks, too.
    private func raisePeak(of row: inout ClassRow) {
        row.numbers.peak = max(row.numbers.peak, classPeaks[row.key] ?? 0)
    }

    func picture(of scope: LiveScope) -> LivePicture {
        var picture = LivePicture()
        guard let latest else { return picture }
        picture.classes = latest.classes.filter { scope.includes($0.institution) }
            .sorted { ($0.institution.rawValue, $0.id) < ($1.institution.rawValue, $1.id) }
        for index in picture.classes.indices { raisePeak(of: &picture.classes[index]) }
        let rows = Dictionary(grouping: picture.classes, by: \.institution)
        for institution in Set(latest.institutions.keys).union(rows.keys) where scope.includes(institution) {
            picture.institutions[institution] = numbers(of: institution, rows[institution] ?? [], latest)
            picture.sparks[institution] = institutionSeries[institution]?.last(60)
        }
        switch scope {
        case .all:
            picture.totals.connections = latest.connections
            picture.totals.peak = peak
            picture.totals.rates = latest.rates
            picture.totals.acknowledgement = latest.acknowledgement
            picture.fanOut = latest.fanOut
            picture.history = history
        case .institution(let own):
            // Deliveries and latencies are measured for nodes as a whole, which is not theirs to see.
            picture.totals = picture.institutions[own] ?? numbers(of: own, [], latest)
            // Who was never connected has a line at zero.
            let own = institutionSeries[own]?.all ?? [Double?](repeating: 0, count: history.count)
            for point in own {
                picture.history.add(
                    at: history.newest, connections: Int(point ?? 0), deliveries: nil, acknowledgement: nil,
                    fanOut: nil)
            }
        }
        return picture
    }

    private func numbers(of institution: TenantID, _ rows: [ClassRow], _ look: Look) -> LiveNumbers {
        var numbers = LiveNumbers.sum(of: rows)
        // Who is connected need not be in a class.
        numbers.connections = look.institutions[institution] ?? 0
        numbers.peak = institutionPeaks[institution] ?? numbers.connections
        return numbers
    }
}
