import EventLoop
import HTTPTypes
import JSON
import Postgres
import Synchronization
import Testing
import WebServer

@testable import Tenancy

struct `Turns of requests` {
    private let ada = RequestTurns.User(institution: 1, user: 7)

    @Test(arguments: [(0, 1), (1, 1), (2, 1), (3, 1), (4, 2), (5, 2), (100, 50)])
    func `leave half of a pool to others, where it has two`(size: Int, share: Int) {
        #expect(RequestTurns.share(ofPool: size) == share)
    }

    @Test func `let a few go, the next wait, and refuse what is beyond`() {
        var turns = RequestTurns(atOnce: 2, room: 3)
        let verdicts = (1...6).map { turns.ask(ada, ticket: $0) }
        #expect(verdicts == [.go, .go, .wait, .wait, .wait, .refuse])
        #expect(turns.end(ada) == 3)
        #expect(turns.ask(ada, ticket: 7) == .wait)
        #expect(turns.ask(ada, ticket: 8) == .refuse)
    }

    @Test func `come in the order of coming, also for who comes while a place is free`() {
        var turns = RequestTurns(atOnce: 1, room: 10)
        for ticket in UInt64(1)...4 { _ = turns.ask(ada, ticket: ticket) }
        #expect(turns.end(ada) == 2)
        #expect(turns.ask(ada, ticket: 5) == .wait)
        for next: UInt64? in [3, 4, 5, nil] { #expect(turns.end(ada) == next) }
        #expect(turns.ask(ada, ticket: 6) == .go)
    }

    @Test func `are each user's own`() {
        var turns = RequestTurns(atOnce: 1, room: 1)
        for ticket in UInt64(1)...3 { _ = turns.ask(ada, ticket: ticket) }
        for (number, other) in [
            RequestTurns.User(institution: 1, user: 8), RequestTurns.User(institution: 2, user: 7),
        ].enumerated() {
            #expect(turns.ask(other, ticket: UInt64(10 + number)) == .go)
        }
    }

    @Test func `pass over who has given up, once`() {
        var turns = RequestTurns(atOnce: 1, room: 10)
        for ticket in UInt64(1)...3 { _ = turns.ask(ada, ticket: ticket) }
        #expect(turns.giveUp(ada, ticket: 2) == true)
        #expect(turns.giveUp(ada, ticket: 2) == false)
        #expect(turns.end(ada) == 3)
        #expect(turns.giveUp(ada, ticket: 3) == false)
        #expect(turns.end(ada) == nil)
    }

    @Test func `forget who has nothing under way`() {
        var turns = RequestTurns(atOnce: 1, room: 10)
        for user in Int64(0)..<1000 {
            let user = RequestTurns.User(institution: 1, user: user)
            #expect(turns.ask(user, ticket: 1) == .go)
            #expect(turns.end(user) == nil)
        }
        #expect(turns.count == 0)
        #expect(turns.giveUp(ada, ticket: 1) == false)
    }
}

struct `A line of requests` {
    private let ada = RequestTurns.User(institution: 1, user: 7)

    @Test func `refuses who has waited too long, and lets the rest go on`() async throws {
        let school = try await School.open()
        let ada = ada
        try await school.onLoop { context in
            let line = RequestLine(loop: context.loop, atOnce: 1, patience: .milliseconds(20))
            #expect(await line.enter(ada))
            #expect(await !line.enter(ada))
            #expect(line.count == 0)
            line.leave(ada)
            #expect(await line.enter(ada))
            line.leave(ada)
        }
    }

    @Test func `refuses at once where it is full`() async throws {
        let school = try await School.open()
        let ada = ada
        try await school.onLoop { context in
            let line = RequestLine(loop: context.loop, atOnce: 1, room: 0, patience: .seconds(3600))
            #expect(await line.enter(ada))
            #expect(await !line.enter(ada))
        }
    }
}

struct `A user whose requests are slow` {
    /// The most that one token may have under way: 700 by 50, see ``RequestBudget/Limits``.
    private static let most = 14

    @Test func `holds up nobody else, and is answered in the end`() async throws {
        let school = try await School.open()
        let here = try await school.institution("Here", ["ada": [.admin], "bea": [.student]])
        let token = try await school.token(of: try #require(here.users["ada"]), in: here.id)
        let slow = Client(school, bearer: token)
        let other = Client(
            school, bearer: try await school.token(of: try #require(here.users["bea"]), in: here.id))
        let answered = Mutex(0)
        let change = { @Sendable (number: Int) in
            let body: JSONValue = ["account": ["name": .string("Name \(number)")]]
            let answer = try await slow.send(.put, "/api/v1/accounts/self", body)
            answered.withLock { $0 += 1 }
            return answer.status
        }
        let tasks = try await school.asOwner { pool in
            // Whoever changes the institution's first account waits for this lock.
            try await pool.transaction(tenant: here.id) { lock in
                _ = try await lock.query(
                    "SELECT 1 FROM accounts WHERE institution_id = $1 FOR UPDATE", [.int(here.id.rawValue)])
                let tasks = (0..<Self.most).map { number in Task.detached { try await change(number) } }
                let inLine = Self.most - RequestTurns.share(ofPool: school.deployment.app.value.size)
                try await school.wait {
                    try await school.onLoop { $0.service(RequestLine.self).count == inLine }
                }
                let refused = try await slow.send(.get, "/api/v1/users/self")
                #expect(refused.code == "throttled" && (refused.error?.retryAfter ?? 0) > 0)
                for _ in 0..<20 {
                    #expect(try await other.send(.get, "/api/v1/users/self").status == 200)
                }
                #expect(answered.withLock { $0 } == 0)
                return tasks
            }
        }
        for task in tasks { #expect(try await task.value == 200) }
        #expect(answered.withLock { $0 } == Self.most)
        #expect(try await slow.send(.get, "/api/v1/users/self").status == 200)
    }
}
