import JSON

/// What an import has counted.
struct RosterTallies: Hashable, Sendable {
    /// Rows that were done, by kind.
    var rows: [RosterKind: Int64] = [:]
    /// What became of things, by class.
    var changes: [String: [RosterChange: Int64]] = [:]
    /// Changes of states.
    var stateChanges: Int64 = 0
    var errors: Int64 = 0
    var warnings: Int64 = 0
    /// What batch mode has removed, by class.
    var removed: [String: Int64] = [:]
    /// Kinds with a row that could not be done.
    var flawed: Set<String> = []

    init() {}

    mutating func count(_ name: String, _ change: RosterChange, times: Int64 = 1) {
        changes[name, default: [:]][change, default: 0] += times
    }

    static func + (left: RosterTallies, right: RosterTallies) -> RosterTallies {
        var sum = left
        sum.rows.merge(right.rows, uniquingKeysWith: +)
        for (name, counts) in right.changes {
            sum.changes[name, default: [:]].merge(counts, uniquingKeysWith: +)
        }
        sum.stateChanges += right.stateChanges
        sum.errors += right.errors
        sum.warnings += right.warnings
        sum.removed.merge(right.removed, uniquingKeysWith: +)
        sum.flawed.formUnion(right.flawed)
        return sum
    }

    // MARK: As they are stored

    /// Reads what ``stored`` wrote; what it did not write counts nothing.
    init(stored value: JSONValue) {
        for (name, count) in RosterTallies.numbers(value["rows"]) {
            if let kind = RosterKind(rawValue: name) { rows[kind] = count }
        }
        for member in value["changes"]?.object?.members ?? [] {
            for (change, count) in RosterTallies.numbers(member.value) {
                if let change = RosterChange(rawValue: change) {
                    changes[member.name, default: [:]][change] = count
                }
            }
        }
        stateChanges = Int64(value["states"]?.int ?? 0)
        errors = Int64(value["errors"]?.int ?? 0)
        warnings = Int64(value["warnings"]?.int ?? 0)
        removed = RosterTallies.numbers(value["removed"])
        flawed = Set((value["flawed"]?.array ?? []).compactMap(\.string))
    }

    /// All of it, as it stands in the database.
    var stored: RawJSON {
        RawJSON { json in
            json.object { json in
                json.object("rows") { json in
                    for kind in rows.keys.sorted() { json.member(kind.rawValue, rows[kind] ?? 0) }
                }
                json.object("changes") { json in
                    for name in changes.keys.sorted() {
                        json.object(name) { json in
                            for change in RosterChange.allCases {
                                if let count = changes[name]?[change] { json.member(change.rawValue, count) }
                            }
                        }
                    }
                }
                json.member("states", stateChanges)
                json.member("errors", errors)
                json.member("warnings", warnings)
                json.object("removed") { json in
                    for name in removed.keys.sorted() { json.member(name, removed[name] ?? 0) }
                }
                json.array("flawed", of: flawed.sorted()) { $0.string($1) }
            }
        }
    }

    private static func numbers(_ value: JSONValue?) -> [String: Int64] {
        var numbers: [String: Int64] = [:]
        for member in value?.object?.members ?? [] { numbers[member.name] = Int64(member.value.int ?? 0) }
        return numbers
    }
}

extension RosterTallies {
    /// Stored tallies as a value; what Postgres gives as jsonb is JSON.
    static func value(_ bytes: [UInt8]) throws -> JSONValue { try JSONReader.read(bytes) }
}
