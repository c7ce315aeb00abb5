import EventLoop
import Foundation
import JSON
@testable import LiveHub
import LiveProtocol
import Postgres
import Synchronization
import TestKit
import Testing

/// A log on a fresh database, with everything that it publishes recorded.
final class LogBench: Sendable {
    let loop: EventLoop
    let other: EventLoop
    let database: TestDatabase
    let log: EventLog
    let broker: RecordingBroker

    init(loop: EventLoop, other: EventLoop, database: TestDatabase, log: EventLog, broker: RecordingBroker) {
        self.loop = loop
        self.other = other
        self.database = database
        self.log = log
        self.broker = broker
    }

    static func make() async throws -> LogBench {
        let loop = try EventLoop(index: 0, label: "log")
        let other = try EventLoop(index: 1, label: "other")
        let database = try await loop.perform {
            let database = try await PrivatePostgres.shared().makeDatabase(on: loop)
            _ = try await Migrator(LiveHubMigrations.all).run(on: loop, configuration: database.owner)
            return database
        }
        let broker = RecordingBroker()
        let log = try await loop.perform {
            let pool = PostgresPool(loop: loop, configuration: database.app, size: 2, waiters: 100)
            pool.start()
            return EventLog(loop: loop, pool: pool, broker: broker)
        }
        return LogBench(loop: loop, other: other, database: database, log: log, broker: broker)
    }

    func append(_ event: LogAppend) async throws -> AppendOutcome {
        try await other.perform { await self.log.append(event, loop: self.other) }
    }

    /// What stands in the database, as the superuser sees it.
    func stored(_ channel: String) async throws -> [Int64] {
        try await loop.perform {
            let sql = "SELECT seq FROM live_events WHERE channel = '\(channel)' ORDER BY seq"
            let rows = try await self.database.asSuperuser(sql, on: self.loop)
            return try rows.last?.map { try $0.int(0) } ?? []
        }
    }
}

/// Records what is published, in order.
final class RecordingBroker: Broker {
    private let seen = Mutex<[ChannelKey: [UInt64]]>([:])

    func offsets(_ key: ChannelKey) -> [UInt64] { seen.withLock { $0[key] ?? [] } }

    func join(_ key: ChannelKey, loop: EventLoop, sink: any BrokerSink) {}
    func leave(_ key: ChannelKey, loop: EventLoop) {}
    func publish(_ publication: ChannelPublication, to key: ChannelKey) {
        seen.withLock { $0[key, default: []].append(publication.offset) }
    }
    func publishHere(_ publication: ChannelPublication, to key: ChannelKey) {}
    func publishToStream(
        _ data: Payload, info: ClientInfo?, tags: [String: String], to key: ChannelKey, size: Int,
        lifetime: Duration, loop: EventLoop,
        then: @escaping (StreamPosition?) -> Void
    ) {}
    func history(
        of key: ChannelKey, since: UInt64?, limit: Int, reverse: Bool, loop: EventLoop,
        then: @escaping (StreamHistory?) -> Void
    ) {}
}

