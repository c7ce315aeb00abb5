import EventLoop
import JSON
import LiveProtocol
import Postgres

/// Reads the log for one loop.
///
/// Confined to it.
///
/// Channels that are asked for in the same moment are loaded with one statement, so that a cohort that joins costs
/// few reads and not one for each.
package final class LogReader: RoundEndWork {
    /// Where a log channel stands and what was said last.
    struct Loaded {
        let top: UInt64
        let recent: [ChannelPublication]
    }

    /// Channels in one statement.
    private static let maxLoads = 500
    /// How often a failed load is tried again before its waiters are told.
    private static let attempts = 3

    private let loop: EventLoop
    private let pool: PostgresPool
    private let recentCount: Int
    private let recentBytes: Int
    private var wanted: [(key: ChannelKey, then: (Loaded?) -> Void)] = []
    private var isBusy = false
    private var isNoted = false
    private var asked: [(key: ChannelKey, then: (UInt64?) -> Void)] = []
    private var isAsking = false

    init(loop: EventLoop, pool: PostgresPool, recentCount: Int, recentBytes: Int) {
        self.loop = loop
        self.pool = pool
        self.recentCount = recentCount
        self.recentBytes = recentBytes
    }

    /// Loads a channel; `then` gets `nil` when Postgres cannot be reached.
    func load(_ key: ChannelKey, then: @escaping (Loaded?) -> Void) {
        wanted.append((key, then))
        if !isBusy { note() }
    }

    /// Reads where a channel stands; `then` gets `nil` when Postgres cannot be reached.
    func top(of key: ChannelKey, then: @escaping (UInt64?) -> Void) {
        asked.append((key, then))
        if !isAsking { note() }
    }

    private func note() {
        guard !isNoted else { return }
        isNoted = true
        loop.atRoundEnd(self)
    }

    package func roundDidEnd() {
        isNoted = false
        loadNext()
        askNext()
    }

    private func loadNext() {
        guard !isBusy, let institution = wanted.first?.key.institution else { return }
        isBusy = true
        let taken = LogReader.take(from: &wanted, of: institution)
        loop.run { await self.load(taken, of: institution) }
    }

    private func load(_ taken: [(key: ChannelKey, then: (Loaded?) -> Void)], of institution: TenantID) async {
        let names = Set(taken.map(\.key.name))
        let loaded = await fetch(Array(names), of: institution)
        for entry in taken { entry.then(loaded.map { $0[entry.key.name] ?? Loaded(top: 0, recent: []) }) }
        isBusy = false
        loadNext()
    }

    private func fetch(_ names: [String], of institution: TenantID) async -> [String: Loaded]? {
        for _ in 0..<LogReader.attempts {
            do {
                let rows = try await pool.query(
                    EventLogStatements.load,
                    [
                        .int(institution.rawValue), .textArray(names), .int(Int64(recentCount)),
                        .int(Int64(recentBytes)),
                    ],
                    tenant: institution)
                var found: [String: Loaded] = [:]
                for row in rows {
                    let name = try row.text(0)
                    var recent = found.removeValue(forKey: name)?.recent ?? []
                    if try !row.isNull(2) { recent.append(try publication(row, first: 2)) }
                    found[name] = Loaded(top: UInt64(try row.int(1)), recent: recent)
                }
                return found
            } catch {
                continue
            }
        }
        return nil
    }

    /// Takes out what one statement can answer: the oldest entries of one institution.
    private static func take<Answer>(
        from waiting: inout [(key: ChannelKey, then: (Answer?) -> Void)], of institution: TenantID
    ) -> [(key: ChannelKey, then: (Answer?) -> Void)] {
        var taken: [(key: ChannelKey, then: (Answer?) -> Void)] = []
        var rest: [(key: ChannelKey, then: (Answer?) -> Void)] = []
        for entry in waiting {
            if entry.key.institution == institution, taken.count < LogReader.maxLoads {
                taken.append(entry)
            } else {
                rest.append(entry)
            }
        }
        waiting = rest
        return taken
    }

    private func askNext() {
        guard !isAsking, let institution = asked.first?.key.institution else { return }
        isAsking = true
        let taken = LogReader.take(from: &asked, of: institution)
        loop.run { await self.ask(taken, of: institution) }
    }

    private func ask(_ taken: [(key: ChannelKey, then: (UInt64?) -> Void)], of institution: TenantID) async {
        var found: [String: UInt64]?
        do {
            let rows = try await pool.query(
                EventLogStatements.tops,
                [.int(institution.rawValue), .textArray(Set(taken.map(\.key.name)).sorted())],
                tenant: institution)
            var tops: [String: UInt64] = [:]
            for row in rows { tops[try row.text(0)] = UInt64(clamping: try row.int(1)) }
            found = tops
        } catch {
            // Each channel that asked decides when it asks again.
            found = nil
        }
        for entry in taken { entry.then(found.map { $0[entry.key.name] ?? 0 }) }
        isAsking = false
        askNext()
    }

    /// Reads a run of events: no more than the bounds say, but one where there is any; `nil` when Postgres cannot be reached.
    ///
    /// - Parameters:
    ///   - key: The channel.
    ///   - offset: Where the run begins, itself not in it.
    ///   - isReverse: Backwards, newest first.
    ///   - limit: Events at most.
    ///   - bytes: Bytes of their bodies, with which or beyond which the last one ends.
    ///   - then: Is called on the loop.
    func page(
        of key: ChannelKey, from offset: UInt64, isReverse: Bool = false, limit: Int, bytes: Int,
        then: @escaping (LogPage?) -> Void
    ) {
        loop.run {
            then(
                await self.page(
                    isReverse ? EventLogStatements.before : EventLogStatements.after, key, offset, limit,
                    bytes))
        }
    }

    private func page(
        _ statement: Statement, _ key: ChannelKey, _ offset: UInt64, _ limit: Int, _ bytes: Int
    ) async -> LogPage? {
        let parameters: [PostgresValue] = [
            .int(key.institution.rawValue), .text(key.name), .int(Int64(clamping: offset)),
            .int(Int64(limit)), .int(Int64(bytes)),
        ]
        do {
            let rows = try await pool.query(statement, parameters, tenant: key.institution)
            var events: [ChannelPublication] = []
            var length = 0
            for row in rows {
                length += try row.text(1).utf8.count
                events.append(try publication(row, first: 0))
            }
            return LogPage(events: events, isCut: events.count >= limit || length >= bytes)
        } catch {
            return nil
        }
    }

    private func publication(_ row: Row, first: Int) throws(PostgresError) -> ChannelPublication {
        let offset = UInt64(try row.int(first))
        let data = LogEvent.stored(
            Array(try row.text(first + 1).utf8), isHidden: try row.bool(first + 2), offset: offset)
        return ChannelPublication(Publication(data: data, offset: offset))
    }
}

/// A run of events of a log channel, as it was read.
struct LogPage {
    let events: [ChannelPublication]
    /// Whether a bound was met: more may follow.
    let isCut: Bool
}
