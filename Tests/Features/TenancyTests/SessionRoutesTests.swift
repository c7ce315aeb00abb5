import HTTPTypes
import JSON
import Postgres
import TestKit
import Testing
import WebServer

@testable import Tenancy

struct `Signing in` {
    @Test func `opens a session that knows its user`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.instructor, .student]])
        let ada = try #require(here.users["ada"])
        var client = Client(school)
        let answer = try await client.signIn("ADA")
        #expect(answer.status == 201)
        #expect(answer.json["user"]?["id"]?.int == Int(ada.id))
        #expect(answer.json["user"]?["name"]?.string == "User ada")
        #expect(answer.json["user"]?["login"]?.string == school.login("ada"))
        #expect(answer.json["institution"]?["id"]?.int == Int(here.id.rawValue))
        #expect(answer.json["institution"]?["accent"]?.string == "#2f6fed")
        #expect(answer.json["roles"] == ["instructor", "student"])
        #expect(answer.json["institutions"]?.array?.count == 1)
        #expect(answer.json["csrf_token"]?.string?.utf8.count == 43)
        let again = try await client.send(.get, "/api/v1/session")
        #expect(again.status == 200)
        #expect(again.json == answer.json)
        #expect(again.cookie == client.cookie)
    }

    @Test func `takes a form as well`() async throws {
        let school = try await School.open()
        _ = try await school.institution("Here", ["ada": [.student]])
        var request = WebRequest(method: .post, path: "/api/v1/session")
        request.headers[.contentType] = "application/x-www-form-urlencoded"
        request.body = Array(
            "login=\(school.login("ada").replacing("+", with: "%2B"))&password=correct+horse".utf8)
        #expect(try await school.answer(request).status == 201)
    }

    @Test(arguments: [false, true])
    func `gives a cookie that scripts and other sites cannot use`(isSecure: Bool) async throws {
        let school = try await School.open()
        _ = try await school.institution("Here", ["ada": [.student]])
        var client = Client(school)
        client.isSecure = isSecure
        let answer = try await client.signIn("ada")
        let attributes = try #require(answer.setCookie).split(separator: ";").dropFirst()
            .map { $0.drop { $0 == " " } }
        #expect(attributes.contains("HttpOnly"))
        #expect(attributes.contains("SameSite=Lax"))
        #expect(attributes.contains("Path=/"))
        #expect(attributes.contains("Max-Age=2592000"))
        #expect(attributes.contains("Secure") == isSecure)
    }

    @Test(arguments: [
        ("ada", "wrong"), ("ada", "correct horse "), ("nobody", "correct horse"), ("ada%", "correct horse"),
    ])
    func `tells wrong passwords and unknown logins alike`(login: String, password: String) async throws {
        let school = try await School.open()
        _ = try await school.institution("Here", ["ada": [.student]])
        var client = Client(school)
        let answer = try await client.signIn(login, password)
        #expect(answer.status == 401)
        #expect(answer.code == "invalid_credentials")
        #expect(answer.error?.items == [.init("The login or the password is not right.")])
        #expect(answer.headers[.wwwAuthenticate] == nil)
        #expect(client.cookie == nil)
    }

    @Test(
        arguments: [
            ([:], "login"), (["login": "ada"], "password"), (["login": 7, "password": "x"], "login"),
            (["login": "", "password": "x"], "login"), (["login": "ada", "password": ""], "password"),
            (["login": "a\u{0}", "password": "x"], "login"), (["ticket": "x"], "institution"),
            (["ticket": "x", "institution": -1], "institution"), (["ticket": 7, "institution": 1], "ticket"),
        ] as [(JSONValue, String)])
    func `names the field that is missing or wrong`(body: JSONValue, field: String) async throws {
        let school = try await School.open()
        let answer = try await Client(school).send(.post, "/api/v1/session", body)
        #expect(answer.status == 400)
        #expect(answer.error?.items.first?.field == field)
    }

    @Test func `is slowed down after failures, for the login and for nobody else`() async throws {
        let limits = SignInThrottle.Limits(
            login: .init(burst: 3, interval: .seconds(600)),
            address: .init(burst: 100, interval: .seconds(1)),
            entries: 100)
        let school = try await School.open(limits: limits)
        _ = try await school.institution("Here", ["ada": [.student], "bea": [.student]])
        var client = Client(school)
        for _ in 0..<3 { #expect(try await client.signIn("ada", "wrong").status == 401) }
        let refused = try await client.signIn("ada")
        #expect(refused.status == 429)
        #expect(refused.code == "throttled")
        #expect((1...601).contains(refused.error?.retryAfter ?? 0))
        for _ in 0..<5 { #expect(try await client.signIn("bea").status == 201) }
    }

    @Test func `is put off when too many passwords wait, without a charge`() async throws {
        let limits = SignInThrottle.Limits(
            login: .init(burst: 1, interval: .seconds(600)),
            address: .init(burst: 1, interval: .seconds(600)),
            entries: 100)
        let school = try await School.open(limits: limits, backlog: 0)
        _ = try await school.institution("Here", ["ada": [.student]])
        var client = Client(school)
        for _ in 0..<3 {
            let answer = try await client.signIn("ada")
            #expect(answer.status == 503)
            #expect(answer.code == "sign_in_busy")
            #expect(answer.error?.retryAfter == 1)
        }
    }

    @Test func `is refused for users who were suspended`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.student]])
        try await school.superuser(
            "UPDATE users SET workflow_state = 'suspended' WHERE institution_id = \(here.id)")
        var client = Client(school)
        let answer = try await client.signIn("ada")
        #expect(answer.status == 403)
        #expect(answer.code == "no_institution")
    }
}

