import JSON
import LiveHub
import Postgres
import Testing

@testable import Classroom

private let one = NodeID(rawValue: 1)
private let two = NodeID(rawValue: 2)

/// A node's presence whose first questions are over.
private func presence(_ node: NodeID = one, at now: Int64 = 0) -> ClusterPresence {
    var presence = ClusterPresence(node: node, isAlone: false, version: 10, at: now)
    _ = presence.tick(at: now)
    _ = presence.tick(at: now + 2_000)
    return presence
}

private func ann(since: Int64 = 0) -> PresenceMessage.Entry { .init(user: 2, name: "Ann", since: since) }
private func bo(since: Int64 = 0) -> PresenceMessage.Entry { .init(user: 3, name: "Bo", since: since) }

extension PresenceMessage {
    fileprivate static func first(_ people: [Entry], version: UInt64 = 5) -> PresenceMessage {
        .delta(version: version, from: 0, joined: people, left: [])
    }
}

struct `Presence over several nodes` {
    @Test func `counts whoever is on two nodes once`() {
        var here = presence()
        here.join(2, name: "Ann", at: 3_000)
        _ = here.take(.first([ann(), bo()]), from: two, at: 3_000)
        #expect(here.here == 2 && here.connections == 1 && here.people.hereLocally == 1)
        here.leave(2, at: 4_000)
        #expect(here.here == 2 && here.people.hereLocally == 0)
        _ = here.take(.delta(version: 6, from: 5, joined: [], left: [2]), from: two, at: 5_000)
        #expect(here.here == 1 && here.people.users == [3])
    }

    @Test func `does not say of those who return to a room just loaded that they came`() {
        // Their node died without a word, and nobody else had anybody of the class.
        var here = ClusterPresence(node: one, isAlone: false, version: 10, at: 100_000)
        here.join(2, name: "Ann", isReturning: true, at: 100_100)
        here.join(3, name: "Bo", isReturning: false, at: 100_100)
        #expect(here.change(at: 103_000).joined.map(\.id) == [3])
        here.join(4, name: "Cy", isReturning: true, at: 100_000 + Presence.grace)
        #expect(here.change(at: 120_000).joined.map(\.id) == [4])
    }

