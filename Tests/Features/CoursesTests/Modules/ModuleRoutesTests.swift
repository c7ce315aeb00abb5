import HTTPTypes
import JSON
import Postgres
import Tenancy
import Testing
import WebServer

@testable import Courses

extension Lesson {
    /// Makes a published module; its id.
    func module(_ name: String, _ more: JSONValue = [:]) async throws -> Int {
        var body = more.object ?? JSONObject()
        body.set("name", .string(name))
        if body["published"] == nil { body.set("published", true) }
        let answer = try await send(.post, "/modules", ["module": .object(body)])
        try #require(answer.status == 200, "\(String(describing: answer.error))")
        return answer.id
    }

    /// Adds an item to a module, published where it has a say in that; its id.
    func item(_ module: Int, _ type: String, _ more: JSONValue = [:]) async throws -> Int {
        var body = more.object ?? JSONObject()
        body.set("type", .string(type))
        if body["published"] == nil, type != "Page", type != "Discussion" { body.set("published", true) }
        let answer = try await send(.post, "/modules/\(module)/items", ["module_item": .object(body)])
        try #require(answer.status == 200, "\(String(describing: answer.error))")
        return answer.id
    }

    /// Whether positions count from 1 without gaps.
    func isDense(_ tail: String) async throws -> Bool {
        let all = try await campus.all(path + tail, size: 100, as: teacher)
        return all.compactMap { $0["position"]?.int } == Array(0..<all.count).map { $0 + 1 }
    }
}

struct `Modules of a course` {
    @Test func `are made, read, changed and removed by staff`() async throws {
        let lesson = try await Lesson.open()
        let made = try await lesson.send(
            .post, "/modules", ["module": ["name": "Week 1", "unlock_at": "2026-01-01T00:00:00Z"]])
        #expect(made.status == 200)
        let expected: [(String, JSONValue)] = [
            ("name", "Week 1"), ("position", 1), ("published", false), ("workflow_state", "unpublished"),
            ("unlock_at", "2026-01-01T00:00:00Z"), ("require_sequential_progress", false),
            ("prerequisite_module_ids", []), ("items_count", 0),
            (
                "items_url",
                .string("http://school.example/api/v1/courses/\(lesson.course)/modules/\(made.id)/items")
            ),
        ]
        for (name, value) in expected { #expect(made.json[name] == value, "\(name)") }
        #expect(made.json["state"] == nil)
        let one = "/modules/\(made.id)"
        let changed = try await lesson.send(
            .put, one, ["module": ["published": true, "unlock_at": nil, "require_sequential_progress": "1"]])
        #expect(changed.json["published"] == true)
        #expect(changed.json["unlock_at"] == JSONValue.null)
        #expect(changed.json["name"] == "Week 1")
        #expect(try await lesson.get(one, as: lesson.student).json["state"] == "completed")
        #expect(try await lesson.get(one, as: lesson.student).json["published"] == nil)
        #expect(try await lesson.get(one, as: lesson.observer).json["state"] == nil)
        #expect(try await lesson.send(.delete, one).json["workflow_state"] == "deleted")
        for method in [HTTPRequest.Method.get, .put, .delete] {
            #expect(try await lesson.send(method, one, ["name": "x"]).status == 404)
        }
        #expect(try await lesson.send(.put, one + "/relock").status == 404)
    }

    @Test func `are written by staff alone, and not there for another institution`() async throws {
        let lesson = try await Lesson.open()
        let (shown, hidden) = (
            try await lesson.module("A"), try await lesson.module("B", ["published": false])
        )
        for (user, status) in [
            (lesson.student, 403), (lesson.observer, 403), (lesson.stranger, 403), (lesson.foreigner, 404),
        ] {
            for (method, tail) in [
                (HTTPRequest.Method.post, "/modules"), (.put, "/modules/\(shown)"),
                (.delete, "/modules/\(shown)"),
                (.put, "/modules/\(shown)/relock"), (.post, "/modules/\(shown)/items"),
            ] {
                #expect(try await lesson.send(method, tail, ["name": "x"], as: user).status == status)
            }
        }
        for user in [lesson.student, lesson.observer] {
            #expect(try await lesson.get("/modules", as: user).ids == [shown])
            #expect(try await lesson.get("/modules/\(hidden)", as: user).status == 404)
            #expect(try await lesson.get("/modules/\(hidden)/items", as: user).status == 404)
        }
    }

    @Test func `stand where they are put, without gaps`() async throws {
        let lesson = try await Lesson.open()
        let (a, b) = (try await lesson.module("a"), try await lesson.module("b"))
        let c = try await lesson.module("c", ["position": 1])
        let d = try await lesson.module("d", ["position": 99])
        #expect(try await lesson.get("/modules").ids == [c, a, b, d])
        #expect(try await lesson.send(.put, "/modules/\(d)", ["position": 2]).json["position"] == 2)
        #expect(try await lesson.get("/modules").ids == [c, d, a, b])
        _ = try await lesson.send(.put, "/modules/\(c)", ["position": "100000"])
        _ = try await lesson.send(.put, "/modules/\(b)", ["position": -3])
        #expect(try await lesson.get("/modules").ids == [b, d, a, c])
        _ = try await lesson.send(.delete, "/modules/\(d)")
        #expect(try await lesson.get("/modules").ids == [b, a, c])
        #expect(try await lesson.isDense("/modules"))
    }

    @Test func `have no gaps, whoever moves them at once`() async throws {
        let lesson = try await Lesson.open(isAlone: true, connections: 4)
        var ids: [Int] = []
        for number in 0..<6 { ids.append(try await lesson.module("m\(number)")) }
        let gone = ids[5]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for round in 0..<24 {
                let id = ids[round % 5]
                group.addTask {
                    _ = try await lesson.send(.put, "/modules/\(id)", ["position": .int(round * 7 % 8)])
                }
            }
            group.addTask { _ = try await lesson.send(.delete, "/modules/\(gone)") }
            group.addTask { _ = try await lesson.module("new", ["position": 2]) }
            try await group.waitForAll()
        }
        #expect(try await lesson.get("/modules").json.array?.count == 6)
        #expect(try await lesson.isDense("/modules"))
    }

