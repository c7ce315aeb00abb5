import HTTPTypes
import JSON
import Tenancy
import Testing
import WebServer

@testable import Courses

struct `Pages of a course` {
    @Test func `are made, read, changed and removed by staff`() async throws {
        let lesson = try await Lesson.open()
        let made = try await lesson.send(
            .post, "/pages",
            ["wiki_page": ["title": "Cell Biology", "body": "<p>Hi</p>", "published": "yes"]])
        #expect(made.status == 200)
        #expect(made.json["url"] == "cell-biology")
        #expect(made.json["published"] == true)
        #expect(made.json["hide_from_students"] == false)
        #expect(made.json["editing_roles"] == "teachers")
        #expect(made.json["last_edited_by"]?["id"] == .int(lesson.teacher.user))
        for name in ["cell-biology", "Cell-Biology", "page_id:\(made.id)", "\(made.id)"] {
            #expect(try await lesson.get("/pages/\(name)").json["body"] == "<p>Hi</p>", "\(name)")
        }
        let changed = try await lesson.send(.put, "/pages/cell-biology", ["body": "<p>New</p>"])
        #expect(changed.json["body"] == "<p>New</p>")
        #expect(changed.json["title"] == "Cell Biology")
        #expect(try await lesson.send(.delete, "/pages/cell-biology").json["url"] == "cell-biology")
        for name in ["cell-biology", "page_id:\(made.id)"] {
            #expect(try await lesson.get("/pages/\(name)").status == 404)
            #expect(try await lesson.send(.delete, "/pages/\(name)").status == 404)
        }
    }

    @Test func `are seen by others once published, and written by none of them`() async throws {
        let lesson = try await Lesson.open()
        try await lesson.page("Open")
        try await lesson.page("Draft", published: false)
        for user in [lesson.student, lesson.observer] {
            #expect(try await lesson.get("/pages/open", as: user).status == 200)
            #expect(try await lesson.get("/pages/draft", as: user).status == 404)
            #expect(try await lesson.get("/pages", as: user).json.array?.count == 1)
            #expect(try await lesson.get("/pages", [("published", "false")], as: user).json == [])
            #expect(try await lesson.send(.post, "/pages", ["title": "Mine"], as: user).status == 403)
            #expect(try await lesson.send(.delete, "/pages/open", as: user).status == 403)
            #expect(try await lesson.send(.put, "/pages/open", ["body": "x"], as: user).status == 403)
            #expect(try await lesson.get("/pages/open/revisions", as: user).status == 403)
            #expect(try await lesson.get("/pages/open/revisions/latest", as: user).status == 200)
            #expect(try await lesson.get("/pages/open/revisions/1", as: user).status == 403)
            #expect(try await lesson.get("/pages/draft/revisions/latest", as: user).status == 404)
        }
        #expect(try await lesson.send(.put, "/pages/draft", ["body": "x"], as: lesson.student).status == 404)
        #expect(try await lesson.send(.put, "/pages/none", ["body": "x"], as: lesson.student).status == 404)
    }

    @Test func `are nothing to strangers, and not there for another institution`() async throws {
        let lesson = try await Lesson.open()
        try await lesson.page("Open")
        #expect(try await lesson.get("/pages/open", as: lesson.stranger).status == 403)
        for (method, tail) in [
            ("GET", "/pages"), ("GET", "/pages/open"), ("PUT", "/pages/open"), ("PUT", "/front_page"),
        ] {
            let method = try #require(HTTPRequest.Method(method))
            #expect(try await lesson.send(method, tail, ["body": "x"], as: lesson.foreigner).status == 404)
        }
    }

