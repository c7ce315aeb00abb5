import HTTPTypes
import JSON
import Postgres
import Tenancy
import Testing
import WebServer

@testable import Courses

struct `Entries of a discussion` {
    @Test func `are said by staff and students, and read by all`() async throws {
        let lesson = try await Lesson.open()
        let topic = try await lesson.topic()
        let first = try await lesson.say("<p>Hello<script>x</script></p>", in: topic, as: lesson.student)
        let second = try await lesson.say("Welcome", in: topic)
        let entries = "/discussion_topics/\(topic)/entries"
        #expect(try await lesson.send(.post, entries, ["message": "x"], as: lesson.observer).status == 403)
        for user in [lesson.teacher, lesson.student, lesson.observer] {
            let listed = try await lesson.get(entries, as: user)
            #expect(listed.ids == [second, first])
            #expect(listed.json.array?.last?["message"] == "<p>Hello</p>")
            #expect(listed.json.array?.last?["user_id"] == .int(lesson.student.user))
        }
        #expect(try await lesson.get("/discussion_topics/\(topic)").json["discussion_subentry_count"] == 2)
        #expect(try await lesson.get(entries, as: lesson.stranger).status == 403)
        #expect(try await lesson.get(entries, as: lesson.foreigner).status == 404)
        let listed = try await lesson.campus.all(lesson.path + entries, size: 1, as: lesson.other)
        #expect(listed.compactMap { $0["id"]?.int } == [second, first])
    }

