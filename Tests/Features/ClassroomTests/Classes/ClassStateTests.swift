import JSON
import Testing

@testable import Classroom

struct `Class state` {
    @Test func `follows locks, hands, drawing, stage and announcements`() {
        var room = FoldedRoom()
        room.act(.lock(.init(chat: true)), by: teacher)
        room.act(.lock(.init(board: true)), by: teacher)
        room.act(.allow(.users([2])), by: teacher)
        room.act(.show(.init(kind: .slide, url: "https://x/y")), by: teacher)
        room.act(.announce("Break"), by: teacher)
        room.act(.raise, by: ann)
        let snapshot = value(room.state.whole.snapshot(here: 3, at: 9))
        #expect(snapshot["locks"] == ["chat": true, "board": true, "joining": false])
        #expect(snapshot["draw"] == [2])
        #expect(snapshot["stage"] == ["kind": "slide", "url": "https://x/y"])
        #expect(snapshot["hands"]?.array?.first?["name"] == "Ann")
        #expect(snapshot["announcement"]?["text"] == "Break")
        #expect(snapshot["here"]?.int == 3)
        #expect(snapshot["class"]?["course"] == ["id": 70, "name": "Biology"])
        #expect(snapshot["class"]?["state"] == "live")
    }

    @Test func `lets draw whom the lock and the instructor let`() {
        var room = FoldedRoom()
        #expect(!room.state.whole.mayDraw(ann) && room.state.whole.mayDraw(teacher))
        room.act(.allow(.users([2])), by: teacher)
        #expect(room.state.whole.mayDraw(ann) && !room.state.whole.mayDraw(bo))
        room.act(.allow(.all), by: teacher)
        #expect(room.state.whole.mayDraw(bo))
        room.act(.lock(.init(board: true)), by: teacher)
        #expect(!room.state.whole.mayDraw(bo) && room.state.whole.mayDraw(teacher))
    }

    @Test func `begins and ends with the events`() {
        var room = FoldedRoom(.scheduled)
        room.act(.raise, by: ann)
        room.append(EventBody.make("class.started", at: 5, by: teacher), to: .class)
        #expect(room.state.whole.phase == .live && room.state.whole.info.startedAt == 5)
        room.act(.raise, by: ann)
        #expect(room.state.whole.hands.count == 1)
        room.append(EventBody.make("class.ended", at: 9, by: teacher), to: .class)
        #expect(room.state.whole.phase == .ended && room.state.whole.hands.isEmpty)
    }

    @Test func `mutes for a time, removes, and lets in again`() {
        var room = FoldedRoom()
        var facts = Facts()
        facts.target = ann
        room.act(.mute(user: 2, seconds: 60, reason: nil), by: teacher, facts, at: 1_000)
        #expect(room.state.whole.mutedUntil(2, at: 60_999) == 61_000)
        #expect(room.state.whole.mutedUntil(2, at: 61_000) == nil)
        room.act(.mute(user: 2, seconds: 0, reason: nil), by: teacher, facts, at: 2_000)
        #expect(room.state.whole.mutedUntil(2, at: 2_000) == nil)
        guard case .append(let draft) = room.act(.remove(user: 2, reason: "noise"), by: teacher, facts) else {
            Issue.record("an instructor may remove a student")
            return
        }
        #expect(draft.notice?.user == 2)
        #expect(draft.notice.map { value($0.body)["reason"] } == "noise")
        #expect(room.state.whole.removed == [2])
        guard case .append(let draft) = room.act(.readmit(user: 2), by: teacher, facts) else {
            Issue.record("an instructor may take a removal back")
            return
        }
        #expect(draft.notice?.user == 2)
        #expect(room.state.whole.removed.isEmpty)
        #expect(room.reason(.readmit(user: 2), by: teacher, facts) == "not_found")
    }
}