    @Test func `tells each change at the next tick, and where it stands in between`() {
        var here = presence()
        here.join(2, name: "Ann", at: 3_000)
        here.join(3, name: "Bo", at: 3_000)
        here.leave(3, at: 3_100)
        #expect(here.tick(at: 3_500) == [.first([ann(since: 3_000)], version: 11)])
        #expect(here.tick(at: 4_000) == [.stand(version: 11, people: 1)])
        here.join(2, name: "Ann", at: 4_100)
        #expect(here.tick(at: 7_500).isEmpty)
        here.join(3, name: "Bo", at: 7_600)
        #expect(
            here.tick(at: 8_000) == [
                .delta(version: 12, from: 11, joined: [bo(since: 3_000)], left: []),
                .stand(version: 12, people: 2),
            ])
        here.leave(3, at: 8_100)
        here.leave(2, at: 8_100)
        here.leave(2, at: 8_100)
        #expect(here.tick(at: 8_500) == [.gone(version: 13)])
        let farewells = stride(from: Int64(9_000), to: 60_000, by: 500).flatMap { here.tick(at: $0) }
        #expect(farewells == Array(repeating: .stand(version: 13, people: 0), count: 3))
    }

    @Test func `asks when a version is missing, and takes the whole`() {
        var here = presence()
        _ = here.take(.first([ann()]), from: two, at: 3_000)
        let gap = PresenceMessage.delta(version: 7, from: 6, joined: [bo()], left: [])
        #expect(here.take(gap, from: two, at: 4_000) == [.ask(of: [two], known: [:])])
        #expect(here.here == 1)
        #expect(here.take(.stand(version: 7, people: 2), from: two, at: 4_100).isEmpty)
        let whole = PresenceMessage.full(version: 7, page: 0, pages: 1, people: [ann(), bo()], absent: [])
        #expect(here.take(whole, from: two, at: 4_200).isEmpty)
        #expect(here.here == 2)
        #expect(here.tick(at: 6_000).isEmpty)
    }

    @Test(arguments: [
        PresenceMessage.stand(version: 9, people: 1),
        .stand(version: 5, people: 2),
        .delta(version: 9, from: 8, joined: [bo()], left: []),
        .full(version: 9, page: 1, pages: 2, people: [bo()], absent: []),
    ])
    func `asks again while no answer comes, not too often`(message: PresenceMessage) {
        var here = presence()
        _ = here.take(.first([ann()]), from: two, at: 3_000)
        #expect(here.take(message, from: two, at: 4_000) == [.ask(of: [two], known: [:])])
        #expect(here.tick(at: 5_000).isEmpty)
        #expect(here.tick(at: 5_500) == [.ask(of: [two], known: [:])])
        // Nobody is asked who is not heard any more.
        #expect(here.tick(at: 17_500).isEmpty)
    }

    @Test func `takes pages in any order, and no half`() {
        var here = presence()
        let pages = [[ann()], [bo()], [PresenceMessage.Entry(user: 4, name: "Cy", since: 0)]].enumerated().map
        {
            PresenceMessage.full(version: 8, page: $0, pages: 3, people: $1, absent: [])
        }
        for page in [pages[2], pages[0], pages[2]] { _ = here.take(page, from: two, at: 3_000) }
        #expect(here.here == 0)
        _ = here.take(pages[1], from: two, at: 3_000)
        #expect(here.people.users.sorted() == [2, 3, 4])
    }

    @Test func `takes nothing that is old`() {
        var here = presence()
        _ = here.take(.first([ann()], version: 20), from: two, at: 3_000)
        _ = here.take(.gone(version: 21), from: two, at: 3_100)
        let old: [PresenceMessage] = [
            .first([ann()], version: 20), .stand(version: 20, people: 1), .first([bo()], version: 19),
            .full(version: 20, page: 0, pages: 1, people: [ann()], absent: []),
        ]
        for message in old { #expect(here.take(message, from: two, at: 3_200).isEmpty) }
        #expect(here.here == 0)
    }

    @Test func `answers all who ask shortly after one another together, at the next tick`() {
        var here = presence()
        let question = PresenceMessage.ask(of: [], known: [:])
        #expect(here.take(question, from: two, at: 2_900).isEmpty)
        here.join(2, name: "Ann", at: 3_000)
        let whole = PresenceMessage.full(
            version: 11, page: 0, pages: 1, people: [ann(since: 3_000)], absent: [])
        #expect(
            here.take(question, from: two, at: 3_000) == [.first([ann(since: 3_000)], version: 11), whole])
        for sender in 3...100 {
            let sender = NodeID(rawValue: UInt64(sender))
            #expect(here.take(question, from: sender, at: 3_100).isEmpty)
            #expect(here.take(.ask(of: [two], known: [:]), from: sender, at: 5_000).isEmpty)
        }
        #expect(here.tick(at: 3_200).isEmpty)
        #expect(here.tick(at: 3_500) == [whole])
        #expect(here.tick(at: 4_000).isEmpty)
        #expect(here.tick(at: 6_000).isEmpty)
        // Who has it all is told only that it is so.
        #expect(here.take(.ask(of: [], known: [one: 11]), from: two, at: 6_100).isEmpty)
        #expect(here.tick(at: 6_500) == [.stand(version: 11, people: 1)])
    }

    @Test func `tells large shares in pages that are small enough`() throws {
        var here = presence()
        let name = String(repeating: "\u{2028}\"", count: 200)
        for user in 1...2_000 { here.join(Int64(user), name: name, at: 3_000) }
        let key = RoomKey(institution: .init(rawValue: .max), id: JSONFields.largestID)
        let deltas = here.tick(at: 3_500)
        let pages = here.take(.ask(of: [], known: [:]), from: two, at: 4_500)
        for messages in [deltas, pages] {
            #expect(messages.count > 10)
            var there = presence(two)
            for message in messages {
                let body = message.body(of: key)
                #expect(body.bytes.count <= PresenceMessage.longestBody)
                _ = there.take(try #require(PresenceMessage(body)), from: one, at: 5_000)
            }
            #expect(there.here == 2_000)
        }
    }

    // MARK: Ends

    @Test func `lets a dead node's people go by lease, and tells of it after the grace`() {
        var here = presence()
        _ = here.take(.first([ann(since: 2_500), bo(since: 2_500)]), from: two, at: 3_000)
        #expect(here.change(at: 3_500).joined.map(\.id) == [2, 3])
        _ = here.take(.stand(version: 5, people: 2), from: two, at: 7_000)
        _ = here.tick(at: 19_500)
        #expect(here.here == 2)
        _ = here.tick(at: 20_000)
        #expect(here.here == 0)
        // Bo comes back elsewhere in time.
        here.join(3, name: "Bo", at: 24_000)
        #expect(here.here == 1 && here.person(3)?.since == 2_500)
        #expect(here.change(at: 25_999).isEmpty)
        #expect(here.change(at: 26_000).left.map(\.id) == [2])
        #expect(here.change(at: 60_000).isEmpty)
    }

    @Test func `takes a node back whose lease had ended`() {
        var here = presence()
        _ = here.take(.first([ann(since: 2_500)]), from: two, at: 3_000)
        _ = here.change(at: 3_500)
        _ = here.tick(at: 16_000)
        #expect(here.here == 0)
        #expect(
            here.take(.stand(version: 5, people: 1), from: two, at: 17_000) == [.ask(of: [two], known: [:])])
        _ = here.take(
            .full(version: 5, page: 0, pages: 1, people: [ann(since: 2_500)], absent: []), from: two,
            at: 17_100)
        #expect(here.here == 1 && here.change(at: 60_000).isEmpty)
    }

    @Test func `keeps everybody while it hears nobody, and asks once it does`() {
        var here = presence()
        _ = here.take(.first([ann()]), from: two, at: 3_000)
        here.hold()
        for now in stride(from: Int64(3_500), to: 100_000, by: 500) { #expect(here.tick(at: now).isEmpty) }
        #expect(here.here == 1)
        here.resume(at: 100_000)
        #expect(here.tick(at: 100_000) == [.ask(of: [], known: [two: 5])])
        _ = here.tick(at: 112_500)
        #expect(here.here == 1)
        _ = here.tick(at: 113_000)
        #expect(here.here == 0)
    }

    // MARK: Moving

    @Test func `says nothing of one who moves to another node within the grace`() {
        var here = presence()
        here.join(2, name: "Ann", at: 3_000)
        #expect(here.change(at: 3_500).joined.map(\.id) == [2])
        here.leave(2, at: 4_000)
        _ = here.take(.first([ann(since: 3_000)]), from: two, at: 18_900)
        #expect(here.change(at: 60_000).isEmpty && here.person(2)?.since == 3_000)
    }

    @Test func `says nothing of one who moves to a node that has only now loaded the class`() {
        var old = presence(one)
        var new = ClusterPresence(node: two, isAlone: false, version: 1, at: 50_000)
        for (user, name) in [(Int64(2), "Ann"), (3, "Bo")] { old.join(user, name: name, at: 3_000) }
        _ = old.tick(at: 3_500)
        #expect(old.change(at: 3_500).joined.map(\.id) == [2, 3])
        old.leave(2, at: 49_000)
        let questions = new.tick(at: 50_000)
        new.join(2, name: "Ann", at: 50_000)
        new.join(4, name: "Cy", at: 50_000)
        for message in questions {
            for answer in old.take(message, from: two, at: 50_100) {
                _ = new.take(answer, from: one, at: 50_200)
            }
        }
        #expect(new.here == 3)
        #expect(new.change(at: 51_000).isEmpty)
        #expect(new.change(at: 52_000).joined.map(\.id) == [4])
        // The time at which Ann came is the same for both.
        for message in new.tick(at: 52_500) { _ = old.take(message, from: two, at: 52_600) }
        #expect(old.person(2)?.since == 3_000 && new.person(2)?.since == 3_000)
        #expect(old.here == 3 && old.change(at: 90_000).joined.map(\.id) == [4])
    }

    @Test func `hears and tells nothing when it is alone`() {
        var here = ClusterPresence(node: one, isAlone: true, version: 1, at: 0)
        here.join(2, name: "Ann", at: 0)
        #expect(here.change(at: 0).joined.map(\.id) == [2])
        #expect(here.take(.first([bo()]), from: two, at: 100).isEmpty && here.here == 1)
        #expect(stride(from: Int64(0), to: 20_000, by: 500).allSatisfy { here.tick(at: $0).isEmpty })
    }

    @Test func `hears a bounded number of nodes, and of people on each`() {
        var here = presence()
        for node in 1...400 {
            let entry = PresenceMessage.Entry(user: Int64(node), name: "x", since: 0)
            _ = here.take(.first([entry]), from: NodeID(rawValue: UInt64(node + 1)), at: 3_000)
        }
        #expect(here.here == ClusterPresence.mostNodes)
        var there = presence()
        for part in 0...4 {
            let people = (1...50_000).map {
                PresenceMessage.Entry(user: Int64(part * 50_000 + $0), name: "x", since: 0)
            }
            let version = UInt64(part + 1)
            _ = there.take(
                .delta(version: version, from: version - 1, joined: people, left: []), from: two, at: 3_000)
        }
        #expect(there.here == 0)
    }
}

