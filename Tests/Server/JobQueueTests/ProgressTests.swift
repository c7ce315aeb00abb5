import EventLoop
import JSON
@testable import JobQueue
import Postgres
import TestKit
import Testing

@Suite(.timeLimit(.minutes(2)))
struct `Progress of a job` {
    private static let request = ProgressRequest(
        contextType: "Course", contextID: 12, user: 7, tag: "course_batch_update")

    @Test func `is queued, runs, and is completed with results, together with the job`() async throws {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let (reported, mayEnd) = (Signal(), Signal())
            let node = desk.node([
                TestKind(body: { run in
                    run.report(completion: 40, message: "half of it")
                    reported.give()
                    await mayEnd.wait()
                    return .completed(results: RawJSON(["rows": 3]), effects: nil)
                })
            ])
            let job = try await desk.enqueue(progress: Self.request, to: node.queue)
            let id = try #require(job.progress)
            let store = ProgressStore(pool: desk.pool)
            let queued = try #require(try await store.read(id, in: QueueDesk.here))
            #expect(queued.workflowState == .queued && queued.completion == 0)
            #expect(try await store.read(id, in: QueueDesk.there) == nil)
            node.worker.start()
            await reported.wait()
            try await desk.until {
                try await store.read(id, in: QueueDesk.here)?.completion == 40
            }
            let running = try #require(try await store.read(id, in: QueueDesk.here))
            #expect(running.workflowState == .running && running.message == "half of it")
            mayEnd.give()
            try await desk.until(job.id, is: .completed)
            await node.worker.stop(within: .seconds(5))
            let done = try #require(try await store.read(id, in: QueueDesk.here))
            let json = try JSONReader.read(done.json(url: "http://h/api/v1/progress/\(id)") { "\($0)" }.bytes)
            #expect(
                json.object?.members.map(\.name) == [
                    "id", "context_id", "context_type", "user_id", "tag", "workflow_state", "completion",
                    "message", "results", "created_at", "updated_at", "url",
                ])
            #expect(json["workflow_state"]?.string == "completed" && json["completion"]?.double == 100)
            #expect(json["results"]?["rows"]?.int == 3 && json["context_id"]?.int == 12)
        }
    }

    @Test func `of a job that waits is cancelled at once, with its key`() async throws {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let queue = desk.node([TestKind()]).queue
            let job = try await desk.enqueue(key: "k", progress: Self.request, to: queue)
            let again = try await desk.enqueue(key: "k", progress: Self.request, to: queue)
            let id = try #require(job.progress)
            #expect(again.progress == id && !again.isNew)
            let store = ProgressStore(pool: desk.pool)
            #expect(try await store.cancel(id, in: QueueDesk.there) == nil)
            let cancelled = try #require(try await store.cancel(id, in: QueueDesk.here))
            #expect(cancelled.workflowState == .failed && cancelled.message == "cancelled")
            #expect(try await desk.state(job.id) == "cancelled")
            // Twice is once.
            #expect(try await store.cancel(id, in: QueueDesk.here) == cancelled)
            #expect(try await desk.enqueue(key: "k", to: queue).isNew)
        }
    }

    @Test func `fails with the class of a dead letter, and runs again when that is redriven`() async throws {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let diary = Diary()
            let node = desk.node([
                TestKind(body: { _ in
                    diary.write("run")
                    if diary.all.count == 1 {
                        throw JobFailure("bad_paper", isPermanent: true, "secret detail")
                    }
                    return .completed
                })
            ])
            let job = try await desk.enqueue(progress: Self.request, to: node.queue)
            let id = try #require(job.progress)
            let store = ProgressStore(pool: desk.pool)
            node.worker.start()
            try await desk.until(job.id, is: .dead)
            let failed = try #require(try await store.read(id, in: QueueDesk.here))
            #expect(failed.workflowState == .failed && failed.message == "failed: bad_paper")
            try await node.queue.redrive(.init(job: job.id), pool: desk.pool)
            try await desk.until(job.id, is: .completed)
            await node.worker.stop(within: .seconds(5))
            let done = try #require(try await store.read(id, in: QueueDesk.here))
            #expect(done.workflowState == .completed && done.message == nil)
        }
    }

    @Test func `is not set running again by a report that waited while the job ended`() async throws {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let (ended, late) = (Diary(), Signal())
            let node = desk.node([
                TestKind(body: { run in
                    var report = TransactionBatch()
                    report.append(
                        ProgressStatements.update,
                        [
                            .int(run.institution.rawValue), .int(run.id), .int(run.fence), .double(50),
                            .text("half"),
                        ],
                        tenant: run.institution)
                    try await desk.pool.transaction(tenant: run.institution) { transaction in
                        for (statement, values) in JobEnd.dead(JobFailure("bad_paper", "")).statements(run) {
                            try await transaction.query(statement, values)
                        }
                        desk.pool.batch(report) { result in
                            if case .success = result { ended.write("reported") }
                            late.give()
                        }
                        // The worker's own report may wait there, too.
                        try await desk.until {
                            try await desk.value(
                                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                    + " AND query LIKE '%UPDATE progresses%'") != "0"
                        }
                    }
                    return .completed
                })
            ])
            let job = try await desk.enqueue(progress: Self.request, to: node.queue)
            let id = try #require(job.progress)
            node.worker.start()
            await late.wait()
            await node.worker.stop(within: .seconds(5))
            let progress = try #require(
                try await ProgressStore(pool: desk.pool).read(id, in: QueueDesk.here))
            #expect(ended.all == ["reported"])
            #expect(progress.workflowState == .failed && progress.message == "failed: bad_paper")
        }
    }

    @Test func `of a job that fails after it was cancelled is not left running`() async throws {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let (begun, mayEnd) = (Signal(), Signal())
            let node = desk.node([
                TestKind(body: { _ in
                    begun.give()
                    await mayEnd.wait()
                    throw JobFailure("vendor_busy", "try again")
                })
            ])
            let job = try await desk.enqueue(key: "k", progress: Self.request, to: node.queue)
            let id = try #require(job.progress)
            let store = ProgressStore(pool: desk.pool)
            node.worker.start()
            await begun.wait()
            try await desk.until { try await store.read(id, in: QueueDesk.here)?.workflowState == .running }
            #expect(try await store.cancel(id, in: QueueDesk.here)?.workflowState == .running)
            mayEnd.give()
            try await desk.until(job.id, is: .cancelled)
            await node.worker.stop(within: .seconds(5))
            #expect(try await store.read(id, in: QueueDesk.here)?.workflowState == .failed)
            #expect(try await desk.enqueue(key: "k", to: node.queue).isNew)
        }
    }
}
