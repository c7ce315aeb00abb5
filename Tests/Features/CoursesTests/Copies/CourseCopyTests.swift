import HTTPTypes
import JSON
import JobQueue
import Postgres
import Synchronization
import Tenancy
import Testing
import WebServer

@testable import Courses

/// Fails as often as it is told to, in the middle of a copy, as a process that dies there would.
private final class Stumble: CopyPart {
    let title = "a stone"
    private let falls: Atomic<Int>

    init(times: Int) { falls = Atomic(times) }

    func copy(after: Int64, in batch: CopyBatch) async throws -> Int64? {
        guard falls.subtract(1, ordering: .relaxed).newValue < 0 else {
            throw JobFailure("fallen", "fallen over", retryAfter: .milliseconds(1))
        }
        return nil
    }
}

struct `Copying a course` {
    /// A course with something of everything, an empty one, and who teaches both.
    private struct Pair {
        let campus: Campus
        let institution: InstitutionID
        let teacher: Principal
        let old: Int64
        let new: Int64

        static func open(stumbling times: Int = 0) async throws -> Pair {
            let campus = try await Campus.open(
                isAlone: true, connections: 4, copies: [Stumble(times: times)])
            let here = try await campus.institution(["tea": .instructor])
            let teacher = try #require(here.users["tea"])
            let old = try await campus.course("Old", in: here.id, [(teacher, .teacher)])
            let new = try await campus.course("New", state: .unpublished, in: here.id, [(teacher, .teacher)])
            return Pair(
                campus: campus, institution: here.id, teacher: teacher, old: old.course.id,
                new: new.course.id)
        }

        @discardableResult
        func post(_ tail: String, _ body: JSONValue) async throws -> Answer {
            let answer = try await campus.ask(.post, "/api/v1/courses/\(old)\(tail)", body, as: teacher)
            try #require(answer.status < 300, "\(tail): \(String(describing: answer.error))")
            return answer
        }

        func get(_ tail: String, of course: Int64) async throws -> JSONValue {
            try await campus.get("/api/v1/courses/\(course)\(tail)", [("per_page", "100")], as: teacher).json
        }

        /// Copies, and waits for the end.
        func copy(_ more: JSONObject = JSONObject()) async throws -> (migration: Int, progress: JSONValue) {
            var body = more
            body.set("migration_type", "course_copy_importer")
            body.set("settings", ["source_course_id": .int(old)])
            let asked = try await campus.ask(
                .post, "/api/v1/courses/\(new)/content_migrations", .object(body), as: teacher)
            try #require(asked.status == 200, "\(String(describing: asked.error))")
            let url = try #require(asked.json["progress_url"]?.string)
            let progress = try #require(Int(url.split(separator: "/").last ?? ""))
            return (asked.id, try await campus.finish(progress, in: institution))
        }

        func fill() async throws {
            try await post(
                "/pages",
                [
                    "wiki_page": [
                        "title": "Week 2",
                        "body": .string("<p><a href=\"/courses/\(old)/pages/week-1\">back</a></p>"),
                        "published": true,
                    ]
                ])
            let page = try await post(
                "/pages",
                [
                    "wiki_page": [
                        "title": "Week 1", "published": true, "front_page": true,
                        "body": .string(
                            "<p><a href=\"/courses/\(old)/pages/week-2\">on</a> <a href=\"/courses/\(old)/pages/none\">x</a></p>"
                        ),
                    ]
                ])
            let topic = try await post(
                "/discussion_topics",
                [
                    "title": "Talk", "message": .string("<a href=\"/courses/\(old)/pages/week-1\">read</a>"),
                    "lock_at": "2026-10-01T10:00:00Z",
                ])
            try await post(
                "/discussion_topics", ["title": "News", "message": "Hello", "is_announcement": true])
            let first = try await post("/modules", ["module": ["name": "First", "published": true]])
            let second = try await post(
                "/modules",
                ["module": ["name": "Second", "prerequisite_module_ids": [.int(Int64(first.id))]]])
            try await post(
                "/modules/\(first.id)/items",
                [
                    "module_item": [
                        "type": "Page", "content_id": .int(Int64(page.json["page_id"]?.int ?? 0)),
                        "completion_requirement": ["type": "must_view"],
                    ]
                ])
            try await post(
                "/modules/\(second.id)/items",
                ["module_item": ["type": "Discussion", "content_id": .int(Int64(topic.id))]])
            try await post(
                "/modules/\(first.id)/items",
                ["module_item": ["type": "SubHeader", "title": "Between", "position": 1]])
        }
    }

