import EventLoop
import HTTPTypes
import JSON
import Postgres
import Testing
import WebServer

@testable import Tenancy

/// Two institutions in two databases, and people who are in both.
@Suite(.timeLimit(.minutes(5)))
struct `Institutions of two databases` {
    private struct Places {
        let school: School
        let near: (id: InstitutionID, users: [String: User])
        let far: (id: InstitutionID, users: [String: User])
    }

    /// Ada administers the far one; Bea is in both, Col in the far one alone.
    private func places(_ letters: PasswordLetters? = nil) async throws -> Places {
        let school = try await School.open(letters: letters, isSharded: true)
        let near = try await school.institution("Near", ["dan": [.admin], "bea": [.student]])
        let far = try await school.institution(
            "Far", ["ada": [.admin], "bea": [.instructor], "col": [.student]], shard: 1)
        return Places(school: school, near: near, far: far)
    }

    @Test func `have their rows each in its own, under ids that are given once`() async throws {
        let places = try await places()
        let school = places.school
        #expect(ShardMap.shard(ofID: places.near.id.rawValue) == 0)
        #expect(ShardMap.ids(of: 1).contains(places.far.id.rawValue))
        for table in ["users", "accounts", "user_roles"] {
            let far = "SELECT count(*) FROM \(table) WHERE institution_id = \(places.far.id)"
            #expect(try await school.count(far, shard: 0) == 0, "\(table)")
            #expect(try await school.count(far, shard: 1) > 0, "\(table)")
            let near = "SELECT count(*) FROM \(table) WHERE institution_id = \(places.near.id)"
            #expect(try await school.count(near, shard: 0) > 0, "\(table)")
            #expect(try await school.count(near, shard: 1) == 0, "\(table)")
        }
        #expect(
            try await school.count(
                "SELECT shard::bigint FROM institution_shards WHERE institution_id = \(places.far.id)") == 1)
        #expect(try await school.count("SELECT count(*) FROM institutions WHERE id = \(places.far.id)") == 0)
        for user in places.far.users.values { #expect(ShardMap.shard(ofID: user.id) == 1) }
        // One person, made at home, with a user in each.
        #expect(places.far.users["bea"]?.person == places.near.users["bea"]?.person)
        for user in places.far.users.values { #expect(ShardMap.shard(ofID: user.person) == 0) }
        // Passwords are the institutions', where they live; no shard's people have one.
        #expect(
            try await school.count("SELECT count(*) FROM people WHERE password_hash IS NOT NULL", shard: 1)
                == 0)
    }

    @Test func `are chosen between at sign-in, and switched between`() async throws {
        let places = try await places()
        var browser = Client(places.school)
        let choice = try await browser.signIn("bea")
        #expect(
            choice.json["choices"]?.array?.compactMap { $0["institution"]?["name"]?.string } == [
                "Far", "Near",
            ])
        let opened = try await browser.send(
            .post, "/api/v1/session",
            [
                "ticket": .string(try #require(choice.json["ticket"]?.string)),
                "institution": .int(Int(places.far.id.rawValue)),
            ])
        #expect(opened.status == 201)
        browser.keep(opened)
        let session = try await browser.send(.get, "/api/v1/session")
        #expect(session.json["institution"]?["id"]?.int == Int(places.far.id.rawValue))
        #expect(session.json["institutions"]?.array?.count == 2)
        #expect(session.json["roles"] == ["instructor"])
        let there = browser.cookie

        let switched = try await browser.send(
            .put, "/api/v1/session", ["institution": .int(Int(places.near.id.rawValue))])
        #expect(switched.status == 200)
        browser.keep(switched)
        let now = try await browser.send(.get, "/api/v1/session")
        #expect(now.json["user"]?["id"]?.int == Int(try #require(places.near.users["bea"]?.id)))
        #expect(now.json["roles"] == ["student"])
        // The session before has ended, in the other database.
        browser.cookie = there
        #expect(try await browser.send(.get, "/api/v1/session").status == 401)
    }

