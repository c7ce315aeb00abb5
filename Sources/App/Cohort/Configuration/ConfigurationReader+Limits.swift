package import Classroom
package import LiveHub

/// Limits of users, classes and institutions: lines such as `connections:100` and `joins:10:200`.
extension ConfigurationReader {
    /// What takes every limit away.
    private static let none = "none"

    func userLimits() throws(ConfigurationProblem) -> PartyLimits? {
        try limits(ConfigurationKeys.liveUserLimits, PartyLimits.user) { $0.set($1, $2) }
    }

    func institutionLimits() throws(ConfigurationProblem) -> PartyLimits? {
        try limits(ConfigurationKeys.liveInstitutionLimits, PartyLimits.institution) { $0.set($1, $2) }
    }

    func classLimits() throws(ConfigurationProblem) -> Configuration.ClassBounds? {
        try limits(ConfigurationKeys.liveClassLimits, Configuration.ClassBounds()) { bounds, name, numbers in
            bounds.party.set(name, numbers) || bounds.changes.set(name, numbers)
        }
    }

    /// Replaces what is named in `standard`; `nil` for no limits at all.
    private func limits<Limits>(
        _ key: ConfigurationKey, _ standard: Limits, _ set: (inout Limits, Substring, [Int]) -> Bool
    ) throws(ConfigurationProblem) -> Limits? {
        let given = try given(key)
        guard given.values != [ConfigurationReader.none] else { return nil }
        var limits = standard
        for text in given.values {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            let numbers = parts.dropFirst().map { Int($0) ?? 0 }
            let isKnown =
                numbers.allSatisfy { (1...1_000_000_000).contains($0) } && set(&limits, parts[0], numbers)
            guard isKnown else {
                throw bad(
                    key, given,
                    "must hold such as connections:100 (a number), joins:10:200 (a second, at once), or none alone; \"\(text)\" is not known here"
                )
            }
        }
        return limits
    }
}

extension Configuration {
    /// What a class may do: all its members' connections together, and its changes by kind.
    package struct ClassBounds: Sendable, Equatable {
        package var party = PartyLimits.group
        package var changes = ClassLimits()

        package init() {}
    }
}

extension PartyLimits {
    /// Sets what is named; `false` for a name that there is not, or that takes other numbers.
    fileprivate mutating func set(_ name: Substring, _ numbers: [Int]) -> Bool {
        switch (name, numbers.count) {
        case ("connections", 1): connections = numbers[0]
        case ("subscriptions", 1): subscriptions = numbers[0]
        case ("joins", 2): joins = Rate(numbers)
        case ("calls", 2): calls = Rate(numbers)
        case ("signals", 2): signals = Rate(numbers)
        case ("publications", 2): publications = Rate(numbers)
        case ("reads", 2): reads = Rate(numbers)
        case ("bytes", 2): bytes = Rate(numbers)
        default: return false
        }
        return true
    }
}

extension ClassLimits {
    fileprivate mutating func set(_ name: Substring, _ numbers: [Int]) -> Bool {
        switch (name, numbers.count) {
        case ("chat", 2): chat = Rate(numbers)
        case ("board", 2): board = Rate(numbers)
        case ("others", 2): others = Rate(numbers)
        default: return false
        }
        return true
    }
}

extension Rate {
    fileprivate init(_ numbers: [Int]) { self.init(numbers[0], burst: numbers[1]) }
}
