import HTTPTypes
import JSON
import Postgres
import Testing
import WebServer

@testable import Tenancy

struct `The standing of whoever changes others' ways in` {
    private struct Place {
        let school: School
        let here: InstitutionID
        let ada: User
        let bea: User
        let first: Client
        let second: Client
        let token: String

        func count(_ sql: String) async throws -> Int64 { try await school.count(sql) }
    }

    /// Two admins; the second one's token is in the cache.
    private func place() async throws -> Place {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.admin], "bea": [.admin]])
        let (ada, bea) = (try #require(here.users["ada"]), try #require(here.users["bea"]))
        let token = try await school.token(of: bea, in: here.id)
        let place = Place(
            school: school, here: here.id, ada: ada, bea: bea,
            first: Client(school, bearer: try await school.token(of: ada, in: here.id)),
            second: Client(school, bearer: token), token: token)
        try await warm(place.second)
        return place
    }

    private func warm(_ client: Client) async throws {
        #expect(try await client.send(.get, "/api/v1/users/self").status == 200)
    }

    /// Everything that an admin could come back with.
    private func attempts(_ place: Place) async throws -> [Answer] {
        let self_ = JSONValue.int(place.bea.id)
        return [
            try await place.second.send(
                .post, "/api/v1/accounts/\(place.here)/admins", ["user_id": self_]),
            try await place.second.send(
                .post, "/api/v1/users/self/tokens", ["token": ["purpose": "again"]]),
            try await place.second.send(
                .post, "/api/v1/accounts/\(place.here)/users",
                [
                    "pseudonym": ["unique_id": .string(place.school.login("mallory"))],
                    "user": ["roles": ["admin"]],
                ]),
            try await place.second.send(
                .put, "/api/v1/users/\(place.ada.id)", ["user": ["event": "suspend"]]),
            try await place.second.send(.post, "/api/v1/live_token"),
        ]
    }

    @Test func `is looked at within the change, whatever another node has withdrawn`() async throws {
        for (sql, status) in [
            ("DELETE FROM access_tokens WHERE user_id = ", 401),
            ("UPDATE users SET workflow_state = 'suspended' WHERE id = ", 401),
            ("UPDATE access_tokens SET expires_at = now() WHERE user_id = ", 401),
            ("UPDATE access_tokens SET scopes = '{url:GET|/api/v1/courses}' WHERE user_id = ", 403),
            ("DELETE FROM user_roles WHERE user_id = ", 403),
        ] {
            let place = try await place()
            try await place.school.superuser(sql + "\(place.bea.id)")
            let answers = try await attempts(place)
            #expect(answers.map(\.status) == [Int](repeating: status, count: 5), "\(sql)")
            #expect(
                try await place.count("SELECT count(*) FROM users WHERE institution_id = \(place.here)") == 2)
        }
    }

    @Test func `is gone with the next request after this node has withdrawn it`() async throws {
        let place = try await place()
        let removed = try await place.first.send(
            .delete, "/api/v1/accounts/\(place.here)/admins/\(place.bea.id)")
        #expect(removed.status == 200)
        #expect(try await place.second.send(.get, "/api/v1/audit/events").status == 403)
        #expect(
            try await place.second.send(
                .post, "/api/v1/accounts/\(place.here)/admins", ["user_id": .int(place.bea.id)]
            ).status == 403)
        try await warm(place.second)
        let suspended = try await place.first.send(
            .put, "/api/v1/users/\(place.bea.id)", ["user": ["event": "suspend"]])
        #expect(suspended.status == 200)
        #expect(try await place.second.send(.get, "/api/v1/users/self").status == 401)
    }

    @Test func `of a session is gone for tokens and for other institutions when it has ended`() async throws {
        let place = try await place()
        var browser = Client(place.school)
        #expect(try await browser.signIn("bea").status == 201)
        try await warm(browser)
        try await place.school.superuser("DELETE FROM sessions WHERE user_id = \(place.bea.id)")
        let made = try await browser.send(.post, "/api/v1/users/self/tokens", ["token": ["purpose": "x"]])
        #expect(made.status == 401)
        let changed = try await browser.send(
            .put, "/api/v1/session", ["institution": .int(place.here.rawValue)])
        #expect(changed.status == 401)
    }

    @Test func `lets one of two admins go who suspend each other at once`() async throws {
        for _ in 0..<5 {
            let place = try await place()
            async let one = place.first.send(
                .put, "/api/v1/users/\(place.bea.id)", ["user": ["event": "suspend"]])
            async let two = place.second.send(
                .delete, "/api/v1/accounts/\(place.here)/users/\(place.ada.id)")
            #expect(try await [one.status, two.status].sorted() == [200, 401])
            let left = try await place.count(
                """
                SELECT count(*) FROM users u JOIN user_roles r ON r.user_id = u.id AND r.role = 'admin'
                WHERE u.institution_id = \(place.here) AND u.workflow_state = 'registered'
                """)
            #expect(left == 1)
        }
    }

    @Test func `is not lent by another institution's name before the secret`() async throws {
        let place = try await place()
        let there = try await place.school.institution("There", ["cy": [.student]])
        let secret = place.token.split(separator: "~").last ?? ""
        let forged = Client(place.school, bearer: "\(there.id)~\(secret)")
        #expect(try await forged.send(.get, "/api/v1/users/self").status == 401)
    }
}
