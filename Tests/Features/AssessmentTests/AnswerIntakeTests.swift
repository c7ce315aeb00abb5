import EventLoop
import JSON
import Postgres
import Synchronization
import Telemetry
import TestKit
import Testing
import WebServer

@testable import Assessment

struct `The answer intake` {
    @Test func `counts an answer once that is sent fifty times at once`() async throws {
        let hall = try await Hall.open()
        let run = try await hall.run()
        let key = PostgresUUID.random()
        let outcomes = try await hall.record(
            (0..<50).map { hall.submission(2, by: hall.students[0], to: run, key: key, at: 1_000_001 + $0) })
        #expect(outcomes.count { $0.name == "recorded" } == 1)
        #expect(outcomes.count { $0.name == "duplicate" } == 49)
        #expect(try await hall.answers(to: run) == 1)
        let receipts = Set(outcomes.map(\.receipt))
        #expect(receipts.count == 1)
        #expect(hall.heard.withLock { $0.count { $0.isNew } } == 1)
    }

    @Test func `counts one of fifty answers that come under different keys`() async throws {
        let hall = try await Hall.open()
        let run = try await hall.run()
        let outcomes = try await hall.record(
            (0..<50).map { hall.submission(.int($0 % 3 + 1), by: hall.students[0], to: run) })
        #expect(outcomes.count { $0.name == "recorded" } == 1)
        #expect(outcomes.count { $0.name == "duplicate" } == 49)
        #expect(Set(outcomes.map(\.receipt)).count == 1)
        #expect(Set(outcomes.compactMap(\.answer)).count == 1)
        #expect(try await hall.answers(to: run) == 1)
    }

    @Test func `gives a second tab the first result`() async throws {
        let hall = try await Hall.open()
        let run = try await hall.run()
        let first = try await hall.record(hall.submission(1, by: hall.students[0], to: run, at: 1_000_010))
        #expect(first.name == "recorded")
        try await hall.close(run, at: 1_000_020)
        let second = try await hall.record(hall.submission(2, by: hall.students[0], to: run, at: 1_900_000))
        guard case .duplicate(let receipt, let answer) = second else {
            Issue.record("\(second)")
            return
        }
        #expect(receipt == first.receipt)
        #expect(receipt.at == 1_000_010)
        #expect(answer.text == "1")
    }

    @Test func `records a burst of a thousand students in few transactions`() async throws {
        let hall = try await Hall.open(students: 1000)
        let run = try await hall.run()
        let outcomes = try await hall.record(
            hall.students.map { hall.submission(.int(Int($0 % 3) + 1), by: $0, to: run) })
        #expect(outcomes.allSatisfy { $0.name == "recorded" })
        #expect(outcomes.count == 1000)
        #expect(try await hall.answers(to: run) == 1000)
        let batches = hall.metrics.counter("cohort_answer_batches_total", "").value
        #expect(batches <= 4)
        #expect(hall.heard.withLock { $0.count } == 1000)
        let tally = try #require(try await hall.tally(run))
        #expect(tally.answered == 1000)
        #expect(tally.missingCount == 0)
    }

    @Test func `counts once what several nodes are sent at once, in whatever order`() async throws {
        let hall = try await Hall.open(students: 200)
        let run = try await hall.run()
        let submissions = hall.students.map { hall.submission(2, by: $0, to: run) }
        let others = try await (0..<3).asyncMap { _ in try await hall.node() }
        async let first = hall.record(submissions)
        async let second = hall.record(Array(submissions.reversed()), on: others[0])
        async let third = hall.record(submissions.shuffled(), on: others[1])
        // Other keys for the same run, as from a second tab on another node.
        async let fourth = hall.record(
            hall.students.map { hall.submission(1, by: $0, to: run) }, on: others[2])
        let names = try await (first + second + third + fourth).map(\.name)
        #expect(names.count { $0 == "recorded" } == 200)
        #expect(names.count { $0 == "duplicate" } == 600)
        #expect(try await hall.answers(to: run) == 200)
    }

    @Test(arguments: [
        ("", 0xCBF2_9CE4_8422_2325), ("a", 0xAF63_DC4C_8601_EC8C), ("foobar", 0x8594_4171_F739_67E8),
    ])
    func `digests by the published algorithm`(text: String, value: UInt64) {
        var digest = AnswerDigest()
        digest.combine(Array(text.utf8))
        #expect(digest.value == Int64(bitPattern: value))
    }