struct `Choosing an institution` {
    private func twoSchools() async throws -> (School, here: InstitutionID, there: InstitutionID) {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.instructor]])
        let there = try await school.institution("There", ["ada": [.student], "bea": [.student]])
        return (school, here.id, there.id)
    }

    @Test func `comes first for a person with several, and opens the one chosen`() async throws {
        let (school, here, there) = try await twoSchools()
        var client = Client(school)
        let choices = try await client.signIn("ada")
        #expect(choices.status == 200)
        #expect(choices.setCookie == nil)
        #expect(
            choices.json["choices"] == [
                ["institution": ["id": .int(here.rawValue), "name": "Here"], "roles": ["instructor"]],
                ["institution": ["id": .int(there.rawValue), "name": "There"], "roles": ["student"]],
            ])
        let ticket = try #require(choices.json["ticket"])
        let answer = try await client.send(
            .post, "/api/v1/session", ["ticket": ticket, "institution": .int(there.rawValue)])
        #expect(answer.status == 201)
        #expect(answer.json["institution"]?["id"]?.int == Int(there.rawValue))
        #expect(answer.json["roles"] == ["student"])
        #expect(answer.json["institutions"]?.array?.count == 2)
    }

    @Test func `is not possible where the person has no user, or with a ticket that is none`() async throws {
        let (school, _, there) = try await twoSchools()
        let other = try await school.institution("Elsewhere", ["cyd": [.student]])
        var client = Client(school)
        let ticket = try #require(try await client.signIn("ada").json["ticket"])
        for id in [other.id.rawValue, 999_999] {
            let answer = try await client.send(
                .post, "/api/v1/session", ["ticket": ticket, "institution": .int(id)])
            #expect(answer.status == 404)
            #expect(answer.error == .notFound)
        }
        let forged = try await client.send(
            .post, "/api/v1/session", ["ticket": "1.99999999999.AAAA", "institution": .int(there.rawValue)])
        #expect(forged.status == 401)
        #expect(forged.code == "invalid_ticket")
    }

    @Test func `can be done again later, under a new secret`() async throws {
        let (school, here, there) = try await twoSchools()
        var client = Client(school)
        let ticket = try #require(try await client.signIn("ada").json["ticket"])
        client.keep(
            try await client.send(
                .post, "/api/v1/session", ["ticket": ticket, "institution": .int(here.rawValue)]))
        let before = client
        let answer = try await client.send(.put, "/api/v1/session", ["institution": .int(there.rawValue)])
        #expect(answer.status == 200)
        #expect(answer.json["institution"]?["id"]?.int == Int(there.rawValue))
        client.keep(answer)
        #expect(client.cookie != before.cookie)
        #expect(client.csrf != before.csrf)
        #expect(try await client.send(.get, "/api/v1/session").json["roles"] == ["student"])
        #expect(try await before.send(.get, "/api/v1/session").status == 401)
        #expect(try await client.send(.put, "/api/v1/session", ["institution": 999_999]).status == 404)
        #expect(try await client.send(.get, "/api/v1/session").status == 200)
    }
}

