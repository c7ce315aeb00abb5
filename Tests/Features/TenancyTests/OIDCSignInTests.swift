import Foundation
import HTTPTypes
import JSON
import Postgres
import Synchronization
import Testing
import TestKit
import WebClient
import WebServer

@testable import Tenancy

/// Sign-in by a provider, with good and with hostile answers.
struct `Sign-in by another provider` {
    /// A school that trusts a provider, and a browser of nobody yet.
    private struct Place {
        let school: School
        let provider: TestProvider
        let here: InstitutionID
        let users: [String: User]
        let admin: Client

        func configure(_ changes: [String: JSONValue] = [:]) async throws {
            var body: [String: JSONValue] = [
                "issuer": .string(provider.issuer), "client_id": "cohort", "client_secret": "s3cret+/",
                "login_claim": "preferred_username",
            ]
            body.merge(changes) { $1 }
            var object = JSONObject()
            for (name, value) in body { _ = object.append(name, value) }
            let answer = try await admin.send(.put, "/api/v1/oidc_provider", .object(object))
            #expect(answer.status == 200, "\(answer.error as Any)")
        }

        /// Goes there and comes back with these claims; gives the answer.
        func signIn(
            _ query: String = "", _ change: (inout TestClaims) -> Void = { _ in },
            token: ((TestClaims) async throws -> String)? = nil
        ) async throws -> Answer {
            var browser = OIDCBrowser(school, here)
            _ = try await browser.begin(query)
            var claims = provider.claims(nonce: try #require(browser.asked["nonce"]))
            claims.preferred_username = school.login("bea")
            change(&claims)
            let text: String
            if let token { text = try await token(claims) } else { text = try await provider.sign(claims) }
            provider.token.withLock { $0 = text }
            return try await browser.comeBack("code=c0de&state=\(try #require(browser.asked["state"]))")
        }
    }

    private func place(
        _ changes: [String: JSONValue] = [:], shard: Int = 0, host: String? = nil
    ) async throws -> Place {
        let provider = try await TestProvider.start()
        let school = try await School.open(oidc: try .forTests(), isSharded: shard != 0)
        let here = try await school.institution(
            "Here", ["ada": [.admin], "bea": [.student]], shard: shard)
        if let host {
            try await school.onLoop { try await Directory(pool: $0.pool).setHost(host, of: here.id) }
        }
        let ada = try #require(here.users["ada"])
        let place = Place(
            school: school, provider: provider, here: here.id, users: here.users,
            admin: Client(school, bearer: try await school.token(of: ada, in: here.id)))
        try await place.configure(changes)
        return place
    }

    private func session(_ place: Place, _ answer: Answer) async throws -> JSONValue? {
        let cookies = answer.headers[values: .setCookie]
        guard let cookie = cookies.first(where: { $0.hasPrefix("cohort_session=") }) else { return nil }
        var client = Client(place.school)
        client.cookie = cookie.split(separator: ";").first.map {
            String($0.dropFirst("cohort_session=".count))
        }
        return try await client.send(.get, "/api/v1/session").json
    }