    @Test func `tells a used key from a repeated request`() async throws {
        let hall = try await Hall.open()
        let run = try await hall.run()
        let key = PostgresUUID.random()
        let outcomes = try await hall.record([
            hall.submission(1, by: hall.students[0], to: run, key: key),
            hall.submission(2, by: hall.students[0], to: run, key: key),
        ])
        #expect(outcomes.map(\.name).sorted() == ["key_reused", "recorded"])
        let stored = try #require(outcomes.firstIndex { $0.name == "recorded" })
        for (answer, name) in [(1, stored == 0), (2, stored == 1)] {
            let again = try await hall.record(
                hall.submission(.int(answer), by: hall.students[0], to: run, key: key))
            #expect(again.name == (name ? "duplicate" : "key_reused"))
        }
        // A key is one user's: another may have the same.
        let other = try await hall.record(hall.submission(2, by: hall.students[1], to: run, key: key))
        #expect(other.name == "recorded")
        // No answer at all under a used key is not the same request either.
        let bad = try await hall.record(hall.submission("x", by: hall.students[0], to: run, key: key))
        #expect(bad.name == "key_reused")
    }

    @Test func `lets an answer be changed until the run is closed`() async throws {
        let hall = try await Hall.open()
        let run = try await hall.run(change: .untilClose)
        let user = hall.students[0]
        for (sequence, answer, name) in [
            (0, 1, "recorded"), (1, 3, "recorded"), (1, 2, "duplicate"), (0, 2, "duplicate"),
            (5, 2, "recorded"),
            (4, 1, "duplicate"),
        ] {
            let outcome = try await hall.record(
                hall.submission(.int(answer), by: user, to: run, sequence: Int64(sequence)))
            #expect(outcome.name == name, "\(sequence)")
        }
        let both = try await hall.record([
            hall.submission(3, by: user, to: run, sequence: 7),
            hall.submission(1, by: user, to: run, sequence: 6),
        ])
        #expect(both.map(\.name) == ["recorded", "recorded"])
        try await hall.close(run, at: 1_000_100)
        let late = try await hall.record(hall.submission(2, by: user, to: run, sequence: 9, at: 1_002_101))
        #expect(late.name == "closed")
        let summary = try await hall.reveal(run, at: 1_003_000)
        #expect(summary.distribution.entries.map(\.count) == [0, 0, 1])
        #expect(summary.cells.map(\.score) == [0])
    }

    @Test func `takes no change where none is allowed`() async throws {
        let hall = try await Hall.open()
        let run = try await hall.run()
        let outcome = try await hall.record(hall.submission(2, by: hall.students[0], to: run, sequence: 1))
        #expect(outcome.name == "attempts_used")
        #expect(try await hall.answers(to: run) == 0)
    }

    static let times: [(closedAt: Int64?, seconds: Int64?, at: Int64, name: String)] = [
        (nil, nil, 9_000_000, "recorded"), (1_010_000, nil, 1_012_000, "recorded"),
        (1_010_000, nil, 1_012_001, "closed"), (nil, 10, 1_012_000, "recorded"),
        (nil, 10, 1_012_001, "closed"),
        (1_020_000, 10, 1_012_001, "closed"), (1_005_000, 10, 1_007_001, "closed"),
    ]

    @Test(arguments: times)
    func `judges by the time when the answer was read, with two seconds of grace`(
        closedAt: Int64?, seconds: Int64?, at: Int64, name: String
    ) async throws {
        let hall = try await Hall.open(students: 1)
        let run = try await hall.run(seconds: seconds)
        if let closedAt { try await hall.close(run, at: closedAt) }
        let outcome = try await hall.record(hall.submission(2, by: hall.students[0], to: run, at: at))
        #expect(outcome.name == name)
    }

    @Test func `gives no grace once the results are revealed`() async throws {
        let hall = try await Hall.open()
        let run = try await hall.run()
        try await hall.reveal(run, at: 1_010_000)
        let outcome = try await hall.record(hall.submission(2, by: hall.students[0], to: run, at: 1_009_000))
        #expect(outcome.name == "closed")
        guard case .refused(_, let at) = outcome else { return }
        #expect(at > 1_700_000_000_000)
    }

