import HTTPTypes
import JSON
import JobQueue
import Postgres
import Telemetry
import Tenancy
import TestKit
import Testing
import WebServer

@testable import Courses
@testable import Search

struct `Searching a course` {
    /// A school with a course, an index, and whoever is in it.
    private func open(_ desk: Desk) async throws -> (School, CourseRegistry.Created) {
        let school = try await desk.institution([
            "Ada": .student, "Bo": .student, "Ito": .instructor, "Stray": .student, "Root": .admin,
        ])
        let course = try await desk.course(
            in: school, [("Ada", .student), ("Bo", .student), ("Ito", .teacher)])
        try await desk.build(school)
        return (school, course)
    }

    @Test func `finds words in their forms, marks them, and says where they lead`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let (school, course) = try await open(desk)
            let note = try await desk.note(
                "Cells", "<p>A cell <b>divides</b> &amp; grows.</p><script>alert(1)</script>", in: course,
                of: school)
            try await desk.bring(school)
            let answer = try await desk.get(
                "/api/v1/courses/\(course.course.id)/smartsearch", [("q", "dividing")], as: school["Ada"])
            let result = try require(answer.json["results"]?.array?.first)
            #expect(result["content_id"]?.int == Int(note))
            #expect(result["content_type"]?.string == "Note")
            #expect(result["body"]?.string == "cell divides & grows")
            #expect(result["highlights"] == [["start": 5, "length": 7]])
            #expect(
                result["html_url"]?.string
                    == "http://school.example/courses/\(course.course.id)/notes/\(note)")
            #expect(result["is_guess"] == .bool(false))
        }
    }

    @Test func `knows the words of each course's language`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let (school, english) = try await open(desk)
            let german = try await desk.course("Deutsch", in: school, [("Ada", .student)])
            try await desk.change(
                "UPDATE courses SET locale = 'de-AT' WHERE institution_id = $1 AND name = 'Deutsch'",
                in: school)
            try await desk.note("Wohnen", "In den Häusern wohnen Kinder.", in: german, of: school)
            try await desk.note("Running", "She runs and was running.", in: english, of: school)
            try await desk.bring(school)
            #expect(try await desk.titles("Haus Kind", in: german, as: school["Ada"]) == ["Wohnen"])
            #expect(try await desk.titles("run", in: english, as: school["Ada"]) == ["Running"])
            // And the institution's where the course has none.
            try await desk.change(
                "UPDATE accounts SET default_locale = 'fr' WHERE institution_id = $1 AND id = $1", in: school)
            try await desk.note("Cheval", "Les chevaux mangeaient.", in: english, of: school)
            try await desk.bring(school)
            #expect(try await desk.titles("manger", in: english, as: school["Ada"]) == ["Cheval"])
        }
    }

    @Test func `guesses what was meant when nothing is found`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let (school, course) = try await open(desk)
            try await desk.note("Photosynthesis", "Light becomes sugar.", in: course, of: school)
            try await desk.note("Respiration", "Sugar becomes work.", in: course, of: school)
            try await desk.bring(school)
            let answer = try await desk.get(
                "/api/v1/courses/\(course.course.id)/smartsearch", [("q", "fotosynthesis")], as: school["Ada"]
            )
            let results = try require(answer.json["results"]?.array)
            #expect(results.map { $0["title"]?.string } == ["Photosynthesis"])
            #expect(results.first?["is_guess"] == .bool(true))
            #expect(answer.next == nil)
            #expect(try await desk.titles("quantum mechanics", in: course, as: school["Ada"]).isEmpty)
        }
    }

    @Test func `shows a student nothing that is not published, whatever the index says`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let (school, course) = try await open(desk)
            let (ada, bo) = (school["Ada"], school["Bo"])
            try await desk.note("Secret moss", published: false, in: course, of: school)
            try await desk.note("Own moss", published: false, owner: ada.user, in: course, of: school)
            let open = try await desk.note("Open moss", in: course, of: school)
            try await desk.bring(school)
            #expect(try await desk.titles("moss", in: course, as: ada).sorted() == ["Open moss", "Own moss"])
            #expect(try await desk.titles("moss", in: course, as: bo) == ["Open moss"])
            #expect(try await desk.titles("moss", in: course, as: school["Ito"]).count == 3)
            #expect(try await desk.titles("moss", in: course, as: school["Root"]).count == 3)
            // A guess is no way round.
            #expect(try await desk.titles("seecret", in: course, as: bo).isEmpty)
            // Taken back, and the index does not know yet.
            try await desk.change(
                "UPDATE notes SET published = false WHERE institution_id = $1 AND id = \(open)", in: school)
            #expect(try await desk.titles("moss", in: course, as: bo).isEmpty)
        }
    }

    @Test func `keeps to the sections that somebody is limited to`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let (school, course) = try await open(desk)
            let other = try await CourseRegistry(pool: desk.pool).createSection(
                name: "Other", course: course.course.id, in: school.id)
            try await desk.note("Here moss", section: course.section, in: course, of: school)
            try await desk.note("There moss", section: other, in: course, of: school)
            try await desk.bring(school)
            #expect(try await desk.titles("moss", in: course, as: school["Ada"]).count == 2)
            try await desk.change(
                """
                UPDATE enrollments SET limit_privileges_to_course_section = true
                WHERE institution_id = $1 AND user_id = \(school["Ada"].user)
                """, in: school)
            #expect(try await desk.titles("moss", in: course, as: school["Ada"]) == ["Here moss"])
        }
    }

    @Test func `is for the course's members, in their institution`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let (school, course) = try await open(desk)
            try await desk.note("Moss", in: course, of: school)
            try await desk.bring(school)
            let other = try await desk.institution(["Eve": .admin])
            try await desk.build(other)
            let path = "/api/v1/courses/\(course.course.id)/smartsearch"
            #expect(try await desk.get(path, [("q", "moss")], as: school["Stray"]).status == 403)
            #expect(try await desk.get(path, [("q", "moss")], as: other["Eve"]).status == 404)
            // Not even the function gives one institution's documents to another.
            let question = SearchIndex.Question(
                text: "moss", kinds: ["note"], course: course.course.id, viewer: 0, seesAll: true)
            #expect(try await desk.index.find(question, in: other.id, skip: 0, count: 10).isEmpty)
            #expect(try await desk.index.find(question, in: school.id, skip: 0, count: 10).count == 1)
        }
    }

    @Test func `of an institution that is not built yet says that it is not available`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let school = try await desk.institution(["Ada": .student])
            let course = try await desk.course(in: school, [("Ada", .student)])
            let path = "/api/v1/courses/\(course.course.id)/smartsearch"
            #expect(try await desk.get(path, [("q", "moss")], as: school["Ada"]).code == "search_unavailable")
            try await desk.index.open(school.id)
            #expect(try await desk.get(path, [("q", "moss")], as: school["Ada"]).code == "search_unavailable")
        }
    }

    @Test func `takes any text`() async throws {
        let texts = [
            "'; DROP TABLE search_documents; --", "& | ! <-> ( )", "((((((((", "a:*B & !c", "\"unclosed",
            "--", "-moss",
            "or or or", "%%%%", "\\\\", "\u{2}\u{3}", "🌊🌊", "moss\u{301}",
            String(repeating: "a ", count: 127),
            String(repeating: "\"", count: 255), String(repeating: "-x ", count: 85),
            String(repeating: "ab or ", count: 42),
        ]
        let library = try await Library.open()
        try await library.run { desk in
            let (school, course) = try await open(desk)
            try await desk.note("Moss", in: course, of: school)
            try await desk.bring(school)
            let path = "/api/v1/courses/\(course.course.id)/smartsearch"
            for text in texts {
                #expect(try await desk.get(path, [("q", text)], as: school["Ada"]).status == 200)
                for list in ["all_courses", "recipients"] {
                    for user in ["Ada", "Root"] {
                        let answer = try await desk.get(
                            "/api/v1/search/\(list)", [("search", text)], as: school[user])
                        #expect(answer.status == 200)
                    }
                }
            }
            #expect(try await desk.titles("moss", in: course, as: school["Ada"]) == ["Moss"])
        }
    }

    @Test func `refuses what it cannot look for`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let (school, course) = try await open(desk)
            let path = "/api/v1/courses/\(course.course.id)/smartsearch"
            for query in [
                [], [("q", " ")], [("q", "a")], [("q", "a\u{0}b")],
                [("q", String(repeating: "a", count: 256))],
                [("q", "moss"), ("filter[]", "everything")], [("q", "moss"), ("page", "after:3")],
                [("q", "moss"), ("page", "bookmark:WyJ4Il0")],
            ] {
                #expect(try await desk.get(path, query, as: school["Ada"]).status == 400)
            }
            #expect(
                try await desk.get(path, [("q", "moss"), ("filter[]", "notes")], as: school["Ada"]).status
                    == 200)
        }
    }

    @Test func `leads from page to page without repeating`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let (school, course) = try await open(desk)
            for number in 0..<7 { try await desk.note("Moss \(number)", in: course, of: school) }
            try await desk.bring(school)
            let path = "/api/v1/courses/\(course.course.id)/smartsearch"
            var titles: [String] = []
            var page: String? = "first"
            var pages = 0
            while let asked = page, pages < 10 {
                let answer = try await desk.get(
                    path, [("q", "moss"), ("per_page", "3"), ("page", asked)], as: school["Ada"])
                titles += answer.json["results"]?.array?.compactMap { $0["title"]?.string } ?? []
                page = answer.next
                pages += 1
            }
            #expect(pages == 3)
            #expect(titles.sorted() == (0..<7).map { "Moss \($0)" })
        }
    }
}
