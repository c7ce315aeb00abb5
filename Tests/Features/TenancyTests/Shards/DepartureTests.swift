import Postgres
import Testing
import WebServer

@testable import Tenancy

/// People whose last user in a database is erased.
@Suite(.timeLimit(.minutes(5)))
struct `People who leave a shard` {
    private struct Places {
        let school: School
        let near: InstitutionID
        let far: InstitutionID
        /// In both.
        let bea: (near: User, far: User)
        /// In the far one alone.
        let col: User
    }

    private func places() async throws -> Places {
        let school = try await School.open(isSharded: true)
        let near = try await school.institution("Near", ["bea": [.student]])
        let far = try await school.institution("Far", ["bea": [.student], "col": [.student]], shard: 1)
        return Places(
            school: school, near: near.id, far: far.id,
            bea: (try #require(near.users["bea"]), try #require(far.users["bea"])),
            col: try #require(far.users["col"]))
    }

    /// Takes a user off their person, as an erasure ends.
    private func detach(_ user: User, in institution: InstitutionID, _ school: School) async throws {
        try await school.onLoop { context in
            for sql in [
                "UPDATE users SET workflow_state = 'deleted' WHERE institution_id = $1 AND id = $2",
                "SELECT privacy_detach_person($2) WHERE $1::bigint IS NOT NULL",
            ] {
                try await context.pool.query(
                    Statement(sql), [.int(institution.rawValue), .int(user.id)], tenant: institution)
            }
        }
    }

    /// How many rows home and the shard have of a person, and how often home names the shard for them.
    private func traces(of person: Int64, _ school: School) async throws -> [Int64] {
        let people = "SELECT count(*) FROM people WHERE id = \(person)"
        return [
            try await school.count(people, shard: 0), try await school.count(people, shard: 1),
            try await school.count("SELECT count(*) FROM person_shards WHERE person_id = \(person)"),
        ]
    }

    private func settle(_ school: School) async throws {
        try await school.withKeeper { try await $0.begin() }
    }

    @Test func `are forgotten at home, too`() async throws {
        let places = try await places()
        let (school, col) = (places.school, places.col)
        #expect(try await traces(of: col.person, school) == [1, 1, 1])
        try await detach(col, in: places.far, school)
        #expect(try await traces(of: col.person, school) == [1, 0, 1])
        // A node that dies here leaves it to the next look.
        try await settle(school)
        #expect(try await traces(of: col.person, school) == [0, 0, 0])
        #expect(try await school.count("SELECT count(*) FROM people_left WHERE is_due", shard: 1) == 0)
        // Everybody else stays.
        #expect(try await traces(of: places.bea.far.person, school) == [1, 1, 1])
        try await settle(school)
    }

    @Test(arguments: [true, false])
    func `stay as long as they are anywhere`(isHomeFirst: Bool) async throws {
        let places = try await places()
        let (school, bea) = (places.school, places.bea)
        let steps = [(bea.near, places.near), (bea.far, places.far)]
        let (first, last) = isHomeFirst ? (steps[0], steps[1]) : (steps[1], steps[0])
        try await detach(first.0, in: first.1, school)
        try await settle(school)
        #expect(try await traces(of: bea.near.person, school) == (isHomeFirst ? [1, 1, 1] : [1, 0, 0]))
        let doubts = "SELECT count(*) FROM person_shards WHERE is_in_doubt"
        #expect(try await school.count(doubts) == 0)
        try await detach(last.0, in: last.1, school)
        try await settle(school)
        #expect(try await traces(of: bea.near.person, school) == [0, 0, 0])
    }

    @Test func `are not met by a user who was on the way`() async throws {
        let places = try await places()
        let (school, col, far) = (places.school, places.col, places.far)
        let login = school.login("col")
        try await detach(col, in: far, school)
        // Home has committed a claim; the shard hears of it after the person has left.
        let claim = try await school.onLoop { context in
            try await context.pool.query(
                ShardQueries.claim, [.textArray([login]), .int(1)], tenant: nil)[0].int(2)
        }
        try await settle(school)
        #expect(try await traces(of: col.person, school) == [0, 0, 0])
        try await school.onLoop { context in
            let refused = try await context.pool.query(
                ShardQueries.mirror,
                [.intArray([col.person]), .textArray([login]), .intArray([claim])], tenant: far)
            #expect(refused.count == 1)
        }
        #expect(try await traces(of: col.person, school) == [0, 0, 0])
        // Whoever claims anew gets another person.
        let again = try await school.onLoop { context in
            try await Directory(pool: context.pool).createUser(
                NewUser(login: login, name: "Col", roles: [.student], passwordHash: nil), in: far)
        }
        #expect(again.person != col.person)
        #expect(try await traces(of: again.person, school) == [1, 1, 1])
    }

    @Test func `come back with a newer claim, which home does not forget`() async throws {
        let places = try await places()
        let (school, col, far) = (places.school, places.col, places.far)
        let login = school.login("col")
        try await detach(col, in: far, school)
        try await school.onLoop { context in
            let pool = context.pool
            let member = try #require(pool.members.last)
            let old = try await pool.query(
                ShardQueries.claimsInDoubt, [.int(1), .intArray([col.person])], tenant: nil)[0].int(1)
            let closed = try await member.query(
                ShardQueries.closeDeparture, [.int(col.person), .int(old)], tenant: nil)
            #expect(try closed[0].bool(0))
            // Between the two steps somebody makes the user again.
            let user = try await Directory(pool: pool).createUser(
                NewUser(login: login, name: "Col", roles: [.student], passwordHash: nil), in: far)
            #expect(user.person == col.person)
            try await pool.query(
                ShardQueries.settleDeparture, [.int(col.person), .int(1), .int(old), .bool(true)], tenant: nil
            )
        }
        #expect(try await traces(of: col.person, school) == [1, 1, 1])
        try await settle(school)
        #expect(try await traces(of: col.person, school) == [1, 1, 1])
    }

    @Test func `leave no home, and are not settled twice`() async throws {
        let places = try await places()
        try await places.school.onLoop { context in
            await #expect(throws: PostgresError.self) {
                try await context.pool.home.query(
                    ShardQueries.closeDeparture, [.int(1), .int(1)], tenant: nil)
            }
            try await context.pool.query(
                ShardQueries.settleDeparture, [.int(places.bea.far.person), .int(1), .int(0), .bool(true)],
                tenant: nil)
        }
        #expect(try await traces(of: places.bea.far.person, places.school) == [1, 1, 1])
    }
}
