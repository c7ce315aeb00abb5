import HTTPTypes
import JSON
import Testing
import WebServer

@testable import Tenancy

/// The browser's half: an app's request, a person's yes or no.
struct `An app that asks a person` {
    private func location(_ answer: Answer) -> String { answer.headers[.location] ?? "" }

    @Test func `leads to the page that asks, and back with a code and the state`() async throws {
        let harness = try await AppHarness.open()
        let there = try await harness.browser.send(.get, "/login/oauth2/auth?\(harness.query())")
        #expect(there.status == 303)
        #expect(location(there).hasPrefix("/login/oauth2/confirm?"))
        let query = location(there).split(separator: "?", maxSplits: 1)[1]
        let shown = try await harness.browser.send(.get, "/login/oauth2/request?\(query)").json
        #expect(shown["app"]?["name"]?.string == "Grade Pal")
        #expect(shown["app"]?["place"]?.string == "app.example")
        #expect(shown["app"]?["scopes"]?.isNull == true)
        #expect(shown["institution"]?["name"]?.string == "Here")
        #expect(shown["standing"]?.string == "here")
        let back = try #require(try await harness.decide().json["location"]?.string)
        #expect(back.hasPrefix("https://app.example/back?from=cohort&code="))
        #expect(try AppHarness.items(back)["state"] == "s t&te")
        let no = try #require(try await harness.decide(allow: false).json["location"]?.string)
        #expect(try AppHarness.items(no)["error"] == "access_denied")
        #expect(try AppHarness.items(no)["state"] == "s t&te")
        #expect(try AppHarness.items(no)["code"] == nil)
    }

    @Test func `is sent nobody while it may be another`() async throws {
        let harness = try await AppHarness.open()
        let other = try await AppHarness.register(
            harness.admin, ["redirect_uris": ["https://other.example/"]])
        let off = try await AppHarness.register(harness.admin)
        _ = try await harness.admin.send(
            .put, "/api/v1/developer_keys/\(off.id)", ["developer_key": ["workflow_state": "inactive"]])
        let gone = try await AppHarness.register(harness.admin)
        #expect(try await harness.admin.send(.delete, "/api/v1/developer_keys/\(gone.id)").status == 200)
        for (changes, problem) in [
            (["client_id": nil], "unknown_client"), (["client_id": "1~999999999"], "unknown_client"),
            (["client_id": "\(harness.app.id)"], "unknown_client"),
            (["client_id": gone.clientID], "unknown_client"),
            (["client_id": off.clientID], "inactive_client"), (["redirect_uri": nil], "redirect_uri"),
            (["redirect_uri": "https://evil.example/"], "redirect_uri"),
            (["redirect_uri": AppHarness.redirect + "&x=1"], "redirect_uri"),
            (["client_id": other.clientID], "redirect_uri"),
        ] as [([String: String?], String)] {
            let answer = try await harness.browser.send(.get, "/login/oauth2/auth?\(harness.query(changes))")
            #expect(location(answer) == "/login/oauth2/confirm?problem=\(problem)", "\(changes)")
            let described = try await harness.browser.send(
                .get, "/login/oauth2/request?\(harness.query(changes))")
            #expect(described.json["problem"]?.string == problem)
            let decided = try await harness.decide(changes)
            #expect(decided.status == 400 && decided.code == problem)
        }
    }

    @Test func `hears of its own mistakes`() async throws {
        let harness = try await AppHarness.open(["scopes": [.string(AppHarness.courses)]])
        for (changes, error) in [
            (["response_type": "token"], "unsupported_response_type"),
            (["response_type": nil], "invalid_request"),
            (["code_challenge_method": "plain"], "invalid_request"),
            (["code_challenge_method": nil], "invalid_request"),
            (["code_challenge": nil], "invalid_request"), (["code_challenge": "short"], "invalid_request"),
            (["scope": AppHarness.me], "invalid_scope"), (["scope": "url:GET|/nothing"], "invalid_scope"),
            (["scope": "\(AppHarness.courses) \(AppHarness.me)"], "invalid_scope"),
            (["state": String(repeating: "x", count: 5000)], "invalid_request"),
        ] as [([String: String?], String)] {
            let answer = try await harness.browser.send(.get, "/login/oauth2/auth?\(harness.query(changes))")
            #expect(location(answer).hasPrefix("https://app.example/back?from=cohort&error="), "\(changes)")
            #expect(try AppHarness.items(location(answer))["error"] == error, "\(changes)")
        }
        let twice = try await harness.browser.send(
            .get, "/login/oauth2/auth?\(harness.query())&response_type=code")
        #expect(try AppHarness.items(location(twice))["error"] == "invalid_request")
        let must = try await AppHarness.open(["require_scopes": true])
        let none = try await must.browser.send(.get, "/login/oauth2/auth?\(must.query())")
        #expect(try AppHarness.items(location(none))["error"] == "invalid_scope")
    }