struct `A session` {
    @Test func `needs its token for whatever changes something`() async throws {
        let school = try await School.open()
        _ = try await school.institution("Here", ["ada": [.student]])
        var client = Client(school)
        _ = try await client.signIn("ada")
        for csrf in [nil, "", "wrong", client.csrf.map { $0 + "x" }] {
            var other = client
            other.csrf = csrf
            for (method, path) in [
                (HTTPRequest.Method.put, "/api/v1/session"), (.delete, "/api/v1/session"),
                (.post, "/api/v1/live_token"),
            ] {
                let answer = try await other.send(method, path, ["institution": 1])
                #expect(answer.status == 403)
                #expect(answer.code == "csrf")
            }
        }
        #expect(try await client.send(.post, "/api/v1/live_token").status == 200)
    }

    @Test func `ends with signing out`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.student]])
        var client = Client(school)
        _ = try await client.signIn("ada")
        #expect(try await client.send(.get, "/api/v1/session").status == 200)
        let answer = try await client.send(.delete, "/api/v1/session")
        #expect(answer.status == 204)
        #expect(answer.cookie?.isEmpty == true)
        #expect(answer.setCookie?.contains("Max-Age=0") == true)
        #expect(try await client.send(.get, "/api/v1/session").status == 401)
        #expect(
            try await school.count("SELECT count(*) FROM sessions WHERE institution_id = \(here.id)") == 0)
    }

    @Test func `ends when a new one is opened in its place`() async throws {
        let school = try await School.open()
        _ = try await school.institution("Here", ["ada": [.student]])
        var client = Client(school)
        _ = try await client.signIn("ada")
        let before = client
        _ = try await client.signIn("ada")
        #expect(client.cookie != before.cookie)
        #expect(try await before.send(.get, "/api/v1/session").status == 401)
        #expect(try await client.send(.get, "/api/v1/session").status == 200)
    }

    @Test func `ends after its thirty days, and is swept by the next one`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.student]])
        var client = Client(school)
        _ = try await client.signIn("ada")
        try await school.superuser(
            "UPDATE sessions SET expires_at = now() - interval '1 second' WHERE institution_id = \(here.id)")
        #expect(try await client.send(.get, "/api/v1/session").status == 401)
        _ = try await client.signIn("ada")
        #expect(
            try await school.count("SELECT count(*) FROM sessions WHERE institution_id = \(here.id)") == 1)
    }

    @Test func `lasts thirty days from its last use`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.student]])
        var client = Client(school)
        _ = try await client.signIn("ada")
        try await school.superuser(
            """
            UPDATE sessions SET last_seen = now() - interval '2 hours', expires_at = now() + interval '1 minute'
            WHERE institution_id = \(here.id)
            """)
        #expect(try await client.send(.get, "/api/v1/session").status == 200)
        let moved = try await school.count(
            """
            SELECT count(*) FROM sessions
            WHERE institution_id = \(here.id) AND expires_at > now() + interval '29 days'
            """)
        #expect(moved == 1)
    }

    @Test(arguments: [
        "", "x", "1~AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "999~AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ])
    func `is not opened by a cookie that was never given`(cookie: String) async throws {
        let school = try await School.open()
        _ = try await school.institution("Here", ["ada": [.student]])
        var client = Client(school)
        client.cookie = cookie
        let answer = try await client.send(.get, "/api/v1/session")
        #expect(answer.status == 401)
        #expect(answer.headers[.wwwAuthenticate] == nil)
    }

    @Test func `is seen to end by whoever watches open connections`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.student], "bea": [.student]])
        let (ada, bea) = (try #require(here.users["ada"]), try #require(here.users["bea"]))
        let result = try await school.onLoop { context in
            let store = SessionStore(pool: context.pool)
            let secrets = try await [
                store.open(user: ada.id, in: here.id), store.open(user: bea.id, in: here.id),
            ]
            let token = try await Directory(pool: context.pool)
                .createTokens(for: [ada.id], purpose: "test", in: here.id)[0]
            var principals: [Principal] = []
            for opened in secrets {
                principals.append(try #require(try await store.user(ofSession: opened.secret, at: 0)))
            }
            let bearer = try #require(BearerSecret(token))
            principals.append(try #require(try await store.user(ofToken: bearer, at: 0)))
            let revocation = Revocation(pool: context.pool)
            let (sessions, tokens) = (principals.compactMap(\.sessionID), principals.compactMap(\.tokenID))
            func ended() async throws -> [Int64] {
                let found = try await revocation.ended(
                    sessions: sessions + [999], tokens: tokens + [999], in: here.id)
                return found.sessions.sorted() + found.tokens.sorted()
            }
            var steps = [try await revocation.areCurrent(principals)]
            #expect(try await ended() == [999, 999])
            try await store.close(session: secrets[0].session, in: here.id)
            steps.append(try await revocation.areCurrent(principals))
            #expect(try await ended() == [sessions[0], 999].sorted() + [999])
            principals[1].roles = ["admin"]
            steps.append(try await revocation.areCurrent(principals))
            if case .bearer(let id) = principals[2].credential {
                try await store.revoke(token: id, in: here.id)
            }
            steps.append(try await revocation.areCurrent(principals))
            #expect(try await ended() == [sessions[0], 999].sorted() + (tokens + [999]).sorted())
            #expect(try await revocation.roles(of: [ada.id, 999], in: here.id) == [ada.id: [.student]])
            #expect(try await revocation.gone(of: [ada.id, 999], in: here.id) == [999])
            return steps
        }
        #expect(
            result == [
                [true, true, true], [false, true, true], [false, false, true], [false, false, false],
            ])
    }
}

