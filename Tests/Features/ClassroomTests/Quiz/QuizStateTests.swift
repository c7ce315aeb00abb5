import JSON
import Testing

@testable import Classroom

struct `Quiz state` {
    private static func fold(_ events: [(String, String)]) throws -> QuizState {
        var state = QuizState()
        for (place, (type, members)) in events.enumerated() {
            let object = try json(members).object?.members ?? []
            let body = EventBody.make(type, at: 100, by: teacher) { json in
                for member in object { json.member(member.name, member.value) }
            }
            state.fold(LogEntry(body, offset: UInt64(place + 1)))
        }
        return state
    }

    private static let opened = (
        "quiz.opened",
        #"{"run":4,"number":1,"question":{"id":9,"text":"?"},"seconds":60,"opened_at":1,"deadline_at":60000}"#
    )

    @Test func `holds no solution before it is revealed`() throws {
        let state = try Self.fold([Self.opened])
        let run = try #require(value(state.snapshot(at: 5))["runs"]?.array?.first)
        #expect(run["state"] == "open" && run["revealed"] == nil && run["type"] == nil && run["by"] == nil)
        #expect(run["question"]?["id"]?.int == 9)
        #expect(state.open?.deadline == 60_000)
    }

    @Test func `goes from open over closed to revealed`() throws {
        let closed = try Self.fold([Self.opened, ("quiz.closed", #"{"run":4,"closed_at":70}"#)])
        #expect(closed.open == nil && closed.run(4)?.phase == .closed && closed.run(4)?.closedAt == 70)
        let revealed = try Self.fold([
            Self.opened, ("quiz.revealed", #"{"run":4,"correct":[1],"answered":2,"expected":3,"right":1}"#),
        ])
        let run = try #require(value(revealed.snapshot(at: 5))["runs"]?.array?.first)
        #expect(run["state"] == "revealed" && run["closed_at"]?.int == 100)
        #expect(run["revealed"] == ["correct": [1], "answered": 2, "expected": 3, "right": 1])
    }

    @Test(arguments: [(59_999, false), (61_999, false), (62_000, true)])
    func `is overdue after the deadline and its grace`(now: Int64, isOverdue: Bool) throws {
        let state = try Self.fold([Self.opened])
        #expect((state.overdue(at: now, grace: 2_000) != nil) == isOverdue)
    }
}
