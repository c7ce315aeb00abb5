import JSON

/// What a class as a whole is like: its phase, locks, hands, who may draw, what is on the stage, who is muted or removed.
struct ClassState: Sendable {
    struct Locks: Hashable, Sendable {
        var chat = false
        var board = false
        var joining = false
    }

    /// Who may draw besides staff.
    enum Drawing: Hashable, Sendable {
        case all, staff
        case users([Int64])
    }

    /// What stands in the middle of the screen.
    struct Stage: Hashable, Sendable {
        enum Kind: String, Hashable, Sendable, CaseIterable { case board, slide, video }

        let kind: Kind
        let url: String?

        static let board = Stage(kind: .board, url: nil)
    }

    struct Hand: Hashable, Sendable {
        let user: Int64
        let name: String
        let at: Int64
    }

    /// What the database says of the class.
    var info: LiveClass
    /// The last event that is folded in.
    private(set) var offset: UInt64 = 0
    private(set) var locks = Locks()
    private(set) var drawing = Drawing.staff
    private(set) var stage = Stage.board
    /// Raised hands, the longest raised first.
    private(set) var hands: [Hand] = []
    /// Until when users are muted, in milliseconds since 1970.
    private(set) var mutes: [Int64: Int64] = [:]
    private(set) var removed: Set<Int64> = []
    private(set) var announcement: JSONObject?

    init(_ info: LiveClass) { self.info = info }

    var phase: LiveClass.Phase { info.phase }

    // MARK: Folding

    /// Folds the next event in.
    mutating func fold(_ entry: LogEntry) {
        offset = entry.offset
        switch entry.type {
        case "class.started":
            info.phase = .live
            info.startedAt = entry.at
            info.endedAt = nil
        case "class.ended":
            info.phase = .ended
            info.endedAt = entry.at
            hands = []
        case "class.locked":
            locks.chat = entry.bool("chat") ?? locks.chat
            locks.board = entry.bool("board") ?? locks.board
            locks.joining = entry.bool("joining") ?? locks.joining
        case "class.announcement": announcement = entry.object
        case "board.allowed": drawing = entry.object["draw"].flatMap(Drawing.init) ?? drawing
        case "stage.shown": stage = entry.object["stage"].flatMap(Stage.init) ?? stage
        default: foldMember(entry)
        }
    }

    private mutating func foldMember(_ entry: LogEntry) {
        guard let user = entry.object["user"], let id = user["id"]?.number?.int64 else { return }
        switch entry.type {
        case "hand.raised":
            hands.removeAll { $0.user == id }
            hands.append(Hand(user: id, name: user["name"]?.string ?? "", at: entry.at))
        case "hand.lowered": hands.removeAll { $0.user == id }
        case "member.muted": mutes[id] = entry.int("until")
        case "member.removed":
            removed.insert(id)
            hands.removeAll { $0.user == id }
        case "member.readmitted": removed.remove(id)
        default: break
        }
    }

    // MARK: Reading

    /// Until when a user is muted; `nil` for one who is not.
    func mutedUntil(_ user: Int64, at now: Int64) -> Int64? {
        guard let until = mutes[user], until > now else { return nil }
        return until
    }

    func mayDraw(_ member: ClassMember) -> Bool {
        guard phase == .live else { return false }
        if member.isStaff { return true }
        guard !locks.board else { return false }
        return switch drawing {
        case .all: true
        case .staff: false
        case .users(let users): users.contains(member.id)
        }
    }

    func hand(of user: Int64) -> Hand? { hands.first { $0.user == user } }

    /// The state as a whole.
    func snapshot(here: Int, at now: Int64, isDegraded: Bool = false) -> RawJSON {
        RawJSON { json in
            json.object { json in
                json.object("class") { json in
                    json.member("id", info.id)
                    json.member("title", info.title)
                    json.name("course")
                    json.person(info.course, info.courseName)
                    json.member("state", info.phase.rawValue)
                    json.nullable("started_at", info.startedAt)
                    json.nullable("scheduled_at", info.scheduledAt)
                    json.nullable("ended_at", info.endedAt)
                }
                json.object("locks") { locks.write(&$0) }
                json.name("draw")
                drawing.write(&json)
                json.name("stage")
                stage.write(&json)
                json.array("hands", of: hands) { json, hand in
                    json.object { json in
                        json.member("id", hand.user)
                        json.member("name", hand.name)
                        json.member("at", hand.at)
                    }
                }
                json.member("here", here)
                if isDegraded { json.member("degraded", true) }
                if let announcement {
                    json.member("announcement", JSONValue.object(announcement))
                } else {
                    json.nullMember("announcement")
                }
                json.member("time", now)
            }
        }
    }
}

extension ClassState.Locks {
    /// Writes the members into an open object.
    func write(_ json: inout JSONWriter) {
        json.member("chat", chat)
        json.member("board", board)
        json.member("joining", joining)
    }
}

extension ClassState.Drawing {
    init?(_ value: JSONValue) {
        switch value {
        case .string("all"): self = .all
        case .string("staff"): self = .staff
        case .array(let users): self = .users(users.compactMap { $0.number?.int64 })
        default: return nil
        }
    }

    func write(_ json: inout JSONWriter) {
        switch self {
        case .all: json.string("all")
        case .staff: json.string("staff")
        case .users(let users): json.array(of: users) { $0.int($1) }
        }
    }
}

extension ClassState.Stage {
    init?(_ value: JSONValue) {
        guard let kind = value["kind"]?.string.flatMap(Kind.init(rawValue:)) else { return nil }
        self.init(kind: kind, url: value["url"]?.string)
    }

    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("kind", kind.rawValue)
            json.member("url", url)
        }
    }
}
