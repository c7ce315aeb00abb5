import JSON
import LiveHub
import Postgres

/// What nodes tell each other about who is in a class.
///
/// A node speaks of its own share only: the people who are connected to it. The share has a version, which grows with
/// every change for as long as the node lives.
enum PresenceMessage: Hashable, Sendable {
    /// The share has changed from version `from` to `version`; `from` 0 means from nothing.
    ///
    /// Among those who joined may be some who were there, and have come earlier than was told.
    case delta(version: UInt64, from: UInt64, joined: [Entry], left: [Int64])
    /// The node lives, and its share has this version and as many people.
    case stand(version: UInt64, people: Int)
    /// Nobody is on the node any more.
    case gone(version: UInt64)
    /// The nodes `of` (all when empty) are to say all they have, unless it is of the version that is `known`.
    case ask(of: [NodeID], known: [NodeID: UInt64])
    /// A page of the whole share; every page also may name people who have left and may come back.
    case full(version: UInt64, page: Int, pages: Int, people: [Entry], absent: [Absent])
    /// The nodes `of` are to say how long the way to some users takes.
    case askTrips(question: UInt64, of: [NodeID], users: [Int64])
    /// The answer to ``askTrips(question:of:users:)`` of the node `to`: milliseconds by user.
    case trips(question: UInt64, to: NodeID, times: [Int64: Int])

    /// One person who is there.
    struct Entry: Hashable, Sendable {
        let user: Int64
        let name: String
        /// When they came, in milliseconds since 1970.
        let since: Int64
    }

    /// One person who has left so many milliseconds ago.
    struct Absent: Hashable, Sendable {
        let entry: Entry
        let ago: Int64
    }

    /// A body has at most so many bytes.
    static let longestBody = 1 << 16
    /// A whole share has at most so many pages: what is beyond is not told, and not taken.
    static let mostPages = 256
    /// Nodes that one message names at most.
    static let mostNodes = 512
    /// Users that one message asks for at most.
    static let mostTrips = 200
    /// Unicode scalars of a name that are told.
    static let longestName = 256

    fileprivate enum Kind: String, CaseIterable {
        case delta, stand, gone, ask, full, askTrips = "ask_trips", trips
    }
}

// MARK: - Writing

extension PresenceMessage {
    /// The body that tells it about one class.
    func body(of key: RoomKey) -> RawJSON {
        RawJSON { json in
            json.object { json in
                // These two come first: receivers look at them before they read the rest.
                json.member("institution", key.institution.rawValue)
                json.member("class", key.id)
                json.member("kind", kind.rawValue)
                write(&json)
            }
        }
    }

    private var kind: Kind {
        switch self {
        case .delta: .delta
        case .stand: .stand
        case .gone: .gone
        case .ask: .ask
        case .full: .full
        case .askTrips: .askTrips
        case .trips: .trips
        }
    }

    private func write(_ json: inout JSONWriter) {
        switch self {
        case .delta(let version, let from, let joined, let left):
            json.member("version", version)
            json.member("from", from)
            json.array("joined", of: joined) { $1.write(&$0) }
            json.array("left", of: left) { $0.int($1) }
        case .stand(let version, let people):
            json.member("version", version)
            json.member("people", people)
        case .gone(let version): json.member("version", version)
        case .ask(let nodes, let known):
            json.array("of", of: nodes) { $0.string($1.description) }
            json.array("known", of: known.sorted { $0.key < $1.key }) { json, entry in
                json.array { json in
                    json.string(entry.key.description)
                    json.int(entry.value)
                }
            }
        case .full(let version, let page, let pages, let people, let absent):
            json.member("version", version)
            json.member("page", page)
            json.member("pages", pages)
            json.array("people", of: people) { $1.write(&$0) }
            json.array("absent", of: absent) { $1.entry.write(&$0, ago: $1.ago) }
        case .askTrips(let question, let nodes, let users):
            json.member("question", question)
            json.array("of", of: nodes) { $0.string($1.description) }
            json.array("users", of: users) { $0.int($1) }
        case .trips(let question, let node, let times):
            json.member("question", question)
            json.member("to", node.description)
            json.array("times", of: times.sorted { $0.key < $1.key }) { json, entry in
                json.array { json in
                    json.int(entry.key)
                    json.int(entry.value)
                }
            }
        }
    }
}

extension PresenceMessage.Entry {
    fileprivate func write(_ json: inout JSONWriter, ago: Int64? = nil) {
        json.array { json in
            json.int(user)
            json.string(name)
            json.int(since)
            if let ago { json.int(ago) }
        }
    }

    /// As many bytes as it takes at most in a body.
    var weight: Int {
        // Three integers of 16 digits, brackets, quotes and commas.
        name.utf8.reduce(60) { sum, byte in
            switch byte {
            case 0..<0x20: sum + 6
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): sum + 2
            case 0xE2: sum + 4
            default: sum + 1
            }
        }
    }
}

