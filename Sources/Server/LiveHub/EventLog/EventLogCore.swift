import DequeModule
import EventLoop
import JSON
import LiveProtocol
import Postgres

/// The log's queue and its one batch in flight.
///
/// Confined to the log's loop.
final class EventLogCore: RoundEndWork {
    typealias Reply = LoopBound<(AppendOutcome) -> Void>

    /// Events in one transaction; enough for thousands a second, few enough to answer within milliseconds.
    private static let maxBatch = 1000

    private struct Entry {
        let event: LogAppend
        let reply: Reply
    }

    private let loop: EventLoop
    private let pool: PostgresPool
    private let broker: any Broker
    private let backlog: Int

    private var waiting: Deque<Entry> = []
    private var transactions: Deque<(LogTransaction, Reply)> = []
    private var idleCalls: [() -> Void] = []
    private var isBusy = false
    private var isNoted = false
    private var knownChannels: Set<ChannelKey> = []

    init(loop: EventLoop, pool: PostgresPool, broker: any Broker, backlog: Int) {
        self.loop = loop
        self.pool = pool
        self.broker = broker
        self.backlog = backlog
    }

    // MARK: Coming in

    func enqueue(_ event: LogAppend, reply: Reply) {
        guard waiting.count < backlog else { return tell(reply, .unavailable) }
        waiting.append(Entry(event: event, reply: reply))
        note()
    }

    func enqueue(_ transaction: LogTransaction, reply: Reply) {
        guard transactions.count < backlog else { return tell(reply, .unavailable) }
        transactions.append((transaction, reply))
        note()
    }

    func whenIdle(_ call: @escaping () -> Void) {
        idleCalls.append(call)
        note()
    }

    private func note() {
        guard !isBusy, !isNoted else { return }
        isNoted = true
        loop.atRoundEnd(self)
    }

    func roundDidEnd() {
        isNoted = false
        startNext()
    }

    private func startNext() {
        guard !isBusy else { return }
        FaultPoint.pass(.beforeCommit)
        if let (transaction, reply) = transactions.popFirst() {
            run(transaction, reply)
        } else if !waiting.isEmpty {
            let batch = takeBatch()
            isBusy = true
            commit(batch, by: EventLogStatements.appendNew, mayRetryApart: batch.count > 1) { [self] in
                isBusy = false
                startNext()
            }
        } else {
            let calls = idleCalls
            idleCalls = []
            for call in calls { call() }
        }
    }

    /// The oldest events, each key at most once: a repeated key waits for the next batch and finds its first result.
    private func takeBatch() -> [Entry] {
        struct Identity: Hashable {
            let channel: ChannelKey
            let author: Int64
            let method: String
            let key: PostgresUUID
        }
        var taken: [Entry] = []
        var later: Deque<Entry> = []
        var seen: Set<Identity> = []
        while taken.count < EventLogCore.maxBatch, let entry = waiting.popFirst() {
            let event = entry.event
            let identity = Identity(
                channel: event.channel, author: event.author, method: event.method, key: event.key)
            if seen.insert(identity).inserted { taken.append(entry) } else { later.append(entry) }
        }
        waiting.prepend(contentsOf: later)
        return taken
    }

    // MARK: Batches

    private func commit(
        _ batch: [Entry], by append: Statement, mayRetryApart: Bool, then: @escaping () -> Void
    ) {
        // A statement runs under one institution; a transaction may hold several such statements.
        var groups: [(institution: TenantID, entries: [Entry])] = []
        var groupOf: [TenantID: Int] = [:]
        for entry in batch {
            let institution = entry.event.channel.institution
            if let group = groupOf[institution] {
                groups[group].entries.append(entry)
            } else {
                groupOf[institution] = groups.count
                groups.append((institution, [entry]))
            }
        }
        groups.sort { $0.institution.rawValue < $1.institution.rawValue }
        var transaction = TransactionBatch()
        var places: [Int] = []
        for group in groups {
            for call in calls(for: group.entries.map(\.event), of: group.institution, by: append) {
                let place = transaction.append(call.statement, call.parameters, tenant: group.institution)
                if call.statement == append { places.append(place) }
            }
        }
        pool.batch(transaction) { [self, groups] result in
            switch result {
            case .success(let results):
                FaultPoint.pass(.afterCommit)
                finish(groups.map(\.entries), places.map { results[$0] })
                then()
            case .failure(.server(let error))
            where error.state == .uniqueViolation && append == EventLogStatements.appendNew:
                // Somebody repeats a key: each event is judged.
                commit(batch, by: EventLogStatements.append, mayRetryApart: mayRetryApart, then: then)
            case .failure(.server) where mayRetryApart:
                commitApart(batch[...], then: then)
            case .failure:
                for entry in batch { tell(entry.reply, .unavailable) }
                then()
            }
        }
    }

    /// One bad event never fails the others: each is tried alone.
    private func commitApart(_ batch: ArraySlice<Entry>, then: @escaping () -> Void) {
        guard let first = batch.first else { return then() }
        commit([first], by: EventLogStatements.append, mayRetryApart: false) { [self] in
            commitApart(batch.dropFirst(), then: then)
        }
    }

    private func finish(_ groups: [[Entry]], _ results: [Rows]) {
        var outcomes: [(Reply, AppendOutcome)] = []
        for (entries, rows) in zip(groups, results) {
            let events = entries.map(\.event)
            for (entry, outcome) in zip(entries, publish(events, rows)) {
                outcomes.append((entry.reply, outcome))
            }
        }
        FaultPoint.pass(.afterPublish)
        for (reply, outcome) in outcomes { tell(reply, outcome) }
    }

