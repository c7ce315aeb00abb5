import HTTPTypes
import JSON
import Postgres
import Testing
import WebServer

@testable import Tenancy

struct `The audit log` {
    /// The events of an institution as its admin reads them, oldest first.
    private func events(_ admin: Client, _ query: String = "") async throws -> [JSONValue] {
        let answer = try await admin.send(.get, "/api/v1/audit/events?per_page=100\(query)")
        #expect(answer.status == 200)
        // Without those of the school's making.
        return (answer.json["events"]?.array ?? []).filter { $0["kind"]?.string != "user.created" }.reversed()
    }

    private func kinds(_ events: [JSONValue]) -> [String] { events.compactMap { $0["kind"]?.string } }

    private func school() async throws -> (School, InstitutionID, admin: Client, users: [String: User]) {
        let school = try await School.open()
        let here = try await school.institution(
            "Here", ["ada": [.admin], "bea": [.student], "cy": [.parent]])
        let ada = try #require(here.users["ada"])
        return (
            school, here.id, Client(school, bearer: try await school.token(of: ada, in: here.id)), here.users
        )
    }

    @Test func `says who signed in and out, from where, without a secret`() async throws {
        let (school, _, admin, users) = try await school()
        let bea = try #require(users["bea"])
        var client = Client(school)
        client.remote = "192.0.2.77"
        #expect(try await client.signIn("bea").status == 201)
        #expect(try await client.send(.delete, "/api/v1/session").status == 204)
        let found = try await events(admin, "&user_id=\(bea.id)")
        #expect(kinds(found) == ["role.granted", "sign_in.succeeded", "sign_out"])
        let signIn = found[1]
        #expect(signIn["actor_id"]?.int == Int(bea.id))
        #expect(signIn["user_id"]?.int == Int(bea.id))
        #expect(signIn["remote_address"]?.string == "192.0.2.77")
        #expect(signIn["request_id"]?.string == "test-request")
        #expect(signIn["details"]?["method"]?.string == "password")
        #expect(found[2]["details"]?["session_id"] == signIn["details"]?["session_id"])
        #expect(found[2]["details"]?["reason"]?.string == "signed_out")
        for event in found {
            let text = RawJSON(event).text
            #expect(!text.contains("horse") && !text.contains("@"))
        }
    }

    @Test func `says of a wrong password whose it was, and nothing of a login that nobody has`() async throws
    {
        let (school, here, admin, users) = try await school()
        let bea = try #require(users["bea"])
        var client = Client(school)
        #expect(try await client.signIn("bea", "a wrong one").status == 401)
        #expect(try await client.signIn("nobody", "a wrong one").status == 401)
        // Written behind the answer.
        let sql = """
            SELECT count(*) FROM audit_events WHERE institution_id = \(here) AND kind = 'sign_in.failed'
            """
        try await school.wait { try await school.count(sql) == 1 }
        let found = try await events(admin, "&kind=sign_in.failed")
        #expect(found.count == 1)
        #expect(found.first?["user_id"]?.int == Int(bea.id))
        #expect(found.first?["actor_id"]?.isNull == true)
        #expect(found.first?["details"] == ["reason": "wrong_password"])
    }