    @Test func `ask for others, but never in a circle`() async throws {
        let lesson = try await Lesson.open()
        let a = try await lesson.module("a")
        let b = try await lesson.module("b", ["prerequisite_module_ids": [.int(a), .int(a)]])
        let c = try await lesson.module("c", ["prerequisite_module_ids": [.int(b)]])
        #expect(try await lesson.get("/modules/\(b)").json["prerequisite_module_ids"] == [.int(a)])
        for wanted in [a, c, 9_000_000_000] {
            let refused = try await lesson.send(
                .put, "/modules/\(a)", ["module": ["prerequisite_module_ids": [.int(wanted)]]])
            #expect(refused.status == 400)
            #expect(refused.field == "module.prerequisite_module_ids")
        }
        _ = try await lesson.send(.delete, "/modules/\(b)")
        #expect(try await lesson.get("/modules/\(c)").json["prerequisite_module_ids"] == [])
        let turned = try await lesson.send(.put, "/modules/\(a)", ["prerequisite_module_ids": [.int(c)]])
        #expect(turned.json["prerequisite_module_ids"] == [.int(c)])
        let cleared = try await lesson.send(.put, "/modules/\(a)", ["prerequisite_module_ids": [""]])
        #expect(cleared.json["prerequisite_module_ids"] == [])
    }

    @Test func `do not come into a circle by two changes at once`() async throws {
        let lesson = try await Lesson.open(isAlone: true, connections: 4)
        let (a, b) = (try await lesson.module("a"), try await lesson.module("b"))
        async let first = lesson.send(.put, "/modules/\(a)", ["prerequisite_module_ids": [.int(b)]])
        async let second = lesson.send(.put, "/modules/\(b)", ["prerequisite_module_ids": [.int(a)]])
        #expect(Set([try await first.status, try await second.status]) == [200, 400])
    }

