import EventLoop
import JSON
import JobQueue
import Postgres
import Testing
import WebServer

@testable import Cohort

/// Progresses and the queue over HTTP.
///
/// The server does not know the jobs' kind, so it leaves them alone.
@Suite(.timeLimit(.minutes(5)))
struct `Jobs over HTTP` {
    /// Adds a job of an institution, with a progress of a user's.
    private func enqueue(_ site: TestServer, _ school: DemoCast.School, user: Int64?) async throws
        -> EnqueuedJob
    {
        try await site.server.onFirstShare { share in
            let queue = JobQueue(
                catalogue: Jobs.all(hasTestEndpoints: true), loop: share.context.loop)
            let progress = ProgressRequest(contextType: "Course", contextID: 1, user: user, tag: "test")
            let request = try JobRequest(kind: "test.empty", payload: .null, progress: progress)
            return try await share.pool.transaction(tenant: TenantID(rawValue: school.id)) {
                try await $0.enqueue([request], to: queue)[0]
            }
        }
    }

    /// Makes a dead letter of every job that waits, as a worker would.
    private func kill(_ site: TestServer) async throws {
        try await site.server.onFirstShare { share in
            let claim: Statement = """
                SELECT institution_id, id, fence
                FROM job_claim('test', ARRAY['test.empty'], ARRAY[100], ARRAY[0], ARRAY[0], 30000, 100, 100)
                """
            let settle: Statement = "SELECT job_settle($1, $2, 'dead', 0, false, 'vendor_gone')"
            for row in try await share.pool.query(claim, tenant: nil) {
                try await share.pool.query(
                    settle, [.int(try row.int(1)), .int(try row.int(2))],
                    tenant: TenantID(rawValue: try row.int(0)))
            }
        }
    }

    @Test func `show a progress to whom it belongs and to admins, and let them cancel it`() async throws {
        let site = try await TestServer.start()
        let owner = site.north.instructor
        let job = try await enqueue(site, site.north, user: owner.id)
        let path = "/api/v1/progress/\(try #require(job.progress))"
        for (method, path) in [("GET", path), ("POST", path + "/cancel")] {
            #expect(try await site.send(method, path, as: nil).status == 401)
            for member in [site.north.students[0], site.south.admin] {
                #expect(try await site.send(method, path, as: member).status == 404)
            }
        }
        for member in [owner, site.north.admin] {
            let seen = try await site.send("GET", path, as: member)
            #expect(seen.status == 200 && seen.json["workflow_state"] == "queued")
            #expect(seen.json["url"]?.string == "http://127.0.0.1:\(site.port)\(path)")
        }
        let cancelled = try await site.send("POST", path + "/cancel", as: owner)
        #expect(cancelled.status == 200)
        #expect(cancelled.json["workflow_state"] == "failed" && cancelled.json["message"] == "cancelled")
        // Over is over.
        #expect(try await site.send("POST", path + "/cancel", as: site.north.admin).json == cancelled.json)
        #expect(try await site.send("GET", "/api/v1/progress/x", as: owner).status == 404)
        await site.server.drain()
    }

    @Test func `show the queue to admins, each their own, and let dead letters be redriven`() async throws {
        let site = try await TestServer.start()
        let (north, south) = (
            try await enqueue(site, site.north, user: nil), try await enqueue(site, site.south, user: nil)
        )
        try await kill(site)
        let queue = "/api/v1/ops/jobs"
        for member in [site.north.instructor, site.south.students[0]] {
            #expect(try await site.send("GET", queue, as: member).status == 403)
            #expect(
                try await site.send("POST", queue + "/redrive", as: member, ["kind": "test.empty"]).status
                    == 403)
            #expect(
                try await site.send("POST", queue + "/\(north.id)/redrive", as: member, [:]).status == 403)
        }
        let all = try await site.send("GET", queue, as: site.north.admin).json
        #expect(all["dead_letters"]?.array?.first?["count"] == 2)
        #expect(all["minutes"]?.array != nil)
        let own = try await site.send("GET", queue, as: site.south.admin).json
        #expect(own["dead_letters"]?.array?.first?["job_ids"] == [.int(south.id)])
        #expect(own["minutes"] == nil && own["failures"] == nil)

        // Another institution's are not there, and nothing is redriven without being named.
        #expect(
            try await site.send("POST", queue + "/\(north.id)/redrive", as: site.south.admin, [:]).status
                == 404)
        for body: JSONValue in [[:], ["error_class": "Not one"], ["kind": 1]] {
            #expect(try await site.send("POST", queue + "/redrive", as: site.south.admin, body).status == 400)
        }
        let some = try await site.send(
            "POST", queue + "/redrive", as: site.south.admin, ["error_class": "vendor_gone"])
        #expect(some.status == 200 && some.json == ["redriven": 1])
        let one = try await site.send("POST", queue + "/\(north.id)/redrive", as: site.north.admin, [:])
        #expect(one.status == 200 && one.json == ["redriven": 1])
        #expect(
            try await site.send("POST", queue + "/\(north.id)/redrive", as: site.north.admin, [:]).status
                == 404)
        let after = try await site.send("GET", queue, as: site.north.admin).json
        #expect(after["dead_letters"] == [])
        let kind = after["kinds"]?.array?.first { $0["kind"]?.string == "test.empty" }
        #expect(kind?["available"] == 2)
        await site.server.drain()
    }
}