    @Test(arguments: [0, 1]) func `asks with state, nonce and a challenge, and opens a session`(shard: Int)
        async throws
    {
        let place = try await place(shard: shard)
        var browser = OIDCBrowser(place.school, place.here)
        let there = try await browser.begin("?return=/courses/3?tab=1")
        #expect(there.hasPrefix("\(place.provider.issuer)/authorize?"))
        #expect(browser.asked["response_type"] == "code")
        #expect(browser.asked["client_id"] == "cohort")
        #expect(browser.asked["redirect_uri"] == "https://cohort.example/login/oidc/callback")
        #expect(browser.asked["scope"] == "openid email profile")
        #expect(browser.asked["code_challenge_method"] == "S256")
        var claims = place.provider.claims(nonce: try #require(browser.asked["nonce"]))
        claims.preferred_username = place.school.login("BEA")
        let text = try await place.provider.sign(claims)
        place.provider.token.withLock { $0 = text }
        let answer = try await browser.comeBack("code=c0%2Fde&state=\(try #require(browser.asked["state"]))")
        #expect(answer.status == 303)
        #expect(answer.headers[.location] == "/courses/3?tab=1")
        #expect(answer.headers[values: .setCookie].contains { $0.hasPrefix("cohort_oidc=;") })
        let bea = try #require(place.users["bea"])
        #expect(try await session(place, answer)?["user"]?["id"]?.int == Int(bea.id))
        // The code, the client's secret and the verifier that fits the challenge.
        let asked = try #require(place.provider.tokenRequests.first)
        #expect(asked.contains("Authorization: Basic Y29ob3J0OnMzY3JldCUyQiUyRg=="))
        let form = try #require(asked.split(separator: "\r\n\r\n").last)
        #expect(form.contains("code=c0%2Fde"))
        let verifier = try #require(
            form.split(separator: "&").first { $0.hasPrefix("code_verifier=") }?.dropFirst(
                "code_verifier=".count))
        #expect(
            Base64.encode(Digest.sha256(Array(verifier.utf8)), .url) == browser.asked["code_challenge"])
        let kinds = try await place.admin.send(.get, "/api/v1/audit/events?user_id=\(bea.id)").json["events"]?
            .array?
            .compactMap { $0["kind"]?.string }
        #expect(kinds?.prefix(2) == ["sign_in.succeeded", "oidc.linked"])
    }

    @Test func `is offered to whoever asks for the institution, and to nobody when it is switched off`()
        async throws
    {
        let place = try await place()
        let path = "/api/v1/sign_in?institution=\(place.here.rawValue)"
        let offered = try await Client(place.school).send(.get, path).json
        #expect(offered["institution"]?["name"]?.string == "Here")
        #expect(offered["login_path"]?.string == "/login/oidc/\(place.here.rawValue)")
        for other in [
            "/api/v1/sign_in", "/api/v1/sign_in?institution=987654321", "/api/v1/sign_in?institution=x",
        ] {
            let none = try await Client(place.school).send(.get, other)
            #expect(none.status == 200)
            #expect(none.json["institution"]?.isNull == true)
            #expect(none.json["login_path"]?.isNull == true)
        }
        try await place.configure(["enabled": false])
        #expect(try await Client(place.school).send(.get, path).json["login_path"]?.isNull == true)
    }

    @Test func `is offered under the institution's own name, whichever one is asked for`() async throws {
        let host = "\(UInt64.random(in: 0..<UInt64.max)).school.example"
        let place = try await place(host: host)
        let other = try await place.school.institution("There", ["eve": [.admin]])
        var client = Client(place.school)
        client.authority = "\(host):443"
        for path in ["/api/v1/sign_in", "/api/v1/sign_in?institution=\(other.id.rawValue)"] {
            let offered = try await client.send(.get, path).json
            #expect(offered["login_path"]?.string == "/login/oidc/\(place.here.rawValue)")
        }
    }

    @Test func `knows its people by their subject from then on, whatever the login says`() async throws {
        let place = try await place()
        #expect(try await session(place, try await place.signIn())?["user"]?["name"]?.string == "User bea")
        let again = try await place.signIn { $0.preferred_username = "renamed" }
        #expect(try await session(place, again)?["user"]?["name"]?.string == "User bea")
        // Another subject with the same login is another person: the login was given to somebody else.
        let other = try await place.signIn { $0.sub = "subject-2" }
        #expect(other.headers[.location] == "/sign-in?problem=unknown")
    }

    @Test(arguments: [0, 1]) func `lets nobody in whom the institution does not know, unless it wants that`(
        shard: Int
    ) async throws {
        let place = try await place(shard: shard)
        let unknown = try await place.signIn {
            $0.preferred_username = place.school.login("new")
            $0.name = "New Person"
        }
        #expect(unknown.headers[.location] == "/sign-in?problem=unknown")
        try await place.configure(["creates_users": true])
        let made = try await place.signIn {
            $0.preferred_username = place.school.login("new")
            $0.name = "New Person"
        }
        let session = try #require(try await session(place, made))
        #expect(session["user"]?["name"]?.string == "New Person")
        #expect(session["roles"] == [])
    }

