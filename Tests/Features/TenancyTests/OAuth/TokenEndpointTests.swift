import HTTPTypes
import JSON
import Testing
import WebServer

@testable import Tenancy

/// The app's half: codes and refresh tokens for access tokens, and those who should get none.
struct `An app's tokens` {
    @Test(arguments: [0, 1]) func `are given for a code, as Canvas gives them`(shard: Int) async throws {
        let harness = try await AppHarness.open(shard: shard)
        let bea = try #require(harness.users["bea"])
        let given = try await harness.exchange(harness.code(["purpose": "Bea's phone"]))
        #expect(given.status == 200)
        #expect(given.headers[.cacheControl] == "no-store")
        #expect(given.json["token_type"]?.string == "Bearer")
        #expect(given.json["expires_in"]?.int == 3600)
        #expect(given.json["user"]?["id"]?.int == Int(bea.id))
        #expect(given.json["user"]?["name"]?.string == "User bea")
        #expect(given.json["scope"] == nil)
        let access = try #require(given.json["access_token"]?.string)
        let refresh = try #require(given.json["refresh_token"]?.string)
        let client = Client(harness.school, bearer: access)
        #expect(try await client.send(.get, "/api/v1/users/self").json["id"]?.int == Int(bea.id))
        // Where the user sees and revokes it; what the user made is apart.
        let path = "/api/v1/users/\(bea.id)/tokens"
        let listed = try #require(try await harness.browser.send(.get, path).json.array)
        #expect(listed.count == 1)
        #expect(listed[0]["purpose"]?.string == "Bea's phone")
        #expect(listed[0]["app_name"]?.string == "Grade Pal")
        #expect(listed[0]["developer_key_id"]?.int == harness.app.id)
        #expect(
            try await harness.browser.send(.get, "/api/v1/users/self/user_generated_tokens").json.array?
                .isEmpty
                == true)
        let id = try #require(listed[0]["id"]?.int)
        #expect(
            try await harness.browser.send(.put, "\(path)/\(id)", ["token": ["expires_at": .null]]).status
                == 400)
        #expect(try await harness.browser.send(.delete, "\(path)/\(id)").status == 200)
        #expect(try await harness.status(access) == 401)
        #expect(try await harness.refresh(refresh).json["error"]?.string == "invalid_grant")
    }

    @Test func `are given to apps that show who they are by the header, or in JSON`() async throws {
        let harness = try await AppHarness.open()
        let secret = try #require(harness.app.secret)
        let basic = try await harness.ask(
            harness.form(code: harness.code(), ["client_secret": nil, "client_id": nil]),
            basic: "\(harness.app.clientID):\(secret)")
        #expect(basic.status == 200)
        let app = Client(harness.school)
        let json = try await app.send(
            .post, "/login/oauth2/token",
            [
                "client_id": .string(harness.app.clientID), "client_secret": .string(secret),
                "redirect_uri": .string(AppHarness.redirect), "code": .string(harness.code()),
                "code_verifier": .string(AppHarness.verifier),
            ])
        #expect(json.status == 200)
    }

    @Test func `are not given to whoever is another`() async throws {
        let harness = try await AppHarness.open()
        let other = try await AppHarness.register(harness.admin)
        let code = try await harness.code()
        for (changes, status, error) in [
            (["client_secret": "wrong"], 401, "invalid_client"),
            (["client_secret": nil], 401, "invalid_client"),
            (["client_secret": other.secret], 401, "invalid_client"),
            (["client_id": "1~99999999"], 401, "invalid_client"),
            (["client_id": nil], 400, "invalid_request"),
            // Another app, itself all right, with this one's code: it spoils nothing.
            (["client_id": other.clientID, "client_secret": other.secret], 400, "invalid_grant"),
            (["grant_type": "password"], 400, "unsupported_grant_type"),
            (["grant_type": nil, "code": nil], 400, "invalid_request"),
            (["code": nil], 400, "invalid_request"),
            (["code": "nonsense"], 400, "invalid_grant"),
        ] as [([String: String?], Int, String)] {
            let answer = try await harness.exchange(code, changes)
            #expect(answer.status == status && answer.json["error"]?.string == error, "\(changes)")
        }
        let basic = try await harness.ask(
            harness.form(code: code, ["client_secret": nil]), basic: "\(harness.app.clientID):wrong")
        #expect(basic.status == 401)
        #expect(basic.headers[.wwwAuthenticate]?.hasPrefix("Basic") == true)
        #expect(try await harness.exchange(code).status == 200)
    }

    @Test(arguments: ["verifier", "no verifier", "redirect", "no redirect", "downgraded"])
    func `are not given, and the code is spoilt, where something does not fit`(what: String) async throws {
        let harness = try await AppHarness.open()
        let asked: [String: String?] =
            what == "downgraded" ? ["code_challenge": nil, "code_challenge_method": nil] : [:]
        let code = try await harness.code(asked)
        let wrong: [String: String?] =
            switch what {
            case "verifier": ["code_verifier": String(repeating: "a", count: 43)]
            case "no verifier": ["code_verifier": nil]
            case "redirect": ["redirect_uri": "https://app.example/other"]
            case "no redirect": ["redirect_uri": nil]
            default: [:]
            }
        #expect(try await harness.exchange(code, wrong).json["error"]?.string == "invalid_grant")
        let right: [String: String?] = what == "downgraded" ? ["code_verifier": nil] : [:]
        #expect(try await harness.exchange(code, right).json["error"]?.string == "invalid_grant")
    }

    @Test func `end when their code comes a second time`() async throws {
        let harness = try await AppHarness.open()
        let code = try await harness.code()
        let given = try await harness.exchange(code).json
        let access = try #require(given["access_token"]?.string)
        #expect(try await harness.status(access) == 200)
        #expect(try await harness.exchange(code).json["error"]?.string == "invalid_grant")
        #expect(try await harness.status(access) == 401)
        let refresh = try #require(given["refresh_token"]?.string)
        #expect(try await harness.refresh(refresh).json["error"]?.string == "invalid_grant")
        let kinds = try await harness.admin.send(.get, "/api/v1/audit/events?kind=app.replayed").json[
            "events"]?
            .array
        #expect(kinds?.count == 1)
    }

    @Test func `are one at most, however often a code comes at once`() async throws {
        let harness = try await AppHarness.open()
        let code = try await harness.code()
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { try await harness.exchange(code).status } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.filter { $0 == 200 }.count == 1)
        #expect(statuses.filter { $0 == 400 }.count == 7)
        let bea = try #require(harness.users["bea"])
        let tokens = "SELECT count(*) FROM access_tokens WHERE user_id = \(bea.id)"
        #expect(try await harness.school.count(tokens) == 0)
    }

    @Test func `are not given for a code that is too old`() async throws {
        let harness = try await AppHarness.open()
        let code = try await harness.code()
        try await harness.school.superuser(
            "UPDATE oauth_codes SET expires_at = now() WHERE institution_id = \(harness.here)")
        #expect(try await harness.exchange(code).json["error"]?.string == "invalid_grant")
    }

    @Test func `may do what was allowed, and no more`() async throws {
        let harness = try await AppHarness.open([
            "scopes": [.string(AppHarness.me), .string(AppHarness.courses)]
        ])
        let given = try await harness.exchange(harness.code(["scope": AppHarness.me])).json
        let access = try #require(given["access_token"]?.string)
        #expect(given["scope"]?.string == AppHarness.me)
        #expect(try await harness.status(access) == 200)
        #expect(try await harness.status(access, "/api/v1/session") == 403)
        // None named: all of the key's.
        let all = try await harness.exchange(harness.code()).json
        #expect(all["scope"]?.string == "\(AppHarness.courses) \(AppHarness.me)")
        // What the key no longer allows, its tokens no longer may; where nothing is left they end.
        let late = try await harness.code(["scope": AppHarness.me])
        _ = try await harness.admin.send(
            .put, "/api/v1/developer_keys/\(harness.app.id)",
            ["developer_key": ["scopes": [.string(AppHarness.courses)]]])
        #expect(try await harness.status(access) == 401)
        let narrowed = try #require(all["access_token"]?.string)
        #expect(try await harness.status(narrowed) == 403)
        #expect(try await harness.exchange(late).json["access_token"]?.isNull == true)
    }

    @Test func `are none where only who somebody is was asked for`() async throws {
        let harness = try await AppHarness.open()
        let given = try await harness.exchange(harness.code(["scope": OAuthScopes.identity]))
        #expect(given.json["access_token"]?.isNull == true)
        #expect(given.json["user"]?["name"]?.string == "User bea")
        #expect(given.json["refresh_token"] == nil)
    }

    @Test func `are renewed with the same refresh token, as Canvas does`() async throws {
        let harness = try await AppHarness.open()
        let first = try await harness.exchange(harness.code()).json
        let (access, refresh) = (
            try #require(first["access_token"]?.string), try #require(first["refresh_token"]?.string)
        )
        for _ in 0..<2 {
            let next = try await harness.refresh(refresh)
            #expect(next.status == 200)
            #expect(next.json["refresh_token"] == nil)
            #expect(next.json["user"]?["name"]?.string == "User bea")
            #expect(try await harness.status(try #require(next.json["access_token"]?.string)) == 200)
        }
        #expect(try await harness.status(access) == 401)
        let other = try await AppHarness.register(harness.admin)
        let stolen = try await harness.refresh(
            refresh, ["client_id": other.clientID, "client_secret": other.secret])
        #expect(stolen.json["error"]?.string == "invalid_grant")
        #expect(try await harness.refresh(refresh, ["client_secret": "wrong"]).status == 401)
        #expect(try await harness.refresh(access).json["error"]?.string == "invalid_grant")
        #expect(try await harness.refresh(refresh).status == 200)
    }

    @Test func `of a public client change with each renewal, and an old one ends both`() async throws {
        let harness = try await AppHarness.open(["client_type": "public"])
        let first = try await harness.exchange(harness.code()).json
        let old = try #require(first["refresh_token"]?.string)
        let second = try await harness.refresh(old).json
        let new = try #require(second["refresh_token"]?.string)
        #expect(new != old)
        let access = try #require(second["access_token"]?.string)
        #expect(try await harness.status(access) == 200)
        #expect(try await harness.refresh(old).json["error"]?.string == "invalid_grant")
        #expect(try await harness.status(access) == 401)
        #expect(try await harness.refresh(new).json["error"]?.string == "invalid_grant")
        // Who shows a secret where there is none is another.
        #expect(try await harness.refresh(new, ["client_secret": "x"]).status == 401)
    }

    @Test func `keep within what was allowed when they are renewed`() async throws {
        let harness = try await AppHarness.open()
        let given = try await harness.exchange(harness.code(["scope": AppHarness.me])).json
        let refresh = try #require(given["refresh_token"]?.string)
        let wider = try await harness.refresh(refresh, ["scope": "\(AppHarness.me) \(AppHarness.courses)"])
        #expect(wider.json["error"]?.string == "invalid_scope")
        #expect(try await harness.refresh(refresh, ["scope": AppHarness.me]).status == 200)
    }

    @Test func `stop at once with their key, and their user`() async throws {
        let harness = try await AppHarness.open()
        let given = try await harness.exchange(harness.code()).json
        let (access, refresh) = (
            try #require(given["access_token"]?.string), try #require(given["refresh_token"]?.string)
        )
        #expect(try await harness.status(access) == 200)
        let pending = try await harness.code()
        let key = "/api/v1/developer_keys/\(harness.app.id)"
        _ = try await harness.admin.send(.put, key, ["developer_key": ["workflow_state": "off"]])
        #expect(try await harness.status(access) == 401)
        #expect(try await harness.refresh(refresh).json["error"]?.string == "invalid_client")
        #expect(try await harness.exchange(pending).json["error"]?.string == "invalid_client")
        _ = try await harness.admin.send(.put, key, ["developer_key": ["workflow_state": "on"]])
        #expect(try await harness.status(access) == 200)
        let bea = try #require(harness.users["bea"])
        for (event, status, error) in [("suspend", 401, "invalid_grant"), ("unsuspend", 200, nil)] {
            _ = try await harness.admin.send(
                .put, "/api/v1/users/\(bea.id)", ["user": ["event": .string(event)]])
            #expect(try await harness.status(access) == status)
            if let error { #expect(try await harness.refresh(refresh).json["error"]?.string == error) }
        }
        #expect(try await harness.admin.send(.delete, key).json["workflow_state"]?.string == "deleted")
        #expect(try await harness.status(access) == 401)
        #expect(
            try await harness.school.count(
                "SELECT count(*) FROM access_tokens WHERE developer_key_id = \(harness.app.id)") == 0)
    }

    @Test(arguments: ["inactive", "deleted"])
    func `are seen to end with their key by whoever watches open connections`(state: String) async throws {
        let harness = try await AppHarness.open()
        let access = try #require(try await harness.exchange(harness.code()).json["access_token"]?.string)
        let secret = try #require(BearerSecret(access))
        let here = harness.here
        let (mark, user, before) = try await harness.school.onLoop { context in
            let user = try #require(
                try await SessionStore(pool: context.pool).user(ofToken: secret, at: context.nowMilliseconds))
            let revocation = Revocation(pool: context.pool)
            let isCurrent = try await revocation.areCurrent([user])
            return (try await revocation.changes(since: nil, in: [here]).mark, user, isCurrent)
        }
        #expect(before == [true])
        let key = "/api/v1/developer_keys/\(harness.app.id)"
        let told = Revoked()
        harness.school.services.onRevocation { _, user in told.note(user) }
        if state == "inactive" {
            _ = try await harness.admin.send(.put, key, ["developer_key": ["workflow_state": "inactive"]])
        } else {
            _ = try await harness.admin.send(.delete, key)
        }
        #expect(told.users == [user.user])
        let (changed, after) = try await harness.school.onLoop { context in
            let revocation = Revocation(pool: context.pool)
            let changes = try await revocation.changes(since: mark, in: [here])
            return (changes.users, try await revocation.areCurrent([user]))
        }
        #expect(changed == [here: [user.user]])
        #expect(after == [false])
    }

    @Test func `are given back by whoever bears one, with the sessions if they wish`() async throws {
        let harness = try await AppHarness.open()
        let access = try #require(try await harness.exchange(harness.code()).json["access_token"]?.string)
        #expect(try await harness.browser.send(.delete, "/login/oauth2/token").status == 403)
        let app = Client(harness.school, bearer: access)
        #expect(try await app.send(.delete, "/login/oauth2/token").status == 200)
        #expect(try await harness.status(access) == 401)
        #expect(try await harness.browser.send(.get, "/api/v1/session").status == 200)
        let next = try #require(try await harness.exchange(harness.code()).json["access_token"]?.string)
        let leaving = Client(harness.school, bearer: next)
        #expect(try await leaving.send(.delete, "/login/oauth2/token?expire_sessions=1").status == 200)
        #expect(try await harness.browser.send(.get, "/api/v1/session").status == 401)
    }

    @Test func `are as many as there are devices, and one where the app wants it so`() async throws {
        let harness = try await AppHarness.open()
        let first = try #require(try await harness.exchange(harness.code()).json["access_token"]?.string)
        for _ in 0..<Int(TokenGrant.mostOfApp) { _ = try await harness.exchange(harness.code()) }
        #expect(try await harness.status(first) == 401)
        let bea = try #require(harness.users["bea"])
        let tokens = "SELECT count(*) FROM access_tokens WHERE user_id = \(bea.id)"
        #expect(try await harness.school.count(tokens) == TokenGrant.mostOfApp)
        _ = try await harness.exchange(harness.code(), ["replace_tokens": "1"])
        #expect(try await harness.school.count(tokens) == 1)
    }

    @Test func `make no others, which would outlive them`() async throws {
        let harness = try await AppHarness.open()
        let access = try #require(try await harness.exchange(harness.code()).json["access_token"]?.string)
        let app = Client(harness.school, bearer: access)
        let path = "/api/v1/users/self/tokens"
        let own = try await harness.browser.send(.post, path, ["token": ["purpose": "Mine"]])
        let now = try await harness.school.onLoop { $0.nowMilliseconds }
        let soon = ISO8601.text(milliseconds: now + 60_000)
        let made = try await app.send(
            .post, path, ["token": ["purpose": "Hidden", "expires_at": .string(soon)]])
        #expect(made.status == 403 && made.code == "app_token")
        let id = try #require(own.json["id"]?.int)
        let changed = try await app.send(.put, "\(path)/\(id)", ["token": ["expires_at": .string(soon)]])
        #expect(changed.status == 403 && changed.code == "app_token")
    }

    @Test func `are asked for slowly by whoever is wrong`() async throws {
        let harness = try await AppHarness.open()
        let code = try await harness.code()
        for _ in 0..<100 { _ = try await harness.ask(["client_id": "nobody"], remote: "198.51.100.9") }
        let refused = try await harness.ask(harness.form(code: code), remote: "198.51.100.9")
        #expect(refused.status == 429)
        #expect(try await harness.exchange(code).status == 200)
    }

    @Test(arguments: ["ada", "cy", "dan"]) func `work for everybody as they are`(who: String) async throws {
        let harness = try await AppHarness.open()
        var browser = Client(harness.school)
        _ = try await browser.signIn(who)
        let given = try await harness.exchange(harness.code(by: browser)).json
        let me = Client(harness.school, bearer: given["access_token"]?.string)
        #expect(try await me.send(.get, "/api/v1/users/self").json["name"]?.string == "User \(who)")
        let keys = try await me.send(.get, "/api/v1/accounts/self/developer_keys")
        #expect(keys.status == (who == "ada" ? 200 : 403))
    }

    @Test func `are where metadata says`() async throws {
        let school = try await School.open()
        let about = try await Client(school).send(.get, "/.well-known/oauth-authorization-server").json
        #expect(about["issuer"]?.string == "http://school.example")
        #expect(about["token_endpoint"]?.string == "http://school.example/login/oauth2/token")
        #expect(about["code_challenge_methods_supported"] == ["S256"])
    }
}
