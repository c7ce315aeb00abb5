import HTTPTypes
import JSON
import Postgres
import Tenancy
import Testing
import WebServer

@testable import Courses

struct `An enrolment with a role of the institution's own` {
    /// A course with a teacher, and a role that may not change it.
    private struct School {
        let campus: Campus
        let admin: Principal
        let teacher: Principal
        let course: Int64
        let role: Int64

        static func open(denied: String = "PUT /api/v1/courses/:id") async throws -> School {
            let campus = try await Campus.open(isAlone: true)
            let here = try await campus.institution(["dot": .admin, "tea": .instructor])
            let course = try await campus.course(in: here.id).course.id
            try await campus.run(
                """
                INSERT INTO course_roles (institution_id, account_id, label, base_role_type, denied_ways)
                VALUES (\(here.id.rawValue), \(here.id.rawValue), 'Guest teacher', 'TeacherEnrollment', ARRAY['\(denied)'])
                """)
            let made = try await campus.rows("SELECT max(id) FROM course_roles")
            return School(
                campus: campus, admin: try #require(here.users["dot"]),
                teacher: try #require(here.users["tea"]), course: course,
                role: try #require(Int64(made[0].filter(\.isNumber))))
        }

        func enroll(_ body: JSONObject) async throws -> Answer {
            var fields = body
            fields.set("user_id", .int(teacher.user))
            fields.set("enrollment_state", "active")
            return try await campus.ask(
                .post, "/api/v1/courses/\(course)/enrollments", ["enrollment": .object(fields)], as: admin)
        }

        func rename() async throws -> Int {
            try await campus.ask(
                .put, "/api/v1/courses/\(course)", ["course": ["name": "Renamed"]], as: teacher
            ).status
        }
    }

    @Test func `may what its base may, but for what was taken from it`() async throws {
        let school = try await School.open()
        #expect(school.role > 100)
        let made = try await school.enroll(JSONObject("role_id", .int(school.role)))
        #expect(made.status == 200 && made.json["type"]?.string == "TeacherEnrollment")
        #expect(made.json["role"]?.string == "Guest teacher" && made.json["role_id"]?.int == Int(school.role))
        #expect(try await school.rename() == 403)
        let settings = try await school.campus.ask(
            .put, "/api/v1/courses/\(school.course)/settings", ["hide_final_grades": true],
            as: school.teacher)
        #expect(settings.status == 200)
        let own = try await school.campus.get("/api/v1/courses", as: school.teacher).json.array?.first
        #expect(own?["enrollments"]?.array?.first?["role"]?.string == "Guest teacher")
        // An enrolment beside it that may counts.
        let section = try await school.campus.onLoop {
            try await CourseRegistry(pool: $0.pool).createSection(
                name: "B", course: school.course, in: school.admin.institution)
        }
        var beside = JSONObject("type", "TeacherEnrollment")
        beside.set("course_section_id", .int(section))
        #expect(try await school.enroll(beside).status == 200)
        #expect(try await school.rename() == 200)
    }

    @Test func `gets another role when it is made again`() async throws {
        let school = try await School.open()
        _ = try await school.enroll(JSONObject("role_id", .int(school.role)))
        let again = try await school.enroll(JSONObject("role_id", 3))
        #expect(again.json["role_id"]?.int == 3 && again.json["role"]?.string == "TeacherEnrollment")
        #expect(try await school.rename() == 200)
    }

    @Test func `keeps a role that is active no more, which nobody gets`() async throws {
        let school = try await School.open()
        _ = try await school.enroll(JSONObject("role_id", .int(school.role)))
        try await school.campus.run("UPDATE course_roles SET workflow_state = 'inactive'")
        #expect(try await school.rename() == 403)
        let refused = try await school.enroll(JSONObject("role_id", .int(school.role)))
        #expect(refused.status == 400 && refused.field == "enrollment.role_id")
    }

    @Test(arguments: [999, 1] as [Int64])
    func `is refused for a role that is none of a course`(role: Int64) async throws {
        let school = try await School.open()
        let refused = try await school.enroll(JSONObject("role_id", .int(role)))
        #expect(refused.status == 400 && refused.field == "enrollment.role_id")
        var wrong = JSONObject("role_id", .int(school.role))
        wrong.set("type", "StudentEnrollment")
        #expect(try await school.enroll(wrong).status == 400)
    }
}