struct `What is withdrawn` {
    @Test func `shows for its user and nobody else, whatever it is, until it was seen`() async throws {
        let school = try await School.open()
        let people: [String: Set<Role>] = [
            "ada": [.student], "bea": [.student], "cy": [.student], "dot": [.student],
        ]
        let here = try await school.institution("Here", people)
        let there = try await school.institution("There", ["ada": [.student]])
        let ids = here.users.mapValues(\.id)
        let elsewhere = try #require(there.users["ada"]?.id)
        try await school.onLoop { context in
            let (store, revocation) = (SessionStore(pool: context.pool), Revocation(pool: context.pool))
            func id(_ login: String) throws -> Int64 { try #require(ids[login]) }
            let session = try await store.open(user: try id("ada"), in: here.id)
            let token = try await Directory(pool: context.pool)
                .createTokens(for: [try id("bea")], purpose: "test", in: here.id)[0]
            let bearer = try #require(BearerSecret(token))
            let principal = try #require(try await store.user(ofToken: bearer, at: 0))
            let begin = try await revocation.changes(since: nil, in: [here.id, there.id])
            #expect(begin.users.isEmpty)
            let none = try await revocation.changes(since: begin.mark, in: [here.id, there.id])
            #expect(none.users.isEmpty)

            try await store.close(session: session.session, in: here.id)
            if case .bearer(let id) = principal.credential { try await store.revoke(token: id, in: here.id) }
            _ = try await context.pool.query(
                "UPDATE users SET workflow_state = 'suspended' WHERE id = $1", [.int(try id("cy"))],
                tenant: here.id)
            _ = try await context.pool.query(
                "DELETE FROM user_roles WHERE user_id = $1", [.int(try id("dot"))], tenant: here.id)
            _ = try await context.pool.query(
                "INSERT INTO user_roles VALUES ($1, $2, 'admin')",
                [.int(there.id.rawValue), .int(elsewhere)],
                tenant: there.id)
            let found = try await revocation.changes(since: begin.mark, in: [here.id, there.id])
            #expect(found.users == [here.id: Set(ids.values), there.id: [elsewhere]])
            // Asked for one institution, nothing of another shows.
            let own = try await revocation.changes(since: begin.mark, in: [there.id])
            #expect(own.users == [there.id: [elsewhere]])
            let after = try await revocation.changes(since: found.mark, in: [here.id, there.id])
            #expect(after.users.isEmpty)
        }
    }

    @Test func `is everybody's when their institution is suspended`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.student]])
        let mark = try await school.onLoop { context in
            try await Revocation(pool: context.pool).changes(since: nil, in: [here.id]).mark
        }
        try await school.asOwner { pool in
            _ = try await pool.query(
                "UPDATE institutions SET workflow_state = 'suspended' WHERE id = $1",
                [.int(here.id.rawValue)],
                tenant: nil)
        }
        try await school.onLoop { context in
            let found = try await Revocation(pool: context.pool).changes(since: mark, in: [here.id])
            #expect(found.users == [here.id: [0]])
        }
    }
}

