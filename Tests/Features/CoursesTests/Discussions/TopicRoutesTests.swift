import HTTPTypes
import JSON
import Tenancy
import Testing
import WebServer

@testable import Courses

struct `Discussions of a course` {
    @Test func `are made, read, changed and removed by staff`() async throws {
        let lesson = try await Lesson.open()
        let made = try await lesson.send(
            .post, "/discussion_topics",
            [
                "title": "Cells", "message": "<p onclick=x>Why?</p>", "discussion_type": "threaded",
                "pinned": "1",
                "lock_at": "2099-01-02T10:00:00+01:00",
            ])
        #expect(made.status == 200)
        let expected: [(String, JSONValue)] = [
            ("title", "Cells"), ("message", "<p>Why?</p>"), ("discussion_type", "threaded"), ("pinned", true),
            ("published", true), ("locked", false), ("lock_at", "2099-01-02T09:00:00Z"),
            ("delayed_post_at", nil),
            ("is_announcement", false), ("discussion_subentry_count", 0), ("unread_count", 0),
            ("read_state", "read"), ("user_can_see_posts", true),
            ("context_code", .string("course_\(lesson.course)")),
        ]
        for (name, value) in expected { #expect(made.json[name] == value, "\(name)") }
        let one = "/discussion_topics/\(made.id)"
        let changed = try await lesson.send(.put, one, ["locked": true, "lock_at": nil, "title": "Cells II"])
        #expect(changed.json["locked"] == true)
        #expect(changed.json["lock_at"] == JSONValue.null)
        #expect(changed.json["message"] == "<p>Why?</p>")
        let seen = try await lesson.get(one, as: lesson.student)
        #expect(seen.json["title"] == "Cells II")
        #expect(seen.json["read_state"] == "unread")
        #expect(seen.json["permissions"]?["reply"] == false)
        #expect(try await lesson.send(.delete, one).json["deleted_at"]?.string != nil)
        for method in [HTTPRequest.Method.get, .put, .delete] {
            #expect(try await lesson.send(method, one, method == .put ? ["title": "x"] : nil).status == 404)
        }
    }

    @Test func `are written by staff alone, and not there for another institution`() async throws {
        let lesson = try await Lesson.open()
        let one = "/discussion_topics/\(try await lesson.topic())"
        for (user, status) in [
            (lesson.student, 403), (lesson.observer, 403), (lesson.stranger, 403), (lesson.foreigner, 404),
        ] {
            #expect(
                try await lesson.send(.post, "/discussion_topics", ["title": "x"], as: user).status == status)
            #expect(try await lesson.send(.put, one, ["title": "x"], as: user).status == status)
            #expect(try await lesson.send(.delete, one, as: user).status == status)
        }
        #expect(try await lesson.get(one, as: lesson.observer).status == 200)
        #expect(try await lesson.get(one, as: lesson.stranger).status == 403)
        #expect(try await lesson.get(one, as: lesson.foreigner).status == 404)
        let elsewhere = try await lesson.campus.course(
            in: lesson.institution, [(lesson.teacher, .teacher)])
        let path = "/api/v1/courses/\(elsewhere.course.id)\(one)"
        #expect(try await lesson.campus.get(path, as: lesson.teacher).status == 404)
    }

    @Test func `are seen by others when published and their time has come`() async throws {
        let lesson = try await Lesson.open()
        let now: Int64 = 1_800_000_000_000
        let draft = try await lesson.topic("Draft", ["published": false])
        let later = try await lesson.topic(
            "Later", ["delayed_post_at": .string(ISO8601.text(milliseconds: now))])
        for (topic, at, status) in [(draft, now, 404), (later, now - 1000, 404), (later, now, 200)] {
            let one = "/discussion_topics/\(topic)"
            #expect(try await lesson.send(.get, one, at: at).status == 200)
            for tail in ["", "/view", "/entries", "/entry_list"] {
                #expect(try await lesson.send(.get, one + tail, at: at, as: lesson.student).status == status)
            }
            let said = try await lesson.send(
                .post, one + "/entries", ["message": "x"], at: at, as: lesson.student)
            #expect(said.status == (status == 200 ? 201 : status))
            let listed = try await lesson.send(.get, "/discussion_topics", at: at, as: lesson.observer)
            #expect(listed.ids.contains(topic) == (status == 200))
        }
    }

    private static let bad: [(JSONValue, String)] = [
        ([:], "title"), (["title": "a\tb"], "title"), (["title": ""], "title"),
        (["title": "a", "discussion_type": "loud"], "discussion_type"),
        (["title": "a", "lock_at": "tomorrow"], "lock_at"), (["title": "a", "pinned": 7], "pinned"),
        (
            ["title": "a", "lock_at": "2026-01-01T00:00:00Z", "delayed_post_at": "2026-01-02T00:00:00Z"],
            "lock_at"
        ),
        (["title": "a", "is_announcement": true, "published": false], "published"),
        (
            [
                "title": "a",
                "message": .string(String(repeating: "x", count: DiscussionTopic.messageBytes + 1)),
            ], "message"
        ),
    ]

    @Test(arguments: bad.indices)
    func `refuse what is wrong, by name`(index: Int) async throws {
        let (body, field) = Self.bad[index]
        let lesson = try await Lesson.open()
        let answer = try await lesson.send(.post, "/discussion_topics", body)
        #expect(answer.status == 400)
        #expect(answer.field == field)
    }

    @Test func `are made once under one key`() async throws {
        let lesson = try await Lesson.open()
        let first = try await lesson.send(.post, "/discussion_topics", ["title": "Once"], key: "k")
        let again = try await lesson.send(.post, "/discussion_topics", ["title": "Once"], key: "k")
        #expect(first.json == again.json)
        #expect(try await lesson.get("/discussion_topics").ids == [first.id])
    }
}

