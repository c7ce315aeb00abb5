import HTTPTypes
import JSON
import Postgres
import Tenancy
import Testing
import WebServer

@testable import Courses

struct `Staff of one section` {
    /// A lesson whose teacher sees one section, and a second teacher who sees all.
    private func lesson() async throws -> (Lesson, section: Int64) {
        let lesson = try await Lesson.open()
        let (institution, course) = (lesson.institution, lesson.course)
        let (teacher, colleague) = (lesson.teacher.user, lesson.stranger.user)
        let section = try await lesson.campus.onLoop { context in
            _ = try await context.pool.query(
                """
                UPDATE enrollments SET limit_privileges_to_course_section = true
                WHERE institution_id = $1 AND user_id = $2
                """, [.int(institution.rawValue), .int(teacher)], tenant: institution)
            let rows = try await context.pool.query(
                "SELECT id FROM sections WHERE institution_id = $1 AND course_id = $2",
                [.int(institution.rawValue), .int(course)], tenant: institution)
            let section = try rows[0].int(0)
            try await CourseRegistry(pool: context.pool).enroll(
                [colleague], as: .teacher, course: course, section: section, in: institution)
            return section
        }
        return (lesson, section)
    }

    private func enroll(_ lesson: Lesson, _ user: Int64, _ type: String, limited: Bool?) async throws
        -> Answer
    {
        var fields: JSONValue = [
            "user_id": .int(user), "type": .string(type), "enrollment_state": "active",
        ]
        if let limited {
            var object = fields.object ?? JSONObject()
            object.set("limit_privileges_to_course_section", .bool(limited))
            fields = .object(object)
        }
        return try await lesson.send(.post, "/enrollments", ["enrollment": fields])
    }

    @Test(arguments: [nil, false], ["TeacherEnrollment", "TaEnrollment", "DesignerEnrollment"])
    func `lift their own limit by no enrolment`(limited: Bool?, type: String) async throws {
        let (lesson, section) = try await lesson()
        let answer = try await enroll(lesson, lesson.teacher.user, type, limited: limited)
        #expect([200, 403].contains(answer.status))
        let user = lesson.teacher
        let course = lesson.course
        let standing = try await lesson.campus.onLoop { context in
            try await CourseAccess(pool: context.pool).membership(of: user, in: course)
        }
        #expect(standing.visibleSections == [section])
    }

    @Test func `set no limit to who has none`() async throws {
        let (lesson, _) = try await lesson()
        let answer = try await enroll(lesson, lesson.stranger.user, "TeacherEnrollment", limited: true)
        #expect(answer.json["limit_privileges_to_course_section"]?.bool == false)
        let user = lesson.stranger
        let course = lesson.course
        let standing = try await lesson.campus.onLoop { context in
            try await CourseAccess(pool: context.pool).membership(of: user, in: course)
        }
        #expect(standing.visibleSections == nil)
    }

    @Test func `or of another account are shown to nobody who administers that one`() async throws {
        let lesson = try await Lesson.open()
        let (institution, user) = (lesson.institution, lesson.stranger.user)
        let account = try await lesson.campus.onLoop { context in
            let tenant = PostgresValue.int(institution.rawValue)
            let rows = try await context.pool.query(
                """
                WITH made AS (SELECT nextval('institutions_id_seq') AS id)
                INSERT INTO accounts (institution_id, id, parent_account_id, path, name)
                SELECT $1, id, $1, ARRAY[$1, id], 'Science' FROM made RETURNING id
                """, [tenant], tenant: institution)
            let account = try rows[0].int(0)
            _ = try await context.pool.query(
                "INSERT INTO account_admins (institution_id, account_id, user_id) VALUES ($1, $2, $3)",
                [tenant, .int(account), .int(user)], tenant: institution)
            return account
        }
        let listed = try await lesson.get("/enrollments", as: lesson.teacher)
        let id = try #require(listed.ids.first)
        let answer = try await lesson.campus.get(
            "/api/v1/accounts/\(account)/enrollments/\(id)", as: lesson.stranger)
        #expect(answer.status == 404)
    }

    @Test func `are in the audit log from their beginning to their end`() async throws {
        let lesson = try await Lesson.open()
        let made = try await enroll(lesson, lesson.stranger.user, "TaEnrollment", limited: true)
        #expect(made.status == 200)
        _ = try await enroll(lesson, lesson.stranger.user, "TaEnrollment", limited: false)
        _ = try await lesson.send(.delete, "/enrollments/\(made.id)", ["task": "delete"])
        let (institution, subject) = (lesson.institution, lesson.stranger.user)
        let noted = try await lesson.campus.onLoop { context in
            try await context.pool.query(
                """
                SELECT kind, actor_id FROM audit_events
                WHERE institution_id = $1 AND subject_id = $2 AND kind LIKE 'enrollment.%' ORDER BY id
                """, [.int(institution.rawValue), .int(subject)], tenant: institution
            ).map { "\(try $0.text(0)) \(try $0.int(1))" }
        }
        let teacher = lesson.teacher.user
        #expect(
            noted == [
                "enrollment.granted \(teacher)", "enrollment.changed \(teacher)",
                "enrollment.ended \(teacher)",
            ])
    }
}
