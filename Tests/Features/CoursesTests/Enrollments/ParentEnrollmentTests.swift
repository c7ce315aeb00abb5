import HTTPTypes
import JSON
import Postgres
import Tenancy
import Testing
import WebServer

@testable import Courses

struct `A parent` {
    private func link(_ lesson: Lesson, _ child: Principal, isLinked: Bool = true) async throws {
        let (parent, institution) = (lesson.observer.user, lesson.institution)
        try await lesson.campus.onLoop { context in
            let directory = Directory(pool: context.pool)
            if isLinked {
                try await directory.link(parent: parent, to: child.user, in: institution)
            } else {
                try await directory.unlink(parent: parent, from: child.user, in: institution)
            }
        }
    }

    /// A lesson whose parent was put into it by nobody.
    private func lesson() async throws -> Lesson {
        let lesson = try await Lesson.open()
        let (user, institution) = (lesson.observer.user, lesson.institution)
        try await lesson.campus.onLoop { context in
            _ = try await context.pool.query(
                "UPDATE enrollments SET workflow_state = 'deleted' WHERE institution_id = $1 AND user_id = $2",
                [.int(institution.rawValue), .int(user)], tenant: institution)
        }
        return lesson
    }

    private func status(_ lesson: Lesson) async throws -> Int {
        try await lesson.get("", as: lesson.observer).status
    }

    @Test func `reads the courses of a linked child from the link on, until it ends`() async throws {
        let lesson = try await lesson()
        #expect(try await status(lesson) == 403)
        try await link(lesson, lesson.student)
        #expect(try await status(lesson) == 200)
        #expect(try await lesson.get("/pages", as: lesson.observer).status == 200)
        let child = [("student_id", "\(lesson.student.user)")]
        #expect(try await lesson.get("/modules", child, as: lesson.observer).status == 200)
        let other = [("student_id", "\(lesson.other.user)")]
        #expect(try await lesson.get("/modules", other, as: lesson.observer).status == 403)
        let seen = try await lesson.get("/enrollments", as: lesson.observer).json.array ?? []
        #expect(
            Set(seen.compactMap { $0["user_id"]?.int })
                == [Int(lesson.student.user), Int(lesson.observer.user)])
        let own = try await lesson.campus.get("/api/v1/courses", as: lesson.observer)
        #expect(own.ids == [Int(lesson.course)])
        try await link(lesson, lesson.student, isLinked: false)
        #expect(try await status(lesson) == 403)
    }

    @Test func `follows a child into courses and out of them`() async throws {
        let lesson = try await lesson()
        try await link(lesson, lesson.stranger)
        #expect(try await status(lesson) == 403)
        let made = try await lesson.send(
            .post, "/enrollments",
            [
                "enrollment": [
                    "user_id": .int(lesson.stranger.user), "type": "StudentEnrollment",
                    "enrollment_state": "active",
                ]
            ])
        #expect(made.status == 200)
        #expect(try await status(lesson) == 200)
        let ended = try await lesson.send(.delete, "/enrollments/\(made.id)", ["task": "delete"])
        #expect(ended.status == 200)
        #expect(try await status(lesson) == 403)
    }

    @Test func `of two children stays for the one when the other is parted`() async throws {
        let lesson = try await lesson()
        try await link(lesson, lesson.student)
        try await link(lesson, lesson.other)
        try await link(lesson, lesson.student, isLinked: false)
        #expect(try await status(lesson) == 200)
        try await link(lesson, lesson.other, isLinked: false)
        #expect(try await status(lesson) == 403)
    }

    @Test func `stays where staff have put them by hand`() async throws {
        let lesson = try await Lesson.open()
        try await link(lesson, lesson.student)
        try await link(lesson, lesson.student, isLinked: false)
        #expect(try await status(lesson) == 200)
    }

    @Test func `and everybody else who is deleted is enrolled nowhere`() async throws {
        let lesson = try await lesson()
        try await link(lesson, lesson.student)
        let (child, institution) = (lesson.student.user, lesson.institution)
        try await lesson.campus.onLoop { context in
            for state in ["deleted", "registered"] {
                _ = try await context.pool.query(
                    "UPDATE users SET workflow_state = $3 WHERE institution_id = $1 AND id = $2",
                    [.int(institution.rawValue), .int(child), .text(state)], tenant: institution)
            }
        }
        #expect(try await status(lesson) == 403)
        #expect(try await lesson.get("", as: lesson.student).status == 403)
    }
}
