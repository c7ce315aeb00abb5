import EventLoop
import JSON
@testable import JobQueue
import Postgres
import TestKit
import Testing

struct `Schema of the queue` {
    @Test func `shows jobs and progresses to their institution alone`() async throws {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let queue = desk.node([TestKind()]).queue
            let progress = ProgressRequest(contextType: "Course", contextID: 1, user: nil, tag: "t")
            try await desk.enqueue(progress: progress, to: queue)
            for table in ["jobs", "progresses"] {
                let count = Statement("SELECT count(*) FROM \(table)", isPrepared: false)
                for (tenant, expected) in [(nil, 0), (QueueDesk.there, 0), (QueueDesk.here, 1)] {
                    let rows = try await desk.pool.query(count, tenant: tenant)
                    #expect(try rows[0].int(0) == Int64(expected), "\(table)")
                }
            }
        }
    }

    @Test(arguments: [
        "INSERT INTO job_heads (institution_id, id, kind, run_at) VALUES (1, 1, 'a', now())",
        "UPDATE job_heads SET fence = 0", "DELETE FROM job_heads",
        "INSERT INTO jobs (institution_id, id, kind, payload) VALUES (1, 1, 'a', '{}')",
        "UPDATE jobs SET payload = '{}'", "DELETE FROM jobs", "DELETE FROM progresses",
        "UPDATE progresses SET job_id = 1", "SELECT nextval('job_ids')",
    ])
    func `gives the application no more than it needs`(sql: String) async throws {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let refused = await failure(PostgresError.self) {
                try await desk.pool.query(Statement(sql, isPrepared: false), tenant: QueueDesk.here)
            }
            #expect(refused?.state == .insufficientPrivilege)
        }
    }

    @Test func `lets nobody end or cancel another institution's job`() async throws {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let queue = desk.node([TestKind()]).queue
            let job = try await desk.enqueue(to: queue)
            try await desk.site.database.asSuperuser(
                "UPDATE job_heads SET state = 'running', fence = 1, lease_until = now() + interval '1 hour'",
                on: desk.loop)
            for tenant in [nil, QueueDesk.there] {
                let ended = try await desk.pool.query(
                    JobStatements.complete, [.intArray([job.id]), .intArray([1])], tenant: tenant)
                #expect(ended.isEmpty)
                let settled = try await desk.pool.query(
                    JobStatements.settle,
                    [.int(job.id), .int(1), .text("dead"), .int(0), .bool(false), .text(nil)], tenant: tenant)
                #expect(try settled[0].bool(0) == false)
                let cancelled = try await desk.pool.query(
                    JobStatements.cancel, [.int(job.id)], tenant: tenant)
                #expect(try cancelled.first?.textOrNil(0) == nil)
            }
            #expect(try await desk.state(job.id) == "running")
            #expect(try await desk.value("SELECT is_cancelled FROM job_heads") == "false")
        }
    }

    @Test func `names every definer function and every global table in its list`() async throws {
        let site = try await QueueSite.open()
        try await site.run { desk in
            let functions = try await desk.site.database.asSuperuser(
                """
                SELECT proname, array_to_string(proconfig, ','), has_function_privilege('public', oid, 'EXECUTE')
                FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace
                """, on: desk.loop)[0]
            #expect(
                Set(try functions.map { try $0.text(0) }) == Set(JobQueueMigrations.definerFunctions.keys))
            for row in functions {
                #expect(try row.text(1).contains("search_path=pg_catalog, public, pg_temp"))
                #expect(try row.bool(2) == false)
            }
        }
    }
}
