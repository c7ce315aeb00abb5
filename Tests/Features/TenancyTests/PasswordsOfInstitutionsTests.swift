import HTTPTypes
import JSON
import Postgres
import TestKit
import Testing
import WebServer

@testable import Tenancy

struct `A login that several institutions have users of` {
    private struct Place {
        let school: School
        let here: InstitutionID
        let there: InstitutionID
        let admin: Client
        let evil: Client

        func make(
            _ login: String, _ password: String, by admin: Client, in place: InstitutionID, _ role: String
        )
            async throws -> Answer
        {
            try await admin.send(
                .post, "/api/v1/accounts/\(place)/users",
                [
                    "pseudonym": ["unique_id": .string(school.login(login)), "password": .string(password)],
                    "user": ["name": "Somebody", "roles": [.string(role)]],
                ])
        }
    }

    private func place() async throws -> Place {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.admin]])
        let there = try await school.institution("There", ["eve": [.admin]])
        return Place(
            school: school, here: here.id, there: there.id,
            admin: Client(
                school, bearer: try await school.token(of: try #require(here.users["ada"]), in: here.id)),
            evil: Client(
                school, bearer: try await school.token(of: try #require(there.users["eve"]), in: there.id)))
    }

    @Test func `is opened in each by that one's password alone, whoever was first`() async throws {
        let place = try await place()
        #expect(
            try await place.make("new", "attacker knows it", by: place.evil, in: place.there, "student")
                .status
                == 200)
        #expect(
            try await place.make("new", "given to the user", by: place.admin, in: place.here, "admin").status
                == 200)
        for (password, institution) in [
            ("attacker knows it", place.there), ("given to the user", place.here),
        ] {
            var client = Client(place.school)
            let answer = try await client.signIn("new", password)
            #expect(answer.json["institution"]?["id"]?.int == Int(institution.rawValue))
            #expect(answer.json["institutions"]?.array?.count == 1)
            let other = institution == place.here ? place.there : place.here
            let changed = try await client.send(
                .put, "/api/v1/session", ["institution": .int(other.rawValue)])
            #expect(changed.status == 404)
        }
    }

    @Test func `is nobody's to choose for whom another institution has taken it over`() async throws {
        let place = try await place()
        // Before the first request: hosts are remembered for a while.
        let host = "there-\(place.there).example"
        try await place.school.onLoop {
            try await Directory(pool: $0.pool).setHost(host, of: place.there)
        }
        #expect(
            try await place.make("ada", "attacker knows it", by: place.evil, in: place.there, "student")
                .status
                == 200)
        var astray = Client(place.school)
        astray.authority = host
        #expect(try await astray.signIn("ada").status == 401)
        var ada = Client(place.school)
        #expect(try await ada.signIn("ada").json["institution"]?["id"]?.int == Int(place.here.rawValue))
    }

    @Test func `is one for whom a password is right in both, who switches between them from then on`()
        async throws
    {
        let place = try await place()
        #expect(
            try await place.make("ada", "correct horse", by: place.evil, in: place.there, "student").status
                == 200)
        var ada = Client(place.school)
        let choice = try await ada.signIn("ada")
        #expect(choice.json["choices"]?.array?.count == 2)
        let opened = try await ada.send(
            .post, "/api/v1/session",
            [
                "ticket": .string(choice.json["ticket"]?.string ?? ""),
                "institution": .int(place.here.rawValue),
            ])
        ada.keep(opened)
        #expect(opened.json["institutions"]?.array?.count == 2)
        let changed = try await ada.send(
            .put, "/api/v1/session", ["institution": .int(place.there.rawValue)])
        #expect(changed.status == 200)
    }

    @Test func `offers a ticket for those institutions alone whose password was right`() async throws {
        let place = try await place()
        let key = SignInTicket.Key(secret: School.secret)
        let person = try await place.school.count(
            "SELECT person_id FROM users WHERE institution_id = \(place.here)")
        let ticket = SignInTicket(
            person: person, institutions: [place.there], at: WallClock.milliseconds
        ).text(key)
        let answer = try await Client(place.school).send(
            .post, "/api/v1/session",
            ["ticket": .string(ticket), "institution": .int(place.here.rawValue)])
        #expect(answer.status == 404)
    }

    @Test func `opens no session with a ticket at another institution's host`() async throws {
        let place = try await place()
        let host = "there-\(place.there).example"
        try await place.school.onLoop {
            try await Directory(pool: $0.pool).setHost(host, of: place.there)
        }
        let person = try await place.school.count(
            "SELECT person_id FROM users WHERE institution_id = \(place.here)")
        let ticket = SignInTicket(
            person: person, institutions: [place.here], at: WallClock.milliseconds
        ).text(SignInTicket.Key(secret: School.secret))
        var client = Client(place.school)
        client.authority = host
        let body: JSONValue = [
            "ticket": .string(ticket), "institution": .int(place.here.rawValue),
        ]
        #expect(try await client.send(.post, "/api/v1/session", body).status == 404)
        client.authority = "everybody.example"
        #expect(try await client.send(.post, "/api/v1/session", body).status == 201)
    }

    @Test func `tells of a wrong password only whose own one was tried`() async throws {
        let place = try await place()
        // Without a password of its own, an institution hears nothing of the others' people.
        let made = try await place.evil.send(
            .post, "/api/v1/accounts/\(place.there)/users",
            ["pseudonym": ["unique_id": .string(place.school.login("ada"))]])
        #expect(made.status == 200)
        var ada = Client(place.school)
        #expect(try await ada.signIn("ada", "wrong").status == 401)
        func failures(_ institution: InstitutionID) async throws -> Int64 {
            try await place.school.count(
                """
                SELECT count(*) FROM audit_events
                WHERE institution_id = \(institution) AND kind = 'sign_in.failed'
                """)
        }
        try await place.school.wait { try await failures(place.here) == 1 }
        #expect(try await failures(place.there) == 0)
    }

    @Test func `begins with nothing where it was removed and is made again`() async throws {
        let place = try await place()
        let made = try await place.make("new", "a first password", by: place.admin, in: place.here, "admin")
        let id = try #require(made.json["id"]?.int)
        #expect(
            try await place.admin.send(.delete, "/api/v1/accounts/\(place.here)/users/\(id)").status == 200)
        let again = try await place.admin.send(
            .post, "/api/v1/accounts/\(place.here)/users",
            ["pseudonym": ["unique_id": .string(place.school.login("new"))]])
        #expect(again.json["id"]?.int == id)
        var client = Client(place.school)
        #expect(try await client.signIn("new", "a first password").status == 401)
        #expect(
            try await place.school.count(
                "SELECT count(*) FROM user_roles WHERE user_id = \(id) AND role <> 'student'") == 0)
    }

    @Test(arguments: ["too short", "NEW+LOGIN@school.example"])
    func `is given no password that is short or the login`(password: String) async throws {
        let place = try await place()
        let answer = try await place.admin.send(
            .post, "/api/v1/accounts/\(place.here)/users",
            ["pseudonym": ["unique_id": "new+login@school.example", "password": .string(password)]])
        #expect(answer.status == 400)
    }

    @Test(arguments: [
        "a\u{200B}da", "\u{FF41}da", "a\u{202E}da", "\u{1D41A}da", "a\u{00AD}da", "a da", "\u{2460}",
    ])
    func `is never one that looks like another`(login: String) {
        #expect(!NewUser.isLogin(login))
    }

    @Test(arguments: ["Ada.Lovelace@school.example", "zoë", "Ł.Żak", "мария", "日本", "straße"])
    func `may be of any script`(login: String) { #expect(NewUser.isLogin(login)) }

    @Test(arguments: ["Ada \u{202E}tnemele", " ", "\u{2067}x", "\u{200B}", "\u{3164}", "\u{2800}\u{115F}"])
    func `has no name that turns its surroundings or shows nothing`(name: String) {
        #expect(!NewUser.isName(name))
    }
}
