import LiveHub

/// Who is in a class on all nodes: this node's own people, and what the other nodes say of theirs.
///
/// Each node tells the others its own share: every change at the next tick, and every ``standPeriod`` where it stands,
/// which renews its lease. What was lost, repeated or came late shows in the versions; whoever notices asks, and the
/// node that is asked says all it has, to everybody at once and at most once in ``answerPause``, however many ask.
///
/// A node that is not heard for ``lease`` has no people any more. They count as away since the moment at which the node
/// ought to have been heard again, so that the grace begins no earlier than the node's end: after a node's death
/// the count is right within 13 s, and those who did not come back elsewhere have left within 19 s, ticks not counted.
/// Two of its words in a row may be lost before that.
///
/// When somebody came is the earliest of what the nodes that have them say; a node that has somebody takes over an earlier
/// time and tells it on, so that all end with the same.
///
/// Pure: time, in milliseconds since 1970, and messages are handed in, messages are handed out. A node that is alone
/// tells nothing and waits for nobody.
struct ClusterPresence: Sendable {
    /// How often a node with people says where it stands.
    static let standPeriod: Int64 = 4_000
    /// For how long a node's people count after its last word.
    static let lease: Int64 = 13_000
    /// How long a room that was just loaded waits for the others before it says who came: who was there already did not.
    static let settling: Int64 = 2_000
    /// Between two answers with all that the node has: less than a tick, so that several nodes that load the class one shortly
    /// after the other all have it at the next tick, and their members the right count a second later.
    static let answerPause: Int64 = 250
    /// Between two questions to others.
    static let askPause: Int64 = 1_500
    /// For how long a node without people is remembered, so that late words of it mean nothing.
    static let memory: Int64 = 60_000
    /// Other nodes that are heard; those beyond are not.
    static let mostNodes = 256
    /// People of one other node that are taken; a node that says more is not believed.
    static let mostPeople = 200_000
    /// How often a node repeats that nobody is there any more.
    static let farewells = 3

    /// Everybody, on whatever node.
    private(set) var people = Presence()

    let node: NodeID
    let isAlone: Bool
    private let loadedAt: Int64
    private var shares: [NodeID: RemoteShare] = [:]
    private var isHeld = false

    // The own share as it was told.
    private var version: UInt64
    private var told: [Int64: Int64] = [:]
    private var changed: Set<Int64> = []
    private var hasSpoken = false

    // What is to be said.
    private var stoodAt: Int64
    private var farewellsLeft = 0
    private var isAnswerDue = false
    private var isStandDue = false
    private var answeredAt: Int64 = .min / 2
    private var askedAt: Int64 = .min / 2
    /// Questions to everybody that are left: one when the room is loaded, one more in case that got lost.
    private var greetings = 2

    /// Begins with nobody.
    ///
    /// `version` is larger than any that this life of the node has told of the class: milliseconds of a clock that never
    /// goes back will do, since a version lasts for a tick, unless many people come at once.
    init(node: NodeID, isAlone: Bool, version: UInt64, at now: Int64) {
        self.node = node
        self.isAlone = isAlone
        self.version = version
        loadedAt = now
        stoodAt = now
    }

    // MARK: This node's people

    /// Somebody has come to this node.
    ///
    /// Who returns (`isReturning`) before a grace has passed since the room was loaded here were there before: at this node in
    /// its former life, or at one that died without a word, of which this one never heard. Nobody is told that they came.
    mutating func join(_ user: Int64, name: String, isReturning: Bool = false, at now: Int64) {
        let isYoung = now < loadedAt + Presence.grace
        people.join(user, name: name, isNews: !(isReturning && isYoung), at: now)
        if !isAlone { changed.insert(user) }
    }

    mutating func leave(_ user: Int64, at now: Int64) {
        people.leave(user, at: now)
        guard !isAlone else { return }
        changed.insert(user)
        settle(user)
    }

    /// Finds out since when somebody is there.
    private mutating func settle(_ user: Int64) {
        guard let person = people.person(user), person.isSomewhere else { return }
        var since = person.connections > 0 ? person.since : .max
        if person.elsewhere > 0 {
            for share in shares.values { since = min(since, share.users[user] ?? .max) }
        }
        people.settle(user, since: since)
        if person.connections > 0, told[user] != since { changed.insert(user) }
    }