    @Test func `is answered by a person in a browser alone`() async throws {
        let harness = try await AppHarness.open()
        let bea = try #require(harness.users["bea"])
        let token = Client(harness.school, bearer: try await harness.school.token(of: bea, in: harness.here))
        #expect(try await harness.decide(by: token).code == "browser_only")
        #expect(try await harness.decide(by: Client(harness.school)).status == 401)
        // Another site's page has the cookie sent, and not the token.
        var forged = harness.browser
        forged.csrf = nil
        #expect(try await harness.decide(by: forged).code == "csrf")
        forged.csrf = harness.browser.csrf
        forged.headers[.origin] = "https://evil.example"
        #expect(try await harness.decide(by: forged).code == "csrf")
    }

    @Test func `of another institution wants somebody of that one`() async throws {
        let harness = try await AppHarness.open()
        let there = try await harness.school.institution("There", ["eve": [.student]])
        var eve = Client(harness.school)
        _ = try await eve.signIn("eve")
        let shown = try await eve.send(.get, "/login/oauth2/request?\(harness.query())")
        #expect(shown.json["standing"]?.string == "elsewhere")
        let refused = try await harness.decide(by: eve)
        #expect(refused.status == 409 && refused.code == "other_institution")
        let stranger = try await Client(harness.school).send(.get, "/login/oauth2/request?\(harness.query())")
        #expect(stranger.json["standing"]?.string == "signed_out")
        // Under another institution's own name there is no such app; under its own the key's number will do.
        try await harness.school.onLoop {
            let directory = Directory(pool: $0.pool)
            try await directory.setHost("there\(there.id).example", of: there.id)
            try await directory.setHost("here\(harness.here).example", of: harness.here)
        }
        var elsewhere = Client(harness.school)
        elsewhere.authority = "there\(there.id).example"
        try await harness.school.wait {
            try await elsewhere.send(.get, "/login/oauth2/request?\(harness.query())").json["problem"]?.string
                == "unknown_client"
        }
        var home = Client(harness.school)
        home.authority = "here\(harness.here).example"
        let short = try await home.send(
            .get, "/login/oauth2/request?\(harness.query(["client_id": "\(harness.app.id)"]))")
        #expect(short.json["app"]?["name"]?.string == "Grade Pal")
    }

    @Test func `that wants nobody asked gets a code only of who has said yes before`() async throws {
        let harness = try await AppHarness.open()
        let path = "/login/oauth2/auth?\(harness.query(["prompt": "none"]))"
        func error(_ client: Client) async throws -> String? {
            try AppHarness.items(location(try await client.send(.get, path)))["error"]
        }
        #expect(try await error(Client(harness.school)) == "login_required")
        #expect(try await error(harness.browser) == "interaction_required")
        #expect(try await harness.exchange(harness.code(["scope": AppHarness.courses])).status == 200)
        // Less was allowed than is asked for now.
        #expect(try await error(harness.browser) == "interaction_required")
        #expect(try await harness.exchange(harness.code()).status == 200)
        let silent = try AppHarness.items(location(try await harness.browser.send(.get, path)))
        #expect(try await harness.exchange(try #require(silent["code"])).status == 200)
    }

    @Test func `without a secret must have a challenge, and is never let in silently`() async throws {
        let harness = try await AppHarness.open(["client_type": "public"])
        #expect(harness.app.secret == nil)
        let bare = try await harness.decide(["code_challenge": nil, "code_challenge_method": nil])
        #expect(
            try AppHarness.items(bare.json["location"]?.string ?? "")["error"] == "invalid_request")
        #expect(try await harness.exchange(harness.code()).status == 200)
        let silent = try await harness.browser.send(
            .get, "/login/oauth2/auth?\(harness.query(["prompt": "none"]))")
        #expect(try AppHarness.items(location(silent))["error"] == "interaction_required")
    }

    @Test func `without an address has the code shown`() async throws {
        let harness = try await AppHarness.open(["redirect_uris": [.string(RedirectURI.outOfBand)]])
        let back = try #require(
            try await harness.decide(["redirect_uri": RedirectURI.outOfBand]).json["location"]?.string)
        #expect(back.hasPrefix("/login/oauth2/auth?code="))
        let page = try await harness.browser.send(.get, back)
        #expect(location(page).hasPrefix("/login/oauth2/confirm#code="))
    }
}