    @Test func `brings everything along, each link to its copy`() async throws {
        let pair = try await Pair.open()
        try await pair.fill()
        let done = try await pair.copy(
            JSONObject(
                "date_shift_options",
                ["shift_dates": true, "old_start_date": "2026-09-01", "new_start_date": "2027-02-01"]))
        #expect(done.progress["workflow_state"]?.string == "completed", "\(done.progress)")
        #expect(
            done.progress["results"]?["copied"]
                == ["item": 3, "module": 2, "page": 2, "topic": 2])
        let body = try await pair.get("/front_page", of: pair.new)["body"]?.string ?? ""
        #expect(body.contains("<a href=\"/courses/\(pair.new)/pages/week-2\""))
        #expect(body.contains("<a href=\"/courses/\(pair.old)/pages/none\""))
        let topics = try await pair.get("/discussion_topics", of: pair.new).array ?? []
        #expect(topics.map { $0["title"]?.string } == ["Talk"])
        let message = topics[0]["message"]?.string ?? ""
        #expect(message.contains("<a href=\"/courses/\(pair.new)/pages/week-1\""))
        #expect(topics[0]["lock_at"]?.string == "2027-03-03T10:00:00Z")
        let modules = try await pair.get("/modules", of: pair.new).array ?? []
        #expect(modules.map { $0["name"]?.string } == ["First", "Second"])
        let first = modules[0]["id"]?.int ?? 0
        #expect(modules[1]["prerequisite_module_ids"] == [.int(Int64(first))])
        let items = try await pair.get("/modules/\(first)/items", of: pair.new).array ?? []
        #expect(items.map { $0["title"]?.string } == ["Between", "Week 1"])
        #expect(items[1]["completion_requirement"]?["type"]?.string == "must_view")
        #expect(items[1]["page_url"]?.string == "week-1")