    @Test func `is never overtaken by a reveal: what is recorded is in the results`() async throws {
        for _ in 0..<5 {
            let hall = try await Hall.open(students: 60)
            let run = try await hall.run()
            async let summary = hall.reveal(run, at: 1_010_000)
            var names: [String] = []
            for chunk in 0..<6 {
                let users = hall.students[(chunk * 10)..<(chunk * 10 + 10)]
                names += try await hall.record(users.map { hall.submission(2, by: $0, to: run) }).map(\.name)
            }
            let recorded = names.count { $0 == "recorded" }
            #expect(recorded + names.count { $0 == "closed" } == 60)
            let answered = try await summary.answered
            #expect(answered == recorded)
            #expect(try await hall.answers(to: run) == Int64(recorded))
        }
    }

    @Test func `refuses each wrong answer alone, and says why`() async throws {
        let hall = try await Hall.open(students: 4)
        let other = try await Hall.open()
        let run = try await hall.run()
        let foreign = try await other.run()
        let student = hall.students
        let stranger = try #require(hall.people["stranger"]).user
        let teacher = try #require(hall.people["teacher"]).user
        let unknown = AnswerSubmission(
            institution: hall.institution, liveClass: hall.liveClass, user: student[1], run: 999_999,
            question: 1,
            key: .random(), answer: 2, receivedAt: 1_000_001)
        let otherClass = AnswerSubmission(
            institution: hall.institution, liveClass: 1, user: student[1], run: run.id,
            question: run.question.id,
            key: .random(), answer: 2, receivedAt: 1_000_001)
        let otherQuestion = AnswerSubmission(
            institution: hall.institution, liveClass: hall.liveClass, user: student[2], run: run.id,
            question: 77,
            key: .random(), answer: 2, receivedAt: 1_000_001)
        let crossing = AnswerSubmission(
            institution: hall.institution, liveClass: foreign.liveClass, user: student[1], run: foreign.id,
            question: foreign.question.id, key: .random(), answer: 2, receivedAt: 1_000_001)
        let outcomes = try await hall.record([
            hall.submission(2, by: student[0], to: run), hall.submission(8, by: student[1], to: run),
            hall.submission(2, by: stranger, to: run), hall.submission(2, by: teacher, to: run), unknown,
            otherClass,
            otherQuestion, crossing, other.submission(2, by: other.students[0], to: foreign),
            other.submission(2, by: student[0], to: foreign),
            hall.submission("Paris", by: student[3], to: run),
        ])
        #expect(
            outcomes.map(\.name) == [
                "recorded", "bad_answer", "not_enrolled", "not_enrolled", "not_open", "not_open",
                "bad_answer",
                "not_open", "recorded", "not_enrolled", "bad_answer",
            ])
        #expect(try await hall.answers(to: run) == 1)
        #expect(try await hall.answers(to: foreign) == 1)
        // A refusal leaves no trace: the same key may be used for a better answer.
        let better = try await hall.record(hall.submission(2, by: student[1], to: run))
        #expect(better.name == "recorded")
    }

    @Test func `records the others when one row fails the whole statement`() async throws {
        let hall = try await Hall.open(students: 40, isAlone: true)
        let run = try await hall.run()
        let broken = hall.students[17]
        _ = try await hall.loop.perform {
            try await hall.deployment.database.asSuperuser(
                "ALTER TABLE quiz_answers ADD CHECK (user_id <> \(broken))", on: hall.loop)
        }
        let outcomes = try await hall.record(hall.students.map { hall.submission(2, by: $0, to: run) })
        #expect(outcomes.count { $0.name == "recorded" } == 39)
        #expect(outcomes[17].name == "unavailable")
        #expect(try await hall.answers(to: run) == 39)
    }

    @Test func `counts once when the connection is lost and the outcome is unknown`() async throws {
        let hall = try await Hall.open(students: 50, isAlone: true)
        let run = try await hall.run()
        #expect(try await hall.record(hall.submission(2, by: hall.students[49], to: run)).name == "recorded")
        // The insert waits for this lock; its connection is killed while it waits.
        let keys = hall.students.map { _ in PostgresUUID.random() }
        let submissions = zip(hall.students, keys).dropLast().map {
            hall.submission(2, by: $0, to: run, key: $1)
        }
        let locker = try await hall.loop.perform {
            let session = try await PostgresSession.open(
                loop: hall.loop, configuration: hall.deployment.database.superuser)
            _ = try await session.run("BEGIN; LOCK quiz_answers IN EXCLUSIVE MODE")
            return LoopBound(session, loop: hall.loop)
        }
        async let outcomes = hall.record(submissions)
        try await hall.loop.perform {
            let session = locker.value
            var killed: Int64 = 0
            let limit = hall.loop.now + .seconds(20)
            while killed == 0, hall.loop.now < limit {
                killed = try await session.run(
                    """
                    SELECT pg_stat_clear_snapshot();
                    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%quiz_answers%'
                    """)[1][0].int(0)
            }
            #expect(killed == 1)
            _ = try await session.run("COMMIT")
            session.close()
        }
        #expect(try await outcomes.allSatisfy { $0.name == "recorded" })
        let again = try await hall.record(submissions)
        #expect(again.allSatisfy { $0.name == "duplicate" })
        #expect(try await hall.answers(to: run) == 50)
    }

    @Test func `takes what an earlier try has committed for recorded`() async throws {
        let hall = try await Hall.open(students: 1)
        let run = try await hall.run()
        let submission = hall.submission(2, by: hall.students[0], to: run)
        #expect(try await hall.record(submission).name == "recorded")
        let verdicts = try await hall.onLoop { pool in
            let reply = LoopBound<(AnswerOutcome) -> Void>({ _ in }, loop: pool.loop)
            let batch = AnswerBatch([GradedAnswer(submission, question: run.question, reply: reply)])
            let results = try await pool.run(batch.transaction)
            return try [true, false].map { isRepeated in
                try batch.verdicts(results, isRepeated: isRepeated, now: 5)[0].outcome.name
            }
        }
        #expect(verdicts == ["recorded", "duplicate"])
    }

    @Test func `turns away what does not fit its backlog`() async throws {
        let hall = try await Hall.open(students: 20, backlog: 5)
        let run = try await hall.run()
        let outcomes = try await hall.record(hall.students.map { hall.submission(2, by: $0, to: run) })
        #expect(outcomes.count { $0.name == "recorded" } == 5)
        #expect(outcomes.count { $0.name == "unavailable" } == 15)
        #expect(outcomes.last?.result == nil)
    }

    @Test func `says when everything handed in has its outcome`() async throws {
        let hall = try await Hall.open()
        let run = try await hall.run()
        let (intake, loop) = (hall.intake, hall.loop)
        let submission = hall.submission(2, by: hall.students[0], to: run)
        let order: [String] = await withCheckedContinuation { continuation in
            loop.execute {
                var order: [String] = []
                intake.record(submission, loop: loop) { order.append($0.name) }
                intake.drained(loop: loop) { continuation.resume(returning: order + ["drained"]) }
            }
        }
        #expect(order == ["recorded", "drained"])
    }

    @Test func `writes its results as the protocol has them`() {
        let receipt = AnswerOutcome.Receipt(id: 5, run: 7, sequence: 0, at: 99)
        #expect(
            AnswerOutcome.recorded(receipt).result?.text
                == #"{"status":"recorded","id":5,"at":99,"run":7,"sequence":0}"#)
        #expect(
            AnswerOutcome.duplicate(receipt, answer: RawJSON([1, 2])).result?.text
                == #"{"status":"duplicate","id":5,"at":99,"run":7,"sequence":0,"answer":[1,2]}"#)
        #expect(
            AnswerOutcome.refused(.closed, at: 3).result?.text
                == #"{"status":"refused","reason":"closed","at":3}"#)
    }
}

extension AnswerOutcome {
    var receipt: Receipt? {
        switch self {
        case .recorded(let receipt), .duplicate(let receipt, _): receipt
        case .refused, .unavailable: nil
        }
    }

    var answer: RawJSON? {
        if case .duplicate(_, let answer) = self { answer } else { nil }
    }
}

extension Sequence {
    func asyncMap<Value>(_ body: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await body(element)) }
        return values
    }
}
