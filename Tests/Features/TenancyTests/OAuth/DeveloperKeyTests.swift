import HTTPTypes
import JSON
import Postgres
import Testing
import WebServer

@testable import Tenancy

struct `Developer keys` {
    private static let path = "/api/v1/accounts/self/developer_keys"

    @Test func `show their secret once, and are changed, listed and deleted by admins`() async throws {
        let harness = try await AppHarness.open()
        let made = try await harness.admin.send(
            .post, Self.path,
            [
                "developer_key": [
                    "name": "Mobile", "email": "dev@app.example", "notes": "For phones",
                    "vendor_code": "acme",
                    "icon_url": "https://app.example/icon.png", "scopes": [.string(AppHarness.me)],
                    "require_scopes": true, "redirect_uris": "https://a.example/1\nhttps://a.example/2",
                ]
            ], headers: [.idempotencyKey: "one"])
        #expect(made.status == 200)
        let secret = made.json["api_key"]?.string ?? ""
        #expect(secret.utf8.count == 43)
        #expect(made.json["redirect_uris"] == ["https://a.example/1", "https://a.example/2"])
        #expect(made.json["account_name"]?.string == "Here")
        #expect(made.json["require_scopes"]?.bool == true)
        #expect(made.json["client_type"]?.string == "confidential")
        let id = made.json["id"]?.int ?? 0
        #expect(made.json["client_id"]?.string == "\(harness.here)~\(id)")
        let listed = try await harness.admin.send(.get, Self.path).json.array ?? []
        #expect(listed.map { $0["name"]?.string } == ["Grade Pal", "Mobile"])
        #expect(listed.allSatisfy { $0["api_key"] == nil })
        #expect(try await harness.admin.send(.get, "\(Self.path)?inherited=true").json.array?.isEmpty == true)
        let changed = try await harness.admin.send(
            .put, "/api/v1/developer_keys/\(id)",
            ["developer_key": ["name": "Phones", "scopes": [], "workflow_state": "inactive", "email": .null]])
        #expect(changed.json["name"]?.string == "Phones")
        #expect(changed.json["scopes"] == [])
        #expect(changed.json["email"]?.isNull == true)
        #expect(changed.json["notes"]?.string == "For phones")
        #expect(changed.json["workflow_state"]?.string == "inactive")
        #expect(try await harness.admin.send(.delete, "/api/v1/developer_keys/\(id)").status == 200)
        #expect(try await harness.admin.send(.delete, "/api/v1/developer_keys/\(id)").status == 404)
        #expect(try await harness.admin.send(.put, "/api/v1/developer_keys/\(id)", [:]).status == 404)
        let events = try await harness.admin.send(.get, "/api/v1/audit/events").json["events"]?.array ?? []
        let kinds = events.compactMap { $0["kind"]?.string }.filter { $0.hasPrefix("developer_key") }
        #expect(
            kinds == [
                "developer_key.deleted", "developer_key.changed", "developer_key.created",
                "developer_key.created",
            ])
        // The secret is nowhere but with the app.
        let kept = """
            SELECT count(*) FROM idempotency_keys
            WHERE institution_id = \(harness.here) AND position('\(secret)' IN convert_from(body, 'UTF8')) > 0
            """
        #expect(try await harness.school.count(kept) == 0)
    }

    @Test(
        arguments: [
            ["name": ""], ["name": "Right\u{202E}Left"], ["redirect_uris": []],
            ["redirect_uris": ["http://app.example/"]],
            ["redirect_uris": ["javascript:alert(1)"]], ["scopes": ["url:GET|/nothing"]],
            ["icon_url": "http://app.example/icon.png"], ["client_type": "other"],
            ["workflow_state": "deleted"],
        ] as [JSONValue])
    func `are refused where they cannot be`(body: JSONValue) async throws {
        let harness = try await AppHarness.open()
        var object = JSONObject()
        for (name, value) in [("name", "App"), ("redirect_uris", ["https://app.example/"])]
            as [(String, JSONValue)]
        where body[name] == nil {
            _ = object.append(name, value)
        }
        for member in body.object?.members ?? [] { _ = object.append(member.name, member.value) }
        let answer = try await harness.admin.send(.post, Self.path, ["developer_key": .object(object)])
        #expect(answer.status == 400)
    }

    @Test func `are nobody else's, and no other institution's`() async throws {
        let harness = try await AppHarness.open()
        let there = try await harness.school.institution("There", ["eve": [.admin]])
        let eve = Client(
            harness.school,
            bearer: try await harness.school.token(of: try #require(there.users["eve"]), in: there.id))
        let key = "/api/v1/developer_keys/\(harness.app.id)"
        for (client, status) in [(harness.browser, 403), (eve, 404)] {
            #expect(try await client.send(.put, key, ["developer_key": ["name": "Mine"]]).status == status)
            #expect(try await client.send(.delete, key).status == status)
        }
        #expect(try await harness.browser.send(.get, Self.path).status == 403)
        #expect(try await eve.send(.get, Self.path).json.array?.isEmpty == true)
    }

    @Test func `are on for their own institution alone, and while they are active`() async throws {
        let harness = try await AppHarness.open()
        let there = try await harness.school.institution("There", ["eve": [.admin]])
        let isOn = { @Sendable (key: Int?, institution: InstitutionID, tenant: InstitutionID?) in
            try await harness.school.onLoop { context in
                try await context.pool.query(
                    "SELECT CASE WHEN tenancy_app_is_on($1, $2) THEN 1 ELSE 0 END",
                    [.int(institution.rawValue), .int(key.map(Int64.init))], tenant: tenant
                )[0].int(0) == 1
            }
        }
        let (here, key) = (harness.here, harness.app.id)
        let path = "/api/v1/developer_keys/\(key)"
        #expect(try await isOn(key, here, here))
        // A token of no app is nobody's to switch off.
        #expect(try await isOn(nil, here, here))
        #expect(try await !isOn(key, there.id, there.id))
        #expect(try await !isOn(key, here, there.id))
        #expect(try await !isOn(key, here, nil))
        #expect(try await !isOn(key + 1, here, here))
        for (state, expected) in [("off", false), ("on", true)] {
            let change: JSONValue = ["developer_key": ["workflow_state": .string(state)]]
            #expect(try await harness.admin.send(.put, path, change).status == 200)
            #expect(try await isOn(key, here, here) == expected)
        }
        #expect(try await harness.admin.send(.delete, path).status == 200)
        #expect(try await !isOn(key, here, here))
    }

    @Test(arguments: ["inactive", "deleted"])
    func `refuse at once whatever their tokens change, also where who asks is still remembered`(
        state: String
    ) async throws {
        let harness = try await AppHarness.open()
        let access = try #require(try await harness.exchange(harness.code()).json["access_token"]?.string)
        let secret = try #require(BearerSecret(access))
        let principal = try await harness.school.onLoop { context in
            try #require(
                try await SessionStore(pool: context.pool).user(ofToken: secret, at: context.nowMilliseconds))
        }
        let standing = try #require(Standing(principal, .standing))
        let check = { @Sendable in
            try await harness.school.onLoop { context in
                try await context.pool.transaction(tenant: harness.here) { try await standing.check($0) }
            }
        }
        try await check()
        // Behind the routes: nobody was told, as on another node.
        _ = try await harness.school.asOwner { pool in
            try await pool.query(
                "UPDATE developer_keys SET workflow_state = $2 WHERE id = $1",
                [.int(Int64(harness.app.id)), .text(state)], tenant: harness.here)
        }
        await #expect(throws: WebError.self) { try await check() }
    }
}
