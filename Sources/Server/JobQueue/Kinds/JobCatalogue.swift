/// All kinds of jobs that this program knows, by name.
package struct JobCatalogue: Sendable {
    /// All kinds, in the order of their names.
    package let kinds: [any JobKind]
    private let byName: [String: any JobKind]

    /// Takes the kinds; two of one name, or a name that is none, is a programmer's mistake.
    package init(_ kinds: [any JobKind]) {
        for kind in kinds {
            precondition(JobCatalogue.isName(kind.name), "\(kind.name) is no name of a kind of jobs")
        }
        byName = Dictionary(
            kinds.map { ($0.name, $0) },
            uniquingKeysWith: { first, _ in preconditionFailure("two kinds are called \(first.name)") })
        self.kinds = kinds.sorted { $0.name < $1.name }
    }

    /// The kind of that name; `nil` when this program does not know it.
    package func kind(_ name: String) -> (any JobKind)? { byName[name] }

    /// Lower-case letters, digits, underscores and dots, a letter first, 64 at most.
    private static func isName(_ name: String) -> Bool {
        let bytes = name.utf8
        guard (1...64).contains(bytes.count), let first = bytes.first, (97...122).contains(first) else {
            return false
        }
        return bytes.allSatisfy {
            (97...122).contains($0) || (48...57).contains($0) || $0 == 95 || $0 == 46
        }
    }
}
