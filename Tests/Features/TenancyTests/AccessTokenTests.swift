import HTTPTypes
import JSON
import Testing
import WebServer

@testable import Tenancy

struct `Access tokens` {
    private struct Place {
        let school: School
        let here: InstitutionID
        let ada: Client
        let bea: Client
        let beaID: Int64
        let adaID: Int64
        var path: String { "/api/v1/users/\(beaID)/tokens" }
    }

    private func place() async throws -> Place {
        let school = try await School.open()
        let here = try await school.institution(
            "Here", ["ada": [.admin], "bea": [.student], "cy": [.student]])
        let (ada, bea) = (try #require(here.users["ada"]), try #require(here.users["bea"]))
        return Place(
            school: school, here: here.id,
            ada: Client(school, bearer: try await school.token(of: ada, in: here.id)),
            bea: Client(school, bearer: try await school.token(of: bea, in: here.id)), beaID: bea.id,
            adaID: ada.id)
    }

    private static let courses = "url:GET|/api/v1/courses"
    private static let tokens = "url:POST|/api/v1/users/:user_id/tokens"
    private static let me = "url:GET|/api/v1/users/:id"

    @Test func `are shown once, work, and say when they were used`() async throws {
        let place = try await place()
        let made = try await place.bea.send(
            .post, place.path, ["token": ["purpose": "Grade export", "expires_at": "2999-01-01T00:00:00Z"]])
        #expect(made.status == 201)
        let text = try #require(made.json["visible_token"]?.string)
        let id = try #require(made.json["id"]?.int)
        #expect(made.json["purpose"]?.string == "Grade export")
        #expect(made.json["expires_at"]?.string == "2999-01-01T00:00:00Z")
        #expect(made.json["scopes"]?.isNull == true)
        #expect(made.json["last_used_at"]?.isNull == true)
        #expect(made.json["workflow_state"]?.string == "active")
        let client = Client(place.school, bearer: text)
        #expect(try await client.send(.get, "/api/v1/users/self").json["id"]?.int == Int(place.beaID))
        for path in [place.path, "/api/v1/users/self/user_generated_tokens"] {
            let listed = try await client.send(.get, path).json.array ?? []
            #expect(listed.count == 2)
            #expect(listed.last?["last_used_at"]?.string != nil)
            #expect(listed.allSatisfy { $0["visible_token"] == nil })
        }
        let shown = try await place.bea.send(.get, "\(place.path)/\(id)")
        #expect(shown.json["purpose"]?.string == "Grade export")
        #expect(shown.json["visible_token"] == nil)
    }

    @Test func `with scopes are good for those alone`() async throws {
        let place = try await place()
        let made = try await place.bea.send(
            .post, place.path, ["token": ["purpose": "Me", "scopes": [.string(Self.me), .string(Self.me)]]])
        #expect(made.json["scopes"] == [.string(Self.me)])
        let client = Client(place.school, bearer: made.json["visible_token"]?.string)
        #expect(try await client.send(.get, "/api/v1/users/self").status == 200)
        for (method, path) in [
            (HTTPRequest.Method.get, "/api/v1/session"), (.post, "/api/v1/live_token"), (.post, place.path),
        ] {
            let refused = try await client.send(method, path)
            #expect(refused.status == 403)
            #expect(refused.code == "insufficient_scope")
        }
    }

    @Test func `make none that may do more or lasts longer than they`() async throws {
        let place = try await place()
        let made = try await place.bea.send(
            .post, place.path,
            [
                "purpose": "Maker", "expires_at": "2998-01-01T00:00:00Z",
                "scopes": [.string(Self.tokens), .string(Self.me)],
            ])
        let maker = Client(place.school, bearer: made.json["visible_token"]?.string)
        for body in [
            ["purpose": "All", "expires_at": "2997-01-01"],
            ["purpose": "Wider", "expires_at": "2997-01-01", "scopes": [.string(Self.courses)]],
            ["purpose": "Endless", "scopes": [.string(Self.me)]],
            ["purpose": "Longer", "expires_at": "2999-01-01", "scopes": [.string(Self.me)]],
        ] as [JSONValue] {
            let refused = try await maker.send(.post, place.path, body)
            #expect(refused.status == 403, "\(body)")
            #expect(refused.code == "insufficient_scope")
        }
        let narrower = try await maker.send(
            .post, place.path,
            ["purpose": "Narrower", "expires_at": "2997-01-01", "scopes": [.string(Self.me)]])
        #expect(narrower.status == 201)
    }

    @Test func `change at once, and never become more than the token that changes them`() async throws {
        let place = try await place()
        let scopes: JSONValue = [
            .string(Self.me), .string("url:PUT|/api/v1/users/:user_id/tokens/:id"),
        ]
        let made = try await place.bea.send(.post, place.path, ["purpose": "One", "scopes": scopes])
        let id = try #require(made.json["id"]?.int)
        let client = Client(place.school, bearer: made.json["visible_token"]?.string)
        let one = "\(place.path)/\(id)"
        #expect(try await client.send(.put, one, ["scopes": nil]).code == "insufficient_scope")
        #expect(
            try await client.send(.put, one, ["scopes": [.string(Self.courses)]]).code == "insufficient_scope"
        )
        #expect(try await client.send(.put, one, ["purpose": "Two"]).json["scopes"] == made.json["scopes"])
        let renamed = try await place.bea.send(
            .put, one,
            ["token": ["purpose": "Three", "expires_at": "2999-01-01", "scopes": [.string(Self.me)]]])
        #expect(renamed.status == 200)
        #expect(renamed.json["purpose"]?.string == "Three")
        #expect(renamed.json["scopes"] == [.string(Self.me)])
        #expect(try await place.bea.send(.put, one, ["expires_at": nil]).json["expires_at"]?.isNull == true)
        #expect(try await place.bea.send(.put, one, ["regenerate": true]).status == 400)
        let changed = try await place.school.count(
            """
            SELECT count(*) FROM audit_events WHERE institution_id = \(place.here) AND kind = 'token.changed'
                AND (details->>'token_id')::bigint = \(id)
            """)
        #expect(changed == 3)
    }