    @Test func `let students write the body where their editing roles say so`() async throws {
        let lesson = try await Lesson.open()
        _ = try await lesson.send(
            .post, "/pages", ["title": "Wiki", "published": true, "editing_roles": "teachers, students"])
        let written = try await lesson.send(.put, "/pages/wiki", ["body": "<b>us</b>"], as: lesson.student)
        #expect(written.json["body"] == "<b>us</b>")
        #expect(written.json["last_edited_by"]?["id"] == .int(lesson.student.user))
        for member in ["title", "editing_roles"] {
            let refused = try await lesson.send(
                .put, "/pages/wiki", .object(JSONObject(member, "students")), as: lesson.student)
            #expect(refused.status == 403, "\(member)")
        }
        #expect(
            try await lesson.send(.put, "/pages/wiki", ["published": false], as: lesson.student).status == 403
        )
        #expect(try await lesson.get("/pages/wiki/revisions", as: lesson.student).json.array?.count == 2)
        #expect(try await lesson.send(.put, "/pages/wiki", ["body": "x"], as: lesson.observer).status == 403)
    }

    @Test func `keep their earlier addresses when renamed`() async throws {
        let lesson = try await Lesson.open()
        try await lesson.page("First")
        let renamed = try await lesson.send(.put, "/pages/first", ["title": "Second"])
        #expect(renamed.json["url"] == "second")
        #expect(try await lesson.get("/pages/first").json["title"] == "Second")
        #expect(try await lesson.page("First") == "first-2")
        #expect(try await lesson.send(.put, "/pages/second", ["title": "First"]).json["url"] == "first")
        #expect(try await lesson.get("/pages/first-2").json["title"] == "First")
    }

    @Test func `forget the oldest of many addresses`() async throws {
        let lesson = try await Lesson.open()
        try await lesson.page("Name 0")
        for number in 1...PageAddress.mostPerPage {
            let renamed = try await lesson.send(
                .put, "/pages/name-\(number - 1)", ["title": .string("Name \(number)")])
            #expect(renamed.status == 200)
        }
        #expect(try await lesson.get("/pages/name-0").status == 404)
        #expect(try await lesson.get("/pages/name-1").status == 200)
        #expect(try await lesson.get("/pages/name-\(PageAddress.mostPerPage)").status == 200)
    }

    @Test func `of one title have addresses of their own, whoever writes at once`() async throws {
        let lesson = try await Lesson.open()
        let urls = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<8 { group.addTask { try await lesson.page("Same") } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(urls == Set(["same"] + (2...8).map { "same-\($0)" }))
    }

    @Test func `are made by writing to an address that leads nowhere`() async throws {
        let lesson = try await Lesson.open()
        let made = try await lesson.send(.put, "/pages/week-one", ["wiki_page": ["body": "x"]])
        #expect(made.json["title"] == "week one")
        #expect(made.json["url"] == "week-one")
        #expect(try await lesson.send(.put, "/pages/9000000000", ["body": "x"]).status == 404)
    }

    @Test func `are stored safe`() async throws {
        let lesson = try await Lesson.open()
        try await lesson.page("Bad", body: "<p onclick=x>a<script>alert(1)</script></p>")
        #expect(try await lesson.get("/pages/bad").json["body"] == "<p>a</p>")
        _ = try await lesson.send(.put, "/pages/bad", ["body": "<a href='javascript:x'>b</a>"])
        #expect(try await lesson.get("/pages/bad").json["body"] == "<a>b</a>")
        #expect(try await lesson.get("/pages/bad/revisions/1").json["body"] == "<p>a</p>")
    }

    @Test func `are made once under one key`() async throws {
        let lesson = try await Lesson.open()
        let first = try await lesson.send(.post, "/pages", ["title": "Once"], key: "k")
        let again = try await lesson.send(.post, "/pages", ["title": "Once"], key: "k")
        #expect(first.json == again.json)
        #expect(try await lesson.get("/pages").json.array?.count == 1)
        #expect(try await lesson.send(.post, "/pages", ["title": "Twice"], key: "k").status == 422)
    }

    private static let bad: [(JSONValue, String)] = [
        ([:], "title"), (["wiki_page": ["body": "x"]], "wiki_page.title"), (["title": ""], "title"),
        (["title": "a\nb"], "title"), (["title": "a\u{7}b"], "title"), (["title": 5], "title"),
        (["title": .string(String(repeating: "x", count: 256))], "title"),
        (["title": "a", "published": "perhaps"], "published"), (["title": "a", "body": 7], "body"),
        (["title": "a", "editing_roles": "kings"], "editing_roles"),
        (["title": "a", "front_page": true], "wiki_page.front_page"),
        (["title": "a", "body": .string(String(repeating: "<b>", count: 400_000))], "body"),
    ]

    @Test(arguments: bad.indices)
    func `refuse what is wrong, by name`(index: Int) async throws {
        let (body, field) = Self.bad[index]
        let lesson = try await Lesson.open()
        let answer = try await lesson.send(.post, "/pages", body)
        #expect(answer.status == 400)
        #expect(answer.field == field)
        #expect(try await lesson.get("/pages").json == [])
    }
}

struct `Lists of pages` {
    @Test(arguments: ["title", "created_at", "updated_at"], ["asc", "desc"])
    func `come sorted, in pages without gaps and repeats`(sort: String, order: String) async throws {
        let lesson = try await Lesson.open()
        for title in ["beta", "Alpha", "alpha", "Gamma", "delta"] { try await lesson.page(title) }
        let listed = try await lesson.campus.all(
            lesson.path + "/pages", [("sort", sort), ("order", order)], as: lesson.teacher)
        var urls = ["beta", "alpha", "alpha-2", "gamma", "delta"]
        if sort == "title" { urls = ["alpha", "alpha-2", "beta", "delta", "gamma"] }
        if order == "desc" { urls.reverse() }
        #expect(listed.compactMap { $0["url"]?.string } == urls)
        #expect(listed.allSatisfy { $0["body"] == nil })
    }

    @Test func `hold what is looked for`() async throws {
        let lesson = try await Lesson.open()
        try await lesson.page("100% sure", body: "<p>b</p>")
        try await lesson.page("Unsure", published: false)
        func titles(_ query: (String, String)...) async throws -> [String] {
            try await lesson.get("/pages", query).json.array?.compactMap { $0["title"]?.string } ?? []
        }
        #expect(try await titles(("search_term", "SURE")) == ["100% sure", "Unsure"])
        #expect(try await titles(("search_term", "%")) == ["100% sure"])
        #expect(try await titles(("published", "0")) == ["Unsure"])
        #expect(try await titles(("published", "true")) == ["100% sure"])
        let whole = try await lesson.get("/pages", [("include[]", "body")])
        #expect(whole.json.array?.first?["body"] == "<p>b</p>")
    }

