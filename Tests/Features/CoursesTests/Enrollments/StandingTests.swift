import HTTPTypes
import JSON
import Postgres
import Tenancy
import Testing
import WebServer

@testable import Courses

/// A course with one of each kind of staff, two sections, and a student in each.
struct Faculty: Sendable {
    let campus: Campus
    let institution: InstitutionID
    let users: [String: Principal]
    let course: Int64
    let section: Int64
    let other: Int64

    var path: String { "/api/v1/courses/\(course)" }

    static func open() async throws -> Faculty {
        let campus = try await Campus.open()
        let here = try await campus.institution([
            "dot": .admin, "tea": .instructor, "ta": .instructor, "des": .instructor, "lim": .instructor,
            "stu": .student, "oth": .student, "obs": .parent, "new": .student,
        ])
        func user(_ login: String) throws -> Principal { try #require(here.users[login]) }
        let created = try await campus.course(
            in: here.id,
            [
                (try user("tea"), .teacher), (try user("ta"), .ta), (try user("des"), .designer),
                (try user("stu"), .student), (try user("obs"), .observer),
            ])
        let (course, section) = (created.course.id, created.section)
        let (oth, lim) = (try user("oth").user, try user("lim").user)
        let other = try await campus.onLoop { context in
            let registry = CourseRegistry(pool: context.pool)
            let other = try await registry.createSection(name: "Other", course: course, in: here.id)
            try await registry.enroll([oth], as: .student, course: course, section: other, in: here.id)
            try await registry.enroll(
                [lim], as: .teacher, course: course, section: section, limitedToSection: true, in: here.id)
            return other
        }
        return Faculty(
            campus: campus, institution: here.id, users: here.users, course: course, section: section,
            other: other)
    }

    func user(_ login: String) throws -> Principal { try #require(users[login]) }

    func id(_ login: String) throws -> JSONValue { .int(Int(try user(login).user)) }

    func send(
        _ method: HTTPRequest.Method, _ tail: String, _ body: JSONValue? = nil,
        query: [(String, String)] = [],
        as login: String
    ) async throws -> Answer {
        try await campus.send(method, path + tail, query, body, as: try user(login))
    }

    func enroll(_ login: String, _ type: String, as caller: String, _ more: JSONValue = [:]) async throws
        -> Answer
    {
        var fields = more.object ?? JSONObject()
        fields.set("user_id", try id(login))
        fields.set("type", .string(type))
        if fields["enrollment_state"] == nil { fields.set("enrollment_state", "active") }
        return try await send(.post, "/enrollments", ["enrollment": .object(fields)], as: caller)
    }

    func enrollment(_ login: String) async throws -> Int {
        let answer = try await campus.get(
            path + "/enrollments",
            [
                ("user_id", "\(try user(login).user)"), ("state[]", "active"), ("state[]", "invited"),
                ("state[]", "completed"),
            ],
            as: try user("dot"))
        return try #require(answer.ids.first)
    }

    func run(_ text: String) async throws {
        let (institution, course) = (institution, course)
        try await campus.onLoop { context in
            _ = try await context.pool.query(
                Statement(text, isPrepared: false), [.int(institution.rawValue), .int(course)],
                tenant: institution)
        }
    }
}

struct `Staff of a course` {
    @Test(arguments: [
        ("dot", true, true, true), ("tea", true, true, true), ("ta", false, false, false),
        ("des", false, true, false), ("lim", false, false, false), ("stu", false, false, false),
    ])
    func `change the course, its sections and who ends it as Canvas has it`(
        login: String, settings: Bool, sections: Bool, ends: Bool
    ) async throws {
        let faculty = try await Faculty.open()
        let answers = [
            try await faculty.send(.put, "/settings", ["hide_final_grades": true], as: login),
            try await faculty.send(.put, "", ["course": ["name": "Renamed"]], as: login),
        ]
        #expect(answers.map(\.status) == (settings ? [200, 200] : [403, 403]))
        let made = try await faculty.send(.post, "/sections", ["course_section": ["name": "New"]], as: login)
        #expect(made.status == (sections ? 200 : 403))
        for event in ["conclude", "delete"] {
            let fresh = try await Faculty.open()
            let ended = try await fresh.send(.delete, "", ["event": .string(event)], as: login)
            #expect(ended.status == (ends ? 200 : 403), "\(event)")
        }
    }

    @Test(arguments: ["ta", "des"]) func `make nobody more than they are, and remove nobody above them`(
        login: String
    ) async throws {
        let faculty = try await Faculty.open()
        for type in ["TeacherEnrollment", "TaEnrollment", "DesignerEnrollment"] {
            #expect(try await faculty.enroll(login, type, as: login).status == 403, "\(type)")
        }
        #expect(try await faculty.enroll("new", "StudentEnrollment", as: login).status == 200)
        #expect(try await faculty.enroll("new", "ObserverEnrollment", as: login).status == 200)
        let above = try await faculty.enrollment("tea")
        for task in ["delete", "conclude", "inactivate"] {
            let answer = try await faculty.send(
                .delete, "/enrollments/\(above)", ["task": .string(task)], as: login)
            #expect(answer.status == 403, "\(task)")
        }
        let student = try await faculty.enrollment("stu")
        #expect(try await faculty.send(.delete, "/enrollments/\(student)", as: login).status == 200)
        #expect(try await faculty.send(.put, "/enrollments/\(student)/reactivate", as: login).status == 200)
        #expect(try await faculty.enroll("new", "TaEnrollment", as: "tea").status == 200)
    }

    @Test func `who see grades are told so, and designers are not among them`() async throws {
        let faculty = try await Faculty.open()
        let grades = "url:GET|/api/v1/courses/:course_id/students/submissions"
        for (login, may) in [("tea", true), ("ta", true), ("des", false), ("stu", true)] {
            let answer = try await faculty.campus.get(
                faculty.path + "/permissions", [("permissions[]", grades)], as: try faculty.user(login))
            #expect(answer.json[grades] == .bool(may), "\(login)")
        }
    }

    @Test func `who are limited to sections see those alone`() async throws {
        let faculty = try await Faculty.open()
        let here = try await faculty.send(
            .get, "", query: [("include[]", "sections"), ("include[]", "total_students")], as: "lim")
        #expect(here.json["sections"]?.array?.compactMap { $0["id"]?.int } == [Int(faculty.section)])
        #expect(here.json["total_students"] == 1)
        let all = try await faculty.send(
            .get, "", query: [("include[]", "sections"), ("include[]", "total_students")], as: "tea")
        #expect(all.json["sections"]?.array?.count == 2 && all.json["total_students"] == 2)
        for (login, status) in [("stu", 200), ("oth", 404)] {
            let answer = try await faculty.send(
                .get, "/modules", query: [("student_id", "\(try faculty.user(login).user)")], as: "lim")
            #expect(answer.status == status, "\(login)")
        }
        let found = try await faculty.send(
            .get, "/search_users", query: [("enrollment_type[]", "student")], as: "lim")
        #expect(found.ids == [Int(try faculty.user("stu").user)])
        let crossed = try await faculty.campus.send(
            .delete, "/api/v1/sections/\(faculty.section)/crosslist", as: try faculty.user("lim"))
        #expect(crossed.status == 403)
    }

    @Test func `are shown with those who are invited`() async throws {
        let faculty = try await Faculty.open()
        _ = try await faculty.enroll("new", "StudentEnrollment", as: "tea", ["enrollment_state": "invited"])
        let users = try await faculty.send(.get, "/users", as: "tea")
        #expect(users.ids.contains(Int(try faculty.user("new").user)))
    }
}

struct `What is over` {
    @Test(arguments: [
        "UPDATE enrollments SET workflow_state = 'completed' WHERE institution_id = $1 AND course_id = $2",
        "UPDATE courses SET workflow_state = 'completed' WHERE institution_id = $1 AND id = $2",
        """
        UPDATE courses SET start_at = now() - interval '2 days', end_at = now() - interval '1 day',
            restrict_enrollments_to_course_dates = true WHERE institution_id = $1 AND id = $2
        """,
        """
        UPDATE enrollments SET start_at = now() - interval '2 days', end_at = now() - interval '1 day'
        WHERE institution_id = $1 AND course_id = $2
        """,
    ])
    func `is read by its students, and changed by nobody but admins`(end: String) async throws {
        let faculty = try await Faculty.open()
        let topic = try await faculty.send(.post, "/discussion_topics", ["title": "Cells"], as: "tea").id
        let page: JSONValue = [
            "wiki_page": ["title": "Page", "published": true, "editing_roles": "teachers,students"]
        ]
        _ = try await faculty.send(.post, "/pages", page, as: "tea")
        try await faculty.run(end)
        for tail in [
            "", "/pages", "/pages/page", "/discussion_topics/\(topic)/view", "/enrollments", "/modules",
        ] {
            #expect(try await faculty.send(.get, tail, as: "stu").status == 200, "\(tail)")
        }
        let writes: [(HTTPRequest.Method, String, JSONValue)] = [
            (.post, "/discussion_topics/\(topic)/entries", ["message": "Late"]),
            (.put, "/pages/page", ["wiki_page": ["body": "Late"]]),
        ]
        for (method, tail, body) in writes {
            #expect(try await faculty.send(method, tail, body, as: "stu").status == 403, "\(tail)")
        }
        // One's own marks are no change that others see.
        #expect(try await faculty.send(.put, "/discussion_topics/\(topic)/read", as: "stu").status == 204)
        let isOfStudentsAlone = end.contains("course_dates")
        let made = try await faculty.send(.post, "/pages", ["wiki_page": ["title": "More"]], as: "tea")
        #expect(made.status == (isOfStudentsAlone ? 200 : 403))
        #expect(try await faculty.send(.get, "/users", as: "tea").status == 200)
        #expect(
            try await faculty.send(.post, "/pages", ["wiki_page": ["title": "Most"]], as: "dot").status == 200
        )
        // Nobody is let into a class any more.
        let pair = CourseAccess.Pair(course: faculty.course, user: try faculty.user("stu").user)
        let institution = faculty.institution
        let (live, looking) = try await faculty.campus.onLoop { context in
            let access = CourseAccess(pool: context.pool)
            return (
                try await access.roles(of: [pair], in: institution),
                try await access.roles(of: [pair], in: institution, toLook: true)
            )
        }
        #expect(live.isEmpty && looking == [pair: .student])
    }

    @Test func `is opened again by its teachers, and by nothing else that they do`() async throws {
        let faculty = try await Faculty.open()
        #expect(try await faculty.send(.delete, "", ["event": "conclude"], as: "tea").status == 200)
        #expect(try await faculty.enroll("new", "StudentEnrollment", as: "tea").status == 403)
        #expect(try await faculty.send(.put, "", ["course": ["name": "Renamed"]], as: "tea").status == 403)
        #expect(try await faculty.send(.put, "", ["course": ["event": "offer"]], as: "ta").status == 403)
        #expect(try await faculty.send(.put, "", ["course": ["event": "offer"]], as: "tea").status == 200)
        #expect(try await faculty.enroll("new", "StudentEnrollment", as: "tea").status == 200)
    }

    @Test func `stands in lists where it belongs`() async throws {
        let faculty = try await Faculty.open()
        func listed(_ state: String) async throws -> Bool {
            let answer = try await faculty.campus.get(
                "/api/v1/courses", [("enrollment_state", state)], as: try faculty.user("stu"))
            return answer.ids.contains(Int(faculty.course))
        }
        #expect(try await listed("active"))
        try await faculty.run(
            """
            UPDATE courses SET start_at = now() + interval '1 day', restrict_enrollments_to_course_dates = true
            WHERE institution_id = $1 AND id = $2
            """)
        #expect(try await !listed("active"))
        #expect(try await listed("invited_or_pending"))
        try await faculty.run(
            """
            UPDATE courses SET start_at = NULL, end_at = now() - interval '1 day' WHERE institution_id = $1 AND id = $2
            """)
        #expect(try await !listed("active"))
        #expect(try await listed("completed"))
    }
}

struct `Joining by a code` {
    private static let code: JSONValue = [
        "enrollment": ["user_id": "self", "self_enrollment_code": "open-sesame"]
    ]

