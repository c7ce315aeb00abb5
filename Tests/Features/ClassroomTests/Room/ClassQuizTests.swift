import JSON
import Testing

@testable import Classroom

/// Questions in class, from opening to the grade.
@Suite(.timeLimit(.minutes(5)))
struct `A live quiz` {
    private static let question =
        #""question":{"type":"multiple_choice_question","text":"2+2?","points":2,"answers":[{"text":"4","weight":100},{"text":"5","weight":0}]}"#

    @Test func `goes from the question to the grade`() async throws {
        let lecture = try await Lecture.open()
        let staff = try lecture.listen(.staff)
        let personal = try lecture.listen(.personal, of: lecture.user("s0"))
        let everybody = try lecture.listen(.quiz)
        _ = await lecture.refusal("teacher", "staff:\(lecture.id)")
        lecture.join("teacher", .staff)
        let key = Lecture.key()
        let opened = await lecture.call("teacher", .open, Self.question, key: key)
        let run = try #require(opened["run"]?.int)
        let again = await lecture.call("teacher", .open, Self.question, key: key)
        #expect(again["status"] == "duplicate" && again["run"]?.int == run)
        #expect(await lecture.reason("teacher", .open, Self.question) == "already_open")
        let event = await everybody.first("quiz.opened")
        #expect(event["question"]?["answers"]?.array?.allSatisfy { $0["weight"] == nil } == true)
        let question = try #require(event["question"]?["id"]?.int)

        let answer = #""run":\#(run),"question":\#(question),"answer":1"#
        let mine = Lecture.key()
        #expect((await lecture.call("s0", .answer, answer, key: mine))["status"] == "recorded")
        #expect((await lecture.call("s0", .answer, answer, key: mine))["status"] == "duplicate")
        #expect((await lecture.call("s0", .answer, answer))["status"] == "duplicate")
        #expect(await lecture.reason("teacher", .answer, answer) == "not_enrolled")
        #expect(await personal.first("quiz.recorded")["run"]?.int == run)
        let tally = await staff.first { $0["answered"]?.int == 1 }
        #expect(tally["expected"]?.int == 3 && tally["missing_count"]?.int == 2)
        #expect(await lecture.snapshot(.staff).data["tallies"]?.array?.count == 1)
        #expect((await lecture.call("s0", .me))["answers"]?.array?.first?["score"] == nil)
        let list = await lecture.call("teacher", .members, #""search":"s0""#)
        #expect(list["members"]?.array?.first?["answered"] == true)

        #expect((await lecture.call("teacher", .close, #""run":\#(run)"#))["status"] == "recorded")
        #expect((await lecture.call("teacher", .reveal, #""run":\#(run)"#))["status"] == "recorded")
        let revealed = await everybody.first("quiz.revealed")
        #expect(revealed["correct"] == [1] && revealed["right"]?.int == 1 && revealed["answered"]?.int == 1)
        let grade = await personal.first("grade.posted")
        #expect(grade["score"]?.double == 2 && grade["points_possible"]?.double == 2)
        #expect((await lecture.call("s0", .me))["answers"]?.array?.first?["score"]?.double == 2)
        #expect(await lecture.snapshot(.quiz).data["runs"]?.array?.first?["state"] == "revealed")
    }

    @Test func `closes a question whose time is up, once`() async throws {
        let lecture = try await Lecture.open()
        let everybody = try lecture.listen(.quiz)
        let opened = await lecture.call("teacher", .open, Self.question + #","seconds":5"#)
        let at = Int64(try #require(opened["at"]?.int))
        await lecture.withRoom { $0.tick(at: at + 6_999) }
        await lecture.withRoom { $0.tick(at: at + 7_000) }
        await lecture.withRoom { $0.tick(at: at + 7_001) }
        let closed = await everybody.first("quiz.closed")
        #expect(closed["by"] == nil && closed["run"] == opened["run"])
        let run = opened["run"]?.int ?? 0
        #expect(await lecture.reason("teacher", .close, #""run":\#(run)"#) == "already_closed")
        #expect(await lecture.log(.quiz).count == 2)
    }

    @Test func `is closed by the end of the class, and may be revealed after it`() async throws {
        let lecture = try await Lecture.open()
        let opened = await lecture.call("teacher", .open, Self.question)
        let run = opened["run"]?.int ?? 0
        #expect((await lecture.call("teacher", .end))["status"] == "recorded")
        #expect(await lecture.log(.quiz).map { $0["type"] } == ["quiz.opened", "quiz.closed"])
        #expect(await lecture.reason("s0", .send, #""text":"x""#) == "class_ended")
        #expect((await lecture.call("teacher", .reveal, #""run":\#(run)"#))["status"] == "recorded")
        #expect((await lecture.call("s0", .me))["role"] == "student")
    }
}
