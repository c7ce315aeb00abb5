import HTTP
import HTTPTypes
import JSON
import Testing
import WebServer

@testable import Tenancy

/// An institution with an app, people, and what an app would do.
struct AppHarness: Sendable {
    static let redirect = "https://app.example/back?from=cohort"
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    /// RFC 7636, appendix B.
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    static let courses = "url:GET|/api/v1/courses"
    static let me = "url:GET|/api/v1/users/:id"

    let school: School
    let here: InstitutionID
    let users: [String: User]
    let admin: Client
    /// Bea's browser.
    var browser: Client
    let app: App

    /// What an app knows of itself.
    struct App: Sendable {
        let id: Int
        let clientID: String
        let secret: String?
    }

    /// Makes one; Ada administers, Bea and Cy study, Dan is a parent.
    static func open(
        _ key: [String: JSONValue] = [:], shard: Int = 0, limits: SignInThrottle.Limits = .generous
    ) async throws -> AppHarness {
        let school = try await School.open(limits: limits, isSharded: shard != 0)
        let here = try await school.institution(
            "Here", ["ada": [.admin], "bea": [.student], "cy": [.student], "dan": [.parent]], shard: shard)
        let ada = try #require(here.users["ada"])
        let admin = Client(school, bearer: try await school.token(of: ada, in: here.id))
        let app = try await register(admin, key)
        var browser = Client(school)
        _ = try await browser.signIn("bea")
        return AppHarness(
            school: school, here: here.id, users: here.users, admin: admin, browser: browser, app: app)
    }

    /// Registers an app.
    static func register(_ admin: Client, _ changes: [String: JSONValue] = [:]) async throws -> App {
        var body: [String: JSONValue] = ["name": "Grade Pal", "redirect_uris": [.string(redirect)]]
        body.merge(changes) { $1 }
        var object = JSONObject()
        for (name, value) in body { _ = object.append(name, value) }
        let made = try await admin.send(
            .post, "/api/v1/accounts/self/developer_keys", ["developer_key": .object(object)])
        #expect(made.status == 200, "\(made.error as Any)")
        return App(
            id: try #require(made.json["id"]?.int), clientID: try #require(made.json["client_id"]?.string),
            secret: made.json["api_key"]?.string)
    }

    /// The query of an app's request.
    func query(_ changes: [String: String?] = [:]) -> String {
        var items: [String: String?] = [
            "client_id": app.clientID, "response_type": "code", "redirect_uri": Self.redirect,
            "state": "s t&te",
            "code_challenge": Self.challenge, "code_challenge_method": "S256",
        ]
        items.merge(changes) { $1 }
        return OAuthForm.text(items.compactMap { name, value in value.map { (name, $0) } })
    }

    /// Where a browser's yes or no leads.
    func decide(
        _ changes: [String: String?] = [:], allow: Bool = true, by other: Client? = nil
    ) async throws -> Answer {
        try await (other ?? browser).send(
            .post, "/login/oauth2/accept", ["query": .string(query(changes)), "allow": .bool(allow)])
    }

    /// The code of a yes.
    func code(_ changes: [String: String?] = [:], by other: Client? = nil) async throws -> String {
        let answer = try await decide(changes, by: other)
        #expect(answer.status == 200, "\(answer.error as Any)")
        let location = try #require(answer.json["location"]?.string)
        let items = try Self.items(location)
        return try #require(items["code"])
    }

    /// What the token endpoint says to a form.
    func ask(
        _ form: [String: String?], basic: String? = nil, remote: String = "192.0.2.7"
    ) async throws -> Answer {
        var request = WebRequest(method: .post, path: "/login/oauth2/token", id: "test-app")
        request.body = Array(OAuthForm.text(form.compactMap { name, value in value.map { (name, $0) } }).utf8)
        request.headers[.contentType] = "application/x-www-form-urlencoded"
        if let basic {
            request.headers[.authorization] = "Basic \(Base64.encode(Array(basic.utf8), .standard))"
        }
        request.remote = remote
        request.authority = browser.authority
        return try await school.answer(request)
    }

    /// The form that gives a code for tokens.
    func form(code: String, _ changes: [String: String?] = [:]) -> [String: String?] {
        var form: [String: String?] = [
            "grant_type": "authorization_code", "client_id": app.clientID, "client_secret": app.secret,
            "redirect_uri": Self.redirect, "code": code, "code_verifier": Self.verifier,
        ]
        form.merge(changes) { $1 }
        return form
    }

    func exchange(_ code: String, _ changes: [String: String?] = [:]) async throws -> Answer {
        try await ask(form(code: code, changes))
    }

    func refresh(_ token: String, _ changes: [String: String?] = [:]) async throws -> Answer {
        var form: [String: String?] = [
            "grant_type": "refresh_token", "client_id": app.clientID, "client_secret": app.secret,
            "refresh_token": token,
        ]
        form.merge(changes) { $1 }
        return try await ask(form)
    }

    /// The status that a token gets for its user.
    func status(_ token: String, _ path: String = "/api/v1/users/self") async throws -> Int {
        try await Client(school, bearer: token).send(.get, path).status
    }

    /// The query of an address.
    static func items(_ location: String) throws -> [String: String] {
        let query = location.split(separator: "?", maxSplits: 1).last.map(String.init) ?? ""
        return Dictionary(
            try FormFields(parsing: query).fields.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }
}
