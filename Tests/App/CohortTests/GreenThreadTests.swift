import Foundation
import JSON
import LiveHub
import Testing

@testable import Cohort

/// The main job in one piece, over real sockets and a real database.
@Suite(.timeLimit(.minutes(5)))
struct `The whole server` {
    @Test func `carries an answer from the class into the gradebook`() async throws {
        let site = try await TestServer.start()
        try await walk(site)
        #expect(await site.server.drain())
    }

    private func walk(_ site: TestServer) async throws {
        let (student, instructor) = (site.north.students[0], site.north.instructor)
        let course = site.cast.courses[0]
        let liveClass = site.classes[0]

        // Sign-in by password, as a page does it.
        let session = try await site.send(
            "POST", "/api/v1/session", as: nil,
            ["login": .string(student.login), "password": .string(DemoCast.password)])
        #expect(session.status == 201)
        #expect(session.json["user"]?["name"]?.string == student.name)
        let wrong = try await site.send(
            "POST", "/api/v1/session", as: nil, ["login": .string(student.login), "password": "wrong"])
        #expect(wrong.status == 401)

        // The course names the class that is live.
        let courses = try await site.send("GET", "/api/v1/courses", as: student).json
        #expect(courses.array?.first?["live_classes"]?.array?.first?["id"]?.int == Int(liveClass))

        // The class: a question is opened, answered twice with one key, closed, revealed.
        let desk = try await site.live(as: instructor)
        let seat = try await site.live(as: student)
        let channel = "quiz:\(liveClass)"
        let subscribed = try await seat.command("subscribe", ["channel": .string(channel)])
        #expect(subscribed["subscribe"]?["data"]?["runs"]?.array?.isEmpty == true)
        let questions = try await site.send(
            "GET", "/api/v1/courses/\(course)/quizzes/\(site.cast.quizzes[0])/questions", as: instructor
        ).json
        let question = try #require(questions.array?.first)
        let id = try #require(question["id"]?.int)
        let right = try #require(question["answers"]?.array?.first { $0["weight"]?.int == 100 }?["id"]?.int)
        let opened = try await desk.call(
            "quiz.open",
            [
                "class": .int(liveClass), "key": key(), "quiz": .int(site.cast.quizzes[0]),
                "question": .int(id),
                "seconds": 60,
            ])
        let run = try #require(opened["run"]?.int)
        let event = try await seat.event("quiz.opened", in: channel)
        #expect(event["run"]?.int == run)
        #expect(!RawJSON(event).text.contains("weight"))

        let answer: JSONValue = [
            "class": .int(liveClass), "key": key(), "run": .int(run), "question": .int(id),
            "answer": .int(right),
        ]
        #expect(try await seat.call("quiz.answer", answer)["status"]?.string == "recorded")
        #expect(try await seat.call("quiz.answer", answer)["status"]?.string == "duplicate")
        let twin = try await site.send(
            "POST", "/api/v1/live_classes/\(liveClass)/quiz_runs/\(run)/answers", as: student,
            ["key": key(), "question": .int(id), "answer": .int(right)])
        #expect(twin.json["status"]?.string == "duplicate")

        for method in ["quiz.close", "quiz.reveal"] {
            let result = try await desk.call(
                method, ["class": .int(liveClass), "key": key(), "run": .int(run)])
            #expect(result["status"]?.string == "recorded")
        }
        _ = try await seat.event("quiz.revealed", in: channel)
        let late = try await seat.call(
            "quiz.answer",
            [
                "class": .int(liveClass), "key": key(), "run": .int(run), "question": .int(id),
                "answer": .int(right),
                "sequence": 1,
            ])
        #expect(late["status"]?.string != "recorded")

        // The gradebook has it once, with its points.
        let path = "/api/v1/courses/\(course)/students/submissions?student_ids[]=all&include[]=answers"
        let gradebook = try await site.send("GET", path, as: instructor).json
        let mine = try #require(gradebook.array?.first { $0["user_id"]?.int == Int(student.id) })
        #expect(mine["score"]?.double == 1)
        #expect(mine["answers"]?.array?.count == 1)
        let own = try await site.send("GET", path, as: student).json
        #expect(own.array?.allSatisfy { $0["user_id"]?.int == Int(student.id) } == true)

        // Another institution finds nothing of it.
        let stranger = site.south.instructor
        for path in ["/api/v1/courses/\(course)", "/api/v1/live_classes/\(liveClass)"] {
            let foreign = try await site.send("GET", path, as: stranger)
            #expect(foreign.status == 404)
        }
        let refused = try await site.live(as: stranger).command("subscribe", ["channel": .string(channel)])
        #expect(refused["error"]?["code"]?.int == 103)

        // Probes, and what an operator sees.
        #expect(try await site.send("GET", "/readyz", as: nil).status == 200)
        try await expectDegraded(site, seat, liveClass)
        #expect(try await site.send("GET", "/metrics", as: nil).status == 200)
        #expect(try await site.send("GET", "/sign-in", as: nil).status == 200)
        #expect(
            try await site.send("GET", "/api/v1/ops/live", as: site.north.admin).json["nodes"]?.array?.count
                == 1)
        #expect(
            try await site.send("GET", "/api/v1/ops/live", as: site.south.admin).json["nodes"]?.array?.isEmpty
                == true)
        #expect(try await site.send("GET", "/api/v1/ops/live", as: student).status == 403)
        #expect(try await site.send("GET", "/echo", as: nil).status == 404)
    }

    /// A part that is missing leaves the server ready; probes name it, and members are told.
    private func expectDegraded(_ site: TestServer, _ seat: LiveClient, _ liveClass: Int64) async throws {
        let channel = "class:\(liveClass)"
        let whole = try await seat.command("subscribe", ["channel": .string(channel)])
        #expect(whole["subscribe"]?["data"]?["here"] != nil)
        #expect(whole["subscribe"]?["data"]?["degraded"] == nil)
        for isDegraded in [true, false] {
            site.server.node.hub.setDegraded("redis", isDegraded)
            let event = try await seat.event("class.degraded", in: channel)
            #expect(event["degraded"] == .bool(isDegraded))
            let ready = try await site.send("GET", "/readyz", as: nil)
            #expect(ready.status == 200)
            #expect(ready.json["degraded"]?.array == (isDegraded ? ["redis"] : []))
        }
    }

    private func key() -> JSONValue { .string(UUID().uuidString.lowercased()) }
}