    @Test(arguments: [
        ("sort", "colour"), ("order", "up"), ("published", "maybe"), ("search_term", ""),
        ("page", "bookmark:x"),
        ("page", "bookmark:WyJhIiwiYiJd"), ("page", "bookmark:WyJhIl0"), ("per_page", "0"),
    ])
    func `refuse what cannot be asked`(name: String, value: String) async throws {
        let lesson = try await Lesson.open()
        let answer = try await lesson.get("/pages", [(name, value)])
        #expect(answer.status == 400)
        #expect(answer.field == name)
    }
}

struct `The front page of a course` {
    @Test func `is one, must be published, and is not removed`() async throws {
        let lesson = try await Lesson.open()
        #expect(try await lesson.get("/front_page", as: lesson.student).status == 404)
        try await lesson.page("Draft", published: false)
        #expect(
            try await lesson.send(.put, "/pages/draft", ["front_page": true]).field == "wiki_page.front_page")
        try await lesson.page("One")
        try await lesson.page("Two")
        for url in ["one", "two"] {
            #expect(
                try await lesson.send(.put, "/pages/\(url)", ["front_page": true]).json["front_page"] == true)
            #expect(try await lesson.get("/front_page", as: lesson.student).json["url"] == .string(url))
        }
        #expect(try await lesson.get("/pages/one").json["front_page"] == false)
        #expect(
            try await lesson.send(.put, "/pages/two", ["published": false]).field == "wiki_page.published")
        #expect(try await lesson.send(.put, "/front_page", ["hide_from_students": true]).status == 400)
        #expect(try await lesson.send(.delete, "/pages/two").status == 400)
        #expect(try await lesson.send(.put, "/front_page", ["title": "Home"]).json["url"] == "home")
        #expect(try await lesson.send(.put, "/pages/home", ["front_page": false]).status == 200)
        #expect(try await lesson.send(.delete, "/pages/home").status == 200)
    }

    @Test func `is made by writing to it`() async throws {
        let lesson = try await Lesson.open()
        #expect(try await lesson.send(.put, "/front_page", ["body": "x"], as: lesson.student).status == 404)
        let made = try await lesson.send(.put, "/front_page", ["wiki_page": ["body": "<p>Welcome</p>"]])
        #expect(made.json["title"] == "Front Page")
        #expect(try await lesson.get("/front_page", as: lesson.observer).json["body"] == "<p>Welcome</p>")
    }
}

struct `Revisions of a page` {
    @Test func `are listed newest first, shown, and come back as new ones`() async throws {
        let lesson = try await Lesson.open()
        try await lesson.page("Log", body: "one")
        for text in ["two", "three"] {
            _ = try await lesson.send(.put, "/pages/log", ["body": .string(text)])
        }
        // Neither what stays the same nor what is no text is a revision.
        _ = try await lesson.send(.put, "/pages/log", ["body": "three", "published": false])
        func numbers() async throws -> [Int] {
            try await lesson.campus.all(lesson.path + "/pages/log/revisions", as: lesson.teacher)
                .compactMap { $0["revision_id"]?.int }
        }
        #expect(try await numbers() == [3, 2, 1])
        let listed = try await lesson.get("/pages/log/revisions").json.array ?? []
        #expect(listed.map { $0["latest"] } == [true, false, false])
        #expect(
            listed.allSatisfy { $0["body"] == nil && $0["edited_by"]?["id"] == .int(lesson.teacher.user) })
        #expect(try await lesson.get("/pages/log/revisions/1").json["body"] == "one")
        #expect(try await lesson.get("/pages/log/revisions/latest").json["body"] == "three")
        let summary = try await lesson.get("/pages/log/revisions/latest", [("summary", "true")])
        #expect(summary.json["body"] == nil)
        let reverted = try await lesson.send(.post, "/pages/log/revisions/1")
        #expect(reverted.json["revision_id"] == 4)
        #expect(reverted.json["body"] == "one")
        #expect(try await lesson.get("/pages/log").json["body"] == "one")
        for number in ["0", "5", "x"] {
            #expect(try await lesson.get("/pages/log/revisions/\(number)").status == 404)
            #expect(try await lesson.send(.post, "/pages/log/revisions/\(number)").status == 404)
        }
    }

    @Test func `are kept as many as the bound says`() async throws {
        let lesson = try await Lesson.open()
        try await lesson.page("Log", body: "0")
        let most = PageRevision.mostPerPage
        for number in 1...(most + 2) {
            _ = try await lesson.send(.put, "/pages/log", ["body": .string("\(number)")])
        }
        let kept = try await lesson.campus.all(
            lesson.path + "/pages/log/revisions", size: 100, as: lesson.teacher)
        #expect(kept.compactMap { $0["revision_id"]?.int } == (4...(most + 3)).reversed())
        #expect(try await lesson.get("/pages/log/revisions/3").status == 404)
    }
}