    @Test func `have replies below them`() async throws {
        let lesson = try await Lesson.open()
        let topic = try await lesson.topic("T", ["discussion_type": "threaded"])
        let top = try await lesson.say("top", in: topic)
        let reply = try await lesson.say("reply", in: topic, to: top, as: lesson.student)
        let deeper = try await lesson.say("deeper", in: topic, to: reply, as: lesson.other)
        let entries = "/discussion_topics/\(topic)/entries"
        #expect(try await lesson.get("\(entries)/\(top)/replies").ids == [deeper, reply])
        #expect(try await lesson.get("\(entries)/\(reply)/replies").ids == [deeper])
        #expect(try await lesson.get(entries).ids == [top])
        let recent = try await lesson.get(entries).json.array?.first
        #expect(recent?["recent_replies"]?.array?.compactMap { $0["parent_id"]?.int } == [reply, top])
        #expect(recent?["has_more_replies"] == false)
        #expect(try await lesson.send(.post, "\(entries)/9000000000/replies", ["message": "x"]).status == 404)
        let view = try await lesson.get("/discussion_topics/\(topic)/view", as: lesson.student).json
        #expect(
            view["view"]?.array?.first?["replies"]?.array?.first?["replies"]?.array?.first?["id"]
                == .int(deeper))
        #expect(view["participants"]?.array?.count == 3)
        #expect(view["unread_entries"] == [.int(top), .int(deeper)])
        for _ in 0..<EntryRoutes.recentReplies { _ = try await lesson.say("more", in: topic, to: top) }
        let many = try await lesson.get(entries).json.array?.first
        #expect(many?["recent_replies"]?.array?.count == EntryRoutes.recentReplies)
        #expect(many?["has_more_replies"] == true)
    }

    @Test func `are found by their ids`() async throws {
        let lesson = try await Lesson.open()
        let (topic, another) = (try await lesson.topic(), try await lesson.topic())
        let ids = [try await lesson.say("a", in: topic), try await lesson.say("b", in: topic)]
        let foreign = try await lesson.say("c", in: another)
        let query = (ids.reversed() + [foreign]).map { ("ids[]", "\($0)") }
        let path = "/discussion_topics/\(topic)/entry_list"
        #expect(try await lesson.get(path, query, as: lesson.student).ids == ids)
        #expect(try await lesson.get(path, [("ids[]", "x")]).field == "ids[]")
        #expect(try await lesson.get(path).ids == [])
    }

    @Test func `are changed and removed by their authors and by staff`() async throws {
        let lesson = try await Lesson.open()
        let topic = try await lesson.topic("T", ["discussion_type": "threaded"])
        let mine = try await lesson.say("mine", in: topic, as: lesson.student)
        let reply = try await lesson.say("reply", in: topic, to: mine, as: lesson.other)
        let one = "/discussion_topics/\(topic)/entries/\(mine)"
        for user in [lesson.other, lesson.observer] {
            #expect(try await lesson.send(.put, one, ["message": "x"], as: user).status == 403)
            #expect(try await lesson.send(.delete, one, as: user).status == 403)
        }
        let own = try await lesson.send(.put, one, ["message": "better"], as: lesson.student)
        #expect(own.json["message"] == "better")
        #expect(own.json["editor_id"] == nil)
        let edited = try await lesson.send(.put, one, ["message": "best"])
        #expect(edited.json["editor_id"] == .int(lesson.teacher.user))
        let removed = try await lesson.send(.delete, one, as: lesson.student)
        #expect(removed.json["deleted_at"]?.string != nil)
        let left = try await lesson.get("/discussion_topics/\(topic)/view").json["view"]?.array?.first
        #expect(left?["deleted"] == true)
        #expect(left?["message"] == nil)
        #expect(left?["user_id"] == nil)
        #expect(left?["replies"]?.array?.first?["id"] == .int(reply))
        #expect(try await lesson.get("/discussion_topics/\(topic)").json["discussion_subentry_count"] == 1)
        for method in [HTTPRequest.Method.put, .delete] {
            #expect(try await lesson.send(method, one, ["message": "x"], as: lesson.student).status == 404)
        }
        #expect(try await lesson.send(.post, one + "/replies", ["message": "x"]).status == 404)
        let stored = try await lesson.campus.onLoop { context in
            try await context.pool.query(
                Statement("SELECT message FROM discussion_entries WHERE id = \(mine)", isPrepared: false),
                tenant: lesson.institution)[0].text(0)
        }
        #expect(stored == "")
    }

    @Test func `end when the discussion does, but for staff`() async throws {
        let lesson = try await Lesson.open()
        let topic = try await lesson.topic()
        let mine = try await lesson.say("mine", in: topic, as: lesson.student)
        let entries = "/discussion_topics/\(topic)/entries"
        _ = try await lesson.send(.put, "/discussion_topics/\(topic)", ["locked": true])
        for (method, path) in [
            (HTTPRequest.Method.post, entries), (.post, "\(entries)/\(mine)/replies"),
            (.put, "\(entries)/\(mine)"),
            (.delete, "\(entries)/\(mine)"),
        ] {
            #expect(try await lesson.send(method, path, ["message": "x"], as: lesson.student).status == 403)
        }
        #expect(try await lesson.send(.post, entries, ["message": "x"]).status == 201)
        #expect(try await lesson.get(entries, as: lesson.student).status == 200)
    }

    @Test func `end when the course is over, for staff too`() async throws {
        let lesson = try await Lesson.open()
        let topic = try await lesson.topic()
        try await lesson.campus.onLoop { context in
            _ = try await context.pool.query(
                Statement(
                    "UPDATE courses SET workflow_state = 'completed' WHERE id = \(lesson.course)",
                    isPrepared: false),
                tenant: lesson.institution)
        }
        let entries = "/discussion_topics/\(topic)/entries"
        #expect(try await lesson.send(.post, entries, ["message": "x"], as: lesson.student).status == 403)
        #expect(try await lesson.send(.post, entries, ["message": "x"]).status == 403)
    }

    @Test func `are shown after one's first where the discussion says so`() async throws {
        let lesson = try await Lesson.open()
        let topic = try await lesson.topic("T", ["require_initial_post": true])
        let theirs = try await lesson.say("theirs", in: topic)
        let one = "/discussion_topics/\(topic)"
        try await lesson.campus.onLoop { context in
            try await Directory(pool: context.pool).link(
                parent: lesson.observer.user, to: lesson.student.user, in: lesson.institution)
        }
        for user in [lesson.student, lesson.observer] {
            for tail in ["/entries", "/view", "/entry_list", "/entries/\(theirs)/replies"] {
                let refused = try await lesson.get(one + tail, as: user)
                #expect(refused.status == 403)
                #expect(refused.error?.code == "require_initial_post")
            }
            #expect(try await lesson.get(one, as: user).json["user_can_see_posts"] == false)
            #expect(try await lesson.send(.put, one + "/read_all", as: user).status == 403)
        }
        let reply = try await lesson.send(
            .post, "\(one)/entries/\(theirs)/replies", ["message": "x"], as: lesson.student)
        #expect(reply.error?.code == "require_initial_post")
        _ = try await lesson.say("mine", in: topic, as: lesson.student)
        for user in [lesson.student, lesson.observer] {
            #expect(try await lesson.get(one + "/entries", as: user).ids.count == 2)
        }
        #expect(try await lesson.get(one + "/entries", as: lesson.other).status == 403)
    }

    @Test(arguments: [
        [:] as JSONValue, ["message": ""], ["message": 7], ["message": "<script>x</script>"],
        ["message": .string(String(repeating: "x", count: DiscussionEntry.messageBytes + 1))],
    ])
    func `refuse a message that is none`(body: JSONValue) async throws {
        let lesson = try await Lesson.open()
        let topic = try await lesson.topic()
        let answer = try await lesson.send(.post, "/discussion_topics/\(topic)/entries", body)
        #expect(answer.status == 400)
        #expect(answer.field == "message")
    }

    @Test func `are as many as the bound says`() async throws {
        let lesson = try await Lesson.open()
        let topic = try await lesson.topic()
        try await lesson.campus.onLoop { context in
            _ = try await context.pool.query(
                Statement(
                    "UPDATE discussion_topics SET entries = \(DiscussionTopic.mostEntries - 1) WHERE id = \(topic)",
                    isPrepared: false), tenant: lesson.institution)
        }
        _ = try await lesson.say("last", in: topic)
        let full = try await lesson.send(.post, "/discussion_topics/\(topic)/entries", ["message": "x"])
        #expect(full.status == 400)
    }

    @Test func `are said once under one key`() async throws {
        let lesson = try await Lesson.open()
        let topic = try await lesson.topic()
        let entries = "/discussion_topics/\(topic)/entries"
        let first = try await lesson.send(.post, entries, ["message": "x"], key: "k", as: lesson.student)
        let again = try await lesson.send(.post, entries, ["message": "x"], key: "k", as: lesson.student)
        #expect(first.json == again.json)
        #expect(try await lesson.get(entries).ids == [first.id])
    }
}

