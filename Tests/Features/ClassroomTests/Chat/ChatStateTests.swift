import JSON
import Testing

@testable import Classroom

struct `Chat state` {
    private static func texts(_ room: FoldedRoom) -> [String?] {
        value(room.state.chat.snapshot)["messages"]?.array?.map { $0["text"]?.string } ?? []
    }

    @Test func `folds edits, deletions and pins into what latecomers see`() {
        var room = FoldedRoom()
        room.act(.send(text: "one", replyTo: nil), by: ann)
        room.act(.send(text: "two", replyTo: 1), by: bo)
        room.act(.edit(message: 1, text: "ONE"), by: ann)
        room.act(.pin(message: 2, pinned: true), by: teacher)
        room.act(.delete(message: 1), by: ann)
        let snapshot = value(room.state.chat.snapshot)
        #expect(Self.texts(room) == [nil, "two"])
        #expect(snapshot["messages"]?.array?.first?["type"] == "skip")
        #expect(snapshot["pinned"]?.array?.first?["id"]?.int == 2)
        #expect(snapshot["messages"]?.array?.last?["reply_to"]?.int == 1)
        #expect(snapshot["more"] == false)
    }

    @Test func `keeps a hundred messages and says that there are more`() {
        var room = FoldedRoom()
        room.act(.send(text: "first", replyTo: nil), by: ann)
        room.act(.pin(message: 1, pinned: true), by: teacher)
        for number in 0..<ChatState.window { room.act(.send(text: "\(number)", replyTo: nil), by: bo) }
        let snapshot = value(room.state.chat.snapshot)
        #expect(snapshot["messages"]?.array?.count == ChatState.window)
        #expect(snapshot["more"] == true)
        #expect(snapshot["pinned"]?.array?.first?["text"] == "first")
        // The first one is at hand still, since it is pinned.
        room.act(.edit(message: 1, text: "changed"), by: ann)
        #expect(value(room.state.chat.snapshot)["pinned"]?.array?.first?["text"] == "changed")
    }

    @Test func `asks the log for what is older than the window`() throws {
        var room = FoldedRoom()
        for number in 0...ChatState.window { room.act(.send(text: "\(number)", replyTo: nil), by: ann) }
        guard case .needsMessage(1) = room.act(.edit(message: 1, text: "x"), by: ann) else {
            Issue.record("an older message must be looked up")
            return
        }
        var facts = Facts()
        facts.wasLogAsked = true
        #expect(room.reason(.edit(message: 1, text: "x"), by: ann, facts) == "not_found")
        facts.older = ChatMessage(id: 1, at: 1, author: ann, text: "0", replyTo: nil)
        #expect(room.reason(.edit(message: 1, text: "x"), by: bo, facts) == "not_allowed")
        #expect(room.reason(.edit(message: 1, text: "x"), by: ann, facts) == nil)
        let older = ChatMessage(id: 1, at: 1, author: ann, text: "0", replyTo: nil)
        #expect(room.state.chat.edited(older).text == "x")
        #expect(room.reason(.pin(message: 1, pinned: true), by: teacher, facts) == nil)
        #expect(room.state.chat.missing == [1])
        room.state.chat.provide(older)
        #expect(room.state.chat.missing.isEmpty)
        #expect(value(room.state.chat.snapshot)["pinned"]?.array?.first?["text"] == "x")
    }

    @Test func `refuses by its own rules`() {
        var room = FoldedRoom()
        room.act(.send(text: "hi", replyTo: nil), by: ann)
        #expect(room.reason(.edit(message: 1, text: "x"), by: teacher) == "not_allowed")
        #expect(room.reason(.delete(message: 1), by: bo) == "not_allowed")
        #expect(room.reason(.delete(message: 99), by: ann) == "not_found")
        let long = String(repeating: "x", count: ChatState.textLength)
        #expect(room.reason(.send(text: long, replyTo: nil), by: ann) == nil)
        #expect(room.reason(.send(text: long + "y", replyTo: nil), by: ann) == "too_long")
        #expect(room.reason(.delete(message: 1), by: teacher) == nil)
        #expect(room.reason(.delete(message: 1), by: ann) == "not_found")
    }

    @Test func `hides what is deleted`() {
        var room = FoldedRoom()
        room.act(.send(text: "hi", replyTo: nil), by: ann)
        guard case .append(let draft) = room.act(.delete(message: 1), by: ann) else {
            Issue.record("the author may delete")
            return
        }
        #expect(draft.hides == [1])
    }
}
