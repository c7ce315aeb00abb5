/// The people of a class on one other node, as far as that node has told.
///
/// Pure: it says who arrived and who departed, the merge takes it from there.
struct RemoteShare: Sendable {
    /// Who is on the node, and since when.
    private(set) var users: [Int64: Int64] = [:]
    /// The version that ``users`` is of.
    private(set) var version: UInt64 = 0
    /// The newest version that the node has spoken of.
    private(set) var newest: UInt64 = 0
    /// Whether ``users`` is all of that version.
    private(set) var isWhole = false
    /// Whether it was ever whole.
    private(set) var wasWhole = false
    /// When the node was last heard, in milliseconds since 1970.
    var heardAt: Int64

    private var pages: [Int: [PresenceMessage.Entry]] = [:]
    private var pagesVersion: UInt64 = 0

    init(heardAt: Int64) { self.heardAt = heardAt }

    /// What a message has changed.
    struct Change: Sendable {
        var arrived: [PresenceMessage.Entry] = []
        var departed: [Int64] = []
        /// Those who stayed, but came at another time than was known.
        var corrected: [Int64] = []
    }

    /// Whether the node has said something that is not here.
    var isBehind: Bool { !isWhole || version < newest }

    /// Takes a change from one version to another; one that does not follow on is left for a full answer.
    mutating func take(
        version: UInt64, from: UInt64, joined: [PresenceMessage.Entry], left: [Int64]
    ) -> Change {
        newest = max(newest, version)
        guard version > self.version else { return Change() }
        if from == 0 { return replace(joined, version: version) }
        guard isWhole, from == self.version else { return Change() }
        self.version = version
        var change = Change()
        for user in left where users.removeValue(forKey: user) != nil { change.departed.append(user) }
        for entry in joined { add(entry, &change) }
        return change
    }

    /// Takes word of where the node stands.
    mutating func take(version: UInt64, people: Int) -> Change {
        newest = max(newest, version)
        if people == 0, version > self.version || version == self.version && !users.isEmpty {
            return replace([], version: version)
        }
        if version == self.version, people != users.count { isWhole = false }
        return Change()
    }

    /// Takes a page of all that the node has; once all pages of a version are here they replace what was known.
    mutating func take(
        page: Int, of count: Int, version: UInt64, people: [PresenceMessage.Entry]
    ) -> Change {
        newest = max(newest, version)
        guard version > self.version || version == self.version && !isWhole else { return Change() }
        if count == 1 { return replace(people, version: version) }
        if pagesVersion != version {
            guard version > pagesVersion else { return Change() }
            pagesVersion = version
            pages = [:]
        }
        pages[page] = people
        guard pages.count == count else { return Change() }
        return replace(pages.sorted { $0.key < $1.key }.flatMap(\.value), version: version)
    }

    /// Forgets who was there; what the node says next starts anew.
    mutating func forget() -> Change {
        let change = Change(departed: users.keys.sorted())
        users = [:]
        isWhole = false
        pages = [:]
        pagesVersion = 0
        return change
    }

    private mutating func replace(_ people: [PresenceMessage.Entry], version: UInt64) -> Change {
        let now = Set(people.map(\.user))
        var change = Change(departed: users.keys.filter { !now.contains($0) }.sorted())
        for user in change.departed { users[user] = nil }
        for entry in people { add(entry, &change) }
        self.version = version
        newest = max(newest, version)
        isWhole = true
        wasWhole = true
        pages = [:]
        return change
    }

    private mutating func add(_ entry: PresenceMessage.Entry, _ change: inout Change) {
        switch users.updateValue(entry.since, forKey: entry.user) {
        case nil: change.arrived.append(entry)
        case entry.since: break
        default: change.corrected.append(entry.user)
        }
    }
}
