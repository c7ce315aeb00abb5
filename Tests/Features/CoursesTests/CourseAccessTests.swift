import HTTPTypes
import JSON
import JobQueue
import Postgres
import Tenancy
import TestKit
import Testing
import WebServer

@testable import Courses

struct `Access to a course` {
    @Test func `is the standing of the enrolment`() async throws {
        let campus = try await Campus.open()
        let here = try await campus.institution([
            "ada": .instructor, "bea": .student, "cyd": .parent, "dot": .admin,
        ])
        let (ada, bea) = (try #require(here.users["ada"]), try #require(here.users["bea"]))
        let (cyd, dot) = (try #require(here.users["cyd"]), try #require(here.users["dot"]))
        let created = try await campus.course(
            in: here.id, [(ada, .teacher), (bea, .student), (cyd, .observer)])
        for (user, role) in [(ada, CourseRole.staff), (bea, .student), (cyd, .observer), (dot, .staff)] {
            let membership = try await campus.onLoop { context in
                try await CourseAccess(pool: context.pool).membership(of: user, in: created.course.id)
            }
            #expect(membership.role == role)
            #expect(membership.course == created.course)
            #expect(membership.sections == (user == dot ? [] : [created.section]))
        }
        for (user, error) in [(bea, WebError.forbidden), (cyd, .forbidden)] {
            await #expect(throws: error) {
                try await campus.onLoop { context in
                    try await CourseAccess(pool: context.pool).membership(
                        of: user, in: created.course.id, for: "GET /api/v1/courses/:course_id/users")
                }
            }
        }
    }

    @Test
    func `is refused alike, and with as many statements, for another institution's course and for none`()
        async throws
    {
        // Alone, so that nobody else's statements are counted.
        let campus = try await Campus.open(isAlone: true)
        let here = try await campus.institution(["ada": .admin, "bea": .student])
        let there = try await campus.institution(["cyd": .instructor])
        let own = try await campus.course(in: here.id).course.id
        let foreign = try await campus.course(in: there.id, [(try #require(there.users["cyd"]), .teacher)])
            .course.id
        for login in ["ada", "bea"] {
            let user = try #require(here.users[login])
            for tail in ["", "/users"] {
                // Prepares what is needed, so that both countings begin alike.
                _ = try await campus.get("/api/v1/courses/\(own)\(tail)", as: user)
                var counts: [Int64] = []
                for id in [foreign, 999_999] {
                    let before = try await campus.statements()
                    let answer = try await campus.get("/api/v1/courses/\(id)\(tail)", as: user)
                    counts.append(try await campus.statements() - before)
                    #expect(answer.error == .notFound)
                }
                #expect(counts[0] == counts[1])
                #expect(counts[0] > 0)
            }
        }
    }

    @Test(arguments: ["0", "-1", "x", "9223372036854775808", "1.0", "%31"])
    func `is refused for what is no id`(id: String) async throws {
        let campus = try await Campus.open()
        let here = try await campus.institution(["ada": .admin])
        #expect(
            try await campus.get("/api/v1/courses/\(id)", as: try #require(here.users["ada"])).error
                == .notFound)
    }

    @Test func `is 403 for strangers of the same institution`() async throws {
        let campus = try await Campus.open()
        let here = try await campus.institution(["ada": .instructor, "bea": .student])
        let created = try await campus.course(in: here.id)
        for login in ["ada", "bea"] {
            let user = try #require(here.users[login])
            #expect(
                try await campus.get("/api/v1/courses/\(created.course.id)", as: user).error == .forbidden)
        }
    }

    @Test func `ends with the enrolment and can come back`() async throws {
        let campus = try await Campus.open()
        let here = try await campus.institution(["ada": .instructor, "bea": .student, "dot": .admin])
        let (ada, bea, dot) = (
            try #require(here.users["ada"]), try #require(here.users["bea"]), try #require(here.users["dot"])
        )
        let created = try await campus.course(in: here.id, [(ada, .teacher), (bea, .student)])
        let course = created.course.id
        let pairs = [ada, bea, dot].map { CourseAccess.Pair(course: course, user: $0.user) }
        let steps = try await campus.onLoop { context in
            let access = CourseAccess(pool: context.pool)
            let registry = CourseRegistry(pool: context.pool)
            var steps = [try await access.roles(of: pairs, in: here.id)]
            try await registry.unenroll(bea.user, course: course, in: here.id)
            steps.append(try await access.roles(of: pairs, in: here.id))
            #expect(
                try await access.find(user: bea.user, roles: [.student], course: course, in: here.id)
                    == .stranger)
            try await registry.enroll(
                [bea.user, bea.user], as: .student, course: course, section: created.section, in: here.id)
            steps.append(try await access.roles(of: pairs, in: here.id))
            return steps
        }
        let all: [CourseAccess.Pair: CourseRole] = [pairs[0]: .staff, pairs[1]: .student, pairs[2]: .staff]
        #expect(steps == [all, all.filter { $0.key != pairs[1] }, all])
    }

    @Test func `is nothing for users of another institution`() async throws {
        let campus = try await Campus.open()
        let here = try await campus.institution(["ada": .instructor])
        let there = try await campus.institution(["cyd": .admin])
        let created = try await campus.course(in: here.id)
        let cyd = try #require(there.users["cyd"])
        let found = try await campus.onLoop { context in
            try await CourseAccess(pool: context.pool).roles(
                of: [.init(course: created.course.id, user: cyd.user)], in: there.id)
        }
        #expect(found.isEmpty)
        await #expect(throws: CourseRegistry.Failure.unknown) {
            try await campus.onLoop { context in
                try await CourseRegistry(pool: context.pool).enroll(
                    [cyd.user], as: .student, course: created.course.id, section: created.section, in: here.id
                )
            }
        }
    }
}

struct `Permissions of courses` {
    /// What each standing may, written down again, independently of the table.
    private static let expectations: [(String, CourseRole?, Int)] = [
        ("", .staff, 200), ("", .student, 200), ("", .observer, 200), ("", nil, 403),
        ("/users", .staff, 200), ("/users", .student, 403), ("/users", .observer, 403), ("/users", nil, 403),
    ]

