import EventLoop
import Glibc
import JSON
import Redis
import Telemetry
import TestKit
import Testing
import WebServer

@testable import Cohort

/// Answers that are kept, over a whole server: nobody gets an old one, or another's.
@Suite(.timeLimit(.minutes(5)))
struct `The catalogue` {
    private static let list = "/api/v1/courses?per_page=50"

    /// One of the node's counters of kept answers.
    private func count(_ site: TestServer, _ line: String) -> Int {
        let text = PrometheusText.render(site.server.node.metrics)
        let found = text.split(separator: "\n").first { $0.hasPrefix("cohort_snapshot_\(line) ") }
        return found.flatMap { $0.split(separator: " ").last.flatMap { Double($0) } }.map { Int($0) } ?? 0
    }

    private func names(_ site: TestServer, _ member: DemoCast.Member) async throws -> [String] {
        try await site.send("GET", Self.list, as: member).json.array?.compactMap { $0["name"]?.string } ?? []
    }

    @Test func `is kept with a tag, and answers 304 to whoever has it`() async throws {
        let site = try await TestServer.start()
        let student = site.north.students[0]
        let first = try await site.exchange("GET", Self.list, as: student)
        let tag = try #require(first["etag"])
        #expect(first.status == 200 && first["link"]?.contains("rel=\"first\"") == true)
        #expect(first["cache-control"] == "private, max-age=0, stale-while-revalidate=1")
        #expect(first["vary"] == "Accept, Authorization, Cookie")
        let again = try await site.exchange("GET", Self.list, as: student)
        #expect(again.body == first.body && again["etag"] == tag && again["link"] == first["link"])
        let same = try await site.exchange(
            "GET", Self.list, as: student, fields: "If-None-Match: \(tag)\r\n")
        #expect(same.status == 304 && same.body.isEmpty && same["etag"] == tag)
        // What a kept answer costs is counted too.
        for answer in [first, again, same] {
            #expect(answer["x-request-cost"] != nil && answer["x-rate-limit-remaining"] != nil)
        }
        // A kept answer is not given in a form that was not asked for.
        let strings = try await site.exchange(
            "GET", Self.list, as: student, fields: "Accept: application/json+canvas-string-ids\r\n")
        #expect(strings["etag"] != tag && strings.text.contains("\"id\":\"\(site.cast.courses[0])\""))
        #expect(count(site, "requests_total{result=\"miss\"}") >= 2)
        await site.server.drain()
    }

