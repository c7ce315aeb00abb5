import HTTPTypes
import JSON
import Tenancy
import Testing
import WebServer

@testable import Courses

struct `Progress through modules` {
    private func state(_ lesson: Lesson, _ module: Int, as user: Principal? = nil) async throws -> String? {
        try await lesson.get("/modules/\(module)", as: user ?? lesson.student).json["state"]?.string
    }

    private func view(_ lesson: Lesson, _ module: Int, _ item: Int, as user: Principal? = nil) async throws
        -> Int
    {
        try await lesson.send(.post, "/modules/\(module)/items/\(item)/mark_read", as: user ?? lesson.student)
            .status
    }

    @Test func `goes on by what a student does, and is each student's own`() async throws {
        let lesson = try await Lesson.open(coursework: SomeCoursework())
        let topic = try await lesson.topic("Talk")
        let first = try await lesson.module("First")
        let seen = try await lesson.item(
            first, "ExternalUrl",
            [
                "title": "a", "external_url": "https://a.example",
                "completion_requirement": ["type": "must_view"],
            ])
        let done = try await lesson.item(
            first, "ExternalUrl",
            [
                "title": "b", "external_url": "https://b.example",
                "completion_requirement": ["type": "must_mark_done"],
            ])
        let said = try await lesson.item(
            first, "Discussion",
            ["content_id": .int(topic), "completion_requirement": ["type": "must_contribute"]])
        let second = try await lesson.module("Second", ["prerequisite_module_ids": [.int(first)]])
        let essay = try await lesson.item(
            second, "Assignment",
            ["content_id": 1, "completion_requirement": ["type": "min_score", "min_score": 8]])
        let third = try await lesson.module("Third", ["prerequisite_module_ids": [.int(second)]])
        _ = try await lesson.item(
            third, "Assignment", ["content_id": 2, "completion_requirement": ["type": "must_submit"]])

        #expect(try await state(lesson, first) == "unlocked")
        #expect(try await state(lesson, second) == "locked")
        #expect(try await view(lesson, second, essay) == 403)
        #expect(try await view(lesson, first, seen) == 204)
        #expect(try await view(lesson, first, seen) == 204)
        #expect(try await state(lesson, first) == "started")
        let marked = try await lesson.send(.put, "/modules/\(first)/items/\(done)/done", as: lesson.student)
        #expect(marked.json["completion_requirement"]?["completed"] == true)
        let unmarked = try await lesson.send(
            .delete, "/modules/\(first)/items/\(done)/done", as: lesson.student)
        #expect(unmarked.json["completion_requirement"]?["completed"] == false)
        _ = try await lesson.send(.put, "/modules/\(first)/items/\(done)/done", as: lesson.student)
        _ = try await lesson.say("x", in: topic, as: lesson.student)
        #expect(try await state(lesson, first) == "completed")
        #expect(try await state(lesson, second) == "completed")
        #expect(try await state(lesson, third) == "unlocked")
        #expect(try await state(lesson, first, as: lesson.other) == "unlocked")
        let items = try await lesson.get("/modules/\(first)/items", as: lesson.student).json.array ?? []
        #expect(items.map { $0["completion_requirement"]?["completed"] } == [true, true, true])
        #expect(items.last?["id"] == .int(said))
    }

    @Test func `notes when a module was completed, and keeps it until it is relocked`() async throws {
        let lesson = try await Lesson.open()
        let first = try await lesson.module("First")
        let link: JSONValue = [
            "title": "a", "external_url": "https://a.example",
            "completion_requirement": ["type": "must_view"],
        ]
        let seen = try await lesson.item(first, "ExternalUrl", link)
        let second = try await lesson.module("Second", ["prerequisite_module_ids": [.int(first)]])
        let later = try await lesson.item(second, "ExternalUrl", link)
        #expect(try await view(lesson, first, seen) == 204)
        #expect(try await view(lesson, second, later) == 204)
        let completed = try await lesson.get("/modules/\(first)", as: lesson.student).json["completed_at"]
        #expect(completed?.string != nil)
        // What is asked for later does not count for who was through before.
        _ = try await lesson.item(first, "ExternalUrl", link)
        #expect(try await state(lesson, first) == "completed")
        #expect(try await state(lesson, first, as: lesson.other) == "unlocked")
        #expect(try await lesson.send(.put, "/modules/\(first)/relock").status == 200)
        #expect(try await state(lesson, first) == "started")
        #expect(try await state(lesson, second) == "locked")
    }