struct `Messages of presence` {
    private static let key = RoomKey(institution: .init(rawValue: 3), id: 7)

    private static let all: [PresenceMessage] = [
        .delta(version: 3, from: 0, joined: [ann(), bo()], left: [4, 5]), .stand(version: 3, people: 0),
        .gone(version: 9), .ask(of: [one], known: [two: 4]), .ask(of: [], known: [:]),
        .full(version: 2, page: 1, pages: 3, people: [ann()], absent: [.init(entry: bo(), ago: 15_000)]),
        .askTrips(question: 1, of: [one, two], users: [2]),
        .trips(question: 1, to: one, times: [2: 30, 3: 0]),
    ]

    @Test(arguments: all) func `are read as they were written`(message: PresenceMessage) {
        let body = message.body(of: Self.key)
        #expect(PresenceMessage(body) == message && PresenceMessage.room(body) == Self.key)
    }

    @Test(arguments: [
        "5", "{}", #"{"class":7,"institution":3,"kind":"gone","version":1}"#,
        #"{"institution":"3","class":7,"kind":"gone","version":1}"#, #"{"institution":3,"class":7.5}"#,
    ]) func `of no class are none`(text: String) throws {
        #expect(PresenceMessage.room(try RawJSON(validating: Array(text.utf8))) == nil)
    }

