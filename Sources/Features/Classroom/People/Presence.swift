/// Who is in a class: everyone by their connections here and the other nodes they are on, with a grace before somebody
/// counts as gone.
///
/// Whoever is in several places is one person. Time is handed in.
struct Presence: Sendable {
    /// How long somebody may be without a connection, on any node, before others are told; in milliseconds.
    static let grace: Int64 = 15_000
    /// Names in one change; more are only counted.
    static let mostNames = 100

    struct Person: Hashable, Sendable {
        let name: String
        /// Their connections on this node.
        var connections: Int32
        /// Other nodes that they are on.
        var elsewhere: Int32 = 0
        /// When they came, in milliseconds since 1970; a short absence does not count.
        var since: Int64

        /// Whether they are connected anywhere.
        var isSomewhere: Bool { connections > 0 || elsewhere > 0 }
    }

    /// Who came and who left since the last time.
    struct Change: Hashable, Sendable {
        struct Named: Hashable, Sendable {
            let id: Int64
            let name: String
        }
        var joined: [Named] = []
        var left: [Named] = []

        var isEmpty: Bool { joined.isEmpty && left.isEmpty }
    }

    private var people: [Int64: Person] = [:]
    /// Those of them who are nowhere, and since when.
    private var away: [Int64: Int64] = [:]
    private var joined: [Change.Named] = []
    /// Connections on this node at this moment.
    private(set) var connections = 0
    /// The most connections that there were on this node at once.
    private(set) var peak = 0
    /// People who are connected to this node at this moment.
    private(set) var hereLocally = 0

    /// People who are connected at this moment, to whatever node.
    var here: Int { people.count - away.count }

    /// Whether this node has no connection.
    var isEmpty: Bool { connections == 0 }

    /// The users who are connected, to whatever node.
    var users: [Int64] { people.keys.filter { away[$0] == nil } }

    func person(_ user: Int64) -> Person? { people[user] }

    func isHere(_ user: Int64) -> Bool { people[user] != nil && away[user] == nil }

    // MARK: On this node

    /// Somebody has come to this node; `isNews` as for ``arrive(_:name:since:isNews:)``.
    mutating func join(_ user: Int64, name: String, isNews: Bool = true, at now: Int64) {
        connections += 1
        peak = max(peak, connections)
        if var person = people[user] {
            if person.connections == 0 { hereLocally += 1 }
            person.connections += 1
            away[user] = nil
            people[user] = person
        } else {
            hereLocally += 1
            people[user] = Person(name: name, connections: 1, since: now)
            if isNews { say(user, name) }
        }
    }

    mutating func leave(_ user: Int64, at now: Int64) {
        guard var person = people[user], person.connections > 0 else { return }
        connections -= 1
        person.connections -= 1
        if person.connections == 0 {
            hereLocally -= 1
            if !person.isSomewhere { away[user] = now }
        }
        people[user] = person
    }

    // MARK: On other nodes

    /// Another node has somebody; once for each such node.
    ///
    /// `since` means something only for one who was nowhere, see ``settle(_:since:)``. With `isNews` false it is
    /// somebody who was there before this node looked: nobody is told that they came.
    mutating func arrive(_ user: Int64, name: String, since: Int64, isNews: Bool) {
        if var person = people[user] {
            if !person.isSomewhere { person.since = since }
            person.elsewhere += 1
            away[user] = nil
            people[user] = person
        } else {
            people[user] = Person(name: name, connections: 0, elsewhere: 1, since: since)
            if isNews { say(user, name) }
        }
        if !isNews { unsay(user) }
    }

    /// Another node has somebody no more, since `leftAt`; once for each ``arrive(_:name:since:isNews:)``.
    mutating func depart(_ user: Int64, at leftAt: Int64) {
        guard var person = people[user], person.elsewhere > 0 else { return }
        person.elsewhere -= 1
        if !person.isSomewhere { away[user] = leftAt }
        people[user] = person
    }

    /// Learns of somebody who was there, and may come back within the grace; `isNews` as for
    /// ``arrive(_:name:since:isNews:)``.
    mutating func remember(_ user: Int64, name: String, since: Int64, leftAt: Int64, isNews: Bool) {
        if !isNews { unsay(user) }
        guard var person = people[user] else {
            people[user] = Person(name: name, connections: 0, since: since)
            away[user] = leftAt
            if isNews { say(user, name) }
            return
        }
        person.since = min(person.since, since)
        people[user] = person
    }

    /// Sets when somebody came.
    mutating func settle(_ user: Int64, since: Int64) { people[user]?.since = since }

    /// Those who may come back within the grace, by user, and when they left.
    var absent: [(user: Int64, person: Person, leftAt: Int64)] {
        away.sorted { $0.key < $1.key }.compactMap { user, left in people[user].map { (user, $0, left) } }
    }

    private mutating func say(_ user: Int64, _ name: String) {
        if joined.count < Presence.mostNames { joined.append(.init(id: user, name: name)) }
    }

    private mutating func unsay(_ user: Int64) {
        if !joined.isEmpty { joined.removeAll { $0.id == user } }
    }

    // MARK: Changes

    /// Lets those go whose grace is over, and says who came and left since the last time.
    mutating func change(at now: Int64) -> Change {
        var change = Change(joined: joined)
        joined = []
        for user in away.keys.sorted() {
            guard let person = people[user], let left = away[user], left + Presence.grace <= now else {
                continue
            }
            people[user] = nil
            away[user] = nil
            if let place = change.joined.firstIndex(where: { $0.id == user }) {
                change.joined.remove(at: place)
            } else if change.left.count < Presence.mostNames {
                change.left.append(.init(id: user, name: person.name))
            }
        }
        return change
    }
}
