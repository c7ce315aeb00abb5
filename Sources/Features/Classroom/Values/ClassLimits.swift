package import LiveHub

/// How fast a class's changes may come on one node, by kind; `nil` is no limit.
///
/// What connections, joins and bytes a class may have is the live layer's (``PartyLimits``). A fifth of each burst is kept
/// for instructors, who may talk however many others want to. Answers to questions are not among these: they are bounded by
/// member alone.
package struct ClassLimits: Hashable, Sendable {
    /// Messages sent and edited.
    package var chat: Rate? = Rate(100, burst: 2000)
    /// Changes of the board.
    package var board: Rate? = Rate(400, burst: 2000)
    /// Everything else that changes something: hands, reactions, locks, questions.
    package var others: Rate? = Rate(500, burst: 25_000)

    /// Those that hold where nothing else is set.
    package init() {}

    /// No limit at all.
    package static let none: ClassLimits = {
        var limits = ClassLimits()
        (limits.chat, limits.board, limits.others) = (nil, nil, nil)
        return limits
    }()

    /// The kind that a change counts for.
    enum Kind: CaseIterable {
        case chat, board, others

        init(_ method: ClassMethod) {
            switch method {
            case .send, .edit: self = .chat
            case .apply: self = .board
            default: self = .others
            }
        }
    }

    func rate(_ kind: Kind) -> Rate? {
        switch kind {
        case .chat: chat
        case .board: board
        case .others: others
        }
    }
}

/// What a class has used of its limits.
///
/// Time is handed in, in nanoseconds.
struct ClassPaces: Sendable {
    private let limits: ClassLimits
    private var paidUntil: [Int64]

    init(_ limits: ClassLimits) {
        self.limits = limits
        paidUntil = ClassLimits.Kind.allCases.map { _ in 0 }
    }

    /// Takes one change: `nil` when that was allowed, else the milliseconds after which it may be.
    mutating func take(_ method: ClassMethod, isStaff: Bool, at now: Int64) -> Int64? {
        let kind = ClassLimits.Kind(method)
        guard let rate = limits.rate(kind), let place = ClassLimits.Kind.allCases.firstIndex(of: kind) else {
            return nil
        }
        return rate.take(from: &paidUntil[place], now: now, keepsReserve: !isStaff)
            .map { max(1, ($0 + 999_999) / 1_000_000) }
    }
}

/// The names of the limits that a room judges.
enum ClassLimitNames {
    static let member: [ClassLimits.Kind: LiveLimit] = named("member")
    static let whole: [ClassLimits.Kind: LiveLimit] = named("class")
    static let reads = LiveLimit("member.reads", .rate)
    static let waiting = LiveLimit("member.waiting", .refusal)
    static let signals = LiveLimit("member.signals", .drop)
    static let typing = LiveLimit("class.typing", .drop)
    static let cursors = LiveLimit("class.cursors", .drop)

    static let all =
        [reads, waiting, signals, typing, cursors]
        + ClassLimits.Kind.allCases.flatMap { kind in
            [member[kind], whole[kind]].compactMap(\.self)
        }

    private static func named(_ level: String) -> [ClassLimits.Kind: LiveLimit] {
        Dictionary(
            uniqueKeysWithValues: ClassLimits.Kind.allCases.map {
                ($0, LiveLimit("\(level).\($0)", .refusal))
            })
    }
}