    @Test func `end with their time and when they are revoked`() async throws {
        let place = try await place()
        let made = try await place.bea.send(.post, place.path, ["purpose": "One"])
        let id = try #require(made.json["id"]?.int)
        try await place.school.superuser(
            "UPDATE access_tokens SET expires_at = now() - interval '1 second' WHERE id = \(id)")
        let client = Client(place.school, bearer: made.json["visible_token"]?.string)
        #expect(try await client.send(.get, "/api/v1/users/self").code == "invalid_token")
        let other = try await place.bea.send(.post, place.path, ["purpose": "Two"])
        let two = try #require(other.json["id"]?.int)
        // By an admin, who may see it but not its text.
        #expect(try await place.ada.send(.get, "\(place.path)/\(two)").json["visible_token"] == nil)
        #expect(try await place.ada.send(.get, place.path).json.array?.count == 3)
        let revoked = try await place.ada.send(.delete, "\(place.path)/\(two)")
        #expect(revoked.status == 200)
        #expect(revoked.json["workflow_state"]?.string == "deleted")
        let late = Client(place.school, bearer: other.json["visible_token"]?.string)
        #expect(try await late.send(.get, "/api/v1/users/self").status == 401)
        #expect(try await place.ada.send(.delete, "\(place.path)/\(two)").status == 404)
    }

    @Test func `are nobody else's`() async throws {
        let place = try await place()
        let made = try await place.bea.send(.post, place.path, ["purpose": "One"])
        let id = try #require(made.json["id"]?.int)
        // Admins make and change none for others: they would be them.
        #expect(try await place.ada.send(.post, place.path, ["purpose": "Mine"]).status == 403)
        #expect(try await place.ada.send(.put, "\(place.path)/\(id)", ["purpose": "Mine"]).status == 403)
        var cy = Client(place.school)
        _ = try await cy.signIn("cy")
        for (method, path) in [
            (HTTPRequest.Method.get, place.path), (.get, "\(place.path)/\(id)"), (.post, place.path),
            (.put, "\(place.path)/\(id)"), (.delete, "\(place.path)/\(id)"),
        ] {
            #expect(try await cy.send(method, path, ["purpose": "x"]).status == 403)
        }
        // A token is found below its user only.
        #expect(try await place.ada.send(.get, "/api/v1/users/\(place.adaID)/tokens/\(id)").status == 404)
    }

    @Test(
        arguments: [
            (["purpose": ""], "purpose", "invalid"), ([:], "purpose", "invalid"),
            (["purpose": "a\u{7}"], "purpose", "invalid"),
            (["purpose": "x", "expires_at": "2001-01-01"], "expires_at", "invalid"),
            (["purpose": "x", "expires_at": "soon"], "expires_at", "invalid"),
            (["purpose": "x", "scopes": []], "scopes", "invalid"),
            (["purpose": "x", "scopes": ["url:GET|/api/v1/nothing"]], "scopes", "unknown_scope"),
            (["purpose": "x", "scopes": ["rpc chat.send"]], "scopes", "unknown_scope"),
        ] as [(JSONValue, String, String)])
    func `are refused with the field that is wrong`(body: JSONValue, field: String, code: String) async throws
    {
        let place = try await place()
        let answer = try await place.bea.send(.post, place.path, body)
        #expect(answer.status == 400)
        #expect(answer.error?.items.first?.field == field)
        #expect(answer.code == code)
    }

    @Test func `are made once for one key, and shown once`() async throws {
        let place = try await place()
        let key: HTTPFields = [.idempotencyKey: "one"]
        let first = try await place.bea.send(.post, place.path, ["purpose": "One"], headers: key)
        let again = try await place.bea.send(.post, place.path, ["purpose": "One"], headers: key)
        #expect(first.json["visible_token"]?.string != nil)
        #expect(again.status == 201)
        #expect(again.json["id"] == first.json["id"])
        #expect(again.json["visible_token"] == nil)
        let stored = try await place.school.count(
            """
            SELECT count(*) FROM idempotency_keys WHERE institution_id = \(place.here)
                AND convert_from(body, 'UTF8') LIKE '%visible_token%'
            """)
        #expect(stored == 0)
    }

    @Test func `of one user have a bound`() async throws {
        let place = try await place()
        try await place.school.superuser(
            """
            INSERT INTO access_tokens (institution_id, user_id, token_hash, purpose)
            SELECT \(place.here), \(place.beaID), sha256(('many' || n || '-\(place.beaID)')::bytea), 'many'
            FROM generate_series(1, 99) AS n
            """)
        let refused = try await place.bea.send(.post, place.path, ["purpose": "One more"])
        #expect(refused.status == 400)
    }

    @Test func `are told of when they may do less`() async throws {
        let place = try await place()
        let made = try await place.bea.send(.post, place.path, ["purpose": "One"])
        let (id, here, bea) = (try #require(made.json["id"]?.int), place.here, place.beaID)
        let revocation = try await place.school.onLoop {
            try await Revocation(pool: $0.pool).changes(since: nil, in: [here]).mark
        }
        _ = try await place.bea.send(.put, "\(place.path)/\(id)", ["scopes": [.string(Self.me)]])
        let changed = try await place.school.onLoop {
            try await Revocation(pool: $0.pool).changes(since: revocation, in: [here]).users
        }
        #expect(changed == [here: [bea]])
    }
}