// MARK: - Reading

extension PresenceMessage {
    /// Which class a body is about, without reading the rest; `nil` for what is no message.
    static func room(_ body: RawJSON) -> RoomKey? {
        let text = body.bytes.span
        var scanner = JSONScanner(0..<text.count)
        do {
            try scanner.beginObject(in: text)
            guard try scanner.nextName(in: text) == "institution",
                let institution = try scanner.number(in: text).int64,
                try scanner.nextName(in: text) == "class", let id = try scanner.number(in: text).int64
            else { return nil }
            return RoomKey(institution: TenantID(rawValue: institution), id: id)
        } catch {
            return nil
        }
    }

    /// Reads what ``body(of:)`` writes; `nil` for anything else.
    init?(_ body: RawJSON) {
        guard body.bytes.count <= PresenceMessage.longestBody else { return nil }
        do {
            try self.init(JSONFields(try JSONReader.read(body)))
        } catch {
            return nil
        }
    }

    private init(_ fields: JSONFields) throws(FieldError) {
        let kind = Kind(rawValue: try fields.string("kind", max: 20))
        switch kind {
        case .delta:
            self = .delta(
                version: try fields.version("version"), from: try fields.version("from"),
                joined: try fields.entries("joined"), left: try fields.ids("left", in: 0...Int.max))
        case .stand:
            self = .stand(
                version: try fields.version("version"), people: try fields.int("people", in: 0...Int.max))
        case .gone: self = .gone(version: try fields.version("version"))
        case .ask:
            var known: [NodeID: UInt64] = [:]
            for value in try fields.array("known", in: 0...PresenceMessage.mostNodes) {
                guard let pair = value.array, pair.count == 2,
                    let node = pair[0].string.flatMap({ NodeID($0) }),
                    let version = pair[1].number?.int64.flatMap({ UInt64(exactly: $0) })
                else { throw fields.error("known", .wrongKind(wanted: "nodes with versions")) }
                known[node] = version
            }
            self = .ask(of: try fields.nodes("of"), known: known)
        case .full:
            let pages = try fields.int("pages", in: 1...PresenceMessage.mostPages)
            self = .full(
                version: try fields.version("version"), page: try fields.int("page", in: 0...pages - 1),
                pages: pages, people: try fields.entries("people"),
                absent: try fields.array("absent", in: 0...Int.max).map { value throws(FieldError) in
                    guard let parts = value.array, parts.count == 4, let ago = parts[3].number?.int64,
                        (0...Presence.grace).contains(ago), let entry = Entry(parts[0], parts[1], parts[2])
                    else { throw fields.error("absent", .wrongKind(wanted: "people who left")) }
                    return Absent(entry: entry, ago: ago)
                })
        case .askTrips:
            self = .askTrips(
                question: try fields.version("question"), of: try fields.nodes("of"),
                users: try fields.ids("users", in: 0...PresenceMessage.mostTrips))
        case .trips:
            var times: [Int64: Int] = [:]
            for value in try fields.array("times", in: 0...PresenceMessage.mostTrips) {
                guard let pair = value.array, pair.count == 2, let user = pair[0].number?.int64,
                    let time = pair[1].int, time >= 0
                else { throw fields.error("times", .wrongKind(wanted: "users with times")) }
                times[user] = time
            }
            guard let node = NodeID(try fields.string("to", max: 16)) else {
                throw fields.error("to", .wrongKind(wanted: "a node"))
            }
            self = .trips(question: try fields.version("question"), to: node, times: times)
        case nil: throw fields.error("kind", .notOneOf(Kind.allCases.map(\.rawValue)))
        }
    }
}

extension PresenceMessage.Entry {
    fileprivate init?(_ user: JSONValue, _ name: JSONValue, _ since: JSONValue) {
        guard let user = user.number?.int64, user > 0, let name = name.string,
            name.unicodeScalars.count <= PresenceMessage.longestName, let since = since.number?.int64
        else { return nil }
        self.init(user: user, name: name, since: since)
    }
}

extension JSONFields {
    fileprivate func version(_ name: String) throws(FieldError) -> UInt64 {
        UInt64(try int(name, in: 0...Int(JSONFields.largestID)))
    }

    fileprivate func nodes(_ name: String) throws(FieldError) -> [NodeID] {
        try strings(name, in: 0...PresenceMessage.mostNodes, each: 16...16).map { text throws(FieldError) in
            guard let node = NodeID(text) else { throw error(name, .wrongKind(wanted: "a node")) }
            return node
        }
    }

    fileprivate func entries(_ name: String) throws(FieldError) -> [PresenceMessage.Entry] {
        try array(name, in: 0...Int.max).map { value throws(FieldError) in
            guard let parts = value.array, parts.count == 3,
                let entry = PresenceMessage.Entry(parts[0], parts[1], parts[2])
            else { throw error(name, .wrongKind(wanted: "people")) }
            return entry
        }
    }
}
