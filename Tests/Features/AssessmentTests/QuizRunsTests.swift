import JSON
import Postgres
import Search
import Tenancy
import TestKit
import Testing
import WebServer

@testable import Assessment

struct `Quiz runs` {
    @Test func `open prepared questions one at a time`() async throws {
        let hall = try await Hall.open()
        let quiz = try await hall.quiz([Hall.capital, `A grader`.text])
        let first = try await hall.run(
            .prepared(quiz: quiz.quiz, question: quiz.questions[0]), seconds: 30, at: 5_000)
        #expect(first.number == 1)
        #expect(first.deadlineAt == 35_000)
        #expect(first.quizTitle == "Quiz")
        #expect(first.state == .open)
        await #expect(throws: QuizRuns.Refusal.alreadyOpen) { try await hall.run() }
        let closed = try await hall.close(first, at: 6_000)
        #expect(closed.state == .closed)
        await #expect(throws: QuizRuns.Refusal.alreadyClosed) { try await hall.close(first, at: 7_000) }
        let second = try await hall.run(.prepared(quiz: quiz.quiz, question: quiz.questions[1]), at: 8_000)
        #expect(second.number == 2)
        let runs = try await hall.runs()
        #expect(runs == [closed, second])
        let opened = RawJSON { $0.object { first.writeOpened(&$0) } }.text
        #expect(
            opened == """
                {"run":\(first.id),"number":1,"question":{"id":\(quiz.questions[0]),"type":"multiple_choice_question",\
                "text":"Capital of France?","points":2,"answers":[{"id":1,"text":"Lyon"},{"id":2,"text":"Paris"},\
                {"id":3,"text":"Nice"}]},"quiz":{"id":\(quiz.quiz),"title":"Quiz"},"seconds":30,"opened_at":5000,\
                "deadline_at":35000,"answer_change":"never"}
                """)
    }

    @Test func `collect typed questions in a quiz of the class`() async throws {
        let hall = try await Hall.open()
        let first = try await hall.run()
        try await hall.reveal(first, at: 2_000_000)
        let second = try await hall.run(.typed(`A grader`.number))
        #expect(first.quiz == second.quiz)
        #expect(first.quizTitle == "Live: Cells")
        #expect(second.quizTitle == "Live: Cells")
        #expect(first.question.id != second.question.id)
        #expect(
            try await hall.count("SELECT count(*) FROM quiz_questions WHERE quiz_id = \(first.quiz)") == 2)
        let points = try await hall.count(
            """
            SELECT points_possible::bigint FROM assignments a JOIN quizzes q ON q.assignment_id = a.id
            WHERE q.id = \(first.quiz)
            """)
        #expect(points == 3)
    }

    @Test func `do not find what is another's`() async throws {
        let hall = try await Hall.open()
        let other = try await Hall.open()
        let quiz = try await other.quiz()
        let source = QuizRuns.Opening.Source.prepared(quiz: quiz.quiz, question: quiz.questions[0])
        await #expect(throws: QuizRuns.Refusal.notFound) { try await hall.run(source) }
        let run = try await other.run(source)
        await #expect(throws: QuizRuns.Refusal.notFound) { try await hall.close(run, at: 1) }
        await #expect(throws: QuizRuns.Refusal.notFound) { try await hall.reveal(run, at: 1) }
        #expect(try await hall.tally(run) == nil)
    }

    @Test func `are opened once when two open at once`() async throws {
        let hall = try await Hall.open()
        let results = await withTaskGroup(of: String.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    do {
                        return try await hall.run().number == 1 ? "opened" : "other"
                    } catch {
                        return "\(error)"
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.sorted() == ["alreadyOpen", "alreadyOpen", "alreadyOpen", "opened"])
    }

    @Test func `post the sum over the quiz's questions, of each the newest run answered`() async throws {
        let hall = try await Hall.open(students: 3)
        let quiz = try await hall.quiz([Hall.capital, `A grader`.several])
        let (a, b, c) = (hall.students[0], hall.students[1], hall.students[2])
        let capital = QuizRuns.Opening.Source.prepared(quiz: quiz.quiz, question: quiz.questions[0])

        let first = try await hall.run(capital, at: 1_000_000)
        _ = try await hall.record([
            hall.submission(1, by: a, to: first), hall.submission(2, by: b, to: first),
        ])
        let one = try await hall.reveal(first, at: 1_100_000)
        #expect(one.cells == [.init(user: a, score: 0), .init(user: b, score: 2)])
        #expect(one.pointsPossible == 5)
        #expect((one.answered, one.expected, one.right) == (2, 3, 1))
        #expect(one.run.state == .revealed)
        #expect(one.run.closedAt == 1_100_000)
        await #expect(throws: QuizRuns.Refusal.alreadyRevealed) { try await hall.reveal(first, at: 1) }
        await #expect(throws: QuizRuns.Refusal.alreadyClosed) { try await hall.close(first, at: 1) }

        let second = try await hall.run(
            .prepared(quiz: quiz.quiz, question: quiz.questions[1]), at: 2_000_000)
        _ = try await hall.record([
            hall.submission([1, 2], by: a, to: second), hall.submission([1, 2, 3], by: b, to: second),
        ])
        #expect(try await hall.count("SELECT sum(score)::bigint FROM grade_cells WHERE user_id = \(a)") == 0)
        let two = try await hall.reveal(second, at: 2_100_000)
        #expect(two.cells == [.init(user: a, score: 2), .init(user: b, score: 5)])
        #expect(two.distribution.entries.map(\.count) == [2, 2, 1, 0, 0])

        // Asked again: who answers again gets the new score, who does not keeps the old one.
        let third = try await hall.run(capital, at: 3_000_000)
        _ = try await hall.record([
            hall.submission(2, by: a, to: third), hall.submission(2, by: c, to: third),
        ])
        let three = try await hall.reveal(third, at: 3_100_000)
        #expect(three.cells == [.init(user: a, score: 4), .init(user: c, score: 2)])
        #expect(try await hall.count("SELECT sum(score)::bigint FROM grade_cells WHERE user_id = \(b)") == 5)
        let written = RawJSON { $0.object { three.write(&$0) } }
        #expect(
            written.text == """
                {"run":\(third.id),"correct":[2],"distribution":[{"answer":1,"text":"Lyon","count":0},\
                {"answer":2,"text":"Paris","count":2},{"answer":3,"text":"Nice","count":0}],"answered":2,"expected":3,\
                "right":2}
                """)
        let runs = try await hall.runs()
        let kept = try #require(runs.last?.results)
        #expect(try JSONReader.read(kept) == JSONReader.read(written))
        let own = try await hall.ownAnswers(of: a)
        #expect(own.map(\.score) == [0, 2, 2])
        #expect(own.map(\.answer.text) == ["1", "[1, 2]", "2"])
    }

    @Test func `lose no score when two are revealed at once`() async throws {
        let hall = try await Hall.open(students: 20)
        let quiz = try await hall.quiz([Hall.capital, Hall.capital, Hall.capital])
        var runs: [QuizRun] = []
        for question in quiz.questions {
            let run = try await hall.run(.prepared(quiz: quiz.quiz, question: question))
            _ = try await hall.record(hall.students.map { hall.submission(2, by: $0, to: run) })
            runs.append(try await hall.close(run, at: 1_500_000))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for run in runs { group.addTask { try await hall.reveal(run, at: 1_600_000) } }
            try await group.waitForAll()
        }
        let total = try await hall.count(
            "SELECT sum(score)::bigint FROM grade_cells WHERE institution_id = \(hall.institution)")
        #expect(total == 20 * 6)
    }

    @Test func `are closed at the end of the class`() async throws {
        let hall = try await Hall.open()
        let run = try await hall.run()
        #expect(try await hall.closeAll() == [run.id])
        #expect(try await hall.closeAll() == [])
    }

    @Test func `tell who is missing, by name`() async throws {
        let hall = try await Hall.open(students: 205)
        let run = try await hall.run(.typed(`A grader`.text))
        _ = try await hall.record([
            hall.submission("New York", by: hall.students[0], to: run),
            hall.submission("new  york", by: hall.students[1], to: run),
            hall.submission("Berlin", by: hall.students[2], to: run),
        ])
        let tally = try #require(try await hall.tally(run))
        #expect((tally.answered, tally.expected, tally.right) == (3, 205, 2))
        #expect(tally.missingCount == 202)
        #expect(tally.missing.count == RunTally.mostNames)
        #expect(tally.missing.map(\.name) == tally.missing.map(\.name).sorted())
        #expect(tally.distribution.entries.map(\.count) == [2, 1])
        let written = RawJSON { $0.object { tally.write(&$0) } }.text
        #expect(written.hasPrefix(#"{"run":\#(run.id),"answered":3,"expected":205,"counts":[{"answer":"#))
    }

    @Test func `count what was chosen among several, and polls without a right answer`() async throws {
        let hall = try await Hall.open(students: 4)
        let run = try await hall.run(.typed(`A grader`.several))
        _ = try await hall.record([
            hall.submission([1, 2], by: hall.students[0], to: run),
            hall.submission([], by: hall.students[1], to: run),
            hall.submission([2, 5], by: hall.students[2], to: run),
        ])
        let tally = try #require(try await hall.tally(run))
        #expect(tally.distribution.entries.map(\.count) == [1, 2, 0, 0, 1])
        #expect(tally.answered == 3)
        try await hall.close(run, at: 1_000_500)
        let poll = Question(
            text: "Ready?", points: 5,
            form: .trueFalse([
                .init(id: 1, text: "Yes", isRight: false), .init(id: 2, text: "No", isRight: false),
            ]))
        let second = try await hall.run(.typed(poll))
        _ = try await hall.record(hall.students.map { hall.submission(1, by: $0, to: second) })
        let summary = try await hall.reveal(second, at: 1_001_000)
        #expect((summary.answered, summary.right) == (4, 0))
        #expect(summary.cells.allSatisfy { $0.score == 0 })
        #expect(summary.pointsPossible == 3)
    }
}

struct `Schema of assessment` {
    @Test func `has no table outside of the rule`() async throws {
        let hall = try await Hall.open()
        let findings = try await hall.loop.perform {
            let pool = PostgresPool(
                loop: hall.loop, configuration: hall.deployment.database.owner, size: 1, waiters: 10)
            defer { pool.close() }
            return try await SchemaReview.findings(
                pool,
                definerFunctions: TenancyExceptions.definerFunctions.merging(
                    SearchMigrations.definerFunctions
                ) {
                    own, _ in own
                })
        }
        #expect(findings == [])
    }
}
