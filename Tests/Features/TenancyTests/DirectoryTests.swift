import HTTPTypes
import JSON
import Postgres
import Testing
import WebServer

@testable import Tenancy

struct `Directory of users` {
    @Test func `makes people once and users in each institution`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["Ada": [.instructor, .admin]])
        let there = try await school.institution("There", ["aDA": [.student]])
        let first = try #require(here.users["Ada"])
        let second = try #require(there.users["aDA"])
        #expect(first.person == second.person)
        #expect(first.id != second.id)
        let found = try await school.onLoop { try await Membership.all(of: first.person, $0.pool) }
        #expect(found.map(\.institution.name) == ["Here", "There"])
        #expect(found.map(\.roles) == [[.instructor, .admin], [.student]])
        #expect(Set(found.map(\.login)) == [school.login("Ada")])
    }

    @Test func `gives a password that is good in its institution alone`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.student]])
        let other = PasswordHash.make("something else", cost: .forTests)?.text
        let there = try await school.onLoop { context in
            let directory = Directory(pool: context.pool)
            let there = try await directory.createInstitution(name: "There")
            _ = try await directory.createUser(
                NewUser(login: school.login("ADA"), name: "Ada", roles: [.student], passwordHash: other),
                in: there.id)
            return there.id
        }
        for (password, place) in [("correct horse", here.id), ("something else", there)] {
            var client = Client(school)
            let answer = try await client.signIn("ada", password)
            #expect(answer.status == 201)
            #expect(answer.json["institution"]?["id"]?.int == Int(place.rawValue))
            #expect(answer.json["institutions"]?.array?.count == 1)
        }
    }

    @Test func `refuses a second user of one login, and makes none of its list`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.student]])
        await #expect(throws: DirectoryError.loginTaken(school.login("ADA"))) {
            try await school.onLoop { context in
                try await Directory(pool: context.pool).createUser(
                    NewUser(login: school.login("ADA"), name: "Ada", roles: [], passwordHash: nil),
                    in: here.id)
            }
        }
        await #expect(throws: DirectoryError.self) {
            try await school.onLoop { context in
                try await Directory(pool: context.pool).createUsers(
                    ["new", "ada"].map {
                        NewUser(login: school.login($0), name: $0, roles: [.student], passwordHash: nil)
                    },
                    in: here.id)
            }
        }
        #expect(
            try await school.onLoop {
                try await Directory(pool: $0.pool).user(login: school.login("new"), in: here.id)
            } == nil)
    }

    @Test func `refuses an institution that does not exist`() async throws {
        let school = try await School.open()
        await #expect(throws: DirectoryError.unknownInstitution) {
            try await school.onLoop { context in
                try await Directory(pool: context.pool).createUser(
                    NewUser(login: school.login("ada"), name: "Ada", roles: [], passwordHash: nil),
                    in: TenantID(rawValue: 999_999))
            }
        }
    }

    @Test func `makes a thousand users at once, in their order`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", [:])
        let hash = try #require(PasswordHash.make("shared", cost: .forTests)?.text)
        let new = (1...1000).map {
            NewUser(
                login: school.login("s\($0)"), name: "Student \($0)", roles: [.student], passwordHash: hash)
        }
        let made = try await school.onLoop { context in
            try await Directory(pool: context.pool).createUsers(new, in: here.id)
        }
        #expect(made.map(\.name) == new.map(\.name))
        #expect(Set(made.map(\.id)).count == 1000)
        #expect(made[998].sortableName == "999, Student")
        let tokens = try await school.onLoop { context in
            try await Directory(pool: context.pool).createTokens(
                for: made.map(\.id), purpose: "seed", in: here.id)
        }
        #expect(Set(tokens).count == 1000)
        let own = try await Client(school, bearer: tokens[41]).send(.get, "/api/v1/users/self")
        #expect(own.json["id"]?.int == Int(made[41].id))
    }

    @Test func `knows names in its own institution only`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.student]])
        let there = try await school.institution("There", ["bea": [.student]])
        let (ada, bea) = (try #require(here.users["ada"]), try #require(there.users["bea"]))
        let names = try await school.onLoop { context in
            try await Directory(pool: context.pool).names(of: [ada.id, bea.id, 999_999], in: here.id)
        }
        #expect(names == [ada.id: "User ada"])
        let users = try await school.onLoop { context in
            try await Directory(pool: context.pool).users([ada.id, bea.id], in: here.id)
        }
        #expect(users == [ada])
    }

    @Test func `links parents and children of one institution`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.student], "bea": [.parent]])
        let there = try await school.institution("There", ["cyd": [.student]])
        let (ada, bea) = (try #require(here.users["ada"]), try #require(here.users["bea"]))
        let cyd = try #require(there.users["cyd"])
        await #expect(throws: DirectoryError.unknownUser) {
            try await school.onLoop { context in
                try await Directory(pool: context.pool).link(parent: bea.id, to: cyd.id, in: here.id)
            }
        }
        try await school.onLoop { context in
            let directory = Directory(pool: context.pool)
            for _ in 0..<2 { try await directory.link(parent: bea.id, to: ada.id, in: here.id) }
            #expect(try await directory.children(of: bea.id, in: here.id) == [ada.id])
            #expect(try await directory.parents(of: ada.id, in: here.id) == [bea.id])
            #expect(try await directory.children(of: bea.id, in: there.id) == [])
        }
        let token = try await school.token(of: bea, in: here.id)
        let client = Client(school, bearer: token)
        let seen = try await client.send(.get, "/api/v1/users/self/observees")
        #expect(
            seen.json == [
                [
                    "id": .int(ada.id), "name": "User ada", "sortable_name": "ada, User",
                    "short_name": "User ada",
                ]
            ])
        try await school.onLoop { context in
            let directory = Directory(pool: context.pool)
            try await directory.unlink(parent: bea.id, from: ada.id, in: here.id)
            #expect(try await directory.children(of: bea.id, in: here.id) == [])
        }
    }

    @Test(arguments: [
        NewUser(login: "", name: "Ada", roles: [], passwordHash: nil),
        NewUser(login: "a b", name: "Ada", roles: [], passwordHash: nil),
        NewUser(login: "ada", name: "", roles: [], passwordHash: nil),
        NewUser(login: "ada", name: "A\u{0}", roles: [], passwordHash: nil),
        NewUser(login: "ada", name: "Ada", roles: [], passwordHash: "a plain password"),
    ])
    func `refuses what cannot be stored`(new: NewUser) async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", [:])
        let error = await #expect(throws: DirectoryError.self) {
            try await school.onLoop { try await Directory(pool: $0.pool).createUser(new, in: here.id) }
        }
        guard case .invalid = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
