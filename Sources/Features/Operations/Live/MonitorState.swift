import Postgres

/// What the monitor remembers.
///
/// Decides everything from the looks that it is handed; it reads no clock.
struct MonitorState: Sendable {
    /// What one look has found.
    struct Look: Sendable {
        var totals: LiveTotals
        var connections: Int
        var institutions: [TenantID: Int]
        var classes: [ClassRow]
        var acknowledgement: LiveLatency?
        var fanOut: LiveLatency?
        /// Nanoseconds that each loop was busy so far.
        var busy: [UInt64]
        /// Milliseconds since 1970.
        var at: Int64
    }

    /// Looks between two points of the series.
    private static let looksPerPoint = 5
    /// Institutions whose peaks are remembered at most; a node has fewer by far.
    private static let rowLimit = 50_000

    private var samples = RateSamples()
    private var latest: Look?
    private var peak = 0
    private var institutionPeaks: [TenantID: Int] = [:]
    private var history = LiveHistory()
    private var institutionSeries: [TenantID: LiveSeries] = [:]
    private var busy: [(at: Double, nanoseconds: [UInt64])] = []
    private var looks = 0
    private var day: Int64 = 0

    init() {}

    mutating func note(_ look: Look) {
        // Peaks are the day's (UTC).
        let today = look.at / 86_400_000
        if today != day {
            day = today
            peak = 0
            institutionPeaks = [:]
        }
        samples.add(look.totals)
        busy.append((look.totals.at, look.busy))
        if busy.count > 6 { busy.removeFirst() }
        peak = max(peak, look.connections)
        for (institution, count) in look.institutions where institutionPeaks.count < MonitorState.rowLimit {
            institutionPeaks[institution] = max(institutionPeaks[institution] ?? 0, count)
        }
        latest = look
        if looks % MonitorState.looksPerPoint == 0 { addPoint(look) }
        looks += 1
    }

    private mutating func addPoint(_ look: Look) {
        history.add(
            at: look.at, connections: look.connections, deliveries: samples.rates?.deliveries,
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

    /// The share of the last five seconds that each loop was busy, from 0 to 1; empty before there are two looks.
    var loads: [Double] {
        guard let first = busy.first, let last = busy.last, last.at > first.at,
            first.nanoseconds.count == last.nanoseconds.count
        else { return [] }
        return zip(first.nanoseconds, last.nanoseconds).map { before, after in
            let seconds = Double(after > before ? after - before : 0) / 1e9
            return min(1, seconds / (last.at - first.at))
        }
    }

    func picture(of scope: LiveScope) -> LivePicture {
        var picture = LivePicture()
        guard let latest else { return picture }
        picture.classes = latest.classes.filter { scope.includes($0.institution) }
            .sorted { ($0.institution.rawValue, $0.id) < ($1.institution.rawValue, $1.id) }
        let rows = Dictionary(grouping: picture.classes, by: \.institution)
        for institution in Set(latest.institutions.keys).union(rows.keys) where scope.includes(institution) {
            picture.institutions[institution] = numbers(of: institution, rows[institution] ?? [], latest)
            picture.sparks[institution] = institutionSeries[institution]?.last(60)
        }
        switch scope {
        case .all:
            picture.totals.connections = latest.connections
            picture.totals.peak = peak
            picture.totals.rates = samples.rates
            picture.totals.acknowledgement = latest.acknowledgement
            picture.fanOut = latest.fanOut
            picture.history = history
        case .institution(let own):
            // Deliveries and latencies are measured for the node as a whole, which is not theirs to see.
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