    @Test func `goes back when a student takes a mark back`() async throws {
        let lesson = try await Lesson.open()
        let module = try await lesson.module("First")
        let item = try await lesson.item(
            module, "ExternalUrl",
            [
                "title": "a", "external_url": "https://a.example",
                "completion_requirement": ["type": "must_mark_done"],
            ])
        let done = "/modules/\(module)/items/\(item)/done"
        _ = try await lesson.send(.put, done, as: lesson.student)
        #expect(try await state(lesson, module) == "completed")
        _ = try await lesson.send(.delete, done, as: lesson.student)
        #expect(try await state(lesson, module) == "unlocked")
        #expect(
            try await lesson.get("/modules/\(module)", as: lesson.student).json["completed_at"]
                == JSONValue.null)
    }

    @Test func `stays open where it was begun, until it is relocked`() async throws {
        let lesson = try await Lesson.open()
        let link: JSONValue = [
            "title": "a", "external_url": "https://a.example",
            "completion_requirement": ["type": "must_view"],
        ]
        let first = try await lesson.module("First")
        _ = try await lesson.item(first, "ExternalUrl", link)
        let second = try await lesson.module("Second")
        let begun = try await lesson.item(second, "ExternalUrl", link)
        _ = try await lesson.item(second, "ExternalUrl", link)
        #expect(try await view(lesson, second, begun) == 204)
        _ = try await lesson.send(.put, "/modules/\(second)", ["prerequisite_module_ids": [.int(first)]])
        #expect(try await state(lesson, second) == "started")
        #expect(try await state(lesson, second, as: lesson.other) == "locked")
        _ = try await lesson.send(.put, "/modules/\(second)/relock")
        #expect(try await state(lesson, second) == "locked")
    }

    @Test func `is shown to staff and to linked parents by the student's id`() async throws {
        let lesson = try await Lesson.open()
        let module = try await lesson.module("First")
        let item = try await lesson.item(
            module, "ExternalUrl",
            [
                "title": "a", "external_url": "https://a.example",
                "completion_requirement": ["type": "must_view"],
            ])
        #expect(try await view(lesson, module, item) == 204)
        func seen(_ student: String, as user: Principal) async throws -> Answer {
            try await lesson.get("/modules/\(module)", [("student_id", student)], as: user)
        }
        let id = "\(lesson.student.user)"
        #expect(try await seen(id, as: lesson.teacher).json["state"] == "completed")
        #expect(try await seen("\(lesson.other.user)", as: lesson.teacher).json["state"] == "unlocked")
        #expect(try await seen(id, as: lesson.student).json["state"] == "completed")
        #expect(try await seen("self", as: lesson.student).json["state"] == "completed")
        #expect(try await seen(id, as: lesson.other).status == 403)
        #expect(try await seen(id, as: lesson.observer).status == 403)
        try await lesson.campus.onLoop { context in
            try await Directory(pool: context.pool).link(
                parent: lesson.observer.user, to: lesson.student.user, in: lesson.institution)
        }
        #expect(try await seen(id, as: lesson.observer).json["state"] == "completed")
        for nobody in ["\(lesson.stranger.user)", "\(lesson.foreigner.user)", "x", "9000000000"] {
            #expect(try await seen(nobody, as: lesson.teacher).status == 404, "\(nobody)")
        }
    }

    @Test func `is a student's, and of nothing that is hidden`() async throws {
        let lesson = try await Lesson.open()
        let module = try await lesson.module("First")
        let item = try await lesson.item(module, "SubHeader", ["title": "a"])
        let hidden = try await lesson.item(module, "SubHeader", ["title": "b", "published": false])
        #expect(try await view(lesson, module, item, as: lesson.teacher) == 204)
        #expect(try await view(lesson, module, item, as: lesson.observer) == 403)
        #expect(try await view(lesson, module, hidden) == 404)
        #expect(try await view(lesson, module, 9_000_000_000, as: lesson.teacher) == 404)
        for user in [lesson.teacher, lesson.observer] {
            #expect(
                try await lesson.send(.put, "/modules/\(module)/items/\(item)/done", as: user).status == 403)
        }
        #expect(try await view(lesson, module, item, as: lesson.foreigner) == 404)
    }
}

struct `What modules keep from students` {
    private func locked(_ lesson: Lesson) async throws -> Int {
        let gate = try await lesson.module("Gate")
        let key = try await lesson.item(
            gate, "ExternalUrl",
            [
                "title": "a", "external_url": "https://a.example",
                "completion_requirement": ["type": "must_view"],
            ])
        let inner = try await lesson.module("Inner", ["prerequisite_module_ids": [.int(gate)]])
        _ = try await lesson.item(inner, "Page", ["page_url": "cells"])
        if let topic = try await lesson.get("/discussion_topics").ids.first {
            _ = try await lesson.item(inner, "Discussion", ["content_id": .int(topic)])
        }
        return try await lesson.send(.post, "/modules/\(gate)/items/\(key)/mark_read", as: lesson.other)
            .status
    }