    @Test func `hold on every route for every standing`() async throws {
        let campus = try await Campus.open()
        let here = try await campus.institution([
            "staff": .instructor, "student": .student, "observer": .parent, "stranger": .instructor,
        ])
        let (staff, student) = (try #require(here.users["staff"]), try #require(here.users["student"]))
        let observer = try #require(here.users["observer"])
        let created = try await campus.course(
            in: here.id, [(staff, .ta), (student, .student), (observer, .observer)])
        for (tail, role, status) in Self.expectations {
            let user = try #require(here.users[role?.rawValue ?? "stranger"])
            let answer = try await campus.get("/api/v1/courses/\(created.course.id)\(tail)", as: user)
            #expect(answer.status == status, "\(tail) as \(role?.rawValue ?? "stranger")")
        }
        for route in CoursesRoutes.all() { #expect(route.access == .signedIn) }
    }
}

struct `Schema of courses` {
    @Test func `has forced policies on all of its tables`() async throws {
        let campus = try await Campus.open()
        let (database, loop) = (campus.deployment.database, campus.loop)
        let findings = try await loop.perform {
            let pool = PostgresPool(loop: loop, configuration: database.owner, size: 1, waiters: 10)
            defer { pool.close() }
            return try await SchemaReview.findings(
                pool,
                globalTables: TenancyExceptions.globalTables.merging(JobQueueMigrations.globalTables) {
                    own, _ in own
                },
                definerFunctions: TenancyExceptions.definerFunctions.merging(
                    JobQueueMigrations.definerFunctions
                ) { own, _ in own })
        }
        #expect(findings == [])
    }

    @Test func `shows nothing of another institution's contents`() async throws {
        let lesson = try await Lesson.open(isAlone: true)
        try await lesson.page("Page")
        let topic = try await lesson.topic()
        let entry = try await lesson.say("x", in: topic)
        _ = try await lesson.send(.put, "/discussion_topics/\(topic)/read_all")
        _ = try await lesson.send(.put, "/discussion_topics/\(topic)/entries/\(entry)/read")
        let module = try await lesson.module("Module")
        let item = try await lesson.item(module, "SubHeader", ["title": "x"])
        _ = try await lesson.send(.post, "/modules/\(module)/items/\(item)/mark_read", as: lesson.student)
        for table in [
            "pages", "page_urls", "page_revisions", "discussion_topics", "discussion_entries",
            "discussion_reads",
            "discussion_entry_marks", "modules", "module_items", "module_item_progress",
            "module_progressions",
        ] {
            let counts = try await lesson.campus.onLoop { context in
                let statement = Statement("SELECT count(*) FROM \(table)", isPrepared: false)
                var counts: [Int64] = []
                for tenant in [lesson.institution, lesson.foreigner.institution, nil] {
                    counts.append(try await context.pool.query(statement, tenant: tenant)[0].int(0))
                }
                return counts
            }
            #expect(counts == [1, 0, 0], "\(table)")
        }
    }

    @Test(arguments: ["courses", "sections", "enrollments"])
    func `shows nothing of another institution`(table: String) async throws {
        let campus = try await Campus.open()
        let here = try await campus.institution(["ada": .instructor])
        let there = try await campus.institution(["cyd": .instructor])
        _ = try await campus.course(in: here.id, [(try #require(here.users["ada"]), .teacher)])
        let counts = try await campus.onLoop { context in
            let statement = Statement("SELECT count(*) FROM \(table)", isPrepared: false)
            var counts: [Int64] = []
            for tenant in [here.id, there.id, nil] {
                counts.append(try await context.pool.query(statement, tenant: tenant)[0].int(0))
            }
            return counts
        }
        #expect(counts == [1, 0, 0])
    }
}
