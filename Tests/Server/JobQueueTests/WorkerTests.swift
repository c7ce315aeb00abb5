import EventLoop
import JSON
@testable import JobQueue
import Postgres
import Synchronization
import Telemetry
import TestKit
import Testing

@Suite(.timeLimit(.minutes(2)))
struct `Worker` {
    @Test func `does each job once, also beside another, with its effects`() async throws {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let kind = TestKind(body: { effect($0.text, $0) })
            let nodes = [desk.node([kind]), desk.node([kind])]
            for institution in [QueueDesk.here, QueueDesk.there] {
                let requests = try (0..<150).map {
                    try JobRequest(
                        kind: "test.work", payload: RawJSON(.string("\(institution)/\($0)")))
                }
                try await desk.enqueue(requests, to: nodes[0].queue, in: institution)
            }
            for node in nodes { node.worker.start() }
            try await desk.until {
                try await desk.value("SELECT count(*) FROM job_heads WHERE state = 'completed'") == "300"
            }
            for node in nodes { await node.worker.stop(within: .seconds(5)) }
            let effects = try await desk.effects()
            #expect(effects.count == 300 && Set(effects).count == 300)
            #expect(try await desk.value("SELECT max(attempt) FROM job_heads") == "1")
        }
    }

    @Test func `serves an institution with one job before it is through with another's ten thousand`()
        async throws
    {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let diary = Diary()
            let node = desk.node(
                [
                    TestKind(body: {
                        diary.write("\($0.institution)"); return .completed
                    })
                ], slots: 4)
            for _ in 0..<10 {
                let requests = try (0..<1000).map { _ in try JobRequest(kind: "test.work", payload: .null) }
                try await desk.enqueue(requests, to: node.queue)
            }
            let last = try await desk.enqueue(to: node.queue, in: QueueDesk.there)
            node.worker.start()
            try await desk.until(last.id, is: .completed)
            await node.worker.stop(within: .seconds(5))
            // The first claim takes an equal share of both; claims after it may be loaded before it.
            let place = try #require(diary.all.firstIndex(of: "2"))
            #expect(place < 100, "\(place) of \(diary.all.count)")
        }
    }

    @Test func `with one slot serves institutions in turn`() async throws {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let diary = Diary()
            let node = desk.node(
                [
                    TestKind(body: {
                        diary.write("\($0.institution)"); return .completed
                    })
                ], slots: 1)
            for institution in 1...3 as ClosedRange<Int64> {
                let requests = try (0..<4).map { _ in try JobRequest(kind: "test.work", payload: .null) }
                try await desk.enqueue(requests, to: node.queue, in: TenantID(rawValue: institution))
            }
            node.worker.start()
            try await desk.until { diary.all.count == 12 }
            await node.worker.stop(within: .seconds(5))
            #expect(diary.all == Array(repeating: ["1", "2", "3"], count: 4).flatMap { $0 })
        }
    }

    @Test func `takes kinds of a lower lane first`() async throws {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let diary = Diary()
            var slow = TestKind(
                name: "test.slow",
                body: { _ in
                    diary.write("slow"); return .completed
                })
            slow.policy.lane = 2
            var fast = TestKind(
                name: "test.fast",
                body: { _ in
                    diary.write("fast"); return .completed
                })
            fast.policy.lane = 0
            let node = desk.node([slow, fast], slots: 1)
            for _ in 0..<4 {
                try await desk.enqueue(kind: "test.slow", to: node.queue)
                try await desk.enqueue(kind: "test.fast", to: node.queue)
            }
            node.worker.start()
            try await desk.until { diary.all.count == 8 }
            await node.worker.stop(within: .seconds(5))
            #expect(diary.all == Array(repeating: "fast", count: 4) + Array(repeating: "slow", count: 4))
        }
    }

    @Test func `keeps to a kind's cap over all nodes`() async throws {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let running = Mutex<(now: Int, most: Int)>((0, 0))
            var kind = TestKind(body: { run in
                running.withLock {
                    $0.now += 1; $0.most = max($0.most, $0.now)
                }
                // Until all that may have begun.
                _ = try await run.pool.query("SELECT pg_sleep(0.01)", tenant: nil)
                running.withLock { $0.now -= 1 }
                return .completed
            })
            kind.policy.cap = 2
            let nodes = [desk.node([kind]), desk.node([kind])]
            for number in 0..<20 { try await desk.enqueue("\(number)", to: nodes[number % 2].queue) }
            for node in nodes { node.worker.start() }
            try await desk.until {
                try await desk.value("SELECT count(*) FROM job_heads WHERE state = 'completed'") == "20"
            }
            for node in nodes { await node.worker.stop(within: .seconds(5)) }
            #expect(running.withLock { $0.most } <= 2)
        }
    }

    @Test func `that lost its lease cannot commit`() async throws {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let (begun, mayEnd, over) = (Signal(), Signal(), Signal())
            // It has one slot, so it cannot take the job again.
            let late = desk.node(
                [
                    TestKind(body: { run in
                        begun.give()
                        await mayEnd.wait()
                        over.give()
                        return effect("late", run)
                    })
                ], slots: 1)
            let metrics = Metrics()
            let next = desk.node([TestKind(body: { effect("next", $0) })], metrics: metrics)
            let job = try await desk.enqueue(to: late.queue)
            late.worker.start()
            await begun.wait()
            try await desk.endLease(job.id)
            next.worker.start()
            try await desk.until(job.id, is: .completed)
            await next.worker.stop(within: .seconds(5))
            mayEnd.give()
            await over.wait()
            await late.worker.stop(within: .seconds(5))
            #expect(try await desk.effects() == ["next"])
            #expect(try await desk.value("SELECT attempt FROM job_heads") == "2")
            #expect(late.meters.lostCount("test.work") == 1)
        }
    }

    @Test func `that takes a job again, which it has lost before, is told so of the first attempt alone`()
        async throws
    {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let diary = Diary()
            let node = desk.node([
                TestKind(body: { run in
                    diary.write("begun \(run.attempt)")
                    await withCheckedContinuation { continuation in
                        run.whenStopped { continuation.resume() }
                    }
                    diary.write("\(run.attempt): \(run.stopReason.map { "\($0)" } ?? "")")
                    return .cancelled
                })
            ])
            let job = try await desk.enqueue(to: node.queue)
            node.worker.start()
            try await desk.until { diary.count("begun 1") == 1 }
            try await desk.endLease(job.id)
            try await desk.until { diary.count("begun 2") == 1 }
            await node.worker.beat()
            try await desk.until { node.worker.runningCount == 1 }
            #expect(diary.all == ["begun 1", "begun 2", "1: lost"])
            #expect(try await desk.state(job.id) == "running")
            await node.worker.stop(within: .zero)
            try await desk.until { node.worker.runningCount == 0 }
        }
    }

    @Test func `that is late with nothing to write cannot complete the job either, nor put it back`()
        async throws
    {
        let site = try await QueueSite.open()
        for isFailing in [false, true] {
            try await site.run { desk in
                let (begun, mayEnd) = (Signal(), Signal())
                let late = desk.node([
                    TestKind(body: { _ in
                        begun.give()
                        await mayEnd.wait()
                        if isFailing { throw JobFailure("broken", isPermanent: true, "late") }
                        return .completed
                    })
                ])
                let job = try await desk.enqueue(
                    progress: .init(contextType: "Course", contextID: 1, user: nil, tag: "t"), to: late.queue)
                late.worker.start()
                await begun.wait()
                try await desk.site.database.asSuperuser(
                    "UPDATE job_heads SET state = 'available', fence = fence + 1, run_at = now() + interval '1 hour'",
                    on: desk.loop)
                mayEnd.give()
                await late.worker.stop(within: .seconds(5))
                #expect(late.meters.lostCount("test.work") == 1)
                #expect(try await desk.state(job.id) == "available")
                #expect(try await desk.value("SELECT errors FROM jobs WHERE id = \(job.id)") == "[]")
                // That it runs may have been noted before the job was lost, or not any more; that it ended must not.
                let progress = try await desk.value(
                    "SELECT workflow_state FROM progresses WHERE job_id = \(job.id)")
                #expect(progress == "running" || progress == "queued")
                try await desk.site.database.asSuperuser("DELETE FROM job_heads", on: desk.loop)
            }
        }
    }

    @Test func `hears with a heartbeat that it has lost a job, or that it was cancelled`() async throws {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let diary = Diary()
            let (one, two) = (Signal(), Signal())
            let node = desk.node([
                TestKind(body: { run in
                    (run.text == "lost" ? one : two).give()
                    await withCheckedContinuation { continuation in
                        run.whenStopped { continuation.resume() }
                    }
                    diary.write("\(run.text): \(run.stopReason.map { "\($0)" } ?? "")")
                    try run.check()
                    return .completed
                })
            ])
            let lost = try await desk.enqueue("lost", to: node.queue)
            let cancelled = try await desk.enqueue("cancelled", key: "k", to: node.queue)
            node.worker.start()
            await one.wait()
            await two.wait()
            try await desk.site.database.asSuperuser(
                "UPDATE job_heads SET fence = fence + 1 WHERE id = \(lost.id)", on: desk.loop)
            let found = try await desk.pool.transaction(tenant: QueueDesk.here) {
                try await $0.cancelJob(cancelled.id, in: QueueDesk.here)
            }
            #expect(found)
            #expect(try await desk.state(cancelled.id) == "running")
            await node.worker.beat()
            try await desk.until(cancelled.id, is: .cancelled)
            await node.worker.stop(within: .seconds(5))
            #expect(Set(diary.all) == ["lost: lost", "cancelled: cancelled"])
            #expect(try await desk.state(lost.id) == "running")
            // Its key is free again.
            #expect(try await desk.enqueue(key: "k", to: node.queue).isNew)
        }
    }

    @Test func `extends leases with heartbeats, and does not wait for a job that is just committed`()
        async throws
    {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let (begun, mayCommit) = (Signal(), Signal())
            let node = desk.node([
                TestKind(body: { run in
                    .completed { transaction in
                        try await transaction.query(
                            "INSERT INTO effects (institution_id, text) VALUES (1, 'x')")
                        begun.give()
                        await mayCommit.wait()
                    }
                }),
                TestKind(
                    name: "test.other",
                    body: { run in
                        await withCheckedContinuation { continuation in
                            run.whenStopped { continuation.resume() }
                        }
                        return .cancelled
                    }),
            ])
            let one = try await desk.enqueue(to: node.queue)
            let two = try await desk.enqueue(kind: "test.other", to: node.queue)
            node.worker.start()
            await begun.wait()
            try await desk.until(two.id, is: .running)
            for job in [one, two] { try? await desk.shortenLease(job.id) }
            let before = try await desk.value("SELECT lease_until FROM job_heads WHERE id = \(two.id)")
            await node.worker.beat()
            let after = try await desk.value("SELECT lease_until FROM job_heads WHERE id = \(two.id)")
            #expect(before != after)
            // Nobody takes what is being committed, though its lease looks over.
            mayCommit.give()
            try await desk.until(one.id, is: .completed)
            await node.worker.stop(within: .zero)
            #expect(try await desk.effects() == ["x"])
        }
    }

    @Test func `tries again after a temporary failure, and makes a dead letter of a permanent one`()
        async throws
    {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let mends = Mutex(false)
            var kind = TestKind(body: { run in
                switch run.text {
                case "twice" where run.attempt < 3: throw JobFailure("vendor_busy", "attempt \(run.attempt)")
                case "bad" where !mends.withLock({ $0 }):
                    throw JobFailure("bad_paper", isPermanent: true, String(repeating: "é", count: 2000))
                case "never" where !mends.withLock({ $0 }): throw JobFailure("vendor_busy", "no")
                default: return effect(run.text, run)
                }
            })
            kind.policy.attempts = 3
            let node = desk.node([kind])
            let twice = try await desk.enqueue("twice", to: node.queue)
            let bad = try await desk.enqueue("bad", to: node.queue)
            let never = try await desk.enqueue("never", to: node.queue)
            node.worker.start()
            try await desk.until(twice.id, is: .completed)
            try await desk.until(bad.id, is: .dead)
            try await desk.until(never.id, is: .dead)
            #expect(try await desk.value("SELECT attempt FROM job_heads WHERE id = \(bad.id)") == "1")
            #expect(try await desk.value("SELECT attempt FROM job_heads WHERE id = \(never.id)") == "3")
            #expect(
                try await desk.value("SELECT jsonb_array_length(errors) FROM jobs WHERE id = \(never.id)")
                    == "3")
            #expect(
                try await desk.value("SELECT length(errors->0->>'message') FROM jobs WHERE id = \(bad.id)")
                    == "1000")
            #expect(
                try await desk.value("SELECT errors->0->>'class' FROM jobs WHERE id = \(twice.id)")
                    == "vendor_busy")

            let report = try await JobReporter(pool: desk.pool).report(of: nil, at: 0)
            #expect(report.deadLetters.map(\.errorClass) == ["bad_paper", "vendor_busy"])
            #expect(report.deadLetters.map(\.jobs) == [[bad.id], [never.id]])
            mends.withLock { $0 = true }
            // By class and kind, then by id, and neither from another institution.
            #expect(
                try await node.queue.redrive(
                    .init(institution: QueueDesk.there, job: bad.id), pool: desk.pool) == 0)
            #expect(
                try await node.queue.redrive(
                    .init(kind: "test.work", errorClass: "vendor_busy"), pool: desk.pool) == 1)
            try await desk.until(never.id, is: .completed)
            #expect(try await desk.state(bad.id) == "dead")
            #expect(
                try await node.queue.redrive(.init(institution: QueueDesk.here, job: bad.id), pool: desk.pool)
                    == 1)
            try await desk.until(bad.id, is: .completed)
            await node.worker.stop(within: .seconds(5))
            #expect(try await desk.effects().sorted() == ["bad", "never", "twice"])
        }
    }

    @Test func `undoes effects that fail, and reads the database's error by the table`() async throws {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let node = desk.node([
                TestKind(body: { _ in
                    .completed { transaction in
                        try await transaction.query(
                            "INSERT INTO effects (institution_id, text) VALUES (1, 'x')")
                        try await transaction.query("INSERT INTO effects (institution_id) VALUES (NULL)")
                    }
                })
            ])
            let job = try await desk.enqueue(to: node.queue)
            node.worker.start()
            try await desk.until(job.id, is: .dead)
            await node.worker.stop(within: .seconds(5))
            #expect(try await desk.value("SELECT error_class FROM job_heads") == "database_refused")
            #expect(try await desk.effects() == [])
        }
    }

    @Test func `snoozes without using an attempt, and not for ever`() async throws {
        let site = try await QueueSite.open()
        try await site.run { desk in
            var kind = TestKind(body: { run in
                run.text == "ever" || run.snoozes < 3 ? .snoozed(.milliseconds(1)) : effect(run.text, run)
            })
            kind.policy.attempts = 1
            kind.policy.snoozes = 5
            let node = desk.node([kind])
            let thrice = try await desk.enqueue("thrice", to: node.queue)
            let ever = try await desk.enqueue("ever", to: node.queue)
            node.worker.start()
            try await desk.until(thrice.id, is: .completed)
            try await desk.until(ever.id, is: .dead)
            await node.worker.stop(within: .seconds(5))
            #expect(try await desk.value("SELECT attempt FROM job_heads WHERE id = \(thrice.id)") == "1")
            #expect(try await desk.value("SELECT snoozes FROM job_heads WHERE id = \(thrice.id)") == "3")
            #expect(
                try await desk.value("SELECT error_class FROM job_heads WHERE id = \(ever.id)")
                    == "snoozed_out")
            #expect(try await desk.value("SELECT snoozes FROM job_heads WHERE id = \(ever.id)") == "5")
        }
    }

    @Test func `gives up an attempt that takes longer than its kind allows, whatever its handler does`()
        async throws
    {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let (stopped, mayEnd, ended) = (Signal(), Signal(), Signal())
            var kind = TestKind(body: { run in
                run.whenStopped { stopped.give() }
                await mayEnd.wait()
                ended.give()
                return effect("too late", run)
            })
            kind.policy.timeLimit = .milliseconds(1)
            kind.policy.attempts = 1
            let node = desk.node([kind])
            let job = try await desk.enqueue(to: node.queue)
            node.worker.start()
            try await desk.until(job.id, is: .running)
            try await desk.until { node.worker.runningCount == 1 }
            await node.worker.beat()
            await stopped.wait()
            try await desk.until(job.id, is: .dead)
            #expect(try await desk.value("SELECT error_class FROM job_heads") == "timeout")
            #expect(node.worker.runningCount == 1)
            mayEnd.give()
            await ended.wait()
            try await desk.until { node.worker.runningCount == 0 }
            await node.worker.stop(within: .seconds(5))
            #expect(try await desk.effects() == [])
        }
    }

    @Test func `makes a dead letter of a job that workers do not survive`() async throws {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let diary = Diary()
            var kind = TestKind(body: { _ in
                diary.write("run"); return .completed
            })
            kind.policy.attempts = 2
            let node = desk.node([kind])
            let job = try await desk.enqueue(
                progress: .init(contextType: "Course", contextID: 1, user: 7, tag: "t"), to: node.queue)
            // Two workers have ended in the middle of it.
            try await desk.site.database.asSuperuser("UPDATE job_heads SET attempt = 2", on: desk.loop)
            node.worker.start()
            try await desk.until(job.id, is: .dead)
            await node.worker.stop(within: .seconds(5))
            #expect(diary.all == [])
            #expect(try await desk.value("SELECT error_class FROM job_heads") == "worker_lost")
            #expect(
                try await desk.value("SELECT workflow_state || ': ' || message FROM progresses")
                    == "failed: failed: worker_lost")
        }
    }

    @Test func `stops in good order: lets run what ends in time, and gives the rest back at once`()
        async throws
    {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let (quick, endless) = (Signal(), Signal())
            let node = desk.node([
                TestKind(body: { run in
                    if run.text == "endless" {
                        endless.give()
                        await withCheckedContinuation { continuation in
                            run.whenStopped { continuation.resume() }
                        }
                        return effect("endless", run)
                    }
                    quick.give()
                    _ = try await run.pool.query("SELECT pg_sleep(0.05)", tenant: nil)
                    return effect("quick", run)
                })
            ])
            let one = try await desk.enqueue("quick", to: node.queue)
            let two = try await desk.enqueue("endless", to: node.queue)
            node.worker.start()
            await quick.wait()
            await endless.wait()
            #expect(await node.worker.stop(within: .seconds(1)) == 1)
            #expect(try await desk.state(one.id) == "completed")
            #expect(try await desk.state(two.id) == "available")
            #expect(try await desk.value("SELECT attempt FROM job_heads WHERE id = \(two.id)") == "0")
            // Nothing is taken any more.
            let three = try await desk.enqueue("quick", to: node.queue)
            node.worker.claimSoon()
            let next = desk.node([TestKind(body: { effect("next " + $0.text, $0) })])
            next.worker.start()
            try await desk.until(two.id, is: .completed)
            try await desk.until(three.id, is: .completed)
            await next.worker.stop(within: .seconds(5))
            #expect(try await desk.effects().sorted() == ["next endless", "next quick", "quick"])
        }
    }

    @Test func `runs a job for later when its time has come`() async throws {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let node = desk.node([TestKind(body: { effect($0.text, $0) })])
            let soon = WallTime.milliseconds() + 150
            let later = try JobRequest(
                kind: "test.work", payload: RawJSON(.string("later")), runAt: soon)
            let never = try JobRequest(
                kind: "test.work", payload: RawJSON(.string("never")), runAt: soon + 3_600_000)
            let jobs = try await desk.enqueue([never, later], to: node.queue)
            node.worker.start()
            let depth = try await JobReporter(pool: desk.pool).depth(of: nil)
            #expect(depth.map { $0.available + $0.scheduled + $0.running } == [2])
            try await desk.until(jobs[1].id, is: .completed)
            let ended = try await desk.value(
                "SELECT finished_at >= run_at FROM job_heads WHERE id = \(jobs[1].id)")
            #expect(ended == "true")
            #expect(try await desk.state(jobs[0].id) == "available")
            await node.worker.stop(within: .seconds(5))
        }
    }
}

extension JobMeters {
    /// Attempts that were lost to another worker.
    func lostCount(_ kind: String) -> Int {
        minutes.take().reduce(0) { sum, row in
            sum + (row.key.kind == kind && row.key.outcome == .lost ? row.value.count : 0)
        }
    }
}

extension QueueDesk {
    /// Has a job's lease end a little earlier, unless somebody holds the row.
    func shortenLease(_ id: Int64) async throws {
        try await site.database.asSuperuser(
            """
            UPDATE job_heads SET lease_until = lease_until - interval '5 seconds'
            WHERE id IN (SELECT id FROM job_heads WHERE id = \(id) FOR UPDATE SKIP LOCKED)
            """, on: loop)
    }
}
