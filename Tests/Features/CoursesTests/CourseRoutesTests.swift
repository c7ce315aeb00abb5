import JSON
import Postgres
import Tenancy
import Testing
import WebServer

@testable import Courses

struct `Lists of courses` {
    @Test func `hold one's own, and for an admin all of the institution`() async throws {
        let campus = try await Campus.open()
        let here = try await campus.institution([
            "ada": .instructor, "bea": .student, "dot": .admin, "eve": .student,
        ])
        let there = try await campus.institution(["cyd": .admin])
        let (ada, bea) = (try #require(here.users["ada"]), try #require(here.users["bea"]))
        let biology = try await campus.course("Biology", in: here.id, [(ada, .teacher), (bea, .student)])
            .course
        let chemistry = try await campus.course("Chemistry", in: here.id, [(ada, .ta)]).course
        let draft = try await campus.course(
            "Draft", state: .unpublished, in: here.id, [(ada, .designer), (bea, .student)]
        ).course
        _ = try await campus.course("Elsewhere", in: there.id)
        let expected = [
            ("ada", [biology, chemistry, draft]), ("bea", [biology]), ("dot", [biology, chemistry, draft]),
            ("eve", []),
        ]
        for (login, courses) in expected {
            let answer = try await campus.get("/api/v1/courses", as: try #require(here.users[login]))
            #expect(answer.status == 200)
            #expect(answer.ids == courses.map { Int($0.id) }, "\(login)")
            #expect(answer.next == nil)
        }
        let own = try #require(try await campus.get("/api/v1/courses", as: bea).json.array?.first)
        #expect(
            own["name"] == "Biology" && own["course_code"] == "C-1" && own["workflow_state"] == "available")
        #expect(own["account_id"]?.int == Int(here.id.rawValue) && own["sis_course_id"] == nil)
        #expect(
            own["enrollments"] == [
                [
                    "type": "student", "role": "StudentEnrollment", "role_id": 2,
                    "enrollment_state": "active",
                    "user_id": .int(bea.user), "limit_privileges_to_course_section": false,
                ]
            ])
    }

    @Test(arguments: [1, 2, 3, 7, 100])
    func `come in pages without gaps and repeats`(size: Int) async throws {
        let campus = try await Campus.open()
        let here = try await campus.institution(["ada": .instructor, "dot": .admin])
        let ada = try #require(here.users["ada"])
        for number in 1...7 {
            _ = try await campus.course("Course \(number)", in: here.id, [(ada, .teacher)])
        }
        for user in [ada, try #require(here.users["dot"])] {
            var ids: [Int] = []
            var query: [(String, String)]? = [("per_page", "\(size)")]
            while let asked = query {
                let answer = try await campus.get("/api/v1/courses", asked, as: user)
                #expect(answer.ids.count <= size)
                ids += answer.ids
                query = answer.next
            }
            #expect(ids.count == 7)
            #expect(ids == Set(ids).sorted())
        }
    }

    @Test func `carry what features above add`() async throws {
        struct Bells: CourseAddition {
            let name = "bells"
            let fallback = RawJSON { $0.array { _ in } }

            func values(
                for courses: [Int64], principal: Principal, context: WebContext
            ) async throws -> [Int64: RawJSON] {
                Dictionary(uniqueKeysWithValues: courses.prefix(1).map { id in (id, RawJSON { $0.int(id) }) })
            }
        }
        let campus = try await Campus.open(additions: [Bells()])
        let here = try await campus.institution(["dot": .admin])
        let dot = try #require(here.users["dot"])
        let first = try await campus.course(in: here.id).course
        _ = try await campus.course(in: here.id)
        let answer = try await campus.get("/api/v1/courses", as: dot)
        #expect(answer.json.array?.compactMap { $0["bells"] } == [.int(first.id), []])
        let one = try await campus.get("/api/v1/courses/\(first.id)", as: dot)
        #expect(one.json["bells"] == .int(first.id))
    }
}

