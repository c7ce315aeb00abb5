/// Who is in a class: everyone by their connections, with a grace before somebody counts as gone.
///
/// Time is handed in.
struct Presence: Sendable {
    /// How long somebody may be without a connection before others are told, in milliseconds.
    static let grace: Int64 = 15_000
    /// Names in one change; more are only counted.
    static let mostNames = 100

    struct Person: Hashable, Sendable {
        let name: String
        var connections: Int
        /// When they came, in milliseconds since 1970; a short absence does not count.
        let since: Int64
        /// When the last connection went.
        var leftAt: Int64?
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
    private var away: Set<Int64> = []
    private var joined: [Change.Named] = []
    /// Connections at this moment.
    private(set) var connections = 0
    /// The most connections that there were at once.
    private(set) var peak = 0

    /// People who are connected at this moment.
    var here: Int { people.count - away.count }

    var isEmpty: Bool { connections == 0 }

    /// The users who are connected.
    var users: [Int64] { people.keys.filter { !away.contains($0) } }

    func person(_ user: Int64) -> Person? { people[user] }

    func isHere(_ user: Int64) -> Bool { people[user] != nil && !away.contains(user) }

    mutating func join(_ user: Int64, name: String, at now: Int64) {
        connections += 1
        peak = max(peak, connections)
        if var person = people[user] {
            person.connections += 1
            person.leftAt = nil
            away.remove(user)
            people[user] = person
        } else {
            people[user] = Person(name: name, connections: 1, since: now, leftAt: nil)
            if joined.count < Presence.mostNames { joined.append(.init(id: user, name: name)) }
        }
    }

    mutating func leave(_ user: Int64, at now: Int64) {
        guard var person = people[user], person.connections > 0 else { return }
        connections -= 1
        person.connections -= 1
        if person.connections == 0 {
            person.leftAt = now
            away.insert(user)
        }
        people[user] = person
    }

    /// Lets those go whose grace is over, and says who came and left since the last time.
    mutating func change(at now: Int64) -> Change {
        var change = Change(joined: joined)
        joined = []
        for user in away.sorted() {
            guard let person = people[user], let left = person.leftAt, left + Presence.grace <= now else {
                continue
            }
            people[user] = nil
            away.remove(user)
            if let place = change.joined.firstIndex(where: { $0.id == user }) {
                change.joined.remove(at: place)
            } else if change.left.count < Presence.mostNames {
                change.left.append(.init(id: user, name: person.name))
            }
        }
        return change
    }
}
