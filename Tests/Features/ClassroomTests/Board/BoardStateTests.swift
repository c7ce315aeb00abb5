import JSON
import TestKit
import Testing

@testable import Classroom

struct `Board state` {
    private static func rect(_ id: String, x: Int = 0) -> String {
        #"{"op":"add","element":{"id":"\#(id)","kind":"rect","x":\#(x),"y":0,"w":10,"h":10,"color":"blue","size":2}}"#
    }

    private static func ids(_ room: FoldedRoom) -> [String] { room.state.board.elements.map(\.id) }

    @Test func `stacks what is added, with version, author and place`() throws {
        var room = FoldedRoom()
        room.act(try .ops("[\(Self.rect("a")),\(Self.rect("b"))]"), by: teacher)
        #expect(Self.ids(room) == ["a", "b"])
        let element = try #require(room.state.board.element("b"))
        #expect(element.version == 1 && element.author == 1 && element.z == 2)
        #expect(value(room.state.board.snapshot)["elements"]?.array?.count == 2)
    }

    @Test func `patches and raises the version`() throws {
        var room = FoldedRoom()
        room.act(try .ops("[\(Self.rect("a"))]"), by: teacher)
        room.act(try .ops(#"[{"op":"patch","id":"a","set":{"x":5,"fill":"red"}}]"#), by: teacher)
        let element = try #require(room.state.board.element("a"))
        #expect(element.version == 2 && element.shape.x == 5 && element.shape.fill == "red")
        let event = try #require(room.events.last?.entry.object)
        #expect(event["ops"]?.array?.first?["version"]?.int == 2)
    }

    @Test func `undoes and redoes one's own changes only`() throws {
        var room = FoldedRoom()
        room.act(.allow(.all), by: teacher)
        room.act(try .ops("[\(Self.rect("a"))]"), by: ann)
        room.act(try .ops("[\(Self.rect("b"))]"), by: bo)
        room.act(try .ops(#"[{"op":"patch","id":"a","set":{"x":7}}]"#), by: ann)
        room.act(try .ops(#"[{"op":"undo"}]"#), by: ann)
        #expect(room.state.board.element("a")?.shape.x == 0)
        room.act(try .ops(#"[{"op":"undo"}]"#), by: ann)
        #expect(Self.ids(room) == ["b"])
        #expect(room.reason(try .ops(#"[{"op":"undo"}]"#), by: ann) == "nothing_to_undo")
        room.act(try .ops(#"[{"op":"redo"}]"#), by: ann)
        room.act(try .ops(#"[{"op":"redo"}]"#), by: ann)
        #expect(Self.ids(room) == ["a", "b"])
        #expect(room.state.board.element("a")?.shape.x == 7)
        #expect(room.reason(try .ops(#"[{"op":"redo"}]"#), by: ann) == "nothing_to_redo")
    }

    @Test func `gives back what was cleared`() throws {
        var room = FoldedRoom()
        room.act(try .ops("[\(Self.rect("a")),\(Self.rect("b"))]"), by: teacher)
        room.act(try .ops(#"[{"op":"clear"}]"#), by: teacher)
        #expect(Self.ids(room).isEmpty)
        room.act(try .ops(#"[{"op":"undo"}]"#), by: teacher)
        #expect(Self.ids(room) == ["a", "b"])
        #expect(room.events.last?.entry.bool("undo") == true)
    }

    @Test func `skips undoing what somebody else has deleted`() throws {
        var room = FoldedRoom()
        room.act(.allow(.all), by: teacher)
        room.act(try .ops("[\(Self.rect("a"))]"), by: ann)
        room.act(try .ops("[\(Self.rect("b"))]"), by: ann)
        room.act(try .ops(#"[{"op":"delete","ids":["b"]}]"#), by: teacher)
        room.act(try .ops(#"[{"op":"undo"}]"#), by: ann)
        #expect(Self.ids(room).isEmpty)
    }

    @Test func `forgets what could be redone when something new is drawn`() throws {
        var room = FoldedRoom()
        room.act(try .ops("[\(Self.rect("a"))]"), by: teacher)
        room.act(try .ops(#"[{"op":"undo"}]"#), by: teacher)
        room.act(try .ops("[\(Self.rect("b"))]"), by: teacher)
        #expect(room.reason(try .ops(#"[{"op":"redo"}]"#), by: teacher) == "nothing_to_redo")
    }

    @Test(arguments: [
        (#"[{"op":"patch","id":"t","set":{"x":1}}]"#, "not_allowed"),
        (#"[{"op":"delete","ids":["t"]}]"#, "not_allowed"),
        (#"[{"op":"clear"}]"#, "not_allowed"),
        (#"[{"op":"delete","ids":["nothing"]}]"#, "not_found"),
        (#"[{"op":"patch","id":"nothing","set":{"x":1}}]"#, "not_found"),
        (#"[{"op":"patch","id":"s","set":{"points":[1,2]}}]"#, "bad_op"),
        (#"[{"op":"patch","id":"s","set":{"text":"x"}}]"#, "bad_op"),
    ])
    func `refuses a student`(ops: String, reason: String) throws {
        var room = FoldedRoom()
        room.act(.allow(.all), by: teacher)
        room.act(try .ops("[\(Self.rect("t"))]"), by: teacher)
        room.act(try .ops("[\(Self.rect("s"))]"), by: ann)
        #expect(room.reason(try .ops(ops), by: ann) == reason)
        #expect(room.state.board.element("t")?.version == 1)
    }

    @Test func `refuses an id that is taken, and what would not fit`() throws {
        var room = FoldedRoom()
        room.act(try .ops("[\(Self.rect("a"))]"), by: teacher)
        #expect(room.reason(try .ops("[\(Self.rect("a"))]"), by: teacher) == "id_taken")
        #expect(room.reason(try .ops("[\(Self.rect("c")),\(Self.rect("c"))]"), by: teacher) == "id_taken")
        for batch in 0..<50 {
            let adds = (0..<100).map { Self.rect("n\(batch)-\($0)") }.joined(separator: ",")
            let reason = room.reason(try .ops("[\(adds)]"), by: teacher)
            #expect(reason == (batch < 49 ? nil : "board_full"))
        }
    }

    @Test func `folds the same board however often it is folded, whatever is done`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("board seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        var room = FoldedRoom()
        room.act(.allow(.all), by: teacher)
        let members = [teacher, ann, bo]
        for step in 0..<600 {
            let id = "e\(Int.random(in: 0..<40, using: &generator))"
            let x = Int.random(in: 0..<1000, using: &generator)
            let ops =
                switch Int.random(in: 0..<12, using: &generator) {
                case 0...4: Self.rect("\(id)-\(step % 50)", x: x)
                case 5, 6: #"{"op":"patch","id":"\#(id)-\#(step % 50)","set":{"x":\#(x)}}"#
                case 7: #"{"op":"delete","ids":["\#(id)-\#(step % 50)","\#(id)-1"]}"#
                case 8 where step % 60 == 0: #"{"op":"clear"}"#
                case 9: #"{"op":"redo"}"#
                default: #"{"op":"undo"}"#
                }
            room.act(try .ops("[\(ops)]"), by: members[Int.random(in: 0..<3, using: &generator)])
        }
        var replayed = BoardState()
        var fromSnapshot: BoardState?
        let board = room.events.filter { $0.channel == .board }
        for (place, (_, entry)) in board.enumerated() {
            replayed.fold(entry)
            fromSnapshot?.fold(entry)
            if place == board.count / 2 {
                fromSnapshot = BoardState(elements: replayed.elements, offset: replayed.offset)
            }
        }
        #expect(replayed.elements == room.state.board.elements, "seed \(seed)")
        #expect(fromSnapshot?.elements == room.state.board.elements, "seed \(seed)")
        #expect(replayed.bytes == room.state.board.elements.reduce(0) { $0 + $1.weight }, "seed \(seed)")
    }

    @Test func `reads back what it has written`() throws {
        var room = FoldedRoom()
        room.act(
            try .ops(
                #"""
                [{"op":"add","element":{"id":"p","kind":"pen","points":[1.5,2,3,4.25],"pressure":[0.5,1],"color":"#2f6fed","size":3}},
                 {"op":"add","element":{"id":"t","kind":"text","x":1,"y":2,"w":3,"h":4,"text":"Ar <b>","color":"ink","size":16}}]
                """#), by: teacher)
        let elements = try #require(value(room.state.board.snapshot)["elements"]?.array)
        let read = try elements.map { try BoardElement(stored: try JSONFields($0)) }
        #expect(read == room.state.board.elements)
    }
}