    @Test func `says of a replaced session that it ended`() async throws {
        let (school, _, admin, users) = try await school()
        var client = Client(school)
        _ = try await client.signIn("bea")
        _ = try await client.signIn("bea")
        let found = try await events(admin, "&user_id=\(try #require(users["bea"]?.id))")
        #expect(
            kinds(found) == ["role.granted", "sign_in.succeeded", "sign_in.succeeded", "sign_out"])
        #expect(found.last?["details"]?["reason"]?.string == "replaced")
        #expect(found.last?["details"]?["session_id"] == found[1]["details"]?["session_id"])
    }

    @Test func `is written by triggers for what is changed elsewhere`() async throws {
        let (school, here, admin, users) = try await school()
        let (bea, cy) = (try #require(users["bea"]), try #require(users["cy"]))
        try await school.onLoop { context in
            let directory = Directory(pool: context.pool)
            try await directory.link(parent: cy.id, to: bea.id, in: here)
            // It is so already: nothing happens.
            try await directory.link(parent: cy.id, to: bea.id, in: here)
            try await directory.unlink(parent: cy.id, from: bea.id, in: here)
            let origin = AuditOrigin(WebRequest(id: "by-hand"), actor: cy.id)
            try await context.pool.transaction(tenant: here, options: origin.options) {
                try await $0.query(
                    "INSERT INTO user_roles VALUES ($1, $2, 'instructor')",
                    [.int(here.rawValue), .int(bea.id)])
                try await $0.query(
                    "DELETE FROM user_roles WHERE institution_id = $1 AND user_id = $2 AND role = 'student'",
                    [.int(here.rawValue), .int(bea.id)])
            }
        }
        try await school.superuser(
            "UPDATE institutions SET workflow_state = 'suspended' WHERE id = \(here)")
        try await school.superuser("UPDATE institutions SET workflow_state = 'active' WHERE id = \(here)")
        let found = try await events(admin, "&from=2020-01-01")
        #expect(
            kinds(found) == [
                "role.granted", "role.granted", "role.granted", "token.created", "parent.linked",
                "parent.unlinked", "role.granted", "role.taken", "institution.suspended",
                "institution.activated",
            ])
        #expect(found[4]["user_id"]?.int == Int(bea.id))
        #expect(found[4]["details"] == ["parent_id": .int(cy.id)])
        #expect(found[4]["actor_id"]?.isNull == true)
        #expect(found[6]["details"] == ["role": "instructor"])
        #expect(found[6]["actor_id"]?.int == Int(cy.id))
        #expect(found[6]["request_id"]?.string == "by-hand")
    }

    @Test func `leaves no line when its transaction fails`() async throws {
        let (school, here, admin, users) = try await school()
        let bea = try #require(users["bea"])
        struct Failure: Error {}
        await #expect(throws: Failure.self) {
            try await school.onLoop { context in
                try await context.pool.transaction(tenant: here) {
                    try await AuditLog.record(
                        AuditEvent(.sessionRevoked, by: .system, subject: bea.id), in: here, $0)
                    throw Failure()
                }
            }
        }
        #expect(try await events(admin, "&kind=session.revoked").isEmpty)
    }

    @Test func `comes in pages, newest first, by kind, user and time`() async throws {
        let (school, here, admin, users) = try await school()
        let (bea, cy) = (try #require(users["bea"]), try #require(users["cy"]))
        try await school.onLoop { context in
            for number in 0..<7 {
                try await context.pool.transaction(tenant: here) {
                    try await AuditLog.record(
                        AuditEvent(
                            .sessionRevoked, by: .system.with(actor: number % 2 == 0 ? bea.id : cy.id),
                            subject: cy.id, details: ["count": .number(Int64(number))]), in: here, $0)
                }
            }
        }
        for filter in ["kind=session.revoked", "user_id=\(cy.id)&kind=session.revoked"] {
            var numbers: [Int] = []
            var target: String? = "/api/v1/audit/events?per_page=3&\(filter)"
            while let asked = target {
                let answer = try await admin.send(.get, asked)
                numbers += (answer.json["events"]?.array ?? []).compactMap { $0["details"]?["count"]?.int }
                target = answer.link?.split(separator: ",")
                    .first { $0.hasSuffix("rel=\"next\"") }
                    .flatMap { $0.split(separator: ">").first?.dropFirst("<http://school.example".count) }
                    .map(String.init)
            }
            #expect(numbers == [6, 5, 4, 3, 2, 1, 0])
        }
        #expect(try await events(admin, "&user_id=\(bea.id)&kind=session.revoked").count == 4)
        #expect(try await events(admin, "&to=2020-01-01T00:00:00Z").isEmpty)
        #expect(try await events(admin, "&from=2999-01-01T00:00:00Z").isEmpty)
        #expect(try await events(admin, "&kind=never.happened").isEmpty)
        #expect(try await events(admin, "&page=2").isEmpty)
    }

    @Test(arguments: [
        ("from=yesterday", "from"), ("to=x", "to"), ("kind=Sign%20in", "kind"), ("kind=", "kind"),
        ("page=after:x", "page"), ("page=bookmark:WyJ4IiwieSJd", "page"), ("page=bookmark:WyIxIl0", "page"),
    ])
    func `refuses what it does not understand`(query: String, field: String) async throws {
        let (_, _, admin, _) = try await school()
        let answer = try await admin.send(.get, "/api/v1/audit/events?\(query)")
        #expect(answer.status == 400)
        #expect(answer.error?.items.first?.field == field)
    }

    @Test func `is for the institution's admins, and never another's`() async throws {
        let (school, here, _, users) = try await school()
        let bea = try #require(users["bea"])
        let other = try await school.institution("There", ["dot": [.admin]])
        let dot = try #require(other.users["dot"])
        let client = Client(school, bearer: try await school.token(of: bea, in: here))
        #expect(try await client.send(.get, "/api/v1/audit/events").status == 403)
        let stranger = Client(school, bearer: try await school.token(of: dot, in: other.id))
        let found = try await events(stranger)
        #expect(kinds(found) == ["role.granted", "token.created"])
        #expect(try await events(stranger, "&user_id=\(bea.id)").isEmpty)
    }

    @Test(arguments: [
        "UPDATE audit_events SET kind = 'x'", "DELETE FROM audit_events", "TRUNCATE audit_events",
    ])
    func `cannot be changed by the application`(sql: String) async throws {
        let (school, here, _, _) = try await school()
        let state = try await school.onLoop { context in
            do throws(PostgresError) {
                _ = try await context.pool.query(Statement(sql, isPrepared: false), tenant: here)
                return nil as SQLState?
            } catch {
                return error.state
            }
        }
        #expect(state == .insufficientPrivilege)
    }
}

struct `A kind of event` {
    @Test(arguments: ["sign_in.failed", "a", "a_b.c_d.e"])
    func `has words and dots`(name: String) { #expect(AuditKind.isName(name)) }

    @Test(arguments: ["", ".", "a.", ".a", "A", "a b", "_a", "a..b", "a1", String(repeating: "a", count: 65)])
    func `has nothing else`(name: String) { #expect(!AuditKind.isName(name)) }
}