    private func open(_ more: JSONValue = [:]) async throws -> Faculty {
        let faculty = try await Faculty.open()
        var fields = more.object ?? JSONObject()
        fields.set("self_enrollment", true)
        fields.set("self_enrollment_code", .string("open-sesame"))
        let answer = try await faculty.send(.put, "", ["course": .object(fields)], as: "tea")
        try #require(answer.status == 200)
        return faculty
    }

    @Test(arguments: ["inactivate", "conclude", "delete"])
    func `is not for whom staff have removed`(task: String) async throws {
        let faculty = try await open()
        let enrollment = try await faculty.enrollment("stu")
        _ = try await faculty.send(.delete, "/enrollments/\(enrollment)", ["task": .string(task)], as: "tea")
        #expect(try await faculty.send(.post, "/enrollments", Self.code, as: "stu").status == 403)
    }

    @Test func `keeps the dates of an invitation, and counts`() async throws {
        let faculty = try await open(["self_enrollment_limit": 1])
        let end = "2099-01-01T00:00:00Z"
        _ = try await faculty.enroll(
            "new", "StudentEnrollment", as: "tea",
            ["enrollment_state": "invited", "start_at": "2020-01-01T00:00:00Z", "end_at": .string(end)])
        let joined = try await faculty.send(.post, "/enrollments", Self.code, as: "new")
        #expect(joined.status == 200 && joined.json["enrollment_state"] == "active")
        #expect(joined.json["end_at"]?.string == end)
        #expect(joined.json["sis_user_id"] == nil && joined.json.object?["sis_course_id"] == nil)
        // Again is nothing new, and the place is taken.
        #expect(try await faculty.send(.post, "/enrollments", Self.code, as: "new").id == joined.id)
        let late = try await faculty.campus.send(
            .post, faculty.path + "/enrollments", [], Self.code, as: try faculty.user("dot"))
        #expect(late.status == 409)
    }

