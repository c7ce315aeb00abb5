import HTTPTypes
import JSON
import Postgres
import Synchronization
import Tenancy
import TestKit
import Testing
import WebServer

@testable import Courses

/// A school whose requests can be made to meet: while one transaction holds rows, others wait for them.
private struct Meeting {
    let campus: Campus
    let institution: InstitutionID
    let admin: Principal
    let students: [Principal]

    static func open() async throws -> Meeting {
        let campus = try await Campus.open(isAlone: true, connections: 6)
        let here = try await campus.institution([
            "dot": .admin, "s1": .student, "s2": .student, "s3": .student,
        ])
        return Meeting(
            campus: campus, institution: here.id, admin: try #require(here.users["dot"]),
            students: try ["s1", "s2", "s3"].map { try #require(here.users[$0]) })
    }

    /// Runs statements in a transaction that stays open until all requests wait for it, or are answered; the answers.
    func meet(
        _ statements: [(String, [PostgresValue])], _ requests: [@Sendable () async throws -> Answer]
    ) async throws -> [Answer] {
        let institution = institution
        return try await campus.onLoop { context in
            let tasks = try await context.pool.transaction(tenant: institution) { transaction in
                for (text, values) in statements {
                    _ = try await transaction.query(
                        Statement(text, isPrepared: false), [.int(institution.rawValue)] + values)
                }
                let answered = Box()
                let tasks = requests.map { request in
                    Task {
                        defer { answered.count.withLock { $0 += 1 } }
                        return try await request()
                    }
                }
                let waiting = Statement(
                    """
                    SELECT count(*) FROM pg_stat_activity
                    WHERE wait_event_type = 'Lock' AND datname = current_database()
                    """, isPrepared: false)
                while try await context.pool.query(waiting, tenant: nil)[0].int(0)
                    + answered.count.withLock({ $0 })
                    < Int64(requests.count)
                {}
                return tasks
            }
            var answers: [Answer] = []
            for task in tasks { answers.append(try await task.value) }
            return answers
        }
    }

    func rows(_ text: String) async throws -> Int64 {
        let institution = institution
        return try await campus.onLoop { context in
            try await context.pool.query(Statement(text, isPrepared: false), tenant: institution)[0].int(0)
        }
    }

    func make(_ path: String, _ body: JSONValue) async throws -> Int64 {
        Int64(try await campus.send(.post, "/api/v1/\(path)", [], body, as: admin).id)
    }
}

/// How many have been answered.
private final class Box: Sendable { let count = Mutex<Int64>(0) }

struct `Requests that meet` {
    @Test func `leave no more in a course than its limit lets join`() async throws {
        let meeting = try await Meeting.open()
        let course = try await meeting.make(
            "accounts/self/courses", ["course": ["name": "Open"], "offer": true])
        _ = try await meeting.campus.send(
            .put, "/api/v1/courses/\(course)", [],
            [
                "course": [
                    "self_enrollment": true, "self_enrollment_code": "open-sesame",
                    "self_enrollment_limit": 1,
                ]
            ], as: meeting.admin)
        let answers = try await meeting.meet(
            [
                (
                    "SELECT id FROM courses WHERE institution_id = $1 AND id = $2 FOR NO KEY UPDATE",
                    [.int(course)]
                )
            ],
            meeting.students.map { student in
                {
                    try await meeting.campus.send(
                        .post, "/api/v1/courses/\(course)/enrollments", [],
                        ["enrollment": ["user_id": "self", "self_enrollment_code": "open-sesame"]],
                        as: student)
                }
            })
        #expect(answers.map(\.status).sorted() == [200, 409, 409])
        #expect(try await meeting.rows("SELECT count(*) FROM enrollments") == 1)
    }

    @Test func `put no course into a term that is being removed`() async throws {
        let meeting = try await Meeting.open()
        let term = try await meeting.make("accounts/self/terms", ["enrollment_term": ["name": "Short"]])
        let answers = try await meeting.meet(
            [
                (
                    "UPDATE enrollment_terms SET workflow_state = 'deleted' WHERE institution_id = $1 AND id = $2",
                    [.int(term)]
                )
            ],
            [
                {
                    try await meeting.campus.send(
                        .post, "/api/v1/accounts/self/courses", [],
                        ["course": ["name": "Late", "term_id": .int(Int(term))]], as: meeting.admin)
                }
            ])
        #expect(answers[0].field == "course.term_id")
        #expect(try await meeting.rows("SELECT count(*) FROM courses") == 0)
    }

    @Test func `remove no term that a course is being put into`() async throws {
        let meeting = try await Meeting.open()
        let term = try await meeting.make("accounts/self/terms", ["enrollment_term": ["name": "Short"]])
        let answers = try await meeting.meet(
            [
                (
                    "SELECT id FROM enrollment_terms WHERE institution_id = $1 AND id = $2 FOR SHARE",
                    [.int(term)]
                ),
                (
                    """
                    INSERT INTO courses (institution_id, name, course_code, enrollment_term_id) VALUES ($1, 'C', 'C', $2)
                    """, [.int(term)]
                ),
            ],
            [
                {
                    try await meeting.campus.send(
                        .delete, "/api/v1/accounts/self/terms/\(term)", as: meeting.admin)
                }
            ])
        #expect(answers[0].status == 409)
    }

    @Test func `put no course into an account that is being removed`() async throws {
        let meeting = try await Meeting.open()
        let account = try await meeting.make("accounts/self/sub_accounts", ["account": ["name": "School"]])
        let answers = try await meeting.meet(
            [
                (
                    "UPDATE accounts SET workflow_state = 'deleted' WHERE institution_id = $1 AND id = $2",
                    [.int(account)]
                )
            ],
            ["courses", "sub_accounts"].map { kind in
                {
                    try await meeting.campus.send(
                        .post, "/api/v1/accounts/\(account)/\(kind)", [],
                        ["course": ["name": "Late"], "account": ["name": "Late"]], as: meeting.admin)
                }
            })
        #expect(answers.map(\.status) == [400, 404])
        #expect(try await meeting.rows("SELECT count(*) FROM courses") == 0)
        #expect(try await meeting.rows("SELECT count(*) FROM accounts WHERE name = 'Late'") == 0)
    }

    @Test func `remove no account that something is being put into`() async throws {
        let meeting = try await Meeting.open()
        let account = try await meeting.make("accounts/self/sub_accounts", ["account": ["name": "School"]])
        let answers = try await meeting.meet(
            [
                ("SELECT id FROM accounts WHERE institution_id = $1 AND id = $2 FOR SHARE", [.int(account)]),
                (
                    """
                    INSERT INTO accounts (institution_id, id, parent_account_id, path, name)
                    VALUES ($1, nextval('institutions_id_seq'), $2, ARRAY[$1, $2, currval('institutions_id_seq')], 'Below')
                    """, [.int(account)]
                ),
            ],
            [
                {
                    try await meeting.campus.send(
                        .delete, "/api/v1/accounts/self/sub_accounts/\(account)", as: meeting.admin)
                }
            ])
        #expect(answers[0].status == 409)
    }

    @Test func `enrol nobody in a section that is being removed`() async throws {
        let meeting = try await Meeting.open()
        let course = try await meeting.make("accounts/self/courses", ["course": ["name": "Course"]])
        let section = try await meeting.make(
            "courses/\(course)/sections", ["course_section": ["name": "Short"]])
        let student = meeting.students[0]
        let answers = try await meeting.meet(
            [
                (
                    "UPDATE sections SET workflow_state = 'deleted' WHERE institution_id = $1 AND id = $2",
                    [.int(section)]
                )
            ],
            [
                {
                    try await meeting.campus.send(
                        .post, "/api/v1/sections/\(section)/enrollments", [],
                        ["enrollment": ["user_id": .int(Int(student.user)), "type": "StudentEnrollment"]],
                        as: meeting.admin)
                }
            ])
        #expect(answers[0].field == "enrollment.course_section_id")
        #expect(try await meeting.rows("SELECT count(*) FROM enrollments") == 0)
    }

    @Test func `remove no section that somebody is being enrolled in`() async throws {
        let meeting = try await Meeting.open()
        let course = try await meeting.make("accounts/self/courses", ["course": ["name": "Course"]])
        let section = try await meeting.make(
            "courses/\(course)/sections", ["course_section": ["name": "Short"]])
        let answers = try await meeting.meet(
            [
                ("SELECT id FROM sections WHERE institution_id = $1 AND id = $2 FOR SHARE", [.int(section)]),
                (
                    """
                    INSERT INTO enrollments (institution_id, course_id, section_id, user_id, type)
                    VALUES ($1, $2, $3, $4, 'StudentEnrollment')
                    """, [.int(course), .int(section), .int(meeting.students[0].user)]
                ),
            ],
            [{ try await meeting.campus.send(.delete, "/api/v1/sections/\(section)", as: meeting.admin) }])
        #expect(answers[0].status == 409)
    }
}
