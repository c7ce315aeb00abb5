import HTTPTypes
import JSON
import Postgres
import Testing
import WebServer

@testable import Tenancy

struct `A request with a key` {
    private func admin(_ school: School) async throws -> (client: Client, id: InstitutionID) {
        let here = try await school.institution("Here", ["ada": [.admin]])
        let token = try await school.token(of: try #require(here.users["ada"]), in: here.id)
        return (Client(school, bearer: token), here.id)
    }

    private func key(_ text: String) -> HTTPFields { [.idempotencyKey: text] }

    @Test func `is made once, however many times and at once it comes`() async throws {
        let school = try await School.open()
        var (client, id) = try await admin(school)
        client.headers = key("one")
        let body: JSONValue = ["account": ["name": "School"]]
        let sender = client
        let ids = try await withThrowingTaskGroup(of: Int?.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await sender.send(.post, "/api/v1/accounts/self/sub_accounts", body).json["id"]?.int
                }
            }
            return try await group.reduce(into: Set<Int?>()) { $0.insert($1) }
        }
        #expect(ids.count == 1 && ids.first != .some(nil))
        #expect(try await school.count("SELECT count(*) FROM accounts WHERE institution_id = \(id)") == 2)
    }

    @Test func `gets the first answer again, and says so`() async throws {
        let school = try await School.open()
        var (client, _) = try await admin(school)
        client.headers = key("one")
        let path = "/api/v1/accounts/self/sub_accounts"
        let first = try await client.send(.post, path, ["account": ["name": "School"]])
        let again = try await client.send(.post, path, ["account": ["name": "School"]])
        #expect(again.status == first.status && again.json == first.json)
        #expect(again.headers[.idempotencyReplayed] == "true" && first.headers[.idempotencyReplayed] == nil)
        let other = try await client.send(.post, path, ["account": ["name": "Another"]])
        #expect(other.status == 422 && other.code == "key_reused")
    }

    @Test func `leaves its key free when it fails`() async throws {
        let school = try await School.open()
        var (client, _) = try await admin(school)
        client.headers = key("one")
        let path = "/api/v1/accounts/self/sub_accounts"
        #expect(try await client.send(.post, path, ["account": ["name": ""]]).status == 400)
        #expect(try await client.send(.post, path, ["account": ["name": "School"]]).status == 200)
    }

    @Test func `has a key of its own for each user`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.admin], "bea": [.admin]])
        var ids: Set<Int?> = []
        for login in ["ada", "bea"] {
            var client = Client(
                school, bearer: try await school.token(of: try #require(here.users[login]), in: here.id))
            client.headers = key("one")
            let answer = try await client.send(
                .post, "/api/v1/accounts/self/sub_accounts", ["account": ["name": "School"]])
            ids.insert(answer.json["id"]?.int)
        }
        #expect(ids.count == 2)
    }

    @Test(arguments: ["", "two words", "ü", String(repeating: "x", count: 256)])
    func `is refused for what is no key`(text: String) async throws {
        let school = try await School.open()
        var (client, _) = try await admin(school)
        client.headers = key(text)
        let answer = try await client.send(
            .post, "/api/v1/accounts/self/sub_accounts", ["account": ["name": "School"]])
        #expect(answer.status == 400)
    }

    @Test func `is forgotten after a day`() async throws {
        let school = try await School.open()
        let (sender, id) = try await admin(school)
        var client = sender
        client.headers = key("one")
        let path = "/api/v1/accounts/self/sub_accounts"
        let first = try await client.send(.post, path, ["account": ["name": "School"]])
        try await school.asOwner { pool in
            _ = try await pool.query(
                "UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE institution_id = $1",
                [.int(id.rawValue)], tenant: id)
        }
        let later = try await client.send(.post, path, ["account": ["name": "School"]])
        #expect(later.status == 200 && later.json["id"] != first.json["id"])
    }

    @Test func `opens one session, and another in its place when it comes again`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.admin]])
        var browser = Client(school)
        browser.headers = key("one")
        let first = try await browser.signIn("ada")
        let secret = try #require(browser.cookie)
        var again = Client(school)
        again.headers = key("one")
        let second = try await again.signIn("ada")
        #expect(first.headers[.idempotencyReplayed] == nil && second.headers[.idempotencyReplayed] == "true")
        #expect(second.status == 201 && again.cookie != secret)
        #expect(try await browser.send(.get, "/api/v1/session").status == 401)
        #expect(try await again.send(.get, "/api/v1/session").status == 200)
        #expect(
            try await school.count("SELECT count(*) FROM sessions WHERE institution_id = \(here.id)") == 1)
        let kept = try await school.count(
            "SELECT count(*) FROM idempotency_keys WHERE position('\(secret)' IN encode(body, 'escape')) > 0")
        #expect(kept == 0)
    }

    @Test func `gets a live token each time, and no other request may use its key`() async throws {
        let school = try await School.open()
        var (client, _) = try await admin(school)
        client.headers = key("one")
        let path = "/api/v1/live_token"
        let (first, again) = (try await client.send(.post, path), try await client.send(.post, path))
        #expect(first.status == 200 && first.json["token"]?.string != nil)
        #expect(again.status == 200 && again.json["token"]?.string != nil)
        #expect(first.headers[.idempotencyReplayed] == nil && again.headers[.idempotencyReplayed] == "true")
        let other = try await client.send(.post, "/api/v1/users/self/tokens", ["token": ["purpose": "x"]])
        #expect(other.status == 422)
    }

    @Test func `makes one token or code, whose text stands in the first answer alone`() async throws {
        let school = try await School.open()
        var (client, _) = try await admin(school)
        for (path, body, secret) in [
            ("/api/v1/users/self/tokens", ["token": ["purpose": "x"]] as JSONValue, "visible_token"),
            ("/api/v1/users/self/observer_pairing_codes", [:], "code"),
        ] {
            client.headers = key(path)
            let (first, again) = (
                try await client.send(.post, path, body), try await client.send(.post, path, body)
            )
            #expect(first.status == again.status && again.headers[.idempotencyReplayed] == "true")
            #expect(first.json[secret]?.string != nil && again.json[secret]?.string == nil)
        }
    }

    @Test func `has one letter sent`() async throws {
        let post = try await PostOffice.open()
        let school = try await School.open(letters: post.letters)
        _ = try await school.institution("Here", ["ada": [.admin], "bea": [.student]])
        var client = Client(school)
        client.headers = key("one")
        let path = "/api/v1/password_resets"
        let body: JSONValue = ["login": .string(school.login("bea"))]
        for attempt in 0..<5 {
            let answer = try await client.send(.post, path, body)
            // Beyond three the name's own bound would show.
            #expect(answer.status == 202)
            #expect((answer.headers[.idempotencyReplayed] == "true") == (attempt > 0))
        }
        _ = try await post.letter(1)
        let other = try await client.send(.post, path, ["login": .string(school.login("ada"))])
        #expect(other.status == 422 && other.code == "key_reused")
        client.headers = key("two words")
        #expect(try await client.send(.post, path, body).status == 400)
    }
}