    @Test func `cannot be tried at will, and a right code costs nothing`() async throws {
        let faculty = try await open()
        let wrong: JSONValue = ["enrollment": ["user_id": "self", "self_enrollment_code": "0000"]]
        for _ in 0..<12 {
            #expect(try await faculty.send(.post, "/enrollments", Self.code, as: "stu").status == 200)
        }
        var told: [Int] = []
        for _ in 0..<12 {
            told.append(try await faculty.send(.post, "/enrollments", wrong, as: "new").status)
        }
        #expect(told == Array(repeating: 400, count: 10) + [429, 429])
        // The right one would not be heard either; nobody else waits.
        #expect(try await faculty.send(.post, "/enrollments", Self.code, as: "new").status == 429)
        #expect(try await faculty.send(.post, "/enrollments", wrong, as: "stu").status == 400)
    }

    @Test func `ends with the course`() async throws {
        let faculty = try await open()
        try await faculty.run(
            """
            UPDATE courses SET end_at = now() - interval '1 day', restrict_enrollments_to_course_dates = true
            WHERE institution_id = $1 AND id = $2
            """)
        let answer = try await faculty.send(.post, "/enrollments", Self.code, as: "new")
        #expect(answer.field == "enrollment.self_enrollment_code")
    }
}

struct `A deleted course` {
    @Test func `frees what others know it by, and comes back unpublished to who administers it`() async throws
    {
        let faculty = try await Faculty.open()
        let names: JSONValue = ["course": ["sis_course_id": "BIO-9", "self_enrollment_code": "join-bio"]]
        #expect(try await faculty.send(.put, "", names, as: "dot").status == 200)
        #expect(try await faculty.send(.delete, "", ["event": "delete"], as: "tea").status == 200)
        let next = try await faculty.campus.send(
            .post, "/api/v1/accounts/self/courses", [], names, as: try faculty.user("dot"))
        #expect(next.status == 200)
        let undelete: JSONValue = ["course": ["event": "undelete"]]
        for login in ["tea", "stu"] {
            #expect(try await faculty.send(.put, "", undelete, as: login).status == 404, "\(login)")
        }
        let back = try await faculty.send(.put, "", undelete, as: "dot")
        #expect(back.status == 200 && back.json["workflow_state"] == "unpublished")
        #expect(back.json["sis_course_id"] == .null)
        #expect(try await faculty.send(.get, "", as: "tea").status == 200)
    }
}

struct `An enrolment` {
    @Test func `is of a built-in role, and of one alone`() async throws {
        let faculty = try await Faculty.open()
        func enroll(_ fields: JSONValue) async throws -> Answer {
            var object = fields.object ?? JSONObject()
            object.set("user_id", try faculty.id("new"))
            return try await faculty.send(.post, "/enrollments", ["enrollment": .object(object)], as: "tea")
        }
        #expect(try await enroll(["role_id": 4]).json["type"] == "TaEnrollment")
        #expect(try await enroll(["role": "StudentEnrollment"]).json["type"] == "StudentEnrollment")
        #expect(try await enroll(["type": "StudentEnrollment", "role_id": 2]).status == 200)
        #expect(try await enroll(["type": "StudentEnrollment", "role_id": 3]).field == "enrollment.role_id")
        #expect(try await enroll(["role_id": 99]).field == "enrollment.role_id")
        #expect(try await enroll([:]).field == "enrollment.type")
    }

    @Test func `is found by the course's context`() async throws {
        let faculty = try await Faculty.open()
        let uuid = try #require(try await faculty.send(.get, "", as: "tea").json["uuid"]?.string)
        for name in ["lti_context_id:\(uuid)", "uuid:\(uuid)"] {
            let answer = try await faculty.campus.get("/api/v1/courses/\(name)", as: try faculty.user("tea"))
            #expect(answer.id == Int(faculty.course), "\(name)")
        }
        let none = try await faculty.campus.get(
            "/api/v1/courses/lti_context_id:x", as: try faculty.user("tea"))
        #expect(none.status == 404)
    }
}
