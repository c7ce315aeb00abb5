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
}