    /// Who came and who left since the last time; the same on every node, a tick sooner or later.
    mutating func change(at now: Int64) -> Presence.Change {
        guard isAlone || loadedAt + ClusterPresence.settling <= now else { return Presence.Change() }
        return people.change(at: now)
    }

    /// Other nodes on which some users are.
    func nodes(of users: [Int64]) -> [NodeID] {
        shares.filter { share in users.contains { share.value.users[$0] != nil } }.map(\.key).sorted()
    }

    // MARK: Time

    /// Called twice a second; says what others are to be told.
    mutating func tick(at now: Int64) -> [PresenceMessage] {
        guard !isAlone else { return [] }
        if !isHeld { expire(at: now) }
        var messages = tellChanges(at: now)
        if isAnswerDue, answeredAt + ClusterPresence.answerPause <= now { messages += tellAll(at: now) }
        let isTime = stoodAt + ClusterPresence.standPeriod <= now && (!told.isEmpty || farewellsLeft > 0)
        if isStandDue || isTime { messages.append(stand(at: now)) }
        if let question = ask(at: now) { messages.append(question) }
        return messages
    }

    private mutating func expire(at now: Int64) {
        for (node, share) in shares {
            if share.users.isEmpty {
                if share.heardAt + ClusterPresence.memory <= now { shares[node] = nil }
            } else if share.heardAt + ClusterPresence.lease <= now {
                let end = share.heardAt + ClusterPresence.standPeriod
                let departed = shares[node]?.forget().departed ?? []
                for user in departed {
                    people.depart(user, at: end)
                    settle(user)
                }
            }
        }
    }

    /// This node hears nobody any more: what it knows of others stays as it is.
    mutating func hold() { isHeld = true }

    /// This node hears the others again: each has a whole lease to show up, and all are asked.
    mutating func resume(at now: Int64) {
        isHeld = false
        for node in shares.keys { shares[node]?.heardAt = now }
        askedAt = .min / 2
        greetings = 2
        isStandDue = hasSpoken
    }

    // MARK: Telling

    /// What has changed here since the last time, in as many messages as it takes.
    private mutating func tellChanges(at now: Int64) -> [PresenceMessage] {
        guard !changed.isEmpty else { return [] }
        var joined: [PresenceMessage.Entry] = []
        var left: [Int64] = []
        let wasEmpty = told.isEmpty
        for user in changed.sorted() {
            let person = people.person(user)
            if let person, person.connections > 0 {
                if told.updateValue(person.since, forKey: user) != person.since {
                    joined.append(.init(user, person))
                }
            } else if told.removeValue(forKey: user) != nil {
                left.append(user)
            }
        }
        changed = []
        guard !joined.isEmpty || !left.isEmpty else { return [] }
        hasSpoken = true
        if told.isEmpty {
            version += 1
            farewellsLeft = ClusterPresence.farewells
            stoodAt = now
            return [.gone(version: version)]
        }
        var from = wasEmpty ? 0 : version
        var messages: [PresenceMessage] = []
        for part in PresencePacking.pack(joined, left, weight: \.weight, second: { _ in 20 }) {
            version += 1
            messages.append(.delta(version: version, from: from, joined: part.first, left: part.second))
            from = version
        }
        return messages
    }

    private mutating func tellAll(at now: Int64) -> [PresenceMessage] {
        isAnswerDue = false
        isStandDue = false
        answeredAt = now
        stoodAt = now
        let entries = told.keys.sorted().compactMap { user in
            people.person(user).map { PresenceMessage.Entry(user, $0) }
        }
        let absent = people.absent.map { user, person, leftAt in
            PresenceMessage.Absent(
                entry: .init(user, person), ago: min(max(0, now - leftAt), Presence.grace))
        }
        let parts = PresencePacking.pack(entries, absent, weight: \.weight) { $0.entry.weight + 10 }
        let pages = max(1, min(parts.count, PresenceMessage.mostPages))
        return (0..<pages).map { page in
            .full(
                version: version, page: page, pages: pages, people: parts.isEmpty ? [] : parts[page].first,
                absent: parts.isEmpty ? [] : parts[page].second)
        }
    }

    private mutating func stand(at now: Int64) -> PresenceMessage {
        isStandDue = false
        stoodAt = now
        if told.isEmpty { farewellsLeft = max(0, farewellsLeft - 1) }
        return .stand(version: version, people: told.count)
    }