struct `A bearer token` {
    @Test func `speaks for its user without cookie and CSRF token`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.student]])
        let ada = try #require(here.users["ada"])
        let token = try await school.token(of: ada, in: here.id)
        let client = Client(school, bearer: token)
        let own = try await client.send(.get, "/api/v1/users/self")
        #expect(own.json["id"]?.int == Int(ada.id) && own.json["name"] == "User ada")
        #expect(
            own.json["sortable_name"] == "ada, User" && own.json["login_id"] == .string(school.login("ada")))
        #expect(own.json["sis_user_id"] == nil)
        #expect(
            try await client.send(.get, "/api/v1/users/self/profile").json["login_id"]?.string
                == school.login("ada"))
        #expect(try await client.send(.post, "/api/v1/live_token").status == 200)
        #expect(try await client.send(.get, "/api/v1/session").json["csrf_token"] == .null)
        #expect(try await client.send(.delete, "/api/v1/session").code == "no_session")
        #expect(try await client.send(.put, "/api/v1/session", ["institution": 1]).code == "no_session")
        let used = try await school.count(
            "SELECT count(*) FROM access_tokens WHERE institution_id = \(here.id) AND last_used_at IS NOT NULL"
        )
        #expect(used == 1)
    }

    @Test func `is stored as a hash only`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.student]])
        let token = try await school.token(of: try #require(here.users["ada"]), in: here.id)
        let secret = try #require(BearerSecret(token))
        let hex = secret.hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(
            try await school.count("SELECT count(*) FROM access_tokens WHERE token_hash = '\\x\(hex)'") == 1)
    }

    @Test(arguments: ["x", "1~AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", " ", "Basic"])
    func `that is not good is told so`(bearer: String) async throws {
        let school = try await School.open()
        let answer = try await Client(school, bearer: bearer).send(.get, "/api/v1/users/self")
        #expect(answer.status == 401)
        #expect(answer.code == "invalid_token")
        #expect(answer.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
    }

    @Test func `ends at its time and with its user`() async throws {
        for end in [
            "UPDATE access_tokens SET expires_at = now() - interval '1 second'",
            "UPDATE users SET workflow_state = 'suspended'",
        ] {
            let school = try await School.open()
            let here = try await school.institution("Here", ["ada": [.student]])
            let client = Client(
                school, bearer: try await school.token(of: try #require(here.users["ada"]), in: here.id))
            try await school.superuser("\(end) WHERE institution_id = \(here.id)")
            #expect(try await client.send(.get, "/api/v1/users/self").code == "invalid_token")
        }
    }

    @Test func `ends with its institution`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.student]])
        let client = Client(
            school, bearer: try await school.token(of: try #require(here.users["ada"]), in: here.id))
        try await school.superuser(
            "UPDATE institutions SET workflow_state = 'suspended' WHERE id = \(here.id)")
        #expect(try await client.send(.get, "/api/v1/users/self").code == "invalid_token")
    }

    @Test func `of one institution is nothing in another`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.student]])
        let there = try await school.institution("There", ["ada": [.student]])
        let token = try await school.token(of: try #require(here.users["ada"]), in: here.id)
        let moved = "\(there.id)~\(token.split(separator: "~")[1])"
        #expect(
            try await Client(school, bearer: moved).send(.get, "/api/v1/users/self").code == "invalid_token")
    }

    @Test func `in a query or as a cookie is not looked at`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.student]])
        let token = try await school.token(of: try #require(here.users["ada"]), in: here.id)
        var request = WebRequest(path: "/api/v1/users/self")
        request.query = [.init("access_token", token)]
        #expect(try await school.answer(request).status == 401)
        var client = Client(school)
        client.cookie = token
        #expect(try await client.send(.get, "/api/v1/users/self").status == 401)
    }

    @Test func `and a cookie's secret do not stand in for each other`() async throws {
        let school = try await School.open()
        _ = try await school.institution("Here", ["ada": [.student]])
        var client = Client(school)
        _ = try await client.signIn("ada")
        #expect(try await client.send(.get, "/api/v1/users/self").status == 200)
        let swapped = Client(school, bearer: client.cookie)
        #expect(try await swapped.send(.get, "/api/v1/users/self").code == "invalid_token")
    }
}