struct `What somebody has read of a discussion` {
    private func unread(_ lesson: Lesson, _ topic: Int, as user: Principal) async throws -> Int? {
        try await lesson.get("/discussion_topics/\(topic)", as: user).json["unread_count"]?.int
    }

    @Test func `is one's own, and what one said oneself is read`() async throws {
        let lesson = try await Lesson.open()
        let topic = try await lesson.topic()
        let entries = [
            try await lesson.say("a", in: topic), try await lesson.say("b", in: topic, as: lesson.student),
            try await lesson.say("c", in: topic),
        ]
        let one = "/discussion_topics/\(topic)"
        #expect(try await unread(lesson, topic, as: lesson.student) == 2)
        #expect(try await unread(lesson, topic, as: lesson.other) == 3)
        #expect(
            try await lesson.send(.put, "\(one)/entries/\(entries[0])/read", as: lesson.student).status == 204
        )
        #expect(try await unread(lesson, topic, as: lesson.student) == 1)
        #expect(try await unread(lesson, topic, as: lesson.other) == 3)
        #expect(try await lesson.send(.put, one + "/read_all", as: lesson.student).status == 204)
        #expect(try await unread(lesson, topic, as: lesson.student) == 0)
        #expect(try await lesson.get(one, as: lesson.student).json["read_state"] == "read")
        let back = try await lesson.send(
            .delete, "\(one)/entries/\(entries[2])/read", ["forced_read_state": true], as: lesson.student)
        #expect(back.status == 204)
        #expect(try await unread(lesson, topic, as: lesson.student) == 1)
        let view = try await lesson.get(one + "/view", as: lesson.student).json
        #expect(view["unread_entries"] == [.int(entries[2])])
        #expect(view["forced_entries"] == [.int(entries[2])])
        _ = try await lesson.say("d", in: topic)
        #expect(try await unread(lesson, topic, as: lesson.student) == 2)
        #expect(try await lesson.send(.delete, one + "/read_all", as: lesson.student).status == 204)
        #expect(try await unread(lesson, topic, as: lesson.student) == 3)
        #expect(try await lesson.get(one, as: lesson.student).json["read_state"] == "unread")
        #expect(try await lesson.send(.put, one + "/read", as: lesson.student).status == 204)
        #expect(try await lesson.get(one, as: lesson.student).json["read_state"] == "read")
        #expect(try await lesson.send(.delete, one + "/read", as: lesson.student).status == 204)
        #expect(try await lesson.get(one, as: lesson.student).json["read_state"] == "unread")
        #expect(try await lesson.send(.put, "\(one)/entries/9000000000/read").status == 404)
    }

    @Test func `does not count what was removed`() async throws {
        let lesson = try await Lesson.open()
        let topic = try await lesson.topic()
        let entry = try await lesson.say("a", in: topic)
        #expect(try await unread(lesson, topic, as: lesson.student) == 1)
        _ = try await lesson.send(.delete, "/discussion_topics/\(topic)/entries/\(entry)")
        #expect(try await unread(lesson, topic, as: lesson.student) == 0)
    }
}
