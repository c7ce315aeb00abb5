import HTTPTypes
import JSON
import Postgres
import Testing
import WebServer

@testable import Tenancy

struct `Parents and children` {
    private struct Place {
        let school: School
        let here: InstitutionID
        let admin: Client
        let child: Client
        let parent: Client
        let ids: [String: Int64]

        var childID: Int64 { ids["bea"] ?? 0 }
        var parentID: Int64 { ids["cy"] ?? 0 }
        var codes: String { "/api/v1/users/\(childID)/observer_pairing_codes" }
        var observees: String { "/api/v1/users/\(parentID)/observees" }
    }

    private func place() async throws -> Place {
        let school = try await School.open()
        let here = try await school.institution(
            "Here", ["ada": [.admin], "bea": [.student], "cy": [.parent], "dot": [.student]])
        func client(_ name: String) async throws -> Client {
            Client(school, bearer: try await school.token(of: try #require(here.users[name]), in: here.id))
        }
        return Place(
            school: school, here: here.id, admin: try await client("ada"), child: try await client("bea"),
            parent: try await client("cy"), ids: here.users.mapValues(\.id))
    }

    @Test func `are linked by a code, which works once`() async throws {
        let place = try await place()
        let made = try await place.child.send(.post, place.codes)
        #expect(made.status == 200)
        let code = try #require(made.json["code"]?.string)
        #expect(made.json["user_id"]?.int == Int(place.childID))
        #expect(made.json["workflow_state"]?.string == "active")
        #expect(made.json["expires_at"]?.string != nil)
        // As it is read aloud.
        let typed = "\(code.prefix(3))-\(code.suffix(3)) ".lowercased()
        let linked = try await place.parent.send(.post, place.observees, ["pairing_code": .string(typed)])
        #expect(linked.status == 200)
        #expect(linked.json["id"]?.int == Int(place.childID))
        #expect(linked.json["name"]?.string == "User bea")
        let again = try await place.parent.send(.post, place.observees, ["pairing_code": .string(code)])
        #expect(again.status == 400)
        #expect(again.code == "invalid_code")
        #expect(try await place.parent.send(.get, place.observees).json.array?.count == 1)
        #expect(
            try await place.parent.send(.get, "\(place.observees)/\(place.childID)").json["id"]?.int
                == Int(place.childID))
        let observers = "/api/v1/users/\(place.childID)/observers"
        #expect(
            try await place.child.send(.get, observers).json.array?.first?["id"]?.int == Int(place.parentID))
        #expect(
            try await place.child.send(.get, "\(observers)/\(place.parentID)").json["name"]?.string
                == "User cy")
        #expect(try await place.child.send(.get, "\(observers)/\(place.ids["dot"] ?? 0)").status == 404)
    }

    @Test func `need a code that is theirs, young and right`() async throws {
        let place = try await place()
        let code = try #require(try await place.child.send(.post, place.codes).json["code"]?.string)
        // Nobody is their own parent, and the code is not used up by trying.
        let own = try await place.child.send(
            .post, "/api/v1/users/self/observees", ["pairing_code": .string(code)])
        #expect(own.code == "invalid_code")
        try await place.school.superuser(
            "UPDATE pairing_codes SET expires_at = now() WHERE institution_id = \(place.here)")
        for typed in [code, "AAAAAA", "", "AAAAA", "AAAAAAA", "ILO010"] {
            let answer = try await place.parent.send(.post, place.observees, ["pairing_code": .string(typed)])
            #expect(answer.status == (typed == "ILO010" ? 429 : 400), "\(typed)")
        }
        // A code of another institution's is none.
        let other = try await self.place()
        let foreign = try #require(try await other.child.send(.post, other.codes).json["code"]?.string)
        let third = try await self.place()
        #expect(
            try await third.parent.send(.post, third.observees, ["pairing_code": .string(foreign)]).code
                == "invalid_code")
    }

    @Test func `guess a few times only, and others are not slowed down`() async throws {
        let place = try await place()
        for _ in 0..<5 {
            #expect(
                try await place.parent.send(.post, place.observees, ["pairing_code": "ABCDEF"]).code
                    == "invalid_code")
        }
        let refused = try await place.parent.send(.post, place.observees, ["pairing_code": "ABCDEF"])
        #expect(refused.status == 429)
        #expect((1...601).contains(refused.error?.retryAfter ?? 0))
        let code = try #require(try await place.child.send(.post, place.codes).json["code"]?.string)
        let linked = try await place.admin.send(.post, place.observees, ["pairing_code": .string(code)])
        #expect(linked.status == 200)
    }

    @Test func `keep no code in clear, and ten at most`() async throws {
        let place = try await place()
        for _ in 0..<12 { _ = try await place.child.send(.post, place.codes) }
        let kept = try await place.school.count(
            "SELECT count(*) FROM pairing_codes WHERE institution_id = \(place.here)")
        #expect(kept == 10)
        let key: HTTPFields = [.idempotencyKey: "one"]
        let first = try await place.child.send(.post, place.codes, headers: key)
        let again = try await place.child.send(.post, place.codes, headers: key)
        #expect(first.json["code"]?.string != nil)
        #expect(again.json["code"] == nil)
        #expect(again.json["expires_at"] == first.json["expires_at"])
    }

    @Test func `are linked by the child's password`() async throws {
        let place = try await place()
        func link(_ login: String, _ password: String) async throws -> Answer {
            try await place.admin.send(
                .post, place.observees,
                [
                    "observee": [
                        "unique_id": .string(place.school.login(login)), "password": .string(password),
                    ]
                ])
        }
        #expect(try await link("bea", "wrong").code == "invalid_credentials")
        #expect(try await link("bea", "correct horse").json["id"]?.int == Int(place.childID))
        #expect(try await link("cy", "correct horse").status == 400)
        let there = try await place.school.institution("There", ["eve": [.student]])
        #expect(there.users.count == 1)
        #expect(try await link("eve", "correct horse").status == 401)
        #expect(try await place.admin.send(.post, place.observees, [:]).status == 400)
    }

    @Test func `are linked and parted by admins, and what the link opened is closed`() async throws {
        let place = try await place()
        let one = "\(place.observees)/\(place.childID)"
        #expect(try await place.parent.send(.put, one).status == 403)
        #expect(try await place.admin.send(.put, one).json["id"]?.int == Int(place.childID))
        #expect(try await place.admin.send(.put, one).status == 200)
        #expect(
            try await place.admin.send(.put, "\(place.observees)/\(place.parentID)").status == 400)
        let here = place.here
        let mark = try await place.school.onLoop {
            try await Revocation(pool: $0.pool).changes(since: nil, in: [here]).mark
        }
        let revoked = Revoked()
        place.school.services.onRevocation { _, user in revoked.note(user) }
        #expect(try await place.admin.send(.delete, one).json["id"]?.int == Int(place.childID))
        #expect(revoked.users == [place.parentID])
        let changed = try await place.school.onLoop {
            try await Revocation(pool: $0.pool).changes(since: mark, in: [here]).users
        }
        #expect(changed == [here: [place.parentID]])
        #expect(try await place.admin.send(.delete, one).status == 404)
        let events = try await place.admin.send(.get, "/api/v1/audit/events?user_id=\(place.childID)").json
        let kinds = (events["events"]?.array ?? []).compactMap { $0["kind"]?.string }
        #expect(kinds.filter { $0.hasPrefix("parent.") } == ["parent.unlinked", "parent.linked"])
        #expect(events["events"]?.array?.first?["actor_id"]?.int == Int(place.ids["ada"] ?? 0))
    }

    @Test func `are nobody else's`() async throws {
        let place = try await place()
        var dot = Client(place.school)
        _ = try await dot.signIn("dot")
        for (method, path) in [
            (HTTPRequest.Method.post, place.codes), (.get, place.observees), (.post, place.observees),
            (.get, "\(place.observees)/\(place.childID)"), (.delete, "\(place.observees)/\(place.childID)"),
            (.get, "/api/v1/users/\(place.childID)/observers"),
        ] {
            #expect(try await dot.send(method, path).status == 403, "\(method) \(path)")
        }
    }
}

struct `A pairing code` {
    @Test func `has six characters that nobody takes for one another`() {
        for _ in 0..<1000 {
            let text = PairingCode.random().text
            #expect(text.utf8.count == 6)
            #expect(!text.contains { "01OIL".contains($0) })
            #expect(PairingCode(text)?.text == text)
        }
        #expect(Set((0..<1000).map { _ in PairingCode.random().text }).count > 990)
    }

    @Test func `is bound to its institution and the deployment's key`() throws {
        let code = try #require(PairingCode("ABCDEF"))
        let (first, second) = (PairingCode.Key(secret: [1]), PairingCode.Key(secret: [2]))
        let here = InstitutionID(rawValue: 1)
        #expect(code.hash(first, in: here) == code.hash(first, in: here))
        #expect(code.hash(first, in: here) != code.hash(second, in: here))
        #expect(code.hash(first, in: here) != code.hash(first, in: InstitutionID(rawValue: 2)))
    }
}