    @Test func `shows a change at once to everybody on the node, whichever loop has kept what`() async throws
    {
        let site = try await TestServer.start()
        let (course, student) = (site.cast.courses[0], site.north.students[0])
        for number in 1...8 {
            for _ in 1...3 { _ = try await names(site, student) }
            let change: JSONValue = ["course": ["name": .string("Biology \(number)")]]
            let done = try await site.send(
                "PUT", "/api/v1/courses/\(course)", as: site.north.instructor, change)
            #expect(done.status == 200)
            for _ in 1...3 { #expect(try await names(site, student) == ["Biology \(number)"]) }
        }
        await site.server.drain()
    }

    @Test func `shows at once that a class has begun or ended`() async throws {
        let site = try await TestServer.start()
        let student = site.north.students[0]
        func live() async throws -> Int {
            let list = try await site.send("GET", Self.list, as: student).json
            return list.array?.first?["live_classes"]?.array?.count ?? -1
        }
        #expect(try await live() == 1)
        let path = "/api/v1/live_classes/\(site.classes[0])/end"
        #expect(try await site.send("POST", path, as: site.north.instructor, [:]).status == 200)
        #expect(try await live() == 0)
        await site.server.drain()
    }

    @Test func `is each person's own`() async throws {
        let site = try await TestServer.start()
        let course = "/api/v1/courses/\(site.cast.courses[0])"
        let page: JSONValue = ["wiki_page": ["title": "Draft", "body": "secret", "published": false]]
        #expect(
            try await site.send("POST", "\(course)/pages", as: site.north.instructor, page).status == 200)
        for _ in 1...2 {
            #expect(
                try await site.send("GET", "\(course)/pages/draft", as: site.north.instructor).status == 200)
            #expect(
                try await site.send("GET", "\(course)/pages/draft", as: site.north.students[0]).status == 404)
            #expect(try await site.send("GET", course, as: site.south.students[0]).status == 404)
            #expect(try await site.send("GET", course, as: nil).status == 401)
            let seen = try await site.send("GET", course, as: site.north.students[0])
            #expect(seen.status == 200 && seen.json["sis_course_id"] == nil)
            let known = try await site.send("GET", course, as: site.north.admin)
            #expect(known.status == 200 && known.json.object?["sis_course_id"] != nil)
        }
        await site.server.drain()
    }

    @Test func `ends with an enrolment at once, and with a token within its bound`() async throws {
        let site = try await TestServer.start()
        let (student, course) = (site.north.students[0], "/api/v1/courses/\(site.cast.courses[0])")
        #expect(try await names(site, student).count == 1)
        #expect(try await site.send("GET", course, as: student).status == 200)
        let own = try await site.send(
            "GET", "\(course)/enrollments?user_id=\(student.id)", as: site.north.admin)
        let enrollment = try #require(own.json.array?.first?["id"]?.int)
        let ended = try await site.send(
            "DELETE", "\(course)/enrollments/\(enrollment)?task=delete", as: site.north.instructor)
        #expect(ended.status == 200)
        #expect(try await names(site, student).isEmpty)
        #expect(try await site.send("GET", course, as: student).status == 403)

        let other = site.north.students[1]
        #expect(try await names(site, other).count == 1)
        let user = "/api/v1/accounts/self/users/\(other.id)"
        #expect(try await site.send("DELETE", user, as: site.north.admin).status == 200)
        #expect(try await eventually { try await site.send("GET", Self.list, as: other).status == 401 })
        await site.server.drain()
    }

    @Test func `keeps no page that modules open and lock`() async throws {
        let site = try await TestServer.start()
        let (teacher, student) = (site.north.instructor, site.north.students[0])
        let course = "/api/v1/courses/\(site.cast.courses[0])"
        func make(_ path: String, _ body: JSONValue) async throws -> JSONValue {
            let made = try await site.send("POST", course + path, as: teacher, body)
            #expect((200...201).contains(made.status), "\(made)")
            return made.json
        }
        for title in ["One", "Two"] {
            _ = try await make(
                "/pages", ["wiki_page": ["title": .string(title), "body": "text", "published": true]])
        }
        func isLocked() async throws -> Bool? {
            try await site.send("GET", "\(course)/pages/two", as: student).json["locked_for_user"]?.bool
        }
        #expect(try await isLocked() == false)
        let module = try await make(
            "/modules", ["module": ["name": "M", "require_sequential_progress": true]])
        let items = "/modules/\(module["id"]?.int ?? 0)/items"
        let first = try await make(
            items,
            [
                "module_item": [
                    "type": "Page", "page_url": "one", "completion_requirement": ["type": "must_mark_done"],
                ]
            ])
        _ = try await make(
            items,
            [
                "module_item": [
                    "type": "Page", "page_url": "two", "completion_requirement": ["type": "must_view"],
                ]
            ])
        let published = try await site.send(
            "PUT", "\(course)/modules/\(module["id"]?.int ?? 0)", as: teacher, ["module": ["published": true]]
        )
        #expect(published.status == 200)
        #expect(try await isLocked() == true)
        let done = try await site.send(
            "PUT", "\(course)\(items)/\(first["id"]?.int ?? 0)/done", as: student, [:])
        #expect(done.status < 300)
        #expect(try await isLocked() == false)
        await site.server.drain()
    }

    @Test func `hears of changes on other nodes, and grows old soon where it cannot`() async throws {
        let redis = try await offPool {
            try PrivateRedis.start(.init(folder: "/tmp/cohort-tests-\(getpid())-catalogue"))
        }
        let flag = "--redis-url=\(redis.url)"
        let here = try await TestServer.start([flag])
        let there = try await here.startAnother([flag])
        let (course, student) = (here.cast.courses[0], here.north.students[0])
        func rename(_ name: String) async throws {
            let change: JSONValue = ["course": ["name": .string(name)]]
            let path = "/api/v1/courses/\(course)"
            #expect(try await here.send("PUT", path, as: here.north.instructor, change).status == 200)
            // Who has changed something sees it where it was changed, at once.
            #expect(try await names(here, student) == [name])
        }
        let heard = "invalidations_total{by=\"node\"}"
        // Nodes hear each other once Redis is reached.
        #expect(
            try await eventually {
                try await rename("Warm")
                return count(there, heard) > 0
            })
        let before = count(there, heard)
        _ = try await names(there, student)
        try await rename("Heard")
        #expect(try await eventually { count(there, heard) > before })
        #expect(try await eventually { try await names(there, student) == ["Heard"] })

        try await offPool { redis.kill() }
        _ = try await names(there, student)
        let last = count(there, heard)
        try await rename("Unheard")
        let changed = ContinuousClock.now
        #expect(try await eventually { try await names(there, student) == ["Unheard"] })
        // Not a measure of speed: what is given is at most this old, whatever the machine does.
        let stale = ContinuousClock.now - changed
        #expect(stale < .seconds(30) && count(there, heard) == last)
        await there.server.drain()
        await here.server.drain()
    }
}
