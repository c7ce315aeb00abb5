import EventLoop
import JSON
@testable import JobQueue
import Logging
import Postgres
import Telemetry
import TestKit
import Testing

@Suite(.timeLimit(.minutes(2)))
struct `Keeper of the queue` {
    @Test func `sweeps what is over for long enough, with all that hangs on it`() async throws {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let node = desk.node([
                TestKind(body: { run in
                    if run.text == "dead" { throw JobFailure("bad_paper", isPermanent: true, "") }
                    return .completed
                })
            ])
            let progress = ProgressRequest(contextType: "Course", contextID: 1, user: nil, tag: "t")
            let old = try await desk.enqueue(progress: progress, to: node.queue)
            let oldThere = try await desk.enqueue(to: node.queue, in: QueueDesk.there)
            let fresh = try await desk.enqueue(to: node.queue)
            let dead = try await desk.enqueue("dead", to: node.queue)
            let oldDead = try await desk.enqueue("dead", to: node.queue)
            node.worker.start()
            for job in [old, oldThere, fresh] { try await desk.until(job.id, is: .completed) }
            for job in [dead, oldDead] { try await desk.until(job.id, is: .dead) }
            await node.worker.stop(within: .seconds(5))
            let waiting = try await desk.enqueue(to: node.queue)
            try await desk.site.database.asSuperuser(
                """
                UPDATE job_heads SET finished_at = now() - interval '4 days'
                WHERE id IN (\(old.id), \(oldThere.id), \(dead.id));
                UPDATE job_heads SET finished_at = now() - interval '61 days' WHERE id = \(oldDead.id);
                UPDATE job_heads SET run_at = now() - interval '90 days' WHERE id = \(waiting.id)
                """, on: desk.loop)
            let keeper = JobKeeper(pool: desk.pool, meters: node.meters, logger: Log.silent)
            #expect(await keeper.sweep() == 3)
            #expect(await keeper.sweep() == 0)
            let left = try await desk.site.database.asSuperuser(
                "SELECT id FROM jobs ORDER BY id", on: desk.loop)[0]
                .map { try $0.int(0) }
            #expect(left == [fresh.id, dead.id, waiting.id])
            #expect(try await desk.value("SELECT count(*) FROM progresses") == "0")
        }
    }

    @Test func `tells depths, minutes, failures and dead letters, of all institutions or of one`()
        async throws
    {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let metrics = Metrics()
            let node = desk.node(
                [
                    TestKind(body: { run in
                        if run.text == "dead" { throw JobFailure("bad_paper", isPermanent: true, "") }
                        return .completed
                    })
                ], metrics: metrics)
            let good = try await desk.enqueue(to: node.queue)
            let dead = try await desk.enqueue("dead", to: node.queue, in: QueueDesk.there)
            node.worker.start()
            try await desk.until(good.id, is: .completed)
            try await desk.until(dead.id, is: .dead)
            await node.worker.stop(within: .seconds(5))
            let waiting = try await desk.enqueue(to: node.queue)
            try await desk.site.database.asSuperuser(
                "UPDATE job_heads SET run_at = now() - interval '1 minute' WHERE id = \(waiting.id)",
                on: desk.loop)
            let keeper = JobKeeper(pool: desk.pool, meters: node.meters, logger: Log.silent)
            await keeper.flush()
            await keeper.look()
            let report = try await JobReporter(pool: desk.pool).report(of: nil, at: 5)
            #expect(report.depths.map(\.available) == [1] && report.depths.map(\.dead) == [1])
            #expect((60...120).contains(report.depths[0].oldest.components.seconds))
            #expect(report.minutes?.reduce(0) { $0 + $1.completed } == 1)
            #expect(report.minutes?.reduce(0) { $0 + $1.failed } == 1)
            #expect(report.failures == [JobFailures(kind: "test.work", errorClass: "bad_paper", count: 1)])
            #expect(report.deadLetters.map(\.jobs) == [[dead.id]])
            let json = try JSONReader.read(report.json { "\($0)" }.bytes)
            #expect(json["kinds"]?.array?.first?["available"]?.int == 1)
            #expect(json["dead_letters"]?.array?.first?["error_class"]?.string == "bad_paper")
            let here = try await JobReporter(pool: desk.pool).report(of: QueueDesk.here, at: 5)
            #expect(here.depths.map(\.dead) == [0] && here.deadLetters == [] && here.minutes == nil)
            let text = PrometheusText.render(metrics)
            for line in [
                #"cohort_jobs_total{kind="test.work",outcome="completed"} 1"#,
                #"cohort_job_failures_total{kind="test.work",class="bad_paper"} 1"#,
                #"cohort_job_depth{kind="test.work",state="dead"} 1"#,
                #"cohort_job_run_seconds_count{kind="test.work"} 2"#,
                "cohort_institution_jobs_total{institution=\"\(QueueDesk.here)\"} 1",
                "cohort_institution_job_failures_total{institution=\"\(QueueDesk.there)\"} 1",
            ] {
                #expect(text.contains(line), "\(line)")
            }
        }
    }
}