        let shown = try await pair.get("/content_migrations/\(done.migration)", of: pair.new)
        #expect(shown["workflow_state"]?.string == "completed" && shown["migration_issues_count"]?.int == 1)
        let issues =
            try await pair.get("/content_migrations/\(done.migration)/migration_issues", of: pair.new).array
            ?? []
        #expect(
            issues.map { $0["description"]?.string } == [
                "Links in it lead to what was not copied: 1 of them."
            ])
        let issue = issues[0]["id"]?.int ?? 0
        let resolved = try await pair.campus.ask(
            .put,
            "/api/v1/courses/\(pair.new)/content_migrations/\(done.migration)/migration_issues/\(issue)",
            ["workflow_state": "resolved"], as: pair.teacher)
        #expect(resolved.json["workflow_state"]?.string == "resolved")
        let after = try await pair.get("/content_migrations/\(done.migration)", of: pair.new)
        #expect(after["migration_issues_count"]?.int == 0)
    }

    @Test func `twice brings the same copies up to date, and makes anew what was removed`() async throws {
        let pair = try await Pair.open()
        try await pair.fill()
        _ = try await pair.copy()
        let pages = try await pair.get("/pages", of: pair.new)
        _ = try await pair.campus.ask(
            .put, "/api/v1/courses/\(pair.old)/pages/week-2", ["wiki_page": ["title": "Second week"]],
            as: pair.teacher)
        let topic = try await pair.get("/discussion_topics", of: pair.new).array?.first?["id"]?.int ?? 0
        _ = try await pair.campus.send(
            .delete, "/api/v1/courses/\(pair.new)/discussion_topics/\(topic)", as: pair.teacher)
        _ = try await pair.copy()
        let now = try await pair.get("/pages", of: pair.new)
        func ids(_ list: JSONValue) -> Set<Int> { Set(list.array?.compactMap { $0["page_id"]?.int } ?? []) }
        #expect(ids(now) == ids(pages))
        #expect(
            Set(now.array?.compactMap { $0["title"]?.string } ?? []) == ["Second week", "Week 1"])
        let topics = try await pair.get("/discussion_topics", of: pair.new).array ?? []
        #expect(topics.count == 1 && topics[0]["id"]?.int != topic)
        let modules = try await pair.get("/modules", of: pair.new).array ?? []
        #expect(modules.map { $0["items_count"]?.int } == [2, 1])
        let revisions = try await pair.campus.rows(
            """
            SELECT p.title, array_agg(r.revision ORDER BY r.revision) FROM pages p
            JOIN page_revisions r ON r.institution_id = p.institution_id AND r.page_id = p.id
            WHERE p.course_id = \(pair.new) GROUP BY p.id, p.title ORDER BY 1
            """)
        #expect(revisions == ["(\"Second week\",\"{1,2}\")", "(\"Week 1\",{1})"])
    }

    @Test func `goes on where it was interrupted, without doubles`() async throws {
        let pair = try await Pair.open(stumbling: 2)
        try await pair.fill()
        let done = try await pair.copy()
        #expect(done.progress["workflow_state"]?.string == "completed", "\(done.progress)")
        #expect(try await pair.get("/pages", of: pair.new).array?.count == 2)
        #expect(try await pair.get("/modules", of: pair.new).array?.count == 2)
        #expect(
            try await pair.campus.rows(
                "SELECT count(*) FROM discussion_topics WHERE course_id = \(pair.new)") == ["(2)"])
    }

    @Test func `brings a selected module's contents along, and nothing else`() async throws {
        let pair = try await Pair.open()
        try await pair.fill()
        let modules = try await pair.get("/modules", of: pair.old).array ?? []
        let second = modules.last?["id"]?.int ?? 0
        let done = try await pair.copy(JSONObject("select", ["modules": [.int(Int64(second))]]))
        #expect(done.progress["results"]?["copied"] == ["item": 1, "module": 1, "topic": 1])
        let made = try await pair.get("/modules", of: pair.new).array ?? []
        #expect(made.map { $0["name"]?.string } == ["Second"])
        #expect(made.first?["prerequisite_module_ids"] == [])
    }

    @Test func `is for staff of both courses`() async throws {
        let campus = try await Campus.open()
        let here = try await campus.institution(["tea": .instructor, "oth": .instructor])
        let there = try await campus.institution(["eve": .instructor])
        let (tea, oth) = (try #require(here.users["tea"]), try #require(here.users["oth"]))
        let own = try await campus.course(in: here.id, [(tea, .teacher)]).course.id
        let others = try await campus.course(in: here.id, [(oth, .teacher), (tea, .student)]).course.id
        let foreign = try await campus.course(in: there.id).course.id
        func copy(_ source: JSONValue, into target: Int64, as user: Principal) async throws -> Answer {
            try await campus.ask(
                .post, "/api/v1/courses/\(target)/content_migrations",
                [
                    "migration_type": "course_copy_importer", "settings": ["source_course_id": source],
                ], as: user)
        }
        #expect(try await copy(.int(others), into: own, as: tea).status == 403)
        #expect(try await copy(.int(own), into: others, as: tea).status == 403)
        for source in [JSONValue.int(foreign), 999_999_999, "sis_course_id:none"] {
            let answer = try await copy(source, into: own, as: tea)
            #expect(answer.status == 400 && answer.field == "settings.source_course_id")
        }
        let same = try await copy(.int(own), into: own, as: tea)
        #expect(same.status == 400 && same.field == "settings.source_course_id")
        let kind = try await campus.ask(
            .post, "/api/v1/courses/\(own)/content_migrations", ["migration_type": "zip_file_importer"],
            as: tea)
        #expect(kind.status == 400 && kind.field == "migration_type")
    }

    @Test func `fails for who is staff no more when it begins`() async throws {
        let pair = try await Pair.open()
        let asked = try await pair.campus.ask(
            .post, "/api/v1/courses/\(pair.new)/content_migrations",
            [
                "migration_type": "course_copy_importer", "settings": ["source_course_id": .int(pair.old)],
            ], as: pair.teacher)
        try await pair.campus.run("UPDATE enrollments SET workflow_state = 'deleted'")
        let progress = try await pair.campus.rows("SELECT max(id) FROM progresses")
        let id = try #require(Int(progress[0].filter(\.isNumber)))
        #expect(
            try await pair.campus.finish(id, in: pair.institution)["message"]?.string == "failed: forbidden")
        #expect(
            try await pair.campus.rows("SELECT finished_at FROM content_migrations") == ["()"], "\(asked.id)")
    }
}