func event(
    _ channel: String = "chat:1", institution: Int64 = 1, author: Int64 = 7, key: PostgresUUID? = nil,
    digest: Int64 = 1, text: String = "hi", hides: [UInt64] = []
) -> LogAppend {
    let body = RawJSON {
        $0.object {
            $0.member("type", "chat.message")
            $0.member("text", text)
        }
    }
    let key = key ?? PostgresUUID(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
    return LogAppend(
        channel: ChannelKey(institution: TenantID(rawValue: institution), name: channel), author: author,
        method: "chat.send", key: key, digest: digest, at: 1000, body: body, hides: hides)
}

struct `Event log` {
    @Test func `numbers events from one and publishes them after commit`() async throws {
        let bench = try await LogBench.make()
        #expect(try await bench.append(event()) == .recorded(offset: 1, at: 1000))
        #expect(try await bench.append(event()) == .recorded(offset: 2, at: 1000))
        #expect(try await bench.stored("chat:1") == [1, 2])
        #expect(bench.broker.offsets(event().channel) == [1, 2])
    }

    @Test func `finds the first result for a repeated key, and publishes it again for those who missed it`()
        async throws
    {
        let bench = try await LogBench.make()
        let once = event(key: PostgresUUID(high: 1, low: 2), text: "only once")
        #expect(try await bench.append(once) == .recorded(offset: 1, at: 1000))
        let again = try await bench.append(once)
        let expected = RawJSON {
            $0.object {
                $0.member("id", 1)
                $0.member("type", "chat.message")
                $0.member("text", "only once")
            }
        }
        #expect(again == .duplicate(offset: 1, at: 1000, event: expected))
        #expect(bench.broker.offsets(once.channel) == [1, 1])
        #expect(try await bench.stored("chat:1") == [1])
    }

    @Test func `refuses a key that is used again for something else`() async throws {
        let bench = try await LogBench.make()
        let key = PostgresUUID(high: 3, low: 4)
        _ = try await bench.append(event(key: key, digest: 1))
        #expect(try await bench.append(event(key: key, digest: 2)) == .keyReused)
        #expect(
            try await bench.append(event(author: 8, key: key, digest: 2)) == .recorded(offset: 2, at: 1000))
        #expect(
            try await bench.append(event("chat:2", key: key, digest: 2)) == .recorded(offset: 1, at: 1000))
    }

    @Test func `commits a burst in few transactions, each channel without a hole`() async throws {
        let bench = try await LogBench.make()
        let outcomes = try await bench.other.perform {
            await withCheckedContinuation { (continuation: CheckedContinuation<[AppendOutcome], Never>) in
                var outcomes: [AppendOutcome] = []
                for number in 0..<3000 {
                    let event = event(
                        "chat:\(number % 3)", institution: Int64(1 + number % 2), author: Int64(number))
                    bench.log.append(event, loop: bench.other) { outcome in
                        outcomes.append(outcome)
                        if outcomes.count == 3000 { continuation.resume(returning: outcomes) }
                    }
                }
            }
        }
        for outcome in outcomes {
            guard case .recorded = outcome else {
                Issue.record("\(outcome)")
                return
            }
        }
        for institution in 1...2 {
            for channel in 0..<3 {
                let key = ChannelKey(
                    institution: TenantID(rawValue: Int64(institution)), name: "chat:\(channel)")
                #expect(bench.broker.offsets(key) == Array(1...500))
            }
        }
    }

    @Test func `counts one key once though it stands in a burst fifty times`() async throws {
        let bench = try await LogBench.make()
        let once = event(key: PostgresUUID(high: 5, low: 6))
        let outcomes = try await bench.other.perform {
            await withCheckedContinuation { (continuation: CheckedContinuation<[AppendOutcome], Never>) in
                var outcomes: [AppendOutcome] = []
                for _ in 0..<50 {
                    bench.log.append(once, loop: bench.other) { outcome in
                        outcomes.append(outcome)
                        if outcomes.count == 50 { continuation.resume(returning: outcomes) }
                    }
                }
            }
        }
        let recorded = outcomes.filter { if case .recorded = $0 { true } else { false } }
        #expect(recorded == [.recorded(offset: 1, at: 1000)])
        #expect(try await bench.stored("chat:1") == [1])
    }

    @Test func `appends what is new in a burst that also repeats keys, without a hole`() async throws {
        let bench = try await LogBench.make()
        for number in 1...3 {
            _ = try await bench.append(event(key: PostgresUUID(high: 9, low: UInt64(number))))
        }
        let outcomes = try await bench.other.perform {
            await withCheckedContinuation { (continuation: CheckedContinuation<[AppendOutcome], Never>) in
                var outcomes: [AppendOutcome] = []
                for number in 1...100 {
                    let again = event(key: PostgresUUID(high: 9, low: UInt64(number)))
                    bench.log.append(again, loop: bench.other) { outcome in
                        outcomes.append(outcome)
                        if outcomes.count == 100 { continuation.resume(returning: outcomes) }
                    }
                }
            }
        }
        let offsets = outcomes.map { outcome -> UInt64 in
            switch outcome {
            case .recorded(let offset, _) where offset > 3: offset
            case .duplicate(let offset, _, _) where offset <= 3: offset
            default: 0
            }
        }
        #expect(offsets.sorted() == Array(1...100))
        #expect(try await bench.stored("chat:1") == Array(1...100))
    }

    @Test func `hides an earlier event in the same transaction`() async throws {
        let bench = try await LogBench.make()
        _ = try await bench.append(event(text: "regretted"))
        _ = try await bench.append(event(text: "deletion", hides: [1]))
        let texts = try await bench.loop.perform {
            let pool = PostgresPool(loop: bench.loop, configuration: bench.database.app, size: 1, waiters: 10)
            pool.start()
            let reader = LogReader(
                loop: bench.loop, pool: pool, recentCount: 10, recentBytes: 1 << 20)
            return await withCheckedContinuation { (continuation: CheckedContinuation<[String], Never>) in
                reader.page(of: event().channel, from: 0, limit: 10, bytes: 1 << 20) { found in
                    continuation.resume(
                        returning: (found?.events ?? []).map { $0.publication.data.json?.text ?? "" })
                }
            }
        }
        #expect(texts.first == #"{"id":1,"type":"skip"}"#)
        #expect(texts.last?.contains("deletion") == true)
    }

    @Test func `rolls everything back when a transaction refuses`() async throws {
        let bench = try await LogBench.make()
        let transaction = LogTransaction(head: event("quiz:1")) { session in
            _ = try await session.query(
                "INSERT INTO live_channels (institution_id, name) VALUES (1, 'trace')")
            throw LogRefusal("not_open")
        }
        let outcome = try await bench.other.perform {
            await bench.log.transact(transaction, loop: bench.other)
        }
        #expect(outcome == .refused("not_open"))
        let traces = try await bench.loop.perform {
            let sql = "SELECT count(*) FROM live_channels"
            return try await bench.database.asSuperuser(sql, on: bench.loop).last?.first?.int(0)
        }
        #expect(traces == 0)
    }

    @Test func `appends with a transaction's other changes, once for its key`() async throws {
        let bench = try await LogBench.make()
        let runs = Mutex(0)
        let body = RawJSON { $0.object { $0.member("type", "quiz.opened") } }
        let transaction = LogTransaction(head: event("quiz:1", key: PostgresUUID(high: 7, low: 8))) { _ in
            runs.withLock { $0 += 1 }
            return .append(body, further: [event("personal:#7", author: 0)])
        }
        let first = try await bench.other.perform { await bench.log.transact(transaction, loop: bench.other) }
        let second = try await bench.other.perform {
            await bench.log.transact(transaction, loop: bench.other)
        }
        #expect(first == .recorded(offset: 1, at: 1000))
        guard case .duplicate(1, 1000, _) = second else {
            Issue.record("\(second)")
            return
        }
        #expect(runs.withLock { $0 } == 1)
        #expect(try await bench.stored("personal:#7") == [1])
    }

    @Test func `shows an institution its own events only`() async throws {
        let bench = try await LogBench.make()
        _ = try await bench.append(event(institution: 1))
        let seen = try await bench.loop.perform {
            let pool = PostgresPool(loop: bench.loop, configuration: bench.database.app, size: 1, waiters: 10)
            pool.start()
            let sql: Statement = "SELECT count(*) FROM live_events"
            let own = try await pool.query(sql, [], tenant: TenantID(rawValue: 1)).first?.int(0)
            let foreign = try await pool.query(sql, [], tenant: TenantID(rawValue: 2)).first?.int(0)
            let nobody = try await pool.query(sql, [], tenant: nil).first?.int(0)
            return [own, foreign, nobody]
        }
        #expect(seen == [1, 0, 0])
    }
}
