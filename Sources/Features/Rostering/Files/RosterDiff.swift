import Synchronization

/// The rows of one kind that the last import of a data set had: which of another import's rows are the same, and what is
/// missing there.
///
/// Any thread may use it. Of a row only its key and a hash are kept; two rows of one key that hash alike are taken for one,
/// which happens once in 2^64.
final class RosterDiff: Sendable {
    private let former: Mutex<[[String]: Int]>
    private let kind: RosterKind

    /// Rows that differ, as far as ``changed(_:)`` has seen.
    init(_ kind: RosterKind) {
        self.kind = kind
        former = Mutex([:])
    }

    /// Takes rows of the last import.
    func add(_ rows: [RosterRow]) {
        former.withLock { former in
            for row in rows {
                let key = row.key(kind)
                // What was removed then need not be removed now.
                former[key] = row.text(.status)?.lowercased() == "deleted" ? nil : RosterDiff.hash(row)
            }
        }
    }

    /// Those of the rows that were not there, or were others.
    func changed(_ rows: [RosterRow]) -> [RosterRow] {
        former.withLock { former in
            rows.filter { row in
                let before = former.removeValue(forKey: row.key(kind))
                return before != RosterDiff.hash(row)
            }
        }
    }

    /// Rows that remove what was there and was in no row that ``changed(_:)`` has seen, always in the same order.
    func removals() -> [RosterRow] {
        former.withLock { former in
            former.keys.sorted { $0.lexicographicallyPrecedes($1) }.map { RosterRow.removal(kind, key: $0) }
        }
    }

    private static func hash(_ row: RosterRow) -> Int {
        var hasher = Hasher()
        for column in RosterColumn.allCases {
            if let cell = row.text(column) {
                hasher.combine(column)
                hasher.combine(cell)
            }
        }
        return hasher.finalize()
    }
}