struct `The live token's route` {
    @Test func `gives a token that names user, institution and leading role`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.student, .instructor]])
        let ada = try #require(here.users["ada"])
        let client = Client(school, bearer: try await school.token(of: ada, in: here.id))
        let answer = try await client.send(.post, "/api/v1/live_token")
        let token = try #require(answer.json["token"]?.string)
        let claims = try await school.services.liveTokens.verify(token, at: WallClock.milliseconds)
        #expect(claims.user == ada.id)
        #expect(claims.institution == here.id)
        #expect(claims.name == "User ada")
        #expect(claims.role == .instructor)
        #expect(claims.session == nil)
        let listed = try await client.send(.get, "/api/v1/users/self/tokens")
        #expect(claims.accessToken.map { Int($0) } == listed.json.array?.first?["id"]?.int)
        #expect(answer.json["expires_at"]?.string == ISO8601.text(milliseconds: claims.expiresAt))
    }

    @Test func `wants somebody who is signed in`() async throws {
        let school = try await School.open()
        #expect(try await Client(school).send(.post, "/api/v1/live_token").error == .unauthorized)
    }
}

struct `Permissions of tenancy` {
    /// The ways to become somebody, and which of them there is.
    private static let open: Set<String> = [
        "GET /api/v1/sign_in", "POST /api/v1/session", "POST /api/v1/password_resets",
        "PUT /api/v1/password_resets/:token",
        "GET /login/oidc/:institution", "GET /login/oidc/callback", "POST /login/oauth2/token",
        "GET /.well-known/oauth-authorization-server",
    ]
    /// Where an app asks, and a page whether somebody is signed in.
    private static let asking: Set<String> = ["GET /login/oauth2/auth", "GET /login/oauth2/request"]

    @Test func `let visitors sign in only`() {
        for route in TenancyRoutes.all {
            let way = "\(route.method) \(route.pattern)"
            let access: Access =
                Self.open.contains(way) ? .anyone : Self.asking.contains(way) ? .maybeSignedIn : .signedIn
            #expect(route.access == access, "\(way)")
        }
    }

    @Test func `hold for visitors on every route`() async throws {
        let school = try await School.open()
        for route in TenancyRoutes.all where route.access == .signedIn {
            #expect(try await Client(school).send(route.method, route.pattern).error == .unauthorized)
        }
    }
}

extension School {
    func token(of user: User, in institution: InstitutionID) async throws -> String {
        try await onLoop { context in
            try await Directory(pool: context.pool).createTokens(
                for: [user.id], purpose: "test", in: institution)[0]
        }
    }

    /// Runs statements behind the curtain.
    func superuser(_ sql: String) async throws {
        let (database, loop) = (deployment.database, loop)
        try await loop.perform {
            _ = try await database.asSuperuser(sql, on: loop)
        }
    }

    /// The one number that a statement gives, read behind the curtain.
    func count(_ sql: String) async throws -> Int64 {
        let (database, loop) = (deployment.database, loop)
        return try await loop.perform {
            try await database.asSuperuser(sql, on: loop).last?.first?.int(0) ?? -1
        }
    }
}

extension Principal {
    fileprivate var sessionID: Int64? {
        if case .cookie(let session, _) = credential { session } else { nil }
    }

    fileprivate var tokenID: Int64? {
        if case .bearer(let token) = credential { token } else { nil }
    }
}
