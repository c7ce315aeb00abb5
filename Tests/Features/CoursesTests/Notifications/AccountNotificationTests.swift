import HTTPTypes
import JSON
import Postgres
import Tenancy
import Testing
import WebServer

@testable import Courses

struct `What an account tells` {
    static let path = "/api/v1/accounts/self/account_notifications"

    private func wish(_ subject: String, _ more: [(String, JSONValue)] = []) -> JSONValue {
        var fields = JSONObject("subject", .string(subject))
        fields.set("message", "<p onclick=\"x()\">Hello<script>alert(1)</script></p>")
        fields.set("start_at", "2026-01-01T00:00:00Z")
        fields.set("end_at", "2126-01-01T00:00:00Z")
        for (name, value) in more { fields.set(name, value) }
        return ["account_notification": .object(fields)]
    }

    @Test func `is seen by whom it is for, safe, until it is put away`() async throws {
        let campus = try await Campus.open(isAlone: true)
        let here = try await campus.institution([
            "dot": .admin, "tea": .instructor, "stu": .student, "str": .student,
        ])
        let there = try await campus.institution(["for": .admin])
        func user(_ login: String) throws -> Principal { try #require(here.users[login]) }
        _ = try await campus.course(in: here.id, [(try user("tea"), .teacher), (try user("stu"), .student)])
        let all = try await campus.ask(.post, Self.path, wish("All"), as: try user("dot"))
        #expect(all.status == 200 && all.json["message"]?.string == "<p>Hello</p>")
        #expect(all.json["icon"]?.string == "warning")
        _ = try await campus.ask(
            .post, Self.path, wish("Students", [("roles", ["StudentEnrollment"])]), as: try user("dot"))
        _ = try await campus.ask(
            .post, Self.path, wish("Past", [("end_at", "2026-01-02T00:00:00Z")]), as: try user("dot"))
        _ = try await campus.ask(
            .post, Self.path, wish("Admins", [("roles", ["AccountAdmin"])]), as: try user("dot"))
        func seen(_ login: String) async throws -> [String] {
            let own = try await campus.get(
                "/api/v1/accounts/self/users/self/account_notifications", as: try user(login))
            #expect(try await campus.get(Self.path, as: try user(login)).ids == own.ids)
            return own.json.array?.compactMap { $0["subject"]?.string } ?? []
        }
        #expect(try await seen("stu") == ["All", "Students"])
        #expect(try await seen("tea") == ["All"])
        #expect(try await seen("str") == ["All"])
        #expect(try await seen("dot") == ["All", "Admins"])
        let whole = try await campus.get(Self.path, [("include_all", "true")], as: try user("dot"))
        #expect(whole.ids.count == 4)
        #expect(try await campus.get(Self.path, [("include_all", "true")], as: try user("stu")).status == 403)

        let one = "\(Self.path)/\(all.id)"
        let closed = try await campus.send(
            .delete, "/api/v1/accounts/self/users/self/account_notifications/\(all.id)", as: try user("stu"))
        #expect(closed.status == 200 && closed.id == all.id)
        #expect(try await seen("stu") == ["Students"])
        #expect(try await seen("tea") == ["All"])
        #expect(try await campus.get(one, as: try user("stu")).status == 404)
        #expect(try await campus.get(one, as: try user("tea")).status == 200)
        let changed = try await campus.ask(
            .put, one, ["account_notification": ["icon": "calendar"]], as: try user("dot"))
        #expect(changed.json["icon"]?.string == "calendar" && changed.json["subject"]?.string == "All")
        #expect(
            try await campus.send(.delete, one, [("remove", "true")], as: try user("tea")).status == 403)
        #expect(try await campus.send(.delete, one, as: try user("dot")).status == 200)
        #expect(try await seen("tea") == ["All"])
        #expect(
            try await campus.send(.delete, one, [("remove", "true")], as: try user("dot")).status == 200)
        #expect(try await seen("tea") == [])
        let foreigner = try #require(there.users["for"])
        #expect(
            try await campus.get("/api/v1/accounts/\(here.id.rawValue)/account_notifications", as: foreigner)
                .status == 404)
    }

    @Test(arguments: [
        ("subject", ""), ("start_at", "soon"), ("end_at", "2025-01-01T00:00:00Z"), ("icon", "bomb"),
        ("roles", "Boss"),
    ])
    func `names the field that is wrong`(field: String, value: String) async throws {
        let campus = try await Campus.open()
        let here = try await campus.institution(["dot": .admin])
        let answer = try await campus.ask(
            .post, Self.path, wish("x", [(field, .string(value))]), as: try #require(here.users["dot"]))
        #expect(answer.status == 400 && answer.field == "account_notification.\(field)")
    }
}

struct `A course's syllabus` {
    @Test func `is kept safe, shown when it is asked for, and taken away`() async throws {
        let lesson = try await Lesson.open()
        func put(_ value: JSONValue) async throws -> Answer {
            try await lesson.campus.ask(
                .put, lesson.path, ["course": ["syllabus_body": value]], as: lesson.teacher)
        }
        #expect(try await put("<p onclick=\"x()\">Read</p><script>x()</script>").status == 200)
        func shown() async throws -> JSONValue? {
            try await lesson.campus.get(
                lesson.path, [("include[]", "syllabus_body")], as: lesson.student
            ).json["syllabus_body"]
        }
        #expect(try await shown() == "<p>Read</p>")
        #expect(try await lesson.campus.get(lesson.path, as: lesson.student).json["syllabus_body"] == nil)
        #expect(try await put("").status == 200)
        #expect(try await shown() == .null)
    }
}

struct `Students who were here last` {
    @Test func `come first, in pages, and are for staff`() async throws {
        let lesson = try await Lesson.open(isAlone: true)
        for (user, minutes) in [(lesson.student, 5), (lesson.other, 1), (lesson.teacher, 2)] {
            try await lesson.campus.run(
                """
                INSERT INTO sessions (institution_id, user_id, token_hash, csrf, last_seen, expires_at)
                VALUES (\(lesson.institution.rawValue), \(user.user), decode(md5('\(user.user)') || md5('\(user.user)'), 'hex'), 'x',
                    now() - interval '\(minutes) minutes', now() + interval '1 day')
                """)
        }
        let path = "\(lesson.path)/recent_students"
        let found = try await lesson.campus.all(path, size: 1, as: lesson.teacher)
        #expect(found.map { $0["id"]?.int } == [Int(lesson.other.user), Int(lesson.student.user)])
        #expect(found.first?["last_login"]?.string != nil)
        #expect(try await lesson.campus.get(path, as: lesson.student).status == 403)
    }
}
