import JSON
import LiveHub
import Postgres
import TestKit
import Testing

@testable import Classroom

/// Three nodes with a class, and a bus between them that loses, repeats and delays; a node may die and come anew.
private struct SimulatedCluster {
    struct Machine {
        var presence: ClusterPresence
        var isAlive = true
        /// The connections of each user: what is true.
        var connections: [Int64: Int] = [:]
        /// The people of whom was told that they came and not that they left; `nil` for a machine that came later.
        var roster: Set<Int64>? = []
        var tickAt: Int64
    }

    private struct Letter {
        let at: Int64
        let to: Int
        let from: NodeID
        let body: RawJSON
    }

    static let users: ClosedRange<Int64> = 1...12
    private let key = RoomKey(institution: .init(rawValue: 1), id: 7)
    private(set) var machines: [Machine] = []
    private(set) var now: Int64 = 1_000_000
    private(set) var problems: [String] = []
    private var letters: [Letter] = []
    private var generator: SeededGenerator
    /// Of a thousand letters so many are lost, and as many come twice.
    var loss = 0
    /// Whether letters come at once and in the order in which they were sent, as one connection to Redis brings them; else
    /// one in five is late, and they overtake each other.
    var isPrompt = false
    private var lives: UInt64 = 0

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        for place in 0..<3 { machines.append(machine(tickAt: now + Int64(place) * 170, roster: [])) }
    }

    private mutating func machine(tickAt: Int64, roster: Set<Int64>?) -> Machine {
        lives += 1
        let presence = ClusterPresence(
            node: NodeID(rawValue: lives), isAlone: false, version: UInt64(now), at: now)
        return Machine(presence: presence, roster: roster, tickAt: tickAt)
    }

    private mutating func roll(_ thousand: Int) -> Bool {
        Int.random(in: 0..<1000, using: &generator) < thousand
    }

    private mutating func send(_ messages: [PresenceMessage], from sender: Int) {
        let node = machines[sender].presence.node
        for message in messages {
            let body = message.body(of: key)
            for to in machines.indices where to != sender {
                for _ in 0..<(roll(loss) ? 0 : roll(loss) ? 2 : 1) {
                    let delay =
                        isPrompt
                        ? 0 : Int64.random(in: 0...(roll(200) ? 1_500 : 60), using: &generator)
                    letters.append(Letter(at: now + delay, to: to, from: node, body: body))
                }
            }
        }
    }

    /// Lets a moment pass; with `moves`, somebody may come or go.
    mutating func step(moves: Bool) {
        now += 50
        if moves, roll(300) { move() }
        // Taken out first: what is sent meanwhile waits for the next step.
        let due = letters.filter { $0.at <= now }
        letters.removeAll { $0.at <= now }
        for letter in due where machines[letter.to].isAlive {
            guard let message = PresenceMessage(letter.body) else {
                problems.append("unreadable: \(letter.body.text)")
                continue
            }
            let answers = machines[letter.to].presence.take(message, from: letter.from, at: now)
            send(answers, from: letter.to)
        }
        for place in machines.indices where machines[place].isAlive && machines[place].tickAt <= now {
            machines[place].tickAt += 500
            let messages = machines[place].presence.tick(at: now)
            send(messages, from: place)
            follow(place)
        }
        for machine in machines where machine.isAlive { check(machine) }
    }

    private mutating func move() {
        let place = Int.random(in: 0..<machines.count, using: &generator)
        guard machines[place].isAlive else { return }
        let user = Int64.random(in: Self.users, using: &generator)
        let count = machines[place].connections[user] ?? 0
        if count > 0, roll(650) {
            machines[place].connections[user] = count == 1 ? nil : count - 1
            machines[place].presence.leave(user, at: now)
        } else if count < 3 {
            machines[place].connections[user] = count + 1
            machines[place].presence.join(user, name: "User \(user)", at: now)
        }
    }

    /// Folds what is told of who came and left.
    private mutating func follow(_ place: Int) {
        let change = machines[place].presence.change(at: now)
        guard var roster = machines[place].roster else { return }
        for person in change.joined where !roster.insert(person.id).inserted {
            problems.append("\(place): \(person.id) came twice")
        }
        for person in change.left where roster.remove(person.id) == nil {
            problems.append("\(place): \(person.id) left twice")
        }
        machines[place].roster = roster
    }

    /// What holds at every moment.
    private mutating func check(_ machine: Machine) {
        let users = machine.presence.people.users
        if machine.presence.here != Set(users).count || machine.presence.here != users.count {
            problems.append("\(machine.presence.here) counted, there are \(users.sorted())")
        }
        if !Set(machine.connections.keys).isSubset(of: users) || !users.allSatisfy(Self.users.contains) {
            problems.append("not the right people: \(users.sorted())")
        }
        if machine.presence.people.hereLocally != machine.connections.count
            || machine.presence.connections != machine.connections.values.reduce(0, +)
        {
            problems.append("\(machine.presence.people.hereLocally) here, not \(machine.connections.count)")
        }
    }

    mutating func kill(_ place: Int) {
        machines[place].isAlive = false
        machines[place].connections = [:]
    }

    mutating func restart(_ place: Int) { machines[place] = machine(tickAt: now, roster: nil) }

    mutating func cut(_ place: Int) { machines[place].presence.hold() }

    mutating func rejoin(_ place: Int) { machines[place].presence.resume(at: now) }

    /// Who is there in truth.
    var truth: Set<Int64> {
        machines.filter(\.isAlive).reduce(into: []) { $0.formUnion($1.connections.keys) }
    }
}

