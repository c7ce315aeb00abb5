import EventLoop
import JSON
import Postgres
import Testing

@testable import JobQueue

struct `Policy of a kind` {
    private let policy = JobPolicy(
        attempts: 4, backoff: Backoff(base: .seconds(10), limit: .seconds(60)))

    @Test(arguments: [(1, 0.0, 5), (1, 1.0, 10), (2, 1.0, 20), (3, 0.0, 20), (3, 1.0, 40)])
    func `doubles pauses, half of each left to chance`(attempt: Int, fraction: Double, seconds: Int) {
        let verdict = policy.verdict(on: JobFailure("busy", ""), attempt: attempt, fraction: fraction)
        #expect(verdict == .retry(after: .seconds(seconds)))
    }

    @Test func `ends with the last attempt, or with a permanent failure`() {
        #expect(policy.verdict(on: JobFailure("busy", ""), attempt: 4, fraction: 0) == .dead)
        let permanent = JobFailure("bad", isPermanent: true, "")
        #expect(policy.verdict(on: permanent, attempt: 1, fraction: 0) == .dead)
    }

    @Test func `keeps to a longer pause that somebody asked for, and to its own longest`() {
        let asked = JobFailure("busy", "", retryAfter: .seconds(300))
        #expect(policy.verdict(on: asked, attempt: 1, fraction: 1) == .retry(after: .seconds(300)))
        var patient = policy
        patient.attempts = 100
        let verdict = patient.verdict(on: JobFailure("busy", ""), attempt: 99, fraction: 1)
        #expect(verdict == .retry(after: .seconds(60)))
    }
}

struct `Failure of an attempt` {
    private static let table: [(any Error, ErrorClass, Bool)] = [
        (JobFailure("vendor_busy", "x"), "vendor_busy", false),
        (FieldError(field: "id", problem: .missing), .badPayload, true),
        (PostgresError.connectionLost("x"), .database, false),
        (PostgresError.timeout(.statement), .database, false),
        (PostgresError.server(.init(state: .deadlockDetected, message: "")), .database, false),
        (PostgresError.server(.init(state: .adminShutdown, message: "")), .database, false),
        (PostgresError.server(.init(state: .uniqueViolation, message: "")), .databaseRefused, true),
        (PostgresError.decoding(.init(column: "a", expected: "b", type: 1)), .databaseRefused, true),
        (CancellationError(), .unexpected, false),
    ]

    @Test(arguments: table.indices)
    func `has a class by one table`(row: Int) {
        let (error, errorClass, isPermanent) = Self.table[row]
        let failure = JobFailure(error)
        #expect(failure.errorClass == errorClass && failure.isPermanent == isPermanent)
    }

    @Test func `keeps a bounded message that Postgres can store`() {
        let failure = JobFailure("busy", "a\u{0}b" + String(repeating: "é", count: 2000))
        #expect(failure.message.unicodeScalars.count == JobFailure.messageLength)
        #expect(failure.message.hasPrefix("abé"))
    }

    @Test(arguments: ["", "Busy", "1st", "a-b", "a b", String(repeating: "a", count: 65)])
    func `has a class that is a plain word`(text: String) {
        #expect(ErrorClass(rawValue: text) == nil)
    }
}

struct `Lease clock` {
    private let start = ContinuousClock.Instant.now

    @Test func `doubts a lease that was not extended, and trusts it again afterwards`() {
        var clock = LeaseClock(claimedAt: start, lease: .seconds(30), timeLimit: .seconds(1000))
        #expect(clock.standing(at: start + .seconds(29)) == .held)
        #expect(clock.standing(at: start + .seconds(30)) == .doubtful)
        clock.extended(at: start + .seconds(20))
        #expect(clock.standing(at: start + .seconds(49)) == .held)
        // An answer that overtook another counts nothing.
        clock.extended(at: start + .seconds(10))
        #expect(clock.standing(at: start + .seconds(49)) == .held)
    }

    @Test func `ends an attempt at its time limit, however well its lease is kept`() {
        var clock = LeaseClock(claimedAt: start, lease: .seconds(30), timeLimit: .seconds(60))
        clock.extended(at: start + .seconds(59))
        #expect(clock.standing(at: start + .seconds(59)) == .held)
        #expect(clock.standing(at: start + .seconds(60)) == .overdue)
        #expect(clock.age(at: start + .seconds(60)) == .seconds(60))
    }
}

struct `Claim plan` {
    private func plan(_ kinds: [(name: String, lane: Int, cap: Int?)], slots: Int) -> ClaimPlan {
        let kinds = kinds.map { row in
            TestKind(name: row.name, policy: JobPolicy(lane: row.lane, cap: row.cap))
        }
        return ClaimPlan(JobCatalogue(kinds), slots: slots)
    }

    @Test func `asks for what is free, lanes in order, kinds of a lane in turn`() {
        var plan = plan([("a", 1, nil), ("b", 1, 3), ("c", 0, nil), ("d", 2, nil)], slots: 10)
        let first = plan.ask(running: 7)
        let second = plan.ask(running: 2)
        #expect(first?.most == 3 && second?.most == 5)
        #expect(first?.kinds.first == "c" && first?.kinds.last == "d")
        #expect(second?.kinds.first == "c" && second?.kinds.last == "d")
        #expect(first?.kinds != second?.kinds)
        let capped = first?.kinds.firstIndex(of: "b").map { (first?.rooms[$0], first?.caps[$0]) }
        #expect(capped?.0 == 3 && capped?.1 == 3)
    }

    @Test func `asks for nothing without room or kinds, and for a batch at most`() {
        var full = plan([("a", 1, nil)], slots: 4)
        #expect(full.ask(running: 4) == nil)
        #expect(full.ask(running: 5) == nil)
        var none = plan([], slots: 4)
        #expect(none.ask(running: 0) == nil)
        var large = plan([("a", 1, nil)], slots: 5000)
        #expect(large.ask(running: 0)?.most == ClaimPlan.batch)
    }

    @Test func `goes on after the institution that was served last, for each kind`() {
        var plan = plan([("a", 1, nil), ("b", 2, nil)], slots: 4)
        plan.served([("a", 3), ("a", 5), ("b", 9)])
        #expect(plan.ask(running: 0)?.cursors == [5, 9])
        plan.served([("a", 1)])
        #expect(plan.ask(running: 0)?.cursors == [1, 9])
    }

    @Test func `waits with the next claim until half is free`() {
        let plan = plan([("a", 1, nil)], slots: 8)
        #expect(plan.isWorthwhile(running: 4) && !plan.isWorthwhile(running: 5))
    }
}

struct `Pace of what may happen often` {
    private let start = ContinuousClock.Instant.now

    @Test func `does the first at once and gathers the rest`() {
        var pace = Pace(atMostEvery: .milliseconds(500))
        #expect(pace.want(at: start) == .now)
        #expect(pace.want(at: start + .milliseconds(100)) == .later(.milliseconds(400)))
        #expect(pace.want(at: start + .milliseconds(200)) == .nothing)
        pace.due(at: start + .milliseconds(500))
        #expect(pace.want(at: start + .milliseconds(600)) == .later(.milliseconds(400)))
        pace.due(at: start + .seconds(1))
        #expect(pace.want(at: start + .seconds(2)) == .now)
    }
}