    @Test func `lets nobody in who is suspended`() async throws {
        let place = try await place()
        _ = try await place.signIn()
        let bea = try #require(place.users["bea"]?.id)
        try await place.school.superuser("UPDATE users SET workflow_state = 'suspended' WHERE id = \(bea)")
        #expect(try await place.signIn().headers[.location] == "/sign-in?problem=unknown")
    }

    @Test func `takes an address for a login only when the provider has verified it`() async throws {
        let place = try await place(["login_claim": "email"])
        let bea = place.school.login("bea")
        for verified in [nil, false] as [Bool?] {
            let answer = try await place.signIn {
                $0.email = bea
                $0.email_verified = verified
            }
            #expect(answer.headers[.location] == "/sign-in?problem=unknown")
        }
        #expect(try await place.signIn { $0.email = bea }.headers[.location] == "/")
    }

    @Test func `opens sessions for its institution alone`() async throws {
        let place = try await place()
        let there = try await place.school.institution("There", ["bea": [.admin]])
        let answer = try await place.signIn()
        #expect(try await session(place, answer)?["institutions"]?.array?.count == 1)
        var client = Client(place.school)
        client.cookie = answer.headers[values: .setCookie].first { $0.hasPrefix("cohort_session=") }?
            .split(separator: ";").first.map { String($0.dropFirst("cohort_session=".count)) }
        client.keep(try await client.send(.get, "/api/v1/session"))
        let refused = try await client.send(.put, "/api/v1/session", ["institution": .int(there.id.rawValue)])
        #expect(refused.status == 403)
        #expect(refused.code == "session_bound")
    }

    private static let wrong: [(String, @Sendable (inout TestClaims) -> Void)] = [
        ("another nonce", { $0.nonce = "x" }), ("no nonce", { $0.nonce = nil }),
        ("another issuer", { $0.iss = "https://evil.example" }), ("no issuer", { $0.iss = nil }),
        ("another audience", { $0.aud = ["other"] }), ("no audience", { $0.aud = nil }),
        ("several audiences without a party", { $0.aud = ["cohort", "other"] }),
        ("another party", { $0.azp = "other" }),
        ("expired", { $0.exp = Date().timeIntervalSince1970 - 61 }), ("no end", { $0.exp = nil }),
        ("made in the future", { $0.iat = Date().timeIntervalSince1970 + 120 }),
        ("made long ago", { $0.iat = Date().timeIntervalSince1970 - 700 }), ("made never", { $0.iat = nil }),
        ("not yet valid", { $0.nbf = Date().timeIntervalSince1970 + 120 }),
        ("nobody", { $0.sub = nil }), ("an empty subject", { $0.sub = "" }),
        ("an endless subject", { $0.sub = String(repeating: "x", count: 256) }),
    ]

    @Test(arguments: wrong.indices)
    func `believes no token with wrong claims`(place number: Int) async throws {
        let place = try await place()
        let (name, change) = Self.wrong[number]
        let answer = try await place.signIn("", change)
        #expect(answer.headers[.location] == "/sign-in?problem=answer", "\(name)")
        #expect(try await session(place, answer) == nil)
    }

    @Test func `takes clocks that are a little wrong, and one of several audiences that is named`()
        async throws
    {
        let place = try await place()
        let now = Date().timeIntervalSince1970
        let late = try await place.signIn {
            $0.exp = now - 30
            $0.iat = now - 330
        }
        #expect(late.headers[.location] == "/")
        let named = try await place.signIn {
            $0.aud = ["other", "cohort"]
            $0.azp = "cohort"
        }
        #expect(named.headers[.location] == "/")
    }

