import HTTPTypes
import JSON
import Tenancy
import Testing
import WebServer

@testable import Courses

/// Two assignments and a quiz, of which a student has handed in one.
struct SomeCoursework: Coursework {
    func find(
        _ references: Set<CourseworkReference>, for call: CourseCall
    ) async throws -> [CourseworkReference: CourseworkDetails] {
        let known: [CourseworkReference: CourseworkDetails] = [
            .init(.assignment, 1): .init(title: "Essay", points: 10, dueAt: 1_800_000_000_000),
            .init(.assignment, 2): .init(title: "Report", points: 5),
            .init(.quiz, 1): .init(title: "Test", points: 3),
        ]
        return known.filter { references.contains($0.key) }
    }

    func outcomes(
        _ references: Set<CourseworkReference>, of student: Int64, for call: CourseCall
    ) async throws -> [CourseworkReference: CourseworkOutcome] {
        let reached: [CourseworkReference: CourseworkOutcome] = [
            .init(.assignment, 1): .init(isSubmitted: true, score: 8)
        ]
        return reached.filter { references.contains($0.key) }
    }
}

struct `Items of modules` {
    @Test func `lead to pages, discussions, coursework and elsewhere`() async throws {
        let lesson = try await Lesson.open(coursework: SomeCoursework())
        let module = try await lesson.module("M")
        try await lesson.page("Cells")
        let topic = try await lesson.topic("Talk")
        _ = try await lesson.item(module, "Page", ["page_url": "cells"])
        _ = try await lesson.item(module, "Discussion", ["content_id": .int(topic)])
        _ = try await lesson.item(module, "Assignment", ["content_id": 1])
        _ = try await lesson.item(module, "Quiz", ["content_id": 1, "title": "My own title"])
        _ = try await lesson.item(module, "SubHeader", ["title": "Links", "indent": 2])
        _ = try await lesson.item(
            module, "ExternalUrl",
            ["title": "Wiki", "external_url": "https://wiki.example/a?b#c", "new_tab": true])
        _ = try await lesson.item(
            module, "ExternalTool", ["title": "Lab", "external_url": "https://lab.example", "content_id": 4])
        _ = try await lesson.item(module, "File", ["title": "slides.pdf", "content_id": 12])
        let listed = try await lesson.get(
            "/modules/\(module)/items", [("include[]", "content_details"), ("per_page", "100")],
            as: lesson.student)
        let items = listed.json.array ?? []
        #expect(
            items.compactMap { $0["title"]?.string } == [
                "Cells", "Talk", "Essay", "My own title", "Links", "Wiki", "Lab", "slides.pdf",
            ])
        #expect(items.compactMap { $0["position"]?.int } == Array(1...8))
        let surface = "http://school.example/api/v1/courses/\(lesson.course)"
        #expect(
            items.map { $0["url"]?.string } == [
                "\(surface)/pages/cells", "\(surface)/discussion_topics/\(topic)", "\(surface)/assignments/1",
                "\(surface)/quizzes/1", nil, nil, nil, "\(surface)/files/12",
            ])
        #expect(items[0]["page_url"] == "cells")
        #expect(items[0]["content_id"] == nil)
        #expect(items[2]["content_details"]?["points_possible"] == 10)
        #expect(items[2]["content_details"]?["due_at"] == "2027-01-15T08:00:00Z")
        #expect(items[2]["content_details"]?["locked_for_user"] == false)
        #expect(items[4]["indent"] == 2)
        #expect(items[5]["external_url"] == "https://wiki.example/a?b#c")
        #expect(items[5]["new_tab"] == true)
        #expect(items[6]["content_id"] == 4)
    }

    @Test func `are published with the pages and discussions that they lead to`() async throws {
        let lesson = try await Lesson.open()
        let module = try await lesson.module("M")
        try await lesson.page("Cells", published: false)
        let topic = try await lesson.topic("Talk", ["published": false])
        let items = [
            try await lesson.item(module, "Page", ["page_url": "cells"]),
            try await lesson.item(module, "Discussion", ["content_id": .int(topic)]),
            try await lesson.item(module, "SubHeader", ["title": "x", "published": false]),
        ]
        let path = "/modules/\(module)/items"
        #expect(try await lesson.get(path, as: lesson.student).ids == [])
        #expect(try await lesson.get("\(path)/\(items[0])", as: lesson.student).status == 404)
        for item in items {
            let shown = try await lesson.send(.put, "\(path)/\(item)", ["module_item": ["published": true]])
            #expect(shown.json["published"] == true)
        }
        #expect(try await lesson.get(path, as: lesson.student).ids == items)
        #expect(try await lesson.get("/pages/cells", as: lesson.student).status == 200)
        #expect(try await lesson.get("/discussion_topics/\(topic)", as: lesson.student).status == 200)
        _ = try await lesson.send(.put, "/pages/cells", ["published": false])
        #expect(try await lesson.get(path, as: lesson.student).ids == [items[1], items[2]])
        _ = try await lesson.send(.put, "\(path)/\(items[1])", ["published": false])
        #expect(try await lesson.get("/discussion_topics/\(topic)", as: lesson.student).status == 404)
        _ = try await lesson.send(.put, "/pages/cells", ["published": true, "front_page": true])
        let refused = try await lesson.send(.put, "\(path)/\(items[0])", ["published": false])
        #expect(refused.field == "module_item.published")
    }

    @Test func `publish what they lead to when they are added as published`() async throws {
        let lesson = try await Lesson.open()
        let module = try await lesson.module("M")
        try await lesson.page("Cells", published: false)
        let topic = try await lesson.topic("Talk", ["published": false])
        let page = try await lesson.item(module, "Page", ["page_url": "cells", "published": true])
        let talk = try await lesson.item(module, "Discussion", ["content_id": .int(topic), "published": "1"])
        #expect(try await lesson.get("/modules/\(module)/items", as: lesson.student).ids == [page, talk])
        #expect(try await lesson.get("/pages/cells", as: lesson.student).status == 200)
    }

    @Test func `go with what they lead to, and what they lead to stays when they go`() async throws {
        let lesson = try await Lesson.open()
        let (module, other) = (try await lesson.module("M"), try await lesson.module("N"))
        try await lesson.page("Cells")
        let topic = try await lesson.topic("Talk")
        let first = try await lesson.item(module, "Page", ["page_url": "cells"])
        let second = try await lesson.item(module, "Discussion", ["content_id": .int(topic)])
        _ = try await lesson.item(other, "Page", ["page_url": "cells"])
        let third = try await lesson.item(module, "SubHeader", ["title": "x"])
        _ = try await lesson.send(.delete, "/modules/\(module)/items/\(first)")
        #expect(try await lesson.get("/pages/cells").status == 200)
        _ = try await lesson.send(.delete, "/pages/cells")
        #expect(try await lesson.get("/modules/\(other)/items").ids == [])
        #expect(try await lesson.get("/modules/\(module)/items").ids == [second, third])
        _ = try await lesson.send(.delete, "/discussion_topics/\(topic)")
        #expect(try await lesson.get("/modules/\(module)/items").ids == [third])
        #expect(try await lesson.isDense("/modules/\(module)/items"))
    }

    @Test func `show the present title, unless they have their own`() async throws {
        let lesson = try await Lesson.open()
        let module = try await lesson.module("M")
        try await lesson.page("Cells")
        let item = try await lesson.item(module, "Page", ["page_url": "cells"])
        _ = try await lesson.send(.put, "/pages/cells", ["title": "Tissue"])
        let one = "/modules/\(module)/items/\(item)"
        let seen = try await lesson.get(one)
        #expect(seen.json["title"] == "Tissue")
        #expect(seen.json["page_url"] == "tissue")
        #expect(try await lesson.send(.put, one, ["title": "Own"]).json["title"] == "Own")
    }

    @Test func `move within their module and to others, without gaps`() async throws {
        let lesson = try await Lesson.open()
        let (module, other) = (try await lesson.module("M"), try await lesson.module("N"))
        var ids: [Int] = []
        for title in ["a", "b", "c"] {
            ids.append(try await lesson.item(module, "SubHeader", ["title": .string(title)]))
        }
        let there = try await lesson.item(other, "SubHeader", ["title": "d"])
        let path = "/modules/\(module)/items"
        #expect(try await lesson.send(.put, "\(path)/\(ids[2])", ["position": 1]).json["position"] == 1)
        #expect(try await lesson.get(path).ids == [ids[2], ids[0], ids[1]])
        let moved = try await lesson.send(
            .put, "\(path)/\(ids[0])", ["module_item": ["module_id": .int(other), "position": 1]])
        #expect(moved.json["module_id"] == .int(other))
        #expect(try await lesson.get("/modules/\(other)/items").ids == [ids[0], there])
        #expect(try await lesson.send(.put, "\(path)/\(ids[1])", ["module_id": .int(other)]).status == 200)
        #expect(try await lesson.get("/modules/\(other)/items").ids == [ids[0], there, ids[1]])
        #expect(try await lesson.isDense(path))
        #expect(try await lesson.isDense("/modules/\(other)/items"))
        let nowhere = try await lesson.send(
            .put, "\(path)/\(ids[2])", ["module_item": ["module_id": 9_000_000_000]])
        #expect(nowhere.field == "module_item.module_id")
        #expect(try await lesson.send(.put, "\(path)/\(ids[0])", ["title": "x"]).status == 404)
    }

    @Test func `have no gaps, whoever moves them at once`() async throws {
        let lesson = try await Lesson.open(isAlone: true, connections: 4)
        let modules = [try await lesson.module("M"), try await lesson.module("N")]
        var ids: [Int] = []
        for number in 0..<8 {
            ids.append(try await lesson.item(modules[0], "SubHeader", ["title": .string("i\(number)")]))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for round in 0..<24 {
                let (id, target) = (ids[round % 8], modules[round % 2])
                group.addTask {
                    for module in modules {
                        _ = try await lesson.send(
                            .put, "/modules/\(module)/items/\(id)",
                            ["module_id": .int(target), "position": .int(round % 5)])
                    }
                }
            }
            try await group.waitForAll()
        }
        var count = 0
        for module in modules {
            #expect(try await lesson.isDense("/modules/\(module)/items"))
            count += try await lesson.get("/modules/\(module)/items", [("per_page", "100")]).ids.count
        }
        #expect(count == 8)
    }

    private static let bad: [(JSONValue, String)] = [
        ([:], "type"), (["type": "Poem"], "type"), (["type": "SubHeader"], "title"),
        (["type": "SubHeader", "title": "a\rb"], "title"),
        (["type": "SubHeader", "title": "a", "indent": 9], "indent"),
        (["type": "Page"], "content_id"), (["type": "Page", "page_url": "none"], "page_url"),
        (["type": "Page", "content_id": 1_000_000], "content_id"), (["type": "Discussion"], "content_id"),
        (["type": "Discussion", "content_id": 1_000_000], "content_id"),
        (["type": "Quiz", "content_id": 2], "content_id"),
        (["module_item": ["type": "Assignment", "content_id": 9]], "module_item.content_id"),
        (["type": "File", "title": "x"], "content_id"), (["type": "File", "content_id": 1], "title"),
        (["type": "ExternalUrl", "title": "x"], "external_url"),
        (["type": "ExternalUrl", "external_url": "https://a.example"], "title"),
        (["type": "ExternalUrl", "title": "x", "external_url": "javascript:alert(1)"], "external_url"),
        (["type": "ExternalUrl", "title": "x", "external_url": "https:///x"], "external_url"),
        (["type": "ExternalUrl", "title": "x", "external_url": "https://a\nb"], "external_url"),
        (
            ["type": "SubHeader", "title": "x", "completion_requirement": ["type": "must_view"]],
            "completion_requirement.type"
        ),
        (
            ["type": "Assignment", "content_id": 1, "completion_requirement": ["type": "min_score"]],
            "completion_requirement.min_score"
        ),
        (
            ["type": "Assignment", "content_id": 1, "completion_requirement": ["type": "must_sing"]],
            "completion_requirement.type"
        ),
    ]

    @Test func `take an address however its scheme is written`() {
        #expect(ItemChange.isWebAddress("HTTPS://school.example/a"))
        #expect(!ItemChange.isWebAddress("JavaScript:alert(1)//https://"))
    }

    @Test(arguments: bad.indices)
    func `refuse what is wrong, by name`(index: Int) async throws {
        let (body, field) = Self.bad[index]
        let lesson = try await Lesson.open(coursework: SomeCoursework())
        let module = try await lesson.module("M")
        let answer = try await lesson.send(.post, "/modules/\(module)/items", body)
        #expect(answer.status == 400)
        #expect(answer.field == field)
        #expect(try await lesson.get("/modules/\(module)/items").ids == [])
    }

    @Test func `lead to nothing of another course, and to no announcement`() async throws {
        let lesson = try await Lesson.open()
        let elsewhere = try await lesson.campus.course(in: lesson.institution, [(lesson.teacher, .teacher)])
            .course.id
        let page = try await lesson.campus.send(
            .post, "/api/v1/courses/\(elsewhere)/pages", [], ["title": "There"], as: lesson.teacher)
        let module = try await lesson.module("M")
        let news = try await lesson.topic("News", ["is_announcement": true])
        for body: JSONValue in [
            ["type": "Page", "content_id": .int(page.id)], ["type": "Page", "page_url": "there"],
            ["type": "Discussion", "content_id": .int(news)],
        ] {
            #expect(try await lesson.send(.post, "/modules/\(module)/items", body).status == 400)
        }
        let path = "/api/v1/courses/\(elsewhere)/modules/\(module)"
        for tail in ["", "/items"] {
            #expect(try await lesson.campus.get(path + tail, as: lesson.teacher).status == 404)
        }
        #expect(
            try await lesson.send(.post, "/modules/9000000000/items", ["type": "SubHeader", "title": "x"])
                .status == 404)
    }

    @Test func `are added once under one key`() async throws {
        let lesson = try await Lesson.open()
        let path = "/modules/\(try await lesson.module("M"))/items"
        let body: JSONValue = ["type": "SubHeader", "title": "x"]
        let first = try await lesson.send(.post, path, body, key: "k")
        #expect(try await lesson.send(.post, path, body, key: "k").json == first.json)
        #expect(try await lesson.get(path).ids == [first.id])
    }
}

