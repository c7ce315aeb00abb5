import EventLoop
import JSON
import LiveProtocol
import Postgres
import Synchronization
import Telemetry
import TestKit
import Testing

@testable import LiveHub

/// Another node's log: what it appends, no broker brings here.
private final class FarLog: Sendable {
    let loop: EventLoop
    let log: EventLog
    private let pool: LoopBound<PostgresPool>

    private init(loop: EventLoop, log: EventLog, pool: LoopBound<PostgresPool>) {
        self.loop = loop
        self.log = log
        self.pool = pool
    }

    deinit { pool.loop.execute { [pool] in pool.value.close() } }

    static func make(_ database: TestDatabase) async throws -> FarLog {
        let loop = try EventLoop(index: 5, label: "far")
        let (log, pool) = try await loop.perform {
            let pool = PostgresPool(loop: loop, configuration: database.app, size: 2, waiters: 100)
            return (
                EventLog(loop: loop, pool: pool, broker: RecordingBroker()), LoopBound(pool, loop: loop)
            )
        }
        return FarLog(loop: loop, log: log, pool: pool)
    }

    func append(_ channel: String, institution: Int64 = 1) async throws {
        let (loop, log) = (loop, log)
        let outcome = try await loop.perform {
            await log.append(event(channel, institution: institution), loop: loop)
        }
        guard case .recorded = outcome else { throw LiveSiteError.noReply }
    }
}

/// Says on one loop what another waits for.
private struct Signal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func give() { continuation.finish() }
    func wait() async { for await _ in stream {} }
}

private let notes = #"{"channel":"notes:1"}"#

