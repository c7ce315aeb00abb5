import Courses
import HTTPTypes
import JSON
import Postgres
import Tenancy
import Testing
import WebServer

@testable import Assessment

struct `Routes of quizzes` {
    static let question: JSONValue = [
        "question_type": "multiple_choice_question", "question_text": "Capital?", "points_possible": 2,
        "answers": [["text": "Paris", "weight": 100], ["text": "Nice", "weight": 0]],
    ]

    @Test func `make, show and change quizzes and questions`() async throws {
        let hall = try await Hall.open()
        let base = "/api/v1/courses/\(hall.course)/quizzes"
        let made = try await hall.ask(.post, base, body: ["title": "Rivers"])
        #expect(made.status == 201)
        let quiz = try #require(made.json["id"]?.int)
        let questions = "\(base)/\(quiz)/questions"
        let added = try await hall.ask(.post, questions, body: Self.question)
        #expect(added.status == 201)
        let id = try #require(added.json["id"]?.int)
        #expect(added.json["position"] == 1)
        #expect(added.json["answers"]?.array?.compactMap { $0["id"]?.int } == [1, 2])
        let wrapped = try await hall.ask(.post, questions, body: ["question": Self.question])
        #expect(wrapped.json["position"] == 2)
        let changed = try await hall.ask(
            .put, "\(questions)/\(id)", body: ["question_text": "Capital of France?", "points_possible": 3])
        #expect(changed.status == 200)
        #expect(changed.json["question_text"] == "Capital of France?")
        #expect(changed.json["answers"] == added.json["answers"])
        #expect(try await hall.ask(.get, "\(questions)/\(id)").json == changed.json)
        let listed = try await hall.ask(.get, questions)
        #expect(listed.ids.count == 2)
        let shown = try await hall.ask(.get, "\(base)/\(quiz)")
        #expect(shown.json["points_possible"] == 5)
        #expect(shown.json["question_count"] == 2)
        #expect(try await hall.ask(.delete, "\(questions)/\(id)").status == 204)
        #expect(try await hall.ask(.delete, "\(questions)/\(id)").status == 404)
        #expect(try await hall.ask(.get, base).json.array?.first?["points_possible"] == 2)
        let assignments = try await hall.ask(
            .get, "/api/v1/courses/\(hall.course)/assignments", as: "student0")
        #expect(assignments.json.array?.first?["quiz_id"]?.int == quiz)
        #expect(assignments.json.array?.first?["name"] == "Rivers")
    }

    @Test func `name the field that is wrong`() async throws {
        let hall = try await Hall.open()
        let quiz = try await hall.quiz()
        let base = "/api/v1/courses/\(hall.course)/quizzes"
        let questions = "\(base)/\(quiz.quiz)/questions"
        let table: [(HTTPRequest.Method, String, JSONValue, String)] = [
            (.post, base, [:], "title"), (.post, base, ["title": ""], "title"),
            (.post, base, ["title": .string(String(repeating: "x", count: 256))], "title"),
            (.post, questions, ["question_text": "Q"], "question_type"),
            (
                .post, questions,
                [
                    "question_type": "multiple_choice_question", "question_text": "Q",
                    "answers": [["text": "a"], 5],
                ],
                "answers[1]"
            ),
            (.put, "\(questions)/\(quiz.questions[0])", ["points_possible": "many"], "points_possible"),
        ]
        for (method, path, body, field) in table {
            let answer = try await hall.ask(method, path, body: body)
            #expect(answer.status == 400, "\(field)")
            #expect(answer.json["errors"]?.array?.first?["field"]?.string == field)
        }
    }

    @Test func `keep a question that was asked`() async throws {
        let hall = try await Hall.open()
        let quiz = try await hall.quiz()
        _ = try await hall.run(.prepared(quiz: quiz.quiz, question: quiz.questions[0]))
        let answer = try await hall.ask(
            .delete, "/api/v1/courses/\(hall.course)/quizzes/\(quiz.quiz)/questions/\(quiz.questions[0])")
        #expect(answer.status == 409)
        #expect(answer.json["code"] == "question_in_use")
    }