struct `Histories of three nodes` {
    private func expectAgreement(_ cluster: SimulatedCluster, seed: UInt64) {
        #expect(cluster.problems.isEmpty, "seed \(seed)")
        let alive = cluster.machines.filter(\.isAlive)
        for machine in alive {
            #expect(Set(machine.presence.people.users) == cluster.truth, "seed \(seed)")
            if let roster = machine.roster { #expect(roster == cluster.truth, "seed \(seed)") }
            for user in cluster.truth {
                let since = alive.map { $0.presence.person(user)?.since }
                #expect(Set(since).count == 1 && since[0] != nil, "seed \(seed): \(user) \(since)")
            }
        }
    }

    private static func seeds(_ count: Int) -> [UInt64] { (0..<count).map { _ in .random(in: 0 ... .max) } }

    @Test(arguments: seeds(8), [0, 100, 400])
    func `end with the truth, whatever was lost, repeated or late`(seed: UInt64, loss: Int) {
        var cluster = SimulatedCluster(seed: seed)
        cluster.loss = loss
        for _ in 0..<1_200 { cluster.step(moves: true) }
        cluster.loss = 0
        for _ in 0..<800 { cluster.step(moves: false) }
        expectAgreement(cluster, seed: seed)
    }

    @Test(arguments: seeds(8), [0, 200])
    func `forget the people of a node that died within thirty seconds`(seed: UInt64, loss: Int) {
        var cluster = SimulatedCluster(seed: seed)
        cluster.loss = loss
        for _ in 0..<600 { cluster.step(moves: true) }
        cluster.kill(1)
        for _ in 0..<100 { cluster.step(moves: true) }
        cluster.loss = 0
        for _ in 0..<500 { cluster.step(moves: false) }
        expectAgreement(cluster, seed: seed)
        cluster.restart(1)
        for _ in 0..<600 { cluster.step(moves: true) }
        for _ in 0..<800 { cluster.step(moves: false) }
        expectAgreement(cluster, seed: seed)
    }

    @Test(arguments: seeds(6))
    func `agree again after a node was cut off`(seed: UInt64) {
        var cluster = SimulatedCluster(seed: seed)
        for _ in 0..<400 { cluster.step(moves: true) }
        cluster.loss = 1000
        for place in 0..<3 { cluster.cut(place) }
        for _ in 0..<600 { cluster.step(moves: true) }
        cluster.loss = 0
        for place in 0..<3 { cluster.rejoin(place) }
        for _ in 0..<800 { cluster.step(moves: false) }
        expectAgreement(cluster, seed: seed)
    }

    @Test(arguments: seeds(24))
    func `agree within a second when all load the class one shortly after the other`(seed: UInt64) {
        var cluster = SimulatedCluster(seed: seed)
        cluster.isPrompt = true
        for place in 1...2 { cluster.kill(place) }
        for _ in 0..<40 { cluster.step(moves: true) }
        for place in 1...2 {
            cluster.restart(place)
            for _ in 0..<Int(seed % 7) { cluster.step(moves: true) }
        }
        // What members are told of it comes up to a second later.
        for _ in 0..<20 { cluster.step(moves: false) }
        for machine in cluster.machines {
            #expect(Set(machine.presence.people.users) == cluster.truth, "seed \(seed)")
        }
    }

    @Test(arguments: seeds(6))
    func `are told to everybody within two seconds in health`(seed: UInt64) {
        var cluster = SimulatedCluster(seed: seed)
        for _ in 0..<200 { cluster.step(moves: true) }
        for _ in 0..<80 { cluster.step(moves: false) }
        for machine in cluster.machines {
            #expect(Set(machine.presence.people.users) == cluster.truth, "seed \(seed)")
        }
    }
}