    @Test func `are asked nothing of each other by tokens`() async throws {
        let places = try await places()
        let school = places.school
        let ada = try #require(places.far.users["ada"])
        let admin = Client(school, bearer: try await school.token(of: ada, in: places.far.id))
        let col = try #require(places.far.users["col"])
        #expect(try await admin.send(.get, "/api/v1/users/\(col.id)").status == 200)
        #expect(try await admin.send(.get, "/api/v1/accounts/\(places.far.id)").status == 200)
        #expect(try await admin.send(.get, "/api/v1/accounts/\(places.near.id)").status == 404)
        let dan = try #require(places.near.users["dan"])
        #expect(try await admin.send(.get, "/api/v1/users/\(dan.id)").status == 404)
        let near = Client(school, bearer: try await school.token(of: dan, in: places.near.id))
        #expect(try await near.send(.get, "/api/v1/users/\(ada.id)").status == 404)
    }

    @Test func `get users by REST, whose people may be known at home`() async throws {
        let places = try await places()
        let school = places.school
        let ada = try #require(places.far.users["ada"])
        let admin = Client(school, bearer: try await school.token(of: ada, in: places.far.id))
        func make(_ login: String) async throws -> Answer {
            try await admin.send(
                .post, "/api/v1/accounts/\(places.far.id)/users",
                ["pseudonym": ["unique_id": .string(school.login(login)), "password": "battery staple"]])
        }
        let fresh = try await make("eve")
        #expect(fresh.status == 200, "\(fresh.error as Any)")
        var browser = Client(school)
        #expect(try await browser.signIn("eve", "battery staple").json["user"]?["id"] == fresh.json["id"])
        // Dan keeps the password that he has where he has it: the new one is good in the far one alone.
        #expect(try await make("DAN").status == 200)
        let far = try await browser.signIn("dan", "battery staple")
        #expect(far.json["institution"]?["id"]?.int == Int(places.far.id.rawValue))
        #expect(far.json["institutions"]?.array?.count == 1)
        let here = try await browser.signIn("dan")
        #expect(here.json["institution"]?["id"]?.int == Int(places.near.id.rawValue))
        #expect(try await make("eve").status == 400)
    }

