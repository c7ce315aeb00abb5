import HTTPTypes
import JSON
import Postgres
import Testing
import WebServer

@testable import Tenancy

struct `An institution's own host` {
    @Test(arguments: [
        ("School.Example", "school.example"), ("school.example:8443", "school.example"),
        ("[::1]:80", "[::1]:80"), ("", ""),
    ])
    func `is told from the port`(authority: String, name: String) {
        #expect(InstitutionHosts.name(in: authority) == name)
    }

    @Test func `lets its users in, and nobody else's`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.admin]])
        let there = try await school.institution("There", ["bea": [.admin]])
        let host = "here-\(here.id.rawValue).example"
        try await school.onLoop { context in
            try await Directory(pool: context.pool).setHost(host, of: here.id)
        }
        var ada = Client(
            school, bearer: try await school.token(of: try #require(here.users["ada"]), in: here.id))
        var bea = Client(
            school, bearer: try await school.token(of: try #require(there.users["bea"]), in: there.id))
        (ada.authority, bea.authority) = ("\(host):8080", host)
        #expect(try await ada.send(.get, "/api/v1/users/self").status == 200)
        #expect(try await bea.send(.get, "/api/v1/users/self").code == "invalid_token")
        bea.authority = "everybody.example"
        #expect(try await bea.send(.get, "/api/v1/users/self").status == 200)
    }

    @Test func `leaves nothing to choose at sign-in`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.admin]])
        let there = try await school.institution("There", ["ada": [.student], "bea": [.student]])
        let host = "here-\(here.id.rawValue).example"
        try await school.onLoop { context in
            try await Directory(pool: context.pool).setHost(host, of: here.id)
        }
        var anywhere = Client(school)
        #expect(try await anywhere.signIn("ada").json["choices"]?.array?.count == 2)
        var client = Client(school)
        client.authority = host
        let answer = try await client.signIn("ada")
        #expect(answer.status == 201)
        #expect(answer.json["institution"]?["id"]?.int == Int(here.id.rawValue))
        #expect(try await client.signIn("bea").code == "invalid_credentials")
        _ = there
    }

    @Test func `is one institution's only, and a name`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", [:])
        let there = try await school.institution("There", [:])
        try await school.onLoop { context in
            let directory = Directory(pool: context.pool)
            try await directory.setHost("Only-\(here.id.rawValue).example", of: here.id)
            for host in ["only-\(here.id.rawValue).example", "a b", "a/b", "a:80", "ü.example"] {
                await #expect(throws: DirectoryError.self) { try await directory.setHost(host, of: there.id) }
            }
            try await directory.setHost(nil, of: here.id)
            try await directory.setHost("only-\(here.id.rawValue).example", of: there.id)
            try await directory.setHost(nil, of: there.id)
        }
    }
}