    @Test func `believes no token with a wrong signature`() async throws {
        let place = try await place()
        let provider = place.provider
        let forgeries: [(TestClaims) async throws -> String] = [
            { try await provider.forge($0, header: #"{"alg":"none"}"#, signature: "") },
            { try await provider.forge($0, header: #"{"alg":"none","kid":"a"}"#, signature: "") },
            // With the public key for a secret.
            { try await provider.sign($0, with: "secret") },
            { try await provider.forge($0, header: #"{"alg":"HS256","kid":"a"}"#) },
            { try await provider.forge($0, header: #"{"alg":"RS256","kid":"a"}"#) },
            { try await provider.forge($0, header: #"{"alg":"ES256","kid":"a","crit":["x"]}"#) },
            { try await provider.forge($0, header: #"{"alg":"ES256","kid":7}"#) },
            { try await provider.forge($0, header: #"{"alg":"ES256"}"#, signature: "AAAA") },
            { try await String(provider.sign($0).dropLast(2)) + "AA" },
            { _ in "not a token" }, { _ in "" }, { _ in String(repeating: "a", count: 40_000) },
        ]
        for (number, forgery) in forgeries.enumerated() {
            let answer = try await place.signIn(token: forgery)
            #expect(answer.headers[.location] == "/sign-in?problem=answer", "\(number)")
        }
        // A key that the provider has just fetched no set with: it is asked again at its pace.
        let strange = try await place.signIn(token: { try await provider.sign($0, with: "stranger") })
        #expect(
            ["/sign-in?problem=answer", "/sign-in?problem=unavailable"].contains(strange.headers[.location]))
    }

    @Test func `is ended once, by the browser that began it`() async throws {
        let place = try await place()
        var browser = OIDCBrowser(place.school, place.here)
        _ = try await browser.begin()
        var claims = place.provider.claims(nonce: try #require(browser.asked["nonce"]))
        claims.preferred_username = place.school.login("bea")
        let text = try await place.provider.sign(claims)
        place.provider.token.withLock { $0 = text }
        let query = "code=c0de&state=\(try #require(browser.asked["state"]))"
        var other = OIDCBrowser(place.school, place.here)
        #expect(try await other.comeBack(query).headers[.location] == "/sign-in?problem=expired")
        _ = try await other.begin()
        #expect(try await other.comeBack(query).headers[.location] == "/sign-in?problem=expired")
        other.attempt = (browser.attempt ?? "") + "A"
        #expect(try await other.comeBack(query).headers[.location] == "/sign-in?problem=expired")
        #expect(
            try await browser.comeBack("code=c0de&state=").headers[.location] == "/sign-in?problem=expired")
        #expect(try await browser.comeBack(query).headers[.location] == "/")
        #expect(try await browser.comeBack(query).headers[.location] == "/sign-in?problem=expired")
    }

    @Test func `ends where the provider says no, or mixes itself up`() async throws {
        let place = try await place()
        var browser = OIDCBrowser(place.school, place.here)
        _ = try await browser.begin()
        let state = try #require(browser.asked["state"])
        #expect(
            try await browser.comeBack("error=access_denied&state=\(state)").headers[.location]
                == "/sign-in?problem=refused")
        for query in ["code=c&iss=https://evil.example", "code=", "x=1"] {
            #expect(
                try await browser.comeBack("\(query)&state=\(state)").headers[.location]
                    == "/sign-in?problem=answer")
        }
        #expect(place.provider.tokenRequests.isEmpty)
    }

    @Test(arguments: [
        "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/%0d%0aX:%20y",
        "/sign-in",
        "/api/v1/session", "", "x",
    ])
    func `goes nowhere but to a path of ours`(wish: String) async throws {
        let place = try await place()
        let answer = try await place.signIn("?return=\(wish)")
        #expect(answer.headers[.location] == "/")
    }

    @Test func `does not begin where there is none, or it is not to be reached or believed`() async throws {
        let place = try await place()
        func begin(_ id: String) async throws -> String? {
            try await Client(place.school).send(.get, "/login/oidc/\(id)").headers[.location]
        }
        let none = try await place.school.institution("None", [:])
        for id in ["\(none.id)", "999999999", "x", "0"] {
            #expect(try await begin(id) == "/sign-in?problem=none")
        }
        try await place.configure(["enabled": false])
        #expect(try await begin("\(place.here)") == "/sign-in?problem=none")
        try await place.configure(["issuer": "http://localhost:1"])
        #expect(try await begin("\(place.here)") == "/sign-in?problem=unavailable")
        let other = try await TestProvider.start()
        for wrong in [
            "nonsense", "{}", #"{"issuer":"https://evil.example"}"#, #"{"issuer":"\#(other.issuer)"}"#,
            #"{"issuer":"\#(other.issuer)","authorization_endpoint":"ftp://x","token_endpoint":"x","jwks_uri":"x"}"#,
        ] {
            other.metadata.withLock { $0 = wrong }
            try await place.configure(["issuer": .string(other.issuer)])
            #expect(try await begin("\(place.here)") == "/sign-in?problem=answer", "\(wrong)")
        }
    }

    @Test func `asks nobody in the operator's own network`() async throws {
        let provider = try await TestProvider.start()
        let school = try await School.open(oidc: try .forTests(allowing: []))
        let here = try await school.institution("Here", ["ada": [.admin]])
        let ada = try #require(here.users["ada"])
        let admin = Client(school, bearer: try await school.token(of: ada, in: here.id))
        let set = try await admin.send(
            .put, "/api/v1/oidc_provider", ["issuer": .string(provider.issuer), "client_id": "x"])
        #expect(set.status == 200)
        let answer = try await Client(school).send(.get, "/login/oidc/\(here.id)")
        #expect(answer.headers[.location] == "/sign-in?problem=unavailable")
        #expect(provider.tokenRequests.isEmpty)
    }

    @Test func `works with a provider that others wrote`() async throws {
        let school = try await School.open(oidc: try .forTests())
        let here = try await school.institution("Here", ["ada": [.admin], "bea": [.student]])
        let claims: JSONValue = [
            ["sub": "b-17", "claims": ["email": .string(school.login("bea")), "email_verified": true]],
            ["sub": "x-1", "claims": ["email": .string(school.login("stranger")), "email_verified": true]],
        ]
        let tool = try await PythonTool.start("oidc_provider.py", [RawJSON(claims).text])
        let issuer = "http://localhost:\(try #require(tool.ready["port"]?.int))"
        let ada = try #require(here.users["ada"])
        let admin = Client(school, bearer: try await school.token(of: ada, in: here.id))
        _ = try await admin.send(
            .put, "/api/v1/oidc_provider",
            ["issuer": .string(issuer), "client_id": "cohort", "client_secret": "s3cret"])
        for (subject, end) in [("b-17", "/home"), ("x-1", "/sign-in?problem=unknown"), ("b-17", "/home")] {
            var browser = OIDCBrowser(school, here.id)
            let there = try await browser.begin("?return=/home")
            // The person types who they are.
            let fetcher = try #require(school.services.oidc?.directory.fetcher)
            let back = try await fetcher.fetch(
                OutgoingRequest(
                    .post, try WebURL(there), fields: [.contentType: "application/x-www-form-urlencoded"],
                    body: Array("sub=\(subject)&action=authorize".utf8), allowsPlainHTTP: true))
            let location = try #require(back.fields[.location])
            #expect(location.hasPrefix("https://cohort.example/login/oidc/callback?"))
            let answer = try await browser.comeBack(String(location.split(separator: "?", maxSplits: 1)[1]))
            #expect(answer.headers[.location] == end)
        }
    }
}

struct `A provider of sign-ins` {
    private func admin() async throws -> (School, InstitutionID, Client) {
        let school = try await School.open(oidc: try .forTests())
        let here = try await school.institution("Here", ["ada": [.admin], "bea": [.student]])
        let ada = try #require(here.users["ada"])
        return (school, here.id, Client(school, bearer: try await school.token(of: ada, in: here.id)))
    }

    private static let path = "/api/v1/oidc_provider"

    @Test func `is set, read without its secret, changed and taken away by admins`() async throws {
        let (school, here, ada) = try await admin()
        #expect(try await ada.send(.get, Self.path).status == 404)
        let set = try await ada.send(
            .put, Self.path,
            ["issuer": "https://login.example/tenant", "client_id": "cohort", "client_secret": "very s3cret"])
        #expect(set.status == 200)
        #expect(set.json["has_client_secret"]?.bool == true)
        #expect(set.json["scopes"] == ["openid", "email", "profile"])
        #expect(set.json["login_claim"]?.string == "email")
        #expect(set.json["creates_users"]?.bool == false)
        #expect(set.json["login_path"]?.string == "/login/oidc/\(here)")
        #expect(!RawJSON(set.json).text.contains("s3cret"))
        let clear = try await school.count(
            "SELECT count(*) FROM oidc_providers WHERE encode(client_secret, 'escape') LIKE '%s3cret%'")
        #expect(clear == 0)
        // What is not named stays; null takes it away.
        let kept = try await ada.send(.put, Self.path, ["issuer": "https://login.example", "client_id": "c"])
        #expect(kept.json["has_client_secret"]?.bool == true)
        let gone = try await ada.send(
            .put, Self.path, ["issuer": "https://login.example", "client_id": "c", "client_secret": nil])
        #expect(gone.json["has_client_secret"]?.bool == false)
        #expect(try await ada.send(.delete, Self.path).status == 204)
        #expect(try await ada.send(.delete, Self.path).status == 404)
        var bea = Client(school)
        _ = try await bea.signIn("bea")
        for method in [HTTPRequest.Method.get, .put, .delete] {
            #expect(try await bea.send(method, Self.path).status == 403)
        }
    }

    @Test(
        arguments: [
            ([:], "issuer"), (["issuer": "x", "client_id": "c"], "issuer"),
            (["issuer": "ftp://login.example", "client_id": "c"], "issuer"),
            (["issuer": "https://login.example?x=1", "client_id": "c"], "issuer"),
            (["issuer": "https://user@login.example", "client_id": "c"], "issuer"),
            (["issuer": "https://login.example"], "client_id"),
            (["issuer": "https://login.example", "client_id": "c", "scopes": ["email"]], "scopes"),
            (["issuer": "https://login.example", "client_id": "c", "scopes": ["openid", "a b"]], "scopes"),
            (["issuer": "https://login.example", "client_id": "c", "login_claim": ""], "login_claim"),
            (["issuer": "https://login.example", "client_id": "c", "enabled": "perhaps"], "enabled"),
        ] as [(JSONValue, String)])
    func `is refused with the field that is wrong`(body: JSONValue, field: String) async throws {
        let (_, _, ada) = try await admin()
        let answer = try await ada.send(.put, Self.path, body)
        #expect(answer.status == 400)
        #expect(answer.error?.items.first?.field == field)
    }
}

struct `A seal` {
    private let seal = Seal(secret: Array("a secret of the tests, long enough".utf8), purpose: "test")

    @Test(arguments: [0, 1, 16, 1000])
    func `opens what it closed, where it belongs`(length: Int) {
        let bytes = Digest.random(length)
        let sealed = seal.seal(bytes, context: "here")
        #expect(seal.open(sealed, context: "here") == bytes)
        #expect(seal.open(sealed, context: "there") == nil)
        #expect(
            Seal(secret: Array("another secret of the tests, long".utf8), purpose: "test").open(
                sealed, context: "here") == nil)
        #expect(seal.seal(bytes, context: "here") != sealed)
    }

    @Test func `does not open what was changed`() {
        let sealed = seal.seal([1, 2, 3], context: "here")
        for place in sealed.indices {
            var changed = sealed
            changed[place] ^= 1
            #expect(seal.open(changed, context: "here") == nil)
        }
        for length in 0..<sealed.count {
            #expect(seal.open(Array(sealed.prefix(length)), context: "here") == nil)
        }
    }
}
