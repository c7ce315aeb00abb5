import EventLoop
import Foundation
import JSON
import Postgres
import Telemetry
import Tenancy
import TestKit
import Testing

@testable import Cohort

/// One server over two databases: the first school lives at home, the second in shard 1.
@Suite(.timeLimit(.minutes(5)))
struct `A server of two databases` {
    private let loop: EventLoop

    init() throws { loop = try EventLoop(index: 0, label: "test-shards") }

    /// Rows of a table in each of the databases, of one institution.
    private func rows(_ table: String, of school: DemoCast.School, _ site: TestServer) async throws -> [Int64]
    {
        let sql = "SELECT count(*) FROM \(table) WHERE institution_id = \(school.id)"
        return [try await number(sql, site.database), try await number(sql, try #require(site.shard))]
    }

    private func number(_ sql: String, _ database: TestDatabase) async throws -> Int64 {
        let loop = loop
        return try await loop.perform {
            try await database.asSuperuser(sql, on: loop).last?.first?.int(0) ?? -1
        }
    }

    private func key() -> JSONValue { .string(UUID().uuidString.lowercased()) }

    /// Waits until something holds, a minute at most.
    private func wait(_ what: String, until holds: () async throws -> Bool) async throws {
        let isSo = try await eventually(holds)
        try #require(isSo, "\(what)")
    }

    private func readiness(_ site: TestServer) async throws -> (status: Int, degraded: [String]) {
        let ready = try await site.send("GET", "/readyz", as: nil)
        return (ready.status, ready.json["degraded"]?.array?.compactMap(\.string) ?? [])
    }

    @Test func `teaches in both, and keeps each school's answers in its own`() async throws {
        let site = try await TestServer.start(isSharded: true)
        #expect(ShardMap.shard(ofID: site.north.id) == 0 && ShardMap.shard(ofID: site.south.id) == 1)
        #expect(site.server.notes.contains { $0.hasPrefix("Postgres connections of this node to shard 1: ") })
        #expect(try await readiness(site) == (200, []))
        for (place, school) in [site.north, site.south].enumerated() {
            try await answer(in: school, place, site)
            for table in ["live_events", "quiz_answers", "users", "courses", "access_tokens"] {
                let found = try await rows(table, of: school, site)
                #expect(found[place] > 0 && found[1 - place] == 0, "\(table) of \(school.name): \(found)")
            }
            let ids = try await number(
                """
                SELECT count(*) FROM users WHERE institution_id = \(school.id)
                    AND id BETWEEN \(ShardMap.ids(of: place).lowerBound) AND \(ShardMap.ids(of: place).upperBound)
                """, place == 0 ? site.database : try #require(site.shard))
            #expect(try await rows("users", of: school, site)[place] == ids)
        }
        // Walls: neither finds anything of the other.
        for (reader, place) in [(site.north.instructor, 1), (site.south.instructor, 0)] {
            for path in [
                "/api/v1/courses/\(site.cast.courses[place])", "/api/v1/live_classes/\(site.classes[place])",
            ] {
                #expect(try await site.send("GET", path, as: reader).status == 404, "\(path)")
            }
            let refused = try await site.live(as: reader).command(
                "subscribe", ["channel": .string("quiz:\(site.classes[place])")])
            #expect(refused["error"]?["code"]?.int == 103)
        }
        #expect(await site.server.drain())
    }

    /// A question is opened in the class that is live, and answered.
    private func answer(in school: DemoCast.School, _ place: Int, _ site: TestServer) async throws {
        let (course, quiz, liveClass) = (
            site.cast.courses[place], site.cast.quizzes[place], site.classes[place]
        )
        let desk = try await site.live(as: school.instructor)
        let seat = try await site.live(as: school.students[0])
        let channel = "quiz:\(liveClass)"
        _ = try await seat.command("subscribe", ["channel": .string(channel)])
        let questions = try await site.send(
            "GET", "/api/v1/courses/\(course)/quizzes/\(quiz)/questions", as: school.instructor
        ).json
        let question = try #require(
            questions.array?.first { one in
                one["answers"]?.array?.contains { $0["weight"]?.int == 100 } == true
            })
        let id = try #require(question["id"]?.int)
        let right = try #require(question["answers"]?.array?.first { $0["weight"]?.int == 100 }?["id"]?.int)
        let opened = try await desk.call(
            "quiz.open",
            [
                "class": .int(liveClass), "key": key(), "quiz": .int(quiz), "question": .int(id),
                "seconds": 60,
            ])
        let run = try #require(opened["run"]?.int)
        #expect(try await seat.event("quiz.opened", in: channel)["run"]?.int == run)
        let answer: JSONValue = [
            "class": .int(liveClass), "key": key(), "run": .int(run), "question": .int(id),
            "answer": .int(right),
        ]
        #expect(try await seat.call("quiz.answer", answer)["status"]?.string == "recorded")
        #expect(try await seat.call("quiz.answer", answer)["status"]?.string == "duplicate")
        for method in ["quiz.close", "quiz.reveal"] {
            let result = try await desk.call(
                method, ["class": .int(liveClass), "key": key(), "run": .int(run)])
            #expect(result["status"]?.string == "recorded")
        }
        _ = try await seat.event("quiz.revealed", in: channel)
        let gradebook = try await site.send(
            "GET", "/api/v1/courses/\(course)/students/submissions?student_ids[]=all", as: school.instructor
        ).json
        #expect(
            gradebook.array?.first { $0["user_id"]?.int == Int(school.students[0].id) }?["score"]?.double == 1
        )
    }

    @Test func `lets a person who is in both choose and switch`() async throws {
        let site = try await TestServer.start(isSharded: true)
        let login: JSONValue = [
            "login": .string(DemoSchool.commuter.login), "password": .string(DemoCast.password),
        ]
        let choice = try await site.send("POST", "/api/v1/session", as: nil, login)
        #expect(
            choice.json["choices"]?.array?.compactMap { $0["institution"]?["id"]?.int }
                == [Int(site.south.id), Int(site.north.id)])
        let ticket = try #require(choice.json["ticket"]?.string)
        for school in [site.south, site.north] {
            let opened = try await site.send(
                "POST", "/api/v1/session", as: nil,
                ["ticket": .string(ticket), "institution": .int(Int(school.id))])
            #expect(opened.status == 201)
            #expect(opened.json["institution"]?["id"]?.int == Int(school.id))
        }
        #expect(try await rows("sessions", of: site.south, site)[1] == 1)
        #expect(try await rows("sessions", of: site.north, site)[0] == 1)
        await site.server.drain()
    }

