import HTTPTypes
import JSON
import Postgres
import Testing
import WebServer

@testable import Tenancy

struct `A forgotten password` {
    private static let path = "/api/v1/password_resets"

    private func ask(_ client: Client, _ name: String) async throws -> Answer {
        try await client.send(.post, Self.path, ["login": .string(name)])
    }

    private func set(_ client: Client, _ token: String, _ password: String) async throws -> Answer {
        try await client.send(.put, "\(Self.path)/\(token)", ["password": .string(password)])
    }

    @Test func `is replaced by way of a letter, once, and ends all sessions`() async throws {
        let post = try await PostOffice.open()
        let school = try await School.open(letters: post.letters)
        let here = try await school.institution("Here", ["ada": [.admin], "bea": [.student]])
        let there = try await school.institution("There", ["bea": [.student]])
        let bea = try #require(here.users["bea"])
        let token = Client(school, bearer: try await school.token(of: bea, in: here.id))
        let open = try await school.onLoop { context in
            try await SessionStore(pool: context.pool).open(
                user: try #require(there.users["bea"]?.id), in: there.id)
        }
        let client = Client(school)
        let answer = try await ask(client, school.login("BEA"))
        #expect(answer.status == 202)
        let letter = try await post.letter(1)
        #expect(letter.to == school.login("bea"))
        #expect(letter.text.contains("Subject: Set a new password\r\n"))
        let link = try await post.token(1)
        let done = try await set(client, link, "another horse")
        #expect(done.status == 204)

        var browser = Client(school)
        #expect(try await browser.signIn("bea").status == 401)
        #expect(try await browser.signIn("bea", "another horse").status == 200)
        browser.cookie = open.secret.text
        #expect(try await browser.send(.get, "/api/v1/session").status == 401)
        // What programs use stays, and can be revoked.
        #expect(try await token.send(.get, "/api/v1/users/self").status == 200)

        let again = try await set(client, link, "a third horse")
        #expect(again.status == 410)
        #expect(again.code == "reset_expired")
        let ada = Client(
            school, bearer: try await school.token(of: try #require(here.users["ada"]), in: here.id))
        let events = try await ada.send(.get, "/api/v1/audit/events?user_id=\(bea.id)")
        let kinds = (events.json["events"]?.array ?? []).compactMap { $0["kind"]?.string }
        #expect(kinds.contains("password_reset.requested"))
        #expect(kinds.contains("password_reset.completed"))
        #expect(!RawJSON(events.json).text.contains("horse"))
        let elsewhere = try await school.count(
            """
            SELECT count(*) FROM audit_events
            WHERE institution_id = \(there.id) AND kind LIKE 'password_reset.%'
            """)
        #expect(elsewhere == 2)
    }

    @Test func `gets the same answer, whoever exists`() async throws {
        let post = try await PostOffice.open()
        let school = try await School.open(letters: post.letters)
        _ = try await school.institution("Here", ["bea": [.student]])
        let client = Client(school)
        let known = try await ask(client, school.login("bea"))
        let unknown = try await ask(client, school.login("nobody"))
        #expect(known.status == unknown.status)
        #expect(known.body == unknown.body)
        #expect(known.headers == unknown.headers)
        _ = try await post.letter(1)
        // Asked for before a letter that comes: it would be there.
        _ = try await ask(client, school.login("bea"))
        _ = try await post.letter(2)
        #expect(post.count == 2)
    }

    @Test func `is asked for a few times only`() async throws {
        let post = try await PostOffice.open()
        let school = try await School.open(letters: post.letters)
        let client = Client(school)
        for _ in 0..<3 { #expect(try await ask(client, "nobody@x.example").status == 202) }
        let refused = try await ask(client, "NOBODY@x.example")
        #expect(refused.status == 429)
        #expect((1...601).contains(refused.error?.retryAfter ?? 0))
        for number in 0..<17 { #expect(try await ask(client, "other\(number)@x.example").status == 202) }
        #expect(try await ask(client, "another@x.example").status == 429)
    }

    @Test func `cannot be helped by a server that sends no letters`() async throws {
        let school = try await School.open()
        let answer = try await ask(Client(school), "bea")
        #expect(answer.status == 503)
        #expect(answer.code == "no_mail")
    }

    @Test(
        arguments: [[:], ["login": ""], ["login": 7], ["login": .string(String(repeating: "x", count: 321))]]
            as [JSONValue])
    func `needs a name to ask for`(body: JSONValue) async throws {
        let school = try await School.open()
        let answer = try await Client(school).send(.post, Self.path, body)
        #expect(answer.status == 400)
        #expect(answer.error?.items.first?.field == "login")
    }

    @Test(arguments: [
        "short", "123456789", String(repeating: "x", count: 1025), "nul\u{0}nul\u{0}nul", "",
    ])
    func `is not replaced by a bad one`(password: String) async throws {
        let (school, token) = try await link()
        let answer = try await set(Client(school), token, password)
        #expect(answer.status == 400)
        #expect(answer.error?.items.first?.field == "password")
        // The link is still good.
        #expect(try await set(Client(school), token, "long enough, it is").status == 204)
    }

    @Test func `is not replaced by the login`() async throws {
        let (school, token) = try await link()
        let answer = try await set(Client(school), token, school.login("bea").uppercased())
        #expect(answer.status == 400)
    }

    /// A school with one person, and a good token for them.
    private func link(at offset: Int64 = 0, secret: [UInt8] = School.secret) async throws -> (School, String)
    {
        let school = try await School.open()
        let here = try await school.institution("Here", ["bea": [.student]])
        let person = try #require(here.users["bea"]?.person)
        let token = try await school.onLoop { context in
            let rows = try await context.pool.query(ResetQueries.person, [.int(person)], tenant: nil)
            return ResetToken(
                person: person, passwordHash: try rows[0].textOrNil(1), ResetToken.Key(secret: secret),
                at: context.nowMilliseconds + offset
            ).text
        }
        return (school, token)
    }

    @Test func `is not replaced by way of a link that is old, foreign or made up`() async throws {
        let (old, expired) = try await link(at: -1_800_000)
        #expect(try await set(Client(old), expired, "long enough, it is").status == 410)
        let (foreign, signed) = try await link(secret: Array("another secret, long enough for HMAC".utf8))
        #expect(try await set(Client(foreign), signed, "long enough, it is").status == 410)
        let (school, good) = try await link()
        let parts = good.split(separator: ".")
        for wrong in [
            "x", "1.2.3", "\(parts[0]).\(parts[1])", "\(parts[0]).\(parts[1]).", "+\(good)", "\(good)x",
            "\(parts[0]).99999999999.\(parts[2])", "99999999.\(parts[1]).\(parts[2])",
            "0\(good)", String(repeating: "1", count: 300),
        ] {
            #expect(try await set(Client(school), wrong, "long enough, it is").status == 410, "\(wrong)")
        }
    }

    @Test func `is replaced once by two that use one link at the same time`() async throws {
        let (school, token) = try await link()
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<4 {
                group.addTask { try await self.set(Client(school), token, "long enough \(number)").status }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses.sorted() == [204, 410, 410, 410])
    }
}

struct `A letter about a password` {
    /// Whom a letter goes to for a name.
    private func recipients(_ school: School, _ name: String) async throws -> [String?] {
        try await school.onLoop { context in
            try await context.pool.query(ResetQueries.people, [.text(name)], tenant: nil).map {
                try $0.textOrNil(3)
            }
        }
    }

    private func person(
        _ school: School, login: String, email: String, in institutions: InstitutionID...
    ) async throws {
        for institution in institutions {
            try await school.onLoop { context in
                let user = try await Directory(pool: context.pool).createUser(
                    NewUser(login: login, name: "Somebody", roles: [.student], passwordHash: nil),
                    in: institution)
                try await context.pool.query(
                    "UPDATE users SET email = $3 WHERE institution_id = $1 AND id = $2",
                    [.int(institution.rawValue), .int(user.id), .text(email)], tenant: institution)
            }
        }
    }

    @Test func `goes to the login where that is an address, whatever an institution says`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", [:])
        let login = school.login("ann")
        try await person(school, login: login, email: "elsewhere@evil.example", in: here.id)
        #expect(try await recipients(school, login.uppercased()) == [login])
        #expect(try await recipients(school, "Elsewhere@evil.example").contains(login))
    }

    @Test func `goes to the address of the only institution, found by it too`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", [:])
        let login = "ann-\(here.id)"
        try await person(school, login: login, email: "ann-\(here.id)@here.example", in: here.id)
        for name in [login, "ANN-\(here.id)@here.example"] {
            #expect(try await recipients(school, name) == ["ann-\(here.id)@here.example"])
        }
        #expect(try await recipients(school, "nobody-\(here.id)").isEmpty)
        try await school.superuser(
            "UPDATE users SET workflow_state = 'deleted' WHERE institution_id = \(here.id)")
        #expect(try await recipients(school, login) == [nil])
    }

    @Test func `goes nowhere for a person of several institutions without an address for a login`()
        async throws
    {
        let school = try await School.open()
        let (here, there) = (
            try await school.institution("Here", [:]), try await school.institution("There", [:])
        )
        let login = "ann-\(here.id)"
        try await person(school, login: login, email: "ann-\(here.id)@here.example", in: here.id, there.id)
        #expect(try await recipients(school, login) == [nil])
    }
}