struct `Lists of discussions` {
    @Test(arguments: [
        ("", [2, 0, 1, 3]), ("position", [2, 0, 1, 3]), ("title", [1, 0, 3, 2]),
        ("recent_activity", [0, 3, 2, 1]),
    ])
    func `come sorted, in pages without gaps and repeats`(order: String, places: [Int]) async throws {
        let lesson = try await Lesson.open()
        var ids: [Int] = []
        for title in ["b", "A", "d", "c"] { ids.append(try await lesson.topic(title)) }
        _ = try await lesson.send(.put, "/discussion_topics/\(ids[2])", ["pinned": true])
        _ = try await lesson.say("x", in: ids[0])
        let query = order.isEmpty ? [] : [("order_by", order)]
        let listed = try await lesson.campus.all(
            lesson.path + "/discussion_topics", query, size: 1, as: lesson.student)
        #expect(listed.compactMap { $0["id"]?.int } == places.map { ids[$0] })
    }

    @Test func `hold what is asked for`() async throws {
        let lesson = try await Lesson.open()
        let plain = try await lesson.topic("Plain 50%")
        let ended = try await lesson.topic("Ended", ["lock_at": "2020-01-01T00:00:00Z"])
        let pinned = try await lesson.topic("Pinned", ["pinned": true])
        let news = try await lesson.topic("News", ["is_announcement": true])
        func ids(_ name: String, _ value: String, as user: Principal? = nil) async throws -> Set<Int> {
            Set(try await lesson.get("/discussion_topics", [(name, value)], as: user).ids)
        }
        #expect(try await ids("only_announcements", "true") == [news])
        #expect(try await ids("search_term", "0%") == [plain])
        #expect(try await ids("scope", "locked") == [ended])
        #expect(try await ids("scope", "unlocked,unpinned") == [plain])
        #expect(try await ids("scope", "pinned") == [pinned])
        #expect(try await ids("filter_by", "unread") == [])
        #expect(try await ids("filter_by", "unread", as: lesson.student) == [plain, ended, pinned])
        _ = try await lesson.send(.put, "/discussion_topics/\(plain)/read", as: lesson.student)
        #expect(try await ids("filter_by", "unread", as: lesson.student) == [ended, pinned])
        _ = try await lesson.say("x", in: plain)
        #expect(try await ids("filter_by", "unread", as: lesson.student) == [plain, ended, pinned])
    }

    @Test(arguments: [
        ("order_by", "colour"), ("scope", "locked,unlocked"), ("scope", "x"), ("filter_by", "x"),
        ("only_announcements", "x"), ("search_term", ""),
    ])
    func `refuse what cannot be asked`(name: String, value: String) async throws {
        let lesson = try await Lesson.open()
        let answer = try await lesson.get("/discussion_topics", [(name, value)])
        #expect(answer.status == 400)
        #expect(answer.field == name)
    }
}

struct `Announcements of several courses` {
    private func list(
        _ lesson: Lesson, _ query: [(String, String)], at now: Int64? = nil, as user: Principal
    ) async throws -> Answer {
        try await lesson.campus.send(.get, "/api/v1/announcements", query, at: now, as: user)
    }

    @Test func `come the newest first, each course's by one's standing in it`() async throws {
        let lesson = try await Lesson.open()
        let campus = lesson.campus
        let second = try await campus.course(
            "Other", in: lesson.institution, [(lesson.teacher, .student), (lesson.student, .student)])
        let first = try await lesson.topic("First", ["is_announcement": true])
        let later = try await lesson.topic(
            "Later",
            [
                "is_announcement": true,
                "delayed_post_at": .string(ISO8601.text(milliseconds: WallClock.milliseconds + 3_600_000)),
            ])
        _ = try await lesson.topic("A discussion")
        let codes = [lesson.course, second.course.id].map { ("context_codes[]", "course_\($0)") }
        #expect(try await list(lesson, codes, as: lesson.student).ids == [first])
        #expect(try await list(lesson, codes, as: lesson.teacher).ids == [later, first])
        #expect(try await list(lesson, codes + [("active_only", "true")], as: lesson.teacher).ids == [first])
        let pages = try await campus.all(
            "/api/v1/announcements", codes, size: 1, as: lesson.teacher)
        #expect(pages.compactMap { $0["id"]?.int } == [later, first])
        let after = WallClock.milliseconds + 7_200_000
        #expect(try await list(lesson, codes, at: after, as: lesson.student).ids == [later, first])
        let old = codes + [("start_date", "2020-01-01"), ("end_date", "2020-02-01")]
        #expect(try await list(lesson, old, as: lesson.teacher).ids == [])
    }

    @Test func `are refused where one is nobody`() async throws {
        let lesson = try await Lesson.open()
        let own = ("context_codes[]", "course_\(lesson.course)")
        let unknown = ("context_codes[]", "course_9000000000")
        #expect(try await list(lesson, [own], as: lesson.stranger).status == 403)
        #expect(try await list(lesson, [own], as: lesson.foreigner).status == 404)
        #expect(try await list(lesson, [own, unknown], as: lesson.teacher).status == 404)
        for query in [[], [("context_codes[]", "group_1")], [("context_codes[]", "course_x")]] {
            let answer = try await list(lesson, query, as: lesson.teacher)
            #expect(answer.status == 400)
            #expect(answer.field == "context_codes[]")
        }
        #expect(try await list(lesson, [own, ("start_date", "x")], as: lesson.teacher).field == "start_date")
    }
}