    @Test func `does the jobs of both, and shows operators all of them`() async throws {
        let site = try await TestServer.start(isSharded: true)
        let root = "/api/v1/accounts/self/sis_imports"
        // Somebody new to both, and somebody whom home knows from the other school.
        let known = site.north.students[3]
        let roster = """
            user_id,login_id,full_name,status
            R1,roster.one@school.example,Rosa One,active
            R2,\(known.login),\(known.name),active

            """
        for (place, school) in [site.north, site.south].enumerated() {
            let made = try await site.send(
                "\(root)?import_type=instructure_csv", csv: roster, as: school.admin)
            let id = try #require(made.json["id"]?.int)
            #expect(ShardMap.shard(ofID: Int64(id)) == place)
            var last = JSONValue.null
            try await wait("the import of \(school.name) was not done") {
                last = try await site.send("GET", "\(root)/\(id)", as: school.admin).json
                return last["workflow_state"]?.string?.hasPrefix("imported") == true
            }
            #expect(last["workflow_state"] == "imported", "\(last)")
            #expect(try await rows("job_heads", of: school, site)[place] > 0)
            #expect(try await rows("job_heads", of: school, site)[1 - place] == 0)
        }
        let password: JSONValue = ["login": .string(known.login), "password": .string(DemoCast.password)]
        // The rosters named no password: what is known is good where it was.
        let opened = try await site.send("POST", "/api/v1/session", as: nil, password)
        #expect(opened.status == 201 && opened.json["institutions"]?.array?.count == 1)
        // The person is one.
        let people = "SELECT count(*) FROM people WHERE lower(login) = 'roster.one@school.example'"
        #expect(try await number(people, site.database) == 1)
        #expect(try await number(people, try #require(site.shard)) == 1)
        // Dead letters of both are one line, and sent on their way by one request; the other school sees its own.
        for database in [site.database, try #require(site.shard)] {
            _ = try await number(
                """
                UPDATE job_heads SET state = 'dead', error_class = 'vendor_gone', finished_at = now()
                WHERE kind = 'rostering.sis';
                SELECT 1::bigint
                """, database)
        }
        for (member, expected) in [(site.north.admin, 2), (site.south.admin, 1)] {
            let queue = try await site.send("GET", "/api/v1/ops/jobs", as: member)
            #expect(queue.json["dead_letters"]?.array?.compactMap { $0["count"]?.int } == [expected])
        }
        let kind: JSONValue = ["kind": "rostering.sis"]
        let redriven = try await site.send("POST", "/api/v1/ops/jobs/redrive", as: site.north.admin, kind)
        #expect(redriven.json["redriven"] == 2)
        await site.server.drain()
    }