    @Test func `let pass whom the table of permissions names, and nobody else`() async throws {
        let hall = try await Hall.open()
        let other = try await Hall.open()
        let quiz = try await hall.quiz()
        let run = try await hall.run()
        // Those about users stand by the user's own rule, which the surface's tests have.
        for route in AssessmentRoutes.all(classes: hall) where !route.pattern.hasPrefix("/api/v1/users/") {
            let way = "\(route.method.rawValue) \(route.pattern)"
            let method = route.method
            let path = route.pattern.replacing("/questions/:id", with: "/questions/\(quiz.questions[0])")
                .replacing("/quizzes/:id", with: "/quizzes/\(quiz.quiz)")
                .replacing("/quiz_runs/:id", with: "/quiz_runs/\(run.id)")
                .replacing(":course_id", with: "\(hall.course)")
                .replacing(":quiz_id", with: "\(quiz.quiz)")
                .replacing(":assignment_id", with: "\(quiz.assignment)")
                .replacing(":live_class_id", with: "\(hall.liveClass)")
                .replacing(":user_id", with: "self")
            let body: JSONValue? = method == .get || method == .delete ? nil : [:]
            let roles = Permissions.courseRoles(way)
            for (login, isAllowed) in [
                ("student0", roles.contains(.student)), ("parent", roles.contains(.observer)),
                ("stranger", false),
            ] {
                let answer = try await hall.ask(method, path, body: body, as: login)
                let isSelfless = path.hasSuffix("/self") && login == "parent"
                #expect((answer.status != 403) == (isAllowed && !isSelfless), "\(way) \(login)")
            }
            let crossing = try await hall.ask(method, path, body: body, as: "teacher", from: other)
            #expect(crossing.status == 404, "\(way)")
            let unknown = path.replacing("/\(hall.course)/", with: "/99999999/")
                .replacing("/\(hall.liveClass)/", with: "/99999999/")
            #expect(
                try await hall.ask(method, unknown, body: body).json == crossing.json, "\(way)")
        }
    }
}

struct `The route of answers` {
    private static let key = "123e4567-e89b-12d3-a456-426614174000"

    @Test func `gives the results of the live protocol`() async throws {
        let hall = try await Hall.open()
        let run = try await hall.run()
        let path = "/api/v1/live_classes/\(hall.liveClass)/quiz_runs/\(run.id)/answers"
        let body: JSONValue = ["key": .string(Self.key), "question": .int(run.question.id), "answer": 2]
        let first = try await hall.ask(.post, path, body: body, as: "student0")
        #expect(first.status == 201)
        #expect(first.json["status"] == "recorded")
        #expect(first.json["at"] == 1_000_500)
        let name = try #require(HTTPField.Name("Idempotency-Key"))
        let again = try await hall.ask(
            .post, path, body: ["question": .int(run.question.id), "answer": 2], headers: [name: Self.key],
            as: "student0")
        #expect(again.status == 200)
        #expect(again.json["status"] == "duplicate")
        #expect(again.json["id"] == first.json["id"])
        #expect(again.json["answer"] == 2)
        let other = try await hall.ask(
            .post, path,
            body: ["key": .string(Self.key), "question": .int(run.question.id), "answer": 1], as: "student0")
        #expect(other.status == 422)
        #expect(other.json["reason"] == "key_reused")
        let staff = try await hall.ask(.post, path, body: body)
        #expect(staff.status == 409)
        #expect(staff.json["reason"] == "not_enrolled")
        for (bad, field) in [
            (["key": "x", "question": 1, "answer": 2], "key"), (["question": 1, "answer": 2], "key"),
            (["key": .string(Self.key), "answer": 2], "question"),
            (["key": .string(Self.key), "question": 1], "answer"),
            (["key": .string(Self.key), "question": 1, "answer": 1, "sequence": -1], "sequence"),
        ] as [(JSONValue, String)] {
            let answer = try await hall.ask(.post, path, body: bad, as: "student0")
            #expect(answer.status == 400, "\(field)")
            #expect(answer.json["errors"]?.array?.first?["field"]?.string == field)
        }
    }

    @Test func `shows runs as each may see them`() async throws {
        let hall = try await Hall.open()
        let run = try await hall.run(seconds: 60)
        _ = try await hall.record(hall.submission(2, by: hall.students[0], to: run))
        let path = "/api/v1/live_classes/\(hall.liveClass)/quiz_runs"
        let staff = try await hall.ask(.get, path)
        let staffRun = try #require(staff.json.array?.first)
        #expect(staffRun["answered"] == 1)
        #expect(staffRun["expected"] == 3)
        #expect(staffRun["workflow_state"] == "open")
        #expect(staffRun["opened_at"] == "1970-01-01T00:16:40Z")
        #expect(staffRun["my_answer"] == nil)
        let own = try #require(try await hall.ask(.get, path, as: "student0").json.array?.first)
        #expect(own["answered"] == nil)
        #expect(own["my_answer"]?["answer"] == 2)
        #expect(own["my_answer"]?["score"] == nil)
        try await hall.reveal(run, at: 1_100_000)
        let revealed = try #require(try await hall.ask(.get, path, as: "student0").json.array?.first)
        #expect(revealed["workflow_state"] == "revealed")
        #expect(revealed["my_answer"]?["score"] == 2)
        #expect(revealed["answered"] == 1)
        #expect(revealed["results"]?["correct"] == [2])
    }
}
