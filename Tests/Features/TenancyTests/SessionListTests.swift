import HTTPTypes
import JSON
import Testing
import WebServer

@testable import Tenancy

struct `A user's sessions` {
    private static let firefox: HTTPFields = [
        .userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    ]

    private func browser(_ school: School, _ login: String) async throws -> Client {
        var client = Client(school)
        client.keep(
            try await client.send(
                .post, "/api/v1/session",
                ["login": .string(school.login(login)), "password": "correct horse"], headers: Self.firefox))
        return client
    }

    private static let path = "/api/v1/users/self/sessions"

    @Test func `show when, where and by what, and which one asks`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.admin], "bea": [.student]])
        let first = try await browser(school, "bea")
        var second = Client(school)
        second.remote = "2001:db8::7"
        _ = try await second.signIn("bea")
        let listed = try await second.send(.get, Self.path).json.array ?? []
        #expect(listed.map { $0["browser"]?.string } == ["Firefox on Linux", nil])
        #expect(listed.map { $0["remote_address"]?.string } == ["192.0.2.1", "2001:db8::7"])
        #expect(listed.map { $0["current"]?.bool } == [false, true])
        #expect(listed.allSatisfy { $0["created_at"]?.string != nil && $0["last_seen_at"]?.string != nil })
        #expect(listed.allSatisfy { $0["csrf"] == nil && $0["token_hash"] == nil })
        #expect(try await first.send(.get, Self.path + "?per_page=1").json.array?.count == 1)
        let ada = try #require(here.users["ada"])
        let token = Client(school, bearer: try await school.token(of: ada, in: here.id))
        #expect(try await token.send(.get, Self.path).json == [])
    }

    @Test func `end one by one, never another's`() async throws {
        let school = try await School.open()
        _ = try await school.institution("Here", ["ada": [.admin], "bea": [.student]])
        let (first, second) = (try await browser(school, "bea"), try await browser(school, "bea"))
        let ada = try await browser(school, "ada")
        let ids = (try await first.send(.get, Self.path).json.array ?? []).compactMap { $0["id"]?.int }
        #expect(ids.count == 2)
        #expect(try await ada.send(.delete, "\(Self.path)/\(ids[1])").status == 404)
        #expect(try await first.send(.delete, "\(Self.path)/\(ids[1])").status == 204)
        try await school.onLoop { $0.service(CredentialCache.self).forgetAll() }
        #expect(try await second.send(.get, "/api/v1/session").status == 401)
        #expect(try await first.send(.get, "/api/v1/session").status == 200)
        #expect(try await first.send(.delete, "\(Self.path)/\(ids[1])").status == 404)
    }

    @Test func `end all but the one that asks`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["bea": [.student]])
        let first = try await browser(school, "bea")
        for _ in 0..<3 { _ = try await browser(school, "bea") }
        let revoked = Revoked()
        school.services.onRevocation { _, user in revoked.note(user) }
        #expect(try await first.send(.delete, Self.path).status == 204)
        #expect(revoked.users == [try #require(here.users["bea"]?.id)])
        #expect(try await first.send(.get, Self.path).json.array?.count == 1)
        let noted = try await school.count(
            """
            SELECT (details->>'count')::bigint FROM audit_events
            WHERE institution_id = \(here.id) AND kind = 'session.revoked'
            """)
        #expect(noted == 3)
        #expect(try await first.send(.delete, Self.path).status == 204)
    }

    @Test func `end at an admin's word`() async throws {
        let school = try await School.open()
        let here = try await school.institution(
            "Here", ["ada": [.admin], "bea": [.student], "cy": [.student]])
        let bea = try await browser(school, "bea")
        let (ada, cy) = (try await browser(school, "ada"), try await browser(school, "cy"))
        let path = "/api/v1/users/\(try #require(here.users["bea"]?.id))/sessions"
        #expect(try await cy.send(.delete, path).status == 403)
        #expect(try await bea.send(.delete, path).status == 403)
        #expect(try await ada.send(.delete, path).status == 204)
        try await school.onLoop { $0.service(CredentialCache.self).forgetAll() }
        #expect(try await bea.send(.get, "/api/v1/session").status == 401)
        #expect(try await ada.send(.delete, "/api/v1/users/999999999/sessions").status == 404)
    }
}

struct `A browser's name` {
    @Test(arguments: [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
            "Edge on Windows"
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
            "Safari on macOS"
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1",
            "Chrome on iPhone"
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36",
            "Chrome on Android"
        ),
        ("curl/8.5.0", "curl"), ("Firefox/1", "Firefox"),
    ])
    func `is one of a few`(sent: String, name: String) { #expect(BrowserName.of(sent) == name) }

    @Test(arguments: [nil, "", "<script>alert(1)</script>", "Firefox/" + String(repeating: "x", count: 600)])
    func `is none for what is not known`(sent: String?) { #expect(BrowserName.of(sent) == nil) }
}