    // MARK: Transactions

    private func run(_ transaction: LogTransaction, _ reply: Reply) {
        isBusy = true
        loop.run {
            let outcome = await self.perform(transaction)
            self.tell(reply, outcome)
            self.isBusy = false
            self.startNext()
        }
    }

    private func perform(_ transaction: LogTransaction) async -> AppendOutcome {
        let head = transaction.head
        let institution = head.channel.institution
        do {
            let (outcome, events, rows): (AppendOutcome?, [LogAppend], Rows?) =
                try await pool.transaction(tenant: institution) { session in
                    if let known = try await self.find(head, in: session) { return (known, [], nil) }
                    switch try await transaction.decide(session) {
                    case .refuse(let reason): return (.refused(reason), [], nil)
                    case .append(let body, let further):
                        let events = [head.with(body: body)] + further
                        var rows: Rows?
                        for call in self.calls(for: events, of: institution) {
                            let result = try await session.query(call.statement, call.parameters)
                            if call.statement == EventLogStatements.append { rows = result }
                        }
                        return (nil, events, rows)
                    }
                }
            if let outcome { return outcome }
            guard let rows else { return .unavailable }
            FaultPoint.pass(.afterCommit)
            let outcomes = publish(events, rows)
            FaultPoint.pass(.afterPublish)
            return outcomes.first ?? .unavailable
        } catch let refusal as LogRefusal {
            return .refused(refusal.reason)
        } catch {
            return .unavailable
        }
    }

    private func find(_ head: LogAppend, in session: PostgresTransaction) async throws -> AppendOutcome? {
        let rows = try await session.query(
            EventLogStatements.find,
            [
                .int(head.channel.institution.rawValue), .text(head.channel.name), .int(head.author),
                .text(head.method), .uuid(head.key),
            ])
        guard let row = rows.first else { return nil }
        guard try row.int(3) == head.digest else { return .keyReused }
        let offset = UInt64(try row.int(0))
        let event = LogEvent.stored(Array(try row.text(2).utf8), isHidden: false, offset: offset)
        return .duplicate(offset: offset, at: try row.int(1), event: event)
    }

    // MARK: Both

    private func calls(
        for events: [LogAppend], of institution: TenantID, by append: Statement = EventLogStatements.append
    ) -> [(statement: Statement, parameters: [PostgresValue])] {
        let tenant = PostgresValue.int(institution.rawValue)
        let names = Set(events.map(\.channel.name)).sorted()
        var calls: [(statement: Statement, parameters: [PostgresValue])] = []
        let unknown = names.filter { !knownChannels.contains(ChannelKey(institution: institution, name: $0)) }
        if !unknown.isEmpty {
            calls.append((EventLogStatements.createChannels, [tenant, .textArray(unknown)]))
        }
        calls.append((EventLogStatements.lockChannels, [tenant, .textArray(names)]))
        calls.append(
            (
                append,
                [
                    tenant, .textArray(events.map(\.channel.name)), .intArray(events.map(\.author)),
                    .textArray(events.map(\.method)), .uuidArray(events.map(\.key)),
                    .intArray(events.map(\.digest)), .intArray(events.map(\.at)),
                    .textArray(events.map(\.body.text)),
                ]
            ))
        let hiding = events.flatMap { event in event.hides.map { (event.channel.name, Int64(clamping: $0)) } }
        if !hiding.isEmpty {
            calls.append(
                (EventLogStatements.hide, [tenant, .textArray(hiding.map(\.0)), .intArray(hiding.map(\.1))]))
        }
        return calls
    }

    /// Publishes what is new, in the order of its offsets, and says what became of each event.
    private func publish(_ events: [LogAppend], _ rows: Rows) -> [AppendOutcome] {
        var outcomes: [AppendOutcome] = []
        let now = MonotonicTime.nanoseconds()
        for (event, row) in zip(events, rows) {
            guard let offset = try? UInt64(row.int(1)), let isNew = try? row.bool(2),
                let same = try? row.bool(3),
                let at = try? row.int(4)
            else {
                outcomes.append(.unavailable)
                continue
            }
            if isNew {
                knownChannels.insert(event.channel)
                let data = LogEvent.visible(event.body, offset: offset)
                let publication = Publication(data: data, offset: offset)
                broker.publish(
                    ChannelPublication(publication, hides: event.hides, publishedAt: now), to: event.channel)
                outcomes.append(.recorded(offset: offset, at: at))
            } else if same {
                let body = (try? row.text(5)) ?? "{}"
                let data = LogEvent.stored(Array(body.utf8), isHidden: false, offset: offset)
                // When the connection broke during the commit, nobody has published the first one yet; where it was
                // published, subscribers know its offset.
                let again = ChannelPublication(Publication(data: data, offset: offset))
                broker.publish(again, to: event.channel)
                outcomes.append(.duplicate(offset: offset, at: at, event: data))
            } else {
                outcomes.append(.keyReused)
            }
        }
        return outcomes
    }

    private func tell(_ reply: Reply, _ outcome: AppendOutcome) {
        reply.loop.execute { reply.value(outcome) }
    }
}

/// Thrown inside a transaction's body to refuse after something was written: everything is rolled back.
package struct LogRefusal: Error {
    /// The reason, as results carry it.
    package let reason: String

    package init(_ reason: String) { self.reason = reason }
}
