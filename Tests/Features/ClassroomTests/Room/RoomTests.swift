import HTTPTypes
import JSON
import LiveHub
import Postgres
import Testing

@testable import Classroom

/// Whole classes on a real database, over two loops.
@Suite(.timeLimit(.minutes(5)))
struct `A live class` {
    @Test func `carries a chat to those who are there and those who come later`() async throws {
        let lecture = try await Lecture.open()
        let listener = try lecture.listen(.chat)
        let first = await lecture.call("s0", .send, #""text":"Hello <b>""#)
        #expect(first["status"] == "recorded" && first["offset"]?.int == 1 && first["id"]?.int == 1)
        let second = await lecture.call("teacher", .send, #""text":"Welcome","reply_to":1"#)
        #expect(second["offset"]?.int == 2)
        let heard = await listener.first { $0["text"] == "Welcome" }
        #expect(
            heard["by"] == [
                "id": .int(lecture.user("teacher")), "name": "User teacher", "role": "instructor",
            ])
        #expect(heard["id"]?.int == 2 && heard["reply_to"]?.int == 1)
        let late = await lecture.snapshot(.chat)
        #expect(late.offset == 2)
        #expect(late.data["messages"]?.array?.map { $0["text"] } == ["Hello <b>", "Welcome"])
        #expect(await lecture.log(.chat, after: 1).map { $0["id"]?.int } == [2])
    }

    @Test func `makes one change of one key, whatever happened in between`() async throws {
        let lecture = try await Lecture.open()
        let key = Lecture.key()
        let results = await withTaskGroup(of: JSONValue.self) { group in
            for _ in 0..<10 { group.addTask { await lecture.call("s0", .send, #""text":"once""#, key: key) } }
            return await group.reduce(into: [JSONValue]()) { $0.append($1) }
        }
        #expect(results.count { $0["status"] == "recorded" } == 1)
        #expect(results.allSatisfy { $0["offset"]?.int == 1 || $0["reason"] == "rate_limited" })
        #expect(await lecture.log(.chat).count == 1)
        #expect((await lecture.call("s1", .send, #""text":"twice""#, key: key))["status"] == "recorded")
        #expect((await lecture.call("teacher", .lock, #""chat":true"#))["status"] == "recorded")
        let again = await lecture.call("s0", .send, #""text":"once""#, key: key)
        #expect(again["status"] == "duplicate" && again["offset"]?.int == 1)
        #expect((await lecture.call("s0", .send, #""text":"other""#, key: key))["reason"] == "key_reused")
        #expect((await lecture.call("s0", .send, #""text":"new""#))["reason"] == "locked")
    }

    @Test func `lets nobody in who takes no part`() async throws {
        let lecture = try await Lecture.open()
        for channel in ["class", "chat", "board", "quiz", "staff"] {
            let name = "\(channel):\(lecture.id)"
            for login in ["parent", "stranger", "foreigner"] {
                #expect(await lecture.refusal(login, name) == 103, "\(login) \(name)")
            }
            for login in ["teacher", "ta", "admin"] { #expect(await lecture.refusal(login, name) == nil) }
            #expect(await lecture.refusal("s0", name) == (channel == "staff" ? 103 : nil))
            #expect(await lecture.refusal("s0", "\(channel):99999999") == 103)
        }
        #expect(await lecture.refusal("parent", "personal:#\(lecture.user("parent"))") == nil)
        #expect(await lecture.refusal("parent", "personal:#\(lecture.user("s0"))") == 103)
        for method in ClassMethod.allCases where ![.answer, .open, .apply].contains(method) {
            let members =
                #""text":"x","message":1,"pinned":true,"chat":true,"draw":"all","stage":{"kind":"board"},"run":1,"emoji":"👍","user":1,"seconds":0"#
            let stranger = await lecture.call("stranger", method, members)
            #expect(stranger["error"]?.int == 103, "\(method)")
            let foreigner = await lecture.call("foreigner", method, members)
            let unknown = await lecture.call("foreigner", method, members, class: 99_999_999)
            #expect(foreigner["error"]?.int == 103 && foreigner == unknown, "\(method)")
            if !ClassroomPermissions.roles(method).contains(.student) {
                #expect((await lecture.call("s0", method, members))["reason"] == "not_allowed", "\(method)")
            }
        }
    }

    @Test func `tells malformed calls what is wrong`() async throws {
        let lecture = try await Lecture.open(isLive: false)
        let result = await lecture.call("s0", .send, #""text":5"#)
        #expect(result["error"]?.int == 107)
        #expect(result["message"] == #"bad request: field "text" must be a string"#)
    }

    @Test func `keeps the whiteboard, and gives it to a node that loads it anew`() async throws {
        let lecture = try await Lecture.open()
        func add(_ id: String) -> String {
            #"{"op":"add","element":{"id":"\#(id)","kind":"pen","points":[1,2,3,4],"color":"blue","size":2}}"#
        }
        #expect(await lecture.reason("s0", .apply, #""ops":[\#(add("x"))]"#) == "not_allowed")
        _ = await lecture.call("teacher", .allow, #""draw":[\#(lecture.user("s0"))]"#)
        async let one = lecture.call("s0", .apply, #""ops":[\#(add("a"))]"#)
        async let two = lecture.call("teacher", .apply, #""ops":[\#(add("b"))]"#)
        #expect(await one["status"] == "recorded")
        #expect(await two["status"] == "recorded")
        #expect(await lecture.reason("s1", .apply, #""ops":[\#(add("y"))]"#) == "not_allowed")
        #expect(await lecture.reason("s0", .apply, #""ops":[{"op":"delete","ids":["b"]}]"#) == "not_allowed")
        _ = await lecture.call("s0", .apply, #""ops":[{"op":"patch","id":"a","set":{"points":[9,9]}}]"#)
        _ = await lecture.call("s0", .apply, #""ops":[{"op":"undo"}]"#)
        _ = await lecture.call("s0", .send, #""text":"drawn""#)
        _ = await lecture.call("s0", .edit, #""message":1,"text":"DRAWN""#)
        _ = await lecture.call("s1", .raise)
        let other = try await Node.start(lecture.database)
        for channel in [ClassChannel.board, .chat] {
            let (here, there) = (await lecture.snapshot(channel), await lecture.snapshot(channel, on: other))
            #expect(here.offset == there.offset && here.data == there.data, "\(channel)")
        }
        let whole = await lecture.snapshot(.class, on: other).data
        #expect(whole["hands"]?.array?.count == 1 && whole["class"]?["state"] == "live")
        #expect(whole["draw"] == [.int(lecture.user("s0"))])
        let elements = await lecture.snapshot(.board).data["elements"]?.array ?? []
        #expect(elements.first { $0["id"] == "a" }?["points"] == [1, 2, 3, 4])
        // A second undo is known to the other node too.
        let undone = await lecture.call("s0", .apply, #""ops":[{"op":"undo"}]"#, on: other)
        #expect(undone["status"] == "recorded")
    }

    @Test func `loads a board from its stored state and what came after it`() async throws {
        let lecture = try await Lecture.open()
        func draw(_ id: String) async {
            let element =
                #"{"id":"\#(id)","kind":"text","x":1,"y":2,"w":3,"h":4,"text":"Ar\#(id)","size":16}"#
            _ = await lecture.call("teacher", .apply, #""ops":[{"op":"add","element":\#(element)}]"#)
        }
        for id in ["a", "b", "c"] { await draw(id) }
        await lecture.keepBoard()
        await draw("d")
        _ = await lecture.call("teacher", .apply, #""ops":[{"op":"delete","ids":["b"]}]"#)
        let other = try await Node.start(lecture.database)
        let (here, there) = (await lecture.snapshot(.board), await lecture.snapshot(.board, on: other))
        #expect(here.offset == 5 && there.offset == 5 && here.data == there.data)
        #expect(there.data["elements"]?.array?.compactMap { $0["id"]?.string } == ["a", "c", "d"])
        // What was drawn before the stored state cannot be undone by a node that has not seen it; the rest can.
        for expected in ["recorded", "recorded", "refused"] {
            let undone = await lecture.call("teacher", .apply, #""ops":[{"op":"undo"}]"#, on: other)
            #expect(undone["status"]?.string == expected)
        }
    }

    @Test func `waits with an undo for what was drawn just before`() async throws {
        let lecture = try await Lecture.open()
        let add = #""ops":[{"op":"add","element":{"id":"a","kind":"line","points":[1,2,3,4]}}]"#
        async let drawn = lecture.call("teacher", .apply, add)
        async let undone = lecture.call("teacher", .apply, #""ops":[{"op":"undo"}]"#)
        let results = [await drawn, await undone]
        // Either order may reach the room first; what is undone was there, and nothing is left half done.
        if results.allSatisfy({ $0["status"] == "recorded" }) {
            #expect(await lecture.snapshot(.board).data["elements"]?.array?.isEmpty == true)
        } else {
            #expect(results[1]["reason"] == "nothing_to_undo")
        }
    }

    @Test func `mutes, removes, and lets in again`() async throws {
        let lecture = try await Lecture.open()
        let personal = try lecture.listen(.personal, of: lecture.user("s0"))
        let target = #""user":\#(lecture.user("s0"))"#
        #expect((await lecture.call("teacher", .mute, target + #","seconds":60"#))["status"] == "recorded")
        #expect(await personal.first("class.muted")["class"]?.int == Int(lecture.id))
        #expect(await lecture.reason("s0", .send, #""text":"x""#) == "muted")
        #expect(((await lecture.call("s0", .me))["muted_until"]?.int ?? 0) > 0)
        _ = await lecture.call("teacher", .mute, target + #","seconds":0"#)
        #expect((await lecture.call("s0", .send, #""text":"x""#))["status"] == "recorded")
        #expect(
            await lecture.reason("teacher", .mute, #""user":\#(lecture.user("stranger")),"seconds":1"#)
                == "not_found")
        #expect(await lecture.reason("teacher", .remove, #""user":\#(lecture.user("ta"))"#) == "not_allowed")
        _ = await lecture.call("teacher", .remove, target + #","reason":"noise""#)
        #expect(await personal.first("class.removed")["reason"] == "noise")
        #expect((await lecture.call("s0", .send, #""text":"x""#))["error"]?.int == 103)
        #expect((await lecture.call("s0", .answer, #""run":1,"question":1,"answer":1"#))["error"]?.int == 103)
        #expect(await lecture.refusal("s0", "chat:\(lecture.id)") == 103)
        let members = await lecture.call("teacher", .members)["members"]?.array ?? []
        let gone = members.filter { $0["removed"]?.bool == true }
        #expect(gone.compactMap { $0["id"]?.int } == [Int(lecture.user("s0"))])
        #expect((await lecture.call("teacher", .remove, target + #","seconds":0"#))["status"] == "recorded")
        #expect(await personal.first("class.readmitted")["class"]?.int == Int(lecture.id))
        #expect((await lecture.call("s0", .send, #""text":"x""#))["status"] == "recorded")
        #expect(await lecture.refusal("s0", "chat:\(lecture.id)") == nil)
    }

    @Test func `takes no answer of a removed member by REST, on no node`() async throws {
        let lecture = try await Lecture.open()
        _ = await lecture.call("teacher", .remove, #""user":\#(lecture.user("s0"))"#)
        let other = try await Node.start(lecture.database)
        for node in [lecture.node, other] {
            let answer = try await lecture.rest(
                "s0", .post, "/api/v1/live_classes/:live_class_id/quiz_runs/:id/answers",
                ["live_class_id": "\(lecture.id)", "id": "1"],
                body: #"{"key":"\#(Lecture.key())","question":1,"answer":1}"#, on: node)
            #expect(answer.status == 403)
        }
    }

    @Test func `closes its door to newcomers, not to those who were there`() async throws {
        let lecture = try await Lecture.open()
        #expect(await lecture.refusal("s0", "class:\(lecture.id)") == nil)
        _ = await lecture.call("teacher", .lock, #""joining":true"#)
        await lecture.withRoom { $0.forgetReunion() }
        #expect(await lecture.refusal("s0", "class:\(lecture.id)") == nil)
        #expect(await lecture.refusal("s1", "class:\(lecture.id)") == 103)
        #expect((await lecture.call("s1", .raise))["error"]?.int == 103)
        #expect(await lecture.refusal("ta", "class:\(lecture.id)") == nil)
        _ = await lecture.call("teacher", .end)
        #expect(await lecture.refusal("s1", "class:\(lecture.id)") == nil)
    }

    @Test func `turns out who is not enrolled any more`() async throws {
        let lecture = try await Lecture.open()
        #expect((await lecture.call("s0", .me))["role"] == "student")
        await lecture.sweep()
        try await lecture.unenroll("s0")
        await lecture.sweep()
        #expect((await lecture.call("s0", .me))["error"]?.int == 103)
        #expect((await lecture.call("s1", .me))["role"] == "student")
    }

    @Test func `turns out who lost their place before anybody had looked at the enrolments`() async throws {
        let lecture = try await Lecture.open()
        #expect((await lecture.call("s0", .me))["role"] == "student")
        try await lecture.unenroll("s0")
        await lecture.sweep()
        #expect((await lecture.call("s0", .me))["error"]?.int == 103)
        #expect((await lecture.call("s1", .me))["role"] == "student")
    }

    @Test func `turns out who is enrolled until now, though nothing has changed but the time`() async throws {
        let lecture = try await Lecture.open()
        try await lecture.end("s0", inDays: 1)
        #expect((await lecture.call("s0", .me))["role"] == "student")
        await lecture.sweep()
        try await lecture.end("s0", inDays: -1)
        await lecture.sweep()
        #expect((await lecture.call("s0", .me))["error"]?.int == 103)
        #expect((await lecture.call("s1", .me))["role"] == "student")
    }

    @Test func `hides a deleted message with its edits`() async throws {
        let lecture = try await Lecture.open()
        _ = await lecture.call("s0", .send, #""text":"secret""#)
        _ = await lecture.call("s0", .edit, #""message":1,"text":"secret too""#)
        #expect((await lecture.call("teacher", .delete, #""message":1"#))["status"] == "recorded")
        #expect(await lecture.log(.chat).map { $0["type"] } == ["skip", "skip", "chat.deleted"])
        let other = try await Node.start(lecture.database)
        #expect(await lecture.snapshot(.chat, on: other).offset == 3)
        #expect(await lecture.reason("s0", .edit, #""message":1,"text":"again""#) == "not_found")
    }

    @Test func `shows cursors and strokes of those who may draw, and of nobody else`() async throws {
        let lecture = try await Lecture.open()
        let board = try lecture.listen(.board)
        for login in ["teacher", "s0"] {
            _ = await lecture.refusal(login, "class:\(lecture.id)")
            lecture.join(login, .class)
        }
        lecture.signal("s0", .cursor, #""x":1,"y":2"#)
        lecture.signal("stranger", .cursor, #""x":1,"y":2"#)
        lecture.signal("teacher", .cursor, #""x":"a","y":2"#)
        lecture.signal("teacher", .stroke, #""stroke":{"id":"a","kind":"pen","points":[1,2]}"#)
        let stroke = await board.first("board.stroke.live")
        #expect(stroke["by"]?["id"]?.int == Int(lecture.user("teacher")) && stroke["stroke"]?["id"] == "a")
        #expect(board.heard.count == 1)
    }

    @Test func `pages back through its chat`() async throws {
        let lecture = try await Lecture.open(students: 30)
        for number in 0..<120 {
            let sender = "s\(number % 30)"
            _ = await lecture.call(sender, .send, #""text":"\#(number)""#)
        }
        _ = await lecture.call("s3", .edit, #""message":4,"text":"edited""#)
        _ = await lecture.call("teacher", .delete, #""message":5"#)
        #expect(await lecture.snapshot(.chat).data["more"] == true)
        let page = await lecture.call("s0", .history, #""before":21,"limit":18"#)
        let texts = page["messages"]?.array?.map { $0["text"]?.string }
        #expect(
            texts?.first == "2" && texts?.last == "19" && texts?[1] == "edited" && texts?[2] == .some(nil))
        #expect(page["more"] == true)
        #expect((await lecture.call("s0", .history, #""before":3"#))["more"] == false)
    }

    @Test func `says in its snapshot that events may come late, while they may`() async throws {
        let lecture = try await Lecture.open()
        let hub = lecture.node.hub
        #expect(await lecture.snapshot(.class).data["degraded"] == nil)
        hub.setDegraded("redis", true)
        #expect(await lecture.snapshot(.class).data["degraded"] == true)
        hub.setDegraded("redis", false)
        #expect(await lecture.snapshot(.class).data["degraded"] == nil)
    }

    @Test func `counts who is there, and lists them for staff`() async throws {
        let lecture = try await Lecture.open()
        let everybody = try lecture.listen(.class)
        let staff = try lecture.listen(.staff)
        for login in ["teacher", "s0", "s1"] { _ = await lecture.refusal(login, "class:\(lecture.id)") }
        lecture.join("teacher", .staff)
        for login in ["teacher", "s0", "s0", "s1"] { lecture.join(login, .class) }
        #expect(await everybody.first { $0["here"]?.int == 3 }["type"] == "class.count")
        let joined = await staff.first("people.changed")["joined"]?.array?.compactMap { $0["id"]?.int }
        #expect(joined?.isEmpty == false)
        lecture.join("s1", .class, leaves: true)
        #expect(await everybody.first { $0["here"]?.int == 2 }["type"] == "class.count")
        _ = await lecture.call("s0", .react, #""emoji":"👍""#)
        #expect(await everybody.first("class.reactions")["counts"] == ["👍": 1])
        _ = await lecture.call("s0", .raise)
        let list = await lecture.call("teacher", .members, #""limit":3"#)
        #expect(list["total"]?.int == 5 && list["here"]?.int == 2 && list["next"]?.string != nil)
        let first = list["members"]?.array?.first
        #expect(first?["name"] == "User s0" && first?["here"] == true && first?["hand"]?.int != nil)
        let statistics = await lecture.statistics()
        #expect(statistics.map(\.connections) == [3] && statistics.first?.peak == 4)
    }
}