    @Test func `are the texts of pages`() async throws {
        let lesson = try await Lesson.open()
        try await lesson.page("Cells", body: "<p>secret</p>")
        _ = try await lesson.send(
            .put, "/pages/cells", ["editing_roles": "teachers,students", "front_page": true])
        #expect(try await locked(lesson) == 204)
        for path in ["/pages/cells", "/front_page"] {
            let kept = try await lesson.get(path, as: lesson.student)
            #expect(kept.status == 200)
            #expect(kept.json["locked_for_user"] == true)
            #expect(kept.json["lock_explanation"]?.string != nil)
            #expect(kept.json["body"] == nil)
            #expect(
                try await lesson.send(.put, path, ["body": "x"], as: lesson.student).error?.code == "locked")
            for user in [lesson.other, lesson.observer, lesson.teacher] {
                #expect(try await lesson.get(path, as: user).json["body"] == "<p>secret</p>")
            }
        }
        for tail in ["/revisions", "/revisions/latest", "/revisions/1"] {
            #expect(try await lesson.get("/pages/cells\(tail)", as: lesson.student).error?.code == "locked")
        }
        let listed = try await lesson.get("/pages", [("include[]", "body")], as: lesson.student)
        #expect(listed.json.array?.first?["body"] == nil)
        #expect(listed.json.array?.first?["locked_for_user"] == true)
    }

    @Test func `are discussions`() async throws {
        let lesson = try await Lesson.open()
        try await lesson.page("Cells")
        let topic = try await lesson.topic("Talk", ["message": "<p>secret</p>"])
        let entry = try await lesson.say("x", in: topic)
        #expect(try await locked(lesson) == 204)
        let one = "/discussion_topics/\(topic)"
        let kept = try await lesson.get(one, as: lesson.student)
        #expect(kept.status == 200)
        #expect(kept.json["message"] == nil)
        #expect(kept.json["locked_for_user"] == true)
        #expect(kept.json["permissions"]?["reply"] == false)
        let listed = try await lesson.get("/discussion_topics", as: lesson.student)
        #expect(listed.json.array?.first?["message"] == nil)
        for tail in ["/entries", "/view", "/entry_list", "/entries/\(entry)/replies"] {
            #expect(try await lesson.get(one + tail, as: lesson.student).error?.code == "locked")
            #expect(try await lesson.get(one + tail, as: lesson.other).status == 200)
        }
        for tail in ["/entries", "/entries/\(entry)/replies"] {
            let refused = try await lesson.send(.post, one + tail, ["message": "x"], as: lesson.student)
            #expect(refused.error?.code == "locked")
            #expect(
                try await lesson.send(.post, one + tail, ["message": "x"], as: lesson.other).status == 201)
        }
        #expect(try await lesson.send(.put, one + "/read_all", as: lesson.student).status == 403)
    }

    @Test func `are all items after one that is not completed, where the module is sequential`() async throws
    {
        let lesson = try await Lesson.open()
        try await lesson.page("Cells", body: "b")
        let module = try await lesson.module("M", ["require_sequential_progress": true])
        let first = try await lesson.item(
            module, "ExternalUrl",
            [
                "title": "a", "external_url": "https://a.example",
                "completion_requirement": ["type": "must_view"],
            ])
        let second = try await lesson.item(
            module, "Page", ["page_url": "cells", "completion_requirement": ["type": "must_view"]])
        let details = [("include[]", "content_details")]
        let items = try await lesson.get("/modules/\(module)/items", details, as: lesson.student).json.array
        #expect(items?.map { $0["content_details"]?["locked_for_user"] } == [false, true])
        let path = "/modules/\(module)/items"
        #expect(try await lesson.send(.post, "\(path)/\(second)/mark_read", as: lesson.student).status == 403)
        #expect(try await lesson.get("/pages/cells", as: lesson.student).json["body"] == nil)
        #expect(try await lesson.send(.post, "\(path)/\(first)/mark_read", as: lesson.student).status == 204)
        #expect(try await lesson.get("/pages/cells", as: lesson.student).json["body"] == "b")
        #expect(try await lesson.send(.post, "\(path)/\(second)/mark_read", as: lesson.student).status == 204)
    }

    @Test func `is what has not begun`() async throws {
        let lesson = try await Lesson.open()
        try await lesson.page("Cells", body: "b")
        let begin: Int64 = 1_900_000_000_000
        let module = try await lesson.module(
            "M", ["unlock_at": .string(ISO8601.text(milliseconds: begin))])
        _ = try await lesson.item(module, "Page", ["page_url": "cells"])
        for user in [lesson.student, lesson.observer] {
            let before = try await lesson.send(.get, "/pages/cells", at: begin - 1000, as: user)
            #expect(before.json["body"] == nil)
            let after = try await lesson.send(.get, "/pages/cells", at: begin, as: user)
            #expect(after.json["body"] == "b")
        }
    }
}
