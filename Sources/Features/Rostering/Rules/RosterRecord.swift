/// What an import may change of something, as it is or as it shall be.
protocol RosterRecord: Hashable, Sendable {
    /// The state, in the table's words.
    var state: String { get set }
    /// Whether an import has touched it before: only what one has is removed by batch mode.
    var isKnown: Bool { get set }
}

/// What became of one thing, as statistics count it.
enum RosterChange: String, CaseIterable, Hashable, Sendable {
    case created, updated, unchanged, concluded, deleted, deactivated, restored
}

/// What is done with one thing.
struct RosterVerdict<Record: RosterRecord>: Hashable, Sendable {
    /// What the former state of something is called that was not there.
    static var creation: String { "creation" }

    /// What is written; `nil` for nothing.
    let record: Record?
    /// What it counts as.
    let change: RosterChange
    /// The state before, where it changes.
    let former: String?

    /// Compares what is with what shall be.
    ///
    /// - Parameters:
    ///   - now: What is; `nil` where there is nothing.
    ///   - wanted: What shall be; `nil` where nothing shall be made.
    init(now: Record?, wanted: Record?) {
        guard let wanted else {
            (record, change, former) = (nil, .unchanged, nil)
            return
        }
        guard let now else {
            (record, change, former) = (wanted, .created, RosterVerdict.creation)
            return
        }
        var compared = now
        compared.isKnown = wanted.isKnown
        guard compared != wanted else {
            // That an import has touched it is written once, and is no change.
            (record, change, former) = (now == wanted ? nil : wanted, .unchanged, nil)
            return
        }
        record = wanted
        guard now.state != wanted.state else {
            (change, former) = (.updated, nil)
            return
        }
        former = now.state
        switch wanted.state {
        case "deleted": change = .deleted
        case "completed": change = .concluded
        case "inactive", "suspended": change = .deactivated
        default:
            change =
                ["deleted", "completed", "inactive", "suspended"].contains(now.state) ? .restored : .updated
        }
    }
}

/// What an import does with fields that somebody changed by hand.
struct StickyRules: Hashable, Sendable {
    /// Changes them all the same.
    var overrides = false
    /// What it changes is stuck from now on; only with ``overrides``.
    var adds = false
    /// What it touches is not stuck any more; only with ``overrides``, and before ``adds``.
    var clears = false
}

/// The stuck fields of one thing while an import decides about it.
struct StickyFields: Hashable, Sendable {
    private var stuck: Set<String>
    private let rules: StickyRules

    init(_ stuck: [String], _ rules: StickyRules) {
        self.stuck = Set(stuck)
        self.rules = rules
    }

    /// The fields that are stuck now, sorted.
    var names: [String] { stuck.sorted() }

    /// Whether a field is left alone.
    func holds(_ field: String) -> Bool { stuck.contains(field) && !rules.overrides }

    /// What a field shall be.
    ///
    /// - Parameters:
    ///   - field: Its name in the table.
    ///   - now: What it is.
    ///   - wanted: What the file says; `nil` where it says nothing.
    /// - Returns: One of the two.
    mutating func settle<Value: Equatable>(_ field: String, _ now: Value, _ wanted: Value?) -> Value {
        guard let wanted, !holds(field) else { return now }
        guard rules.overrides else { return wanted }
        if rules.clears {
            stuck.remove(field)
        } else if rules.adds, wanted != now {
            stuck.insert(field)
        }
        return wanted
    }
}
