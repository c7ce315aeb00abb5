import HTTPTypes
import JSON
import Testing

@testable import Assessment

struct `Modules that lead to quizzes` {
    private func make(_ hall: Hall, _ tail: String, _ body: JSONValue) async throws -> Int {
        let answer = try await hall.ask(.post, "/api/v1/courses/\(hall.course)/modules\(tail)", body: body)
        try #require(answer.status == 200, "\(answer.json)")
        return try #require(answer.json["id"]?.int)
    }

    @Test func `are completed by handing in, and by the score that is posted`() async throws {
        let hall = try await Hall.open(students: 2)
        let quiz = try await hall.quiz()
        let question = try #require(quiz.questions.first)
        let first = try await make(hall, "", ["name": "First", "published": true])
        let handIn: JSONValue = [
            "type": "Quiz", "content_id": .int(quiz.quiz), "published": true,
            "completion_requirement": ["type": "must_submit"],
        ]
        _ = try await make(hall, "/\(first)/items", handIn)
        let second = try await make(
            hall, "", ["name": "Second", "published": true, "prerequisite_module_ids": [.int(first)]])
        let score: JSONValue = [
            "type": "Assignment", "content_id": .int(quiz.assignment), "published": true,
            "completion_requirement": ["type": "min_score", "min_score": 2],
        ]
        _ = try await make(hall, "/\(second)/items", score)
        func states(_ login: String) async throws -> [String?] {
            let listed = try await hall.ask(.get, "/api/v1/courses/\(hall.course)/modules", as: login)
            return listed.json.array?.map { $0["state"]?.string } ?? []
        }
        #expect(try await states("student0") == ["unlocked", "locked"])
        let run = try await hall.run(.prepared(quiz: quiz.quiz, question: question))
        _ = try await hall.record([
            hall.submission(2, by: hall.students[0], to: run),
            hall.submission(1, by: hall.students[1], to: run),
        ])
        #expect(try await states("student0") == ["completed", "unlocked"])
        try await hall.reveal(run, at: 1_100_000)
        #expect(try await states("student0") == ["completed", "completed"])
        #expect(try await states("student1") == ["completed", "unlocked"])
    }

    @Test func `show what the quiz is called and worth`() async throws {
        let hall = try await Hall.open(students: 1)
        let quiz = try await hall.quiz()
        let module = try await make(hall, "", ["name": "M", "published": true])
        let item: JSONValue = ["type": "Quiz", "content_id": .int(quiz.quiz), "published": true]
        _ = try await make(hall, "/\(module)/items", item)
        let path = "/api/v1/courses/\(hall.course)/modules/\(module)/items"
        let listed = try await hall.ask(.get, path, [("include[]", "content_details")], as: "student0")
        #expect(listed.json.array?.first?["title"] == "Quiz")
        #expect(listed.json.array?.first?["content_details"]?["points_possible"] == 2)
    }

    @Test func `lead to nothing of another course`() async throws {
        let (hall, other) = (try await Hall.open(students: 1), try await Hall.open(students: 1))
        let quiz = try await other.quiz()
        let module = try await make(hall, "", ["name": "M"])
        for kind: (String, Int64) in [("Quiz", quiz.quiz), ("Assignment", quiz.assignment)] {
            let refused = try await hall.ask(
                .post, "/api/v1/courses/\(hall.course)/modules/\(module)/items",
                body: ["type": .string(kind.0), "content_id": .int(kind.1)])
            #expect(refused.status == 400)
            #expect(refused.json["errors"]?.array?.first?["field"] == "content_id")
        }
    }
}
