import HTTPTypes
import JSON
import Testing
import WebServer

@testable import Assessment

struct `The gradebook` {
    private static func submissions(
        _ hall: Hall, _ query: [(String, String)] = [("student_ids[]", "all")], as login: String
    ) async throws -> WebAnswer {
        try await hall.ask(.get, "/api/v1/courses/\(hall.course)/students/submissions", query, as: login)
    }

    @Test func `shows staff all, students their own, observers their children's`() async throws {
        let hall = try await Hall.open()
        let run = try await hall.run()
        _ = try await hall.record([
            hall.submission(2, by: hall.students[0], to: run),
            hall.submission(1, by: hall.students[1], to: run),
        ])
        let before = try await Self.submissions(hall, as: "teacher").json.array ?? []
        #expect(before.map { $0["workflow_state"]?.string } == ["submitted", "submitted", "unsubmitted"])
        #expect(before.allSatisfy { $0["score"] == .null })
        try await hall.reveal(run, at: 1_100_000)
        let after = try await Self.submissions(hall, as: "teacher").json.array ?? []
        #expect(after.map { $0["workflow_state"]?.string } == ["graded", "graded", "unsubmitted"])
        #expect(after.map { $0["score"] } == [2, 0, .null])
        #expect(after.map { $0["grade"] } == ["2", "0", .null])
        #expect(after.first?["submitted_at"] == "1970-01-01T00:16:40Z")
        #expect(after.first?["graded_at"] == "1970-01-01T00:18:20Z")

        let own = try await Self.submissions(hall, as: "student1").json.array ?? []
        #expect(own.map { $0["user_id"]?.int } == [Int(hall.students[1])])
        let curious = try await Self.submissions(
            hall, [("student_ids[]", "\(hall.students[0])")], as: "student1")
        #expect(curious.status == 403)

        #expect(try await Self.submissions(hall, as: "parent").json == [])
        let parent = try #require(hall.people["parent"]).user
        try await hall.link(parent: parent, to: hall.students[0])
        let childs = try await Self.submissions(hall, as: "parent").json.array ?? []
        #expect(childs.map { $0["user_id"]?.int } == [Int(hall.students[0])])
        #expect(childs.first?["score"] == 2)
    }

    @Test func `shows what was answered when it is asked to`() async throws {
        let hall = try await Hall.open(students: 1)
        let run = try await hall.run(.typed(`A grader`.several), change: .untilClose)
        _ = try await hall.record(hall.submission([4], by: hall.students[0], to: run))
        _ = try await hall.record(hall.submission([1, 2], by: hall.students[0], to: run, sequence: 1))
        let query = [("student_ids[]", "all"), ("include[]", "answers")]
        let before = try await Self.submissions(hall, query, as: "student0").json.array?.first?["answers"]?
            .array
        #expect(before?.count == 1)
        #expect(before?.first?["answer"] == [1, 2])
        #expect(before?.first?["answer_text"] == ["a", "b"])
        #expect(before?.first?["score"] == nil)
        try await hall.reveal(run, at: 1_100_000)
        let after = try await Self.submissions(hall, query, as: "student0").json.array?.first?["answers"]?
            .array
        #expect(
            after?.first == [
                "question_id": .int(run.question.id), "run_id": .int(run.id),
                "question_type": "multiple_answers_question", "question_text": "Q", "answer": [1, 2],
                "answer_text": ["a", "b"], "received_at": "1970-01-01T00:16:40Z", "points_possible": 3,
                "score": 2,
                "correct": false,
            ])
    }

    @Test func `shows one submission by assignment and user`() async throws {
        let hall = try await Hall.open()
        let quiz = try await hall.quiz()
        let base = "/api/v1/courses/\(hall.course)/assignments/\(quiz.assignment)/submissions"
        for (login, user, status) in [
            ("teacher", "\(hall.students[0])", 200), ("teacher", "99999999", 404),
            ("teacher", "\(hall.people["stranger"]?.user ?? 0)", 404), ("student0", "self", 200),
            ("student0", "\(hall.students[0])", 200), ("student0", "\(hall.students[1])", 403),
        ] {
            let answer = try await hall.ask(.get, "\(base)/\(user)", as: login)
            #expect(answer.status == status, "\(login) \(user)")
        }
        let unknown = "/api/v1/courses/\(hall.course)/assignments/99999999/submissions/self"
        #expect(try await hall.ask(.get, unknown, as: "student0").status == 404)
        let own = try await hall.ask(.get, "\(base)/self", [("include[]", "answers")], as: "student0")
        #expect(own.json["workflow_state"] == "unsubmitted")
        #expect(own.json["answers"] == [])
    }

    @Test func `comes in pages of whole students`() async throws {
        let hall = try await Hall.open(students: 5)
        _ = try await hall.quiz()
        _ = try await hall.quiz()
        var seen: [Int] = []
        var after = 0
        while let page = try await Self.submissions(
            hall, [("per_page", "2")] + (after > 0 ? [("page", "after:\(after)")] : []), as: "teacher"
        ).json.array, !page.isEmpty {
            let users = page.compactMap { $0["user_id"]?.int }
            seen += users
            after = users.last ?? 0
        }
        #expect(seen == hall.students.flatMap { [Int($0), Int($0)] })
    }

    @Test func `refuses filters that are no ids`() async throws {
        let hall = try await Hall.open()
        let answer = try await Self.submissions(hall, [("assignment_ids[]", "x")], as: "teacher")
        #expect(answer.status == 400)
        #expect(answer.json["errors"]?.array?.first?["field"] == "assignment_ids[]")
    }
}