    @Test func `make people at home alone`() async throws {
        let places = try await places()
        let school = places.school
        let (near, far) = (places.near.id, places.far.id)
        try await school.onLoop { context in
            // Within the shard nobody makes people; at home nobody notes other people than home's.
            await #expect(throws: PostgresError.self) {
                try await context.pool.query(
                    DirectoryQueries.createPeople, [.textArray(["x"])], tenant: far)
            }
            await #expect(throws: PostgresError.self) {
                try await context.pool.query(
                    ShardQueries.mirror, [.intArray([1]), .textArray(["x"]), .intArray([1])], tenant: near)
            }
            // The routing table is written by operators, outside of any institution, and once.
            for tenant in [near, nil] {
                await #expect(throws: PostgresError.self) {
                    try await context.pool.query(
                        ShardQueries.place, [.int(near.rawValue), .int(1)], tenant: tenant)
                }
            }
            await #expect(throws: PostgresError.self) {
                try await context.pool.query(ShardQueries.place, [.int(far.rawValue), .int(2)], tenant: nil)
            }
        }
    }

    @Test func `survive a crash between home and the shard: the next try finds the person`() async throws {
        let places = try await places()
        let school = places.school
        let (far, login) = (places.far.id, school.login("fay"))
        let hash = PasswordHash.make("second try", cost: .forTests)?.text
        // Home has committed; the shard has not.
        struct Crash: Error {}
        await #expect(throws: Crash.self) {
            try await school.onLoop { context in
                try await context.pool.transaction(tenant: far) { transaction in
                    _ = try await People.make([login], transaction)
                    throw Crash()
                }
            }
        }
        let known = "SELECT count(*) FROM people WHERE login = '\(login)'"
        #expect(try await school.count(known, shard: 0) == 1)
        #expect(try await school.count(known, shard: 1) == 0)
        var browser = Client(school)
        // Nobody's user: there is no password yet.
        #expect(try await browser.signIn("fay", "second try").status == 401)
        let user = try await school.onLoop { context in
            try await Directory(pool: context.pool).createUser(
                NewUser(login: login, name: "Fay", roles: [.student], passwordHash: hash), in: far)
        }
        #expect(ShardMap.shard(ofID: user.id) == 1)
        #expect(try await browser.signIn("fay", "second try").status == 201)
    }

    @Test func `have host names that are given once`() async throws {
        let places = try await places()
        let (near, far) = (places.near.id, places.far.id)
        let name = "h\(far.rawValue).school.example"
        try await places.school.onLoop { context in
            let directory = Directory(pool: context.pool)
            try await directory.setHost(name, of: far)
            await #expect(throws: DirectoryError.invalid(field: "host", "Another institution has this host."))
            {
                try await directory.setHost(name, of: near)
            }
            #expect(try await directory.overview().first { $0.id == far }?.host == name)
            #expect(try await InstitutionHosts().institution(of: name, context.pool) == far)
            try await directory.setHost(nil, of: far)
            try await directory.setHost(name, of: near)
            await #expect(throws: DirectoryError.invalid(field: "host", "Another institution has this host."))
            {
                try await directory.setHost(name, of: far)
            }
        }
        var browser = Client(places.school)
        browser.authority = name
        // Under the near one's name there is nothing to choose.
        #expect(try await browser.signIn("bea").json["institution"]?["id"]?.int == Int(near.rawValue))
    }

    @Test func `are listed with their shards, and suspended where they are`() async throws {
        let places = try await places()
        let school = places.school
        let (near, far) = (places.near.id, places.far.id)
        let col = try #require(places.far.users["col"])
        let client = Client(school, bearer: try await school.token(of: col, in: far))
        #expect(try await client.send(.get, "/api/v1/users/self").status == 200)
        // Another one, which no cache knows.
        let other = Client(school, bearer: try await school.token(of: col, in: far))
        try await school.onLoop { context in
            let directory = Directory(pool: context.pool)
            let all = try await directory.overview()
            #expect(all.first { $0.id == near }?.shard == 0)
            #expect(all.first { $0.id == far }?.shard == 1)
            #expect(all.first { $0.id == far }?.name == "Far")
            #expect(try await directory.institution(far)?.name == "Far")
            #expect(try await directory.institutions().contains { $0.id == far })
            try await directory.setSuspended(true, far)
            #expect(try await directory.overview().first { $0.id == far }?.state == "suspended")
        }
        #expect(try await other.send(.get, "/api/v1/users/self").status == 401)
        var browser = Client(school)
        #expect(try await browser.signIn("col").status == 401)
        #expect(try await browser.signIn("bea").status == 201)
        #expect(
            try await school.count(
                "SELECT count(*) FROM revocations WHERE institution_id = \(far) AND user_id = 0", shard: 1)
                == 1)
    }

    @Test func `have the reviewed schema, both of them`() async throws {
        let school = try await School.open(isSharded: true)
        let findings = try await school.asOwner { owner in
            var findings: [[String]] = []
            for member in owner.members { findings.append(try await SchemaReview.findings(member)) }
            return findings
        }
        #expect(findings == [[], []])
    }

    // MARK: Forgotten passwords

    @Test func `share a password, whose change ends the sessions in both`() async throws {
        let post = try await PostOffice.open()
        let places = try await places(post.letters)
        let school = places.school
        let there = try #require(places.far.users["bea"])
        let (open, here) = try await school.onLoop { context in
            let store = SessionStore(pool: context.pool)
            return (
                try await store.open(user: there.id, in: places.far.id),
                try await store.open(user: try #require(places.near.users["bea"]).id, in: places.near.id)
            )
        }
        let client = Client(school)
        let asked = try await client.send(
            .post, "/api/v1/password_resets", ["login": .string(school.login("bea"))])
        #expect(asked.status == 202)
        let link = try await post.token(1)
        let done = try await client.send(
            .put, "/api/v1/password_resets/\(link)", ["password": "another horse"])
        #expect(done.status == 204)
        for secret in [open.secret, here.secret] {
            var browser = Client(school)
            browser.cookie = secret.text
            #expect(try await browser.send(.get, "/api/v1/session").status == 401)
        }
        var browser = Client(school)
        #expect(try await browser.signIn("bea").status == 401)
        #expect(try await browser.signIn("bea", "another horse").status == 200)
        let noted = """
            SELECT count(*) FROM audit_events WHERE kind LIKE 'password_reset.%'
                AND institution_id IN (\(places.near.id), \(places.far.id))
            """
        #expect(try await school.count(noted, shard: 0) == 2)
        #expect(try await school.count(noted, shard: 1) == 2)
        // Nothing is left to do.
        let due =
            "SELECT count(*) FROM person_shards WHERE ends_for IS NOT NULL AND person_id = \(there.person)"
        #expect(try await school.count(due) == 0)
    }

    @Test func `end sessions later when a node died in between`() async throws {
        let places = try await places()
        let school = places.school
        let col = try #require(places.far.users["col"])
        let open = try await school.onLoop { context in
            let open = try await SessionStore(pool: context.pool).open(user: col.id, in: places.far.id)
            let known = try await context.pool.query(ResetQueries.person, [.int(col.person)], tenant: nil)
            // Home has committed; nobody went on to the shard.
            try await context.pool.query(
                ResetQueries.set,
                [
                    .int(col.person), .text(try known[0].textOrNil(1)), .text("changed"), .text("192.0.2.7"),
                    .text("r1"),
                ], tenant: nil)
            return open
        }
        let sessions = "SELECT count(*) FROM sessions WHERE institution_id = \(places.far.id)"
        #expect(try await school.count(sessions, shard: 1) == 1)
        // It is left alone while whoever changed it may be about to do it.
        try await school.withKeeper { try await $0.begin() }
        #expect(try await school.count(sessions, shard: 1) == 1)
        try await school.superuser(
            """
            UPDATE person_shards SET ends_for = ends_for || '{"at": "2001-01-01T00:00:00Z"}'
            WHERE person_id = \(col.person)
            """)
        try await school.withKeeper { try await $0.begin() }
        #expect(try await school.count(sessions, shard: 1) == 0)
        var browser = Client(school)
        browser.cookie = open.secret.text
        #expect(try await browser.send(.get, "/api/v1/session").status == 401)
        let noted = """
            SELECT count(*) FROM audit_events WHERE kind = 'password_reset.completed'
                AND institution_id = \(places.far.id) AND remote_address = '192.0.2.7'
            """
        #expect(try await school.count(noted, shard: 1) == 1)
        try await school.withKeeper { try await $0.begin() }
        #expect(try await school.count(noted, shard: 1) == 1)
    }

    @Test func `write to the address of the one institution that a person is in, and of no other`()
        async throws
    {
        let post = try await PostOffice.open()
        let places = try await places(post.letters)
        let school = places.school
        let (near, far) = (places.near.id, places.far.id)
        let tag = far.rawValue
        // Logins that are no addresses.
        try await school.onLoop { context in
            let directory = Directory(pool: context.pool)
            for (login, institutions) in [("gil\(tag)", [far]), ("hal\(tag)", [far, near])] {
                for place in institutions {
                    _ = try await directory.createUser(
                        NewUser(login: login, name: login, roles: [.student], passwordHash: nil), in: place)
                }
            }
        }
        try await school.inShard(
            """
            UPDATE users SET email = 'mail-' || name || '@far.example'
            WHERE institution_id = \(far) AND name IN ('gil\(tag)', 'hal\(tag)')
            """)
        let found = try await school.onLoop { context in
            let search = ResetSearch(pool: context.pool)
            var found: [String?] = []
            for name in [
                "gil\(tag)", "mail-gil\(tag)@far.example", "hal\(tag)", "mail-hal\(tag)@far.example",
            ] {
                let people = try await search.people(name)
                #expect(people.count == 1, "\(name)")
                found.append(people.first?.address)
            }
            #expect(try await search.people("nobody\(tag)").isEmpty)
            return found
        }
        #expect(found == ["mail-gil\(tag)@far.example", "mail-gil\(tag)@far.example", nil, nil])
    }
}

struct `The places of a forgotten password` {
    @Test(
        arguments: [
            ("a@b.example", [1, 2], true, ResetPlaces.Source.login),
            ("ada", [], true, .home), ("ada", [4], false, .shard(4)), ("ada", [1], true, nil),
            ("ada", [1, 2], false, nil), ("ada", [], false, nil), ("@ada", [], true, .home),
            ("ada@", [], true, .home),
        ] as [(String, [Int], Bool, ResetPlaces.Source?)])
    func `say whose word on the address counts`(
        login: String, shards: [Int], isAtHome: Bool, expected: ResetPlaces.Source?
    ) {
        #expect(ResetPlaces(login: login, shards: shards, isAtHome: isAtHome).source == expected)
    }
}