    @Test func `ends open sessions of the shard when a user is shut out there`() async throws {
        let site = try await TestServer.start(isSharded: true)
        let (victim, other) = (site.south.students[1], site.south.students[2])
        let (gone, stays) = (try await site.live(as: victim), try await site.live(as: other))
        // As another node would do it: nobody tells this one.
        _ = try await number(
            """
            SELECT set_config('cohort.institution', '\(site.south.id)', false);
            UPDATE users SET workflow_state = 'suspended'
            WHERE institution_id = \(site.south.id) AND id = \(victim.id);
            SELECT 1::bigint
            """, try #require(site.shard))
        try await gone.end()
        let channel = "class:\(site.classes[1])"
        #expect(try await stays.command("subscribe", ["channel": .string(channel)])["subscribe"] != nil)
        await site.server.drain()
    }

    @Test func `goes on with one school while the database of the other is away`() async throws {
        let site = try await TestServer.start(isSharded: true)
        let (shard, loop) = (try #require(site.shard), loop)
        let seat = try await site.live(as: site.north.students[0])
        let own = "/api/v1/users/self"
        #expect(try await site.send("GET", own, as: site.south.students[0]).status == 200)
        try await loop.perform { try await shard.shut(on: loop) }
        try await wait("the shard is not named") { try await readiness(site) == (200, ["shard-1"]) }
        for member in [site.south.students[5], site.south.admin] {
            let refused = try await site.send("GET", "/api/v1/courses", as: member)
            #expect(refused.status == 503 && refused.json["code"] == "unavailable", "\(refused)")
        }
        let south: JSONValue = [
            "login": .string(site.south.students[0].login), "password": .string(DemoCast.password),
        ]
        #expect(try await site.send("POST", "/api/v1/session", as: nil, south).status == 503)

        // The other school notices nothing: pages, sign-in, the class.
        #expect(try await site.send("GET", "/api/v1/courses", as: site.north.instructor).status == 200)
        let commuter: JSONValue = [
            "login": .string(DemoSchool.commuter.login), "password": .string(DemoCast.password),
        ]
        let opened = try await site.send("POST", "/api/v1/session", as: nil, commuter)
        #expect(opened.status == 201 && opened.json["institution"]?["id"]?.int == Int(site.north.id))
        let channel = "class:\(site.classes[0])"
        #expect(try await seat.command("subscribe", ["channel": .string(channel)])["subscribe"] != nil)
        try await answer(in: site.north, 0, site)
        #expect(try await site.send("GET", "/api/v1/ops/jobs", as: site.north.admin).status == 200)

        try await loop.perform { try await shard.reopen(on: loop) }
        try await wait("the shard is not back") { try await readiness(site) == (200, []) }
        // Each loop has connections of its own, which come back by themselves.
        var answered = 0
        try await wait("not all connections are back") {
            answered = try await site.send("GET", own, as: site.south.admin).status == 200 ? answered + 1 : 0
            return answered == 20
        }
        try await answer(in: site.south, 1, site)
        await site.server.drain()
    }
}

/// Starting with several databases, and the commands that look after them.
@Suite(.timeLimit(.minutes(5)))
struct `Databases of a deployment` {
    private let loop: EventLoop

    init() throws { loop = try EventLoop(index: 0, label: "test-shards") }

    private func database() async throws -> TestDatabase {
        let loop = loop
        return try await loop.perform { try await PrivatePostgres.shared().makeDatabase(on: loop) }
    }

    private func configuration(
        _ home: TestDatabase, _ shards: [(Int, TestDatabase)], _ flags: [String] = []
    ) throws -> Configuration {
        let root = #filePath.components(separatedBy: "/Tests/App/")[0]
        let owner = PrivatePostgres.ownerRole
        return try Configuration(
            arguments: [
                "--listen-port=0", "--loops=1", "--database-pool=1", "--database-log-pool=1",
                "--web-root=\(root)/web-static", "--token-secret=\(TestServer.secret)",
                "--drain-limit-seconds=5", "--database-url=\(home.url())",
                "--database-owner-url=\(home.url(role: owner))",
                "--database-shards=" + shards.map { "\($0.0)=\($0.1.url())" }.joined(separator: ","),
                "--database-shard-owners="
                    + shards.map { "\($0.0)=\($0.1.url(role: owner))" }.joined(separator: ","),
            ] + flags, environment: [:], file: nil)
    }

    private func start(_ configuration: Configuration, wait: Duration = .seconds(30)) async throws -> Server {
        var extras = Server.Extras()
        extras.sink = LogSink { _ in }
        extras.databaseWait = wait
        return try await Server.start(configuration, extras: extras)
    }

    private func problem(_ configuration: Configuration) async -> String {
        do {
            await (try start(configuration)).drain()
            return "it has started"
        } catch {
            return "\(error)"
        }
    }

    @Test func `are all migrated, and an institution is made in the one that is named`() async throws {
        let (home, shard) = (try await database(), try await database())
        let configuration = try configuration(home, [(1, shard)])
        let count = Schema.migrations.count
        #expect(try await SchemaUpdate.run(configuration) { _ in } == 2 * count)
        #expect(try await SchemaUpdate.run(configuration) { _ in } == 0)
        let administration = try Administration(configuration)
        let near = try await administration.createInstitution(name: "Near", accent: nil)
        let far = try await administration.createInstitution(name: "Far", accent: nil, shard: 1)
        #expect(near == 1 && far == ShardMap.ids(of: 1).lowerBound)
        let user = try await administration.createUser(
            login: "ada", name: "Ada", roles: ["admin"], password: "correct horse", institution: far)
        #expect(user == ShardMap.ids(of: 1).lowerBound)
        #expect(
            try await administration.createToken(login: "ada", purpose: "test", days: nil, institution: far)
                .isEmpty == false)
        try await administration.setHost("far.example", institution: far)
        try await administration.setSuspended(true, institution: far)
        #expect(
            try await administration.institutions() == [
                "\(near)\tNear\t-\tactive\t0", "\(far)\tFar\tfar.example\tsuspended\t1",
            ])
        await #expect(throws: (any Error).self) {
            try await administration.createInstitution(name: "Nowhere", accent: nil, shard: 2)
        }
        let server = try await start(configuration)
        #expect(server.notes.contains { $0.hasPrefix("shard 1: postgres://") })
        await server.drain()
    }

    @Test func `stop the start when one lacks migrations or is another than the settings say`() async throws {
        let (home, shard, other) = (try await database(), try await database(), try await database())
        _ = try await SchemaUpdate.run(try configuration(home, [(1, shard)])) { _ in }
        let bare = await problem(try configuration(home, [(1, other)]))
        #expect(bare.contains(other.name) && bare.contains("run cohort migrate"), "\(bare)")
        let wrong = await problem(try configuration(home, [(2, shard)]))
        #expect(wrong.hasSuffix("is shard 1, not shard 2"), "\(wrong)")
        let swapped = await problem(try configuration(shard, [(1, home)]))
        #expect(swapped.hasSuffix("is shard 1, not shard 0"), "\(swapped)")
        await #expect(throws: ServerProblem.self) {
            try await SchemaUpdate.run(try configuration(home, [(2, shard)])) { _ in }
        }
        // A database that has given ids is no shard: they would be given twice.
        _ = try await SchemaUpdate.run(try configuration(other, [])) { _ in }
        _ = try await Administration(try configuration(other, [])).createInstitution(
            name: "Used", accent: nil)
        await #expect(throws: ServerProblem.self) {
            try await SchemaUpdate.run(try configuration(home, [(1, shard), (2, other)])) { _ in }
        }
    }

    @Test func `do not all have to be there when a server starts`() async throws {
        let (home, shard, loop) = (try await database(), try await database(), loop)
        let configuration = try configuration(home, [(1, shard)])
        _ = try await SchemaUpdate.run(configuration) { _ in }
        try await loop.perform { try await shard.shut(on: loop) }
        let server = try await start(configuration, wait: .milliseconds(300))
        #expect(server.notes.contains { $0.hasPrefix("warning: shard 1: ") })
        #expect(server.node.health.obstacles.isEmpty)
        #expect(server.node.health.degraded == ["shard-1"])
        try await loop.perform { try await shard.reopen(on: loop) }
        let isUsed = try await eventually { server.node.health.degraded.isEmpty }
        try #require(isUsed, "the shard is not used")
        await server.drain()
    }

    @Test func `are named by numbers in the settings, and printed without their passwords`() throws {
        func shards(_ text: String) throws -> Configuration {
            try Configuration(arguments: ["--database-shards=\(text)"], environment: [:], file: nil)
        }
        let one = try shards("1=postgres://app:hunter2@a,b/x?sslmode=require, 7=postgres://app:hunter2@c/y")
        #expect(one.shards.keys.sorted() == [1, 7])
        #expect(one.shards[1]?.parameters["host"] == "a,b")
        let line = try #require(one.printed.first { $0.key == "database.shards" }?.value)
        // As libpq reads it: two hosts, with the usual port each.
        #expect(line == "1=postgres://app@a,b:,/x,7=postgres://app@c/y")
        for wrong in [
            "postgres://a/b", "0=postgres://a/b", "512=postgres://a/b", "1=postgres://a/b,1=postgres://a/c",
            "1=hunter2",
        ] {
            let problem = #expect(throws: ConfigurationProblem.self) { try shards(wrong) }
            #expect("\(String(describing: problem))".contains("hunter2") == false)
        }
        let file = try Configuration(
            arguments: [], environment: ["COHORT_DATABASE_SHARDS": "3=postgres://app@c/y"], file: nil)
        #expect(file.shards[3]?.display == "postgres://app@c/y")
    }
}
