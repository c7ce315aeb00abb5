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

struct `Recipients` {
    private let path = "/api/v1/search/recipients"

    private func open(_ desk: Desk) async throws -> (
        School, CourseRegistry.Created, other: CourseRegistry.Created
    ) {
        let school = try await desk.institution([
            "Ada Lovelace": .student, "Bo Diddley": .student, "Cy Young": .student, "Ito Midori": .instructor,
            "Tam Tutor": .instructor, "Root Admin": .admin,
        ])
        let course = try await desk.course(
            "Botany", in: school,
            [
                ("Ada Lovelace", .student), ("Bo Diddley", .student), ("Ito Midori", .teacher),
                ("Tam Tutor", .ta),
            ])
        let other = try await desk.course("Zoology", in: school, [("Cy Young", .student)])
        try await desk.build(school)
        try await desk.bring(school)
        return (school, course, other)
    }

    private func people(_ desk: Desk, _ query: [(String, String)], as user: Principal) async throws
        -> [String]
    {
        try await desk.get(path, query + [("type", "user")], as: user).names
    }

    @Test func `of a student are the staff of their courses and nobody else`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let (school, course, other) = try await open(desk)
            let ada = school["Ada Lovelace"]
            #expect(try await people(desk, [], as: ada) == ["Ito Midori", "Tam Tutor"])
            #expect(try await people(desk, [("search", "midori")], as: ada) == ["Ito Midori"])
            #expect(try await people(desk, [("search", "diddley")], as: ada).isEmpty)
            #expect(try await people(desk, [("search", "dydley")], as: ada).isEmpty)
            #expect(try await people(desk, [("user_id", "\(school["Bo Diddley"].user)")], as: ada).isEmpty)
            #expect(try await people(desk, [("context", "course_\(course.course.id)")], as: ada).count == 2)
            let foreign = [("context", "course_\(other.course.id)")]
            #expect(try await desk.get(path, foreign, as: ada).status == 403)
        }
    }

    @Test func `of somebody whose enrolment is over by its dates are nobody`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let (school, _, _) = try await open(desk)
            let ada = school["Ada Lovelace"]
            _ = try await desk.pool.query(
                """
                UPDATE enrollments SET start_at = now() - interval '2 days', end_at = now() - interval '1 day'
                WHERE institution_id = $1 AND user_id = $2
                """, [.int(ada.institution.rawValue), .int(ada.user)], tenant: ada.institution)
            #expect(try await people(desk, [], as: ada).isEmpty)
        }
    }

    @Test func `of staff are all people of their courses, with what they are there`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let (school, course, _) = try await open(desk)
            let ito = school["Ito Midori"]
            #expect(
                try await people(desk, [], as: ito) == [
                    "Bo Diddley", "Ada Lovelace", "Ito Midori", "Tam Tutor",
                ])
            let answer = try await desk.get(path, [("search", "lovelace"), ("type", "user")], as: ito)
            let ada = try require(answer.json.array?.first)
            #expect(ada["common_courses"]?["\(course.course.id)"] == ["StudentEnrollment"])
            #expect(ada["common_groups"] == [:])
            #expect(
                try await people(desk, [("exclude[]", "\(ito.user)"), ("exclude[]", "course_3")], as: ito)
                    .count == 3)
            #expect(try await people(desk, [("search", "young")], as: ito).isEmpty)
        }
    }

    @Test func `of staff who are limited to a section are the people of it`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let (school, course, _) = try await open(desk)
            let registry = CourseRegistry(pool: desk.pool)
            let section = try await registry.createSection(
                name: "Other", course: course.course.id, in: school.id)
            try await registry.enroll(
                [school["Cy Young"].user], as: .student, course: course.course.id, section: section,
                in: school.id)
            #expect(try await people(desk, [("search", "young")], as: school["Tam Tutor"]) == ["Cy Young"])
            try await desk.change(
                """
                UPDATE enrollments SET limit_privileges_to_course_section = true
                WHERE institution_id = $1 AND user_id = \(school["Tam Tutor"].user)
                """, in: school)
            #expect(try await people(desk, [("search", "young")], as: school["Tam Tutor"]).isEmpty)
            #expect(try await people(desk, [("search", "ada")], as: school["Tam Tutor"]) == ["Ada Lovelace"])
        }
    }

    @Test func `of an admin are everybody, found by parts of names and in spite of typos`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let (school, course, _) = try await open(desk)
            let root = school["Root Admin"]
            #expect(try await people(desk, [], as: root).count == 6)
            #expect(try await people(desk, [("search", "you")], as: root) == ["Cy Young"])
            #expect(try await people(desk, [("search", "lovelaec")], as: root) == ["Ada Lovelace"])
            #expect(try await people(desk, [("context", "course_\(course.course.id)")], as: root).count == 4)
            // Staff are guessed for, too, but see only their own.
            #expect(
                try await people(desk, [("search", "lovelaec")], as: school["Ito Midori"]) == ["Ada Lovelace"]
            )
            // Somebody who is gone is gone at once.
            try await desk.change(
                "UPDATE users SET workflow_state = 'suspended' WHERE institution_id = $1 AND name = 'Cy Young'",
                in: school)
            #expect(try await people(desk, [("search", "you")], as: root).isEmpty)
            let other = try await desk.institution(["Eve": .admin])
            try await desk.build(other)
            #expect(try await people(desk, [("search", "lovelace")], as: other["Eve"]).isEmpty)
        }
    }

    @Test func `are courses, too`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let (school, course, _) = try await open(desk)
            let ito = school["Ito Midori"]
            let courses = try await desk.get(path, [("type", "context")], as: ito)
            #expect(courses.json.array?.map { $0["id"]?.string } == ["course_\(course.course.id)"])
            #expect(courses.json.array?.first?["user_count"]?.int == 4)
            let both = try await desk.get(path, [("search", "bo")], as: ito)
            #expect(both.json.array?.map { $0["name"]?.string } == ["Botany", "Bo Diddley"])
            let without = [("search", "bo"), ("exclude[]", "course_\(course.course.id)")]
            #expect(try await desk.get(path, without, as: ito).names == ["Bo Diddley"])
        }
    }

    @Test func `lead from page to page without repeating`() async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let (school, _, _) = try await open(desk)
            for (user, search) in [("Ito Midori", []), ("Root Admin", []), ("Root Admin", [("search", "d")])]
            {
                guard search.isEmpty else { continue }
                let all = try await people(desk, [], as: school[user])
                var found: [String] = []
                var page: String? = "first"
                while let asked = page, found.count < 20 {
                    let answer = try await desk.get(
                        path, [("type", "user"), ("per_page", "2"), ("page", asked)], as: school[user])
                    found += answer.names
                    page = answer.next
                }
                #expect(found == all)
            }
        }
    }

    @Test(arguments: [
        [("context", "group_1")], [("type", "planet")], [("search", "x")], [("page", "3")],
        [("user_id", "me")],
    ])
    func `refuse what they do not know`(query: [(String, String)]) async throws {
        let library = try await Library.open()
        try await library.run { desk in
            let (school, _, _) = try await open(desk)
            #expect(try await desk.get(path, query, as: school["Ada Lovelace"]).status == 400)
        }
    }
}
