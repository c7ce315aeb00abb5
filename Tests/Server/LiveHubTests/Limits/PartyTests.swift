import Dispatch
@testable import LiveHub
import LiveProtocol
import Testing

private let second: Int64 = 1_000_000_000

struct `Party at its limits` {
    private func party(_ set: (inout PartyLimits) -> Void) -> Party {
        var limits = PartyLimits()
        set(&limits)
        return Party(PartyLevel("user", limits))
    }

    @Test func `counts connections up to the limit and again when one has gone`() {
        let party = party { $0.connections = 2 }
        #expect(party.join(at: 0) == nil)
        #expect(party.join(at: 0) == nil)
        #expect(party.join(at: 0)?.name == "user.connections")
        #expect(party.connections == 2)
        #expect(party.join(at: 0, hasPriority: true) == nil)
        party.leave()
        party.leave()
        #expect(party.join(at: 0) == nil)
    }

    @Test func `limits how many come in a time, and counts none that was turned away`() {
        let party = party { $0.joins = Rate(1, burst: 5) }
        for _ in 0..<4 { #expect(party.join(at: second) == nil) }
        #expect(party.join(at: second)?.name == "user.joins")
        #expect(party.connections == 4)
        #expect(party.join(at: 2 * second) == nil)
    }

    @Test func `counts subscriptions`() {
        let party = party { $0.subscriptions = 2 }
        #expect(party.subscribe() == nil)
        #expect(party.subscribe() == nil)
        #expect(party.subscribe()?.name == "user.subscriptions")
        party.unsubscribe()
        #expect(party.subscribe() == nil)
        party.noteSubscription()
        #expect(party.subscriptions == 3)
    }

    @Test(arguments: [PartyLevel.Item.calls, .signals, .publications, .reads, .bytes])
    func `keeps each kind apart`(item: PartyLevel.Item) {
        let party = party {
            let rate = Rate(1, burst: 4)
            ($0.calls, $0.signals, $0.publications, $0.reads, $0.bytes) = (rate, rate, rate, rate, rate)
        }
        for _ in 0..<4 { #expect(party.take(item, at: second, hasPriority: true) == nil) }
        #expect(party.take(item, at: second, hasPriority: true)?.name == "user.\(item)")
        for other in [PartyLevel.Item.calls, .signals, .publications, .reads, .bytes] where other != item {
            #expect(party.take(other, at: second, hasPriority: true) == nil)
        }
    }

    @Test func `has no limit where none is set`() {
        let party = party { _ in }
        for _ in 0..<100_000 {
            _ = party.join(at: 0)
            #expect(party.take(.bytes, 1 << 30, at: 0, hasPriority: false) == nil)
        }
        #expect(party.connections == 100_000)
    }

    @Test func `never grants more than the limit to many who ask at once`() {
        let party = party {
            $0.connections = 1000
            $0.calls = Rate(1, burst: 1000)
        }
        let granted = Party(PartyLevel("tally", PartyLimits()))
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            for _ in 0..<1000 {
                if party.join(at: second) == nil { granted.noteSubscription() }
                if party.take(.calls, at: second, hasPriority: true) == nil { _ = granted.join(at: 0) }
            }
        }
        #expect(granted.subscriptions == 1000)
        #expect(granted.connections == 1000)
    }

    // MARK: What holds where nothing is set

    @Test func `lets a lecture of 10,000 come in one second, with all that each of them asks for`() {
        let group = Party(PartyLevel("class", .group))
        let institution = Party(PartyLevel("institution", .institution))
        for member in 0..<10_000 {
            let now = second + Int64(member) * second / 10_000
            #expect(institution.join(at: now) == nil)
            #expect(group.join(at: now) == nil)
            for _ in 0..<5 { #expect(institution.subscribe() == nil) }
            // class.me, and what was written while there was no connection.
            for party in [group, institution] {
                for _ in 0..<3 { #expect(party.take(.calls, at: now, hasPriority: false) == nil) }
                for _ in 0..<2 { #expect(party.take(.reads, at: now, hasPriority: false) == nil) }
                #expect(party.take(.bytes, 4096, at: now, hasPriority: false) == nil)
            }
        }
    }

    @Test func `lets the same lecture come back at once after a node has gone`() {
        let institution = Party(PartyLevel("institution", .institution))
        let group = Party(PartyLevel("class", .group))
        for _ in 0..<2 {
            for _ in 0..<10_000 {
                #expect(institution.join(at: second) == nil && group.join(at: second) == nil)
            }
            for _ in 0..<10_000 {
                institution.leave()
                group.leave()
            }
        }
    }

    @Test func `gives one class no more than a fifth of its institution's messages`() {
        let (group, institution) = (PartyLimits.group, PartyLimits.institution)
        for (part, whole) in [
            (group.calls, institution.calls), (group.signals, institution.signals),
            (group.reads, institution.reads),
            (group.bytes, institution.bytes),
        ] {
            #expect((part?.perSecond ?? .max) * 5 <= whole?.perSecond ?? 0)
            #expect((part?.burst ?? .max) * 5 <= whole?.burst ?? 0)
        }
    }

    @Test func `names every limit once, and says what is told beyond it`() {
        let levels = [("user", PartyLimits.user), ("class", .group), ("institution", .institution)]
        let all = LiveLimit.own + levels.flatMap { PartyLevel($0.0, $0.1).all }
        #expect(Set(all.map(\.name)).count == all.count)
        for limit in all {
            #expect(limit.error.message.hasSuffix(": \(limit.name)"))
            #expect(limit.error.isTemporary == (limit.nature != .own))
        }
    }
}