struct `The sequence of a course's items` {
    @Test func `is found by an item, and by what it leads to`() async throws {
        let lesson = try await Lesson.open(coursework: SomeCoursework())
        let (module, second) = (try await lesson.module("M"), try await lesson.module("N"))
        try await lesson.page("Cells")
        let page = try await lesson.item(module, "Page", ["page_url": "cells"])
        _ = try await lesson.item(module, "SubHeader", ["title": "x"])
        let hidden = try await lesson.item(
            second, "ExternalUrl", ["title": "x", "external_url": "https://x.example", "published": false])
        let essay = try await lesson.item(second, "Assignment", ["content_id": 1])
        func sequence(_ type: String, _ id: String, as user: Principal? = nil) async throws -> JSONValue {
            try await lesson.get("/module_item_sequence", [("asset_type", type), ("asset_id", id)], as: user)
                .json
        }
        let found = try await sequence("Page", "cells", as: lesson.student)
        #expect(found["items"]?.array?.first?["prev"] == JSONValue.null)
        #expect(found["items"]?.array?.first?["current"]?["id"] == .int(page))
        #expect(found["items"]?.array?.first?["next"]?["id"] == .int(essay))
        #expect(found["modules"]?.array?.compactMap { $0["id"]?.int } == [module, second])
        let staff = try await sequence("ModuleItem", "\(page)")
        #expect(staff["items"]?.array?.first?["next"]?["id"] == .int(hidden))
        #expect(try await sequence("Assignment", "1")["items"]?.array?.first?["prev"]?["id"] == .int(hidden))
        #expect(try await sequence("Quiz", "1")["items"] == [])
        for (type, id) in [("Poem", "1"), ("SubHeader", "1"), ("Page", "")] {
            let answer = try await lesson.get(
                "/module_item_sequence", [("asset_type", type), ("asset_id", id)])
            #expect(answer.status == 400)
        }
    }
}
