import EventLoop
import JSON
@testable import JobQueue
import Postgres
import Synchronization
import TestKit
import Testing

private struct Unwanted: Error {}

@Suite(.timeLimit(.minutes(2)))
struct `Enqueuing` {
    @Test func `is part of the caller's transaction, which wakes the worker after its commit only`()
        async throws
    {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let queue = JobQueue(catalogue: JobCatalogue([TestKind()]), loop: desk.loop)
            let diary = Diary()
            queue.add { diary.write("woken") }
            let failed = await failure(Unwanted.self) {
                try await desk.pool.transaction(tenant: QueueDesk.here) { transaction in
                    let request = try JobRequest(kind: "test.work", payload: .emptyObject)
                    try await transaction.enqueue([request], to: queue)
                    throw Unwanted()
                }
            }
            #expect(failed != nil)
            #expect(try await desk.value("SELECT count(*) FROM job_heads") == "0")
            #expect(diary.all == [])
            try await desk.pool.transaction(tenant: QueueDesk.here) { transaction in
                let request = try JobRequest(kind: "test.work", payload: .emptyObject)
                try await transaction.enqueue([request], to: queue)
                #expect(diary.all == [])
            }
            #expect(diary.all == ["woken"])
            #expect(try await desk.value("SELECT count(*) FROM job_heads") == "1")
        }
    }

    @Test func `gives the job that has the key already, also within one statement`() async throws {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let queue = desk.node([TestKind()]).queue
            let requests = try ["a", nil, "b", "a", nil].map {
                try JobRequest(kind: "test.work", payload: .emptyObject, uniqueKey: $0)
            }
            let first = try await desk.enqueue(requests, to: queue)
            #expect(first.map(\.isNew) == [true, true, true, false, true])
            #expect(first[3].id == first[0].id)
            #expect(Set(first.map(\.id)).count == 4)
            let again = try await desk.enqueue(requests, to: queue)
            #expect(again.map(\.isNew) == [false, true, false, false, true])
            #expect(again[2].id == first[2].id)
            // Another institution has keys of its own.
            let there = try await desk.enqueue(requests, to: queue, in: QueueDesk.there)
            #expect(there.map(\.isNew) == [true, true, true, false, true])
        }
    }

    @Test func `waits for a rival with the same key, and gives the rival's job when that one commits`()
        async throws
    {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let queue = desk.node([TestKind()]).queue
            let (added, waits) = (Signal(), Signal())
            let loop = desk.loop
            let rival = Mutex<Int64>(0)
            let pool = LoopBound(desk.pool, loop: loop)
            let done = Signal()
            loop.run {
                try? await pool.value.transaction(tenant: QueueDesk.here) { transaction in
                    let request = try JobRequest(kind: "test.work", payload: .emptyObject, uniqueKey: "k")
                    let job = try await transaction.enqueue([request], to: queue)[0]
                    rival.withLock { $0 = job.id }
                    added.give()
                    await waits.wait()
                }
                done.give()
            }
            await added.wait()
            let own = Mutex<EnqueuedJob?>(nil)
            let second = Signal()
            loop.run {
                let job = try? await desk.enqueue(key: "k", to: queue)
                own.withLock { $0 = job }
                second.give()
            }
            // The second waits for the first's row.
            try await desk.until {
                try await desk.value("SELECT count(*) FROM pg_locks WHERE NOT granted") != "0"
            }
            waits.give()
            await done.wait()
            await second.wait()
            let job = try #require(own.withLock { $0 })
            #expect(!job.isNew)
            #expect(job.id == rival.withLock { $0 })
        }
    }

    @Test(arguments: [JobPolicy.Uniqueness.untilOver, .untilSwept])
    func `frees a key when the job is over, or keeps it until the sweep`(uniqueness: JobPolicy.Uniqueness)
        async throws
    {
        let site = try await QueueSite.open()
        try await site.run { desk in
            var kind = TestKind()
            kind.policy.uniqueness = uniqueness
            let node = desk.node([kind])
            let first = try await desk.enqueue(key: "k", to: node.queue)
            node.worker.start()
            try await desk.until(first.id, is: .completed)
            await node.worker.stop(within: .seconds(5))
            let second = try await desk.enqueue(key: "k", to: node.queue)
            switch uniqueness {
            case .untilOver: #expect(second.isNew)
            case .untilSwept: #expect(second == EnqueuedJob(id: first.id, isNew: false, state: .completed))
            }
        }
    }

    @Test func `takes a thousand jobs in one statement`() async throws {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let queue = desk.node([TestKind()]).queue
            let requests = try (0..<JobRequest.mostAtOnce).map {
                try JobRequest(kind: "test.work", payload: RawJSON(.int($0)), uniqueKey: "k\($0)")
            }
            let jobs = try await desk.enqueue(requests, to: queue)
            #expect(jobs.count == 1000 && jobs.allSatisfy(\.isNew))
            let payloads = try await desk.value("SELECT payload FROM jobs WHERE id = \(jobs[999].id)")
            #expect(payloads == "999")
        }
    }

    @Test func `within a batch is read from its result`() async throws {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let queue = desk.node([TestKind()]).queue
            var batch = TransactionBatch()
            let request = try JobRequest(kind: "test.work", payload: .emptyObject)
            let place = queue.append([request, request], to: &batch, tenant: QueueDesk.there)
            let jobs = try JobQueue.enqueued(try await desk.pool.run(batch)[place])
            #expect(jobs.map(\.isNew) == [true, true])
            #expect(try await desk.value("SELECT min(institution_id) FROM jobs") == "2")
        }
    }

    @Test func `refuses what is too large, and a job of no institution`() async throws {
        #expect(throws: JobRequestError.payloadTooLarge(JobRequest.payloadBytes + 2)) {
            let text = String(repeating: "x", count: JobRequest.payloadBytes)
            return try JobRequest(kind: "k", payload: RawJSON(.string(text)))
        }
        #expect(throws: JobRequestError.badKey) {
            try JobRequest(kind: "k", payload: .null, uniqueKey: "")
        }
        #expect(throws: JobRequestError.badKey) {
            try JobRequest(kind: "k", payload: .null, uniqueKey: String(repeating: "é", count: 201))
        }
        let site = try await QueueSite.open()
        try await site.run { desk in
            let queue = desk.node([TestKind()]).queue
            let refused = await failure(PostgresError.self) {
                try await desk.pool.transaction(tenant: nil) { transaction in
                    try await transaction.enqueue(
                        [try JobRequest(kind: "test.work", payload: .null)], to: queue)
                }
            }
            #expect(refused?.state != nil)
        }
    }
}