struct `Lists of a course's people` {
    private func classroom() async throws -> (Campus, Principal, CourseRegistry.Created, [String: Principal])
    {
        let campus = try await Campus.open()
        let here = try await campus.institution([
            "ada": .instructor, "bea": .student, "cyd": .student, "eve": .instructor, "fay": .parent,
        ])
        let ada = try #require(here.users["ada"])
        let created = try await campus.course(
            in: here.id,
            [
                (ada, .teacher), (try #require(here.users["bea"]), .student),
                (try #require(here.users["cyd"]), .student),
                (try #require(here.users["fay"]), .observer),
            ])
        return (campus, ada, created, here.users)
    }

    @Test func `are filtered by kind and sorted by name`() async throws {
        let (campus, ada, created, users) = try await classroom()
        func ids(_ logins: String...) -> [Int] { logins.compactMap { users[$0].map { Int($0.user) } } }
        let path = "/api/v1/courses/\(created.course.id)/users"
        #expect(try await campus.get(path, as: ada).ids == ids("ada", "bea", "cyd", "fay"))
        #expect(
            try await campus.get(path, [("enrollment_type[]", "student")], as: ada).ids == ids("bea", "cyd"))
        #expect(
            try await campus.get(
                path, [("enrollment_type[]", "teacher"), ("enrollment_type[]", "observer")], as: ada
            ).ids == ids("ada", "fay"))
        #expect(try await campus.get(path, [("enrollment_type[]", "ta")], as: ada).json == [])
        let refused = try await campus.get(path, [("enrollment_type[]", "king")], as: ada)
        #expect(refused.status == 400)
        #expect(refused.error?.items.first?.field == "enrollment_type")
    }

    @Test func `come in pages without gaps and repeats`() async throws {
        let (campus, ada, created, _) = try await classroom()
        var ids: [Int] = []
        var query: [(String, String)]? = [("per_page", "1"), ("enrollment_type[]", "student")]
        var pages = 0
        while let asked = query {
            let answer = try await campus.get("/api/v1/courses/\(created.course.id)/users", asked, as: ada)
            ids += answer.ids
            query = answer.next
            pages += 1
        }
        #expect(ids.count == 2)
        #expect(Set(ids).count == 2)
        #expect(pages == 2)
    }

    @Test func `end at the section for whom is limited to it`() async throws {
        let (campus, _, created, users) = try await classroom()
        let eve = try #require(users["eve"])
        let bea = try #require(users["bea"])
        try await campus.onLoop { context in
            let registry = CourseRegistry(pool: context.pool)
            let section = try await registry.createSection(
                name: "Group B", course: created.course.id, in: eve.institution)
            try await registry.enroll(
                [eve.user], as: .ta, course: created.course.id, section: section, limitedToSection: true,
                in: eve.institution)
            try await registry.enroll(
                [bea.user], as: .student, course: created.course.id, section: section, in: eve.institution)
        }
        let answer = try await campus.get("/api/v1/courses/\(created.course.id)/users", as: eve)
        #expect(answer.ids == [Int(bea.user), Int(eve.user)])
    }

    @Test func `are one entry per person in the roster`() async throws {
        let (campus, ada, created, users) = try await classroom()
        let bea = try #require(users["bea"])
        let entries = try await campus.onLoop { context in
            try await CourseRegistry(pool: context.pool).enroll(
                [bea.user], as: .ta, course: created.course.id, section: created.section, in: ada.institution)
            return try await Roster(pool: context.pool).entries(
                course: created.course.id, in: ada.institution)
        }
        #expect(entries.map(\.name) == ["User ada", "User bea", "User cyd", "User fay"])
        #expect(entries.map(\.role) == [.staff, .staff, .student, .observer])
        #expect(entries.allSatisfy { $0.sections == [created.section] })
    }
}

struct `Making courses` {
    @Test(arguments: [("", "C"), ("Name", ""), ("N\u{0}", "C"), (String(repeating: "n", count: 256), "C")])
    func `refuses what cannot be stored`(name: String, code: String) async throws {
        let campus = try await Campus.open()
        let here = try await campus.institution([:])
        let error = await #expect(throws: CourseRegistry.Failure.self) {
            try await campus.onLoop { context in
                try await CourseRegistry(pool: context.pool).create(name: name, code: code, in: here.id)
            }
        }
        guard case .invalid = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `refuses courses and sections that are not there`() async throws {
        let campus = try await Campus.open()
        let here = try await campus.institution(["ada": .instructor])
        let there = try await campus.institution([:])
        let created = try await campus.course(in: here.id)
        let ada = try #require(here.users["ada"])
        let attempts: [@Sendable (CourseRegistry) async throws -> Void] = [
            { _ = try await $0.createSection(name: "X", course: 999_999, in: here.id) },
            { _ = try await $0.createSection(name: "X", course: created.course.id, in: there.id) },
            {
                try await $0.enroll(
                    [ada.user], as: .student, course: created.course.id, section: 999_999, in: here.id)
            },
        ]
        for attempt in attempts {
            await #expect(throws: CourseRegistry.Failure.unknown) {
                try await campus.onLoop { try await attempt(CourseRegistry(pool: $0.pool)) }
            }
        }
        let (known, foreign) = try await campus.onLoop { context in
            let registry = CourseRegistry(pool: context.pool)
            return (
                try await registry.courses([created.course.id, 999_999], in: here.id),
                try await registry.courses([created.course.id], in: there.id)
            )
        }
        #expect(known == [created.course])
        #expect(foreign == [])
    }
}