    /// A question to those who have said something that is not here, or to everybody.
    private mutating func ask(at now: Int64) -> PresenceMessage? {
        guard !isHeld, askedAt + ClusterPresence.askPause <= now else { return nil }
        let isToBeAsked = { (share: RemoteShare) in
            share.isBehind && share.heardAt + ClusterPresence.lease > now
        }
        guard greetings > 0 || shares.values.contains(where: isToBeAsked) else { return nil }
        askedAt = now
        let of = greetings > 0 ? [] : shares.filter { isToBeAsked($0.value) }.keys.sorted()
        greetings = max(0, greetings - 1)
        let known = shares.filter { !$0.value.isBehind }.mapValues(\.version)
        return .ask(of: of, known: known)
    }

    // MARK: Hearing

    /// Takes what another node has told; says what is to be answered at once.
    mutating func take(_ message: PresenceMessage, from sender: NodeID, at now: Int64) -> [PresenceMessage] {
        guard !isAlone, sender != node else { return [] }
        shares[sender]?.heardAt = now
        switch message {
        case .delta(let version, let from, let joined, let left):
            hear(sender, at: now) { $0.take(version: version, from: from, joined: joined, left: left) }
        case .stand(let version, let people):
            hear(sender, at: now) { $0.take(version: version, people: people) }
        case .gone(let version): hear(sender, at: now) { $0.take(version: version, people: 0) }
        case .full(let version, let page, let pages, let people, let absent):
            if now < loadedAt + ClusterPresence.settling { remember(absent, at: now) }
            hear(sender, at: now) { $0.take(page: page, of: pages, version: version, people: people) }
        case .ask(let nodes, let known): return answer(nodes, known, at: now)
        case .askTrips, .trips: return []
        }
        guard shares[sender]?.isBehind == true, greetings == 0, let question = ask(at: now) else { return [] }
        return [question]
    }

    private mutating func hear(
        _ sender: NodeID, at now: Int64, _ take: (inout RemoteShare) -> RemoteShare.Change
    ) {
        guard shares[sender] != nil || shares.count < ClusterPresence.mostNodes else { return }
        // Taken out and put back, so that it is changed in its place and not copied.
        var share = shares.removeValue(forKey: sender) ?? RemoteShare(heardAt: now)
        let isFirst = !share.wasWhole
        let change = take(&share)
        for user in change.departed { people.depart(user, at: now) }
        for entry in change.arrived {
            people.arrive(
                entry.user, name: entry.name, since: entry.since, isNews: !isFirst || entry.since >= loadedAt)
        }
        var touched = change.departed + change.corrected + change.arrived.map(\.user)
        if share.users.count > ClusterPresence.mostPeople {
            let departed = share.forget().departed
            for user in departed { people.depart(user, at: now) }
            touched += departed
        }
        shares[sender] = share
        for user in touched { settle(user) }
    }

    private mutating func remember(_ absent: [PresenceMessage.Absent], at now: Int64) {
        for one in absent {
            people.remember(
                one.entry.user, name: one.entry.name, since: one.entry.since, leftAt: now - one.ago,
                isNews: one.entry.since >= loadedAt)
            settle(one.entry.user)
        }
    }

    /// Who asks is told all, unless they have it.
    private mutating func answer(
        _ nodes: [NodeID], _ known: [NodeID: UInt64], at now: Int64
    ) -> [PresenceMessage] {
        guard nodes.isEmpty || nodes.contains(node) else { return [] }
        let changes = tellChanges(at: now)
        guard hasSpoken || !people.absent.isEmpty else { return changes }
        if known[node] == version {
            isStandDue = true
        } else {
            isAnswerDue = true
        }
        guard isAnswerDue, answeredAt + ClusterPresence.answerPause <= now else { return changes }
        return changes + tellAll(at: now)
    }
}

extension PresenceMessage.Entry {
    init(_ user: Int64, _ person: Presence.Person) {
        self.init(
            user: user,
            name: String(
                String.UnicodeScalarView(person.name.unicodeScalars.prefix(PresenceMessage.longestName))),
            since: person.since)
    }
}

extension ClusterPresence {
    // What a room asks most.
    var here: Int { people.here }
    var connections: Int { people.connections }
    var isEmpty: Bool { people.isEmpty }
    func isHere(_ user: Int64) -> Bool { people.isHere(user) }
    func person(_ user: Int64) -> Presence.Person? { people.person(user) }
}