    @Test func `are listed with items, by what is looked for, in pages`() async throws {
        let lesson = try await Lesson.open()
        let (a, b) = (try await lesson.module("Alpha"), try await lesson.module("Beta"))
        let c = try await lesson.module("Gamma")
        _ = try await lesson.item(b, "SubHeader", ["title": "All about alpha"])
        _ = try await lesson.item(b, "SubHeader", ["title": "Draft", "published": false])
        #expect(try await lesson.get("/modules", [("search_term", "ALPHA")]).ids == [a])
        let found = try await lesson.get("/modules", [("search_term", "alpha"), ("include[]", "items")])
        #expect(found.ids == [a, b])
        #expect(found.json.array?.last?["items"]?.array?.count == 2)
        let seen = try await lesson.get("/modules", [("include[]", "items")], as: lesson.student)
        #expect(seen.json.array?[1]["items"]?.array?.count == 1)
        #expect(seen.json.array?[1]["items_count"] == 1)
        let listed = try await lesson.campus.all(lesson.path + "/modules", size: 1, as: lesson.teacher)
        #expect(listed.compactMap { $0["id"]?.int } == [a, b, c])
        #expect(try await lesson.get("/modules", [("page", "2"), ("per_page", "1")]).ids == [b])
        for page in ["bookmark:WyJhIiwiYiJd", "after:x", "0"] {
            #expect(try await lesson.get("/modules", [("page", page)]).field == "page")
        }
    }

    private static let bad: [(JSONValue, String)] = [
        ([:], "name"), (["name": ""], "name"), (["module": ["name": "a\u{1B}b"]], "module.name"),
        (["name": "a", "unlock_at": "soon"], "unlock_at"), (["name": "a", "position": "first"], "position"),
        (["name": "a", "prerequisite_module_ids": ["x"]], "prerequisite_module_ids[0]"),
        (["name": "a", "prerequisite_module_ids": [1]], "prerequisite_module_ids"),
        (["name": "a", "require_sequential_progress": "often"], "require_sequential_progress"),
    ]

    @Test(arguments: bad.indices)
    func `refuse what is wrong, by name`(index: Int) async throws {
        let (body, field) = Self.bad[index]
        let lesson = try await Lesson.open()
        let answer = try await lesson.send(.post, "/modules", body)
        #expect(answer.status == 400)
        #expect(answer.field == field)
    }

    @Test func `are made once under one key`() async throws {
        let lesson = try await Lesson.open()
        let first = try await lesson.send(.post, "/modules", ["name": "Once"], key: "k")
        let again = try await lesson.send(.post, "/modules", ["name": "Once"], key: "k")
        #expect(first.json == again.json)
        #expect(try await lesson.get("/modules").ids == [first.id])
    }

    @Test func `are as many as the bound says`() async throws {
        let lesson = try await Lesson.open()
        try await lesson.campus.onLoop { context in
            _ = try await context.pool.query(
                Statement(
                    """
                    INSERT INTO modules (institution_id, course_id, name, position)
                    SELECT \(lesson.institution), \(lesson.course), 'm', n
                    FROM generate_series(1, \(Module.mostPerCourse - 1)) n
                    """, isPrepared: false), tenant: lesson.institution)
        }
        let last = try await lesson.module("last")
        #expect(try await lesson.send(.post, "/modules", ["name": "more"]).status == 400)
        try await lesson.campus.onLoop { context in
            _ = try await context.pool.query(
                Statement(
                    """
                    INSERT INTO module_items (institution_id, course_id, module_id, type, title, position)
                    SELECT \(lesson.institution), \(lesson.course), \(last), 'SubHeader', 'i', n
                    FROM generate_series(1, \(ModuleItem.mostPerCourse - 1)) n
                    """, isPrepared: false), tenant: lesson.institution)
        }
        let header: JSONValue = ["type": "SubHeader", "title": "x"]
        #expect(try await lesson.send(.post, "/modules/\(last)/items", header).status == 200)
        #expect(try await lesson.send(.post, "/modules/\(last)/items", header).status == 400)
    }
}
