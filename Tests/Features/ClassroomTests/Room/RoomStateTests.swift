import Assessment
import JSON
import Testing

@testable import Classroom

struct `Room decisions` {
    private static let opening = QuizOpening(
        source: .prepared(quiz: 1, question: 2), seconds: nil, answerChange: .never)

    private static let changes: [ClassCommand] = [
        .start, .end, .lock(.init(chat: true)), .announce("x"), .send(text: "x", replyTo: nil),
        .edit(message: 1, text: "x"), .delete(message: 1), .pin(message: 1, pinned: true), .apply([.clear]),
        .allow(.all), .show(.board), .open(opening), .close(run: 1), .raise, .lower(user: nil), .react("👍"),
        .mute(user: 2, seconds: 1, reason: nil), .remove(user: 2, reason: nil),
        .readmit(user: 2),
    ]

    @Test func `forbid every change once the class has ended`() {
        for change in Self.changes {
            var room = FoldedRoom(.ended)
            #expect(room.reason(change, by: teacher) == "class_ended", "\(change)")
        }
    }

    @Test func `let results be revealed after the end`() {
        var room = FoldedRoom()
        room.append(Self.event("quiz.opened", #"{"run":4}"#), to: .quiz)
        room.append(Self.event("quiz.closed", #"{"run":4,"closed_at":5}"#), to: .quiz)
        room.append(EventBody.make("class.ended", at: 9, by: teacher), to: .class)
        guard case .transact(.reveal(run: 4)) = room.act(.reveal(run: 4), by: teacher) else {
            Issue.record("a closed question may be revealed")
            return
        }
    }

    @Test func `wait for the class to begin`() {
        var room = FoldedRoom(.scheduled)
        for change: ClassCommand in [
            .end, .send(text: "x", replyTo: nil), .apply([.clear]), .open(Self.opening), .raise, .react("👍"),
        ] {
            #expect(room.reason(change, by: teacher) == "class_not_live", "\(change)")
        }
        guard case .transact(.start) = room.act(.start, by: teacher) else {
            Issue.record("a scheduled class may start")
            return
        }
        #expect(room.reason(.lock(.init(chat: true)), by: teacher) == nil)
    }

    @Test func `keep locked and muted students quiet, and nobody else`() {
        var room = FoldedRoom()
        var facts = Facts()
        facts.target = bo
        room.act(.raise, by: bo)
        room.act(.mute(user: 3, seconds: 60, reason: nil), by: teacher, facts)
        #expect(room.reason(.send(text: "x", replyTo: nil), by: bo) == "muted")
        #expect(room.reason(.raise, by: bo) == "muted")
        #expect(room.reason(.react("👍"), by: bo) == "muted")
        #expect(room.reason(.lower(user: nil), by: bo) == nil)
        #expect(room.reason(.send(text: "x", replyTo: nil), by: ann) == nil)
        room.act(.lock(.init(chat: true)), by: teacher)
        #expect(room.reason(.send(text: "x", replyTo: nil), by: ann) == "locked")
        #expect(room.reason(.edit(message: 1, text: "x"), by: ann) == "locked")
        #expect(room.reason(.send(text: "x", replyTo: nil), by: teacher) == nil)
        #expect(room.reason(.delete(message: 1), by: ann) == nil)
    }

    @Test func `let nobody draw without leave`() throws {
        var room = FoldedRoom()
        let draw = try ClassCommand.ops(
            #"[{"op":"add","element":{"id":"a","kind":"line","points":[0,0,1,1],"color":"ink","size":2}}]"#)
        #expect(room.reason(draw, by: ann) == "not_allowed")
        room.act(.allow(.all), by: teacher)
        room.act(.lock(.init(board: true)), by: teacher)
        #expect(room.reason(draw, by: ann) == "locked")
        #expect(room.reason(draw, by: teacher) == nil)
    }

    @Test func `protect staff, and know only who is enrolled`() {
        var room = FoldedRoom()
        #expect(room.reason(.mute(user: 9, seconds: 5, reason: nil), by: teacher) == "not_found")
        #expect(room.reason(.remove(user: 9, reason: nil), by: teacher) == "not_found")
        var facts = Facts()
        facts.target = teacher
        #expect(room.reason(.mute(user: 1, seconds: 5, reason: nil), by: teacher, facts) == "not_allowed")
        #expect(room.reason(.remove(user: 1, reason: nil), by: teacher, facts) == "not_allowed")
    }

    @Test func `lower one's own hand, or as staff another's`() {
        var room = FoldedRoom()
        room.act(.raise, by: ann)
        #expect(room.reason(.lower(user: 2), by: bo) == "not_allowed")
        #expect(room.reason(.lower(user: nil), by: bo) == "not_found")
        #expect(room.reason(.lower(user: 2), by: teacher) == nil)
        #expect(room.state.whole.hands.isEmpty)
    }

    @Test func `ask one question at a time`() {
        var room = FoldedRoom()
        guard case .transact(.open) = room.act(.open(Self.opening), by: teacher) else {
            Issue.record("a question may be opened")
            return
        }
        #expect(room.reason(.close(run: 4), by: teacher) == "not_found")
        #expect(room.reason(.reveal(run: 4), by: teacher) == "not_found")
        room.append(Self.event("quiz.opened", #"{"run":4,"number":1}"#), to: .quiz)
        #expect(room.reason(.open(Self.opening), by: teacher) == "already_open")
        room.append(Self.event("quiz.closed", #"{"run":4,"closed_at":5}"#), to: .quiz)
        #expect(room.reason(.close(run: 4), by: teacher) == "already_closed")
        room.append(Self.event("quiz.revealed", #"{"run":4,"correct":[1]}"#), to: .quiz)
        #expect(room.reason(.reveal(run: 4), by: teacher) == "already_revealed")
    }

    private static func event(_ type: String, _ members: String) -> RawJSON {
        let object = (try? json(members))?.object?.members ?? []
        return EventBody.make(type, at: 1, by: teacher) { json in
            for member in object { json.member(member.name, member.value) }
        }
    }
}