@Suite(.timeLimit(.minutes(2)))
struct `Log watcher` {
    @Test func `brings another node's events without a broker between them, in order, once`() async throws {
        let near = try await LiveSite.start()
        let far = try await LiveSite.start(on: near.database)
        try await near.run { open in
            let members = [try await open(0, "1:8:student"), try await open(1, "1:9:student")]
            for member in members { _ = await member.command("subscribe", notes) }
            try await near.check()
            try await far.run { open in
                let author = try await open(0, "1:7:staff")
                for text in ["a", "b", "c"] {
                    let reply = await author.command("rpc", #"{"method":"note","data":{"text":"\#(text)"}}"#)
                    #expect(reply["rpc"] != nil)
                }
            }
            try await near.check()
            for member in members { await member.until { member.offsets("notes:1").count >= 3 } }
            try await near.check()
            for member in members {
                _ = await member.command("ping", "{}")
                #expect(member.offsets("notes:1") == [1, 2, 3])
            }
            #expect(near.hub.logCatchUps.value >= 2)
        }
    }

    @Test func `finds what was committed and never published, page by page`() async throws {
        let site = try await LiveSite.start(watch: LogWatch(pageCount: 2, batchCount: 1))
        let far = try await FarLog.make(site.database)
        try await site.run { open in
            let member = try await open(0, "1:8:student")
            for channel in ["notes:1", "notes:2", "notes:3", "notes:4", "notes:5"] {
                _ = await member.command("subscribe", #"{"channel":"\#(channel)"}"#)
            }
            try await site.check()
            for number in [5, 1, 3, 2, 4] { try await far.append("notes:\(number)") }
            try await site.check()
            for number in 1...5 { await member.until { member.offsets("notes:\(number)") == [1] } }
        }
    }

    @Test func `finds for a channel that came after the last check what was committed before the next`()
        async throws
    {
        let site = try await LiveSite.start()
        let far = try await FarLog.make(site.database)
        try await site.check()
        try await site.check()
        try await site.run { open in
            let member = try await open(0, "1:8:student")
            _ = await member.command("subscribe", notes)
            try await far.append("notes:1")
            try await site.check()
            await member.until { member.offsets("notes:1") == [1] }
        }
    }

    @Test func `keeps institutions apart`() async throws {
        let site = try await LiveSite.start()
        let far = try await FarLog.make(site.database)
        try await site.run { open in
            let (own, foreign) = (try await open(0, "1:8:student"), try await open(0, "2:8:student"))
            for member in [own, foreign] { _ = await member.command("subscribe", notes) }
            try await site.check()
            try await far.append("notes:1", institution: 2)
            try await site.check()
            await foreign.until { foreign.offsets("notes:1") == [1] }
            _ = await own.command("ping", "{}")
            #expect(own.offsets("notes:1") == [])
        }
    }

    @Test func `loses nothing by a check that fails`() async throws {
        let site = try await LiveSite.start()
        let far = try await FarLog.make(site.database)
        let loop = far.loop
        let failures = site.metrics.counter("cohort_live_log_check_failures_total", "")
        try await site.run { open in
            let member = try await open(0, "1:8:student")
            _ = await member.command("subscribe", notes)
            try await site.check()
            try await far.append("notes:1")
            for (sql, failed) in [
                ("ALTER TABLE live_channels RENAME TO hidden_channels", UInt64(1)),
                ("ALTER TABLE hidden_channels RENAME TO live_channels", 1),
            ] {
                try await loop.perform { _ = try await site.database.asSuperuser(sql, on: loop) }
                try await site.check()
                #expect(failures.value == failed)
            }
            await member.until { member.offsets("notes:1") == [1] }
        }
    }

    @Test func `finds everything after connections were lost`() async throws {
        let site = try await LiveSite.start()
        let far = try await FarLog.make(site.database)
        let loop = far.loop
        try await site.run { open in
            let member = try await open(0, "1:8:student")
            _ = await member.command("subscribe", notes)
            try await site.check()
            try await far.append("notes:1")
            try await loop.perform {
                let sql = """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND usename = '\(PrivatePostgres.appRole)'
                    """
                _ = try await site.database.asSuperuser(sql, on: loop)
            }
            // The first may fail; what follows waits for a connection.
            for _ in 0..<3 { try await site.check() }
            await member.until { member.offsets("notes:1") == [1] }
        }
    }

    @Test func `finds the event of a transaction that stayed open across checks, and tells others once`()
        async throws
    {
        let site = try await LiveSite.start()
        let (slow, quick) = (try await FarLog.make(site.database), try await FarLog.make(site.database))
        let changes = site.metrics.counter("cohort_live_log_changes_total", "")
        let (begun, mayEnd) = (Signal(), Signal())
        try await site.run { open in
            let member = try await open(0, "1:8:student")
            for channel in ["notes:1", "notes:2"] {
                _ = await member.command("subscribe", #"{"channel":"\#(channel)"}"#)
            }
            try await site.check()
            let transaction = LogTransaction(head: event("notes:1")) { session in
                _ = try await session.query("SELECT pg_current_xact_id()::text")
                begun.give()
                await mayEnd.wait()
                return .append(RawJSON { $0.object { $0.member("type", "late") } })
            }
            async let outcome = slow.loop.perform { await slow.log.transact(transaction, loop: slow.loop) }
            await begun.wait()
            for number in 1...3 {
                try await quick.append("notes:2")
                try await site.check()
                await member.until { member.offsets("notes:2").count == number }
                try await site.check()
                #expect(changes.value == UInt64(number))
            }
            #expect(member.offsets("notes:1") == [])
            mayEnd.give()
            #expect(try await outcome == .recorded(offset: 1, at: 1000))
            try await site.check()
            await member.until { member.offsets("notes:1") == [1] }
            #expect(member.offsets("notes:2") == [1, 2, 3])
            #expect(changes.value == 4)
        }
    }

    @Test func `has channels ask the log when their broker may have lost something`() async throws {
        let site = try await LiveSite.start()
        let far = try await FarLog.make(site.database)
        try await site.run { open in
            let member = try await open(1, "1:8:student")
            for channel in ["notes:1", "notes:2"] {
                _ = await member.command("subscribe", #"{"channel":"\#(channel)"}"#)
                try await far.append(channel)
            }
            let key = ChannelKey(institution: TenantID(rawValue: 1), name: "notes:2")
            site.hub.onEveryLoop { $0.existingChannel(key)?.mayHaveMissed() }
            await member.until { member.offsets("notes:2") == [1] }
            #expect(member.offsets("notes:1") == [])
            site.hub.onEveryLoop { $0.compareWithLog() }
            await member.until { member.offsets("notes:1") == [1] }
        }
    }

    @Test func `asks for few rows by an index, however many channels there are`() async throws {
        let bench = try await LogBench.make()
        _ = try await bench.append(event())
        let plan = try await bench.loop.perform {
            try await bench.database.asSuperuser(
                """
                INSERT INTO live_channels (institution_id, name, changed)
                    SELECT 1, 'old:' || n, '3'::xid8 FROM generate_series(1, 5000) n;
                ANALYZE live_channels
                """, on: bench.loop)
            let session = try await PostgresSession.open(loop: bench.loop, configuration: bench.database.app)
            defer { session.close() }
            let prepared = "PREPARE asked AS " + EventLogStatements.changes.sql
            let results = try await session.run(
                """
                SELECT set_config('cohort.institution', '1', false); \(prepared);
                EXPLAIN EXECUTE asked (1, pg_current_snapshot()::text::pg_snapshot, '0', '', 500)
                """)
            return try (results.last ?? results[0]).map { try $0.text(0) }.joined(separator: "\n")
        }
        #expect(plan.contains("live_channels_changed"), "\(plan)")
    }
}

@Suite(.timeLimit(.minutes(5)))
struct `Publications on one node` {
    @Test func `reach members on all its loops and on no other node`() async throws {
        let redis = try await RedisRig.shared()
        let near = try await LiveSite.start(broker: try await redis.broker())
        let far = try await LiveSite.start(on: near.database, broker: try await redis.broker())
        let key = ChannelKey(institution: TenantID(rawValue: 1), name: "notes:1")
        try await near.run { open in
            let members = [try await open(0, "1:8:student"), try await open(1, "1:9:student")]
            for member in members { _ = await member.command("subscribe", notes) }
            try await far.run { open in
                let stranger = try await open(0, "1:10:student")
                _ = await stranger.command("subscribe", notes)
                // Whoever has heard the first follows the topic: nothing said in it would be missed.
                near.hub.publishEphemeral(RawJSON { $0.object { $0.member("text", "all") } }, to: key)
                await note("first", near, until: stranger, has: 1)
                near.hub.publishHere(RawJSON { $0.object { $0.member("text", "here") } }, to: key)
                await note("last", near, until: stranger, has: 2)
                let texts = stranger.pushes("notes:1").map { $0["data"]?["text"]?.string }
                #expect(texts.filter { $0 != "all" } == ["first", "last"])
            }
            for member in members {
                await member.until { member.pushes("notes:1").count == 4 }
                #expect(member.offsets("notes:1") == [1, 2])
                // What is not in the log has no place among what is.
                let texts = member.pushes("notes:1").compactMap { $0["data"]?["text"]?.string }
                #expect(texts.sorted() == ["all", "first", "here", "last"])
            }
        }
    }

    /// Appends a note on a node, and waits until a client elsewhere has so many.
    private func note(_ text: String, _ site: LiveSite, until client: LiveClient, has count: Int) async {
        let event = event("notes:1", text: text)
        site.hub.log.append(event, loop: site.clients) { _ in }
        await client.until { client.offsets("notes:1").count == count }
    }
}
