import HTTPTypes
import JSON
import JobQueue
import Postgres
import Tenancy
import Testing
import WebServer

@testable import Courses

struct `A wish to enrol many` {
    @Test(
        arguments: [
            (["course_ids": [1]], "user_ids"), (["user_ids": [1]], "course_ids"),
            (["user_ids": [], "course_ids": [1]], "user_ids"),
            (["user_ids": ["sis_course_id:a"], "course_ids": [1]], "user_ids"),
            (["user_ids": ["self"], "course_ids": [1]], "user_ids"),
            (["user_ids": [1], "course_ids": [0]], "course_ids"),
            (["user_ids": [1], "course_ids": [1], "enrollment_type": "Boss"], "enrollment_type"),
            (["user_ids": [1], "course_ids": [1], "enrollment_state": "deleted"], "enrollment_state"),
            (["user_ids": [1], "course_ids": [1, 2], "course_section_id": 3], "course_section_id"),
        ] as [(JSONValue, String)])
    func `names the field that is wrong`(body: JSONValue, field: String) throws {
        let fields = try JSONFields(body)
        let error = #expect(throws: FieldError.self) { try BulkEnrollment(fields) }
        #expect(error?.field == field)
    }

    @Test func `is of 500 pairs at most, each counted once`() throws {
        func wish(_ users: Int, _ courses: Int) throws -> BulkEnrollment {
            try BulkEnrollment(
                try JSONFields([
                    "user_ids": .array((1...users).map { .int($0) } + [1]),
                    "course_ids": .array((1...courses).map { .int($0) }),
                ]))
        }
        #expect(try wish(500, 1).users.written.count == 500)
        #expect(try wish(25, 20).courses.written.count == 20)
        let error = #expect(throws: FieldError.self) { try wish(167, 3) }
        #expect(error?.field == "user_ids")
    }

    @Test func `reads again what it tells its job`() throws {
        let fields = try JSONFields([
            "user_ids": [1, "sis_user_id:u"], "course_ids": ["sis_course_id:c"],
            "enrollment_type": "TaEnrollment", "course_section_id": 9,
        ])
        let wish = try BulkEnrollment(fields)
        #expect(try BulkEnrollment(try JSONFields(wish.payload)) == wish)
    }

    @Test func `is judged pair by pair`() throws {
        let fields = try JSONFields([
            "user_ids": [1, 2, "sis_user_id:one"], "course_ids": [7, 8, 9],
        ])
        let found = try BulkEnrollment(fields).judge(
            users: [1, nil, 1],
            courses: [.init(id: 7, section: 70), .init(id: nil, section: nil), .init(id: 9, section: nil)])
        // The same user by both names is one pair.
        #expect(found.pairs == [.init(course: 7, section: 70, user: 1)])
        #expect(found.refusals.count == 7)
        #expect(
            found.refusals.first
                == .init(user: "2", course: "7", message: "The institution has no such user."))
        #expect(found.refusals.last?.message == "The course has no section.")
    }
}

struct `Enrolling many` {
    static let path = "/api/v1/accounts/self/bulk_enrollment"

    @Test func `enrols each in each, says who could not be, and does it once`() async throws {
        let campus = try await Campus.open(isAlone: true, connections: 4)
        let here = try await campus.institution([
            "dot": .admin, "ada": .student, "bea": .student, "tea": .instructor,
        ])
        let there = try await campus.institution(["eve": .student])
        let dot = try #require(here.users["dot"])
        let (ada, bea) = (try #require(here.users["ada"]), try #require(here.users["bea"]))
        let (one, two) = (
            try await campus.course("One", in: here.id), try await campus.course("Two", in: here.id)
        )
        let elsewhere = try await campus.course("Else", in: there.id)
        let eve = try #require(there.users["eve"])
        let body: JSONValue = [
            "user_ids": [.int(ada.user), .int(bea.user), .int(eve.user)],
            "course_ids": [.int(one.course.id), .int(two.course.id), .int(elsewhere.course.id)],
        ]
        for attempt in 1...2 {
            let asked = try await campus.ask(.post, Self.path, body, key: "key-\(attempt)", as: dot)
            #expect(asked.status == 200 && asked.json["tag"]?.string == "bulk_enrollment")
            #expect(asked.json["url"]?.string == "http://school.example/api/v1/progress/\(asked.id)")
            let again = try await campus.ask(.post, Self.path, body, key: "key-\(attempt)", as: dot)
            #expect(again.id == asked.id)
            let done = try await campus.finish(asked.id, in: here.id)
            #expect(done["workflow_state"]?.string == "completed" && done["completion"]?.int == 100)
            #expect(done["results"]?["enrolled"]?.int == 4)
            let errors = done["results"]?["errors"]?.array ?? []
            #expect(errors.count == 5)
            #expect(
                errors.contains(
                    [
                        "user_id": .string("\(eve.user)"), "course_id": .string("\(one.course.id)"),
                        "message": "The institution has no such user.",
                    ] as JSONValue))
        }
        let enrolled = try await campus.rows(
            """
            SELECT course_id, user_id, type, workflow_state FROM enrollments
            WHERE institution_id = \(here.id.rawValue) ORDER BY 1, 2
            """)
        #expect(
            enrolled
                == [one, two].flatMap { course in
                    [ada, bea].map {
                        "(\(course.course.id),\($0.user),StudentEnrollment,active)"
                    }
                })
    }

    @Test func `takes a section of the one course, and refuses another's`() async throws {
        let campus = try await Campus.open(isAlone: true, connections: 4)
        let here = try await campus.institution(["dot": .admin, "ada": .student])
        let (dot, ada) = (try #require(here.users["dot"]), try #require(here.users["ada"]))
        let course = try await campus.course(in: here.id)
        let other = try await campus.course(in: here.id)
        let section = try await campus.onLoop {
            try await CourseRegistry(pool: $0.pool).createSection(
                name: "B", course: course.course.id, in: here.id)
        }
        for (wanted, count) in [(other.section, 0), (section, 1)] {
            let asked = try await campus.ask(
                .post, Self.path,
                [
                    "user_ids": [.int(ada.user)], "course_ids": [.int(course.course.id)],
                    "course_section_id": .int(wanted), "enrollment_type": "TeacherEnrollment",
                ], as: dot)
            let done = try await campus.finish(asked.id, in: here.id)
            #expect(done["results"]?["enrolled"]?.int == count)
        }
        #expect(
            try await campus.rows("SELECT section_id, type FROM enrollments")
                == ["(\(section),TeacherEnrollment)"])
    }

    @Test func `is for the account's admins`() async throws {
        let campus = try await Campus.open()
        let here = try await campus.institution(["tea": .instructor])
        let answer = try await campus.ask(.post, Self.path, [:], as: try #require(here.users["tea"]))
        #expect(answer.status == 403)
    }
}