    @Test(arguments: [
        #""kind":"other""#, #""version":1"#, #""kind":"gone""#, #""kind":"gone","version":-1"#,
        #""kind":"stand","version":1,"people":-1"#, #""kind":"stand","version":1e3,"people":1"#,
        #""kind":"delta","version":1,"from":0,"joined":[[1,"x"]],"left":[]"#,
        #""kind":"delta","version":1,"from":0,"joined":[],"left":["2"]"#,
        #""kind":"delta","version":1,"from":0,"joined":[[0,"x",1]],"left":[]"#,
        #""kind":"full","version":1,"page":1,"pages":1,"people":[],"absent":[]"#,
        #""kind":"full","version":1,"page":0,"pages":100000,"people":[],"absent":[]"#,
        #""kind":"full","version":1,"page":0,"pages":1,"people":[],"absent":[[1,"x",1,15001]]"#,
        #""kind":"ask","of":["1"],"known":[]"#, #""kind":"ask","of":[],"known":[["0000000000000001"]]"#,
        #""kind":"ask_trips","question":1,"of":[],"users":[0]"#,
        #""kind":"trips","question":1,"to":"x","times":[]"#,
        #""kind":"trips","question":1,"to":"0000000000000001","times":[[1,-1]]"#,
    ]) func `that are malformed are none`(members: String) throws {
        let text = #"{"institution":3,"class":7,\#(members)}"#
        #expect(PresenceMessage(try RawJSON(validating: Array(text.utf8))) == nil)
    }

    @Test func `that are too long are none`() {
        let people = (1...3_000).map { PresenceMessage.Entry(user: $0, name: "Somebody or other", since: 0) }
        #expect(PresenceMessage(PresenceMessage.first(people).body(of: Self.key)) == nil)
    }
}

struct `Questions for round trips` {
    @Test func `end with the last answer, and take the fastest way`() {
        var trips = TripQuestions()
        #expect(trips.ask([]) == nil)
        let question = trips.ask([one, two]) ?? 0
        let answers: [([Int64: Int], UInt64, NodeID)] = [
            ([2: 40, 3: 7], question, one), ([2: 1], question, one), ([2: 1], question + 1, two),
            ([2: 30], question, two),
        ]
        var areLast: [Bool] = []
        for (times, question, node) in answers {
            areLast.append(trips.take(times, to: question, from: node))
        }
        #expect(areLast == [false, false, false, true])
        #expect(trips.close(question) == [2: 30, 3: 7])
        #expect(trips.close(question) == [:])
    }

    @Test func `are bounded`() {
        var trips = TripQuestions()
        #expect((0..<100).compactMap { _ in trips.ask([one]) }.count == TripQuestions.mostOpen)
    }
}
