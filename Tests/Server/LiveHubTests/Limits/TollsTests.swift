@testable import LiveHub
import Testing

private let second: Int64 = 1_000_000_000

struct `Tolls of a session` {
    private let rates = ConnectionRates(commandsPerSecond: 10, burst: 40, messageBytes: 1000)

    private func party(_ name: String, _ set: (inout PartyLimits) -> Void) -> Party {
        var limits = PartyLimits()
        set(&limits)
        return Party(PartyLevel(name, limits))
    }

    /// A session, as far as it pays.
    private struct Payer {
        var tolls = Tolls()
        var debts = Debts()
    }

    private func refused(
        _ payer: inout Payer, _ item: PartyLevel.Item?, _ count: Int, isShared: Bool = true,
        at now: Int64 = second
    ) -> [String] {
        (0..<count).compactMap { _ in
            let frame = payer.tolls.frame(1, &payer.debts, rates, at: now)
            return payer.tolls.command(item, isShared: isShared, in: frame, &payer.debts, rates, at: now)?
                .name
        }
    }

    @Test func `takes a connection's commands up to its rate, and reads up to a fifth of it`() {
        var payer = Payer()
        #expect(refused(&payer, .reads, 9) == ["connection.reads"])
        #expect(refused(&payer, .calls, 31).isEmpty)
        #expect(refused(&payer, nil, 1) == ["connection.commands"])
        #expect(refused(&payer, .calls, 11, at: 2 * second) == ["connection.commands"])
    }

    @Test func `refuses every command of a frame whose bytes are too many, and no later one`() {
        var payer = Payer()
        let most = rates.bytes.burst
        let frames = [most, 1].map { payer.tolls.frame($0, &payer.debts, rates, at: second) }
        let met = frames.map {
            payer.tolls.command(.calls, isShared: true, in: $0, &payer.debts, rates, at: second)?.name
        }
        #expect(met == [nil, "connection.bytes"])
        #expect(refused(&payer, .calls, 1, at: 2 * second).isEmpty)
    }

    @Test func `counts all connections of one user together, and nobody else's`() {
        let (one, other) = (
            party("user") { $0.calls = Rate(1, burst: 5) }, party("user") { $0.calls = Rate(1, burst: 5) }
        )
        var tabs = [Payer(), Payer(), Payer()]
        for (place, user) in [one, one, other].enumerated() {
            tabs[place].tolls.enter(user: user, institution: nil)
        }
        #expect(refused(&tabs[0], .calls, 3).isEmpty)
        #expect(refused(&tabs[1], .calls, 3) == ["user.calls"])
        #expect(refused(&tabs[2], .calls, 5).isEmpty)
    }

    @Test func `charges the class before the institution: what a class refuses costs the others nothing`() {
        let institution = party("institution") { $0.calls = Rate(1, burst: 50) }
        let classes = (0..<2).map { _ in party("class") { $0.calls = Rate(1, burst: 10) } }
        var loud = Payer()
        var calm = Payer()
        for (place, group) in classes.enumerated() {
            var payer = Payer()
            payer.tolls.enter(user: nil, institution: institution)
            #expect(payer.tolls.enter(group, hasPriority: false, at: second) == nil)
            if place == 0 { loud = payer } else { calm = payer }
        }
        #expect(refused(&loud, .calls, 30).allSatisfy { $0 == "class.calls" })
        #expect(refused(&loud, .calls, 5).count == 5)
        #expect(refused(&calm, .calls, 8).isEmpty)
    }

    @Test func `lets instructors talk when students have taken all that is theirs`() {
        let group = party("class") { $0.calls = Rate(1, burst: 50) }
        var students = (0..<10).map { _ in Payer() }
        for place in students.indices {
            #expect(students[place].tolls.enter(group, hasPriority: false, at: second) == nil)
        }
        let refusals = (0..<10).flatMap { refused(&students[$0], .calls, 20) }
        #expect(refusals.count == 160 && Set(refusals) == ["class.calls"])
        var instructor = Payer()
        #expect(instructor.tolls.enter(group, hasPriority: true, at: second) == nil)
        #expect(refused(&instructor, .calls, 10).isEmpty)
    }

    @Test func `never refuses for the class or the institution what is not shared`() {
        let group = party("class") {
            $0.calls = Rate(1, burst: 1)
            $0.bytes = Rate(1, burst: 1)
        }
        var payer = Payer()
        #expect(payer.tolls.enter(group, hasPriority: false, at: second) == nil)
        #expect(refused(&payer, .calls, 5).count == 4)
        #expect(refused(&payer, .calls, 20, isShared: false).isEmpty)
    }

    @Test func `belongs to one class at a time, and leaves it at the end`() {
        let (one, two) = (party("class") { _ in }, party("class") { _ in })
        var tolls = Tolls()
        for group in [one, one, two] { #expect(tolls.enter(group, hasPriority: false, at: second) == nil) }
        #expect(one.connections == 0 && two.connections == 1)
        tolls.end()
        tolls.end()
        #expect(two.connections == 0)
    }

    @Test func `stays in its class when another one is full`() {
        let (one, full) = (party("class") { _ in }, party("class") { $0.connections = 0 })
        var tolls = Tolls()
        _ = tolls.enter(one, hasPriority: false, at: second)
        #expect(tolls.enter(full, hasPriority: false, at: second)?.name == "class.connections")
        #expect(one.connections == 1 && full.connections == 0)
    }

    @Test func `gives back to the user what the institution refuses`() {
        let user = party("user") { $0.subscriptions = 10 }
        var tolls = Tolls()
        tolls.enter(user: user, institution: party("institution") { $0.subscriptions = 1 })
        #expect(tolls.subscribe() == nil)
        #expect(tolls.subscribe()?.name == "institution.subscriptions")
        #expect(user.subscriptions == 1)
    }

    @Test func `bears a thousand faults at once and no more`() {
        var debts = Debts()
        #expect((0..<1001).count { _ in debts.fault(rates, at: second) } == 1000)
        let isBorneLater = debts.fault(rates, at: 2 * second)
        #expect(isBorneLater)
    }

    @Test func `forgets what is paid, and nothing else`() {
        var payer = Payer()
        #expect(payer.debts.arePaid(at: 0))
        #expect(refused(&payer, .reads, 4).isEmpty)
        // Ten commands and two reads a second: four reads take longest to pay for.
        #expect(!payer.debts.arePaid(at: 3 * second - 1))
        #expect(payer.debts.arePaid(at: 3 * second))
        payer.debts = Debts()
        #expect(refused(&payer, .reads, 9, at: 3 * second) == ["connection.reads"])
    }

    @Test func `gives a user twice of what one connection may send`() {
        var settings = LiveSettings()
        #expect(settings.wholeUserLimits.calls == Rate(100, burst: 400))
        #expect(settings.wholeUserLimits.reads == Rate(20, burst: 80))
        settings.userLimits.calls = Rate(7, burst: 8)
        #expect(settings.wholeUserLimits.calls == Rate(7, burst: 8))
        settings.userLimits = PartyLimits()
        settings.boundsUserMessages = false
        #expect(settings.wholeUserLimits == PartyLimits())
    }
}
